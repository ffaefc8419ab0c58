//! The keyword tables: the top of the language, with what stands outside of all blocks.

pub mod global;
pub mod vrrp;

use core::fmt::{self, Write};

use super::problem::Problems;
use super::schema::{self, Printer, Reader, Secrets, Table, block};
use super::tree::Stmt;
use super::value::{Address, Flag, Int, List, Many, One, Text};
use global::Globals;
use vrrp::Instance;

block! {
    /// What stands outside of all blocks.
    pub struct Root: "" {
        /// What concerns the whole daemon.
        "global_defs" => globals: One<Globals>, Works;
        /// Name of this daemon among several in one namespace; it is part of the names of its files.
        "instance" => instance: Text, Works;
        /// Put the pid files into a folder of their own.
        "use_pid_dir" => use_pid_dir: Flag, Works;
        /// How long a child may take to stop, in seconds.
        "child_wait_time" => child_wait_time: Int<0, 3600> = Int::new(5), Works;
        /// Addresses set at start and removed at stop.
        "static_ipaddress" => addresses: List<Address>, Works;
        /// A virtual router.
        "vrrp_instance" => instances: Many<Instance>, Works;
    }
}

/// The tables of all blocks.
const TABLES: &[fn() -> Box<dyn schema::Block>] = &[
    || Box::new(Root::default()),
    || Box::new(Globals::default()),
    || Box::new(Instance::default()),
];

/// Read statements; problems go to `problems`, what is right is kept.
pub fn read(stmts: &[Stmt], problems: &mut Problems) -> Root {
    let mut root = Root::default();
    schema::read::read(&mut root, stmts, &mut Reader::new(problems));
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

/// Print the manual: of all, of the block named, or of the word named. Whether there is such a topic.
///
/// # Errors
/// Those of `out`.
pub fn manual(topic: Option<&str>, out: &mut dyn Write) -> Result<bool, fmt::Error> {
    if !cfg!(feature = "manual") {
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

/// The block that knows a word.
pub(super) fn home(word: &str) -> Option<&'static str> {
    tables().find(|table| table.find(word).is_some()).map(|table| table.name)
}

fn tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().map(|fresh| fresh().table())
}

#[cfg(test)]
mod tests;
