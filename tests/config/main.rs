//! Configurations beside what is said of them.
