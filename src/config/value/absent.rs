//! Words of a feature that this build was made without: known, told of, not kept.

use core::fmt::{self, Write};

use crate::config::problem::Severity;
use crate::config::schema::{Args, Fault, Lack, Nature, Printer, Reader, Slot};

/// Virtual servers with their health checks.
pub const CHECKER: usize = 0;
/// BFD sessions.
pub const BFD: usize = 1;
/// Static and virtual routes and rules.
pub const ROUTES: usize = 2;
/// Mail on changes.
pub const SMTP: usize = 3;

const FEATURES: [(&str, &str); 4] = [
    ("checker", "load balancer"),
    ("bfd", "BFD"),
    ("routes", "routes and rules"),
    ("smtp", "mail"),
];

/// A word the rest does well without: a warning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored<const FEATURE: usize>;

/// A word without which the machine does not do what was asked of it: an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused<const FEATURE: usize>;

const fn lack(feature: usize, severity: Severity) -> Lack {
    let (feature, brings) = FEATURES[feature];
    Lack { feature, brings, severity }
}

impl<const FEATURE: usize> Ignored<FEATURE> {
    const LACK: &'static Lack = &lack(FEATURE, Severity::Caution);
}

impl<const FEATURE: usize> Refused<FEATURE> {
    const LACK: &'static Lack = &lack(FEATURE, Severity::Error);
}

macro_rules! absent {
    ($($Name:ident),*) => {
        $(impl<const FEATURE: usize> Slot for $Name<FEATURE> {
            fn read(&mut self, _: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
                Err(Fault::Said)
            }

            fn print(&self, _: &mut Printer<'_>) {}

            fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
                out.write_str("nothing in this build")
            }

            fn nature(&self) -> Nature {
                Nature { lack: Some(Self::LACK), ..Nature::WORDS }
            }
        })*
    };
}

absent!(Ignored, Refused);
