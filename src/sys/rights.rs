//! What a process may do: its user, its capabilities, its lack of a way to more.

#![allow(unsafe_code)]

use std::io;

use nix::errno::Errno;
use nix::libc;
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};

use super::files;

/// A right that root is divided into; the numbers are the kernel's (linux/capability.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Capability {
    /// Signal the processes of every user.
    Kill = 5,
    /// Become another group.
    SetGid = 6,
    /// Become another user.
    SetUid = 7,
    /// Take rights from the bounding set, as [`drop_to`] does.
    SetPcap = 8,
    /// Change addresses, routes, interfaces, IPVS.
    NetAdmin = 12,
    /// Open raw sockets.
    NetRaw = 13,
    /// Lock memory.
    IpcLock = 14,
    /// Run before others, in real time too.
    SysNice = 23,
}

/// A user of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number.
    pub uid: u32,
    /// The number of its first group.
    pub gid: u32,
}

/// Look up a user of this machine itself by its name; `None` if there is none, or no list of them.
///
/// The list is read here: what the C library does to find a user is twenty times the code.
pub fn user(name: &str) -> Option<User> {
    let list = files::read("/etc/passwd").ok()?;
    list.bytes.split(|&byte| byte == b'\n').find_map(|line| entry(line, name))
}

/// The numbers in a line of passwd(5), `name:password:uid:gid:...`, if it is that user's.
fn entry(line: &[u8], name: &str) -> Option<User> {
    let mut parts = line.split(|&byte| byte == b':');
    if parts.next()? != name.as_bytes() {
        return None;
    }
    parts.next()?;
    // The last number means "as it is" to the kernel.
    let mut number = || {
        let number = core::str::from_utf8(parts.next()?).ok()?.parse().ok();
        number.filter(|&number| number != u32::MAX)
    };
    Some(User { uid: number()?, gid: number()? })
}

/// The user this process runs as.
pub fn own_uid() -> u32 {
    Uid::effective().as_raw()
}

/// Become `user` (`None`: stay who we are) for good, with exactly the rights in `keep`: for a child
/// that reads what strangers send.
///
/// Its other groups are left, and what is not kept cannot come back, not even with a program that
/// is executed. The kernel forgets [`super::process::die_with_parent`] with the change of the user.
///
/// # Errors
/// A right to be kept is missing, or `CAP_SETUID`, `CAP_SETGID`. The process may have lost some
/// rights by then, and must not go on.
pub fn drop_to(user: Option<User>, keep: &[Capability]) -> io::Result<()> {
    let permitted = read()?.permitted;
    write(Sets { effective: permitted, permitted, inheritable: 0 })?;
    let keep = mask(keep);
    drop_bounding(keep)?;
    if let Some(user) = user {
        prctl::set_keepcaps(true)?;
        let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
        setgroups(&[gid])?;
        setresgid(gid, gid, gid)?;
        setresuid(uid, uid, uid)?;
        prctl::set_keepcaps(false)?;
    }
    write(Sets { effective: keep, permitted: keep, inheritable: 0 })
}

/// Stay the same user with the rights in `use_now`, and those in `hand_down` for children of a
/// fork, which take them by [`drop_to`]: for a parent.
///
/// A program that root executes has all rights again. Rights that are not there are no error.
///
/// # Errors
/// None is known.
pub fn restrict(use_now: &[Capability], hand_down: &[Capability]) -> io::Result<()> {
    let permitted = read()?.permitted & (mask(use_now) | mask(hand_down));
    let effective = permitted & mask(use_now);
    write(Sets { effective, permitted, inheritable: 0 })
}

/// The rights in force, bit n for capability n.
///
/// # Errors
/// None is known.
pub fn effective() -> io::Result<u64> {
    Ok(read()?.effective)
}

/// This process has the right in force.
pub fn has(capability: Capability) -> bool {
    effective().is_ok_and(|rights| rights & mask(&[capability]) != 0)
}

/// Never get more rights than now, neither by a set-uid program nor by one with capabilities.
///
/// # Errors
/// The kernel is older than 3.5.
pub fn no_new_privileges() -> io::Result<()> {
    Ok(prctl::set_no_new_privs()?)
}

fn mask(capabilities: &[Capability]) -> u64 {
    capabilities.iter().fold(0, |mask, &capability| mask | 1 << (capability as u8))
}

/// Without CAP_SETPCAP the bounding set stays as it is: it matters only to programs executed later,
/// which [`no_new_privileges`] keeps from gaining.
fn drop_bounding(keep: u64) -> io::Result<()> {
    for number in 0..64_u8 {
        if keep & (1 << number) != 0 {
            continue;
        }
        let number = libc::c_ulong::from(number);
        // SAFETY: it takes numbers only.
        match Errno::result(unsafe { libc::prctl(libc::PR_CAPBSET_DROP, number, NONE, NONE, NONE) })
        {
            Ok(_) => {}
            // EINVAL: this kernel has no capability of that number, nor of a greater one.
            Err(Errno::EPERM | Errno::EINVAL) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The three sets of a process, bit n for capability n.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sets {
    effective: u64,
    permitted: u64,
    inheritable: u64,
}

fn read() -> io::Result<Sets> {
    let header = Header { version: VERSION_3, pid: 0 };
    let mut halves = [Half::default(); 2];
    let (to, from) = (&raw mut halves, &raw const header);
    // SAFETY: the kernel reads a header, and writes two halves, as version 3 says.
    Errno::result(unsafe { libc::syscall(libc::SYS_capget, from, to) })?;
    let [low, high] = halves;
    let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    Ok(Sets {
        effective: join(low.effective, high.effective),
        permitted: join(low.permitted, high.permitted),
        inheritable: join(low.inheritable, high.inheritable),
    })
}

/// The ambient set follows: it has nothing that is not permitted, and inheritable.
fn write(sets: Sets) -> io::Result<()> {
    let header = Header { version: VERSION_3, pid: 0 };
    let half = |shift: u32| Half {
        effective: low_bits(sets.effective >> shift),
        permitted: low_bits(sets.permitted >> shift),
        inheritable: low_bits(sets.inheritable >> shift),
    };
    let halves = [half(0), half(32)];
    let (data, header) = (&raw const halves, &raw const header);
    // SAFETY: the kernel reads a header and two halves, as version 3 says.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, header, data) })?;
    Ok(())
}

fn low_bits(set: u64) -> u32 {
    u32::try_from(set & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// An argument that is not used.
const NONE: libc::c_ulong = 0;

/// _LINUX_CAPABILITY_VERSION_3: 64 bits in two halves.
const VERSION_3: u32 = 0x2008_0522;

/// __user_cap_header_struct.
#[repr(C)]
struct Header {
    version: u32,
    /// 0: this process.
    pid: libc::c_int,
}

/// __user_cap_data_struct.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::frame::Frames;
    use crate::sys::lab::in_child;
    use crate::sys::process::Exit;

    const NET: [Capability; 2] = [Capability::NetAdmin, Capability::NetRaw];
    const NOBODY: User = User { uid: 65534, gid: 65534 };

    /// Run in a child that has all rights, or not at all.
    fn as_root(test: impl FnOnce()) {
        if own_uid() != 0 || !has(Capability::SetUid) {
            eprintln!("skipped: not root");
            return;
        }
        let exit = in_child(|| {
            test();
            0
        });
        assert_eq!(exit, Exit::Code(0));
    }

    #[test]
    fn a_child_keeps_its_two_rights_and_no_other() {
        as_root(|| {
            drop_to(Some(NOBODY), &NET).unwrap();
            assert_eq!(effective().unwrap(), 1 << 12 | 1 << 13);
            assert_eq!(read().unwrap().permitted, 1 << 12 | 1 << 13);
            assert_eq!(own_uid(), 65534);
            assert!(setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)).is_err());
            Frames::open().unwrap();
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            assert!(status.contains("CapBnd:\t0000000000003000\n"), "{status}");
            assert!(status.contains("CapInh:\t0000000000000000\n"), "{status}");
            assert!(status.contains("CapAmb:\t0000000000000000\n"), "{status}");
            assert!(status.contains("Groups:\t65534 \n"), "{status}");
        });
    }

    #[test]
    fn a_child_without_rights_cannot_open_a_raw_socket() {
        as_root(|| {
            drop_to(Some(NOBODY), &[]).unwrap();
            assert!(Frames::open().is_err());
            assert!(!has(Capability::NetRaw));
        });
    }

    #[test]
    fn root_that_stays_root_loses_its_rights_all_the_same() {
        as_root(|| {
            drop_to(None, &NET).unwrap();
            assert_eq!((own_uid(), effective().unwrap()), (0, 1 << 12 | 1 << 13));
        });
    }

    #[test]
    fn a_parent_hands_down_rights_it_does_not_use() {
        as_root(|| {
            let hand_down =
                [NET[0], NET[1], Capability::SetUid, Capability::SetGid, Capability::SetPcap];
            restrict(&[Capability::Kill], &hand_down).unwrap();
            assert_eq!(effective().unwrap(), 1 << 5);
            assert!(Frames::open().is_err());
            drop_to(Some(NOBODY), &NET).unwrap();
            assert_eq!(effective().unwrap(), 1 << 12 | 1 << 13);
            Frames::open().unwrap();
        });
    }

    #[test]
    fn a_right_that_is_gone_cannot_be_kept() {
        as_root(|| {
            drop_to(None, &[Capability::Kill, Capability::SetUid, Capability::SetGid]).unwrap();
            assert!(drop_to(Some(NOBODY), &NET).is_err());
        });
    }

    #[test]
    fn no_new_privileges_is_for_good() {
        as_root(|| {
            no_new_privileges().unwrap();
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            assert!(status.contains("NoNewPrivs:\t1\n"));
        });
    }

    #[test]
    fn users_are_found_by_name() {
        assert_eq!(user("root"), Some(User { uid: 0, gid: 0 }));
        assert_eq!(user("holdfast-has-no-such-user"), None);
        let line = b"holdfast:x:431:432:a router:/:/bin/false";
        assert_eq!(entry(line, "holdfast"), Some(User { uid: 431, gid: 432 }));
        for wrong in [
            "",
            "hold",
            "hold:x",
            "hold:x:1",
            "hold:x:a:1",
            "hold:x:1:-1",
            "hold:x:4294967295:1",
            "holdfast:x:1:1",
        ] {
            assert_eq!(entry(wrong.as_bytes(), "hold"), None, "{wrong}");
        }
    }
}
