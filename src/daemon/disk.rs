//! The configuration's files as they stand on the disk.

use std::io;

use crate::config::source::{File, FileError, Files};
use crate::sys::{files, random};

/// What a load asks, answered by this machine.
#[derive(Debug)]
pub struct Disk;

impl Files for Disk {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        let contents = files::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing,
            io::ErrorKind::IsADirectory => FileError::Directory,
            _ => FileError::Unreadable,
        })?;
        if contents.is_executable() {
            return Err(FileError::Executable);
        }
        let path = files::absolute(path);
        let directory = match path.rsplit_once('/') {
            None | Some(("", _)) => "/",
            Some((directory, _)) => directory,
        };
        Ok(File {
            mode: contents.mode & 0o777,
            bytes: contents.bytes.into(),
            directory: directory.into(),
        })
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        let mut names: Vec<Box<str>> =
            files::list(directory).iter().map(|name| name.as_str().into()).collect();
        names.sort_unstable();
        names.into()
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        files::environment(name).map(Into::into)
    }

    fn host_name(&mut self) -> Box<str> {
        files::hostname().into()
    }

    fn seed(&mut self) -> u64 {
        random::seed().unwrap_or(1)
    }
}
