//! Where the lines of the log go.

use log::LevelFilter;

use crate::sys::console;
use crate::sys::syslog::{self, Facility, SINK};

/// The sink of the log, with its level.
#[derive(Clone, Copy, Debug)]
pub struct LogTo {
    /// Standard error instead of the system log.
    pub console: bool,
    /// In detail.
    pub detail: bool,
    /// What the system log files the lines under.
    pub facility: Facility,
}

impl LogTo {
    /// Open the sink. A second call changes nothing.
    pub(super) fn open(self) {
        let level = if self.detail { LevelFilter::Debug } else { LevelFilter::Info };
        let set =
            if self.console { log::set_logger(&console::SINK) } else { log::set_logger(&SINK) };
        if set.is_err() {
            return;
        }
        if self.console {
            console::open();
        }
        if !self.console && syslog::open("holdfast", self.facility).is_err() {
            console::say("holdfast: no system log\n");
        }
        log::set_max_level(level);
    }
}

/// Call the lines of this process by another name, in the child of a fork.
pub(super) fn rename(ident: &'static str) {
    syslog::rename(ident);
}
