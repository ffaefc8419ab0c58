//! How states, causes or faults read in a line of the log.

use core::fmt;

use super::event::{Cause, Fault, Role};
use super::stats::Rejected;
use crate::machine::Duration;
use crate::wire::vrrp::Malformed;

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Backup => "backup",
            Self::Master => "master",
            Self::Fault => "fault",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Started => f.write_str("started"),
            Self::Stopped => f.write_str("stopped"),
            Self::Owner => f.write_str("owner of the addresses"),
            Self::Silence(time) => write!(f, "no advert for {}", Span(time)),
            Self::Resigned { from } => write!(f, "resigned by {from}"),
            Self::Preempted { priority, from } => {
                write!(f, "preempts priority {priority} of {from}")
            }
            Self::Beaten { priority, from } => {
                write!(f, "advert of priority {priority} from {from}")
            }
            Self::Fault(fault) => fault.fmt(f),
            Self::Recovered(fault) => write!(f, "no fault left, the last was: {fault}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "configuration not supported",
            Self::LinkAbsent(_) => "interface does not exist",
            Self::LinkDown(_) => "link down",
            Self::NoSource => "no source address",
            Self::Tracked(_) => "tracked interface",
        })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hops => "TTL is not 255",
            Self::Malformed(Malformed::Truncated) => "truncated",
            Self::Malformed(Malformed::Length) => "longer than its addresses",
            Self::Malformed(Malformed::Family) => "addresses of two families",
            Self::Malformed(Malformed::Version) => "unknown version",
            Self::Malformed(Malformed::Type) => "not an advert",
            Self::Malformed(Malformed::Checksum) => "wrong checksum",
            Self::Malformed(Malformed::Interval) => "interval of zero",
            Self::Malformed(Malformed::AuthType) => "unknown authentication",
            Self::Version => "other version",
            Self::AuthType => "other kind of authentication",
            Self::AuthData => "wrong password",
            Self::Interval => "other interval",
        })
    }
}

/// A time to be read: two decimals of a second, below a second one of a millisecond.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.total_micros();
        let hundredths = (micros + 5_000) / 10_000;
        if hundredths >= 100 {
            return write!(f, "{}.{:02} s", hundredths / 100, hundredths % 100);
        }
        let tenths = (micros + 50) / 100;
        write!(f, "{}.{} ms", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_gives_the_facts() {
        let from = "10.0.0.2".parse().unwrap();
        let silence = |micros| Cause::Silence(Duration::from_micros(micros));
        let cases = [
            (silence(3_609_375), "no advert for 3.61 s"),
            (silence(994_999), "no advert for 995.0 ms"),
            (silence(995_000), "no advert for 1.00 s"),
            (silence(36_093), "no advert for 36.1 ms"),
            (Cause::Beaten { priority: 200, from }, "advert of priority 200 from 10.0.0.2"),
            (Cause::Resigned { from }, "resigned by 10.0.0.2"),
            (Cause::Fault(Fault::NoSource), "no source address"),
        ];
        for (cause, text) in cases {
            assert_eq!(cause.to_string(), text);
        }
    }
}
