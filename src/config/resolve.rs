//! As written → as meant: names become ids, defaults are filled in, blocks are held against each
//! other.

mod address;
mod announce;
mod instance;
mod required;
mod script;
mod strict;
mod track;
mod unicast;

use super::problem::{Problems, Severity, shown};
use super::schema::{Block, Field};
use super::sorted::Sorted;
use super::tree::{Pos, Stmt};
use super::words::Root;
use super::words::global::Globals;
use super::{Config, Global, IfName};
use crate::table::{Id, Table};
use crate::vrrp::LinkId;

/// What `default_interface` is if it is not written.
const DEFAULT_INTERFACE: &str = "eth0";

/// The configuration these words mean; what cannot be meant is left out, with a problem.
///
/// `stmts` are the statements the words were read from.
pub fn resolve(root: &Root, stmts: &[Stmt], problems: &mut Problems) -> Config {
    let mut resolver =
        Resolver { root, stmts, problems, links: Sorted::default(), named: Vec::new() };
    let instances = resolver.instances();
    let statics = resolver.statics();
    track::names(root, resolver.problems);
    required::words(stmts, resolver.problems);
    script::shell(stmts, resolver.problems);
    script::security(root, stmts, resolver.problems);
    let (links, link_places) = resolver.into_links();
    Config { global: global(root), links, link_places, instances: Table::new(instances), statics }
}

/// What the parts of this layer work on.
struct Resolver<'a> {
    root: &'a Root,
    stmts: &'a [Stmt],
    problems: &'a mut Problems,
    /// The ids of the interfaces, by name.
    links: Sorted<IfName, LinkId>,
    /// Their names, and where each is named first, by id.
    named: Vec<(IfName, Pos)>,
}

impl<'a> Resolver<'a> {
    fn globals(&self) -> &'a Globals {
        &self.root.globals.value.0
    }

    /// The id of an interface that is named, or meant, there.
    fn link(&mut self, name: &IfName, at: Pos) -> LinkId {
        let next = Id::new(self.named.len());
        let id = *self.links.get_or_insert(name.clone(), next);
        match self.named.get_mut(id.index()) {
            Some((_, first)) => *first = at.min(*first),
            None => self.named.push((name.clone(), at)),
        }
        id
    }

    /// The names of the interfaces by id, and where each is named first.
    fn into_links(self) -> (Box<[IfName]>, Box<[Pos]>) {
        let (names, places): (Vec<_>, Vec<_>) = self.named.into_iter().unzip();
        (names.into(), places.into())
    }

    /// Whether the block of an instance that begins there has a statement, right or wrong.
    fn has_entries(&self, at: Pos) -> bool {
        let blocks = self.stmts.iter().filter_map(|stmt| stmt.block.as_ref());
        let mut inner = blocks.flat_map(|block| &block.stmts);
        let found = inner.find(|stmt| stmt.keyword().at == at).and_then(|stmt| stmt.block.as_ref());
        found.is_some_and(|block| !block.stmts.is_empty())
    }

    fn tell(&mut self, severity: Severity, at: Pos, text: impl Into<Box<str>>) {
        self.problems.add(severity, at, text);
    }

    fn default_interface(&self) -> IfName {
        let eth0 = || IfName::try_from(DEFAULT_INTERFACE).expect("it has four bytes");
        self.globals().default_interface.written().map_or_else(eth0, |iface| iface.0.clone())
    }
}

fn global(root: &Root) -> Global {
    let globals = &root.globals.value.0;
    let seconds = u64::try_from(root.child_wait_time.value.get()).unwrap_or(0);
    Global {
        router_id: globals.router_id.written().map(|id| id.0.clone()),
        instance: root.instance.written().map(|name| name.0.clone()),
        use_pid_dir: root.use_pid_dir.is_written(),
        startup_delay: globals.startup_delay.written().map(|delay| delay.get()).unwrap_or_default(),
        child_wait: crate::machine::Duration::from_secs(seconds),
        umask: globals.umask.written().map(|mask| u32::from(mask.0)),
    }
}

/// What an instance says, else what holds for all.
fn own_or<T: Copy>(own: &Field<T>, global: &Field<T>) -> T {
    *own.written().unwrap_or(&global.value)
}

/// Where a word of a block was written.
fn written(block: &dyn Block, word: &str) -> Option<Pos> {
    let (row, _) = block.table().find(word)?;
    block.field(row).filter(|field| field.is_written()).map(|field| field.at)
}

/// The beginning of what is said of an instance.
fn subject(name: &str) -> String {
    format!("vrrp_instance {}: ", shown(name))
}

#[cfg(test)]
mod tests;
