//! Reasons not to take part.

use crate::track::link::{LinkId, LinkState};

/// How many reasons are told by name; the rest is counted.
const NAMED_MAX: usize = 4;

/// A reason not to take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The configuration asks for something this build does not do.
    Unsupported,
    /// The router's interface does not exist.
    LinkAbsent(LinkId),
    /// The router's interface is down.
    LinkDown(LinkId),
    /// There is no address to send adverts from.
    NoSource,
    /// A tracked interface is in a state that it should not be in.
    Tracked(LinkId, LinkState),
}

/// All reasons there are at a moment: the first few by name, with the number of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    named: [Option<Fault>; NAMED_MAX],
    others: u16,
}

impl Faults {
    /// Whether there is no reason.
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    /// The first reason.
    pub fn first(&self) -> Option<Fault> {
        self.iter().next()
    }

    /// The first few reasons.
    pub fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.named.iter().copied().flatten()
    }

    /// How many reasons there are beyond those of `iter`.
    pub fn others(&self) -> u16 {
        self.others
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(all: I) -> Self {
        let mut faults = Self::default();
        for fault in all {
            match faults.named.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = Some(fault),
                None => faults.others = faults.others.saturating_add(1),
            }
        }
        faults
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self::from_iter([fault])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_four_reasons_are_named_the_others_counted() {
        let tracked = |n| Fault::Tracked(LinkId::new(n), LinkState::Down);
        for count in 0..7 {
            let all: Vec<Fault> = (0..count).map(tracked).collect();
            let faults: Faults = all.iter().copied().collect();
            let named = count.min(NAMED_MAX);
            assert_eq!(faults.iter().collect::<Vec<_>>(), all[..named]);
            assert_eq!(usize::from(faults.others()), count - named);
            assert_eq!(faults.is_empty(), count == 0);
        }
    }
}
