//! The command line, and the exit code.

fn main() {}
