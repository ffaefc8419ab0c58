//! What the configuration beside a capture says the adverts are.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use holdfast::machine::Duration;
use holdfast::wire::vrrp::{Auth, Version};

/// The part of a configuration that is in its adverts.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) version: Version,
    pub(crate) vrid: u8,
    pub(crate) priority: u8,
    pub(crate) interval: Duration,
    pub(crate) auth: Auth,
    pub(crate) addresses: Vec<IpAddr>,
    /// Addresses that are announced, yet in no advert.
    pub(crate) excluded: Vec<IpAddr>,
}

impl Said {
    /// Reads one word a line, as the configurations of the captures have it.
    pub(crate) fn read(path: &Path) -> Self {
        let mut said = Self {
            version: Version::V2,
            vrid: 0,
            priority: 0,
            interval: Duration::ZERO,
            auth: Auth::None,
            addresses: Vec::new(),
            excluded: Vec::new(),
        };
        let mut block = String::new();
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match (block.as_str(), words.as_slice()) {
                (_, [name, .., "{"]) => block = (*name).to_owned(),
                (_, ["}"]) => block.clear(),
                ("virtual_ipaddress", [address, ..]) => said.addresses.push(bare(address)),
                ("virtual_ipaddress_excluded", [address, ..]) => said.excluded.push(bare(address)),
                (_, [word, value, ..]) => said.set(word, value),
                _ => {}
            }
        }
        said
    }

    fn set(&mut self, word: &str, value: &str) {
        match word {
            "vrrp_version" if value == "3" => self.version = Version::V3,
            "virtual_router_id" => self.vrid = value.parse().unwrap(),
            "priority" => self.priority = value.parse().unwrap(),
            "advert_int" => self.interval = centis(value),
            "auth_pass" => {
                let mut text = [0; 8];
                text[..value.len()].copy_from_slice(value.as_bytes());
                self.auth = Auth::Simple(text);
            }
            _ => {}
        }
    }
}

fn bare(address: &str) -> IpAddr {
    address.split('/').next().unwrap().parse().unwrap()
}

/// Seconds with at most two digits behind the point.
fn centis(text: &str) -> Duration {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let centis: u64 = format!("{whole}{part:0<2}").parse().unwrap();
    Duration::from_millis(centis * 10)
}
