//! Configurations and what is said of them.
