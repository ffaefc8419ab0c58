//! When gratuitous ARP or neighbour advertisements are sent, from both levels of defaults.

use super::instance::Draft;
use super::own_or;
use crate::config::problem::{Problems, Severity};
use crate::config::schema::Field;
use crate::config::words::global::{Delay, Globals, Repeats};
use crate::machine::Duration;
use crate::vrrp::Announcing;

/// No announcement but the one that there must be.
pub(super) const NONE: Announcing = Announcing {
    repeat: 1,
    delay: Duration::ZERO,
    refresh: Duration::ZERO,
    refresh_repeat: 1,
    lower_prio_repeat: 0,
    lower_prio_delay: Duration::ZERO,
    arp_gap: Duration::ZERO,
    na_gap: Duration::ZERO,
};

/// How an instance announces its addresses.
pub(super) fn announcing(
    draft: &Draft<'_>,
    globals: &Globals,
    problems: &mut Problems,
) -> Announcing {
    let own = draft.written;
    for (word, field) in [
        ("garp_master_repeat", &own.garp_master_repeat),
        ("garp_master_refresh_repeat", &own.garp_master_refresh_repeat),
    ] {
        if field.written().is_some_and(|repeats| repeats.get() == 0) {
            let text = format!("{}{word}: 0 is read as 1", draft.subject);
            problems.add(Severity::Warning, field.at, text);
        }
    }
    let global = global(globals);
    let repeat = |own: &Field<Repeats>, global| own.written().map_or(global, |own| count(*own));
    let delay = |own: &Field<Delay>, global| own.written().map_or(global, |own| seconds(*own));
    Announcing {
        repeat: repeat(&own.garp_master_repeat, global.repeat).max(1),
        delay: delay(&own.garp_master_delay, global.delay),
        refresh: delay(&own.garp_master_refresh, global.refresh),
        refresh_repeat: repeat(&own.garp_master_refresh_repeat, global.refresh_repeat).max(1),
        lower_prio_repeat: repeat(&own.garp_lower_prio_repeat, global.lower_prio_repeat),
        lower_prio_delay: delay(&own.garp_lower_prio_delay, global.lower_prio_delay),
        ..global
    }
}

/// The defaults for all instances. Those of a lower priority follow those of a master.
fn global(globals: &Globals) -> Announcing {
    if globals.min_garp.value.0 {
        // As keepalived: one burst of one frame.
        return Announcing { lower_prio_repeat: 1, ..gaps(globals, NONE) };
    }
    let repeat = &globals.garp_master_repeat;
    let delay = &globals.garp_master_delay;
    let announcing = Announcing {
        repeat: count(repeat.value).max(1),
        delay: seconds(delay.value),
        refresh: seconds(globals.garp_master_refresh.value),
        refresh_repeat: count(globals.garp_master_refresh_repeat.value).max(1),
        lower_prio_repeat: count(own_or(&globals.garp_lower_prio_repeat, repeat)),
        lower_prio_delay: seconds(own_or(&globals.garp_lower_prio_delay, delay)),
        ..NONE
    };
    gaps(globals, announcing)
}

fn gaps(globals: &Globals, announcing: Announcing) -> Announcing {
    Announcing {
        arp_gap: globals.garp_interval.value.get(),
        na_gap: globals.gna_interval.value.get(),
        ..announcing
    }
}

fn count(repeats: Repeats) -> u16 {
    u16::try_from(repeats.get()).unwrap_or(u16::MAX)
}

fn seconds(delay: Delay) -> Duration {
    Duration::from_secs(u64::try_from(delay.get()).unwrap_or(0))
}
