//! The addresses that unicast adverts are configured to come from: whether this machine has them.

use core::net::IpAddr;

use crate::config::Config;

/// The configured ones of all instances, each with whether it is there; on whatever interface.
#[derive(Debug)]
pub(super) struct Own(Box<[(IpAddr, bool)]>);

impl Own {
    /// Those of a configuration, none of them found yet.
    pub(super) fn new(config: &Config) -> Self {
        let unicast = config.instances.iter().filter(|one| one.params.unicast.is_some());
        let mut list: Vec<_> = unicast.filter_map(|one| Some((one.source?, false))).collect();
        list.sort_unstable();
        list.dedup();
        Self(list.into())
    }

    /// Whether it is one of them.
    pub(super) fn names(&self, ip: IpAddr) -> bool {
        self.place(ip).is_some()
    }

    /// Whether this machine has it.
    pub(super) fn has(&self, ip: IpAddr) -> bool {
        self.place(ip).and_then(|at| self.0.get(at)).is_some_and(|(_, here)| *here)
    }

    /// Forget which are there, before a dump that offers them again.
    pub(super) fn forget(&mut self) {
        self.0.iter_mut().for_each(|(_, here)| *here = false);
    }

    /// An address that this machine has.
    pub(super) fn offer(&mut self, ip: IpAddr) {
        if let Some((_, here)) = self.place(ip).and_then(|at| self.0.get_mut(at)) {
            *here = true;
        }
    }

    fn place(&self, ip: IpAddr) -> Option<usize> {
        self.0.binary_search_by_key(&ip, |(ip, _)| *ip).ok()
    }
}
