//! Configurations beside what is said of them.

mod disk;
mod dump;
mod oracle;
mod words;
