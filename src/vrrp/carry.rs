//! What a router keeps over a reload.

use core::mem::discriminant;

use super::announce::{Pace, Schedule};
use super::complaint::Complaints;
use super::fault::{Fault, Faults};
use super::params::{Params, Version};
use super::router::{Heard, Router, State, Told, Waits};
use super::stats::Stats;
use super::{Actions, Engine, RouterId, Turn, priority};
use crate::machine::Instant;

/// The state of a router, on its way from one engine to the next.
#[derive(Clone, Debug)]
pub struct Carried {
    params: Params,
    state: State,
    since: Instant,
    priority: u8,
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
            heard: router.heard,
            stats: router.stats,
            complaints: router.complaints,
            pace: self.paces[router.params.link.index()],
        })
    }

    /// Goes on with the state of a router of the engine before, instead of a start.
    ///
    /// The engine has to know the interfaces and the source address by then: what is not told is
    /// absent, and so a fault. With the same parameters nothing changes at all; with others, the
    /// state remains, its deadlines follow from them.
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
        self.heard = carried.heard;
        self.stats = carried.stats;
        self.complaints = carried.complaints;
        turn.pace(&self.params).follow(carried.pace);
        self.retime(turn, &old);
        self.reword(turn);
        self.handle(turn, Told::Health);
    }

    /// Names the reasons of a fault by the interfaces of this engine, which may be numbered
    /// otherwise.
    fn reword(&mut self, turn: &Turn<'_>) {
        let State::Fault { because } = self.state else { return };
        let faults: Faults = priority::faults(&self.params, self.source, turn.links).collect();
        let kind = |fault: Fault| discriminant(&fault);
        let goes_on = faults.others() == because.others()
            && faults.iter().map(kind).eq(because.iter().map(kind));
        let because = if goes_on { faults } else { self.of_own_link(because) };
        self.state = State::Fault { because };
    }

    fn of_own_link(&self, faults: Faults) -> Faults {
        let link = self.params.link;
        let own = faults.iter().map(|fault| match fault {
            Fault::LinkAbsent(_) => Fault::LinkAbsent(link),
            Fault::LinkDown(_) => Fault::LinkDown(link),
            Fault::Unsupported | Fault::NoSource | Fault::Tracked(..) => fault,
        });
        own.collect()
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
