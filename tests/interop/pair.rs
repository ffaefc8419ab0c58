//! Two routers of two kinds: r1 is preferred, r2 is the other.

use std::time::Duration;

use super::lab::net::Router;
use super::lab::wire::{Seen, adverts};
use super::lab::{Daemon, Kind, Net};

/// What happens to a pair.
pub(crate) type Scenario = fn(&Pair);

/// The address that most cases share.
pub(crate) const VIP: &str = "192.0.2.100";

/// How late a daemon may be on a busy machine.
const LATE: Duration = Duration::from_millis(150);
/// How early it may be: adverts were some time on their way.
const EARLY: Duration = Duration::from_millis(10);

/// A measured time is what the protocol wants.
#[track_caller]
pub(crate) fn near(what: &str, measured: Duration, wanted: Duration) {
    let good = measured + EARLY >= wanted && measured <= wanted + LATE;
    assert!(good, "{what}: {measured:?} instead of {wanted:?}");
}

/// The last advert of r1, then the first of r2 behind it.
#[track_caller]
pub(crate) fn handover(seen: &[Seen]) -> (Duration, Duration) {
    let (last, _) = adverts(seen, 1).pop().expect("r1 was master");
    let first = adverts(seen, 2).into_iter().find(|(at, _)| *at > last);
    (last, first.expect("r2 is master").0)
}

pub(crate) struct Pair {
    pub(crate) net: Net,
    /// What r1 runs.
    pub(crate) high: Kind,
    /// What r2 runs.
    pub(crate) low: Kind,
}

impl Pair {
    pub(crate) fn new(high: Kind, low: Kind) -> Self {
        Self { net: Net::new(), high, low }
    }

    pub(crate) fn start_high(&self, config: &str) -> Daemon {
        Daemon::start(self.high, &self.net.r1, config)
    }

    pub(crate) fn start_low(&self, config: &str) -> Daemon {
        Daemon::start(self.low, &self.net.r2, config)
    }

    /// Wait until this router sends an advert of this priority, and has the address.
    #[track_caller]
    pub(crate) fn await_master(&self, router: &Router, priority: u8, vip: &str, bound: Duration) {
        let mark = self.net.wire.mark();
        let what = format!("r{} sends priority {priority}", router.number);
        self.net.wire.await_advert(&what, bound, mark, |from, advert| {
            from == router.number && advert.priority == priority
        });
        router.await_address(vip, Duration::from_millis(500));
    }

    /// Nobody but `router` has sent an advert since `mark`, and it has.
    #[track_caller]
    pub(crate) fn only_master_is(&self, router: &Router, mark: usize) -> Vec<Seen> {
        let seen = self.net.wire.since(mark);
        let other = 3 - router.number;
        assert!(!adverts(&seen, router.number).is_empty(), "r{} is silent", router.number);
        assert!(adverts(&seen, other).is_empty(), "r{other} sends, too");
        seen
    }
}

/// A configuration of one instance, `VI_1` with number 51 on eth0.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    version: u8,
    priority: u8,
    interval: &'static str,
    /// More lines of the instance.
    extra: String,
    vips: String,
}

impl Config {
    pub(crate) fn v2(priority: u8) -> Self {
        let vips = "192.0.2.100/24".into();
        Self { version: 2, priority, interval: "1", extra: String::new(), vips }
    }

    pub(crate) fn v3(priority: u8) -> Self {
        Self { version: 3, interval: "0.1", ..Self::v2(priority) }
    }

    pub(crate) fn v6(priority: u8) -> Self {
        Self::v3(priority).vips("fe80::100/64 2001:db8::100/64")
    }

    pub(crate) fn interval(mut self, interval: &'static str) -> Self {
        self.interval = interval;
        self
    }

    pub(crate) fn vips(mut self, vips: &str) -> Self {
        self.vips = vips.replace(' ', "\n        ");
        self
    }

    /// Add a line to the instance.
    pub(crate) fn with(mut self, line: &str) -> Self {
        self.extra = format!("{}    {line}\n", self.extra);
        self
    }

    /// The first address, without prefix length.
    pub(crate) fn first_vip(&self) -> String {
        self.vips.split(['/', ' ', '\n']).next().unwrap_or_default().to_owned()
    }

    /// How much longer than three intervals a backup of this priority waits.
    pub(crate) fn skew(&self, priority: u8) -> Duration {
        let interval: f64 = self.interval.parse().expect("an interval is a number");
        // Version 2 always reckons with a second (RFC 3768 6.1).
        let unit = if self.version == 2 { 1.0 } else { interval };
        Duration::from_secs_f64(unit * f64::from(256 - u16::from(priority)) / 256.0)
    }

    /// How long a backup of this priority waits for an advert.
    pub(crate) fn down(&self, priority: u8) -> Duration {
        let interval: f64 = self.interval.parse().expect("an interval is a number");
        Duration::from_secs_f64(3.0 * interval) + self.skew(priority)
    }

    /// The instance alone, of this name and number.
    pub(crate) fn instance(&self, name: &str, vrid: u8) -> String {
        let Self { priority, interval, extra, vips, .. } = self;
        format!(
            "vrrp_instance {name} {{
    state BACKUP
    interface eth0
    virtual_router_id {vrid}
    priority {priority}
    advert_int {interval}
{extra}    virtual_ipaddress {{
        {vips}
    }}
}}
"
        )
    }

    /// A whole file.
    pub(crate) fn text(&self) -> String {
        let instance = self.instance("VI_1", 51);
        format!("global_defs {{\n    vrrp_version {}\n}}\n{instance}", self.version)
    }
}
