//! The engine: all virtual routers, one input at a time.

pub mod params;

use core::net::IpAddr;

use crate::machine::{Duration, Instant};
use crate::table::Id;
pub use params::{Announcing, Auth, Begin, Family, Link, LinkId, Params, Track, Tracked, Version};

/// One virtual router.
#[derive(Debug)]
pub struct Router {}

/// A router's place in the engine.
pub type RouterId = Id<Router>;

/// What the engine is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Time has passed: serve what is due.
    Tick,
    /// A VRRP packet arrived; `bytes` is the payload behind the IP header.
    Packet {
        /// Interface it came in by.
        link: LinkId,
        /// Source address.
        from: IpAddr,
        /// Destination address.
        to: IpAddr,
        /// TTL or hop limit.
        ttl: u8,
        /// The VRRP message.
        bytes: &'a [u8],
    },
    /// The state of an interface, at the start and at every change.
    Link {
        /// Which interface.
        link: LinkId,
        /// Its state.
        state: LinkState,
    },
    /// The address the router's adverts come from, at the start and at every change.
    Source {
        /// Which router.
        router: RouterId,
        /// The address; `None` while there is none.
        address: Option<IpAddr>,
    },
    /// Start a router that is in `Init`.
    Start(RouterId),
    /// Stop a router: a master resigns and releases.
    Stop(RouterId),
    /// Addresses that something else had removed are back: announce them.
    Restored(RouterId),
}

/// The state of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// There is no interface of this name.
    Absent,
    /// It is there, but down or without carrier.
    Down,
    /// It is up and running.
    Up,
}

/// What the driver has to do, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send an advert of this priority; 0 resigns.
    Send {
        /// Whose advert.
        router: RouterId,
        /// Effective priority to send.
        priority: u8,
    },
    /// Set the router's addresses on the interfaces.
    Hold(RouterId),
    /// Remove them.
    Release(RouterId),
    /// Send gratuitous ARP or unsolicited neighbour advertisements for some of its addresses.
    Announce {
        /// Whose addresses.
        router: RouterId,
        /// Index of the first address (advertised first, excluded behind them).
        first: u16,
        /// How many addresses.
        count: u16,
        /// How many frames for each.
        times: u16,
    },
    /// Something a person, a log or a script wants to know.
    Report(Event),
}

/// What is told to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A router changed its state.
    State {
        /// Which router.
        router: RouterId,
        /// The state it left.
        from: Role,
        /// The state it is in.
        to: Role,
        /// Why.
        cause: Cause,
    },
}

/// The state of a router as the outside sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Not started, or stopped.
    Init,
    /// Listening.
    Backup,
    /// Holding the addresses.
    Master,
    /// Unable to take part.
    Fault,
}

/// Why a router changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was started.
    Started,
    /// No advert was heard for this long.
    Silence(Duration),
    /// Placeholder for the rest of the causes.
    Stopped,
}

/// All virtual routers of a process.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// When `Input::Tick` is due.
    pub fn poll_at(&self) -> Option<Instant> {
        None
    }
}
