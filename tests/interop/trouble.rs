//! What goes wrong between two routers: ends, cuts, configurations that do not agree.

use super::lab::wire::{Seen, adverts};
use super::lab::{Config, Kind, VIP, ms, near, secs, sleep, wait_until};
use super::pair::{Pair, Scenario, handover};

pub(crate) const CASES: &[(&str, Scenario)] = &[
    ("v2_resign", |pair| resign(pair, Config::v2)),
    ("v3_resign", |pair| resign(pair, Config::v3)),
    ("v3_ipv6_resign", |pair| resign(pair, Config::v6)),
    ("link_loss", link_loss),
    ("tracked_interface", tracked_interface),
    ("tracked_interface_with_weight", tracked_weight),
    ("v2_different_intervals", v2_different_intervals),
    ("password_mismatch", password_mismatch),
    ("authentication_mismatch", authentication_mismatch),
    ("address_count_mismatch", address_count_mismatch),
];

/// A master that is stopped says so, and the other waits for its skew alone.
pub(crate) fn resign(pair: &Pair, config: fn(u8) -> Config) {
    let vip = config(200).first_vip();
    let mut r1 = pair.start_high(&config(200).text());
    let _r2 = pair.start_low(&config(100).text());
    pair.await_master(&pair.net.r1, 200, &vip, secs(8));
    sleep(ms(1200));
    r1.stop();
    pair.await_master(&pair.net.r2, 100, &vip, secs(2));
    assert!(!pair.net.r1.has(&vip), "r1 has taken its address away");
    let seen = pair.net.wire.all();
    let last = adverts(&seen, 1);
    let zero: Vec<_> = last.iter().filter(|(_, advert)| advert.priority == 0).collect();
    assert!(!zero.is_empty(), "r1 sends priority 0");
    assert_eq!(last.last().unwrap().1.priority, 0, "it is its last word");
    let (_, first) = handover(&seen);
    near("the take-over", first - zero[0].0, config(100).skew(100));
}

/// A router without link has a fault; it comes back when the link does.
fn link_loss(pair: &Pair) {
    let _r1 = pair.start_high(&Config::v3(200).text());
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    sleep(ms(500));
    pair.net.cut(&pair.net.r1, "eth0");
    pair.await_master(&pair.net.r2, 100, VIP, secs(3));
    pair.net.r1.await_no_address(VIP, secs(3));
    let mark = pair.net.wire.mark();
    pair.net.mend(&pair.net.r1, "eth0");
    let wire = &pair.net.wire;
    wire.await_advert("r1 is back", secs(5), mark, |from, advert| {
        from == 1 && advert.priority == 200
    });
    pair.net.r1.await_address(VIP, ms(500));
    pair.net.r2.await_no_address(VIP, secs(1));
}

/// A fault beside the link resigns: the other waits for its skew alone.
fn tracked_interface(pair: &Pair) {
    pair.net.add_interface(&pair.net.r1, "eth1");
    let tracked = "track_interface {
        eth1
    }";
    let _r1 = pair.start_high(&Config::v3(200).with(tracked).text());
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    sleep(ms(500));
    pair.net.cut(&pair.net.r1, "eth1");
    pair.await_master(&pair.net.r2, 100, VIP, secs(3));
    assert!(!pair.net.r1.has(VIP));
    let (zero, first) = handover(&pair.net.wire.all());
    near("the take-over", first - zero, Config::v3(100).skew(100));
    pair.net.mend(&pair.net.r1, "eth1");
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    pair.net.r2.await_no_address(VIP, secs(1));
}

/// A weight makes the other router the better one, which then preempts.
fn tracked_weight(pair: &Pair) {
    pair.net.add_interface(&pair.net.r1, "eth1");
    let tracked = "track_interface {
        eth1 weight -150
    }";
    let _r1 = pair.start_high(&Config::v3(200).with(tracked).text());
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    sleep(ms(500));
    pair.net.cut(&pair.net.r1, "eth1");
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    pair.net.r1.await_no_address(VIP, secs(1));
    pair.net.mend(&pair.net.r1, "eth1");
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    pair.net.r2.await_no_address(VIP, secs(1));
}

/// Both go on for this long.
fn both_send(pair: &Pair, seconds: u64) -> Vec<Seen> {
    wait_until("both are master", secs(12), || pair.net.r1.has(VIP) && pair.net.r2.has(VIP));
    let mark = pair.net.wire.mark();
    sleep(secs(seconds));
    let seen = pair.net.wire.since(mark);
    for (from, kind) in [(1, pair.high), (2, pair.low)] {
        // In keepalived an advert that is refused puts off its own, so that the slower one is
        // silent.
        if kind == Kind::Holdfast {
            assert!(adverts(&seen, from).len() >= 2, "r{from} sends");
        }
    }
    assert!(pair.net.r1.has(VIP) && pair.net.r2.has(VIP), "neither gives up");
    seen
}

/// Version 2 refuses an interval other than its own (RFC 3768 7.1).
fn v2_different_intervals(pair: &Pair) {
    let _r1 = pair.start_high(&Config::v2(200).interval("1").text());
    let _r2 = pair.start_low(&Config::v2(100).interval("2").text());
    both_send(pair, 5);
}

fn password_mismatch(pair: &Pair) {
    let config = |priority, password: &str| {
        let block = format!("authentication {{\n auth_type PASS\n auth_pass {password}\n }}");
        Config::v2(priority).with(&block).text()
    };
    let _r1 = pair.start_high(&config(200, "secret-a"));
    let _r2 = pair.start_low(&config(100, "secret-b"));
    both_send(pair, 3);
}

fn authentication_mismatch(pair: &Pair) {
    let block = "authentication {\n auth_type PASS\n auth_pass secret\n }";
    let _r1 = pair.start_high(&Config::v2(200).with(block).text());
    let _r2 = pair.start_low(&Config::v2(100).text());
    both_send(pair, 3);
}

/// A master of higher priority is obeyed although its addresses are others; keepalived up to 2.3.2
/// refuses its adverts, so a router that gets an address more is not alone until both have it.
fn address_count_mismatch(pair: &Pair) {
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    let _r1 = pair.start_high(&Config::v3(200).vips("192.0.2.100/24 | 192.0.2.101/24").text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    sleep(secs(1));
    assert!(pair.net.r1.has(VIP) && pair.net.r1.has("192.0.2.101"), "r1 is master");
    assert_eq!(pair.net.r2.has(VIP), pair.low == Kind::Keepalived);
}
