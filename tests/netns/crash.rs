//! Processes that die, or are told to end.

use std::fs;

use nix::sys::signal::{Signal, kill};

use super::lab::daemon::{ending, is_alive};
use super::lab::wire::adverts;
use super::lab::{Config, Daemon, Net, VIP, ms, near, secs, sleep, wait_until};
use super::{Cases, await_master, start, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("at_term_a_master_resigns_then_removes_its_addresses", term),
    ("at_int_it_stops_too", interrupt),
    ("a_line_of_the_log_says_what_happened_with_its_reason", log),
    ("left_overs_of_a_crash_are_removed_at_start", left_overs),
    ("left_overs_are_removed_though_not_configured_any_more", forgotten_left_overs),
    ("after_a_crash_commands_are_heard", commands_after_crash),
    ("a_vrrp_child_that_dies_is_started_again", child_dies),
    ("a_child_that_dies_again_waits_before_it_starts", back_off),
    ("after_its_parent_was_killed_it_can_be_started_at_once", parent_restarted),
    ("without_its_parent_the_child_resigns", parent_dies),
    ("a_child_that_does_not_stop_keeps_no_address", hung),
];

fn term() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100).vips("192.0.2.100/24 | 192.0.2.101/24"));
    let files = [daemon.pid_file(), daemon.vrrp_pid_file()];
    assert!(files.iter().all(|file| file.exists()), "there are pid files");
    let status = daemon.stop();
    assert_eq!(ending(status), "exit 0");
    for vip in [VIP, "192.0.2.101"] {
        assert!(!net.r1.has(vip), "{vip} is left");
    }
    let (_, last) = adverts(&net.wire.all(), 1).pop().unwrap();
    assert_eq!(last.priority, 0, "the last word is a resignation");
    for file in files {
        assert!(!file.exists(), "{} is left", file.display());
    }
}

/// One line a transition, the same that a person hears of: subject, fact, reason.
fn log() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    net.cut(&net.r1, "eth0");
    net.r1.await_no_address(VIP, secs(3));
    net.mend(&net.r1, "eth0");
    await_master(&net, &net.r1, VIP);
    daemon.stop();
    let log = daemon.log();
    let ours: Vec<&str> = log.lines().filter_map(|line| line.split("VI_1: ").nth(1)).collect();
    let states: Vec<&str> = ours.iter().filter_map(|line| line.split(' ').next()).collect();
    let want = ["backup", "master", "fault", "backup", "master"];
    let states: Vec<&str> = states.into_iter().filter(|word| want.contains(word)).collect();
    assert_eq!(states, want, "{log}");
    assert!(ours.iter().any(|line| line.starts_with("master (no advert for 36")), "{log}");
    let fault = ours.iter().find(|line| line.starts_with("fault")).unwrap();
    assert!(fault.contains("eth0"), "{fault}");
}

fn interrupt() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    daemon.signal(Signal::SIGINT);
    assert_eq!(ending(daemon.await_end(secs(5))), "exit 0");
    assert!(!net.r1.has(VIP));
}

fn left_overs() {
    let net = Net::new();
    let config = Config::v3(100).interval("1");
    let mut daemon = start_master(&net, &config);
    daemon.kill_all();
    assert!(net.r1.has(VIP), "nobody has removed it");
    drop(daemon);
    let mark = net.wire.mark();
    let _daemon = start(&net, &config);
    net.r1.await_no_address(VIP, secs(2));
    assert!(adverts(&net.wire.since(mark), 1).is_empty(), "it is a backup first");
    await_master(&net, &net.r1, VIP);
}

fn forgotten_left_overs() {
    let net = Net::new();
    let vips = "192.0.2.100/24 | 192.0.2.101/24 | 2001:db8::100/64";
    let mut daemon = start_master(
        &net,
        &Config::v3(100).vips("192.0.2.100/24").with(&format!(
            "virtual_ipaddress_excluded {{\n{}\n}}",
            vips.replace("192.0.2.100/24 | ", "").replace(" | ", "\n")
        )),
    );
    net.r1.await_address("2001:db8::100", secs(1));
    daemon.kill_all();
    drop(daemon);
    net.r1.space.ip("addr add 192.0.2.150/24 dev eth0");
    let _daemon = start_master(&net, &Config::v3(100));
    for left in ["192.0.2.101", "2001:db8::100"] {
        assert!(!net.r1.has(left), "{left} is left");
    }
    for other in ["192.0.2.1", "192.0.2.150", "2001:db8::1"] {
        assert!(net.r1.has(other), "{other} is not ours");
    }
}

fn commands_after_crash() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    daemon.kill_all();
    drop(daemon);
    let _daemon = start_master(&net, &Config::v3(100));
    let output = Daemon::run(subject(), &net.r1, &["reload"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

fn child_dies() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    let first = daemon.vrrp_pid();
    kill(first, Signal::SIGKILL).unwrap();
    wait_until("it is started again", secs(5), || {
        daemon.processes().iter().any(|&pid| pid != first && pid != daemon.pid() && is_alive(pid))
    });
    sleep(ms(100));
    await_master(&net, &net.r1, VIP);
    assert_ne!(daemon.vrrp_pid(), first);
    assert!(daemon.is_running());
    assert_eq!(ending(daemon.stop()), "exit 0");
    assert!(!net.r1.has(VIP), "the second child took over what the first had set");
}

fn back_off() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let mut waits = Vec::new();
    for _ in 0..3 {
        await_master(&net, &net.r1, VIP);
        let child = daemon.vrrp_pid();
        kill(child, Signal::SIGKILL).unwrap();
        // By then it is another router's.
        let gone = net.r1.await_no_address(VIP, ms(500));
        let took = wait_until("it is started again", secs(6), || {
            let noted = fs::read_to_string(daemon.vrrp_pid_file()).unwrap_or_default();
            !noted.is_empty() && noted.trim() != child.to_string()
        });
        waits.push(gone + took);
        wait_until("its pid file is there", secs(1), || daemon.vrrp_pid() != child);
    }
    assert!(waits[0] < ms(300), "at once: {waits:?}");
    near("the second wait", waits[1], secs(1));
    near("the third wait", waits[2], secs(2));
    await_master(&net, &net.r1, VIP);
}

/// The child of the first one still resigns, and nobody has taken note of its parent's end.
fn parent_restarted() {
    let net = Net::new();
    let first = start_master(&net, &Config::v3(100));
    let child = first.vrrp_pid();
    kill(first.pid(), Signal::SIGKILL).unwrap();
    let mut second = start(&net, &Config::v3(100));
    wait_until("the first child ends", secs(3), || !is_alive(child));
    await_master(&net, &net.r1, VIP);
    assert_eq!(second.noted_pid(), second.pid());
    assert_eq!(ending(second.stop()), "exit 0");
    assert!(!net.r1.has(VIP));
}

fn parent_dies() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let child = daemon.vrrp_pid();
    let mark = net.wire.mark();
    kill(daemon.pid(), Signal::SIGKILL).unwrap();
    wait_until("the child ends", secs(3), || !is_alive(child));
    assert!(!net.r1.has(VIP), "the address is left");
    let (_, last) = adverts(&net.wire.since(mark), 1).pop().expect("it says so");
    assert_eq!(last.priority, 0);
}

/// It is killed then, and somebody else has to remove what it had set.
fn hung() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100).global("child_wait_time 1"));
    kill(daemon.vrrp_pid(), Signal::SIGSTOP).unwrap();
    assert_eq!(ending(daemon.stop()), "exit 0");
    assert!(!net.r1.has(VIP), "the address is left");
    assert!(net.r1.has("192.0.2.1"), "its own is not");
}
