//! Judges one virtual router from outside by what the RFCs say, apart from the core.

use std::net::IpAddr;

use holdfast::machine::{Duration, Instant};
use holdfast::vrrp::{Action, Begin, Event, Params, Role, Version};

/// An invariant that did not hold, in words.
pub(crate) type Verdict = Result<(), String>;

/// What the router was told, as far as it concerns this one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Told {
    Tick,
    /// A valid advert of this virtual router.
    Advert {
        from: IpAddr,
        priority: u8,
        interval: Duration,
    },
    /// A packet that is none of its business.
    Noise,
    /// A port, the uplink or the source address changed.
    Health,
    Start,
    Stop,
    /// Its addresses were put back.
    Restored,
    /// It goes on under parameters that may be others.
    Reload,
}

/// Serving what is due a little early keeps wake-ups few; what the protocol bounds is never early.
fn slack(interval: Duration) -> Duration {
    (interval / 64).min(Duration::from_millis(1))
}

/// From when to when a backup takes over unless it hears something.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Instant,
    wait: Wait,
    /// The master's interval, as short and as long as it can be known to the router.
    interval: (Duration, Duration),
    /// The lowest and the highest effective priority since.
    priority: (u8, u8),
    /// When the first advert of a live master of lower priority was heard.
    lower_at: Option<Instant>,
    /// Since a reload the end is known less well: it may be counted from there.
    reloaded_at: Option<Instant>,
    /// Since a reload nothing is known, until the next advert that is obeyed.
    vague: bool,
}

/// What a backup waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wait {
    /// The whole master-down interval.
    Silence,
    /// The skew alone: the master resigned.
    Skew,
    /// One interval alone: an owner comes back. RFC 9568 knows no faults; keepalived waits like
    /// this.
    Interval,
}

/// The router as seen from outside, in its own clock.
#[derive(Debug)]
pub(crate) struct Shadow {
    pub(crate) params: Params,
    pub(crate) role: Role,
    pub(crate) holds: bool,
    own: IpAddr,
    started: bool,
    window: Window,
    /// Of the last advert it sent.
    sent_at: Instant,
    /// It sent one out of turn since its last in turn.
    answered: bool,
}

impl Shadow {
    pub(crate) fn new(params: Params, own: IpAddr, now: Instant) -> Self {
        let interval = params.interval;
        let priority = params.priority;
        let window = Window {
            from: now,
            wait: Wait::Silence,
            interval: (interval, interval),
            priority: (priority, priority),
            lower_at: None,
            reloaded_at: None,
            vague: false,
        };
        Self {
            params,
            role: Role::Init,
            holds: false,
            own,
            started: false,
            window,
            sent_at: now,
            answered: false,
        }
    }

    /// Other parameters are in force from here on; the router itself is told of it next.
    pub(crate) fn reload(&mut self, now: Instant, params: Params) {
        if params == self.params {
            return;
        }
        let old = std::mem::replace(&mut self.params, params);
        let (least, most) = self.window.interval;
        let own = self.params.interval;
        self.window.interval = (least.min(own), most.max(own));
        self.window.reloaded_at = Some(now);
        let patient = old.preempt_delay.max(self.params.preempt_delay) > Duration::ZERO;
        self.window.vague |= patient || old.preempt != self.params.preempt;
        self.sent_at = now;
        self.answered = true;
    }

    /// The router was told something at `now`, and answered with these of the actions that are its
    /// own.
    pub(crate) fn answered(
        &mut self,
        now: Instant,
        told: Told,
        health: Health,
        actions: &[Action],
    ) -> Verdict {
        let (before, sent_before) = (self.role, self.sent_at);
        self.started = (self.started || told == Told::Start) && told != Told::Stop;
        self.window.priority.0 = self.window.priority.0.min(health.priority);
        self.window.priority.1 = self.window.priority.1.max(health.priority);
        for action in actions {
            if let Action::Report(Event::State { from, to, .. }) = *action {
                demand(from == self.role, "it leaves the state it is in")?;
                self.role = to;
            }
        }
        for action in actions {
            self.acts(now, before, health, *action)?;
        }
        demand(self.holds == (self.role == Role::Master), "it holds exactly while master")?;
        let fault = self.started && !health.healthy;
        demand((self.role == Role::Fault) == fault, "it is in fault exactly while unhealthy")?;
        demand((self.role == Role::Init) != self.started, "it is in init until started")?;
        let sent = actions.iter().any(|action| matches!(action, Action::Send { .. }));
        match (before, self.role) {
            (Role::Init | Role::Fault, Role::Backup) => {
                self.enters_backup(now, told, health)?;
                if before == Role::Fault && self.params.begin == Begin::Master {
                    self.window.wait = Wait::Interval;
                }
                Ok(())
            }
            (Role::Init | Role::Fault, Role::Master) => {
                demand(self.params.begin == Begin::Master, "only an owner is master at once")?;
                demand(matches!(told, Told::Start | Told::Health), "it starts for a cause")?;
                demand(sent, "a new master sends an advert")
            }
            (Role::Backup, Role::Master) => {
                demand(told == Told::Tick, "silence alone makes a backup master")?;
                let early = self.earliest() > now + Duration::from_micros(1);
                demand(!early || self.window.vague, "it waits for the whole master-down interval")?;
                demand(sent, "a new master sends an advert")
            }
            (Role::Backup, Role::Backup) => self.waits(now, told, health),
            (Role::Master, Role::Backup) => {
                demand(self.is_beaten(told, health), "only a better advert makes a master backup")?;
                self.enters_backup(now, told, health)
            }
            (Role::Master, Role::Master) => {
                let due = sent_before + self.params.interval - slack(self.params.interval);
                let early = told == Told::Tick && sent && !self.answered && now < due;
                demand(!early, "a master sends no more than an advert each interval")?;
                self.reigns(now, told, health, sent)
            }
            (Role::Master, Role::Init) => demand(sent, "a master resigns when it stops"),
            (Role::Init | Role::Fault | Role::Backup, Role::Init | Role::Fault)
            | (Role::Master, Role::Fault) => Ok(()),
        }
    }

    fn acts(&mut self, now: Instant, before: Role, health: Health, action: Action) -> Verdict {
        match action {
            Action::Send { priority: 0, .. } => {
                demand(
                    before == Role::Master && self.holds,
                    "only a master resigns, then releases",
                )?;
            }
            Action::Send { priority, .. } => {
                let master = before == Role::Master || self.role == Role::Master;
                demand(master, "only a master sends adverts")?;
                demand(priority == health.priority, "it sends its effective priority")?;
                self.sent_at = now;
            }
            Action::Hold(_) => {
                self.holds = true;
            }
            Action::Release(_) => {
                demand(self.holds, "it releases what it holds")?;
                self.holds = false;
            }
            Action::Announce { .. } => demand(self.holds, "it announces what it holds")?,
            Action::Report(_) => {}
        }
        Ok(())
    }

    /// RFC 9568 6.4.1 (115) and 6.4.3 (750): the interval is that of the advert, else our own.
    fn enters_backup(&mut self, now: Instant, told: Told, health: Health) -> Verdict {
        let known = match told {
            Told::Advert { interval, .. } => interval,
            _ => self.params.interval,
        };
        self.window = Window {
            from: now,
            wait: Wait::Silence,
            interval: (known, known),
            priority: (health.priority, health.priority),
            lower_at: None,
            reloaded_at: None,
            vague: false,
        };
        Ok(())
    }

    /// RFC 9568 6.4.2: what a backup does with an advert.
    fn waits(&mut self, now: Instant, told: Told, health: Health) -> Verdict {
        let Told::Advert { priority, interval, .. } = told else { return Ok(()) };
        let accepted = priority >= health.priority || !self.params.preempt;
        if priority == 0 {
            let (least, most) = self.window.interval;
            self.window.interval = (least.min(interval), most.max(interval));
            self.window.wait = Wait::Skew;
        } else if accepted || self.leaves_alone(now) {
            self.window.interval = (interval, interval);
            self.window.wait = Wait::Silence;
        } else {
            return Ok(());
        }
        if priority == 0 || priority >= health.priority {
            self.window.lower_at = None;
            self.window.vague = false;
        }
        self.window.from = now;
        self.window.reloaded_at = None;
        self.window.priority = (health.priority, health.priority);
        Ok(())
    }

    /// keepalived's `preempt_delay`: a live master of lower priority counts as a better one for a
    /// while.
    fn leaves_alone(&mut self, now: Instant) -> bool {
        let delay = self.params.preempt_delay;
        delay > Duration::ZERO && now < *self.window.lower_at.get_or_insert(now) + delay
    }

    /// RFC 9568 6.4.3: what a master does with an advert; beyond it, keepalived answers a lower
    /// priority at once.
    fn reigns(&mut self, now: Instant, told: Told, health: Health, sent: bool) -> Verdict {
        demand(!self.is_beaten(told, health), "a master yields to a better advert")?;
        match told {
            Told::Advert { priority: 0, .. } => {
                demand(sent, "a master answers a resignation")?;
                self.answered = true;
            }
            Told::Advert { .. } => self.answered |= sent,
            Told::Tick if sent => self.answered = false,
            Told::Tick
            | Told::Noise
            | Told::Health
            | Told::Start
            | Told::Stop
            | Told::Restored
            | Told::Reload => {
                demand(!sent || told == Told::Tick, "a master sends nothing without a cause")?;
            }
        }
        demand(self.sent_at <= now, "adverts are sent in the past")
    }

    fn is_beaten(&self, told: Told, health: Health) -> bool {
        match told {
            Told::Advert { from, priority, .. } => {
                (priority, from) > (health.priority, self.own) && self.params.priority != 255
            }
            _ => false,
        }
    }

    /// The turn is over: nothing that is due is left undone.
    pub(crate) fn served(&self, now: Instant) -> Verdict {
        match self.role {
            Role::Init | Role::Fault => Ok(()),
            Role::Backup => {
                let late = now > self.latest() + slack(self.window.interval.1);
                demand(
                    !late || self.window.vague,
                    "a backup takes over after the master-down interval",
                )
            }
            Role::Master => {
                let due = self.sent_at + self.params.interval + slack(self.params.interval);
                demand(now <= due, "a master sends an advert each interval")
            }
        }
    }

    fn earliest(&self) -> Instant {
        let Window { from, interval: (least, _), priority: (_, highest), .. } = self.window;
        from + self.silence(least, highest)
    }

    fn latest(&self) -> Instant {
        let Window { from, interval: (_, most), priority: (lowest, _), .. } = self.window;
        self.window.reloaded_at.unwrap_or(from) + self.silence(most, lowest)
    }

    fn silence(&self, interval: Duration, priority: u8) -> Duration {
        let skew = skew(self.params.version, priority, interval);
        match self.window.wait {
            Wait::Silence => interval * u32::from(self.params.down_adverts) + skew,
            Wait::Skew => skew,
            Wait::Interval => self.params.interval,
        }
    }
}

/// What the configuration makes of the world around the router.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Health {
    /// Effective priority.
    pub(crate) priority: u8,
    /// Nothing keeps it from taking part.
    pub(crate) healthy: bool,
}

/// RFC 3768 6.1: parts of a second; RFC 9568 6.1: parts of the interval.
pub(crate) fn skew(version: Version, priority: u8, interval: Duration) -> Duration {
    let unit = match version {
        Version::V2 => Duration::from_secs(1),
        Version::V3 => interval,
    };
    unit * (256 - u32::from(priority)) / 256
}

pub(crate) fn demand(holds: bool, invariant: &str) -> Verdict {
    if holds { Ok(()) } else { Err(invariant.to_owned()) }
}
