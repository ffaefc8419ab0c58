//! What the tests of this layer share: a child to run in, a network to play with.

use std::fs;
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, waitpid};

use super::process::{Exit, Fork, exit_now, fork};

/// Run `child` in a fork, which ends with its result as exit code, and wait for it.
pub(super) fn in_child(child: impl FnOnce() -> i32) -> Exit {
    match fork().unwrap() {
        Fork::Child => {
            let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child));
            exit_now(code.unwrap_or(101));
        }
        Fork::Parent(pid) => match waitpid(pid, None).unwrap() {
            WaitStatus::Exited(_, code) => Exit::Code(code),
            WaitStatus::Signaled(_, signal, _) => Exit::Signal(signal),
            other => panic!("{other:?}"),
        },
    }
}

/// Run `test` in a network namespace of its own that has a pair of interfaces, `left` and `right`,
/// both up. It is skipped, saying so, where the machine does not allow one.
pub(super) fn in_network(test: impl FnOnce()) {
    const SKIPPED: i32 = 77;
    let exit = in_child(|| {
        let (user, group) = (nix::unistd::getuid(), nix::unistd::getgid());
        let flags = if user.is_root() {
            CloneFlags::CLONE_NEWNET
        } else {
            CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWUSER
        };
        if unshare(flags).is_err() {
            return SKIPPED;
        }
        if !user.is_root() {
            fs::write("/proc/self/setgroups", "deny").unwrap();
            fs::write("/proc/self/uid_map", format!("0 {user} 1")).unwrap();
            fs::write("/proc/self/gid_map", format!("0 {group} 1")).unwrap();
        }
        if !ip("link add left type veth peer name right") {
            return SKIPPED;
        }
        for name in ["lo", "left", "right"] {
            assert!(ip(&format!("link set {name} up")));
        }
        test();
        0
    });
    match exit {
        Exit::Code(SKIPPED) => eprintln!("skipped: no network namespace with a veth pair here"),
        other => assert_eq!(other, Exit::Code(0)),
    }
}

/// Run the `ip` command; its success.
pub(super) fn ip(arguments: &str) -> bool {
    let status = Command::new("ip").args(arguments.split(' ')).status();
    status.is_ok_and(|status| status.success())
}

/// What the `ip` command prints.
pub(super) fn ip_shows(arguments: &str) -> String {
    let output = Command::new("ip").args(arguments.split(' ')).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The index of an interface.
pub(super) fn index_of(name: &str) -> u32 {
    nix::net::if_::if_nametoindex(name).unwrap()
}
