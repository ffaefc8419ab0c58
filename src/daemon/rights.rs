//! Who each process is, what it may do.

use std::io;

use crate::sys::process::{self, Pid};
use crate::sys::rights::{self, Capability, User};
use crate::sys::signal::Signal;

/// The user of the children, if the machine has it.
const USER: &str = "holdfast";
/// The user of nobody on every Linux (linux/uidgid.h: the overflow id).
const NOBODY: User = User { uid: 65534, gid: 65534 };
/// All that the VRRP child needs: addresses and raw sockets.
const VRRP: [Capability; 2] = [Capability::NetAdmin, Capability::NetRaw];

/// Become the VRRP child: an unprivileged user with two capabilities, ended by the parent's death.
///
/// # Errors
/// A capability is missing, or the parent has died already.
pub(super) fn child(parent: Pid) -> io::Result<()> {
    process::set_name(c"holdfast_vrrp")?;
    // A machine without a list of users has nobody, too.
    let user = rights::user(USER).unwrap_or(NOBODY);
    if user.uid == 0 {
        log::warn!("the user {USER} is root: the child has its files, though not its rights");
    }
    if let Err(error) = rights::drop_to(Some(user), &VRRP) {
        // A user namespace may know no other user than its root, and may forbid to change groups.
        // What is missing beyond that shows below.
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied => {}
            _ => return Err(error),
        }
        log::info!("cannot be user {} here ({error}): stays user {}", user.uid, rights::own_uid());
        rights::drop_to(None, &VRRP)?;
    }
    rights::no_new_privileges()?;
    process::die_with_parent(Signal::SIGTERM, parent)
}
