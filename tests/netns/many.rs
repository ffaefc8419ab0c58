//! As many virtual routers as a link can have.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use nix::sys::signal::Signal;

use super::lab::address;
use super::lab::wire::{adverts, longest_gap};
use super::lab::{Config, Daemon, Net, ms, secs, sleep, wait_until};
use super::{Cases, subject};

pub(crate) const CASES: Cases = &[("all_numbers_of_a_link_are_in_use", all)];

fn all() {
    let net = Net::new();
    let mut text = "global_defs {\n    vrrp_version 3\n}\n".to_owned();
    for vrid in 1..=255_u8 {
        let vips = format!("10.0.{vrid}.1/24");
        text += &Config::v3(100).interval("0.5").vips(&vips).instance(&format!("VI_{vrid}"), vrid);
    }
    let mut daemon = Daemon::start(subject(), &net.r1, &text);
    let held = || {
        let all = address::on(&net.r1.space, "eth0");
        all.iter().filter(|one| one.local.starts_with("10.0.")).count()
    };
    wait_until("all are master", secs(8), || held() == 255);
    sleep(secs(1));
    let mark = net.wire.mark();
    sleep(secs(1));
    // Reading all of it again must not make an advert late, either.
    daemon.signal(Signal::SIGHUP);
    sleep(secs(2));
    let mut times: HashMap<u8, Vec<Duration>> = HashMap::new();
    for (at, advert) in adverts(&net.wire.since(mark), 1) {
        times.entry(advert.vrid).or_default().push(at);
    }
    assert_eq!(times.len(), 255);
    for (vrid, times) in times {
        assert!(longest_gap(&times) < ms(600), "{vrid}: {times:?}");
    }
    let mark = net.wire.mark();
    daemon.stop();
    let resigned = adverts(&net.wire.since(mark), 1).into_iter();
    let resigned = resigned.filter(|(_, advert)| advert.priority == 0).map(|(_, a)| a.vrid);
    assert_eq!(resigned.collect::<HashSet<_>>().len(), 255, "all resign");
    assert_eq!(held(), 0);
}
