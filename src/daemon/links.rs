//! The interfaces of this machine beside those of a configuration.

use crate::config::Config;
use crate::config::problem::{Problems, Severity};

/// Note the interfaces that a configuration names, yet this machine does not have. A router waits
/// for its interface, so that this is no error.
pub fn note_absent(config: &Config, problems: &mut Problems) {
    for (name, at) in config.links.iter().zip(&config.link_places) {
        if !std::path::Path::new(&format!("/sys/class/net/{name}")).exists() {
            let text = format!("interface {name} does not exist on this machine");
            problems.add(Severity::Note, *at, text);
        }
    }
}
