//! Nothing is allocated once the heap is sealed: adverts, fail-overs, interfaces that come or go.

#![allow(clippy::unwrap_used)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use holdfast::machine::{Duration, Instant};
use holdfast::sys::addr::{self, AddressSpec};
use holdfast::sys::heap::{self, Sealable};
use holdfast::sys::netlink::{Netlink, Outcome, Request};
use holdfast::table::{Id, Table};
use holdfast::vrrp::{
    Action, Announcing, Auth, Begin, Engine, Family, Input, LinkId, LinkState, Options, Params,
    Role, RouterId, Track, Tracked, Version,
};
use holdfast::wire::vrrp::{ADVERT_MAX, AdvertRepr};
use holdfast::wire::{Mac, garp, ndisc};

#[global_allocator]
static HEAP: Sealable = Sealable;

const ADVERTS: u32 = 100_000;
const FAIL_OVERS: u32 = 2_000;
const ADDRESSES: u8 = 200;
const ROUTERS: usize = 4_000;

const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5));
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));
/// No machine has as many interfaces: the kernel reads each request, then refuses it.
const NO_INTERFACE: u32 = 0x7fff_fff0;

fn params(vrid: u8, addresses: u8, gap: Duration) -> Params {
    let second = Duration::from_secs(1);
    Params {
        version: Version::V3,
        family: Family::V4,
        vrid,
        priority: 100,
        interval: second,
        down_adverts: 3,
        preempt: true,
        preempt_delay: Duration::ZERO,
        begin: Begin::Backup,
        auth: Auth::None,
        link: Id::new(0),
        group: GROUP,
        unicast: None,
        track_link: true,
        tracks: [Track { what: Tracked::Link(Id::new(1)), weight: 10, reverse: false }].into(),
        addresses: (0..addresses).map(|n| Ipv4Addr::new(10, 1, vrid, n).into()).collect(),
        announced: u16::from(addresses) + 1,
        announcing: Announcing {
            repeat: 5,
            delay: second * 2,
            refresh: second * 10,
            refresh_repeat: 1,
            lower_prio_repeat: 5,
            lower_prio_delay: second,
            arp_gap: gap,
            na_gap: gap,
        },
        skip_check_addresses: false,
        lower_prio_no_advert: false,
        higher_prio_send_advert: true,
        unsupported: false,
    }
}

/// What the daemon has beside the engine, made at load.
struct Driver {
    engine: Engine,
    params: Params,
    add: Box<[Request]>,
    delete: Box<[Request]>,
    netlink: Netlink,
    scratch: Box<[u8; ADVERT_MAX]>,
    now: Instant,
    /// What was done, to see that something was.
    adverts: u32,
    holds: u32,
    frames: u64,
    requests: u64,
}

impl Driver {
    fn new(params: Params) -> Self {
        let excluded = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let all = params.addresses.iter().copied().chain([excluded]);
        let specs = all.map(|ip| AddressSpec::new(NO_INTERFACE, ip, 24));
        let (add, delete): (Vec<_>, Vec<_>) =
            specs.map(|spec| (addr::add(&spec), addr::delete(&spec))).unzip();
        let mut driver = Self {
            engine: Engine::new(Table::new([params.clone()]), Options::default()),
            params,
            add: add.into(),
            delete: delete.into(),
            netlink: Netlink::open().unwrap(),
            scratch: Box::new([0; ADVERT_MAX]),
            now: Instant::from_secs(1),
            adverts: 0,
            holds: 0,
            frames: 0,
            requests: 0,
        };
        driver.input(Input::Link { link: Id::new(0), state: LinkState::Up });
        driver.input(Input::Source { router: Id::new(0), address: Some(OURS) });
        driver.input(Input::Start(Id::new(0)));
        driver
    }

    fn input(&mut self, input: Input<'_>) {
        for action in self.engine.handle(self.now, input) {
            match action {
                Action::Send { priority, .. } => {
                    self.adverts += 1;
                    emit(&self.params, priority, OURS, &mut self.scratch);
                }
                Action::Hold(_) => {
                    self.holds += 1;
                    self.requests += transact(&mut self.netlink, &self.add);
                }
                Action::Release(_) => {
                    self.requests += transact(&mut self.netlink, &self.delete);
                }
                Action::Announce { first, count, times, .. } => {
                    let all = &self.params.addresses;
                    for place in first..first + count {
                        let ip = all.get(usize::from(place)).copied();
                        announce(ip.unwrap_or(IpAddr::V6(Ipv6Addr::LOCALHOST)));
                        self.frames += u64::from(times);
                    }
                }
                Action::Report(_) => {}
            }
        }
    }

    /// The other router's advert: emitted, then parsed and judged by the engine.
    fn hear(&mut self, priority: u8) {
        let mut packet = [0; ADVERT_MAX];
        let length = emit(&self.params, priority, PEER, &mut packet);
        let bytes = &packet[..length];
        self.input(Input::Packet { link: Id::new(0), from: PEER, to: GROUP, ttl: 255, bytes });
    }

    fn tick(&mut self) {
        self.now = self.engine.poll_at().expect("it waits for something").max(self.now);
        self.input(Input::Tick);
    }

    fn role(&self) -> Role {
        self.engine.routers()[RouterId::new(0)].role()
    }
}

fn emit(params: &Params, priority: u8, from: IpAddr, buffer: &mut [u8; ADVERT_MAX]) -> usize {
    let Params { version, family, vrid, interval, auth, ref addresses, .. } = *params;
    let advert = AdvertRepr { version, family, vrid, priority, interval, auth, addresses };
    advert.emit(buffer, from, GROUP)
}

fn transact(netlink: &mut Netlink, requests: &[Request]) -> u64 {
    let mut answered = 0;
    let mut done = |_, outcome| {
        assert_ne!(outcome, Outcome::Done, "there is no such interface");
        answered += 1;
    };
    netlink.transact(&mut requests.iter(), &mut done).unwrap();
    answered
}

fn announce(ip: IpAddr) {
    let mac = Mac([2, 0, 0, 0, 0, 1]);
    match ip {
        IpAddr::V4(ip) => drop(garp::frame(mac, ip)),
        IpAddr::V6(ip) => drop(ndisc::frame(mac, ip, ndisc::Sender::Router)),
    }
}

fn adverts() {
    for version in [Version::V2, Version::V3] {
        let auth = match version {
            Version::V2 => Auth::Simple(*b"password"),
            Version::V3 => Auth::None,
        };
        let params = Params { version, auth, ..params(1, ADDRESSES, Duration::ZERO) };
        let mut driver = Driver::new(params);
        heap::seal();
        for n in 0..ADVERTS {
            driver.now += Duration::from_millis(900);
            driver.hear(if n % 100 == 0 { 120 } else { 200 });
            driver.input(Input::Tick);
        }
        let allocations = heap::allocations_since_seal();
        heap::open();
        assert_eq!(allocations, 0, "{ADVERTS} adverts of {version:?}");
        assert_eq!(driver.role(), Role::Backup);
        let stats = driver.engine.routers()[RouterId::new(0)].stats();
        assert_eq!(stats.adverts_received, u64::from(ADVERTS));
    }
}

fn fail_overs(times: u32, gap: Duration) {
    let mut driver = Driver::new(params(1, ADDRESSES, gap));
    heap::seal();
    for n in 0..times {
        driver.hear(200);
        driver.hear(0);
        while driver.role() != Role::Master {
            driver.tick();
        }
        // A while as master: adverts, the second burst, a weaker rival, addresses put back.
        for _ in 0..6 {
            driver.tick();
        }
        driver.hear(10);
        driver.input(Input::Restored(Id::new(0)));
        match n % 4 {
            0 => driver.hear(200),
            1 => link(&mut driver, Id::new(0)),
            2 => link(&mut driver, Id::new(1)),
            _ => {
                driver.input(Input::Stop(Id::new(0)));
                driver.input(Input::Start(Id::new(0)));
            }
        }
    }
    let allocations = heap::allocations_since_seal();
    heap::open();
    assert_eq!(allocations, 0, "{times} fail-overs");
    assert!(driver.holds >= times, "{} fail-overs", driver.holds);
    let each = u64::from(ADDRESSES) + 1;
    assert!(driver.requests >= each * u64::from(driver.holds));
    assert!(driver.frames > u64::from(driver.holds), "{} frames", driver.frames);
}

fn link(driver: &mut Driver, link: LinkId) {
    driver.input(Input::Link { link, state: LinkState::Down });
    driver.input(Input::Link { link, state: LinkState::Up });
}

/// One event of an interface concerns thousands of routers.
fn many_routers() {
    let all = (0..ROUTERS).map(|n| {
        let vrid = u8::try_from(n % 250 + 1).unwrap();
        let group = Ipv4Addr::new(224, 0, 1, u8::try_from(n / 250).unwrap());
        Params { group: group.into(), ..params(vrid, 1, Duration::from_micros(50)) }
    });
    let mut engine = Engine::new(all.collect(), Options::default());
    let mut now = Instant::from_secs(1);
    let (mut up, mut down) = (0, 0);
    heap::seal();
    let state = |state| Input::Link { link: Id::new(0), state };
    assert_eq!(engine.handle(now, state(LinkState::Up)).count(), 0);
    for n in 0..ROUTERS {
        let router = Id::new(n);
        let address = Some(OURS);
        assert_eq!(engine.handle(now, Input::Source { router, address }).count(), 0);
        assert_eq!(engine.handle(now, Input::Start(router)).count(), 1);
    }
    for _ in 0..10 {
        while let Some(at) = engine.poll_at().filter(|_| up <= down) {
            now = at;
            up += held(engine.handle(now, Input::Tick));
        }
        down += held(engine.handle(now, state(LinkState::Down)));
        assert_eq!((up, down), (down, up), "all that were master are in fault");
        assert_eq!(engine.poll_at(), None);
        assert_eq!(held(engine.handle(now, state(LinkState::Up))), 0);
    }
    let allocations = heap::allocations_since_seal();
    heap::open();
    assert_eq!(allocations, 0, "{ROUTERS} routers");
    assert_eq!(up, 10 * ROUTERS);
}

/// How many routers take their addresses, or give them back.
fn held(actions: impl Iterator<Item = Action>) -> usize {
    actions.filter(|action| matches!(action, Action::Hold(_) | Action::Release(_))).count()
}

// The heap belongs to the process: one test at a time.
#[test]
fn nothing_is_allocated_behind_the_seal() {
    adverts();
    fail_overs(FAIL_OVERS, Duration::ZERO);
    fail_overs(FAIL_OVERS / 20, Duration::from_millis(1));
    many_routers();
}
