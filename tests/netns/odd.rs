//! Machines that are odd, yet exist.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::lab::daemon::directory;
use super::lab::wire::{adverts, announcements};
use super::lab::{Config, Net, VIP, ms, secs, sleep};
use super::{Cases, await_master, start, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("an_owner_whose_prefix_has_another_length_survives_a_reload", owner),
    ("an_interface_that_gives_no_socket_is_no_fault_of_another", no_socket),
    ("an_interface_that_is_renamed_keeps_none_of_our_addresses", renamed),
    ("a_log_that_cannot_be_written_ends_nothing", full_log),
    ("adverts_too_long_for_the_interface_leave_in_fragments", short_packets),
    ("an_address_is_announced_where_an_interface_comes_up_later", late_interface),
];

/// Router 1 goes on with the adverts of `VI_1` over a reload.
#[track_caller]
fn goes_on(net: &Net, reload: impl FnOnce()) {
    let mark = net.wire.mark();
    sleep(ms(300));
    reload();
    sleep(ms(1000));
    let mut seen = adverts(&net.wire.since(mark), 1);
    seen.retain(|(_, advert)| advert.vrid == 51);
    assert!(seen.iter().all(|(_, advert)| advert.priority > 0), "it resigned");
    assert!(seen.len() >= 10, "{} adverts instead of 13", seen.len());
}

/// Without a length in the configuration it is 32: then the interface has the address twice.
fn owner() {
    let net = Net::new();
    let daemon = start(&net, &Config::v3(255).vips("192.0.2.1"));
    net.r1.await_address("192.0.2.1/32", secs(3));
    for _ in 0..2 {
        goes_on(&net, || daemon.signal(Signal::SIGHUP));
    }
    drop(daemon);
    assert!(net.r1.has("192.0.2.1/24"), "its own address is left alone");
}

/// Below 1280 bytes there is no IPv6, so that no group can be joined.
fn no_socket() {
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    net.r1.space.ip("link set dev eth1 mtu 1200");
    let small = Config::v6(100).interface("eth1").instance("VI_2", 52);
    let config = Config::v3(100).text() + &small;
    let daemon = super::Daemon::start(subject(), &net.r1, &config);
    await_master(&net, &net.r1, VIP);
    goes_on(&net, || daemon.signal(Signal::SIGHUP));
}

fn renamed() {
    let net = Net::new();
    let daemon = start_master(&net, &Config::v3(100));
    if !net.r1.space.ip_may("link set dev eth0 name wan0") {
        super::lab::skip("this kernel renames no interface that is up");
    }
    net.r1.await_no_address(VIP, secs(1));
    assert!(net.r1.has("192.0.2.1/24"), "its own address is left alone");
    net.r1.space.ip("link set dev wan0 name eth0");
    await_master(&net, &net.r1, VIP);
    drop(daemon);
}

fn full_log() {
    let net = Net::new();
    let dir = directory(&net.r1);
    fs::create_dir_all(&dir).unwrap();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    fs::write(dir.join("conf"), Config::v3(100).text()).unwrap();
    let mut command = Command::new(subject().program());
    command.args(["-n", "-l", "-D", "-P", "-f", &path("conf"), "-p", &path("pid")]);
    command.args(["-r", &path("vrrp.pid")]).stdin(Stdio::null());
    command.stderr(File::options().write(true).open("/dev/full").unwrap());
    let mut child = net.r1.space.run(|| command.spawn()).unwrap();
    await_master(&net, &net.r1, VIP);
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(pid, Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!net.r1.has(VIP));
}

/// 160 addresses make 668 bytes: a peer has to hear them all the same.
fn short_packets() {
    let net = Net::new();
    for router in [&net.r1, &net.r2] {
        router.space.ip("link set dev eth0 mtu 600");
    }
    let many: Vec<String> = (1..=160).map(|n| format!("198.51.100.{n}/32")).collect();
    let vips = format!("{VIP}/24 | {}", many.join(" | "));
    let r1 = start(&net, &Config::v3(200).vips(&vips));
    // The listener on the wire puts no fragments together.
    net.r1.await_address(VIP, secs(5));
    let _r2 = super::Daemon::start(subject(), &net.r2, &Config::v3(100).vips(&vips).text());
    sleep(secs(2));
    assert!(!net.r2.has(VIP), "r2 does not hear r1");
    assert!(!r1.log().contains("not sent"), "{}", r1.log());
}

/// The neighbours there know the former master alone.
fn late_interface() {
    const OTHER: &str = "198.51.100.1";
    let net = Net::new();
    net.add_interface(&net.r1, "eth1");
    net.cut(&net.r1, "eth1");
    sleep(ms(300));
    let vips = format!("{VIP}/24 | {OTHER}/24 dev eth1");
    let _daemon = start_master(&net, &Config::v3(100).vips(&vips));
    sleep(ms(300));
    let mark = net.wire.mark();
    net.mend(&net.r1, "eth1");
    super::lab::wait_until("it is announced", secs(2), || {
        !announcements(&net.wire.since(mark), 1, OTHER).is_empty()
    });
}
