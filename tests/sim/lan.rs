//! The wire between the nodes: who hears whom.

use std::net::IpAddr;

/// A packet on its way.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) ttl: u8,
    pub(crate) bytes: Vec<u8>,
}

/// Which directions are cut; a node whose port is down hears nobody, and nobody hears it.
#[derive(Debug)]
pub(crate) struct Lan {
    cut: Vec<Vec<bool>>,
    up: Vec<bool>,
}

impl Lan {
    pub(crate) fn new(nodes: usize) -> Self {
        Self { cut: vec![vec![false; nodes]; nodes], up: vec![true; nodes] }
    }

    pub(crate) fn hears(&self, to: usize, from: usize) -> bool {
        to != from && self.up[to] && self.up[from] && !self.cut[from][to]
    }

    pub(crate) fn cut_one_way(&mut self, from: usize, to: usize) {
        self.cut[from][to] = true;
    }

    /// The nodes of one side hear each other alone; `side` says which side a node is on.
    pub(crate) fn part(&mut self, side: &[bool]) {
        for (from, row) in self.cut.iter_mut().enumerate() {
            for (to, cut) in row.iter_mut().enumerate() {
                *cut = side[from] != side[to];
            }
        }
    }

    /// Everybody hears everybody whose port is up.
    pub(crate) fn mend(&mut self) {
        let nodes = self.up.len();
        self.part(&vec![false; nodes]);
    }

    pub(crate) fn set_port(&mut self, node: usize, up: bool) {
        self.up[node] = up;
    }

    pub(crate) fn is_up(&self, node: usize) -> bool {
        self.up[node]
    }

    /// For each node the least node of its partition; `None` if hearing is not mutual in all of
    /// them.
    pub(crate) fn partitions(&self) -> Option<Vec<usize>> {
        let nodes = self.up.len();
        let together = |a: usize, b: usize| a == b || self.hears(a, b);
        let least = |a: usize| (0..nodes).find(|&b| together(a, b)).unwrap_or(a);
        let parts: Vec<usize> = (0..nodes).map(least).collect();
        for a in 0..nodes {
            for b in 0..nodes {
                if together(a, b) != (parts[a] == parts[b]) {
                    return None;
                }
            }
        }
        Some(parts)
    }
}
