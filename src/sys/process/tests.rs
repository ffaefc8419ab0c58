//! Processes: what a parent learns of its child.

use super::*;
use crate::sys::channel::Channel;
use crate::sys::lab::in_child;

#[test]
fn the_parent_learns_how_its_child_ended() {
    assert_eq!(in_child(|| 7), Exit::Code(7));
    let killed = in_child(|| {
        kill(id(), Signal::SIGKILL).unwrap();
        0
    });
    assert_eq!(killed, Exit::Signal(Signal::SIGKILL));
}

#[test]
fn a_child_is_told_of_once_and_without_waiting() {
    // In a process of its own, so that it reaps no child of another test.
    let code = in_child(|| {
        assert_eq!(wait_any(), None);
        let Fork::Parent(pid) = fork().unwrap() else { exit_now(3) };
        let mut found = None;
        while found.is_none() {
            found = wait_any();
        }
        assert_eq!(found, Some((pid, Exit::Code(3))));
        assert_eq!(wait_any(), None);
        assert!(!is_alive(pid));
        0
    });
    assert_eq!(code, Exit::Code(0));
}

#[test]
fn a_child_ends_with_its_parent() {
    let (ours, theirs) = Channel::pair().unwrap();
    let code = in_child(|| {
        let parent = id();
        if let Fork::Child = fork().unwrap() {
            die_with_parent(Signal::SIGKILL, parent).unwrap();
            theirs.send(b"ready", None).unwrap();
            // Holds its end of the channel open for as long as it lives.
            loop {
                nix::unistd::pause();
            }
        }
        let mut buf = [0; 16];
        while ours.recv(&mut buf).unwrap().is_none() {}
        0
    });
    assert_eq!(code, Exit::Code(0));
    drop(theirs);
    let poll = crate::sys::poll::Poll::new().unwrap();
    let mut events = crate::sys::poll::Events::new();
    poll.add(&ours, crate::sys::poll::Token(0)).unwrap();
    poll.wait(&mut events, Some(crate::machine::Duration::from_secs(10))).unwrap();
    assert_eq!(ours.recv(&mut [0; 16]).unwrap().unwrap().0, 0);
}

#[test]
fn a_parent_that_is_gone_is_noticed() {
    let code = in_child(|| {
        let gone = die_with_parent(Signal::SIGKILL, id());
        i32::from(gone.unwrap_err().kind() == io::ErrorKind::NotFound)
    });
    assert_eq!(code, Exit::Code(1));
}

#[test]
fn a_daemon_has_its_own_session_and_no_terminal() {
    let (ours, theirs) = Channel::pair().unwrap();
    let code = in_child(|| {
        daemonise().unwrap();
        let session = nix::unistd::getsid(None).unwrap();
        let well = session != id()
            && std::env::current_dir().unwrap() == std::path::Path::new("/")
            && std::fs::read_link("/proc/self/fd/1").unwrap() == std::path::Path::new("/dev/null");
        theirs.send(if well { b"well" } else { b"ill." }, None).unwrap();
        9
    });
    assert_eq!(code, Exit::Code(0));
    let mut buf = [0; 16];
    let (len, _) = loop {
        if let Some(message) = ours.recv(&mut buf).unwrap() {
            break message;
        }
    };
    assert_eq!(&buf[..len], b"well");
}

#[test]
fn a_name_is_shown_by_the_kernel() {
    let code = in_child(|| {
        set_name(c"holdfast_test").unwrap();
        i32::from(std::fs::read_to_string("/proc/self/comm").unwrap() == "holdfast_test\n")
    });
    assert_eq!(code, Exit::Code(1));
}

#[test]
fn signals_are_default_and_unblocked_before_exec() {
    // The first is blocked, the second ignored, which Rust does at the start of every program.
    for signal in [Signal::SIGTERM, Signal::SIGPIPE] {
        let exit = in_child(|| {
            let _signals = crate::sys::signal::Signals::new(&[Signal::SIGTERM]).unwrap();
            kill(id(), signal).unwrap();
            crate::sys::signal::reset_for_exec().unwrap();
            kill(id(), signal).unwrap();
            0
        });
        assert_eq!(exit, Exit::Signal(signal));
    }
}

#[test]
fn the_mask_of_new_files_is_returned() {
    let code = in_child(|| {
        umask(0o027);
        i32::from(umask(0o077) == 0o027)
    });
    assert_eq!(code, Exit::Code(1));
}

#[test]
fn a_later_place_in_the_queue_needs_no_right() {
    let code = in_child(|| {
        set_nice(5).unwrap();
        i32::from(stat(19) == "5")
    });
    assert_eq!(code, Exit::Code(1));
}

/// A word of `/proc/self/stat`, counted from 1 as proc(5) does.
fn stat(number: usize) -> String {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    after_name.split(' ').nth(number - 3).unwrap().to_string()
}

#[test]
fn real_time_is_for_this_process_and_not_for_its_children() {
    let exit = in_child(|| {
        if let Err(error) = set_realtime(7, Some(200_000)) {
            eprintln!("skipped: no right to real time ({error})");
            return 0;
        }
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let limit = limits.lines().find(|line| line.starts_with("Max realtime timeout")).unwrap();
        assert!(limit.contains("200000"), "{limit}");
        assert_eq!((stat(40).as_str(), stat(41).as_str()), ("7", "2"));
        let child = in_child(|| i32::from(stat(41) == "0"));
        assert_eq!(child, Exit::Code(1));
        0
    });
    assert_eq!(exit, Exit::Code(0));
}

#[test]
fn locked_memory_is_counted_by_the_kernel() {
    let exit = in_child(|| {
        if let Err(error) = lock_memory() {
            eprintln!("skipped: no right to lock memory ({error})");
            return 0;
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let locked = status.lines().find(|line| line.starts_with("VmLck:")).unwrap();
        assert!(!locked.contains(" 0 kB"), "{locked}");
        0
    });
    assert_eq!(exit, Exit::Code(0));
}
