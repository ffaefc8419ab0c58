//! The addresses an interface has, as the kernel shows them.

use super::space::Space;

/// One address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The interface.
    pub(crate) dev: String,
    /// `192.0.2.100/24`: with its prefix length unless it has a peer.
    pub(crate) local: String,
    pub(crate) peer: Option<String>,
    pub(crate) broadcast: Option<String>,
    pub(crate) scope: String,
    /// Flags such as `nodad`, `secondary`, `tentative`.
    pub(crate) flags: Vec<String>,
    pub(crate) label: Option<String>,
}

/// All addresses in a namespace.
pub(crate) fn all(space: &Space) -> Vec<Address> {
    space.ip_shows("-o addr show").lines().filter_map(read).collect()
}

/// The addresses of an interface.
pub(crate) fn on(space: &Space, dev: &str) -> Vec<Address> {
    all(space).into_iter().filter(|address| address.dev == dev).collect()
}

/// Whether an address (with prefix length or without) is on any interface of a namespace.
pub(crate) fn has(space: &Space, wanted: &str) -> bool {
    all(space).iter().any(|address| {
        let bare = address.local.split('/').next().unwrap_or_default();
        address.local == wanted || bare == wanted
    })
}

/// `2: eth0    inet 192.0.2.1/24 brd 192.0.2.255 scope global secondary eth0:v1\       valid_lft
/// ...`
fn read(line: &str) -> Option<Address> {
    let (line, _) = line.split_once('\\')?;
    let mut words = line.split_whitespace().skip(1);
    let dev = words.next()?.to_owned();
    let family = words.next()?;
    if family != "inet" && family != "inet6" {
        return None;
    }
    let mut address = Address {
        dev: dev.clone(),
        local: words.next()?.to_owned(),
        peer: None,
        broadcast: None,
        scope: String::new(),
        flags: Vec::new(),
        label: None,
    };
    while let Some(word) = words.next() {
        match word {
            "peer" => address.peer = words.next().map(str::to_owned),
            "brd" => address.broadcast = words.next().map(str::to_owned),
            "scope" => address.scope = words.next()?.to_owned(),
            "metric" | "proto" => drop(words.next()),
            _ if word.starts_with(&dev) => address.label = Some(word.to_owned()),
            _ => address.flags.push(word.to_owned()),
        }
    }
    Some(address)
}
