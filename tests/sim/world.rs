//! Runs the nodes on their wire: everything that happens is in one queue.

use std::collections::BTreeMap;

use holdfast::machine::{Duration, Instant};
use holdfast::prng::Prng;
use holdfast::table::Id;
use holdfast::vrrp::{Action, Event, Input, RouterId};

use crate::invariants::Judge;
use crate::lan::{Lan, Packet};
use crate::node::{self, Clock, Node};
use crate::options::{Options, chance, up_to};
use crate::shadow::{Told, Verdict, demand};
use crate::timeline::Timeline;

/// Packets that wait for a sleeping node at most; a socket has an end, too.
const INBOX_MAX: usize = 200;
/// Ticks that a node may need to serve what is due at one time, for each of its routers.
const TICKS_MAX: usize = 4;

/// What is due.
#[derive(Debug)]
enum Due {
    Arrive { to: usize, from: usize, packet: Packet },
    Turn { node: usize, number: u64 },
    Wake { node: usize, slept: Duration },
}

/// The whole of a run.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) options: Options,
    pub(crate) random: Prng,
    pub(crate) nodes: Vec<Node>,
    pub(crate) lan: Lan,
    pub(crate) timeline: Timeline,
    pub(crate) judge: Judge,
    /// Packets get lost and damaged.
    pub(crate) chaos: bool,
    /// Inputs given to all engines.
    pub(crate) inputs: u64,
    queue: BTreeMap<(Instant, u64), Due>,
    queued: u64,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        let mut random = Prng::new(options.seed ^ 0x5157_4f52_4c44);
        let clock = |random: &mut Prng| {
            let drift = i64::try_from(random.below(2 * options.drift_max + 1)).expect("small");
            let middle = i64::try_from(options.drift_max).expect("small");
            Clock { start: up_to(random, Duration::from_secs(100_000)), drift: drift - middle }
        };
        let count = options.nodes.len();
        let nodes = (0..count).map(|place| Node::new(&options, place, clock(&mut random)));
        Self {
            now: Instant::ZERO,
            nodes: nodes.collect(),
            random,
            lan: Lan::new(count),
            timeline: Timeline::default(),
            judge: Judge::new(&options),
            chaos: false,
            inputs: 0,
            queue: BTreeMap::new(),
            queued: 0,
            options,
        }
    }

    /// Everything that is due in the next `span` happens.
    pub(crate) fn run_for(&mut self, span: Duration) -> Verdict {
        let end = self.now + span;
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > end {
                break;
            }
            let ((at, _), due) = entry.remove_entry();
            self.now = self.now.max(at);
            self.happen(due)?;
            Judge::check(self)?;
        }
        self.now = end;
        Judge::check(self)
    }

    fn happen(&mut self, due: Due) -> Verdict {
        match due {
            Due::Arrive { to, from, packet } => {
                let node = &mut self.nodes[to];
                if node.alive && self.lan.hears(to, from) && node.inbox.len() < INBOX_MAX {
                    node.inbox.push_back(packet);
                    let latency = up_to(&mut self.random, self.options.latency_max);
                    self.turn_at(to, self.now + latency);
                }
            }
            Due::Turn { node, number } => {
                let due = self.nodes[node].turn == number;
                if due && self.nodes[node].alive && !self.nodes[node].asleep {
                    self.serve(node)?;
                }
            }
            Due::Wake { node, slept } => {
                if self.nodes[node].asleep {
                    self.nodes[node].asleep = false;
                    self.nodes[node].announcer.missed(slept + slept / 100);
                    self.disturb();
                    self.note(node, "wakes");
                    self.serve(node)?;
                }
            }
        }
        Ok(())
    }

    /// One turn of the node's loop: packets before timers, then sleep until the next deadline.
    fn serve(&mut self, place: usize) -> Verdict {
        while let Some(packet) = self.nodes[place].inbox.pop_front() {
            self.hear(place, &packet)?;
        }
        let now = self.local(place);
        let ticks_max = TICKS_MAX * usize::from(self.options.vrids);
        for ticks in 0.. {
            if self.nodes[place].engine.poll_at().is_none_or(|at| at > now) {
                break;
            }
            demand(ticks < ticks_max, "a tick serves what is due")?;
            self.tell(place, Input::Tick, "timer", |_, _| Told::Tick)?;
        }
        self.nodes[place].served(now).map_err(|broken| self.says(place, &broken))?;
        self.arm(place);
        Ok(())
    }

    /// The next turn is when the engine asks for it, or a little late.
    pub(crate) fn arm(&mut self, place: usize) {
        let node = &self.nodes[place];
        if let Some(at) = node.engine.poll_at() {
            let at = node.clock.when(at.max(node.clock.shows(self.now)));
            let latency = up_to(&mut self.random, self.options.latency_max);
            self.nodes[place].turn += 1;
            self.enqueue(at + latency, Due::Turn { node: place, number: self.nodes[place].turn });
        }
    }

    /// A turn beside the one the engine asked for.
    fn turn_at(&mut self, place: usize, at: Instant) {
        self.enqueue(at, Due::Turn { node: place, number: self.nodes[place].turn });
    }

    fn hear(&mut self, place: usize, packet: &Packet) -> Verdict {
        let told = |node: &Node, router: usize| node.told(router, packet);
        let what = match self.nodes[place].told(0, packet) {
            Told::Advert { priority, .. } => format!("advert {priority} <- {}", packet.from),
            _ => format!("packet <- {}", packet.from),
        };
        self.tell(place, node::packet(packet), &what, told)
    }

    /// The node hears this packet at once, whatever the wire says.
    pub(crate) fn inject(&mut self, place: usize, packet: &Packet) -> Verdict {
        self.hear(place, packet)?;
        self.arm(place);
        Ok(())
    }

    /// An input that concerns one router, or all.
    pub(crate) fn change(
        &mut self,
        place: usize,
        input: Input<'_>,
        what: &str,
        told: Told,
        router: Option<usize>,
    ) -> Verdict {
        let told = |_: &Node, at: usize| match router {
            Some(router) if router != at => Told::Noise,
            _ => told,
        };
        self.tell(place, input, what, told)?;
        self.arm(place);
        Ok(())
    }

    fn tell(
        &mut self,
        place: usize,
        input: Input<'_>,
        what: &str,
        told: impl Fn(&Node, usize) -> Told,
    ) -> Verdict {
        let now = self.local(place);
        let node = &mut self.nodes[place];
        let told: Vec<Told> = (0..node.shadows.len()).map(|router| told(node, router)).collect();
        let actions = node.handle(now, input);
        self.inputs += 1;
        if !actions.is_empty() || !matches!(input, Input::Tick) {
            self.timeline.line(self.now, &name(place), what, &did(&actions));
        }
        self.perform(place, &told, &actions)
    }

    /// What a reload of one router led to.
    pub(crate) fn reloaded(&mut self, place: usize, router: usize, actions: &[Action]) -> Verdict {
        self.timeline.line(self.now, &name(place), "reload", &did(actions));
        let (now, port) = (self.local(place), self.lan.is_up(place));
        let node = &mut self.nodes[place];
        let health = node.health(router, port);
        let verdict = node.judge(now, router, Told::Reload, health, actions);
        verdict.map_err(|broken| format!("{}, router {router}: {broken}", name(place)))?;
        self.send(place, actions);
        Ok(())
    }

    fn perform(&mut self, place: usize, told: &[Told], actions: &[Action]) -> Verdict {
        let now = self.local(place);
        let port = self.lan.is_up(place);
        let node = &mut self.nodes[place];
        for (router, &told) in told.iter().enumerate() {
            let own = |action: &&Action| owner(**action) == Id::new(router);
            let own: Vec<Action> = actions.iter().filter(own).copied().collect();
            let health = node.health(router, port);
            let verdict = node.judge(now, router, told, health, &own);
            verdict.map_err(|broken| format!("{}, router {router}: {broken}", name(place)))?;
        }
        self.send(place, actions);
        Ok(())
    }

    fn send(&mut self, place: usize, actions: &[Action]) {
        for action in actions {
            if let Action::Send { router, priority } = *action {
                for packet in self.nodes[place].packets(router.index(), priority) {
                    self.transmit(place, &packet);
                }
            }
        }
    }

    /// To everybody else it is for, each on its own way.
    fn transmit(&mut self, from: usize, packet: &Packet) {
        for to in 0..self.nodes.len() {
            let node = &self.nodes[to];
            if !node.alive || !node.is_reached(packet.to) || !self.lan.hears(to, from) {
                continue;
            }
            if self.chaos && chance(&mut self.random, self.options.loss) {
                self.disturb();
                continue;
            }
            let mut packet = packet.clone();
            if self.chaos && chance(&mut self.random, self.options.damaged) {
                let bit = usize::try_from(self.random.below(64)).expect("small");
                packet.bytes[bit / 8] ^= 1 << (bit % 8);
                self.disturb();
            }
            if chance(&mut self.random, self.options.doubled) {
                self.travel(from, to, packet.clone());
            }
            self.travel(from, to, packet);
        }
    }

    /// Whether a packet is on its way, or waits to be served.
    pub(crate) fn is_travelled(&self) -> bool {
        self.queue.values().any(|due| matches!(due, Due::Arrive { .. }))
            || self.nodes.iter().any(|node| node.alive && !node.inbox.is_empty())
    }

    fn travel(&mut self, from: usize, to: usize, packet: Packet) {
        let at = self.now + up_to(&mut self.random, self.options.delay_max);
        self.enqueue(at, Due::Arrive { to, from, packet });
    }

    /// The node is not scheduled for a while.
    pub(crate) fn doze(&mut self, place: usize, span: Duration) {
        self.nodes[place].asleep = true;
        self.disturb();
        self.note(place, "sleeps");
        self.enqueue(self.now + span, Due::Wake { node: place, slept: span });
    }

    /// From here on the invariants of a quiet network have to wait their bound again.
    pub(crate) fn disturb(&mut self) {
        self.judge.disturbed(self.now);
    }

    /// A line without actions.
    pub(crate) fn note(&mut self, place: usize, what: &str) {
        self.timeline.line(self.now, &name(place), what, "");
    }

    pub(crate) fn local(&self, place: usize) -> Instant {
        self.nodes[place].clock.shows(self.now)
    }

    fn says(&self, place: usize, broken: &str) -> String {
        format!("{}: {broken} (its clock: {})", name(place), self.local(place))
    }

    fn enqueue(&mut self, at: Instant, due: Due) {
        self.queued += 1;
        self.queue.insert((at, self.queued), due);
    }
}

fn name(place: usize) -> String {
    String::from(["a", "b", "c", "d", "e", "f"][place])
}

fn owner(action: Action) -> RouterId {
    match action {
        Action::Send { router, .. }
        | Action::Hold(router)
        | Action::Release(router)
        | Action::Announce { router, .. } => router,
        Action::Report(event) => event.router(),
    }
}

/// The actions in words; the router's number is in front where it changes.
fn did(actions: &[Action]) -> String {
    let mut text = String::new();
    let mut last = None;
    for &action in actions {
        let router = owner(action);
        if last != Some(router) {
            last = Some(router);
            text += &format!("{}: ", router.index());
        }
        text += &match action {
            Action::Send { priority, .. } => format!("advert {priority} "),
            Action::Hold(_) => "+addresses ".to_owned(),
            Action::Release(_) => "-addresses ".to_owned(),
            Action::Announce { first, count, times, .. } => {
                format!("announce {first}+{count} x{times} ")
            }
            Action::Report(Event::State { to, .. }) => format!("-> {to:?} "),
            Action::Report(Event::Priority { to, .. }) => format!("priority {to} "),
            Action::Report(_) => "remarks ".to_owned(),
        };
    }
    text
}
