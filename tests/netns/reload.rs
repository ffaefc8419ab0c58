//! A configuration that changes while the daemon runs.

use std::fs;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::lab::wire::{Seen, adverts, announcements, longest_gap};
use super::lab::{Config, Daemon, Net, VIP, ms, secs, sleep, wait_until};
use super::{Cases, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("a_reload_of_the_same_file_changes_nothing", unchanged),
    ("a_reload_keeps_a_backup_backup", backup_unchanged),
    ("a_reload_changes_the_priority_in_place", priority),
    ("a_reload_adds_an_instance", add_instance),
    ("a_reload_removes_an_instance", remove_instance),
    ("a_reload_adds_an_address", add_address),
    ("a_reload_removes_an_address", remove_address),
    ("a_reload_moves_an_address_to_another_instance", move_address),
    ("a_reload_renames_an_instance_in_place", rename),
    ("a_reload_moves_an_instance_to_another_interface", move_instance),
    ("a_reload_changes_the_interval_in_place", interval),
    ("a_reload_changes_static_addresses", statics),
    ("a_reload_takes_the_last_instance_then_brings_it_back", last_instance),
    ("a_reload_of_a_broken_file_keeps_the_configuration", broken),
    ("reloads_at_the_same_time_are_all_answered", at_once),
    ("the_reload_command_says_how_it_went", command),
];

/// A second address, and instance.
const MORE: &str = "192.0.2.101";

/// No advert of this virtual router was missed, none resigned.
#[track_caller]
fn undisturbed(seen: &[Seen], vrid: u8) {
    let mut ours = adverts(seen, 1);
    ours.retain(|(_, advert)| advert.vrid == vrid);
    assert!(ours.len() >= 5, "there are adverts of {vrid}");
    assert!(ours.iter().all(|(_, advert)| advert.priority > 0), "it resigned");
    let times: Vec<Duration> = ours.iter().map(|(at, _)| *at).collect();
    let gap = longest_gap(&times);
    // One missed makes 200 ms.
    assert!(gap < ms(170), "{gap:?} without an advert");
}

/// Let `config` be read; what is on the wire from shortly before until shortly after.
fn reload(net: &Net, daemon: &Daemon, config: &str) -> Vec<Seen> {
    let mark = net.wire.mark();
    sleep(ms(300));
    daemon.write_config(config);
    daemon.signal(Signal::SIGHUP);
    sleep(ms(800));
    net.wire.since(mark)
}

fn unchanged() {
    let net = Net::new();
    let config = Config::v3(100).with("garp_master_delay 0");
    let daemon = start_master(&net, &config);
    let child = daemon.vrrp_pid();
    sleep(ms(300));
    let mark = net.wire.mark();
    let log = daemon.log().len();
    let before = net.r1.addresses("eth0");
    for _ in 0..3 {
        undisturbed(&reload(&net, &daemon, &config.text()), 51);
    }
    let seen = net.wire.since(mark);
    undisturbed(&seen, 51);
    assert_eq!(announcements(&seen, 1, VIP), [], "nothing to announce");
    assert_eq!(daemon.vrrp_pid(), child, "the child goes on");
    assert_eq!(net.r1.addresses("eth0"), before);
    let log = daemon.log().split_off(log);
    assert!(!log.contains("VI_1: master") && !log.contains("VI_1: backup"), "{log}");
}

fn backup_unchanged() {
    let net = Net::new();
    let high = Config::v3(200);
    let low = Config::v3(100);
    let _r1 = start_master(&net, &high);
    let r2 = Daemon::start(subject(), &net.r2, &low.text());
    sleep(secs(1));
    let mark = net.wire.mark();
    for _ in 0..3 {
        r2.signal(Signal::SIGHUP);
        sleep(ms(600));
    }
    let seen = net.wire.since(mark);
    undisturbed(&seen, 51);
    assert!(adverts(&seen, 2).is_empty(), "r2 stays backup");
    assert!(!net.r2.has(VIP));
}

fn priority() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let seen = reload(&net, &daemon, &Config::v3(150).text());
    undisturbed(&seen, 51);
    let priorities: Vec<u8> = adverts(&seen, 1).iter().map(|(_, a)| a.priority).collect();
    assert_eq!((priorities.first(), priorities.last()), (Some(&100), Some(&150)));
}

fn both(first: &Config) -> String {
    let second = Config::v3(100).vips(&format!("{MORE}/24")).instance("VI_2", 52);
    format!("{}{second}", first.text())
}

fn add_instance() {
    let net = Net::new();
    let config = Config::v3(100);
    let daemon = start_master(&net, &config);
    let seen = reload(&net, &daemon, &both(&config));
    undisturbed(&seen, 51);
    net.r1.await_address(MORE, secs(2));
    let mark = net.wire.mark();
    sleep(secs(1));
    let seen = net.wire.since(mark);
    undisturbed(&seen, 51);
    undisturbed(&seen, 52);
}

fn remove_instance() {
    let net = Net::new();
    let config = Config::v3(100);
    let daemon = Daemon::start(subject(), &net.r1, &both(&config));
    for vip in [VIP, MORE] {
        net.r1.await_address(vip, secs(4));
    }
    let seen = reload(&net, &daemon, &config.text());
    undisturbed(&seen, 51);
    let removed = adverts(&seen, 1).into_iter().rfind(|(_, advert)| advert.vrid == 52);
    assert_eq!(removed.unwrap().1.priority, 0, "it resigns");
    net.r1.await_no_address(MORE, ms(500));
    assert!(net.r1.has(VIP));
}

fn add_address() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let config = Config::v3(100).vips("192.0.2.100/24 | 192.0.2.101/24");
    let seen = reload(&net, &daemon, &config.text());
    undisturbed(&seen, 51);
    net.r1.await_address(MORE, ms(500));
    assert!(!announcements(&seen, 1, MORE).is_empty(), "it is announced");
    assert_eq!(adverts(&seen, 1).last().unwrap().1.addresses.len(), 2);
}

fn remove_address() {
    let net = Net::new();
    let config = Config::v3(100).vips("192.0.2.100/24 | 192.0.2.101/24");
    let daemon = start_master(&net, &config);
    net.r1.await_address(MORE, secs(1));
    let seen = reload(&net, &daemon, &Config::v3(100).text());
    undisturbed(&seen, 51);
    net.r1.await_no_address(MORE, ms(500));
    assert!(net.r1.has(VIP));
    assert_eq!(adverts(&seen, 1).last().unwrap().1.addresses.len(), 1);
}

fn move_address() {
    let net = Net::new();
    let pair = |first: &str, second: &str| {
        let second = Config::v3(100).vips(second).instance("VI_2", 52);
        format!("{}{second}", Config::v3(100).vips(first).text())
    };
    let before = pair("192.0.2.100/24 | 192.0.2.101/24", "192.0.2.102/24");
    let after = pair("192.0.2.100/24", "192.0.2.102/24 | 192.0.2.101/24");
    let daemon = Daemon::start(subject(), &net.r1, &before);
    for vip in [VIP, MORE, "192.0.2.102"] {
        net.r1.await_address(vip, secs(4));
    }
    sleep(ms(300));
    for config in [&after, &before] {
        let seen = reload(&net, &daemon, config);
        undisturbed(&seen, 51);
        undisturbed(&seen, 52);
        for vip in [VIP, MORE, "192.0.2.102"] {
            assert!(net.r1.has(vip), "{vip} is lost");
        }
    }
}

fn rename() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let seen = reload(&net, &daemon, &Config::v3(100).text().replace("VI_1", "uplink"));
    undisturbed(&seen, 51);
    assert!(net.r1.has(VIP));
}

fn move_instance() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    net.r1.space.ip("addr add 198.51.100.1/24 dev eth1");
    let daemon = start_master(&net, &Config::v3(100));
    daemon.write_config(&Config::v3(100).interface("eth1").text());
    daemon.signal(Signal::SIGHUP);
    wait_until("the address has moved", secs(3), || {
        let on = |dev: &str| {
            let all = net.r1.addresses(dev);
            all.iter().any(|address| address.local == format!("{VIP}/24"))
        };
        on("eth1") && !on("eth0")
    });
    let (_, last) = adverts(&net.wire.all(), 1).pop().unwrap();
    assert_eq!(last.source.to_string(), "198.51.100.1");
}

fn interval() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    for interval in ["0.05", "0.1"] {
        let seen = reload(&net, &daemon, &Config::v3(100).interval(interval).text());
        undisturbed(&seen, 51);
        let (_, last) = adverts(&seen, 1).pop().unwrap();
        assert_eq!(last.interval.as_secs_f64().to_string(), interval);
    }
}

fn statics() {
    let net = Net::new();
    let with = |list: &str| format!("static_ipaddress {{\n{list}\n}}\n{}", Config::v3(100).text());
    let line = |n: u8| format!("198.51.100.{n}/24 dev eth0");
    let daemon = Daemon::start(subject(), &net.r1, &with(&[line(7), line(8)].join("\n")));
    net.r1.await_address("198.51.100.8", secs(2));
    net.r1.await_address(VIP, secs(2));
    let seen = reload(&net, &daemon, &with(&[line(8), line(9)].join("\n")));
    undisturbed(&seen, 51);
    for (n, there) in [(7, false), (8, true), (9, true)] {
        assert_eq!(net.r1.has(&format!("198.51.100.{n}")), there, "{n}");
    }
}

fn last_instance() {
    let net = Net::new();
    let config = Config::v3(100);
    let mut daemon = start_master(&net, &config);
    for _ in 0..2 {
        daemon.write_config("global_defs {\n}\n");
        daemon.signal(Signal::SIGHUP);
        net.r1.await_no_address(VIP, secs(3));
        daemon.write_config(&config.text());
        daemon.signal(Signal::SIGHUP);
        net.r1.await_address(VIP, secs(4));
    }
    assert!(daemon.stop().success());
    assert!(!net.r1.has(VIP));
}

fn broken() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    // An instance without its number, which is an error.
    let text = both(&Config::v3(150)).replace("virtual_router_id 52", "virtual_router_id");
    let seen = reload(&net, &daemon, &text);
    undisturbed(&seen, 51);
    assert!(adverts(&seen, 1).iter().all(|(_, advert)| advert.priority == 100), "the old one");
    assert!(!net.r1.has(MORE));
    let line = text.lines().position(|line| line.trim() == "virtual_router_id").unwrap() + 1;
    daemon.await_log(&format!("conf:{line}:"), secs(1));
    // It goes on to listen.
    let seen = reload(&net, &daemon, &Config::v3(150).text());
    undisturbed(&seen, 51);
    assert_eq!(adverts(&seen, 1).last().unwrap().1.priority, 150);
}

fn at_once() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let mark = net.wire.mark();
    daemon.write_config(&Config::v3(150).text());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let output = Daemon::run(subject(), &net.r1, &["reload"]);
                assert_eq!(output.status.code(), Some(0), "{output:?}");
            });
            daemon.signal(Signal::SIGHUP);
        }
    });
    sleep(ms(800));
    let seen = net.wire.since(mark);
    undisturbed(&seen, 51);
    assert_eq!(adverts(&seen, 1).last().unwrap().1.priority, 150);
}

fn command() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let output = Daemon::run(subject(), &net.r1, &["reload"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let text = both(&Config::v3(100)).replace("virtual_router_id 52", "virtual_router_id");
    daemon.write_config(&text);
    let output = Daemon::run(subject(), &net.r1, &["reload"]);
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let line = text.lines().position(|line| line.trim() == "virtual_router_id").unwrap() + 1;
    assert!(said.contains(&format!("conf:{line}:")), "{said}");

    daemon.write_config(&Config::v3(150).text());
    let mark = net.wire.mark();
    let output = Daemon::run(subject(), &net.r1, &["reload"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut new = None;
    wait_until("the new priority is sent", secs(1), || {
        new = adverts(&net.wire.since(mark), 1).pop();
        new.as_ref().is_some_and(|(_, advert)| advert.priority == 150)
    });

    fs::remove_file(daemon.config()).unwrap();
    let output = Daemon::run(subject(), &net.r1, &["reload"]);
    assert!(!output.status.success(), "there is no file: {output:?}");
}
