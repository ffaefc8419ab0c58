//! Adverts to each peer: over routers, with checks, over reloads.

use nix::sys::signal::Signal;

use super::lab::wire::{adverts, longest_gap};
use super::lab::{Config, Daemon, Net, VIP, ms, secs, sleep, stays, wait_until};
use super::{Cases, await_master, start, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("unicast_over_a_router", || routed(&V4, true)),
    ("unicast_over_a_router_by_ipv6", || routed(&V6, true)),
    ("unicast_without_an_interface", || routed(&V4, false)),
    ("unicast_without_an_interface_by_ipv6", || routed(&V6, false)),
    ("a_unicast_advert_from_too_far_does_not_count", too_far),
    ("a_unicast_advert_of_a_stranger_counts_unless_sources_are_checked", stranger),
    ("unicast_waits_for_its_own_address", own_address),
    ("a_reload_takes_other_unicast_peers", peers_reload),
    ("a_reload_from_multicast_to_unicast_leaves_others_alone", to_unicast),
    ("unicast_routers_of_one_number_are_told_apart", one_number),
    ("a_unicast_peer_that_is_not_there_holds_up_nobody", absent_peer),
];

/// The families' addresses on either side of the router, and how their configurations begin.
struct Sides {
    config: fn(u8) -> Config,
    own: [&'static str; 2],
    vip: &'static str,
}

const V4: Sides =
    Sides { config: Config::v3, own: ["192.0.2.1", "198.51.100.2"], vip: "203.0.113.100" };
const V6: Sides =
    Sides { config: Config::v6, own: ["2001:db8::1", "2001:db8:1::2"], vip: "2001:db8:9::100" };

impl Sides {
    /// Of router 1 or 2: 1 is preferred.
    fn config(&self, number: usize, peer_options: &str) -> Config {
        let (own, other) = (self.own[number - 1], self.own[2 - number]);
        (self.config)(if number == 1 { 200 } else { 100 })
            .vips(&format!("{} dev eth0", self.vip))
            .with(&format!("unicast_src_ip {own}"))
            .with(&format!("unicast_peer {{\n        {other} {peer_options}\n    }}"))
    }
}

/// The second router is behind the bridge's machine, which routes.
fn routed_net() -> Net {
    let net = Net::new();
    net.split(&net.r2);
    net.lan.sysctl("net/ipv4/ip_forward", "1");
    net.lan.sysctl("net/ipv6/conf/all/forwarding", "1");
    net.lan.batch(&[
        "addr add 198.51.100.10/24 dev r2".into(),
        "addr add 2001:db8:1::10/64 dev r2 nodad".into(),
        "addr add 2001:db8::10/64 dev br0 nodad".into(),
    ]);
    net.r1.space.batch(&[
        "route add 198.51.100.0/24 via 192.0.2.10".into(),
        "route add 2001:db8:1::/64 via 2001:db8::10".into(),
    ]);
    net.r2.space.batch(&[
        "addr flush dev eth0 scope global".into(),
        "addr add 198.51.100.2/24 dev eth0".into(),
        "addr add 2001:db8:1::2/64 dev eth0 nodad".into(),
        "route add 192.0.2.0/24 via 198.51.100.10".into(),
        "route add 2001:db8::/64 via 2001:db8:1::10".into(),
    ]);
    net
}

/// The TTL of what arrives is one less, which both demand; who dies is followed all the same.
fn routed(sides: &Sides, interface: bool) {
    let net = routed_net();
    let text = |number| {
        let text = sides.config(number, "min_ttl 254 max_ttl 254").text();
        if interface { text } else { text.replace("    interface eth0\n", "") }
    };
    let mut r1 = Daemon::start(subject(), &net.r1, &text(1));
    let _r2 = Daemon::start(subject(), &net.r2, &text(2));
    await_master(&net, &net.r1, sides.vip);
    // The first adverts wait until the routers know their neighbours.
    sleep(secs(1));
    net.r2.await_no_address(sides.vip, secs(2));
    let mark = net.wire.mark();
    stays("r2 is backup", secs(1), || !net.r2.has(sides.vip));
    let seen = net.wire.since(mark);
    assert!(adverts(&seen, 2).is_empty(), "r2 sends");
    assert!(adverts(&seen, 1).iter().all(|(_, advert)| advert.ttl == 255));
    r1.kill_all();
    await_master(&net, &net.r2, sides.vip);
    net.forget(&net.r1, sides.vip);
    let _r1 = Daemon::start(subject(), &net.r1, &text(1));
    await_master(&net, &net.r1, sides.vip);
    net.r2.await_no_address(sides.vip, secs(1));
}

fn too_far() {
    let net = routed_net();
    let _r1 = start(&net, &V4.config(1, ""));
    await_master(&net, &net.r1, V4.vip);
    let r2 = Daemon::start(subject(), &net.r2, &V4.config(2, "min_ttl 255").text());
    await_master(&net, &net.r2, V4.vip);
    r2.await_log("advert from 192.0.2.1 does not count (TTL outside of the peer's range)", secs(1));
    sleep(secs(1));
    assert_eq!(r2.log().matches("does not count").count(), 2, "{}", r2.log());
}

/// As keepalived does it: `check_unicast_src` is off unless it is written.
fn stranger() {
    let of = |own: &str, peer: &str| {
        Config::v3(if peer.ends_with('2') { 200 } else { 100 })
            .with(&format!("unicast_src_ip {own}"))
            .with(&format!("unicast_peer {{\n        {peer}\n    }}"))
    };
    let net = Net::new();
    let _r1 = start_master(&net, &of("192.0.2.1", "192.0.2.2"));
    let other = of("192.0.2.2", "192.0.2.9");
    let lax = Daemon::start(subject(), &net.r2, &other.text());
    lax.await_log("backup", secs(3));
    stays("r2 obeys r1", secs(2), || !net.r2.has(VIP));
    drop(lax);
    for (global, own) in [("", "check_unicast_src"), ("vrrp_check_unicast_src", "")] {
        let config = other.clone().global(global).with(own);
        let strict = Daemon::start(subject(), &net.r2, &config.text());
        net.r2.await_address(VIP, secs(3));
        strict.await_log("advert from 192.0.2.1 does not count (not from a unicast peer)", secs(1));
        drop(strict);
        net.forget(&net.r2, VIP);
    }
}

/// On an interface that nothing else names.
fn own_address() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    let config = Config::v3(100).with("unicast_src_ip 198.51.100.1");
    let daemon = start(&net, &config.with("unicast_peer {\n        192.0.2.2\n    }"));
    daemon.await_log("fault (no source address)", secs(3));
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth1");
    await_master(&net, &net.r1, VIP);
    net.r1.space.ip("addr del 198.51.100.1/24 dev eth1");
    net.r1.await_no_address(VIP, secs(1));
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth1");
    await_master(&net, &net.r1, VIP);
}

fn with_peers(list: &str) -> Config {
    let list = list.replace(' ', "\n        ");
    Config::v3(100)
        .with("unicast_src_ip 192.0.2.1")
        .with(&format!("unicast_peer {{\n{list}\n    }}"))
}

fn peers_reload() {
    let net = Net::new();
    let daemon = start_master(&net, &with_peers("192.0.2.2"));
    let mark = net.wire.mark();
    for list in ["192.0.2.2 192.0.2.10", "192.0.2.10"] {
        daemon.write_config(&with_peers(list).text());
        daemon.signal(Signal::SIGHUP);
        let mark = net.wire.mark();
        net.wire.await_advert("the other peer gets adverts", secs(3), mark, |from, advert| {
            from == 1 && advert.to.to_string() == "192.0.2.10"
        });
    }
    sleep(ms(500));
    let mark_last = net.wire.mark();
    sleep(ms(500));
    let last = adverts(&net.wire.since(mark_last), 1);
    assert!(last.iter().all(|(_, advert)| advert.to.to_string() == "192.0.2.10"));
    let all = adverts(&net.wire.since(mark), 1);
    assert!(all.iter().all(|(_, advert)| advert.priority == 100), "it was master all the time");
    assert!(net.r1.has(VIP));
}

fn to_unicast() {
    let net = Net::new();
    let other = Config::v3(100).vips("192.0.2.200/24").instance("VI_2", 52);
    let daemon = start_master(&net, &Config::v3(100));
    daemon.write_config(&(Config::v3(100).text() + &other));
    daemon.signal(Signal::SIGHUP);
    net.r1.await_address("192.0.2.200", secs(3));
    let mark = net.wire.mark();
    daemon.write_config(&(with_peers("192.0.2.2").text() + &other));
    daemon.signal(Signal::SIGHUP);
    net.wire.await_advert("VI_1 sends to its peer", secs(3), mark, |_, advert| {
        (advert.vrid, advert.to.to_string()) == (51, "192.0.2.2".into())
    });
    net.r1.await_address(VIP, secs(1));
    let all = adverts(&net.wire.since(mark), 1);
    let of = |vrid| all.iter().filter(move |(_, advert)| advert.vrid == vrid);
    let group = |to: std::net::IpAddr| to.is_multicast();
    assert!(of(51).any(|(_, advert)| group(advert.to) && advert.priority == 0), "it resigned");
    assert!(of(52).all(|(_, advert)| group(advert.to) && advert.priority == 100));
}

/// What is sent to a neighbour that does not answer waits for it, and takes room in the queue of
/// its socket, which at this rate would be full within two seconds.
fn absent_peer() {
    let net = Net::new();
    let peers = with_peers("192.0.2.2 192.0.2.77").interval("0.01").text();
    let group = Config::v3(100).vips("192.0.2.200/24").instance("VI_2", 52);
    let _daemon = Daemon::start(subject(), &net.r1, &(peers + &group));
    net.r1.await_address(VIP, secs(3));
    net.r1.await_address("192.0.2.200", secs(3));
    let mark = net.wire.mark();
    sleep(secs(8));
    let all = adverts(&net.wire.since(mark), 1);
    for (vrid, to, longest) in [(51, "192.0.2.2", ms(200)), (52, "224.0.0.18", ms(300))] {
        let ours = all
            .iter()
            .filter(|(_, advert)| (advert.vrid, advert.to.to_string()) == (vrid, to.into()));
        let times: Vec<_> = ours.map(|(at, _)| *at).collect();
        assert!(times.len() > 60, "{vrid}: {} adverts", times.len());
        let gap = longest_gap(&times);
        assert!(gap < longest, "{vrid}: {gap:?} without an advert");
    }
}

/// Two pairs with one number, on one interface each.
fn one_number() {
    let net = Net::new();
    net.r1.space.ip("addr add 192.0.2.11/24 dev eth0");
    net.r2.space.ip("addr add 192.0.2.12/24 dev eth0");
    let text = |router: u8, priority: [u8; 2]| {
        let instance = |name: &str, priority: u8, tens: u8, vip: &str| {
            Config::v3(priority)
                .vips(vip)
                .with(&format!("unicast_src_ip 192.0.2.{}", tens * 10 + router))
                .with(&format!(
                    "unicast_peer {{\n        192.0.2.{}\n    }}",
                    tens * 10 + 3 - router
                ))
                .instance(name, 51)
        };
        "global_defs {\n    vrrp_version 3\n}\n".to_owned()
            + &instance("A", priority[0], 0, VIP)
            + &instance("B", priority[1], 1, "192.0.2.200")
    };
    let _r1 = Daemon::start(subject(), &net.r1, &text(1, [200, 100]));
    let mut r2 = Daemon::start(subject(), &net.r2, &text(2, [100, 200]));
    let settled = || {
        net.r1.has(VIP)
            && !net.r1.has("192.0.2.200")
            && net.r2.has("192.0.2.200")
            && !net.r2.has(VIP)
    };
    wait_until("each is master of one", secs(5), settled);
    stays("so it remains", secs(1), settled);
    r2.kill_all();
    net.r1.await_address("192.0.2.200", secs(1));
}
