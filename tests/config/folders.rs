//! Folders with a configuration, each with all that is said of it.
//!
//! `cases/NAME/keepalived.conf` is loaded as router `main`; `want.problems` is what must be said.
//! With `UPDATE=1` in the environment it is written anew.

use std::path::{Path, PathBuf};

use holdfast::config::source::{Archive, File, FileError, Files};
use holdfast::config::{Options, load};

use crate::disk::Disk;

/// The disk below a folder.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        let full = self.0.join(path);
        let mut file = Disk.read(full.to_str().expect("the path is text"))?;
        file.directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).into();
        Ok(file)
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        Disk.list(self.0.join(directory).to_str().expect("the path is text"))
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        (name == "SITE").then(|| "north".into())
    }

    fn host_name(&mut self) -> Box<str> {
        "main.example.org".into()
    }

    fn seed(&mut self) -> u64 {
        1
    }
}

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/cases");
    let entries = std::fs::read_dir(cases).expect("there are cases").flatten();
    let mut folders: Vec<_> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

#[test]
fn what_is_said_of_a_configuration_is_what_was_agreed() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let loaded = load("keepalived.conf", &mut Folder(folder.clone()), &Options::default());
        let said = loaded.problems.text(&loaded.names);
        let file = folder.join("want.problems");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &said).expect("it can be written");
        }
        let want = std::fs::read_to_string(&file).unwrap_or_default();
        if said != want {
            wrong.push(format!("{}\n--- want\n{want}--- said\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_archive_gives_the_very_same_configuration_in_another_process() {
    for folder in folders() {
        let options = Options::default();
        let mut disk = Folder(folder.clone());
        let mut archive = Archive::new(&mut disk);
        let here = load("keepalived.conf", &mut archive, &options);
        let text = archive.text();
        let mut replay = Archive::parse(&text).expect("it is an archive");
        let there = load("keepalived.conf", &mut replay, &options);
        let said = |loaded: &holdfast::config::Loaded| loaded.problems.json(&loaded.names);
        assert_eq!(said(&here), said(&there), "{}", folder.display());
        assert_eq!(format!("{:?}", here.config), format!("{:?}", there.config));
    }
}
