//! What an engine asks for, or tells.

use core::net::IpAddr;

use super::RouterId;
use super::fault::Faults;
use super::stats::Rejected;
use crate::machine::Duration;

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
    /// The trackers gave a router another effective priority.
    Priority {
        /// Which router.
        router: RouterId,
        /// The priority it had.
        from: u8,
        /// The priority it has.
        to: u8,
    },
    /// A router remains in fault, yet for other reasons.
    StillFault {
        /// Which router.
        router: RouterId,
        /// The reasons there are.
        faults: Faults,
    },
    /// A packet for a router did not count: told the first time in each state, then once a minute
    /// at most.
    Rejected {
        /// Which router.
        router: RouterId,
        /// Why it did not count.
        reason: Rejected,
        /// Who sent it.
        from: IpAddr,
    },
    /// An advert counted although its addresses are not ours; told as seldom as `Rejected`.
    OtherAddresses {
        /// Which router.
        router: RouterId,
        /// Who sent it.
        from: IpAddr,
    },
    /// A master heard an advert that is not as good as its own; told as seldom as `Rejected`.
    Challenged {
        /// Which router.
        router: RouterId,
        /// The priority of the other.
        priority: u8,
        /// Who sent it.
        from: IpAddr,
    },
}

impl Event {
    /// The router it is about.
    pub fn router(&self) -> RouterId {
        match *self {
            Self::State { router, .. }
            | Self::Priority { router, .. }
            | Self::StillFault { router, .. }
            | Self::Rejected { router, .. }
            | Self::OtherAddresses { router, .. }
            | Self::Challenged { router, .. } => router,
        }
    }
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
    /// It was stopped.
    Stopped,
    /// It owns the addresses: master without waiting.
    Owner,
    /// No advert was heard for this long.
    Silence(Duration),
    /// The master resigned.
    Resigned {
        /// Who was master.
        from: IpAddr,
    },
    /// The master's priority is lower than ours.
    Preempted {
        /// The master's priority.
        priority: u8,
        /// Who is master.
        from: IpAddr,
    },
    /// Somebody else sends better adverts.
    Beaten {
        /// The priority of the other.
        priority: u8,
        /// Who it is.
        from: IpAddr,
    },
    /// It cannot take part.
    Fault(Faults),
    /// The last reasons not to take part, which have gone.
    Recovered(Faults),
}
