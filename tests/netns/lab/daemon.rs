//! A daemon in a router's namespace: holdfast, or keepalived beside it.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use super::net::Router;
use super::wait::{ms, secs, wait_until};

/// The program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Holdfast,
    Keepalived,
}

impl Kind {
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Holdfast => env!("CARGO_BIN_EXE_holdfast"),
            Self::Keepalived => "keepalived",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Holdfast => "holdfast",
            Self::Keepalived => "keepalived",
        }
    }

    /// Whether this machine has it.
    pub(crate) fn is_here(self) -> bool {
        let mut command = Command::new(self.program());
        command.arg("-v").env("PATH", path()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok()
    }
}

/// Daemons are in directories that are on no ordinary user's path.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

/// One that was started; it is killed at the end.
#[derive(Debug)]
pub(crate) struct Daemon {
    pub(crate) kind: Kind,
    child: Child,
    dir: PathBuf,
}

impl Daemon {
    /// Start it in the foreground with this configuration. What an earlier one in this router left
    /// is kept: addresses, pid files, the log.
    pub(crate) fn start(kind: Kind, router: &Router, config: &str) -> Self {
        Self::start_with(kind, router, config, &["-n", "-l", "-D"])
    }

    /// Start it with these options beside those that tell its files.
    pub(crate) fn start_with(kind: Kind, router: &Router, config: &str, options: &[&str]) -> Self {
        let dir = directory(router);
        fs::create_dir_all(&dir).expect("/run is ours");
        fs::write(dir.join("conf"), config).expect("/run is ours");
        let log = File::options().create(true).append(true).open(dir.join("log"));
        let log = log.expect("/run is ours");
        let mut command = base(kind, &dir);
        command.args(options).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a descriptor is free")).stderr(log);
        let child = router.space.run(|| command.spawn()).expect("the daemon is installed");
        Self { kind, child, dir }
    }

    /// Run the program for its output, with options beside those that tell its files.
    pub(crate) fn run(kind: Kind, router: &Router, arguments: &[&str]) -> Output {
        let dir = directory(router);
        let mut command = base(kind, &dir);
        command.args(arguments).stdin(Stdio::null());
        router.space.run(|| command.output()).expect("the daemon is installed")
    }

    /// Where its configuration is.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join("conf")
    }

    pub(crate) fn write_config(&self, config: &str) {
        fs::write(self.config(), config).expect("/run is ours");
    }

    pub(crate) fn pid_file(&self) -> PathBuf {
        self.dir.join("pid")
    }

    pub(crate) fn vrrp_pid_file(&self) -> PathBuf {
        self.dir.join("vrrp.pid")
    }

    /// All it has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// Wait until it says `text`.
    #[track_caller]
    pub(crate) fn await_log(&self, text: &str, bound: Duration) {
        wait_until(&format!("the log says `{text}`"), bound, || self.log().contains(text));
    }

    /// The process that was started.
    pub(crate) fn pid(&self) -> Pid {
        pid(self.child.id())
    }

    /// The child that does VRRP, as its pid file says.
    #[track_caller]
    pub(crate) fn vrrp_pid(&self) -> Pid {
        let path = self.vrrp_pid_file();
        let mut found = None;
        wait_until("the pid file of the VRRP child is there", secs(5), || {
            let text = fs::read_to_string(&path).unwrap_or_default();
            found = text.trim().parse().ok();
            found.is_some_and(|pid| pid != 0 && is_alive(self::pid(pid)))
        });
        pid(found.expect("it was waited for"))
    }

    /// The parent, as its pid file says.
    #[track_caller]
    pub(crate) fn noted_pid(&self) -> Pid {
        let text = fs::read_to_string(self.pid_file()).expect("there is a pid file");
        pid(text.trim().parse().expect("a number is in it"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("it runs");
    }

    /// All its processes.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        tree(self.child.id()).into_iter().map(pid).collect()
    }

    /// Its power fails: no process of it says a last word.
    pub(crate) fn kill_all(&mut self) {
        let all = self.processes();
        // Stopped first, so that none of them hears of the others' end.
        for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
            for &pid in &all {
                // It may have ended by itself.
                kill(pid, signal).unwrap_or_default();
            }
        }
        self.child.wait().expect("it is our child");
        bury(&all);
    }

    /// Stop it in order; what it ended with.
    #[track_caller]
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.await_end(secs(10))
    }

    /// Wait for its end by itself.
    #[track_caller]
    pub(crate) fn await_end(&mut self, bound: Duration) -> ExitStatus {
        let mut status = None;
        wait_until("the daemon ends", bound, || {
            status = self.child.try_wait().expect("it is our child");
            status.is_some()
        });
        status.expect("it was waited for")
    }

    /// Whether it runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines[lines.len().saturating_sub(60)..].join("\n");
            let dir = self.dir.display();
            let last = match self.child.try_wait() {
                Ok(Some(status)) => format!("ended: {status}"),
                _ => "running".to_owned(),
            };
            eprintln!("-- {} in {dir}, {last}\n{tail}", self.kind.name());
        }
        self.kill_all();
    }
}

/// Where the files of a router's daemon are: on a file system of this case alone.
pub(crate) fn directory(router: &Router) -> PathBuf {
    Path::new("/run").join(router.name())
}

/// Whether a process runs; one that is dead and not yet buried does not.
pub(crate) fn is_alive(pid: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let state = status.lines().find_map(|line| line.strip_prefix("State:"));
    state.is_some_and(|state| !state.trim_start().starts_with(['Z', 'X']))
}

/// Wait for the end of processes that were killed. Orphans become children of this process, the
/// first of its namespace, and nobody else takes their process ids back.
fn bury(killed: &[Pid]) {
    wait_until("all processes are gone", secs(5), || {
        for &pid in killed {
            // Whoever has another parent is buried by that.
            waitpid(pid, Some(WaitPidFlag::WNOHANG)).ok();
        }
        killed.iter().all(|&pid| !Path::new(&format!("/proc/{pid}")).exists())
    });
}

/// A line of `/proc/PID/status`.
#[track_caller]
pub(crate) fn status(pid: Pid, field: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process is there");
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {field} in the status of {pid}")).trim().to_owned()
}

/// How a daemon ended: `exit 0`, `signal 9`.
pub(crate) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "neither exit nor signal".to_owned(),
    }
}

fn base(kind: Kind, dir: &Path) -> Command {
    let mut command = Command::new(kind.program());
    command.env("PATH", path()).current_dir("/");
    command.arg("-P").arg("-f").arg(dir.join("conf"));
    command.arg("-p").arg(dir.join("pid")).arg("-r").arg(dir.join("vrrp.pid"));
    if kind == Kind::Holdfast {
        command.arg("--run-dir").arg(dir.join("run"));
    }
    command
}

fn pid(raw: u32) -> Pid {
    Pid::from_raw(i32::try_from(raw).expect("process ids are positive"))
}

/// A process and all below it.
fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .expect("/proc is there")
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // Behind the name, which may contain anything: state, then parent.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut all = vec![root];
    let mut at = 0;
    while let Some(&parent) = all.get(at) {
        all.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid));
        at += 1;
    }
    all
}

/// Time for a daemon to read its configuration, on a busy machine.
pub(crate) const START: Duration = ms(2000);
