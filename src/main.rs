//! The command line, down to the exit code.

fn main() {}
