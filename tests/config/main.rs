//! Configurations beside what is said of them.

mod corpus;
mod words;
