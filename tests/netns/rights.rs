//! What the processes may do, where they note that they are there.

use std::fs;

use super::lab::daemon::{Daemon, ending, status};
use super::lab::{Config, Net, VIP, ms, secs, sleep, wait_until};
use super::{Cases, await_master, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("the_vrrp_child_has_two_capabilities", capabilities),
    ("the_vrrp_child_is_not_root", user),
    ("a_second_daemon_is_refused", second),
    ("a_stale_pid_file_is_no_obstacle", stale),
    ("as_a_daemon_it_leaves_the_terminal", background),
];

fn capabilities() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    let child = daemon.vrrp_pid();
    // CAP_NET_ADMIN is 12, CAP_NET_RAW is 13.
    for (field, want) in [
        ("CapEff", "0000000000003000"),
        ("CapPrm", "0000000000003000"),
        ("CapInh", "0000000000000000"),
        ("CapAmb", "0000000000000000"),
        ("NoNewPrivs", "1"),
    ] {
        assert_eq!(status(child, field), want, "{field}");
    }
    let bounding = u64::from_str_radix(&status(child, "CapBnd"), 16).unwrap();
    assert_eq!(bounding & !0x3000, 0, "nothing else can be had again");
}

fn user() {
    let net = Net::new();
    if fs::read_to_string("/proc/self/uid_map").unwrap().trim_end().ends_with(" 1") {
        super::lab::skip("there is but one user in this namespace");
    }
    let daemon = start_master(&net, &Config::v3(100));
    for field in ["Uid", "Gid", "Groups"] {
        let ids = status(daemon.vrrp_pid(), field);
        assert!(ids.split_whitespace().all(|id| id != "0"), "{field} {ids}");
    }
    assert!(status(daemon.pid(), "Uid").starts_with('0'), "the parent is root");
}

fn second() {
    let net = Net::new();
    let mut first = start_master(&net, &Config::v3(100));
    let before = fs::read_to_string(first.pid_file()).unwrap();
    let output = Daemon::run(subject(), &net.r1, &["-n", "-l"]);
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("already running as process {}", before.trim())), "{said}");
    assert_eq!(fs::read_to_string(first.pid_file()).unwrap(), before);
    assert!(first.is_running() && net.r1.has(VIP), "the first goes on");
    sleep(ms(300));
    await_master(&net, &net.r1, VIP);
}

/// The number in it is of no process, or of one that is something else.
fn stale() {
    let net = Net::new();
    let dir = super::lab::daemon::directory(&net.r1);
    fs::create_dir_all(&dir).unwrap();
    for stale in ["999999\n", "1\n", "", "nonsense\n"] {
        fs::write(dir.join("pid"), stale).unwrap();
        fs::write(dir.join("vrrp.pid"), stale).unwrap();
        let mut daemon = start_master(&net, &Config::v3(100));
        let noted = fs::read_to_string(daemon.pid_file()).unwrap();
        assert_eq!(noted.trim(), daemon.pid().to_string(), "in place of {stale:?}");
        daemon.stop();
    }
}

fn background() {
    let net = Net::new();
    let config = Config::v3(100).text();
    let mut daemon = Daemon::start_with(subject(), &net.r1, &config, &[]);
    assert_eq!(ending(daemon.await_end(secs(3))), "exit 0");
    await_master(&net, &net.r1, VIP);
    let parent = daemon.noted_pid();
    assert_ne!(parent, daemon.pid());
    // Of no terminal, in a session of its own, its directory in nobody's way.
    let stat = fs::read_to_string(format!("/proc/{parent}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    assert_eq!(fields[4], "0", "no terminal: {stat}");
    assert_ne!(fields[3], "1", "another session than its starter's: {stat}");
    assert_eq!(fs::read_link(format!("/proc/{parent}/cwd")).unwrap().to_str(), Some("/"));
    let child = daemon.vrrp_pid();
    nix::sys::signal::kill(parent, nix::sys::signal::Signal::SIGTERM).unwrap();
    wait_until("both end", secs(5), || {
        !super::lab::daemon::is_alive(parent) && !super::lab::daemon::is_alive(child)
    });
    assert!(!net.r1.has(VIP) && !daemon.pid_file().exists());
}
