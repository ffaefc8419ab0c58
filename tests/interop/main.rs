//! The real binary beside keepalived in network namespaces.
//!
//! Each case runs twice: once with holdfast as the router that is preferred, once with keepalived.
//! `--with=keepalived` runs keepalived as both, which shows that a case is right about it.
//! `--bench`, `--bench=KILLS` measures fail-over instead, each one's own pair beside the other's.

// A real daemon takes real time, and a case that fails is meant to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod bench;
mod election;
#[path = "../netns/lab/mod.rs"]
mod lab;
mod pair;
mod trouble;
mod unicast;

use std::process::ExitCode;

use lab::{Case, Kind, runner};
use pair::Pair;

/// Which router is what: the preferred one, the other.
fn orders() -> Vec<(Kind, Kind)> {
    if std::env::args().any(|argument| argument == "--with=keepalived") {
        return vec![(Kind::Keepalived, Kind::Keepalived)];
    }
    vec![(Kind::Holdfast, Kind::Keepalived), (Kind::Keepalived, Kind::Holdfast)]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let bench = arguments.iter().find_map(|argument| argument.strip_prefix("--bench"));
    if let Some(count) = bench {
        let kills = count.strip_prefix('=').and_then(|count| count.parse().ok());
        if arguments[0] != "--inside" {
            return runner::enter(&arguments);
        }
        runner::inside();
        bench::run(kills);
        return ExitCode::SUCCESS;
    }
    let mut cases = Vec::new();
    for (name, run) in election::CASES.iter().chain(trouble::CASES).chain(unicast::CASES) {
        for (high, low) in orders() {
            let name = format!("{name}/{}_{}", high.name(), low.name());
            cases.push(Case::with_peer(name, move || run(&Pair::new(high, low))));
        }
    }
    runner::main("interop", &cases)
}
