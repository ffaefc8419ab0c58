//! Files of the configuration, as the disk has them.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};

use nix::libc;

/// The largest file that [`read`] takes: far above any configuration.
pub const LEN_MAX: u64 = 16 << 20;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its permission bits, 0 to 0o7777.
    pub mode: u32,
    /// The user it belongs to.
    pub owner: u32,
    /// The group it belongs to.
    pub group: u32,
}

impl Contents {
    /// Every user of the machine may read it.
    pub fn is_world_readable(&self) -> bool {
        self.mode & 0o004 != 0
    }

    /// Somebody may execute it.
    pub fn is_executable(&self) -> bool {
        self.mode & 0o111 != 0
    }

    /// Others than its owner may write it.
    pub fn is_writable_by_others(&self) -> bool {
        self.mode & 0o022 != 0
    }
}

/// Read a regular file whole.
///
/// # Errors
/// `IsADirectory` for a directory; `InvalidInput` for what is neither file nor directory, such as a
/// FIFO, which might never end; `FileTooLarge` above [`LEN_MAX`]; what the kernel says otherwise.
pub fn read(path: &str) -> io::Result<Contents> {
    // Opening a FIFO without O_NONBLOCK waits for its writer.
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !about.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    file.take(LEN_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LEN_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mode = about.mode() & 0o7777;
    Ok(Contents { bytes, mode, owner: about.uid(), group: about.gid() })
}

/// A path from the root: `path` as seen from where this process is.
pub fn absolute(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let here = std::env::current_dir().unwrap_or_default();
    format!("{}/{path}", here.to_string_lossy().trim_end_matches('/'))
}

/// Make a directory, and those above it; one that is there is left as it is.
///
/// # Errors
/// What the kernel says of the directory itself.
pub fn make_directory(path: &str) -> io::Result<()> {
    let slashes = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    slashes.filter(|above| !above.is_empty()).for_each(|above| {
        std::fs::create_dir(above).ok();
    });
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}

/// The names of what stands in a directory, those that are text; none if it cannot be read.
pub fn list(directory: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

/// The name of this machine, empty if it has none that is text.
pub fn hostname() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_default()
}

/// A variable of the environment; `None` if it is not set or not text.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_with_its_rights() {
        let manifest = read(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
        assert!(manifest.bytes.starts_with(b"[package]"));
        assert!(!manifest.is_executable());
        let shell = read("/bin/sh").unwrap();
        assert!(shell.is_executable() && shell.is_world_readable());
        assert!(!shell.is_writable_by_others());
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let kind = |path: &str| read(path).unwrap_err().kind();
        assert_eq!(kind("/"), io::ErrorKind::IsADirectory);
        assert_eq!(kind("/dev/null"), io::ErrorKind::InvalidInput);
        assert_eq!(kind("/nowhere/at/all"), io::ErrorKind::NotFound);
        assert_eq!(kind("/bin/sh/x"), io::ErrorKind::NotADirectory);
    }

    #[test]
    fn a_directory_is_made_with_those_above_it() {
        let top = format!("/tmp/holdfast-made-{}", std::process::id());
        let path = format!("{top}/a/b");
        make_directory(&path).unwrap();
        make_directory(&path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().is_dir());
        std::fs::remove_dir_all(top).unwrap();
        assert_eq!(make_directory("/proc/none/a").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_path_is_told_from_the_root() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute("a/b.conf"), format!("{}/a/b.conf", here.display()));
        assert_eq!(absolute("/etc/a"), "/etc/a");
    }

    #[test]
    fn the_machine_has_a_name() {
        assert!(!hostname().is_empty());
        assert_eq!(environment("HOLDFAST_IS_NOT_SET"), None);
    }
}
