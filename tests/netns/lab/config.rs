//! What daemons are configured with, what may then be expected of them.

use std::time::Duration;

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

/// A configuration of one instance, `VI_1` with number 51 on eth0.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    version: u8,
    priority: u8,
    interface: &'static str,
    interval: &'static str,
    /// More lines of `global_defs`.
    global: String,
    /// More lines of the instance.
    extra: String,
    vips: String,
}

impl Config {
    pub(crate) fn v2(priority: u8) -> Self {
        Self {
            version: 2,
            priority,
            interface: "eth0",
            interval: "1",
            global: String::new(),
            extra: String::new(),
            vips: format!("{VIP}/24"),
        }
    }

    pub(crate) fn v3(priority: u8) -> Self {
        Self { version: 3, interval: "0.1", ..Self::v2(priority) }
    }

    pub(crate) fn v6(priority: u8) -> Self {
        Self::v3(priority).vips("fe80::100/64 | 2001:db8::100/64")
    }

    pub(crate) fn interval(mut self, interval: &'static str) -> Self {
        self.interval = interval;
        self
    }

    pub(crate) fn interface(mut self, interface: &'static str) -> Self {
        self.interface = interface;
        self
    }

    /// Set the addresses: `|` between them.
    pub(crate) fn vips(mut self, vips: &str) -> Self {
        self.vips = vips.replace(" | ", "\n        ");
        self
    }

    /// Add a line to `global_defs`.
    pub(crate) fn global(mut self, line: &str) -> Self {
        self.global = format!("{}    {line}\n", self.global);
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
        let Self { priority, interface, interval, extra, vips, .. } = self;
        format!(
            "vrrp_instance {name} {{
    state BACKUP
    interface {interface}
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
        let Self { version, global, .. } = self;
        let instance = self.instance("VI_1", 51);
        format!("global_defs {{\n    vrrp_version {version}\n{global}}}\n{instance}")
    }
}
