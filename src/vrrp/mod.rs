//! The engine: all virtual routers, one input at a time.

mod announce;
mod carry;
mod complaint;
mod event;
mod fault;
pub mod params;
mod priority;
mod receive;
mod router;
mod stats;
mod text;

use core::net::IpAddr;
use core::ops::Range;

use heapless::Deque;

use crate::deadline::Deadlines;
use crate::machine::Instant;
use crate::table::{Id, Table};
pub use crate::track::link::LinkState;
use crate::track::link::Links;
use announce::Pace;
pub use carry::Carried;
pub use event::{Action, Cause, Event, Role};
pub use fault::{Fault, Faults};
pub use params::{
    Announcing, Auth, Begin, Family, Link, LinkId, Params, Peer, Track, Tracked, Unicast, Version,
};
use receive::{Directory, Packet};
use router::Told;
pub use router::{Heard, Router};
pub use stats::{Rejected, Stats, Strays};
pub use text::Shown;

/// The most actions a single router answers an input with.
pub const ACTIONS_MAX: usize = 8;

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

/// What concerns all routers of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// No router leaves `Init` before: the start of the process, and `vrrp_startup_delay` on top.
    pub not_before: Instant,
}

impl Default for Options {
    fn default() -> Self {
        Self { not_before: Instant::ZERO }
    }
}

/// All virtual routers of a process.
#[derive(Debug)]
pub struct Engine {
    routers: Table<Router>,
    directory: Directory,
    links: Links,
    paces: Box<[Pace]>,
    /// Which routers depend on which interface, in the order of the interfaces.
    dependents: Box<[(LinkId, RouterId)]>,
    deadlines: Deadlines,
    /// The routers that the current tick serves.
    due: Box<[u32]>,
    work: Work,
    answers: Deque<Action, ACTIONS_MAX>,
    strays: Strays,
    options: Options,
}

/// The routers that are still to be asked for their answer to the current input.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Work {
    /// None is left.
    Done,
    /// Places in `dependents`: an interface changed.
    Dependents(Instant, Range<usize>),
    /// Places in `due`: time has passed.
    Due(Instant, Range<usize>),
}

/// How a router reads and answers one input.
#[derive(Debug)]
struct Turn<'a> {
    now: Instant,
    not_before: Instant,
    links: &'a Links,
    paces: &'a mut [Pace],
    answers: &'a mut Deque<Action, ACTIONS_MAX>,
}

impl Turn<'_> {
    fn act(&mut self, action: Action) {
        self.answers.push_back(action).expect("ACTIONS_MAX is the longest answer");
    }

    fn pace(&mut self, params: &Params) -> &mut Pace {
        &mut self.paces[params.link.index()]
    }
}

impl Engine {
    /// The engine of these routers, all of them in `Init`; nothing is allocated after it.
    pub fn new(params: Table<Params>, options: Options) -> Self {
        let dependents = dependents(&params);
        let links = dependents.last().map_or(0, |(link, _)| link.index() + 1);
        let keys = params.iter().enumerate().map(|(at, params)| (params.key(), Id::new(at)));
        let directory = Directory::new(keys);
        let count = params.len();
        Self {
            routers: params.map(|at, params| Router::new(Id::new(at), params)),
            directory,
            links: Links::new(links),
            paces: (0..links).map(|_| Pace::IDLE).collect(),
            dependents,
            deadlines: Deadlines::new(count),
            due: (0..count).map(|_| 0).collect(),
            work: Work::Done,
            answers: Deque::new(),
            strays: Strays::default(),
            options,
        }
    }

    /// Takes one input. The answer borrows the engine: there is no next input before it is drained.
    ///
    /// Thousands of routers may have an answer; each of them is asked when the answers before are
    /// drained. An input for an id or an interface that is not the engine's has no answer.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Actions<'_> {
        self.conclude();
        match input {
            Input::Tick => {
                let count = self.deadlines.due(now, &mut self.due);
                self.work = Work::Due(now, 0..count);
            }
            Input::Packet { link, from, to, ttl, bytes } => {
                self.receive(now, &Packet { link, from, to, ttl, bytes });
            }
            Input::Link { link, state } => {
                self.links.set(link, state);
                let start = self.dependents.partition_point(|entry| entry.0 < link);
                let end = self.dependents.partition_point(|entry| entry.0 <= link);
                self.work = Work::Dependents(now, start..end);
            }
            Input::Source { router, address } => {
                self.serve(now, router, |router, turn| {
                    router.source = address;
                    router.handle(turn, Told::Health);
                });
            }
            Input::Start(router) => self.tell(now, router, Told::Start),
            Input::Stop(router) => self.tell(now, router, Told::Stop),
            Input::Restored(router) => self.tell(now, router, Told::Restored),
        }
        Actions(self)
    }

    /// When `Input::Tick` is due.
    pub fn poll_at(&self) -> Option<Instant> {
        self.deadlines.first()
    }

    /// The routers, in the order of their ids, to read.
    pub fn routers(&self) -> &Table<Router> {
        &self.routers
    }

    /// All reasons why a router cannot take part; none for an id that is not the engine's.
    pub fn faults(&self, id: RouterId) -> impl Iterator<Item = Fault> + '_ {
        let router = self.routers.get(id);
        router.into_iter().flat_map(|r| priority::faults(&r.params, r.source, &self.links))
    }

    /// Packets that were for none of the routers.
    pub fn strays(&self) -> Strays {
        self.strays
    }

    /// What an earlier answer left undone is dropped: the driver has broken the contract.
    fn conclude(&mut self) {
        debug_assert!(
            self.answers.is_empty() && self.work == Work::Done,
            "the answer to the last input was not drained"
        );
        while self.next_action().is_some() {}
    }

    fn next_action(&mut self) -> Option<Action> {
        loop {
            if let Some(action) = self.answers.pop_front() {
                return Some(action);
            }
            match &mut self.work {
                Work::Done => return None,
                Work::Dependents(now, places) => {
                    let now = *now;
                    match places.next().and_then(|at| self.dependents.get(at)) {
                        Some(&(_, router)) => self.tell(now, router, Told::Health),
                        None => self.work = Work::Done,
                    }
                }
                Work::Due(now, places) => {
                    let now = *now;
                    match places.next().and_then(|at| self.due.get(at)) {
                        Some(&router) => self.tell(now, Id::new(router as usize), Told::Tick),
                        None => self.work = Work::Done,
                    }
                }
            }
        }
    }

    fn tell(&mut self, now: Instant, id: RouterId, told: Told) {
        self.serve(now, id, |router, turn| router.handle(turn, told));
    }

    fn serve(&mut self, now: Instant, id: RouterId, ask: impl FnOnce(&mut Router, &mut Turn<'_>)) {
        let Some(router) = self.routers.get_mut(id) else { return };
        let mut turn = Turn {
            now,
            not_before: self.options.not_before,
            links: &self.links,
            paces: &mut self.paces,
            answers: &mut self.answers,
        };
        ask(router, &mut turn);
        self.deadlines.set(id.index(), router.window());
    }
}

/// The answer to an input, worked out router by router while it is drained.
#[must_use = "actions that are not done leave the kernel behind the state"]
#[derive(Debug)]
pub struct Actions<'a>(&'a mut Engine);

impl Iterator for Actions<'_> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        self.0.next_action()
    }
}

fn dependents(params: &Table<Params>) -> Box<[(LinkId, RouterId)]> {
    let mut dependents = Vec::new();
    for (at, params) in params.iter().enumerate() {
        let tracked = params.tracks.iter().map(|track| match track.what {
            Tracked::Link(link) => link,
        });
        dependents.extend(tracked.chain([params.link]).map(|link| (link, Id::new(at))));
    }
    dependents.sort_unstable();
    // A router may track its own interface.
    dependents.dedup();
    dependents.into()
}

#[cfg(test)]
mod tests;
