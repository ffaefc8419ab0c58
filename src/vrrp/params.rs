//! What is fixed for the life of a router.

use core::net::IpAddr;

use crate::machine::Duration;
use crate::table::Id;
pub use crate::wire::vrrp::{Auth, Family, Version};

/// An interface by its place in the configuration's list of interface names.
pub type LinkId = Id<Link>;

/// Marker of the table of interfaces.
#[derive(Clone, Copy, Debug)]
pub enum Link {}

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

/// What a tracker does to the routers that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// What is tracked.
    pub what: Tracked,
    /// 0: a failure is a fault. Above 0: added to the priority while all is well; below 0: added while not.
    pub weight: i16,
    /// Success and failure trade places.
    pub reverse: bool,
}

/// The things that can be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// An interface: up and running, or not.
    Link(LinkId),
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
    /// Multicast group the adverts go to.
    pub group: IpAddr,
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
