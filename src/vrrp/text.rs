//! How states, causes or faults read in a line of the log.

use core::fmt;

use super::event::{Cause, Role};
use super::fault::{Fault, Faults};
use super::stats::Rejected;
use crate::machine::Duration;
use crate::track::link::{LinkId, LinkState};
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

/// Something to be read with the names of the interfaces, which the engine does not know.
pub struct Shown<'a, T> {
    what: &'a T,
    name: &'a dyn Fn(LinkId) -> &'a str,
}

impl Cause {
    /// The cause with the names of the interfaces it is about.
    pub fn show<'a>(&'a self, name: &'a dyn Fn(LinkId) -> &'a str) -> Shown<'a, Self> {
        Shown { what: self, name }
    }
}

impl Faults {
    /// The reasons with the names of the interfaces they are about.
    pub fn show<'a>(&'a self, name: &'a dyn Fn(LinkId) -> &'a str) -> Shown<'a, Self> {
        Shown { what: self, name }
    }
}

impl fmt::Display for Shown<'_, Cause> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Cause::Started => f.write_str("started"),
            Cause::Stopped => f.write_str("stopped"),
            Cause::Owner => f.write_str("owner of the addresses"),
            Cause::Silence(time) => write!(f, "no advert for {}", Span(*time)),
            Cause::Resigned { from } => write!(f, "{from} resigned"),
            Cause::Preempted { priority, from } => {
                write!(f, "priority {priority} of {from} is lower")
            }
            Cause::Beaten { priority, from } => {
                write!(f, "advert of priority {priority} from {from}")
            }
            Cause::Fault(faults) => faults.show(self.name).fmt(f),
            Cause::Recovered(faults) => write!(f, "recovered from: {}", faults.show(self.name)),
        }
    }
}

impl fmt::Display for Shown<'_, Faults> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.what.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            self.fault(f, fault)?;
        }
        match self.what.others() {
            0 => Ok(()),
            others => write!(f, ", {others} more"),
        }
    }
}

impl Shown<'_, Faults> {
    fn fault(&self, f: &mut fmt::Formatter<'_>, fault: Fault) -> fmt::Result {
        let (link, state) = match fault {
            Fault::Unsupported => return f.write_str("configuration not supported"),
            Fault::NoSource => return f.write_str("no source address"),
            Fault::LinkAbsent(link) => (link, LinkState::Absent),
            Fault::LinkDown(link) => (link, LinkState::Down),
            Fault::Tracked(link, state) => (link, state),
        };
        f.write_str((self.name)(link))?;
        f.write_str(match state {
            LinkState::Absent => " does not exist",
            LinkState::Down => " down",
            LinkState::Up => " up",
        })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hops => "TTL is not 255",
            Self::Peer => "not from a unicast peer",
            Self::Distance => "TTL outside of the peer's range",
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
        let link = LinkId::new;
        let silence = |micros| Cause::Silence(Duration::from_micros(micros));
        let down = |n| Fault::Tracked(link(n), LinkState::Down);
        let fault = |all: &[Fault]| Cause::Fault(all.iter().copied().collect());
        let cases = [
            (silence(3_609_375), "no advert for 3.61 s"),
            (silence(994_999), "no advert for 995.0 ms"),
            (silence(995_000), "no advert for 1.00 s"),
            (silence(36_093), "no advert for 36.1 ms"),
            (Cause::Beaten { priority: 200, from }, "advert of priority 200 from 10.0.0.2"),
            (Cause::Preempted { priority: 50, from }, "priority 50 of 10.0.0.2 is lower"),
            (Cause::Resigned { from }, "10.0.0.2 resigned"),
            (fault(&[Fault::NoSource]), "no source address"),
            (fault(&[Fault::LinkAbsent(link(0))]), "eth0 does not exist"),
            (fault(&[Fault::LinkDown(link(0)), Fault::NoSource]), "eth0 down, no source address"),
            (fault(&[Fault::Tracked(link(1), LinkState::Up)]), "eth1 up"),
            (
                fault(&[Fault::Unsupported, down(0), down(1), down(0), down(1), down(0)]),
                "configuration not supported, eth0 down, eth1 down, eth0 down, 2 more",
            ),
            (Cause::Recovered(down(1).into()), "recovered from: eth1 down"),
        ];
        for (cause, text) in cases {
            let names = ["eth0", "eth1"];
            assert_eq!(cause.show(&|link| names[link.index()]).to_string(), text);
        }
    }
}
