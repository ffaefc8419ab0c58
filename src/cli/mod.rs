//! What a person asks of the program.

pub mod args;
mod check;
mod print;
mod run;

pub use run::run;

/// The configuration read unless the command line names another.
const FILE: &str = "/etc/keepalived/keepalived.conf";
