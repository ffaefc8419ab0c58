//! `vrrp_strict`: what of it is seen on the wire.

use super::instance::Draft;
use crate::config::problem::{Problems, Severity};
use crate::config::words::global::Globals;
use crate::config::words::vrrp::{Instance, State};
use crate::machine::Duration;
use crate::vrrp::{Auth, Params};

/// Whether an instance keeps to the RFC.
pub(super) fn is_strict(written: &Instance, globals: &Globals) -> bool {
    match written.strict_mode.written() {
        Some(own) => own.0,
        None => globals.strict.is_written(),
    }
}

/// Undo what a strict peer would not do either, and say so.
pub(super) fn apply(draft: &Draft<'_>, params: &mut Params, problems: &mut Problems) {
    let written = draft.written;
    let mut tell = |at, what: &str| {
        problems.add(Severity::Warning, at, format!("{}{what}", draft.subject));
    };
    if params.auth != Auth::None {
        tell(written.authentication.at, "authentication: strict mode has none; it is ignored");
        params.auth = Auth::None;
    }
    if params.preempt_delay != Duration::ZERO {
        tell(written.preempt_delay.at, "preempt_delay: strict mode has none; it is ignored");
        params.preempt_delay = Duration::ZERO;
    }
    if written.state.written() == Some(&State::Master) && draft.priority != u8::MAX {
        tell(written.state.at, "state: in strict mode MASTER is for priority 255 alone");
    }
    if written.higher_prio_send_advert.written().is_some_and(|word| word.0) {
        tell(written.higher_prio_send_advert.at, "higher_prio_send_advert: not in strict mode");
    }
    if written.down_timer_adverts.written().is_some_and(|count| count.get() != 3) {
        tell(written.down_timer_adverts.at, "down_timer_adverts: strict mode has 3");
    }
    params.down_adverts = 3;
    params.lower_prio_no_advert = true;
    params.higher_prio_send_advert = false;
}
