//! Interfaces that are not there, or have no link.

use super::lab::wire::adverts;
use super::lab::{Config, Net, VIP, ms, secs, sleep, stays};
use super::{Cases, await_master, start, start_master};

pub(crate) const CASES: Cases = &[
    ("an_interface_that_does_not_exist_is_waited_for", missing_interface),
    ("an_interface_that_is_removed_may_come_back", replaced_interface),
    ("a_link_that_is_lost_makes_a_fault", own_link),
    ("an_interface_that_is_set_down_makes_a_fault", own_interface_down),
    ("of_two_tracked_interfaces_both_must_be_up", two_tracked),
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
