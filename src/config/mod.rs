//! Text → `Config`, as meant: the steps in order (read, expand, tree, words, resolve).

pub mod expand;
pub mod lex;
pub mod problem;
pub mod resolve;
pub mod schema;
mod sorted;
pub mod source;
pub mod tree;
pub mod value;
pub mod words;

use core::net::IpAddr;

use crate::machine::Duration;
use crate::table::{Id, Table};
use crate::vrrp::{LinkId, Params, RouterId};

use problem::Problems;
use source::{FileError, Files};
use tree::{Pos, Stmt};

/// What a load is told beside the files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What `@id` compares with; the host's name up to its first dot if not given.
    pub config_id: Option<Box<str>>,
    /// Every file that is included must exist.
    pub include_all: bool,
}

/// The statements of a configuration, whatever they mean.
#[derive(Debug)]
pub struct Text {
    /// The statements outside all blocks.
    pub stmts: Vec<Stmt>,
    /// What is wrong with them so far.
    pub problems: Problems,
    /// The names of the files, by `Pos::file`.
    pub names: Box<[Box<str>]>,
    /// Why the main file could not be read; then there are no statements.
    pub failed: Option<FileError>,
}

/// Read the file at `path`, and all it includes.
pub fn read(path: &str, files: &mut dyn Files, options: &Options) -> Text {
    expand::Expander::read(path, files, options)
}

/// What a load made of the files.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration; of what is in error, only what can be used.
    pub config: Config,
    /// Everything that is wrong.
    pub problems: Problems,
    /// The names of the files, by `Pos::file`.
    pub names: Box<[Box<str>]>,
    /// Why the main file could not be read.
    pub failed: Option<FileError>,
}

/// Load the configuration at `path`.
pub fn load(path: &str, files: &mut dyn Files, options: &Options) -> Loaded {
    let Text { stmts, mut problems, names, failed } = read(path, files, options);
    let root = words::read(&stmts, &mut problems);
    let config = resolve::resolve(&root, &stmts, &mut problems);
    Loaded { config, problems, names, failed }
}

/// An interface name, at most 15 bytes.
pub type IfName = heapless::String<15>;

/// A configuration as meant: names are ids, defaults are filled in.
#[derive(Debug, Default)]
pub struct Config {
    /// What concerns the whole daemon.
    pub global: Global,
    /// Names of all interfaces in use; a `LinkId` is a place in this list. The empty one is that of
    /// unicast routers without an interface, whose adverts come and go by any.
    pub links: Box<[IfName]>,
    /// Where each of them is named first.
    pub link_places: Box<[Pos]>,
    /// The virtual routers; entry and engine router have the same index.
    pub instances: Table<Instance>,
    /// `static_ipaddress`.
    pub statics: Box<[Address]>,
}

impl Config {
    /// The instance of a router of the engine.
    pub fn instance(&self, router: RouterId) -> Option<&Instance> {
        self.instances.get(InstanceId::new(router.index()))
    }
}

/// What concerns the whole daemon.
#[derive(Debug, Default)]
pub struct Global {
    /// `router_id`; the driver takes the host's name if there is none.
    pub router_id: Option<Box<str>>,
    /// `instance`: several daemons in one namespace.
    pub instance: Option<Box<str>>,
    /// `use_pid_dir`.
    pub use_pid_dir: bool,
    /// `vrrp_startup_delay`: no transition before.
    pub startup_delay: Duration,
    /// `child_wait_time`: how long a child may take to stop.
    pub child_wait: Duration,
    /// `umask`.
    pub umask: Option<u32>,
}

/// One `vrrp_instance`.
#[derive(Debug)]
pub struct Instance {
    /// Its name.
    pub name: Box<str>,
    /// What the machine knows.
    pub params: Params,
    /// `mcast_src_ip`, `unicast_src_ip`: source of the adverts; else the interface's first address
    /// (link-local in IPv6).
    pub source: Option<IpAddr>,
    /// The addresses: those of the advert in its order, the excluded behind them.
    pub addresses: Box<[Address]>,
}

/// An instance's place in the table: the engine's router has the same index.
pub type InstanceId = Id<Instance>;

/// An address to set on an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Length of its prefix: at most 32 or 128.
    pub prefix: u8,
    /// The interface.
    pub link: LinkId,
    /// The far end of a point-to-point address, with the prefix it then has.
    pub peer: Option<IpAddr>,
    /// Broadcast address.
    pub broadcast: Option<IpAddr>,
    /// Scope by number (0 global, 253 link, 254 host).
    pub scope: u8,
    /// Label, IPv4 alone.
    pub label: Option<IfName>,
    /// Preferred life time in seconds; `None`: for ever.
    pub preferred_lft: Option<u32>,
    /// Have the kernel look for duplicates of an IPv6 address first (`-nodad`, which turns it on).
    pub dad: bool,
    /// Flags of the address beyond the defaults, as the kernel numbers them (`IFA_F_*`).
    pub flags: u32,
}

#[cfg(test)]
pub mod testing;
