//! Counters of a router, by the names keepalived's statistics have for them.

use crate::wire::vrrp::Malformed;

/// Why a packet did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// It did not come from this link: its TTL or hop limit is not 255.
    Hops,
    /// Its sender is none of the unicast peers.
    Peer,
    /// Its TTL or hop limit is not one that this unicast peer may have.
    Distance,
    /// It is no valid advert.
    Malformed(Malformed),
    /// It is of the version the router does not speak.
    Version,
    /// The sender authenticates otherwise.
    AuthType,
    /// The password is not ours.
    AuthData,
    /// Version 2: the sender has another interval (RFC 3768 7.1).
    Interval,
}

/// What happened to one router since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Adverts that counted.
    pub adverts_received: u64,
    /// Adverts sent.
    pub adverts_sent: u64,
    /// Times it became master.
    pub became_master: u64,
    /// Times it left master.
    pub released_master: u64,
    /// Adverts of priority 0 received, counted among the received ones as well.
    pub zero_received: u64,
    /// Adverts of priority 0 sent, counted among the sent ones as well.
    pub zero_sent: u64,
    /// Packets with a TTL or hop limit other than 255, or of unicast other than the peer may have.
    pub hops_errors: u64,
    /// Packets of unicast whose sender is none of the peers.
    pub peer_errors: u64,
    /// Packets that are too short or too long.
    pub length_errors: u64,
    /// Packets with a wrong checksum.
    pub checksum_errors: u64,
    /// Packets of another version.
    pub version_errors: u64,
    /// Packets that are not adverts.
    pub type_errors: u64,
    /// Packets whose interval is zero or, in version 2, not ours.
    pub interval_errors: u64,
    /// Packets with addresses that are not ours, which count as adverts nevertheless.
    pub address_errors: u64,
    /// Packets with an unknown kind of authentication.
    pub auth_type_errors: u64,
    /// Packets with another kind of authentication than ours.
    pub auth_mismatches: u64,
    /// Packets with a wrong password.
    pub auth_failures: u64,
    /// Adverts that a master heard and that were not as good as its own.
    pub challenges: u64,
}

impl Stats {
    /// Counts a packet that did not count.
    pub(super) fn reject(&mut self, reason: Rejected) {
        let counter = match reason {
            Rejected::Hops | Rejected::Distance => &mut self.hops_errors,
            Rejected::Peer => &mut self.peer_errors,
            Rejected::Malformed(Malformed::Truncated | Malformed::Length | Malformed::Family) => {
                &mut self.length_errors
            }
            Rejected::Malformed(Malformed::Checksum) => &mut self.checksum_errors,
            Rejected::Malformed(Malformed::Version) | Rejected::Version => &mut self.version_errors,
            Rejected::Malformed(Malformed::Type) => &mut self.type_errors,
            Rejected::Malformed(Malformed::Interval) | Rejected::Interval => {
                &mut self.interval_errors
            }
            Rejected::Malformed(Malformed::AuthType) => &mut self.auth_type_errors,
            Rejected::AuthType => &mut self.auth_mismatches,
            Rejected::AuthData => &mut self.auth_failures,
        };
        *counter += 1;
    }
}

/// Packets that were for none of the routers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// Whole enough to name a virtual router, yet not one of ours.
    pub unknown_router: u64,
    /// Too short to name one.
    pub malformed: u64,
}
