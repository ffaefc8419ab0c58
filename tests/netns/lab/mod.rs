//! A laboratory for daemons: routers in network namespaces, with a listener on their link.
//!
//! A case runs in namespaces of its own (network, mount, process ids; users too where the caller is
//! not root), so it leaves nothing behind however it ends.

// Two suites share these files, and neither needs all of them.
#![allow(dead_code, unused_imports)]

pub(crate) mod address;
pub(crate) mod config;
pub(crate) mod daemon;
pub(crate) mod inject;
pub(crate) mod net;
pub(crate) mod runner;
pub(crate) mod space;
pub(crate) mod wait;
pub(crate) mod wire;

pub(crate) use config::{Config, VIP, near};
pub(crate) use daemon::{Daemon, Kind};
pub(crate) use net::{Net, Router};
pub(crate) use runner::{Case, skip};
pub(crate) use wait::{ms, secs, sleep, stays, wait_until};
