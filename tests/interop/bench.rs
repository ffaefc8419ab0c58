//! How late the backup is when the master is killed: holdfast's pair beside keepalived's.

use std::ops::Range;
use std::time::Duration;

use super::lab::wire::{adverts, announcements};
use super::lab::{Config, Daemon, Kind, Net, VIP, ms, secs, sleep};

/// Kills of each pair at each interval, unless the command line says another number.
const KILLS: usize = 20;
/// Kills of one pair before it is the other's turn.
const IN_TURN: usize = 5;
const INTERVALS: [&str; 2] = ["0.1", "0.01"];

/// Beyond the bound, in milliseconds: the first advert, the first gratuitous ARP.
#[derive(Default)]
struct Late {
    advert: Vec<f64>,
    announcement: Vec<f64>,
}

/// Kill masters in turn, of one pair after the other's, and print how late the backups were.
pub(crate) fn run(kills: Option<usize>) {
    let kills = kills.unwrap_or(KILLS);
    let net = Net::new();
    println!("Killed masters: time from the last advert, less the bound of the protocol");
    println!("(3 x interval + skew), in ms; {kills} kills of each pair, taken in turn.\n");
    println!("                        first advert           first gratuitous ARP");
    println!("interval  pair          median    p90    max   median    p90    max");
    for interval in INTERVALS {
        let mut pairs = [(Kind::Holdfast, Late::default()), (Kind::Keepalived, Late::default())];
        for begin in (0..kills).step_by(IN_TURN) {
            for (kind, late) in &mut pairs {
                kill_some(&net, *kind, interval, begin..kills.min(begin + IN_TURN), late);
            }
        }
        for (kind, late) in &pairs {
            let (a, g) = (figures(&late.advert), figures(&late.announcement));
            if late.advert.len() < kills {
                println!("only {} of {kills} count: the machine is busy", late.advert.len());
            }
            println!(
                "{interval:>6} s  {:<12} {:>7.3}{:>7.3}{:>7.3}  {:>7.3}{:>7.3}{:>7.3}",
                kind.name(),
                a[0],
                a[1],
                a[2],
                g[0],
                g[1],
                g[2]
            );
        }
        let [(_, ours), (_, theirs)] = &pairs;
        let ratio =
            |at: usize, of: fn(&Late) -> &Vec<f64>| figures(of(ours))[at] / figures(of(theirs))[at];
        println!(
            "          ratio        {:>7.2}{:>7.2}{:>7}  {:>7.2}{:>7.2}\n",
            ratio(0, |late| &late.advert),
            ratio(1, |late| &late.advert),
            "",
            ratio(0, |late| &late.announcement),
            ratio(1, |late| &late.announcement),
        );
    }
}

/// Start a pair; kill its master, start it again, kill it.
///
/// The first take-over of a backup is not counted: its code may not even be in memory.
fn kill_some(net: &Net, kind: Kind, interval: &'static str, turns: Range<usize>, late: &mut Late) {
    let start = |router, priority| {
        let config = Config::v3(priority).interval(interval).text();
        // No log: how fast that is written is not what is measured.
        Daemon::start_with(kind, router, &config, &["-n"])
    };
    let mut r2 = start(&net.r2, 100);
    net.r2.await_address(VIP, secs(5));
    for (count, turn) in [turns.start].into_iter().chain(turns).enumerate() {
        net.forget(&net.r1, VIP);
        let mut r1 = start(&net.r1, 200);
        net.r1.await_address(VIP, secs(5));
        net.r2.await_no_address(VIP, secs(5));
        let mark = net.wire.mark();
        // Another moment between two adverts each time; after the last announcement of r2.
        sleep(ms(400) + Duration::from_micros(7_300) * u32::try_from(turn % 16).unwrap());
        // On a machine that is too busy r2 misses adverts meanwhile, and this kill does not count.
        let calm = adverts(&net.wire.since(mark), 2).is_empty();
        r1.kill_all();
        let (last, first, announced) = net.wire.find("r2 takes over", secs(3), mark, |seen| {
            let (last, _) = adverts(seen, 1).pop()?;
            let (first, _) = adverts(seen, 2).into_iter().find(|(at, _)| *at > last)?;
            let announced = announcements(seen, 2, VIP).into_iter().find(|&at| at > last)?;
            Some((last, first, announced))
        });
        if count > 0 && calm {
            let bound = last + Config::v3(100).interval(interval).down(100);
            late.advert.push(milliseconds(first, bound));
            late.announcement.push(milliseconds(announced, bound));
        }
    }
    r2.kill_all();
    for router in [&net.r1, &net.r2] {
        net.forget(router, VIP);
    }
}

/// How much later `at` is than `bound`; it may be negative.
fn milliseconds(at: Duration, bound: Duration) -> f64 {
    (at.as_secs_f64() - bound.as_secs_f64()) * 1e3
}

/// Median, 90th percentile, maximum.
fn figures(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return [f64::NAN; 3] };
    [sorted[last / 2], sorted[last * 9 / 10], sorted[last]]
}
