//! Packets on the link that are no adverts, or not for this router.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use holdfast::wire::vrrp::Version;

use super::lab::inject::{self, fix_header};
use super::lab::wire::{adverts, longest_gap};
use super::lab::{Config, Net, VIP, ms, near, sleep};
use super::{Cases, start, start_master};

pub(crate) const CASES: Cases = &[
    ("bad_packets_do_not_disturb_a_master", master),
    ("a_flood_does_not_silence_a_master", flood),
    ("signals_without_a_use_do_not_disturb", signals),
    ("bad_packets_do_not_keep_a_backup_quiet", backup),
];

const FROM: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);

fn good(priority: u8) -> Vec<u8> {
    let vips: [IpAddr; 1] = [VIP.parse().unwrap()];
    inject::advert(Version::V3, FROM, priority, ms(300), &vips)
}

/// An advert of a better router, spoilt in every way.
fn bad() -> Vec<Vec<u8>> {
    const IP: usize = 20;
    let spoilt = |spoil: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = good(250);
        spoil(&mut packet);
        let length = u16::try_from(packet.len()).unwrap();
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        fix_header(&mut packet);
        packet
    };
    vec![
        // Checksum, TTL, version, type, number of the router; too short, too long, a mere header.
        spoilt(&|packet| packet[IP + 6] ^= 0x55),
        spoilt(&|packet| packet[8] = 64),
        spoilt(&|packet| packet[IP] = 0x41),
        spoilt(&|packet| packet[IP] = 0x32),
        spoilt(&|packet| packet[IP + 1] = 99),
        spoilt(&|packet| packet.truncate(IP + 5)),
        spoilt(&|packet| packet.extend([0; 4])),
        spoilt(&|packet| packet.truncate(IP)),
    ]
}

/// Do `job` while bad packets arrive, each some milliseconds.
fn meanwhile(net: &Net, job: impl FnOnce()) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for packet in bad().iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                inject::send(&net.lan, "br0", packet);
                sleep(ms(7));
            }
        });
        // A case that fails must not wait for the thread above.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
        done.store(true, Ordering::Relaxed);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

fn master() {
    let net = Net::new();
    let _daemon = start_master(&net, &Config::v3(100));
    let mark = net.wire.mark();
    meanwhile(&net, || sleep(ms(2000)));
    let ours = adverts(&net.wire.since(mark), 1);
    let times: Vec<Duration> = ours.iter().map(|(at, _)| *at).collect();
    let gap = longest_gap(&times);
    assert!(gap < ms(170), "{gap:?} without an advert");
    assert!((18..=22).contains(&times.len()), "{} adverts in 2 s", times.len());
    assert!(net.r1.has(VIP));
}

fn backup() {
    let net = Net::new();
    let config = Config::v3(100).interval("0.3");
    let _daemon = start(&net, &config);
    // Heard from its start on.
    for _ in 0..15 {
        inject::send(&net.lan, "br0", &good(200));
        sleep(ms(95));
    }
    assert!(adverts(&net.wire.all(), 1).is_empty(), "it is backup");
    let begun = std::time::Instant::now();
    inject::send(&net.lan, "br0", &good(200));
    meanwhile(&net, || {
        net.wire.await_advert("it takes over", ms(2000), 0, |from, _| from == 1);
        near("the take-over", begun.elapsed(), config.down(100));
    });
}

/// Packets for other routers, as many as come through.
fn flood() {
    let net = Net::new();
    let _daemon = start_master(&net, &Config::v3(100));
    let mut other = good(250);
    other[21] = 99;
    let mark = net.wire.mark();
    inject::flood(&net.lan, "br0", &[other, bad().remove(0)], ms(1500));
    // The listener has to come through the flood, too, and may lose an advert in it.
    sleep(ms(500));
    let seen = net.wire.since(mark);
    let times: Vec<Duration> = adverts(&seen, 1).iter().map(|(at, _)| *at).collect();
    let gap = longest_gap(&times);
    assert!(times.len() >= 8 && gap < ms(361), "{gap:?} without an advert of {}", times.len());
    assert!(net.r1.has(VIP));
}

fn signals() {
    use nix::sys::signal::{Signal, kill};
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    let child = daemon.vrrp_pid();
    let mark = net.wire.mark();
    for signal in [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGPIPE, Signal::SIGWINCH] {
        for pid in [daemon.pid(), child] {
            kill(pid, signal).unwrap();
        }
        sleep(ms(100));
    }
    kill(child, Signal::SIGHUP).unwrap();
    kill(child, Signal::SIGINT).unwrap();
    sleep(ms(500));
    let ours = adverts(&net.wire.since(mark), 1);
    let times: Vec<Duration> = ours.iter().map(|(at, _)| *at).collect();
    assert!(longest_gap(&times) < ms(170));
    assert!(ours.iter().all(|(_, advert)| advert.priority == 100));
    assert!(daemon.is_running() && daemon.vrrp_pid() == child);
}
