//! What a router keeps over a reload.

use core::net::IpAddr;

use super::announce::{Pace, Schedule};
use super::complaint::Complaints;
use super::params::{Params, Version};
use super::router::{Heard, Router, State, Told, Waits};
use super::stats::Stats;
use super::{Actions, Engine, RouterId, Turn};
use crate::machine::Instant;

/// The state of a router, on its way from one engine to the next.
#[derive(Clone, Debug)]
pub struct Carried {
    params: Params,
    state: State,
    since: Instant,
    priority: u8,
    source: Option<IpAddr>,
    heard: Option<Heard>,
    stats: Stats,
    complaints: Complaints,
    pace: Pace,
}

impl Engine {
    /// What the router with this id takes along.
    pub fn carry(&self, id: RouterId) -> Option<Carried> {
        let router = self.routers.get(id)?;
        Some(Carried {
            params: router.params.clone(),
            state: router.state,
            since: router.since,
            priority: router.priority,
            source: router.source,
            heard: router.heard,
            stats: router.stats,
            complaints: router.complaints,
            pace: self.paces[router.params.link.index()],
        })
    }

    /// Goes on with the state of a router of the engine before, instead of a start.
    ///
    /// The engine has to know the interfaces by then: what is not told is absent, and so a fault. With the same
    /// parameters nothing changes at all; with others, the state remains, its deadlines follow from them.
    pub fn adopt(&mut self, now: Instant, id: RouterId, carried: Carried) -> Actions<'_> {
        self.conclude();
        self.serve(now, id, |router, turn| router.adopt(turn, carried));
        Actions(self)
    }
}

impl Router {
    fn adopt(&mut self, turn: &mut Turn<'_>, carried: Carried) {
        let old = carried.params;
        self.state = carried.state;
        self.since = carried.since;
        self.priority = carried.priority;
        self.source = self.source.or(carried.source);
        self.heard = carried.heard;
        self.stats = carried.stats;
        self.complaints = carried.complaints;
        turn.pace(&self.params).follow(carried.pace);
        self.retime(turn, &old);
        self.handle(turn, Told::Health);
    }

    /// Lets the deadlines follow from the parameters, where these are not those of before.
    fn retime(&mut self, turn: &mut Turn<'_>, old: &Params) {
        let now = turn.now;
        if self.params == *old {
            return;
        }
        match self.state {
            State::Backup(mut backup) if self.params.interval != old.interval => {
                // What was heard was promised in another interval: listen anew.
                backup.from = now;
                if self.params.version == Version::V2 || self.heard.is_none() {
                    backup.master_interval = self.params.interval;
                }
                self.state = State::Backup(self.retimed(backup, now));
            }
            State::Backup(_) if self.params.version != old.version => {}
            State::Backup(mut backup) => {
                if !self.params.preempt {
                    backup.patient_until = None;
                    backup.ignored = None;
                }
                if backup.waits != Waits::Return {
                    backup = self.retimed(backup, now);
                }
                self.state = State::Backup(backup);
            }
            State::Master(mut master) => {
                master.advert_at = master.advert_at.min(now + self.params.interval);
                if self.params.announcing != old.announcing
                    || self.params.announced != old.announced
                    || self.params.addresses != old.addresses
                {
                    master.schedule = Schedule::default();
                    master.schedule.take_over(turn, self.id, &self.params);
                }
                self.state = State::Master(master);
            }
            State::Init | State::Held { .. } | State::Fault { .. } => {}
        }
    }
}
