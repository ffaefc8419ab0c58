//! Adverts to each peer instead of to a group.

use std::time::Duration;

use super::election::{take_over, take_over_with_password};
use super::lab::wire::{What, adverts};
use super::lab::{Config, Kind, VIP, ms, secs, sleep};
use super::pair::{Pair, Scenario};
use super::trouble::resign;

pub(crate) const CASES: &[(&str, Scenario)] = &[
    ("unicast_v2", |pair| elect(pair, v2, VIP, ms(3609))),
    ("unicast_v2_password", |pair| {
        take_over_with_password(pair, v2);
        each_to_the_other(pair);
    }),
    ("unicast_v3_ipv4", |pair| elect(pair, v3, VIP, ms(361))),
    ("unicast_v3_ipv6", |pair| elect(pair, v6, "2001:db8::100", ms(361))),
    ("unicast_v3_ipv6_link_local", |pair| elect(pair, v6_local, "fe80::100", ms(361))),
    ("unicast_v3_without_source", |pair| elect(pair, without_source, VIP, ms(361))),
    ("unicast_v3_with_checks", with_checks),
    ("unicast_v2_resign", |pair| resign(pair, v2)),
    ("unicast_v3_ipv6_resign", |pair| resign(pair, v6)),
    ("unicast_beside_multicast", beside_multicast),
];

/// The number of the router with this priority, and that of the other.
fn numbers(priority: u8) -> (u8, u8) {
    if priority == 200 { (1, 2) } else { (2, 1) }
}

fn peer(config: Config, address: &str) -> Config {
    config.with(&format!("unicast_peer {{\n        {address}\n    }}"))
}

fn unicast(config: Config, priority: u8, net: &str) -> Config {
    let (own, other) = numbers(priority);
    peer(config.with(&format!("unicast_src_ip {net}{own}")), &format!("{net}{other}"))
}

fn v2(priority: u8) -> Config {
    unicast(Config::v2(priority), priority, "192.0.2.")
}

fn v3(priority: u8) -> Config {
    unicast(Config::v3(priority), priority, "192.0.2.")
}

fn v6(priority: u8) -> Config {
    unicast(Config::v6(priority), priority, "2001:db8::")
}

fn v6_local(priority: u8) -> Config {
    unicast(Config::v6(priority), priority, "fe80::")
}

fn without_source(priority: u8) -> Config {
    peer(Config::v3(priority), &format!("192.0.2.{}", numbers(priority).1))
}

fn elect(pair: &Pair, config: fn(u8) -> Config, vip: &str, bound: Duration) {
    take_over(pair, config, vip, bound);
    each_to_the_other(pair);
}

/// Every advert goes from one to the other, and its checksum is right.
#[track_caller]
fn each_to_the_other(pair: &Pair) {
    let seen = pair.net.wire.all();
    let both = [adverts(&seen, 1), adverts(&seen, 2)];
    let (one, other) = (both[0][0].1.source, both[1][0].1.source);
    let ways = [(one, other, pair.high), (other, one, pair.low)];
    for (list, (from, to, kind)) in both.iter().zip(ways) {
        // keepalived leaves the hop limit of IPv6 to the kernel.
        let ttl = if kind == Kind::Keepalived && to.is_ipv6() { 64 } else { 255 };
        for (_, advert) in list {
            assert_eq!((advert.source, advert.to, advert.ttl), (from, to, ttl));
        }
    }
    let broken = seen.iter().find(|one| matches!(one.what, What::Malformed(_)));
    assert_eq!(broken, None, "no advert is malformed");
}

/// Both check where adverts come from, and how far.
fn with_checks(pair: &Pair) {
    let config = |priority| {
        let (own, other) = numbers(priority);
        let config = Config::v3(priority).with(&format!("unicast_src_ip 192.0.2.{own}"));
        let config = config.with("unicast_ttl 64").with("check_unicast_src");
        peer(config, &format!("192.0.2.{other} min_ttl 64 max_ttl 64"))
    };
    let mut r1 = pair.start_high(&config(200).text());
    let _r2 = pair.start_low(&config(100).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    let mark = pair.net.wire.mark();
    sleep(secs(1));
    let seen = pair.only_master_is(&pair.net.r1, mark);
    assert!(adverts(&seen, 1).iter().all(|(_, advert)| advert.ttl == 64));
    r1.kill_all();
    pair.await_master(&pair.net.r2, 100, VIP, secs(2));
}

/// One that speaks to a group and one that speaks to peers do not hear each other.
fn beside_multicast(pair: &Pair) {
    let _r1 = pair.start_high(&v3(200).text());
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    sleep(secs(1));
    assert!(pair.net.r1.has(VIP) && pair.net.r2.has(VIP), "both are master");
}
