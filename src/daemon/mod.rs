//! Glue: readiness becomes input, action becomes call.

mod ask;
pub mod disk;
mod links;
mod load;
mod logging;
mod parent;
mod rights;
mod vrrp;

use crate::config;
use crate::machine::Instant;

pub use ask::ask;
pub use links::note_absent as note_absent_links;
pub use logging::LogTo;
pub use parent::run;

pub use crate::sys::clock::now;
pub use crate::sys::console::say;
pub use crate::sys::files::absolute;
pub use crate::sys::syslog::Facility;

/// Where the control socket stands unless the command line says otherwise.
pub const RUN_DIR: &str = "/run/holdfast";

/// What the command line says to the daemon.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configuration, by its absolute path.
    pub file: Box<str>,
    /// How it is read.
    pub options: config::Options,
    /// Stay in the foreground.
    pub foreground: bool,
    /// Pid file of the parent.
    pub pid_file: Option<Box<str>>,
    /// Pid file of the VRRP child.
    pub vrrp_pid_file: Option<Box<str>>,
    /// Directory of the control socket.
    pub run_dir: Box<str>,
    /// Do not run the VRRP child.
    pub no_vrrp: bool,
    /// End when a child dies.
    pub dont_respawn: bool,
    /// Leave the addresses when the daemon stops.
    pub keep_addresses: bool,
    /// Write the configuration as read to the log.
    pub dump: bool,
    /// Where lines of the log go.
    pub log: LogTo,
    /// When the program began.
    pub started: Instant,
}
