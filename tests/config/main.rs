//! Configurations beside what is said of them.

mod disk;
mod dump;
mod folders;
mod oracle;
mod ruin;
mod words;
