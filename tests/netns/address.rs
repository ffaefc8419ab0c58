//! The addresses of a router in its kernel.

use std::collections::HashSet;

use super::lab::address::{self, Address};
use super::lab::wire::announcements;
use super::lab::{Config, Net, VIP, ms, secs, sleep, stays, wait_until};
use super::{Cases, start, start_master};

pub(crate) const CASES: Cases = &[
    ("addresses_are_set_as_configured", as_configured),
    ("addresses_of_ipv6_wait_for_no_duplicate_detection", no_duplicate_detection),
    ("excluded_addresses_are_set_though_not_advertised", excluded),
    ("static_addresses_are_there_from_start_to_stop", statics),
    ("hundreds_of_addresses_come_and_go", hundreds),
    ("an_address_that_something_removes_is_put_back", put_back),
    ("an_address_that_the_kernel_refuses_is_told_once", refused),
    ("an_address_waits_for_its_interface", late_interface),
    ("an_address_of_the_administrator_is_left_alone", not_ours),
    ("an_address_that_was_there_before_is_left_at_stop", there_before),
];

/// What of an address this suite compares.
fn shape(address: &Address) -> (&str, Option<&str>, Option<&str>, &str, Option<&str>) {
    (
        &address.local,
        address.peer.as_deref(),
        address.broadcast.as_deref(),
        &address.scope,
        address.label.as_deref(),
    )
}

fn as_configured() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    let vips = "192.0.2.100/24 dev eth0 label eth0:vip | 192.0.2.101 \
        | 203.0.113.2/24 brd 203.0.113.255 scope link | 198.51.100.1/25 brd + dev eth1 \
        | 198.51.100.2 peer 198.51.100.3 dev eth1 | 10.3.0.3/24 brd - scope host";
    let _daemon = start_master(&net, &Config::v3(100).vips(vips));
    net.r1.await_address("10.3.0.3", secs(1));
    for (dev, bare, want) in [
        ("eth0", "192.0.2.100", ("192.0.2.100/24", None, None, "global", Some("eth0:vip"))),
        ("eth0", "192.0.2.101", ("192.0.2.101/32", None, None, "global", Some("eth0"))),
        (
            "eth0",
            "203.0.113.2",
            ("203.0.113.2/24", None, Some("203.0.113.255"), "link", Some("eth0")),
        ),
        (
            "eth1",
            "198.51.100.1",
            ("198.51.100.1/25", None, Some("198.51.100.127"), "global", Some("eth1")),
        ),
        (
            "eth1",
            "198.51.100.2",
            ("198.51.100.2", Some("198.51.100.3/32"), None, "global", Some("eth1")),
        ),
        ("eth0", "10.3.0.3", ("10.3.0.3/24", None, Some("10.3.0.0"), "host", Some("eth0"))),
    ] {
        assert_eq!(shape(&net.r1.address(dev, bare)), want, "{bare}");
    }
}

fn no_duplicate_detection() {
    let net = Net::new();
    let vips = "fe80::100/64 | 2001:db8::100/64 | 2001:db8::101";
    let _daemon = start(&net, &Config::v6(100).vips(vips));
    for (bare, local, scope) in [
        ("fe80::100", "fe80::100/64", "link"),
        ("2001:db8::100", "2001:db8::100/64", "global"),
        ("2001:db8::101", "2001:db8::101/128", "global"),
    ] {
        net.r1.await_address(bare, secs(4));
        let address = net.r1.address("eth0", bare);
        assert_eq!((address.local.as_str(), address.scope.as_str()), (local, scope));
        let flags = &address.flags;
        assert!(flags.iter().any(|flag| flag == "nodad"), "{bare}: {flags:?}");
        assert!(!flags.iter().any(|flag| flag == "tentative"), "{bare}: {flags:?}");
    }
}

fn excluded() {
    let net = Net::new();
    let more = "virtual_ipaddress_excluded {
        192.0.2.150/24
        2001:db8::150/64
    }";
    let mut daemon = start_master(&net, &Config::v3(100).with(more));
    for address in ["192.0.2.150/24", "2001:db8::150/64"] {
        net.r1.await_address(address, ms(500));
    }
    let seen = net.wire.all();
    let advert = seen.iter().find_map(|one| one.advert()).unwrap();
    assert_eq!(advert.addresses.len(), 1, "{advert:?}");
    daemon.stop();
    for address in [VIP, "192.0.2.150", "2001:db8::150"] {
        assert!(!net.r1.has(address), "{address} is left");
    }
}

fn statics() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    let block = "static_ipaddress {
    198.51.100.7/24 dev eth1
    2001:db8:1::7/64 dev eth1
}
";
    // A backup for long: only the static addresses are expected.
    let config = Config::v3(100).interval("3").text();
    let mut daemon = super::Daemon::start(super::subject(), &net.r1, &format!("{block}{config}"));
    for address in ["198.51.100.7/24", "2001:db8:1::7/64"] {
        net.r1.await_address(address, secs(2));
    }
    assert!(!net.r1.has(VIP));
    daemon.stop();
    for address in ["198.51.100.7", "2001:db8:1::7"] {
        assert!(!net.r1.has(address), "{address} is left");
    }
}

fn hundreds() {
    const COUNT: usize = 400;
    let net = Net::new();
    let name = |n: usize| format!("10.1.{}.{}/32", n / 200, n % 200 + 1);
    let more: Vec<String> = (0..COUNT).map(name).collect();
    let more = format!("virtual_ipaddress_excluded {{\n{}\n}}", more.join("\n"));
    let mut daemon = start_master(&net, &Config::v3(100).with(&more));
    let ours = || {
        let all = address::on(&net.r1.space, "eth0");
        all.into_iter().filter(|one| one.local.starts_with("10.1.")).count()
    };
    let took = wait_until("all addresses are set", secs(3), || ours() == COUNT);
    println!("{COUNT} addresses after {took:?}");
    let announced = || {
        let all = net.wire.all();
        all.iter().filter_map(|one| one.announced()).collect::<HashSet<_>>().len()
    };
    wait_until("all are announced", secs(3), || announced() == COUNT + 1);
    stays("none gets lost", secs(1), || ours() == COUNT);
    daemon.stop();
    assert_eq!(ours(), 0);
}

fn put_back() {
    let net = Net::new();
    let vips = "192.0.2.100/24 | 192.0.2.101/24";
    let _daemon = start_master(&net, &Config::v3(100).vips(vips).with("garp_master_delay 0"));
    net.r1.await_address("192.0.2.101", secs(1));
    sleep(ms(500));
    for vip in [VIP, "192.0.2.101"] {
        let mark = net.wire.mark();
        net.r1.space.ip(&format!("addr del {vip}/24 dev eth0"));
        // Within milliseconds; looking for it takes some itself.
        let took = net.r1.await_address(vip, ms(250));
        println!("{vip} is back after {took:?}");
        net.wire.find(&format!("{vip} is announced again"), secs(1), mark, |seen| {
            announcements(seen, 1, vip).first().copied()
        });
    }
    let mark = net.wire.mark();
    sleep(ms(500));
    let seen = net.wire.since(mark);
    assert!(seen.iter().all(|one| one.advert().is_some_and(|a| a.priority == 100)), "{seen:?}");
}

/// The kernel wants one scope for all addresses of a prefix; that is tried each second.
fn refused() {
    let net = Net::new();
    let vips = "192.0.2.100/24 | 192.0.2.101/24 scope link | 192.0.2.102/24";
    let daemon = start_master(&net, &Config::v3(100).vips(vips));
    net.r1.await_address("192.0.2.102", secs(1));
    sleep(ms(3300));
    let log = daemon.log();
    assert_eq!(log.lines().filter(|line| line.contains("192.0.2.101")).count(), 1, "{log}");
    net.r1.space.batch(&[
        "addr flush dev eth0 scope global".into(),
        "addr add 192.0.2.1/24 dev eth0 scope link".into(),
    ]);
    net.r1.await_address("192.0.2.101", secs(4));
}

fn late_interface() {
    let net = Net::new();
    let vips = "192.0.2.100/24 | 198.51.100.1/24 dev eth7";
    let _daemon = start_master(&net, &Config::v3(100).vips(vips));
    sleep(ms(500));
    net.add_interface(&net.r1, "eth7");
    net.r1.await_address("198.51.100.1/24", secs(2));
    net.remove_interface(&net.r1, "eth7");
    sleep(ms(500));
    net.add_interface(&net.r1, "eth7");
    net.r1.await_address("198.51.100.1/24", secs(2));
    assert!(net.r1.has(VIP));
}

/// It is in the same prefix, and removing a primary address must not take it away.
fn not_ours() {
    let net = Net::new();
    net.r1.space.batch(&[
        "addr add 192.0.2.200/24 dev eth0".into(),
        "addr add 198.51.100.200/24 dev eth0".into(),
        "addr add 2001:db8::200/64 dev eth0 nodad".into(),
    ]);
    let mut daemon = start_master(&net, &Config::v3(100).vips("192.0.2.100/24 | 198.51.100.1/24"));
    net.r1.space.ip("addr add 192.0.2.201/24 dev eth0");
    sleep(ms(300));
    daemon.stop();
    for address in ["192.0.2.1", "192.0.2.200", "192.0.2.201", "198.51.100.200", "2001:db8::200"] {
        assert!(net.r1.has(address), "{address} is gone");
    }
    for address in [VIP, "198.51.100.1"] {
        assert!(!net.r1.has(address), "{address} is left");
    }
}

/// The owner's address is the interface's own: it was there before, it stays.
fn there_before() {
    let net = Net::new();
    let config = Config::v3(255).vips("192.0.2.1/24");
    let mut daemon = start(&net, &config);
    let mark = net.wire.mark();
    net.wire.await_advert("the owner is master", secs(3), mark, |_, advert| advert.priority == 255);
    sleep(ms(300));
    daemon.stop();
    assert!(net.r1.has("192.0.2.1"), "the owner's own address is gone");
}
