//! Real configurations, printed in their own language.

use std::path::Path;

use holdfast::config::problem::{Problems, Severity};
use holdfast::config::source::{File, FileError, Files};
use holdfast::config::{self, Options, words};

use crate::words::shared;

/// Files of the disk.
struct Disk;

impl Files for Disk {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        let bytes = std::fs::read(path).map_err(|_| FileError::Missing)?.into();
        let directory = path.rsplit_once('/').map_or(".", |(directory, _)| directory).into();
        Ok(File { bytes, mode: 0o600, directory })
    }

    fn list(&mut self, _: &str) -> Box<[Box<str>]> {
        Box::default()
    }

    fn environment(&mut self, _: &str) -> Option<Box<str>> {
        None
    }

    fn host_name(&mut self) -> Box<str> {
        "host".into()
    }

    fn seed(&mut self) -> u64 {
        1
    }
}

/// A configuration in memory.
struct Memory(String);

impl Files for Memory {
    fn read(&mut self, _: &str) -> Result<File, FileError> {
        Ok(File { bytes: self.0.as_bytes().into(), mode: 0o600, directory: ".".into() })
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        Disk.list(directory)
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        Disk.environment(name)
    }

    fn host_name(&mut self) -> Box<str> {
        Disk.host_name()
    }

    fn seed(&mut self) -> u64 {
        1
    }
}

fn load(path: &str, files: &mut dyn Files) -> (words::Root, Problems) {
    let mut text = config::read(path, files, &Options::default());
    let root = words::read(&text.stmts, &mut text.problems);
    (*root, text.problems)
}

fn lines(problems: &Problems, from: Severity) -> Vec<String> {
    let grave = problems.sorted().into_iter().filter(|problem| problem.severity >= from);
    grave
        .map(|problem| format!("{}:{} {}", problem.at.line, problem.at.column, problem.text))
        .collect()
}

/// All configurations of the corpus by name.
fn corpus(shared: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in [shared.join("corpus"), shared.join("corpus/seeds")] {
        for entry in std::fs::read_dir(folder).expect("it can be listed") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_some_and(|end| end == "conf") {
                let name = path.file_name().expect("a file has a name").to_string_lossy().into();
                files.push((name, path.to_string_lossy().into()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_dump_of_every_real_configuration_is_a_fixed_point() {
    let Some(shared) = shared() else { return };
    for (name, path) in corpus(&shared) {
        let (root, _) = load(&path, &mut Disk);
        for secrets in [words::Secrets::Shown, words::Secrets::Hidden] {
            let mut once = String::new();
            words::dump(&root, secrets, &mut once).expect("a string takes every text");
            let (again, problems) = load("dump", &mut Memory(once.clone()));
            let mut twice = String::new();
            words::dump(&again, secrets, &mut twice).expect("a string takes every text");
            assert_eq!(once, twice, "{name}");
            assert!(secrets == words::Secrets::Hidden || root == again, "{name}: {once}");
            let grave = lines(&problems, Severity::Error);
            assert!(
                grave.is_empty() || secrets == words::Secrets::Hidden,
                "{name}: {grave:?}\n{once}"
            );
        }
    }
}
