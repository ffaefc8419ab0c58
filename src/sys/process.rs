//! Processes: their birth, their end, the limits they run under.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::socket::{ControlMessageOwned, RecvMsg};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
pub use nix::unistd::Pid;
use nix::unistd::{ForkResult, chdir, dup2_stderr, dup2_stdin, dup2_stdout, getppid, setsid};

/// Which of the two a fork returned in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The process that called, with the id of its child.
    Parent(Pid),
    /// The child.
    Child,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It returned this code, 0 to 255.
    Code(i32),
    /// It was killed by this signal.
    Signal(Signal),
}

/// Make a child that continues here with a copy of everything.
///
/// The process must have one thread, which this program keeps by never starting another: locks
/// that another thread held would stay locked in the child.
///
/// # Errors
/// The kernel is out of processes or memory.
pub fn fork() -> io::Result<Fork> {
    // SAFETY: the process has one thread, so that the child may do all that its parent may.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Fork::Parent(child)),
        ForkResult::Child => Ok(Fork::Child),
    }
}

/// End this process at once: nothing is flushed, nothing is dropped.
///
/// It is how a child leaves that shares its parent's buffers.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` has no requirements.
    unsafe { libc::_exit(code) }
}

/// A child that has ended since the last call, and how; `None`: none. It does not wait.
///
/// After SIGCHLD it is called until it returns `None`, for signals of one kind are merged.
pub fn wait_any() -> Option<(Pid, Exit)> {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => return Some((pid, Exit::Code(code))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => return Some((pid, Exit::Signal(signal))),
            Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return None,
            Ok(_) | Err(Errno::EINTR) => {}
            // A signal number unknown to nix: the child is gone, its number is lost with it.
            Err(_) => return None,
        }
    }
}

/// Send `signal` to a process.
///
/// # Errors
/// The process does not exist, or is another user's.
pub fn kill(pid: Pid, signal: Signal) -> io::Result<()> {
    Ok(nix::sys::signal::kill(pid, signal)?)
}

/// The id of this process.
pub fn id() -> Pid {
    Pid::this()
}

/// A process of this id runs, be it ours or not; one that has ended does not, though its parent has
/// not asked how.
pub fn is_alive(pid: Pid) -> bool {
    if matches!(nix::sys::signal::kill(pid, None), Err(Errno::ESRCH)) {
        return false;
    }
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which may contain anything.
    let state = stat.rsplit_once(')').map_or("", |(_, rest)| rest.trim_start());
    !state.starts_with(['Z', 'X'])
}

/// Get `signal` when the parent ends.
///
/// To be called after the user was changed, for the kernel forgets it with a change of user.
///
/// # Errors
/// `NotFound`: `parent` is gone already, and the signal will never come.
pub fn die_with_parent(signal: Signal, parent: Pid) -> io::Result<()> {
    prctl::set_pdeathsig(signal)?;
    if getppid() != parent {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(())
}

/// Set the name that `ps` and `top` show; the kernel keeps 15 bytes of it.
///
/// # Errors
/// None is known.
pub fn set_name(name: &CStr) -> io::Result<()> {
    Ok(prctl::set_name(name)?)
}

/// Leave the terminal: go on as a grandchild in its own session, in `/`, reading and writing
/// `/dev/null`. The process that was started ends with exit code 0.
///
/// The id changes: whatever names it, a pid file say, is written afterwards.
///
/// # Errors
/// The kernel is out of processes, or there is no `/dev/null`.
pub fn daemonise() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    if let Fork::Parent(_) = fork()? {
        exit_now(0);
    }
    setsid()?;
    // A process that leads no session cannot get a terminal by opening one.
    if let Fork::Parent(_) = fork()? {
        exit_now(0);
    }
    chdir("/")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    Ok(())
}

/// Set the permission bits that new files do not get; the former ones are returned.
pub fn umask(bits: u32) -> u32 {
    let mode = Mode::from_bits_truncate(libc::mode_t::try_from(bits & 0o777).unwrap_or(0o077));
    #[allow(clippy::useless_conversion)] // mode_t is 16 bit wide on some targets
    u32::from(nix::sys::stat::umask(mode).bits())
}

/// Keep all memory of this process, present and to come, out of the swap.
///
/// # Errors
/// The limit of locked memory is too low, or there is not enough of it.
pub fn lock_memory() -> io::Result<()> {
    Ok(mlockall(MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE)?)
}

/// Set the nice value of this process, -20 (first) to 19 (last).
///
/// # Errors
/// A lower value needs `CAP_SYS_NICE`.
pub fn set_nice(nice: i32) -> io::Result<()> {
    // SAFETY: it takes numbers only.
    Errno::result(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) })?;
    Ok(())
}

/// Run before all normal processes, at `priority` 1 to 99 (SCHED_RR).
///
/// A child of a later fork starts normal again. With `limit_micros` the kernel sends SIGXCPU, and
/// kills later, when the process runs so long without waiting for something.
///
/// # Errors
/// It needs `CAP_SYS_NICE`, and a kernel that gives real time to this control group.
pub fn set_realtime(priority: i32, limit_micros: Option<u32>) -> io::Result<()> {
    if let Some(limit) = limit_micros {
        let soft = libc::rlim_t::from(limit);
        setrlimit(Resource::RLIMIT_RTTIME, soft, soft.saturating_mul(2))?;
    }
    let policy = libc::SCHED_RR | libc::SCHED_RESET_ON_FORK;
    let param: libc::c_int = priority;
    let at: *const libc::c_int = &raw const param;
    // musl's own sched_setscheduler does nothing but refuse, hence the bare call. The kernel's
    // sched_param is one int on every architecture.
    // SAFETY: `at` points at a live int, and the kernel only reads it.
    Errno::result(unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy, at) })?;
    Ok(())
}

/// Give every signal its default action, as a program that is executed expects it.
///
/// # Errors
/// None is known.
pub(super) fn default_dispositions() -> io::Result<()> {
    for number in Signal::iterator() {
        if matches!(number, Signal::SIGKILL | Signal::SIGSTOP) {
            continue;
        }
        // SAFETY: the default action runs no code of this process.
        unsafe { signal(number, SigHandler::SigDfl) }?;
    }
    Ok(())
}

/// The descriptor a message carried. Of several the first is kept, the others are closed.
///
/// It takes the message, so that its descriptors can be taken only once.
#[allow(clippy::needless_pass_by_value)] // see above
pub(super) fn received_descriptor<S>(message: RecvMsg<'_, '_, S>) -> Option<OwnedFd> {
    let mut first = None;
    for control in message.cmsgs().ok()? {
        let ControlMessageOwned::ScmRights(fds) = control else { continue };
        for fd in fds {
            let owned = adopt(fd);
            first.get_or_insert(owned);
        }
    }
    first
}

fn adopt(fd: RawFd) -> OwnedFd {
    // SAFETY: the kernel has just opened it for this process, and nobody else knows of it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

#[cfg(test)]
mod tests;
