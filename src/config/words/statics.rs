//! What concerns interfaces outside of all instances.

use crate::config::schema::block;
use crate::config::value::{Grammar, Iface, List, Names, Opt, Phrase, Seconds, Takes, Text};

/// `interface_up_down_delays`: an interface, its down delay, perhaps its up delay.
#[derive(Debug)]
pub enum Delays {}

impl Grammar for Delays {
    const FIRST: &'static [(Takes, bool)] = &[
        (Takes::Iface, true),
        (Takes::Time(0, 255_000_000), false),
        (Takes::Time(0, 255_000_000), false),
    ];
    const OPTIONS: &'static [Opt] = &[];
}

/// `linkbeat_interfaces`: an interface, perhaps how it is asked.
#[derive(Debug)]
pub enum Linkbeat {}

impl Grammar for Linkbeat {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Iface, true)];
    const OPTIONS: &'static [Opt] = &[(&["MII", "ETHTOOL", "IOCTL"], Takes::Nothing)];
}

/// Delays of interfaces in braces.
pub type InterfaceDelays = List<Phrase<Delays>>;

/// Interfaces to ask for their carrier, in braces.
pub type LinkbeatInterfaces = List<Phrase<Linkbeat>>;

block! {
    /// Instances that have a fault when a static address, route or rule is lost.
    pub struct TrackGroup: "track_group" (name: Text) {
        /// Names of the instances.
        "group" => group: Names, Ignored;
    }
}

block! {
    /// A gap between announcements that several interfaces share.
    pub struct GarpGroup: "garp_group" {
        /// Least seconds between two gratuitous ARP.
        "garp_interval" => garp_interval: Seconds<0, 4_294_967_295>, Ignored;
        /// Least seconds between two neighbour advertisements.
        "gna_interval" => gna_interval: Seconds<0, 4_294_967_295>, Ignored;
        /// The interface.
        "interface" => interface: Iface, Ignored;
        /// The interfaces.
        "interfaces" => interfaces: Names, Ignored;
    }
}
