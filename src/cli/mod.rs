//! What a person asks of the program.

pub mod args;
