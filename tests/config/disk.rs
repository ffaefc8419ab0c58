//! Files of the disk, for tests.

use std::path::Path;

use holdfast::config::source::{File, FileError, Files};

/// The disk, as a process in the folder of the configuration sees it; no environment.
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        let bytes = std::fs::read(path).map_err(|_| FileError::Missing)?;
        let directory = Path::new(path).parent().and_then(Path::to_str).unwrap_or("");
        Ok(File { bytes: bytes.into(), mode: 0o600, directory: directory.into() })
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut names: Vec<Box<str>> =
            entries.filter_map(|entry| Some(entry.file_name().to_str()?.into())).collect();
        names.sort();
        names.into()
    }

    fn environment(&mut self, _: &str) -> Option<Box<str>> {
        None
    }

    fn host_name(&mut self) -> Box<str> {
        "router1.example.org".into()
    }

    fn seed(&mut self) -> u64 {
        1
    }
}
