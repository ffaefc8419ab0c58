//! Who is master: take-over, owner, tie, preemption.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::lab::wire::{Advert, adverts, announcements};
use super::lab::{Config, VIP, ms, near, secs, sleep, stays, wait_until};
use super::pair::{Pair, Scenario, handover};
use holdfast::wire::vrrp::{Auth, Version};

pub(crate) const CASES: &[(&str, Scenario)] = &[
    ("v2", |pair| take_over(pair, Config::v2, VIP, ms(3609))),
    ("v2_password", |pair| take_over_with_password(pair, Config::v2)),
    ("v3_ipv4", |pair| take_over(pair, Config::v3, VIP, ms(361))),
    ("v3_ipv6", |pair| take_over(pair, Config::v6, "2001:db8::100", ms(361))),
    ("owner", owner),
    ("tie_by_address", |pair| tie_by_address(pair, Config::v3)),
    ("tie_by_address_of_ipv6", |pair| tie_by_address(pair, Config::v6)),
    ("preempt", preempt),
    ("nopreempt", nopreempt),
    ("nopreempt_after_a_fault", nopreempt_after_fault),
    ("preempt_delay", preempt_delay),
    ("another_group_and_source", other_group),
    ("learned_interval", learned_interval),
    ("several_instances", several_instances),
    ("excluded_addresses", excluded_addresses),
];

/// r1 is master, dies, r2 takes over within the protocol's bound, r1 comes back.
pub(crate) fn take_over(pair: &Pair, config: impl Fn(u8) -> Config, vip: &str, bound: Duration) {
    let mut r1 = pair.start_high(&config(200).text());
    let _r2 = pair.start_low(&config(100).text());
    pair.await_master(&pair.net.r1, 200, vip, secs(8));
    let mark = pair.net.wire.mark();
    sleep(bound + ms(500));
    let seen = pair.only_master_is(&pair.net.r1, mark);
    let is_far = |advert: &Advert| advert.ttl != 255 && advert.to.is_multicast();
    assert!(!adverts(&seen, 1).iter().any(|(_, advert)| is_far(advert)));
    pair.net.r2.await_no_address(vip, secs(1));

    r1.kill_all();
    pair.await_master(&pair.net.r2, 100, vip, bound + secs(1));
    let (last, first) = handover(&pair.net.wire.all());
    let announced = pair.net.wire.find("r2 announces its address", secs(1), 0, |seen| {
        announcements(seen, 2, vip).into_iter().find(|&at| at >= last)
    });
    near("the take-over", first - last, bound);
    near("the first announcement", announced - last, bound);

    drop(r1);
    pair.net.forget(&pair.net.r1, vip);
    let _r1 = pair.start_high(&config(200).text());
    pair.await_master(&pair.net.r1, 200, vip, bound + secs(2));
    pair.net.r2.await_no_address(vip, secs(1));
    let mark = pair.net.wire.mark();
    sleep(bound);
    pair.only_master_is(&pair.net.r1, mark);
}

/// The same with a password.
pub(crate) fn take_over_with_password(pair: &Pair, config: fn(u8) -> Config) {
    let config = |priority| {
        // Cut at eight bytes by both.
        config(priority).with("authentication { \n auth_type PASS \n auth_pass seventeen \n }")
    };
    take_over(pair, config, VIP, ms(3609));
    for from in [1, 2] {
        let all = adverts(&pair.net.wire.all(), from);
        assert!(all.iter().all(|(_, advert)| advert.version == Version::V2));
        assert!(all.iter().all(|(_, advert)| advert.auth == Auth::Simple(*b"seventee")));
    }
}

/// The owner waits for nobody, and nobody stays master beside it.
fn owner(pair: &Pair) {
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    let begun = Instant::now();
    let config = Config::v3(255).interval("1").text().replace("state BACKUP", "state MASTER");
    let _r1 = pair.start_high(&config);
    pair.await_master(&pair.net.r1, 255, VIP, secs(3));
    assert!(begun.elapsed() < ms(2500), "the owner is master at once: {:?}", begun.elapsed());
    pair.net.r2.await_no_address(VIP, secs(1));
}

/// After a split of the link both are master, of equal priority: the higher address stays it.
fn tie_by_address(pair: &Pair, config: fn(u8) -> Config) {
    let text = config(100).text();
    let vip = config(100).first_vip();
    let vip = vip.as_str();
    let _r1 = pair.start_high(&text);
    pair.await_master(&pair.net.r1, 100, vip, secs(4));
    let mark = pair.net.wire.mark();
    let _r2 = pair.start_low(&text);
    sleep(secs(2));
    pair.only_master_is(&pair.net.r1, mark);
    pair.net.split(&pair.net.r1);
    pair.await_master(&pair.net.r2, 100, vip, secs(2));
    sleep(ms(300));
    assert!(pair.net.r1.has(vip), "r1 is master on its side");
    pair.net.join(&pair.net.r1);
    let mark = pair.net.wire.mark();
    pair.net.r1.await_no_address(vip, secs(1));
    sleep(ms(500));
    assert!(pair.net.r2.has(vip), "r2 has the higher address");
    let seen = pair.net.wire.since(mark);
    assert!(adverts(&seen, 1).len() <= 3, "r1 gives up at the first advert of r2");
    // Where r2 was heard first, it never learns that there was another.
    let heard = !adverts(&seen, 1).is_empty();
    assert!(!heard || !announcements(&seen, 2, vip).is_empty(), "the winner announces again");
}

fn preempt(pair: &Pair) {
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    let _r1 = pair.start_high(&Config::v3(200).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    pair.net.r2.await_no_address(VIP, secs(1));
    let mark = pair.net.wire.mark();
    sleep(secs(1));
    pair.only_master_is(&pair.net.r1, mark);
}

fn nopreempt(pair: &Pair) {
    let mut r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    let mark = pair.net.wire.mark();
    let _r1 = pair.start_high(&Config::v3(200).with("nopreempt").text());
    sleep(secs(3));
    pair.only_master_is(&pair.net.r2, mark);
    r2.kill_all();
    pair.await_master(&pair.net.r1, 200, VIP, secs(2));
}

/// A router that comes back from a fault finds a master, too.
fn nopreempt_after_fault(pair: &Pair) {
    let _r1 = pair.start_high(&Config::v3(200).with("nopreempt").text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    let mut r2 = pair.start_low(&Config::v3(100).with("nopreempt").text());
    sleep(secs(1));
    pair.net.cut(&pair.net.r1, "eth0");
    pair.await_master(&pair.net.r2, 100, VIP, secs(3));
    pair.net.r1.await_no_address(VIP, secs(3));
    pair.net.mend(&pair.net.r1, "eth0");
    pair.net.r1.await_up("eth0");
    let mark = pair.net.wire.mark();
    sleep(secs(2));
    pair.only_master_is(&pair.net.r2, mark);
    r2.stop();
    pair.await_master(&pair.net.r1, 200, VIP, secs(2));
}

/// `vrrp_mcast_group4`, `mcast_src_ip`.
fn other_group(pair: &Pair) {
    let config = |priority: u8, source: &str| {
        let config = Config::v3(priority).global("vrrp_mcast_group4 224.0.0.118");
        config.with(&format!("mcast_src_ip {source}")).text()
    };
    for (router, source) in [(&pair.net.r1, "192.0.2.21/24"), (&pair.net.r2, "192.0.2.22/24")] {
        router.space.ip(&format!("addr add {source} dev eth0"));
    }
    let mut r1 = pair.start_high(&config(200, "192.0.2.21"));
    let _r2 = pair.start_low(&config(100, "192.0.2.22"));
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    let mark = pair.net.wire.mark();
    sleep(secs(1));
    pair.only_master_is(&pair.net.r1, mark);
    r1.kill_all();
    pair.await_master(&pair.net.r2, 100, VIP, secs(2));
    let seen = pair.net.wire.all();
    for (from, source) in [(1, "192.0.2.21"), (2, "192.0.2.22")] {
        let all = adverts(&seen, from);
        assert!(all.iter().all(|(_, advert)| advert.source.to_string() == source), "r{from}");
        assert!(all.iter().all(|(_, advert)| advert.to.to_string() == "224.0.0.118"), "r{from}");
    }
}

fn preempt_delay(pair: &Pair) {
    let _r2 = pair.start_low(&Config::v3(100).text());
    pair.await_master(&pair.net.r2, 100, VIP, secs(4));
    let mark = pair.net.wire.mark();
    let begun = Instant::now();
    let _r1 = pair.start_high(&Config::v3(200).with("preempt_delay 2").text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(6));
    let took = begun.elapsed();
    assert!(took >= ms(1950) && took < ms(4500), "master {took:?} after its start");
    let seen = pair.net.wire.since(mark);
    let first = adverts(&seen, 1)[0].0;
    let r2 = adverts(&seen, 2);
    assert!(r2.iter().any(|(at, _)| *at + ms(300) > first), "r2 was master until then");
}

/// In version 3 a backup waits for the interval that the master's adverts say.
fn learned_interval(pair: &Pair) {
    let mut r1 = pair.start_high(&Config::v3(200).interval("0.2").text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    let mark = pair.net.wire.mark();
    let _r2 = pair.start_low(&Config::v3(100).interval("1").text());
    sleep(secs(3));
    pair.only_master_is(&pair.net.r1, mark);
    r1.kill_all();
    pair.await_master(&pair.net.r2, 100, VIP, secs(2));
    let (last, first) = handover(&pair.net.wire.all());
    near("the take-over", first - last, ms(722));
    sleep(ms(2300));
    let own: Vec<_> = adverts(&pair.net.wire.all(), 2).iter().map(|(at, _)| *at).collect();
    for two in own.windows(2) {
        near("its own interval as master", two[1] - two[0], secs(1));
    }
}

/// Two instances on one link, each router preferred in one of them.
fn several_instances(pair: &Pair) {
    let both = |first: u8, second: u8| {
        let second = Config::v3(second).vips("192.0.2.101/24").instance("VI_2", 52);
        format!("{}{second}", Config::v3(first).text())
    };
    let mut r1 = pair.start_high(&both(200, 100));
    let _r2 = pair.start_low(&both(100, 200));
    let (r1_space, r2_space) = (&pair.net.r1, &pair.net.r2);
    wait_until("each is master of its own", secs(5), || {
        r1_space.has(VIP) && r2_space.has("192.0.2.101")
    });
    wait_until("and of nothing else", secs(2), || {
        !r1_space.has("192.0.2.101") && !r2_space.has(VIP)
    });
    let mark = pair.net.wire.mark();
    sleep(secs(1));
    let seen = pair.net.wire.since(mark);
    assert!(adverts(&seen, 1).iter().all(|(_, advert)| advert.vrid == 51));
    assert!(adverts(&seen, 2).iter().all(|(_, advert)| advert.vrid == 52));
    r1.kill_all();
    r2_space.await_address(VIP, secs(1));
    stays("r2 has both", ms(500), || r2_space.has(VIP) && r2_space.has("192.0.2.101"));
}

/// Excluded addresses move with the others, though no advert tells of them.
fn excluded_addresses(pair: &Pair) {
    let more = "virtual_ipaddress_excluded {
        192.0.2.150/24
        2001:db8::150/64
    }";
    let mut r1 = pair.start_high(&Config::v3(200).with(more).text());
    let _r2 = pair.start_low(&Config::v3(100).with(more).text());
    pair.await_master(&pair.net.r1, 200, VIP, secs(4));
    let all = [VIP, "192.0.2.150", "2001:db8::150"];
    for vip in all {
        pair.net.r1.await_address(vip, ms(500));
        pair.net.r2.await_no_address(vip, secs(1));
    }
    r1.kill_all();
    for vip in all {
        pair.net.r2.await_address(vip, secs(2));
    }
    sleep(ms(500));
    let seen = pair.net.wire.all();
    let vip: IpAddr = VIP.parse().unwrap();
    for from in [1, 2] {
        let adverts = adverts(&seen, from);
        assert!(adverts.iter().all(|(_, a)| a.addresses == [vip]));
        for vip in all {
            assert!(!announcements(&seen, from, vip).is_empty(), "r{from} announces {vip}");
        }
    }
}
