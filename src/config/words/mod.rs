//! The keyword tables: the top of the language, with what stands outside of all blocks.

#[cfg_attr(not(feature = "checker"), path = "balance_off.rs")]
pub mod balance;
#[cfg_attr(not(feature = "bfd"), path = "bfd_off.rs")]
pub mod bfd;
#[cfg(feature = "checker")]
pub mod checks;
pub mod global;
pub mod group;
#[cfg_attr(not(feature = "smtp"), path = "mail_off.rs")]
pub mod mail;
#[cfg(feature = "checker")]
pub mod real;
#[cfg_attr(not(feature = "routes"), path = "routes_off.rs")]
pub mod routes;
#[cfg(feature = "checker")]
pub mod server;
pub mod statics;
pub mod track;
pub mod vrrp;

use core::fmt::{self, Write};

use super::problem::Problems;
pub use super::schema::Secrets;
use super::schema::{self, Printer, Reader, Table, block};
use super::tree::Stmt;
use super::value::{Address, Flag, Int, List, Many, One, Text, Words};
use global::Globals;
use group::SyncGroup;
use routes::{Routes, Rules};
use statics::{GarpGroup, InterfaceDelays, LinkbeatInterfaces, TrackGroup};
use track::{TrackFile, TrackProcess, VrrpScript};
use vrrp::{AuthHmac, Authentication, Instance};

block! {
    /// What stands outside of all blocks.
    pub struct Root: "" {
        /// What concerns the whole daemon.
        "global_defs" => globals: One<Globals>, Works;
        /// Name of this daemon among several in one namespace; it is part of the names of its
        /// files.
        "instance" => instance: Text, Works;
        /// Put the pid files into a folder of their own.
        "use_pid_dir" => use_pid_dir: Flag, Works;
        /// How long a child may take to stop, in seconds.
        "child_wait_time" => child_wait_time: Int<0, 0x7fff_ffff> = Int::new(5), Works;
        /// Network namespace to run in.
        "net_namespace" => net_namespace: Text, Later;
        /// Network namespace of the load balancer.
        "net_namespace_ipvs" => net_namespace_ipvs: Words<0, 1>, Ignored;
        /// Sets of iptables in namespaces of old kernels.
        "namespace_with_ipsets" => namespace_with_ipsets: Flag, Ignored;
        /// Ask interfaces for their carrier; the kernel's word is taken instead.
        "linkbeat_use_polling" => linkbeat_use_polling: Flag, Later;
        /// Interfaces to ask for their carrier.
        "linkbeat_interfaces" => linkbeat_interfaces: LinkbeatInterfaces, Later;
        /// How long the loss and the return of an interface must last before they count.
        "interface_up_down_delays" => interface_up_down_delays: InterfaceDelays, Later;
        /// Gaps between announcements that interfaces share.
        "garp_group" => garp_groups: Many<GarpGroup>, Ignored;
        /// Instances that have a fault when a static address, route or rule is lost.
        "track_group" => track_groups: Many<TrackGroup>, Ignored;
        /// Addresses set at start and removed at stop.
        "static_ipaddress" => addresses: List<Address>, Works;
        /// Routes set at start and removed at stop.
        "static_routes" => routes: Routes, Later;
        /// Rules set at start and removed at stop.
        "static_rules" => rules: Rules, Later;
        /// A script that is run again and again.
        "vrrp_script" => scripts: Many<VrrpScript>, Later;
        /// A number in a file.
        "track_file" | "vrrp_track_file" => track_files: Many<TrackFile>, Later;
        /// Processes counted by name.
        "vrrp_track_process" => track_processes: Many<TrackProcess>, Later;
        /// A BFD session.
        "bfd_instance" => bfd_instances: bfd::Sessions, Later;
        /// Instances that move together.
        "vrrp_sync_group" => sync_groups: Many<SyncGroup>, Later;
        /// A virtual router.
        "vrrp_instance" => instances: Many<Instance>, Works;
        /// How this machine presents itself in TLS.
        "SSL" => ssl: balance::Tls, Later;
        /// Addresses that a service may have together.
        "virtual_server_group" => virtual_server_groups: balance::Groups, Later;
        /// A service of the load balancer.
        "virtual_server" => virtual_servers: balance::Services, Later;
    }
    old {
        "local_address_group" => "it is a word of another program, DPVS",
    }
}

/// The tables of the blocks that every build has.
const TABLES: &[&Table] = &[
    Root::TABLE,
    Globals::TABLE,
    Instance::TABLE,
    Authentication::TABLE,
    AuthHmac::TABLE,
    SyncGroup::TABLE,
    VrrpScript::TABLE,
    TrackFile::TABLE,
    TrackProcess::TABLE,
    TrackGroup::TABLE,
    GarpGroup::TABLE,
];

/// The tables of all blocks.
fn tables() -> impl Iterator<Item = &'static Table> {
    [TABLES, bfd::TABLES, balance::TABLES].into_iter().flatten().copied()
}

/// The help texts are part of this build.
pub const HAS_MANUAL: bool = cfg!(feature = "manual");

/// Read statements; problems go to `problems`, what is right is kept.
pub fn read(stmts: &[Stmt], problems: &mut Problems) -> Box<Root> {
    let mut root = Box::<Root>::default();
    schema::read::read(&mut *root, stmts, &mut Reader::new(problems));
    root
}

/// Print what was written in its own language, in the order of the tables.
///
/// # Errors
/// Those of `out`.
pub fn dump(root: &Root, secrets: Secrets, out: &mut dyn Write) -> fmt::Result {
    let mut printer = Printer::new(out, secrets);
    printer.rows(root);
    printer.finish()
}

/// Print the manual: of all, of the block named, or of the word named. Whether there is such a
/// topic.
///
/// # Errors
/// Those of `out`.
pub fn manual(topic: Option<&str>, out: &mut dyn Write) -> Result<bool, fmt::Error> {
    if !HAS_MANUAL {
        out.write_str("this build has no manual\n")?;
        return Ok(true);
    }
    let mut found = false;
    for table in tables() {
        let whole = topic.is_none_or(|topic| topic == table.name);
        let word = topic.and_then(|topic| table.find(topic));
        if whole {
            schema::manual::manual(table, None, out)?;
        } else if let Some((row, _)) = word {
            let home = if table.name.is_empty() { "outside of all blocks" } else { table.name };
            writeln!(out, "{home}:")?;
            schema::manual::manual(table, Some(row), out)?;
        }
        found |= whole || word.is_some();
    }
    Ok(found)
}

/// The table of the block of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    tables().find(|table| table.name == name)
}

/// The block that knows a word.
pub(super) fn home(word: &str) -> Option<&'static str> {
    let knows = |table: &'static Table| table.chain().any(|table| table.find(word).is_some());
    tables().find(|table| knows(table)).map(|table| table.name)
}

/// What there is to say of a word that no block knows: the right one, or one that is near.
pub fn instead(word: &str) -> Option<&'static str> {
    let mut old = tables().flat_map(|table| table.old);
    let right = old.find(|(gone, _)| *gone == word).map(|(_, right)| *right);
    let rows = || tables().flat_map(Table::rows).flat_map(schema::Row::words);
    right.or_else(|| schema::near::near(word, rows()))
}

/// A word that is not known, without what may be a secret glued to its keyword.
pub(super) fn without_secret(word: &str) -> &str {
    for secret in ["auth_pass", "password", "key"] {
        let behind = word.strip_prefix(secret).unwrap_or_default();
        let glued =
            !behind.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_');
        if !behind.is_empty() && (glued || secret.len() > 3) {
            return secret;
        }
    }
    word
}

#[cfg(test)]
mod tests;
