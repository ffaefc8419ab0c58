//! Two routers on one link.

use std::time::Duration;

use super::address;
use super::space::Space;
use super::wait::{secs, wait_until};
use super::wire::Wire;

/// A router: a namespace with `eth0` on the link.
#[derive(Debug)]
pub(crate) struct Router {
    /// 1 or 2: it is 192.0.2.N, fe80::N and 2001:db8::N, at 02:00:00:00:00:0N.
    pub(crate) number: u8,
    pub(crate) space: Space,
}

impl Router {
    pub(crate) fn name(&self) -> String {
        format!("r{}", self.number)
    }

    /// Whether it has an address on any interface.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        address::has(&self.space, wanted)
    }

    pub(crate) fn addresses(&self, dev: &str) -> Vec<address::Address> {
        address::on(&self.space, dev)
    }

    /// The one address of this text (without prefix length) on `dev`.
    #[track_caller]
    pub(crate) fn address(&self, dev: &str, bare: &str) -> address::Address {
        let mut found = self.addresses(dev);
        found.retain(|address| address.local.split('/').next() == Some(bare));
        assert_eq!(found.len(), 1, "{bare} on {dev} of r{}: {found:?}", self.number);
        found.remove(0)
    }

    /// Wait until it has the address.
    #[track_caller]
    pub(crate) fn await_address(&self, wanted: &str, bound: Duration) -> Duration {
        let what = format!("r{} has {wanted}", self.number);
        wait_until(&what, bound, || self.has(wanted))
    }

    /// Wait until it has the address no more.
    #[track_caller]
    pub(crate) fn await_no_address(&self, wanted: &str, bound: Duration) -> Duration {
        let what = format!("r{} is without {wanted}", self.number);
        wait_until(&what, bound, || !self.has(wanted))
    }

    /// Wait until an interface runs.
    #[track_caller]
    pub(crate) fn await_up(&self, dev: &str) {
        let show = format!("-o link show dev {dev}");
        wait_until(&format!("{dev} of r{} is up", self.number), secs(5), || {
            self.space.ip_shows(&show).contains("state UP")
        });
    }

    /// The hardware address of `eth0`.
    pub(crate) fn mac(&self) -> [u8; 6] {
        [2, 0, 0, 0, 0, self.number]
    }
}

/// The link, and what is on it.
#[derive(Debug)]
pub(crate) struct Net {
    /// Where the bridge `br0` is, with one port a router, `r1` and `r2`.
    pub(crate) lan: Space,
    pub(crate) r1: Router,
    pub(crate) r2: Router,
    /// Hears all that the routers send.
    pub(crate) wire: Wire,
}

impl Net {
    pub(crate) fn new() -> Self {
        let lan = Space::here();
        lan.batch(&[
            "link set lo up".into(),
            "link add br0 type bridge mcast_snooping 0".into(),
            "link set dev br0 up".into(),
            "addr add 192.0.2.10/24 dev br0".into(),
        ]);
        let routers = [1, 2].map(|number| Router { number, space: Space::new() });
        for router in &routers {
            plug(&lan, router, "eth0", &router.name());
            let n = router.number;
            router.space.batch(&[
                format!("addr add 192.0.2.{n}/24 brd + dev eth0"),
                format!("addr add fe80::{n}/64 dev eth0 nodad"),
                format!("addr add 2001:db8::{n}/64 dev eth0 nodad"),
            ]);
        }
        for router in &routers {
            router.await_up("eth0");
        }
        let wire = Wire::listen();
        let [r1, r2] = routers;
        Self { lan, r1, r2, wire }
    }

    /// Give a router another interface, up, plugged into the bridge as `NAME-DEV`.
    pub(crate) fn add_interface(&self, router: &Router, dev: &str) {
        plug(&self.lan, router, dev, &port(router, dev));
        router.await_up(dev);
    }

    /// Remove it, as when a USB adapter is unplugged.
    pub(crate) fn remove_interface(&self, router: &Router, dev: &str) {
        self.lan.ip(&format!("link del dev {}", port(router, dev)));
    }

    /// Pull the cable of an interface.
    pub(crate) fn cut(&self, router: &Router, dev: &str) {
        self.lan.ip(&format!("link set dev {} down", port(router, dev)));
    }

    /// Part a router from the others, though its link stays up.
    pub(crate) fn split(&self, router: &Router) {
        self.lan.ip(&format!("link set dev {} nomaster", router.name()));
    }

    /// End that.
    pub(crate) fn join(&self, router: &Router) {
        self.lan.ip(&format!("link set dev {} master br0", router.name()));
    }

    /// Remove an address that a killed daemon left, as a restart of the machine does.
    pub(crate) fn forget(&self, router: &Router, address: &str) {
        for left in router.addresses("eth0") {
            if left.local.split('/').next() == Some(address) {
                router.space.ip(&format!("addr del {} dev eth0", left.local));
            }
        }
    }

    /// Put the cable back.
    pub(crate) fn mend(&self, router: &Router, dev: &str) {
        self.lan.ip(&format!("link set dev {} up", port(router, dev)));
    }
}

/// The bridge's end of an interface's cable.
fn port(router: &Router, dev: &str) -> String {
    if dev == "eth0" { router.name() } else { format!("{}-{dev}", router.name()) }
}

fn plug(lan: &Space, router: &Router, dev: &str, port: &str) {
    let space = router.space.path();
    // The last byte tells the router, the one before it the interface.
    let digit = dev.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mac = format!("02:00:00:00:0{digit}:0{}", router.number);
    lan.batch(&[
        format!("link add dev {port} type veth peer name {dev} address {mac} netns {space}"),
        format!("link set dev {port} master br0 up"),
    ]);
    // Only the addresses that a case gives it: no waiting for duplicate detection.
    router
        .space
        .batch(&[format!("link set dev {dev} addrgenmode none"), format!("link set dev {dev} up")]);
}
