//! A process that is not scheduled for a while.

use nix::sys::signal::{Signal, kill};

use super::lab::wire::{adverts, announcements};
use super::lab::{Config, Daemon, Net, VIP, ms, secs, sleep};
use super::{Cases, await_master, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("a_backup_that_slept_does_not_flap", backup_sleeps),
    ("a_master_that_slept_takes_its_place_again", master_sleeps),
    ("a_low_master_that_slept_yields", low_master_sleeps),
];

/// The adverts that wait say that the master lives, although the timer is long over.
fn backup_sleeps() {
    let net = Net::new();
    let _r1 = start_master(&net, &Config::v3(200));
    let r2 = Daemon::start(subject(), &net.r2, &Config::v3(100).text());
    sleep(secs(1));
    let mark = net.wire.mark();
    for _ in 0..3 {
        kill(r2.vrrp_pid(), Signal::SIGSTOP).unwrap();
        sleep(ms(900));
        kill(r2.vrrp_pid(), Signal::SIGCONT).unwrap();
        sleep(ms(250));
    }
    assert!(adverts(&net.wire.since(mark), 2).is_empty(), "it flaps");
    assert!(!net.r2.has(VIP));
}

fn master_sleeps() {
    let net = Net::new();
    let r1 = start_master(&net, &Config::v3(200));
    let _r2 = Daemon::start(subject(), &net.r2, &Config::v3(100).text());
    sleep(secs(1));
    kill(r1.vrrp_pid(), Signal::SIGSTOP).unwrap();
    await_master(&net, &net.r2, VIP);
    sleep(ms(500));
    let mark = net.wire.mark();
    kill(r1.vrrp_pid(), Signal::SIGCONT).unwrap();
    net.r2.await_no_address(VIP, secs(1));
    sleep(ms(500));
    assert!(net.r1.has(VIP));
    let seen = net.wire.since(mark);
    assert!(!announcements(&seen, 1, VIP).is_empty(), "r1 tells where the address is again");
}

fn low_master_sleeps() {
    let net = Net::new();
    let r1 = start_master(&net, &Config::v3(100));
    kill(r1.vrrp_pid(), Signal::SIGSTOP).unwrap();
    let _r2 = Daemon::start(subject(), &net.r2, &Config::v3(200).text());
    await_master(&net, &net.r2, VIP);
    sleep(ms(500));
    let mark = net.wire.mark();
    kill(r1.vrrp_pid(), Signal::SIGCONT).unwrap();
    net.r1.await_no_address(VIP, secs(1));
    sleep(ms(500));
    assert!(net.r2.has(VIP));
    assert!(adverts(&net.wire.since(mark), 1).len() <= 1);
}
