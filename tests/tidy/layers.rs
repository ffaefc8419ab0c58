//! Which part of the program may name which: imports go down only.

use super::lex::Token;
use super::source::{Found, Source};

/// The layers of a file and what it may name, by prefix; the longest prefix that fits decides.
struct Layer {
    /// The first folder or file below `src/`.
    of: &'static [&'static str],
    allowed: &'static [&'static str],
    denied: &'static [&'static str],
}

/// What a pure file cannot do although `std` offers it.
const OUTSIDE: [&str; 8] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time",
];

const LAYERS: [Layer; 8] = [
    Layer {
        of: &["deadline.rs", "machine.rs", "table.rs", "prng.rs"],
        allowed: &["core", "smoltcp::time", "crate::machine"],
        denied: &[],
    },
    Layer {
        of: &["wire"],
        allowed: &[
            "core",
            "smoltcp::time",
            "smoltcp::wire",
            // What smoltcp's emitters ask for: which checksums to fill in.
            "smoltcp::phy::ChecksumCapabilities",
            "crate::machine",
            "crate::table",
            "crate::prng",
            "crate::wire",
        ],
        denied: &[],
    },
    Layer {
        of: &["vrrp", "track", "check", "ipvs", "notify"],
        allowed: &[
            "core",
            "std",
            "heapless",
            "smoltcp::time",
            "smoltcp::wire",
            "crate::deadline",
            "crate::machine",
            "crate::table",
            "crate::prng",
            "crate::wire",
        ],
        denied: &OUTSIDE,
    },
    Layer {
        of: &["config"],
        allowed: &["core", "std", "heapless", "smoltcp::time", "smoltcp::wire", "crate"],
        denied: &[
            "crate::sys",
            "crate::daemon",
            "crate::cli",
            "std::env",
            "std::fs",
            "std::io",
            "std::net",
            "std::os",
            "std::process",
            "std::thread",
            "std::time",
        ],
    },
    Layer {
        of: &["sys"],
        allowed: &[
            "core",
            "std",
            "heapless",
            "log",
            "nix",
            "libc",
            "netlink_packet_core",
            "netlink_packet_route",
            "netlink_sys",
            "smoltcp::time",
            "smoltcp::wire",
            "crate::machine",
            "crate::table",
            "crate::prng",
            "crate::wire",
            "crate::sys",
        ],
        denied: &[],
    },
    Layer {
        of: &["daemon"],
        allowed: &["core", "std", "heapless", "log", "crate"],
        denied: &["crate::cli"],
    },
    Layer {
        of: &["cli"],
        allowed: &[
            "core",
            "std",
            "argh",
            "log",
            "crate::cli",
            "crate::config",
            "crate::daemon",
            "crate::machine",
        ],
        denied: &[],
    },
    Layer {
        of: &["main.rs"],
        allowed: &["core", "std", "argh", "log", "crate::cli", "crate::config", "crate::daemon"],
        denied: &[],
    },
];

/// A core may name another core only as this says.
const BETWEEN_CORES: [(&str, &[&str]); 5] = [
    ("vrrp", &["crate::vrrp", "crate::track", "crate::notify"]),
    ("track", &["crate::track"]),
    ("check", &["crate::check", "crate::track::script"]),
    ("ipvs", &["crate::ipvs", "crate::notify"]),
    ("notify", &["crate::notify"]),
];

/// One file may name more than its layer, and says here what.
const EXCEPTIONS: [(&str, &str); 2] = [
    // A program names its allocator in its own file.
    ("src/main.rs", "crate::sys::heap"),
    ("src/wire/ipvs.rs", "netlink_packet_core"),
];

/// The crates of `Cargo.toml` and of the toolchain; what is none of them is a local name.
const CRATES: [&str; 13] = [
    "alloc",
    "argh",
    "core",
    "crate",
    "heapless",
    "libc",
    "log",
    "netlink_packet_core",
    "netlink_packet_route",
    "netlink_sys",
    "nix",
    "smoltcp",
    "std",
];

/// Names outside the file's layer.
pub(crate) fn check(source: &Source) -> Vec<Found> {
    let Some(folder) = source.layer() else { return Vec::new() };
    let tokens: Vec<&Token> = source.shipped().collect();
    let mut found = Vec::new();
    for (path, line) in paths(&tokens) {
        let path = absolute(source, &path);
        let crate_name = path.split("::").next().unwrap_or_default();
        if CRATES.contains(&crate_name) && !may(source, folder, &path) {
            found.push(source.found(line, format!("{folder} may not name {path}")));
        }
    }
    found
}

fn may(source: &Source, folder: &str, path: &str) -> bool {
    if EXCEPTIONS.iter().any(|(file, more)| *file == source.path && within(path, more)) {
        return true;
    }
    // The one place a clock is read.
    if within(path, "std::time") && source.path != "src/sys/clock.rs" {
        return false;
    }
    if BETWEEN_CORES
        .iter()
        .any(|(core, more)| *core == folder && more.iter().any(|prefix| within(path, prefix)))
    {
        return true;
    }
    let Some(layer) = LAYERS.iter().find(|layer| layer.of.contains(&folder)) else {
        // `lib.rs` is a list of modules.
        return false;
    };
    layer.allowed.iter().any(|prefix| within(path, prefix))
        && !layer.denied.iter().any(|prefix| within(path, prefix))
}

fn within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every path of two or more segments, and every name that is imported, with its line.
fn paths(tokens: &[&Token]) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    let mut at = 0;
    let mut imported = false;
    while at < tokens.len() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let token = tokens[at];
        match token.text.as_str() {
            "use" if tokens.get(at + 1).is_some_and(|next| next.text != "<") => imported = true,
            ";" => imported = false,
            _ if is_name(&token.text) && before.is_none_or(|before| before.text != ".") => {
                let first = all.len();
                at = tree(tokens, at, "", &mut all);
                if !imported {
                    all.retain_from(first, |(path, _)| path.contains("::"));
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    all
}

/// Reads the path or the tree of paths at `at` into `all`; gives the index behind it.
fn tree(tokens: &[&Token], at: usize, prefix: &str, all: &mut Vec<(String, usize)>) -> usize {
    let mut path = prefix.to_owned();
    let mut at = at;
    let line = tokens[at].line;
    loop {
        match tokens.get(at).map(|token| token.text.as_str()) {
            Some("{") => return group(tokens, at + 1, &path, all),
            Some(name) if is_name(name) => path = join(&path, name),
            _ => break,
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
    }
    all.push((path, line));
    at
}

/// Reads `a, b::{c}}`; gives the index behind the brace.
fn group(tokens: &[&Token], at: usize, prefix: &str, all: &mut Vec<(String, usize)>) -> usize {
    let mut at = at;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "}" => return at + 1,
            "as" => at += 2,
            "*" => {
                all.push((prefix.to_owned(), token.line));
                at += 1;
            }
            text if is_name(text) || text == "{" => at = tree(tokens, at, prefix, all),
            _ => at += 1,
        }
    }
    at
}

fn join(path: &str, name: &str) -> String {
    match (path, name) {
        ("", _) => name.to_owned(),
        (_, "self") => path.to_owned(),
        _ => format!("{path}::{name}"),
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The path from the crate's root, whichever way it is written.
fn absolute(source: &Source, path: &str) -> String {
    let file = source.path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<&str> = file.split('/').filter(|part| *part != "mod").collect();
    if matches!(file, "lib" | "main") {
        module.clear();
    }
    let mut parts: Vec<&str> = path.split("::").collect();
    match parts[0] {
        "holdfast" => parts[0] = "crate",
        "self" | "super" => {
            let supers = parts.iter().take_while(|part| **part == "super").count();
            module.truncate(module.len().saturating_sub(supers));
            parts.drain(..supers + usize::from(supers == 0));
            parts = ["crate"].into_iter().chain(module).chain(parts).collect();
        }
        _ => {}
    }
    parts.join("::")
}

/// `retain` on the tail of a list.
trait RetainFrom<T> {
    fn retain_from(&mut self, first: usize, keep: impl Fn(&T) -> bool);
}

impl<T> RetainFrom<T> for Vec<T> {
    fn retain_from(&mut self, first: usize, keep: impl Fn(&T) -> bool) {
        let tail = self.split_off(first);
        self.extend(tail.into_iter().filter(keep));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_above_or_beside_its_layer_is_found() {
        for (path, text, line) in [
            ("src/vrrp/a.rs", "//! A.\nuse std::net::IpAddr;", 2),
            ("src/vrrp/a.rs", "\n\nuse std::{cmp, fs};", 3),
            ("src/vrrp/a.rs", "fn f() { crate::config::load() }", 1),
            ("src/vrrp/a.rs", "use super::super::sys;", 1),
            ("src/track/mod.rs", "use crate::vrrp::Params;", 1),
            ("src/vrrp/mod.rs", "use super::{daemon::Turn, table::Id};", 1),
            ("src/wire/a.rs", "use std::vec::Vec;", 1),
            ("src/wire/a.rs", "use netlink_packet_core::Nla;", 1),
            ("src/config/a.rs", "use crate::{sys::files, table};", 1),
            ("src/config/a.rs", "fn f() { std::fs::read(\"x\"); }", 1),
            ("src/config/a.rs", "use nix;", 1),
            ("src/sys/a.rs", "use crate::vrrp::Action;", 1),
            ("src/sys/a.rs", "use std::time::Instant;", 1),
            ("src/daemon/a.rs", "fn f() { ::libc::getpid(); }", 1),
            ("src/daemon/vrrp/a.rs", "use netlink_packet_route::{\n    link,\n};", 2),
            ("src/main.rs", "use holdfast::sys::clock;", 1),
            ("src/lib.rs", "use std::fmt;", 1),
            ("src/table.rs", "use heapless::Vec;", 1),
        ] {
            let found = check(&Source::new(path, text));
            assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>(), [line], "{text}");
        }
    }

    #[test]
    fn names_of_the_layer_pass() {
        for (path, text) in [
            ("src/vrrp/a.rs", "use core::net::IpAddr;\nuse super::params::{self, Params};"),
            ("src/vrrp/a.rs", "#[cfg(test)]\nmod tests { use std::net::IpAddr; }"),
            ("src/vrrp/tests.rs", "use std::time::Duration;"),
            ("src/vrrp/a.rs", "fn f<T>() -> impl X + use<T> {\n    self.log()\n}"),
            ("src/wire/ipvs.rs", "use netlink_packet_core::Nla;"),
            ("src/config/a.rs", "use std::collections::BTreeMap;\nuse crate::vrrp::Params;"),
            ("src/sys/clock.rs", "use std::time::Instant;"),
            ("src/sys/a.rs", "use super::clock::now;\nuse nix::libc;"),
            ("src/daemon/a.rs", "use crate::{config::Config, sys::poll, vrrp::Engine};"),
            ("src/daemon/a.rs", "fn f(x: X) { x.libc; let nix = 1; config::load(); }"),
            ("src/vrrp/a.rs", "/// See `std::net::IpAddr`.\nfn f() { g(\"std::fs::x\") }"),
            ("tests/netns/a.rs", "use std::net::IpAddr;"),
        ] {
            assert_eq!(check(&Source::new(path, text)), [], "{text}");
        }
    }
}
