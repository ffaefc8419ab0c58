//! Things that raise or lower a priority: what is tracked, with which weight.

pub mod link;

use link::{LinkId, Links};

/// What a tracker does to the routers that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// What is tracked.
    pub what: Tracked,
    /// 0: a failure is a fault. Above 0: added to the priority while all is well; below 0: added
    /// while not.
    pub weight: i16,
    /// What the weight adds is subtracted; with weight 0, success is the fault.
    pub reverse: bool,
}

/// The things that can be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// An interface: up and running, or not.
    Link(LinkId),
}

/// What a tracker says to a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Add this to the priority.
    Weigh(i32),
    /// The router cannot take part.
    Fault,
}

impl Track {
    /// What it says while the interfaces are as they are.
    pub fn verdict(&self, links: &Links) -> Verdict {
        let Tracked::Link(link) = self.what;
        let weight = i32::from(self.weight);
        match (weight, links.is_up(link)) {
            (0, well) if well == self.reverse => Verdict::Fault,
            (1.., true) | (..=-1, false) if self.reverse => Verdict::Weigh(-weight),
            (1.., true) | (..=-1, false) => Verdict::Weigh(weight),
            (0, _) | (1.., false) | (..=-1, true) => Verdict::Weigh(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::link::LinkState;
    use super::*;
    use crate::table::Id;

    #[test]
    fn a_weight_counts_while_well_or_while_not_by_its_sign() {
        let link = Id::new(0);
        let what = Tracked::Link(link);
        let cases = [
            // weight, reverse, while up, while down
            (0, false, Verdict::Weigh(0), Verdict::Fault),
            (0, true, Verdict::Fault, Verdict::Weigh(0)),
            (20, false, Verdict::Weigh(20), Verdict::Weigh(0)),
            (20, true, Verdict::Weigh(-20), Verdict::Weigh(0)),
            (-20, false, Verdict::Weigh(0), Verdict::Weigh(-20)),
            (-20, true, Verdict::Weigh(0), Verdict::Weigh(20)),
        ];
        for (weight, reverse, while_up, while_down) in cases {
            let track = Track { what, weight, reverse };
            let mut links = Links::new(1);
            links.set(link, LinkState::Up);
            assert_eq!(track.verdict(&links), while_up, "{track:?}");
            links.set(link, LinkState::Down);
            assert_eq!(track.verdict(&links), while_down, "{track:?}");
        }
    }
}
