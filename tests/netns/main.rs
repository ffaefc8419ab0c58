//! The real binary in network namespaces.

// A real daemon takes real time, and a case that fails is meant to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod lab;

use std::process::ExitCode;

use lab::runner;

fn main() -> ExitCode {
    runner::main("netns", &[])
}
