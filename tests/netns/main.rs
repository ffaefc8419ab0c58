//! The real binary alone in network namespaces.
//!
//! `--with=keepalived` runs keepalived instead, to see where it differs.

// A real daemon takes real time, and a case that fails is meant to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod address;
mod announce;
mod command;
mod crash;
mod fault;
mod lab;
mod late;
mod many;
mod noise;
mod odd;
mod reload;
mod rights;
mod unicast;

use std::process::ExitCode;

use lab::net::Router;
use lab::{Case, Config, Daemon, Kind, Net, VIP, runner, secs};

/// What is tested.
fn subject() -> Kind {
    if std::env::args().any(|argument| argument == "--with=keepalived") {
        Kind::Keepalived
    } else {
        Kind::Holdfast
    }
}

/// Start it in the first router.
fn start(net: &Net, config: &Config) -> Daemon {
    Daemon::start(subject(), &net.r1, &config.text())
}

/// Start it in the first router, and wait until it is master.
fn start_master(net: &Net, config: &Config) -> Daemon {
    let daemon = start(net, config);
    await_master(net, &net.r1, VIP);
    daemon
}

/// Wait until a router sends adverts, and has the address.
#[track_caller]
fn await_master(net: &Net, router: &Router, vip: &str) {
    let what = format!("r{} sends adverts", router.number);
    let mark = net.wire.mark();
    net.wire.await_advert(&what, secs(6), mark, |from, advert| {
        from == router.number && advert.priority > 0
    });
    router.await_address(vip, secs(1));
}

fn main() -> ExitCode {
    let suites = [
        address::CASES,
        announce::CASES,
        command::CASES,
        crash::CASES,
        fault::CASES,
        late::CASES,
        many::CASES,
        noise::CASES,
        odd::CASES,
        reload::CASES,
        rights::CASES,
        unicast::CASES,
    ];
    let cases: Vec<Case> =
        suites.concat().iter().map(|&(name, run)| Case::new(name, run)).collect();
    runner::main("netns", &cases)
}

/// The cases of a file, by name.
type Cases = &'static [(&'static str, fn())];
