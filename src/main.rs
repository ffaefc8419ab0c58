//! The command line, down to the exit code.

use std::process::ExitCode;

use holdfast::cli;
use holdfast::sys::heap::Sealable;

/// After the load nothing should be allocated; this heap counts what is.
#[global_allocator]
static HEAP: Sealable = Sealable;

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args().skip(1)))
}
