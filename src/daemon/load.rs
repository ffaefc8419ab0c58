//! A configuration on its way: from the disk into a sealed text, from the text into any process.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use crate::config::source::{Archive, FileError};
use crate::config::{self, Loaded};
use crate::sys::sealed_file;

use super::Settings;
use super::disk::Disk;

/// What was read, with the text that gives the same everywhere.
#[derive(Debug)]
pub(super) struct Fresh {
    /// The result.
    pub(super) loaded: Loaded,
    /// Everything the load asked the machine, sealed.
    pub(super) text: OwnedFd,
}

/// Read the configuration from the disk.
///
/// # Errors
/// The kernel gave no file for the text.
pub(super) fn fresh(settings: &Settings) -> io::Result<Fresh> {
    let mut disk = Disk;
    let mut archive = Archive::new(&mut disk);
    let loaded = config::load(&settings.file, &mut archive, &settings.options);
    let text = sealed_file::create("holdfast-config", &archive.text())?;
    Ok(Fresh { loaded, text })
}

/// Load the same configuration from its text.
///
/// # Errors
/// The descriptor is not such a text.
pub(super) fn replay(text: impl AsFd, settings: &Settings) -> io::Result<Loaded> {
    let text = sealed_file::read(text)?;
    let mut archive = Archive::parse(&text).ok_or(io::ErrorKind::InvalidData)?;
    Ok(config::load(&settings.file, &mut archive, &settings.options))
}

/// Why a configuration cannot be read at all, as a sentence.
pub(super) fn failure(file: &str, error: FileError) -> String {
    format!("{file}: {}", error.text())
}
