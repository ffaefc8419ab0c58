//! What the configuration beside a capture says the adverts are.

use std::net::IpAddr;
use std::path::Path;

use holdfast::config::{self, Options};
use holdfast::daemon::disk::Disk;
use holdfast::vrrp::Params;

/// The one instance of a configuration.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) params: Params,
    /// All its virtual addresses, advertised or not.
    pub(crate) addresses: Vec<IpAddr>,
}

impl Said {
    /// The instance as the daemon reads it.
    pub(crate) fn read(path: &Path) -> Self {
        let name = path.to_str().unwrap();
        let loaded = config::load(name, &mut Disk, &Options::default());
        let mut instances = loaded.config.instances.iter();
        let (Some(instance), None) = (instances.next(), instances.next()) else {
            panic!("{name}: not one instance: {}", loaded.problems.text(&loaded.names));
        };
        let addresses = instance.addresses.iter().map(|address| address.ip).collect();
        Self { params: instance.params.clone(), addresses }
    }
}
