//! Two routers of two kinds: r1 is preferred, r2 is the other.

use std::time::Duration;

use super::lab::net::Router;
use super::lab::wire::{Seen, adverts};
use super::lab::{Daemon, Kind, Net};

/// What happens to a pair.
pub(crate) type Scenario = fn(&Pair);

/// The last advert of r1, then the first of r2 behind it.
#[track_caller]
pub(crate) fn handover(seen: &[Seen]) -> (Duration, Duration) {
    let (last, _) = adverts(seen, 1).pop().expect("r1 was master");
    let first = adverts(seen, 2).into_iter().find(|(at, _)| *at > last);
    (last, first.expect("r2 is master").0)
}

pub(crate) struct Pair {
    pub(crate) net: Net,
    /// What r1 runs.
    pub(crate) high: Kind,
    /// What r2 runs.
    pub(crate) low: Kind,
}

impl Pair {
    pub(crate) fn new(high: Kind, low: Kind) -> Self {
        Self { net: Net::new(), high, low }
    }

    pub(crate) fn start_high(&self, config: &str) -> Daemon {
        Daemon::start(self.high, &self.net.r1, config)
    }

    pub(crate) fn start_low(&self, config: &str) -> Daemon {
        Daemon::start(self.low, &self.net.r2, config)
    }

    /// Wait until this router sends an advert of this priority, and has the address.
    #[track_caller]
    pub(crate) fn await_master(&self, router: &Router, priority: u8, vip: &str, bound: Duration) {
        let mark = self.net.wire.mark();
        let what = format!("r{} sends priority {priority}", router.number);
        self.net.wire.await_advert(&what, bound, mark, |from, advert| {
            from == router.number && advert.priority == priority
        });
        router.await_address(vip, Duration::from_millis(500));
    }

    /// Nobody but `router` has sent an advert since `mark`, and it has.
    #[track_caller]
    pub(crate) fn only_master_is(&self, router: &Router, mark: usize) -> Vec<Seen> {
        let seen = self.net.wire.since(mark);
        let other = 3 - router.number;
        assert!(!adverts(&seen, router.number).is_empty(), "r{} is silent", router.number);
        assert!(adverts(&seen, other).is_empty(), "r{other} sends, too");
        seen
    }
}
