//! Gratuitous ARP, unsolicited neighbour advertisements: how many, when, how paced.

use std::net::IpAddr;
use std::time::Duration;

use super::lab::wire::{What, announcements};
use super::lab::{Config, Net, VIP, ms, near, secs, sleep};
use super::{Cases, start, start_master};

pub(crate) const CASES: Cases = &[
    ("a_new_master_announces_five_times_then_again_after_the_delay", bursts),
    ("announcements_are_repeated_as_configured", repeats),
    ("announcements_are_refreshed", refresh),
    ("announcements_are_paced", paced),
    ("neighbour_advertisements_override", neighbour_flags),
    ("neighbour_advertisements_of_a_forwarding_router_say_so", router_flag),
];

/// When the address was announced, from the first advert on.
fn times(net: &Net, vip: &str) -> Vec<Duration> {
    let seen = net.wire.all();
    let first = seen.iter().find(|one| one.advert().is_some()).unwrap().at;
    announcements(&seen, 1, vip).into_iter().map(|at| at.saturating_sub(first)).collect()
}

fn bursts() {
    let net = Net::new();
    let _daemon = start_master(&net, &Config::v3(100));
    sleep(secs(6));
    let times = times(&net, VIP);
    assert_eq!(times.len(), 10, "{times:?}");
    assert!(times[4] < ms(100), "{times:?}");
    near("the second burst", times[5], secs(5));
    assert!(times[9] < ms(5300), "{times:?}");
}

fn repeats() {
    let net = Net::new();
    let config = Config::v3(100).with("garp_master_delay 1").with("garp_master_repeat 2");
    let _daemon = start_master(&net, &config);
    sleep(ms(2500));
    let times = times(&net, VIP);
    assert_eq!(times.len(), 4, "{times:?}");
    near("the second burst", times[2], secs(1));
}

fn refresh() {
    let net = Net::new();
    let config = Config::v3(100).with("garp_master_delay 0").with("garp_master_repeat 1");
    let config = config.with("garp_master_refresh 1").with("garp_master_refresh_repeat 2");
    let _daemon = start_master(&net, &config);
    sleep(ms(3500));
    let times = times(&net, VIP);
    assert_eq!(times.len(), 7, "{times:?}");
    for (at, pair) in times[1..].chunks(2).enumerate() {
        let want = secs(u64::try_from(at).unwrap() + 1);
        near("a refresh", pair[0], want);
        near("its repetition", pair[1], want);
    }
}

fn paced() {
    let net = Net::new();
    let vips = "192.0.2.100/24 | 192.0.2.101/24 | 192.0.2.102/24";
    let config = Config::v3(100).vips(vips).global("vrrp_garp_interval 0.05");
    let config = config.with("garp_master_repeat 2").with("garp_master_delay 0");
    let _daemon = start_master(&net, &config);
    sleep(secs(1));
    let seen = net.wire.all();
    let times: Vec<_> = seen.iter().filter(|one| one.announced().is_some()).map(|o| o.at).collect();
    assert_eq!(times.len(), 6, "{times:?}");
    for two in times.windows(2) {
        // The kernel's stamps and the daemon's timer need not agree to the millisecond.
        assert!(two[1] - two[0] >= ms(48), "{times:?}");
    }
}

/// Router flag, solicited, override of every neighbour advertisement.
fn flags(net: &Net) -> Vec<(IpAddr, bool, bool, bool)> {
    let all = net.wire.all();
    let flags = all.iter().filter_map(|one| match one.what {
        What::Na { address, router, solicited, overrides } => {
            Some((address.into(), router, solicited, overrides))
        }
        What::Advert(_) | What::Malformed(_) | What::Garp(_) => None,
    });
    flags.collect()
}

fn neighbour_flags() {
    let net = Net::new();
    let _daemon = start(&net, &Config::v6(100));
    net.r1.await_address("2001:db8::100", secs(4));
    sleep(ms(500));
    let flags = flags(&net);
    assert_eq!(flags.len(), 10, "five of each address: {flags:?}");
    assert!(flags.iter().all(|&(_, router, solicited, overrides)| {
        (router, solicited, overrides) == (false, false, true)
    }));
}

fn router_flag() {
    let net = Net::new();
    net.r1.space.sysctl("net/ipv6/conf/all/forwarding", "1");
    let _daemon = start(&net, &Config::v6(100));
    net.r1.await_address("2001:db8::100", secs(4));
    sleep(ms(500));
    let flags = flags(&net);
    assert!(flags.len() >= 10 && flags.iter().all(|&(_, router, _, _)| router), "{flags:?}");
}
