//! Interfaces that are not there, or have no link.

use super::lab::wire::{adverts, longest_gap};
use super::lab::{Config, Daemon, Net, VIP, ms, secs, sleep, stays};
use super::{Cases, await_master, start, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("an_interface_that_does_not_exist_is_waited_for", missing_interface),
    ("an_interface_that_is_removed_may_come_back", replaced_interface),
    ("a_link_that_is_lost_makes_a_fault", own_link),
    ("an_interface_that_is_set_down_makes_a_fault", own_interface_down),
    ("addresses_of_ipv6_survive_that_the_interface_is_set_down", own_interface_down_v6),
    ("of_two_tracked_interfaces_both_must_be_up", two_tracked),
    ("a_router_without_an_address_has_a_fault", no_address),
    ("a_weight_lowers_the_priority", weight),
    ("an_interface_that_is_renamed_is_another_one", renamed),
    ("what_happens_to_one_interface_is_nothing_to_another", two_interfaces),
    ("a_fault_at_start_is_left_when_the_link_comes", fault_at_start),
];

fn missing_interface() {
    let net = Net::new();
    let daemon = start(&net, &Config::v3(100).interface("eth7"));
    daemon.await_log("eth7", secs(2));
    sleep(ms(700));
    assert!(adverts(&net.wire.all(), 1).is_empty());
    net.add_interface(&net.r1, "eth7");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth7");
    await_master(&net, &net.r1, VIP);
    assert_eq!(net.r1.address("eth7", VIP).dev, "eth7");
}

fn replaced_interface() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth7");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth7");
    let mut daemon = start_master(&net, &Config::v3(100).interface("eth7"));
    net.remove_interface(&net.r1, "eth7");
    sleep(ms(500));
    let mark = net.wire.mark();
    sleep(ms(500));
    assert!(adverts(&net.wire.since(mark), 1).is_empty());
    net.add_interface(&net.r1, "eth7");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth7");
    await_master(&net, &net.r1, VIP);
    assert!(daemon.is_running());
    daemon.stop();
    assert!(!net.r1.has(VIP));
}

fn own_link() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    net.cut(&net.r1, "eth0");
    net.r1.await_no_address(VIP, secs(3));
    let mark = net.wire.mark();
    net.mend(&net.r1, "eth0");
    await_master(&net, &net.r1, VIP);
    assert!(adverts(&net.wire.since(mark), 1)[0].1.priority == 100);
    drop(daemon);
}

fn own_interface_down() {
    let net = Net::new();
    let _daemon = start_master(&net, &Config::v3(100));
    net.r1.space.ip("link set dev eth0 down");
    sleep(ms(500));
    net.r1.await_no_address(VIP, secs(3));
    net.r1.space.ip("link set dev eth0 up");
    await_master(&net, &net.r1, VIP);
}

/// The kernel removes addresses of IPv6 by itself, the source of the adverts too.
fn own_interface_down_v6() {
    let net = Net::new();
    let _daemon = start(&net, &Config::v6(100));
    let vips = ["fe80::100", "2001:db8::100"];
    for _ in 0..2 {
        for vip in vips {
            net.r1.await_address(vip, secs(4));
        }
        sleep(ms(300));
        net.r1.space.ip("link set dev eth0 down");
        sleep(ms(500));
        net.r1
            .space
            .batch(&["link set dev eth0 up".into(), "addr add fe80::1/64 dev eth0 nodad".into()]);
    }
    for vip in vips {
        net.r1.await_address(vip, secs(4));
    }
    await_master(&net, &net.r1, vips[0]);
}

fn two_tracked() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    net.add_interface(&net.r1, "eth2");
    let tracked = "track_interface {
        eth1
        eth2
    }";
    let _daemon = start_master(&net, &Config::v3(100).with(tracked));
    let mark = net.wire.mark();
    net.cut(&net.r1, "eth1");
    net.r1.await_no_address(VIP, secs(3));
    let (_, last) = adverts(&net.wire.since(mark), 1).pop().expect("the link is up");
    assert_eq!(last.priority, 0, "a fault elsewhere resigns");
    net.cut(&net.r1, "eth2");
    sleep(ms(1500));
    net.mend(&net.r1, "eth1");
    net.r1.await_up("eth1");
    stays("the other one is still down", ms(1500), || !net.r1.has(VIP));
    net.mend(&net.r1, "eth2");
    await_master(&net, &net.r1, VIP);
}

fn fault_at_start() {
    let net = Net::new();
    net.cut(&net.r1, "eth0");
    sleep(ms(1200));
    let _daemon = start(&net, &Config::v3(100));
    stays("no master without a link", ms(1500), || !net.r1.has(VIP));
    net.mend(&net.r1, "eth0");
    await_master(&net, &net.r1, VIP);
}

/// Adverts need a source; virtual addresses are none.
fn no_address() {
    let net = Net::new();
    // Else the kernel removes all others of a prefix with the first.
    net.r1.space.sysctl("net/ipv4/conf/eth0/promote_secondaries", "1");
    let _daemon = start_master(&net, &Config::v3(100));
    net.r1.space.ip("addr flush dev eth0 scope global");
    net.r1.await_no_address(VIP, secs(1));
    stays("there is nothing to send from", secs(1), || !net.r1.has(VIP));
    net.r1.space.ip("addr add 192.0.2.1/24 dev eth0");
    await_master(&net, &net.r1, VIP);
    let mark = net.wire.mark();
    net.r1.space.batch(&[
        "addr add 192.0.2.11/24 dev eth0".into(),
        "addr del 192.0.2.1/24 dev eth0".into(),
    ]);
    net.r1.await_no_address("192.0.2.1", secs(1));
    await_master(&net, &net.r1, VIP);
    sleep(ms(300));
    let (_, last) = adverts(&net.wire.since(mark), 1).pop().unwrap();
    assert_eq!(last.source.to_string(), "192.0.2.11", "it goes on from the other one");
}

fn weight() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    let tracked = "track_interface {
        eth1 weight -30
    }";
    let _daemon = start_master(&net, &Config::v3(100).with(tracked));
    for (cut, priority) in [(true, 70), (false, 100)] {
        let mark = net.wire.mark();
        if cut {
            net.cut(&net.r1, "eth1")
        } else {
            net.mend(&net.r1, "eth1")
        }
        let what = format!("priority {priority}");
        net.wire.await_advert(&what, secs(3), mark, |_, advert| advert.priority == priority);
        let seen = adverts(&net.wire.since(mark), 1);
        assert!(seen.iter().all(|(_, advert)| advert.priority > 0), "it does not resign");
        assert!(net.r1.has(VIP));
    }
}

fn renamed() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth7");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth7");
    let _daemon = start_master(&net, &Config::v3(100).interface("eth7"));
    net.r1.space.ip("link set dev eth7 down");
    net.r1.await_no_address(VIP, secs(3));
    net.r1.space.batch(&["link set dev eth7 name eth8".into(), "link set dev eth8 up".into()]);
    stays("eth7 is no more", ms(1500), || !net.r1.has(VIP));
    net.r1.space.batch(&[
        "link set dev eth8 down".into(),
        "link set dev eth8 name eth7".into(),
        "link set dev eth7 up".into(),
    ]);
    await_master(&net, &net.r1, VIP);
}

fn two_interfaces() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth1");
    let second = Config::v3(100).interface("eth1").vips("198.51.100.100/24").instance("VI_2", 52);
    let config = format!("{}{second}", Config::v3(100).text());
    let _daemon = Daemon::start(subject(), &net.r1, &config);
    for vip in [VIP, "198.51.100.100"] {
        net.r1.await_address(vip, secs(4));
    }
    let mark = net.wire.mark();
    net.cut(&net.r1, "eth1");
    net.r1.await_no_address("198.51.100.100", secs(3));
    net.remove_interface(&net.r1, "eth1");
    sleep(ms(500));
    net.add_interface(&net.r1, "eth1");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth1");
    net.r1.await_address("198.51.100.100", secs(4));
    let mut first = adverts(&net.wire.since(mark), 1);
    first.retain(|(_, advert)| advert.vrid == 51);
    let times: Vec<_> = first.iter().map(|(at, _)| *at).collect();
    assert!(longest_gap(&times) < ms(170), "{:?}", longest_gap(&times));
}
