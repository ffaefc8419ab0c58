//! Trackers: interfaces by id; names that must be defined somewhere.

use super::instance::Draft;

use super::{Resolver, subject};
use crate::config::IfName;
use crate::config::problem::{Problems, Severity, shown};
use crate::config::schema::Place;
use crate::config::schema::near::near;
use crate::config::sorted::Sorted;
use crate::config::value::Track as Written;
use crate::config::words::{Root, bfd};
use crate::vrrp::{Track, Tracked};

impl Resolver<'_> {
    /// `track_interface` of an instance.
    pub(super) fn tracks(&mut self, draft: &Draft<'_>, own: Option<&IfName>) -> Box<[Track]> {
        let mut names: Sorted<&str> = Sorted::default();
        let mut tracks = Vec::new();
        for written in &draft.written.track_interface.value.0 {
            // The own interface is tracked anyway.
            if own.is_some_and(|own| *written.name == **own) {
                continue;
            }
            let weight = written.weight.unwrap_or(0);
            let what = if names.get(&*written.name).is_some() {
                "is named twice; the first one counts"
            } else if draft.priority == u8::MAX && weight != 0 {
                "has no weight for the owner of the addresses; it is ignored"
            } else {
                names.insert(&written.name);
                match IfName::try_from(&*written.name) {
                    Ok(name) => {
                        let what = Tracked::Link(self.link(&name, written.at.0));
                        let weight = i16::try_from(weight).unwrap_or(0);
                        tracks.push(Track { what, weight, reverse: written.reverse == Some(true) });
                        continue;
                    }
                    Err(_) => "is no name of an interface; accepted: 1 to 15 bytes",
                }
            };
            let name = shown(&written.name);
            let text = format!("{}track_interface: {name} {what}", draft.subject);
            self.tell(Severity::Warning, written.at.0, text);
        }
        tracks.into()
    }
}

/// A kind of thing that is tracked by name.
struct Kind<'a> {
    word: &'static str,
    defined: Sorted<&'a str>,
}

impl Kind<'_> {
    fn check<const MAX: i64>(&self, who: &str, used: &[Written<MAX>], problems: &mut Problems) {
        used.iter().for_each(|track| self.check_name(who, &track.name, track.at, problems));
    }

    fn check_name(&self, who: &str, name: &str, at: Place, problems: &mut Problems) {
        if self.defined.get(name).is_some() {
            return;
        }
        let mut text = format!("{who}there is no {} {}", self.word, shown(name));
        if let Some(near) = near(name, self.defined.keys().copied()) {
            text.push_str(&format!("; did you mean `{}`?", shown(near)));
        }
        problems.add(Severity::Warning, at.0, text);
    }
}

/// Tell of names that are used and defined nowhere.
pub(super) fn names(root: &Root, problems: &mut Problems) {
    let scripts = &root.scripts.value.0;
    let scripts =
        Kind { word: "vrrp_script", defined: scripts.iter().map(|s| &*s.name.0).collect() };
    let files = &root.track_files.value.0;
    let files = Kind { word: "track_file", defined: files.iter().map(|f| &*f.name.0).collect() };
    let processes = &root.track_processes.value.0;
    let processes = Kind {
        word: "vrrp_track_process",
        defined: processes.iter().map(|p| &*p.name.0).collect(),
    };
    let sessions = &root.bfd_instances.value;
    let sessions = Kind { word: "bfd_instance", defined: bfd::names(sessions).collect() };
    let instances = &root.instances.value.0;
    let instances =
        Kind { word: "vrrp_instance", defined: instances.iter().map(|i| &*i.name.0).collect() };
    for instance in &root.instances.value.0 {
        let who = subject(&instance.name.0);
        scripts.check(&who, &instance.track_script.value.0, problems);
        files.check(&who, &instance.track_file.value.0, problems);
        processes.check(&who, &instance.track_process.value.0, problems);
        sessions.check(&who, bfd::tracked(&instance.track_bfd.value), problems);
    }
    let mut members: Sorted<&str> = Sorted::default();
    for group in &root.sync_groups.value.0 {
        let who = format!("vrrp_sync_group {}: ", shown(&group.name.0));
        scripts.check(&who, &group.track_script.value.0, problems);
        files.check(&who, &group.track_file.value.0, problems);
        processes.check(&who, &group.track_process.value.0, problems);
        sessions.check(&who, bfd::tracked(&group.track_bfd.value), problems);
        for (name, at) in &group.group.value.0 {
            instances.check_name(&who, name, *at, problems);
            if !members.insert(name) {
                let text = format!("{who}vrrp_instance {} is in a group already", shown(name));
                problems.add(Severity::Warning, at.0, text);
            }
        }
        let what = match group.group.value.0.len() {
            0 => "has no member, so it does nothing; accepted: group { names of vrrp_instances }",
            1 => "has one member alone, so nothing is in step",
            _ => continue,
        };
        problems.add(Severity::Warning, group.at.0, format!("{who}{what}"));
    }
}
