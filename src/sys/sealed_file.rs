//! A file in memory whose bytes are sealed against every change.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt as _;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// The largest file that [`read`] takes: far above any configuration.
pub const LEN_MAX: usize = 64 << 20;

/// Make a file of `bytes`, named `name` in `/proc` for a person who looks there, and seal it.
///
/// It lives as long as a descriptor of it is open, in whatever process.
///
/// # Errors
/// The kernel is out of memory or has no `memfd_create`, or `name` contains a zero byte.
pub fn create(name: &str, bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut file = File::from(memfd_create(name, flags)?);
    file.write_all(bytes)?;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals()))?;
    Ok(file.into())
}

/// The bytes of a sealed file, whatever the position of the descriptor.
///
/// # Errors
/// `InvalidData` for a descriptor without all the seals or larger than [`LEN_MAX`]; what the kernel
/// says otherwise.
pub fn read(fd: impl AsFd) -> io::Result<Vec<u8>> {
    let file = File::from(fd.as_fd().try_clone_to_owned()?);
    let found =
        fcntl(&file, FcntlArg::F_GET_SEALS).map_or(SealFlag::empty(), SealFlag::from_bits_truncate);
    let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if !found.contains(seals()) || len > LEN_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn seals() -> SealFlag {
    SealFlag::F_SEAL_SEAL | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_WRITE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_read_twice_and_not_written() {
        let fd = create("test", b"vrrp_instance").unwrap();
        assert_eq!(read(&fd).unwrap(), b"vrrp_instance");
        assert_eq!(read(&fd).unwrap(), b"vrrp_instance");
        let mut file = File::from(fd);
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(3).is_err());
    }

    #[test]
    fn an_empty_file_is_a_file() {
        assert_eq!(read(create("empty", b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn a_file_that_can_change_is_refused() {
        let open = memfd_create("open", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING);
        assert_eq!(read(open.unwrap()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(
            read(File::open("/dev/null").unwrap()).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }
}
