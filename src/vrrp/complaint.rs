//! How often the same thing is said about what others send.

use super::stats::Rejected;
use crate::machine::{Duration, Instant};
use crate::wire::vrrp::Malformed;

/// Between two complaints of one router, once the first of each kind is told.
const PERIOD: Duration = Duration::from_secs(60);

/// Something worth a line, that every packet may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    Rejected(Rejected),
    OtherAddresses,
    Challenged,
}

/// What a router has complained of since it is in its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints {
    /// A bit for each kind.
    told: u32,
    last_at: Option<Instant>,
}

impl Complaints {
    /// Whether it is told: the first time, then once a period at most.
    pub(super) fn tell(&mut self, now: Instant, complaint: Complaint) -> bool {
        let bit = 1 << complaint.kind();
        let quiet = self.last_at.is_some_and(|at| now < at + PERIOD);
        if self.told & bit != 0 && quiet {
            return false;
        }
        self.told |= bit;
        self.last_at = Some(now);
        true
    }

    /// In another state everything is worth telling again.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Complaint {
    const fn kind(self) -> u8 {
        match self {
            Self::Rejected(reason) => match reason {
                Rejected::Hops => 0,
                Rejected::Version => 1,
                Rejected::AuthType => 2,
                Rejected::AuthData => 3,
                Rejected::Interval => 4,
                Rejected::Peer => 15,
                Rejected::Distance => 16,
                Rejected::Malformed(malformed) => match malformed {
                    Malformed::Truncated => 5,
                    Malformed::Length => 6,
                    Malformed::Family => 7,
                    Malformed::Version => 8,
                    Malformed::Type => 9,
                    Malformed::Checksum => 10,
                    Malformed::Interval => 11,
                    Malformed::AuthType => 12,
                },
            },
            Self::OtherAddresses => 13,
            Self::Challenged => 14,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_at_once_and_then_once_a_minute() {
        let mut complaints = Complaints::default();
        let hops = Complaint::Rejected(Rejected::Hops);
        let version = Complaint::Rejected(Rejected::Version);
        let told = [
            (0, hops, true),
            (1, hops, false),
            (2, version, true),
            (61, version, false),
            (62, hops, true),
            (63, version, false),
            (122, version, true),
        ];
        for (at, complaint, want) in told {
            let now = Instant::from_secs(at);
            assert_eq!(complaints.tell(now, complaint), want, "{at} {complaint:?}");
        }
        complaints.forget();
        assert!(complaints.tell(Instant::from_secs(123), version));
    }
}
