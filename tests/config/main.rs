//! Configurations beside what is said of them.

mod dump;
mod words;
