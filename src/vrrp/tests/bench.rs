//! A router on the bench: steps of a transcript, with the packets they need.

use core::net::{IpAddr, Ipv4Addr};

use super::super::*;
use crate::machine::Duration;
use crate::wire::vrrp::{ADVERT_MAX, AdvertRepr};

pub(super) const ONE: RouterId = Id::FIRST;
pub(super) const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
/// Higher than ours.
pub(super) const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));
/// Lower than ours.
pub(super) const LOW: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(super) const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));

/// Milliseconds of a transcript.
#[allow(clippy::cast_possible_truncation, reason = "transcripts are minutes long")]
pub(super) fn at(ms: f64) -> Instant {
    Instant::from_micros((ms * 1000.0).round() as i64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative")]
pub(super) fn span(ms: f64) -> Duration {
    Duration::from_micros((ms * 1000.0).round() as u64)
}

/// Version 3, an advert a second, one address, nothing announced twice.
pub(super) fn params(priority: u8) -> Params {
    Params {
        version: Version::V3,
        family: Family::V4,
        vrid: 7,
        priority,
        interval: Duration::from_secs(1),
        down_adverts: 3,
        preempt: true,
        preempt_delay: Duration::ZERO,
        begin: if priority == 255 { Begin::Master } else { Begin::Backup },
        auth: Auth::None,
        link: Id::new(0),
        group: GROUP,
        unicast: None,
        track_link: true,
        tracks: Box::new([]),
        addresses: Box::new([Ipv4Addr::new(192, 0, 2, 1).into()]),
        announced: 1,
        announcing: Announcing {
            repeat: 1,
            delay: Duration::ZERO,
            refresh: Duration::ZERO,
            refresh_repeat: 1,
            lower_prio_repeat: 1,
            lower_prio_delay: Duration::ZERO,
            arp_gap: Duration::ZERO,
            na_gap: Duration::ZERO,
        },
        skip_check_addresses: false,
        lower_prio_no_advert: false,
        higher_prio_send_advert: false,
        unsupported: false,
    }
}

/// What the router on the bench is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said {
    Input(Input<'static>),
    /// An advert of this priority from there, with an interval.
    Advert(IpAddr, u8, Duration),
}

impl From<Input<'static>> for Said {
    fn from(input: Input<'static>) -> Self {
        Self::Input(input)
    }
}

/// An advert of the peer, whose address is higher than ours.
pub(super) fn heard(priority: u8) -> Said {
    Said::Advert(PEER, priority, Duration::from_secs(1))
}

/// An advert of one whose address is lower than ours.
pub(super) fn heard_low(priority: u8) -> Said {
    Said::Advert(LOW, priority, Duration::from_secs(1))
}

pub(super) fn send(priority: u8) -> Action {
    Action::Send { router: ONE, priority }
}

pub(super) fn announce(times: u16) -> Action {
    Action::Announce { router: ONE, first: 0, count: 1, times }
}

pub(super) fn report(from: Role, to: Role, cause: Cause) -> Action {
    Action::Report(Event::State { router: ONE, from, to, cause })
}

pub(super) fn silence(ms: f64) -> Cause {
    Cause::Silence(span(ms))
}

pub(super) fn master(priority: u8, cause: Cause) -> [Action; 4] {
    [send(priority), Action::Hold(ONE), announce(1), report(Role::Backup, Role::Master, cause)]
}

/// One router, its interface up and with an address.
pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) packet: Params,
}

impl Bench {
    pub(super) fn new(params: Params) -> Self {
        Self::with(params, Options::default())
    }

    pub(super) fn with(params: Params, options: Options) -> Self {
        let packet = params.clone();
        let engine = Engine::new(Table::new([params]), options);
        let mut bench = Self { engine, packet };
        bench.tell(0.0, Input::Link { link: Id::new(0), state: LinkState::Up });
        bench.tell(0.0, Input::Source { router: ONE, address: Some(OURS) });
        bench
    }

    /// One step of the transcript: when, what, the answer, the time of the next call or 0 for
    /// never.
    pub(super) fn step(
        &mut self,
        ms: impl Into<f64>,
        said: impl Into<Said>,
        want: &[Action],
        next: impl Into<f64>,
    ) -> &mut Self {
        let (ms, said, next) = (ms.into(), said.into(), next.into());
        let answer = self.tell(ms, said);
        assert_eq!(answer, want, "at {ms} ms: {said:?}");
        let poll_at = self.engine.poll_at();
        assert_eq!(poll_at, (next > 0.0).then(|| at(next)), "after {said:?} at {ms} ms");
        self
    }

    /// Starts the router, whatever it answers.
    pub(super) fn up(&mut self, ms: impl Into<f64>) -> &mut Self {
        self.tell(ms.into(), Input::Start(ONE));
        self
    }

    pub(super) fn tell(&mut self, ms: f64, said: impl Into<Said>) -> Vec<Action> {
        let now = at(ms);
        match said.into() {
            Said::Input(input) => self.engine.handle(now, input).collect(),
            Said::Advert(from, priority, interval) => {
                let Params { version, family, vrid, auth, .. } = self.packet;
                let addresses = &self.packet.addresses;
                let repr =
                    AdvertRepr { version, family, vrid, priority, interval, auth, addresses };
                let mut buffer = [0; ADVERT_MAX];
                let length = repr.emit(&mut buffer, from, self.packet.group);
                self.hear(now, from, 255, &buffer[..length])
            }
        }
    }

    pub(super) fn hear(
        &mut self,
        now: Instant,
        from: IpAddr,
        ttl: u8,
        bytes: &[u8],
    ) -> Vec<Action> {
        let (link, to) = (self.packet.link, self.packet.group);
        self.engine.handle(now, Input::Packet { link, from, to, ttl, bytes }).collect()
    }

    pub(super) fn role(&self) -> Role {
        self.engine.routers()[ONE].role()
    }
}
