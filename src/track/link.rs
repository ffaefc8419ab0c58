//! Interfaces going up or down.

use crate::table::Id;

/// Marker of the table of interfaces.
#[derive(Clone, Copy, Debug)]
pub enum Link {}

/// An interface by its place in the configuration's list of interface names.
pub type LinkId = Id<Link>;

/// The state of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// There is no interface of this name.
    Absent,
    /// It is there, but down or without carrier.
    Down,
    /// It is up and running.
    Up,
}

/// The states of all interfaces in use.
#[derive(Debug)]
pub struct Links(Box<[LinkState]>);

impl Links {
    /// As many interfaces, all of them absent until something else is told.
    pub fn new(count: usize) -> Self {
        Self((0..count).map(|_| LinkState::Absent).collect())
    }

    /// The state of an interface; one that is not in use is absent.
    pub fn state(&self, link: LinkId) -> LinkState {
        self.0.get(link.index()).copied().unwrap_or(LinkState::Absent)
    }

    /// Whether an interface is up.
    pub fn is_up(&self, link: LinkId) -> bool {
        self.state(link) == LinkState::Up
    }

    /// Notes a state; one of an interface that is not in use is not noted.
    pub fn set(&mut self, link: LinkId, state: LinkState) {
        if let Some(entry) = self.0.get_mut(link.index()) {
            *entry = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_absent_until_something_else_is_told() {
        let mut links = Links::new(1);
        let (here, elsewhere) = (Id::new(0), Id::new(1));
        assert_eq!(links.state(here), LinkState::Absent);
        links.set(here, LinkState::Up);
        links.set(elsewhere, LinkState::Up);
        assert!(links.is_up(here) && !links.is_up(elsewhere));
        links.set(here, LinkState::Down);
        assert_eq!(links.state(here), LinkState::Down);
    }
}
