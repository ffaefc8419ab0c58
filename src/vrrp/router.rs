//! The state machine of one virtual router (RFC 3768 6.4, RFC 9568 6.4).

use core::cmp::Ordering;
use core::net::IpAddr;

use super::announce::Schedule;
use super::complaint::{Complaint, Complaints};
use super::event::{Action, Cause, Event, Role};
use super::fault::Faults;
use super::params::{Begin, OWNER, Params};
use super::priority;
use super::stats::Stats;
use super::{RouterId, Turn};
use crate::deadline::Window;
use crate::machine::{Duration, Instant};

/// One virtual router.
#[derive(Debug)]
pub struct Router {
    pub(super) id: RouterId,
    pub(super) params: Params,
    pub(super) state: State,
    /// Since when it is in this state.
    pub(super) since: Instant,
    /// The effective priority.
    pub(super) priority: u8,
    /// Where its adverts come from.
    pub(super) source: Option<IpAddr>,
    /// The master as a backup heard it.
    pub(super) heard: Option<Heard>,
    pub(super) stats: Stats,
    pub(super) complaints: Complaints,
}

/// A state owns the deadlines that exist in it, so that no timer can outlive its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Init,
    /// Started, but nothing starts before this.
    Held {
        start_at: Instant,
    },
    /// The reasons as they were last told.
    Fault {
        because: Faults,
    },
    Backup(Backup),
    Master(Master),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Backup {
    /// When the master is down.
    pub(super) down_at: Instant,
    /// What `down_at` is counted from.
    pub(super) from: Instant,
    pub(super) waits: Waits,
    /// The master's interval: in version 3, learned from it.
    pub(super) master_interval: Duration,
    /// Until then a live master of lower priority is left alone; set by the first advert of one.
    pub(super) patient_until: Option<Instant>,
    /// The last advert that was not good enough to be obeyed.
    pub(super) ignored: Option<(u8, IpAddr)>,
}

/// What a backup waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// A whole master-down interval without an advert.
    Silence,
    /// The skew alone, because the master resigned.
    Resigned(IpAddr),
    /// One interval, because an owner comes back from a fault.
    Return,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Master {
    pub(super) advert_at: Instant,
    pub(super) schedule: Schedule,
    /// Another owner, whose address is lower than ours.
    pub(super) rival: Option<Rival>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rival {
    since: Instant,
    last: Instant,
    adverts: u8,
}

/// A master as a backup knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Where its adverts come from.
    pub from: IpAddr,
    /// The priority in its last advert.
    pub priority: u8,
    /// The interval in its last advert.
    pub interval: Duration,
    /// When its first advert was obeyed.
    pub since: Instant,
    /// When its last advert was obeyed.
    pub last: Instant,
}

/// What a router is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    Tick,
    /// A valid advert for this router.
    Advert(Advert),
    /// An interface, or the source address, may have changed.
    Health,
    Start,
    Stop,
    Restored,
}

/// What counts of an advert.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advert {
    pub(super) from: IpAddr,
    pub(super) priority: u8,
    pub(super) interval: Duration,
}

impl Router {
    pub(super) fn new(id: RouterId, params: Params) -> Self {
        Self {
            id,
            priority: params.priority,
            params,
            state: State::Init,
            since: Instant::ZERO,
            source: None,
            heard: None,
            stats: Stats::default(),
            complaints: Complaints::default(),
        }
    }

    /// The state as the outside sees it.
    pub fn role(&self) -> Role {
        match self.state {
            State::Init | State::Held { .. } => Role::Init,
            State::Fault { .. } => Role::Fault,
            State::Backup(_) => Role::Backup,
            State::Master(_) => Role::Master,
        }
    }

    /// What it was configured with.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Since when it is in its state.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// The effective priority: the base, and the weights of the trackers; 1 to 255.
    pub fn priority(&self) -> u8 {
        self.priority
    }

    /// Where its adverts come from.
    pub fn source(&self) -> Option<IpAddr> {
        self.source
    }

    /// The master that a backup obeys; `None` while it knows none, or is not a backup.
    pub fn heard(&self) -> Option<&Heard> {
        self.heard.as_ref()
    }

    /// Its counters.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// When it has to be told `Tick`.
    pub(super) fn window(&self) -> Option<Window> {
        match self.state {
            State::Init | State::Fault { .. } => None,
            State::Held { start_at } => Some(Window::exact(start_at)),
            // Never early: this is the bound of the protocol.
            State::Backup(backup) => Some(Window::exact(backup.down_at)),
            State::Master(master) => {
                let advert = Window::early(master.advert_at, self.params.slack());
                Some(match master.schedule.poll_at() {
                    Some(at) if at < advert.must => Window { may: at.min(advert.may), must: at },
                    Some(_) | None => advert,
                })
            }
        }
    }

    pub(super) fn handle(&mut self, turn: &mut Turn<'_>, told: Told) {
        let now = turn.now;
        match (self.state, told) {
            (State::Init, Told::Start) => self.start(turn),
            (State::Held { start_at }, Told::Tick) if start_at <= now => self.begin(turn),
            (State::Held { .. } | State::Fault { .. } | State::Backup(_), Told::Stop) => {
                self.enter_init(turn);
            }

            (State::Fault { because }, Told::Health) => self.check_recovery(turn, because),

            (State::Backup(_), Told::Health) if self.is_faulty(turn) => self.enter_fault(turn),
            (State::Backup(backup), Told::Health) => self.backup_health(turn, backup),
            (State::Backup(backup), Told::Advert(advert)) => {
                self.backup_advert(now, backup, advert);
            }
            (State::Backup(backup), Told::Tick) if backup.down_at <= now => {
                self.enter_master(turn, backup.cause(now));
            }

            (State::Master(_), Told::Stop) => {
                self.leave_master(turn, Farewell::Resign);
                self.enter_init(turn);
            }
            (State::Master(_), Told::Health) if self.is_faulty(turn) => {
                self.leave_master(turn, Farewell::Resign);
                self.enter_fault(turn);
            }
            (State::Master(_), Told::Health) => self.weigh(turn),
            (State::Master(master), Told::Advert(advert)) => {
                self.master_advert(turn, master, advert);
            }
            (State::Master(master), Told::Tick) => self.master_tick(turn, master),
            (State::Master(mut master), Told::Restored) => {
                master.schedule.restored(turn, self.id, &self.params);
                self.state = State::Master(master);
            }

            (State::Init, Told::Stop | Told::Health)
            | (
                State::Held { .. } | State::Fault { .. } | State::Backup(_) | State::Master(_),
                Told::Start,
            )
            | (State::Held { .. }, Told::Health)
            | (State::Init | State::Held { .. } | State::Fault { .. }, Told::Advert(_))
            | (
                State::Init | State::Held { .. } | State::Fault { .. } | State::Backup(_),
                Told::Tick | Told::Restored,
            ) => {}
        }
    }

    fn start(&mut self, turn: &mut Turn<'_>) {
        if turn.now < turn.not_before {
            self.state = State::Held { start_at: turn.not_before };
            return;
        }
        self.begin(turn);
    }

    fn begin(&mut self, turn: &mut Turn<'_>) {
        self.priority = priority::effective(&self.params, turn.links);
        if self.is_faulty(turn) {
            return self.enter_fault(turn);
        }
        match self.params.begin {
            Begin::Master => self.enter_master(turn, Cause::Owner),
            Begin::Backup => self.enter_backup(turn, self.params.interval, Cause::Started),
        }
    }

    /// In fault: nothing is wrong after all, or something else is.
    fn check_recovery(&mut self, turn: &mut Turn<'_>, because: Faults) {
        self.weigh(turn);
        let faults = self.faults(turn);
        if faults.is_empty() {
            self.enter_backup(turn, self.params.interval, Cause::Recovered(because));
            self.hurry_owner(turn.now);
        } else if faults != because {
            self.state = State::Fault { because: faults };
            turn.act(Action::Report(Event::StillFault { router: self.id, faults }));
        }
    }

    /// An owner that comes back listens for one interval, so that it knows of another one before it
    /// takes over.
    fn hurry_owner(&mut self, now: Instant) {
        if let (State::Backup(backup), Begin::Master) = (&mut self.state, self.params.begin) {
            backup.waits = Waits::Return;
            backup.down_at = now + self.params.interval;
        }
    }

    /// Takes the weights into account.
    fn weigh(&mut self, turn: &mut Turn<'_>) {
        let (from, to) = (self.priority, priority::effective(&self.params, turn.links));
        if from != to {
            self.priority = to;
            turn.act(Action::Report(Event::Priority { router: self.id, from, to }));
        }
    }

    fn backup_health(&mut self, turn: &mut Turn<'_>, backup: Backup) {
        let before = self.priority;
        self.weigh(turn);
        if self.priority != before {
            self.state = State::Backup(self.retimed(backup, turn.now));
        }
    }

    /// With another priority or interval the same wait ends at another time, counted from where it
    /// began.
    pub(super) fn retimed(&self, mut backup: Backup, now: Instant) -> Backup {
        let Backup { from, master_interval, .. } = backup;
        let wait = match backup.waits {
            Waits::Silence => self.params.master_down(self.priority, master_interval),
            Waits::Resigned(_) => self.params.skew(self.priority, master_interval),
            Waits::Return => self.params.interval,
        };
        backup.down_at = (from + wait).max(now);
        backup
    }

    /// RFC 3768 6.4.2, RFC 9568 6.4.2.
    fn backup_advert(&mut self, now: Instant, mut backup: Backup, advert: Advert) {
        let Advert { from, priority, interval } = advert;
        if priority == 0 {
            backup.waits = Waits::Resigned(from);
            backup.from = now;
            backup.patient_until = None;
            self.state = State::Backup(self.retimed(backup, now));
            return;
        }
        if priority >= self.priority {
            backup.patient_until = None;
        } else if self.params.preempt && !self.is_patient(now, &mut backup) {
            // Discarded: the timer runs on.
            backup.ignored = Some((priority, from));
            self.state = State::Backup(backup);
            return;
        }
        let since = self.heard.filter(|heard| heard.from == from).map_or(now, |heard| heard.since);
        self.heard = Some(Heard { from, priority, interval, since, last: now });
        backup.waits = Waits::Silence;
        backup.from = now;
        backup.master_interval = interval;
        backup.ignored = None;
        self.state = State::Backup(self.retimed(backup, now));
    }

    /// Whether `preempt_delay` protects a master of lower priority; the first of its adverts starts
    /// it.
    fn is_patient(&self, now: Instant, backup: &mut Backup) -> bool {
        let delay = self.params.preempt_delay;
        delay > Duration::ZERO && now < *backup.patient_until.get_or_insert(now + delay)
    }

    /// RFC 3768 6.4.3, RFC 9568 6.4.3.
    fn master_advert(&mut self, turn: &mut Turn<'_>, mut master: Master, advert: Advert) {
        let Advert { from, priority, interval } = advert;
        if priority == 0 {
            return self.advertise(turn, master);
        }
        let order = (priority, Some(from)).cmp(&(self.priority, self.source));
        let is_rival = order == Ordering::Less && priority == OWNER;
        if order == Ordering::Greater || (is_rival && master.insists(turn.now, interval)) {
            if self.params.higher_prio_send_advert {
                self.send(turn, self.priority);
            }
            self.leave_master(turn, Farewell::Silent);
            return self.enter_backup_of(turn, advert);
        }
        self.stats.challenges += 1;
        if self.complaints.tell(turn.now, Complaint::Challenged) {
            let router = self.id;
            turn.act(Action::Report(Event::Challenged { router, priority, from }));
        }
        // Switches learned the sender's port, and neighbours perhaps its hardware address.
        if !self.params.lower_prio_no_advert {
            self.send(turn, self.priority);
            master.advert_at = turn.now + self.params.interval;
        }
        master.schedule.challenged(turn, self.id, &self.params);
        self.state = State::Master(master);
    }

    fn master_tick(&mut self, turn: &mut Turn<'_>, mut master: Master) {
        if master.advert_at <= turn.now + self.params.slack() {
            self.send(turn, self.priority);
            master.advert_at = turn.now + self.params.interval;
        }
        master.schedule.tick(turn, self.id, &self.params);
        self.state = State::Master(master);
    }

    fn advertise(&mut self, turn: &mut Turn<'_>, mut master: Master) {
        self.send(turn, self.priority);
        master.advert_at = turn.now + self.params.interval;
        self.state = State::Master(master);
    }

    fn send(&mut self, turn: &mut Turn<'_>, priority: u8) {
        self.stats.adverts_sent += 1;
        self.stats.zero_sent += u64::from(priority == 0);
        turn.act(Action::Send { router: self.id, priority });
    }

    /// The advert goes first: it stops the others. What a person hears of comes last.
    fn enter_master(&mut self, turn: &mut Turn<'_>, cause: Cause) {
        self.stats.became_master += 1;
        self.heard = None;
        self.send(turn, self.priority);
        turn.act(Action::Hold(self.id));
        let mut schedule = Schedule::default();
        schedule.take_over(turn, self.id, &self.params);
        let advert_at = turn.now + self.params.interval;
        self.turn_into(turn, State::Master(Master { advert_at, schedule, rival: None }), cause);
    }

    fn leave_master(&mut self, turn: &mut Turn<'_>, farewell: Farewell) {
        self.stats.released_master += 1;
        match farewell {
            Farewell::Resign => self.send(turn, 0),
            Farewell::Silent => {}
        }
        turn.act(Action::Release(self.id));
    }

    fn enter_backup(&mut self, turn: &mut Turn<'_>, master_interval: Duration, cause: Cause) {
        self.heard = None;
        let backup = Backup {
            down_at: turn.now,
            from: turn.now,
            waits: Waits::Silence,
            master_interval,
            patient_until: None,
            ignored: None,
        };
        self.turn_into(turn, State::Backup(self.retimed(backup, turn.now)), cause);
    }

    fn enter_backup_of(&mut self, turn: &mut Turn<'_>, master: Advert) {
        let Advert { from, priority, interval } = master;
        self.enter_backup(turn, interval, Cause::Beaten { priority, from });
        let now = turn.now;
        self.heard = Some(Heard { from, priority, interval, since: now, last: now });
    }

    fn enter_fault(&mut self, turn: &mut Turn<'_>) {
        self.heard = None;
        self.weigh(turn);
        let because = self.faults(turn);
        self.turn_into(turn, State::Fault { because }, Cause::Fault(because));
    }

    fn enter_init(&mut self, turn: &mut Turn<'_>) {
        self.heard = None;
        self.turn_into(turn, State::Init, Cause::Stopped);
    }

    /// The one place where the state becomes another one.
    fn turn_into(&mut self, turn: &mut Turn<'_>, state: State, cause: Cause) {
        let from = self.role();
        self.state = state;
        self.since = turn.now;
        self.complaints.forget();
        let to = self.role();
        if from != to {
            turn.act(Action::Report(Event::State { router: self.id, from, to, cause }));
        }
    }

    fn faults(&self, turn: &Turn<'_>) -> Faults {
        priority::faults(&self.params, self.source, turn.links).collect()
    }

    fn is_faulty(&self, turn: &Turn<'_>) -> bool {
        !self.faults(turn).is_empty()
    }
}

/// Whether a master that goes tells the others.
#[derive(Clone, Copy, Debug)]
enum Farewell {
    Resign,
    Silent,
}

impl Backup {
    /// Why it becomes master, once its time is over.
    fn cause(&self, now: Instant) -> Cause {
        match (self.waits, self.ignored) {
            (Waits::Silence | Waits::Return, Some((priority, from))) => {
                Cause::Preempted { priority, from }
            }
            (Waits::Silence, None) => Cause::Silence(now - self.from),
            (Waits::Resigned(from), _) => Cause::Resigned { from },
            (Waits::Return, None) => Cause::Owner,
        }
    }
}

impl Master {
    /// Whether another owner goes on although it should have yielded to our higher address.
    ///
    /// Then it does not hear us or never yields, and one of us has to: as keepalived's does after
    /// two adverts.
    fn insists(&mut self, now: Instant, interval: Duration) -> bool {
        let recent = self.rival.filter(|rival| now < rival.last + interval * 4);
        let mut rival = recent.unwrap_or(Rival { since: now, last: now, adverts: 0 });
        rival.last = now;
        rival.adverts = rival.adverts.saturating_add(1);
        self.rival = Some(rival);
        rival.adverts > 2 && now >= rival.since + interval * 2 + interval / 5
    }
}
