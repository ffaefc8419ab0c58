//! The command line, down to the exit code.

use std::process::ExitCode;

use holdfast::cli;
use holdfast::sys::heap::Sealable;

/// After the load nothing should be allocated; this heap counts what is.
#[global_allocator]
static HEAP: Sealable = Sealable;

fn main() -> ExitCode {
    // A word that is no text names nothing that exists, and is no reason to panic.
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    ExitCode::from(cli::run(words))
}
