//! All sequences of inputs to a depth, for a router of each kind: what never may happen does not.

use core::net::{IpAddr, Ipv4Addr};

use super::super::*;
use crate::machine::Duration;
use crate::wire::vrrp::{ADVERT_MAX, AdvertRepr};

const LINK: usize = 0;
const TRACKED: usize = 1;
const ROUTER: usize = 0;
const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5));
const LOWER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 4));
const HIGHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 6));
const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// The time of `poll_at` comes.
    Due,
    /// A tick that nobody asked for.
    Early,
    Advert(u8, IpAddr),
    /// An advert that went through a router.
    Far,
    Link(LinkState),
    Tracked(LinkState),
    Source(Option<IpAddr>),
    Start,
    Stop,
    Restored,
}

const STEPS: [Step; 16] = [
    Step::Due,
    Step::Early,
    Step::Advert(0, LOWER),
    Step::Advert(100, LOWER),
    Step::Advert(100, HIGHER),
    Step::Advert(200, LOWER),
    Step::Advert(255, LOWER),
    Step::Far,
    Step::Link(LinkState::Down),
    Step::Link(LinkState::Up),
    Step::Tracked(LinkState::Absent),
    Step::Tracked(LinkState::Up),
    Step::Source(None),
    Step::Start,
    Step::Stop,
    Step::Restored,
];

fn params() -> Params {
    let second = Duration::from_secs(1);
    Params {
        version: Version::V3,
        family: Family::V4,
        vrid: 7,
        priority: 150,
        interval: second,
        down_adverts: 3,
        preempt: true,
        preempt_delay: Duration::ZERO,
        begin: Begin::Backup,
        auth: Auth::None,
        link: LinkId::new(LINK),
        group: GROUP,
        unicast: None,
        track_link: true,
        tracks: Box::new([]),
        addresses: [Ipv4Addr::new(10, 0, 0, 100).into()].into(),
        announced: 2,
        announcing: Announcing {
            repeat: 2,
            delay: second * 5,
            refresh: second * 7,
            refresh_repeat: 1,
            lower_prio_repeat: 2,
            lower_prio_delay: second * 5,
            arp_gap: Duration::ZERO,
            na_gap: Duration::ZERO,
        },
        skip_check_addresses: false,
        lower_prio_no_advert: false,
        higher_prio_send_advert: false,
        unsupported: false,
    }
}

fn kinds() -> [Params; 7] {
    let weighted = |weight| {
        let what = Tracked::Link(LinkId::new(TRACKED));
        Box::new([Track { what, weight, reverse: false }])
    };
    let mut paced = params();
    paced.announcing.arp_gap = Duration::from_millis(30);
    paced.announcing.na_gap = Duration::from_millis(40);
    [
        params(),
        Params { preempt: false, higher_prio_send_advert: true, ..params() },
        Params { preempt_delay: Duration::from_secs(2), lower_prio_no_advert: true, ..params() },
        Params { version: Version::V2, priority: 255, begin: Begin::Master, ..params() },
        Params { priority: 100, tracks: weighted(-30), ..params() },
        Params { tracks: weighted(0), ..params() },
        paced,
    ]
}

/// A router, with what its actions say of it.
struct World {
    engine: Engine,
    params: Params,
    now: Instant,
    role: Role,
    holds: bool,
    started: bool,
    healthy: (bool, bool, bool),
}

impl World {
    fn new(params: &Params) -> Self {
        let table = Table::new([params.clone()]);
        Self {
            engine: Engine::new(table, Options::default()),
            params: params.clone(),
            now: Instant::from_secs(1000),
            role: Role::Init,
            holds: false,
            started: false,
            healthy: (false, false, false),
        }
    }

    fn at_work(params: &Params) -> Self {
        let mut world = Self::new(params);
        for step in [
            Step::Link(LinkState::Up),
            Step::Tracked(LinkState::Up),
            Step::Source(Some(OURS)),
            Step::Start,
        ] {
            world.step(step);
        }
        world
    }

    fn step(&mut self, step: Step) {
        let router = RouterId::new(ROUTER);
        let before = (self.role, self.engine.poll_at());
        self.now += Duration::from_millis(70);
        let mut buffer = [0; ADVERT_MAX];
        let input = match step {
            Step::Due => {
                self.now = self.now.max(self.engine.poll_at().unwrap_or(self.now));
                Input::Tick
            }
            Step::Early => Input::Tick,
            Step::Advert(priority, from) => self.advert(priority, from, 255, &mut buffer),
            Step::Far => self.advert(0, HIGHER, 254, &mut buffer),
            Step::Link(state) => {
                self.healthy.0 = state == LinkState::Up;
                Input::Link { link: LinkId::new(LINK), state }
            }
            Step::Tracked(state) => {
                self.healthy.1 = state == LinkState::Up;
                Input::Link { link: LinkId::new(TRACKED), state }
            }
            Step::Source(address) => {
                self.healthy.2 = address.is_some();
                Input::Source { router, address }
            }
            Step::Start => Input::Start(router),
            Step::Stop => Input::Stop(router),
            Step::Restored => Input::Restored(router),
        };
        self.started = (self.started || step == Step::Start) && step != Step::Stop;
        // Collected first: an assertion must not meet an answer that is half drained.
        let actions: Vec<Action> = self.engine.handle(self.now, input).collect();
        let mut master = before.0 == Role::Master;
        for action in &actions {
            master |= self.obey(*action, before.0);
        }
        let sends = |action: &Action| matches!(action, Action::Send { priority: 1.., .. });
        assert!(master || !actions.iter().any(sends), "only a master sends adverts");
        self.check(step, before, &actions);
    }

    fn advert<'a>(
        &self,
        priority: u8,
        from: IpAddr,
        ttl: u8,
        buffer: &'a mut [u8; ADVERT_MAX],
    ) -> Input<'a> {
        let Params { version, family, vrid, interval, auth, ref addresses, .. } = self.params;
        let advert = AdvertRepr { version, family, vrid, priority, interval, auth, addresses };
        let length = advert.emit(buffer, from, GROUP);
        Input::Packet { link: LinkId::new(LINK), from, to: GROUP, ttl, bytes: &buffer[..length] }
    }

    /// Does what an action says; true if it made the router master.
    fn obey(&mut self, action: Action, before: Role) -> bool {
        match action {
            Action::Send { priority: 0, .. } => {
                assert!(before == Role::Master && self.holds, "a master resigns, then releases");
            }
            Action::Send { .. } => {}
            Action::Hold(_) => {
                assert!(!self.holds, "held already");
                self.holds = true;
            }
            Action::Release(_) => {
                assert!(self.holds, "nothing to release");
                self.holds = false;
            }
            Action::Announce { first, count, times, .. } => {
                assert!(self.holds, "announces what it does not hold");
                assert!(count > 0 && times > 0 && first + count <= self.params.announced);
            }
            Action::Report(Event::State { from, to, .. }) => {
                assert_eq!(from, self.role, "leaves a state it is not in");
                assert_ne!(from, to);
                self.role = to;
                return to == Role::Master;
            }
            Action::Report(_) => {}
        }
        false
    }

    fn check(&self, step: Step, before: (Role, Option<Instant>), actions: &[Action]) {
        let router = &self.engine.routers()[RouterId::new(ROUTER)];
        assert_eq!(router.role(), self.role, "a change of state was not reported");
        assert_eq!(self.holds, self.role == Role::Master, "holds exactly while master");
        let tracks = self.params.tracks.iter().any(|track| track.weight == 0);
        let healthy = self.healthy.0 && self.healthy.2 && (self.healthy.1 || !tracks);
        assert_eq!(self.role == Role::Fault, self.started && !healthy, "fault exactly while ill");
        assert_eq!(self.role == Role::Init, !self.started);
        match self.engine.poll_at() {
            Some(at) => {
                assert!(matches!(self.role, Role::Backup | Role::Master), "a timer of no state");
                // What is due is done: the next tick is for something else.
                let ticked = matches!(step, Step::Due | Step::Early);
                assert!(!ticked || at > self.now, "two ticks without progress");
                assert!(at > self.now || at >= self.now - Duration::from_millis(70) * 4);
            }
            None => assert!(matches!(self.role, Role::Init | Role::Fault), "nothing to wait for"),
        }
        let only_reports = actions.iter().all(|action| matches!(action, Action::Report(_)));
        match (step, before.0) {
            (Step::Far, _) => {
                assert!(only_reports, "a packet that does not count has effects");
                assert_eq!((self.role, self.engine.poll_at()), before);
            }
            (Step::Start, Role::Master | Role::Backup | Role::Fault)
            | (Step::Stop | Step::Due | Step::Early | Step::Restored, Role::Init)
            | (Step::Advert(..), Role::Init | Role::Fault)
            | (Step::Restored, Role::Backup | Role::Fault)
            | (Step::Link(_) | Step::Tracked(_) | Step::Source(_), Role::Init) => {
                assert!(actions.is_empty(), "{step:?} is nothing to act on in {:?}", before.0);
            }
            (Step::Due, Role::Backup | Role::Master) => assert!(!actions.is_empty(), "idle tick"),
            (Step::Advert(priority, from), Role::Backup) => self.waits(priority, from, before.1),
            (Step::Advert(priority, from), Role::Master) if priority < 255 => {
                let beaten = (priority, from) > (self.priority(), OURS);
                assert_eq!(self.role == Role::Backup, beaten, "{priority} of {from}");
            }
            (Step::Stop, Role::Master) => {
                assert!(matches!(actions[0], Action::Send { priority: 0, .. }));
            }
            (_, _) => {}
        }
        if self.role == Role::Master && before.0 != Role::Master {
            let wanted = matches!(actions, [Action::Send { .. }, Action::Hold(_), ..]);
            assert!(wanted, "a new master sends, then holds: {actions:?}");
            let announces = |action: &Action| matches!(action, Action::Announce { .. });
            assert!(actions.iter().any(announces), "a new master announces");
        }
    }
}

impl World {
    fn priority(&self) -> u8 {
        let lost = self.params.tracks.iter().any(|track| track.weight < 0) && !self.healthy.1;
        if lost { self.params.priority - 30 } else { self.params.priority }
    }

    /// RFC 9568 6.4.2: how long a backup waits after an advert.
    fn waits(&self, priority: u8, from: IpAddr, before: Option<Instant>) {
        let ours = self.priority();
        let skew = Duration::from_micros(1_000_000 * (256 - u64::from(ours)) / 256);
        let whole = self.now + Duration::from_secs(3) + skew;
        let at = self.engine.poll_at().expect("a backup waits");
        let at_about = |want: Instant| at - want <= Duration::from_micros(1);
        let right = match priority {
            0 => at_about(self.now + skew),
            _ if priority >= ours || !self.params.preempt => at_about(whole),
            _ if self.params.preempt_delay == Duration::ZERO => Some(at) == before,
            _ => Some(at) == before || at_about(whole),
        };
        assert!(right, "{priority} of {from} at {}: waits until {at}", self.now);
    }
}

/// Runs all sequences of this length, counted like the digits of a number.
fn all_sequences(depth: u32, start: impl Fn() -> World) {
    let base = STEPS.len();
    for number in 0..base.pow(depth) {
        let mut world = start();
        let mut rest = number;
        for _ in 0..depth {
            world.step(STEPS[rest % base]);
            rest /= base;
        }
    }
}

#[test]
fn no_sequence_of_inputs_breaks_a_router_that_was_just_made() {
    for params in kinds() {
        all_sequences(3, || World::new(&params));
    }
}

#[test]
fn no_sequence_of_inputs_breaks_a_router_at_work() {
    for params in kinds() {
        all_sequences(4, || World::at_work(&params));
    }
}

#[test]
fn no_sequence_of_inputs_breaks_a_master() {
    for params in kinds() {
        all_sequences(4, || {
            let mut world = World::at_work(&params);
            if world.role == Role::Backup {
                world.step(Step::Due);
            }
            assert_eq!(world.role, Role::Master);
            world
        });
    }
}
