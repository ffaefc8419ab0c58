//! Settings of the kernel under `/proc/sys`.

use std::fs::File;
use std::io::{self, Read as _, Write as _};

/// Length of the longest key, in bytes.
pub const KEY_MAX: usize = 100;

/// A number the kernel is set to; `key` is its path below `/proc/sys`, `net/ipv4/ip_forward` say.
///
/// # Errors
/// `NotFound`: no such setting; `InvalidData`: not a number; `InvalidInput`: the key is longer than
/// [`KEY_MAX`], or leads elsewhere.
pub fn read(key: &str) -> io::Result<i64> {
    let mut bytes = [0; 32];
    let len = File::open(path(key)?.as_str())?.read(&mut bytes)?;
    let text = bytes.get(..len).and_then(|bytes| core::str::from_utf8(bytes).ok());
    let number = text.and_then(|text| text.trim_ascii().parse().ok());
    Ok(number.ok_or(io::ErrorKind::InvalidData)?)
}

/// Set the kernel to a number; `key` as for [`read`]. One that is set so already is not written.
///
/// # Errors
/// `PermissionDenied`, `ReadOnlyFilesystem`: not here; otherwise as [`read`], and what the kernel
/// says to a number it does not take.
pub fn write(key: &str, number: i64) -> io::Result<()> {
    if read(key)? == number {
        return Ok(());
    }
    let mut text = heapless::String::<24>::new();
    core::fmt::write(&mut text, format_args!("{number}\n")).map_err(|_| io::ErrorKind::Other)?;
    File::options().write(true).open(path(key)?.as_str())?.write_all(text.as_bytes())
}

fn path(key: &str) -> io::Result<heapless::String<{ ROOT.len() + KEY_MAX }>> {
    let leads_elsewhere = key.split('/').any(|part| matches!(part, "" | "." | ".."));
    let mut path = heapless::String::new();
    if leads_elsewhere || path.push_str(ROOT).is_err() || path.push_str(key).is_err() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(path)
}

const ROOT: &str = "/proc/sys/";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::lab::in_network;
    use crate::sys::rights;

    #[test]
    fn a_number_is_read_and_set() {
        in_network(|| {
            let key = "net/ipv4/conf/left/rp_filter";
            for number in [2, 0, 0, 1] {
                write(key, number).unwrap();
                assert_eq!(read(key).unwrap(), number);
            }
            assert!(write("net/ipv4/ip_default_ttl", 100_000).is_err());
        });
    }

    #[test]
    fn a_child_that_may_manage_the_network_may_set_it_without_being_root() {
        in_network(|| {
            if rights::own_uid() != 0 {
                return;
            }
            let nobody = rights::User { uid: 65534, gid: 65534 };
            match rights::drop_to(Some(nobody), &[rights::Capability::NetAdmin]) {
                Ok(()) => write("net/ipv4/conf/left/rp_filter", 2).unwrap(),
                Err(error) => eprintln!("skipped: no other user here ({error})"),
            }
            assert!(write("kernel/panic", 77).is_err());
        });
    }

    #[test]
    fn a_key_leads_to_a_setting_and_nowhere_else() {
        let kind = |key: &str| read(key).unwrap_err().kind();
        let long = "x".repeat(KEY_MAX + 1);
        for key in ["../self/stat", "net/../../self/stat", "", "/etc/passwd", "net//x", &long] {
            assert_eq!(kind(key), io::ErrorKind::InvalidInput, "{key}");
        }
        assert_eq!(kind("net/nowhere"), io::ErrorKind::NotFound);
        assert_eq!(kind("kernel/ostype"), io::ErrorKind::InvalidData);
    }
}
