//! What a person asks of the program.
