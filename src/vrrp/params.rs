//! What is fixed for the life of a router.

use core::net::IpAddr;

use crate::deadline::SLACK_MAX;
use crate::machine::Duration;
pub use crate::track::link::{Link, LinkId};
pub use crate::track::{Track, Tracked};
pub use crate::wire::vrrp::{Auth, Family, Version};

/// The priority of the owner of the addresses (RFC 9568 5.2.4).
pub const OWNER: u8 = 255;

/// The state a router begins in once it is started and without fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Wait a whole master-down interval, whatever the priority.
    Backup,
    /// Master at once: the owner of the addresses (RFC 9568 6.4.1).
    Master,
}

/// When gratuitous ARP and unsolicited neighbour advertisements are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcing {
    /// Frames for each address in a burst; at least 1.
    pub repeat: u16,
    /// From becoming master to the second burst; zero: no second burst.
    pub delay: Duration,
    /// Period of the refreshes while master; zero: none.
    pub refresh: Duration,
    /// Frames for each address in a refresh; at least 1.
    pub refresh_repeat: u16,
    /// Frames for each address after an advert of lower priority was heard; zero: none.
    pub lower_prio_repeat: u16,
    /// From that advert to a second burst; zero: no second burst.
    pub lower_prio_delay: Duration,
    /// Least time between two gratuitous ARP on one interface; zero: none.
    pub arp_gap: Duration,
    /// Least time between two neighbour advertisements on one interface; zero: none.
    pub na_gap: Duration,
}

/// How adverts go to each of the other routers instead of to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unicast {
    /// The other routers.
    pub peers: Box<[Peer]>,
    /// Adverts of others than the peers do not count.
    pub check_source: bool,
    /// TTL or hop limit of the adverts sent.
    pub hops: u8,
}

/// One of the other routers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub ip: IpAddr,
    /// Least TTL or hop limit of its adverts.
    pub hops_min: u8,
    /// Greatest TTL or hop limit of its adverts.
    pub hops_max: u8,
}

impl Unicast {
    /// The peer of this address.
    pub fn peer(&self, ip: IpAddr) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.ip == ip)
    }
}

/// One virtual router, as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// Version of the adverts sent, and the only one heard.
    pub version: Version,
    /// Family of the adverts.
    pub family: Family,
    /// Number of the virtual router, 1 to 255.
    pub vrid: u8,
    /// Base priority, 1 to 255; 255 is the owner of the addresses.
    pub priority: u8,
    /// Time between adverts: whole seconds in version 2, 10 ms to 40.95 s in version 3.
    pub interval: Duration,
    /// Adverts missed before the master is down: 3 by the RFC.
    pub down_adverts: u8,
    /// Take over from a live master of lower priority.
    pub preempt: bool,
    /// How long a live master of lower priority is left alone.
    pub preempt_delay: Duration,
    /// Where it begins.
    pub begin: Begin,
    /// Authentication, of version 2.
    pub auth: Auth,
    /// The interface the adverts leave by.
    pub link: LinkId,
    /// Where adverts are heard: the multicast group they go to. Of a unicast router its own
    /// configured address; if there is none, the unspecified one of the family.
    pub group: IpAddr,
    /// What it does instead of multicast.
    pub unicast: Option<Unicast>,
    /// The state of `link` counts as a tracker of weight 0.
    pub track_link: bool,
    /// The trackers.
    pub tracks: Box<[Track]>,
    /// The advertised addresses, in the order of the advert.
    pub addresses: Box<[IpAddr]>,
    /// How many addresses are announced: the advertised, and after them the excluded.
    pub announced: u16,
    /// When they are announced.
    pub announcing: Announcing,
    /// Do not compare the address list of an advert with ours while its sender stays the same.
    pub skip_check_addresses: bool,
    /// Stay silent when an advert of lower priority is heard as master.
    pub lower_prio_no_advert: bool,
    /// Send one more advert before yielding to a higher priority.
    pub higher_prio_send_advert: bool,
    /// The configuration asks for something this build does not do, so the router must stay down.
    pub unsupported: bool,
}

impl Params {
    /// Whether a reload may go on with the state of the router that has these parameters.
    ///
    /// The number, the family and the group, or the address of unicast, are what the others know a
    /// router by. The interface is theirs, too; the caller compares it by name.
    pub fn same_router(&self, other: &Self) -> bool {
        (self.vrid, self.family, self.group) == (other.vrid, other.family, other.group)
    }

    /// The time that makes the best of several backups the first, rounded up to a microsecond.
    ///
    /// RFC 3768 6.1: parts of a second. RFC 9568 6.1: parts of the master's interval; rounding to
    /// centiseconds, which its formula may suggest, is what neither keepalived nor this does.
    pub fn skew(&self, priority: u8, master_interval: Duration) -> Duration {
        let unit = match self.version {
            Version::V2 => Duration::from_secs(1),
            Version::V3 => master_interval,
        };
        let parts = 256 - u64::from(priority);
        Duration::from_micros((unit.total_micros() * parts).div_ceil(256))
    }

    /// How long a master is silent before it is down (RFC 3768 6.1, RFC 9568 6.1).
    pub fn master_down(&self, priority: u8, master_interval: Duration) -> Duration {
        master_interval * u32::from(self.down_adverts) + self.skew(priority, master_interval)
    }

    /// How much earlier than its time an advert may leave, so that adverts of many routers leave in
    /// one turn.
    pub fn slack(&self) -> Duration {
        (self.interval / 64).min(SLACK_MAX)
    }

    /// Least time between two announcements of the address at this place in the list.
    pub(super) fn gap(&self, address: u16) -> Duration {
        let Announcing { arp_gap, na_gap, .. } = self.announcing;
        if usize::from(address) >= self.addresses.len() {
            // An excluded address is of either family.
            return arp_gap.max(na_gap);
        }
        match self.family {
            Family::V4 => arp_gap,
            Family::V6 => na_gap,
        }
    }
}
