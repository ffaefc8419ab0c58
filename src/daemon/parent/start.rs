//! How the daemon begins, down to its exit code.

use std::io;

use crate::config::{Config, Loaded, words};
use crate::daemon::{Settings, load, logging, vrrp};
use crate::machine::Duration;
use crate::sys::pidfile::{PidFile, Refusal};
use crate::sys::poll::{Events, Poll};
use crate::sys::process::{self, Pid};
use crate::sys::signal::{Signal, Signals};
use crate::sys::timer::Timer;
use crate::sys::{clock, console, files};

use super::child::Child;
use super::control::Control;
use super::reload::log_problems;
use super::{Ended, NOT_PERMITTED, Parent, SIGNALS, TIMER};

/// The exit code of a daemon without configuration.
const NO_CONFIGURATION: i32 = 2;

/// How long a parent that was killed may take to die, for which the kernel promises no time.
const DEATH_WAIT: Duration = Duration::from_millis(300);
/// How long its child may take to resign, and how often either is looked at.
const ORPHAN_WAIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// Run as a daemon; the exit code.
pub fn run(settings: Settings) -> i32 {
    settings.log.open();
    let fresh = match load::fresh(&settings) {
        Ok(fresh) => fresh,
        Err(error) => return complain(&settings, &format!("no configuration: {error}"), 1),
    };
    let Loaded { config, problems, names, failed } = fresh.loaded;
    if let Some(error) = failed {
        let text = load::failure(&settings.file, error);
        return complain(&settings, &text, NO_CONFIGURATION);
    }
    log_problems(&problems, &names);
    if !settings.log.console {
        // Whoever starts the daemon by hand shall see it too.
        console::say(&problems.text(&names));
    }
    if let Some(bits) = config.global.umask {
        process::umask(bits);
    }
    // Claimed from the terminal, so that whoever starts a second daemon is told.
    let mut pid_file = match claim(&pid_file(&settings, &config)) {
        Ok(file) => file,
        Err((text, code)) => return complain(&settings, &text, code),
    };
    if !settings.foreground
        && let Err(error) = process::daemonise().and_then(|()| pid_file.renew())
    {
        return complain(&settings, &format!("cannot leave the terminal: {error}"), 1);
    }
    if settings.dump {
        dump(&settings);
    }
    let parent = Parent::new(settings, config, fresh.text).map(Box::new);
    finish(parent.and_then(|mut parent| Ok((parent.live()?, parent))), pid_file)
}

/// Make the pid file; if that cannot be, why, with the exit code.
///
/// The child of a parent that was killed holds the file until it has resigned: that is waited for.
fn claim(path: &str) -> Result<PidFile, (String, i32)> {
    let began = clock::now();
    let wait_for = |pid| match process::is_alive(Pid::from_raw(pid)) {
        true => DEATH_WAIT,
        false => ORPHAN_WAIT,
    };
    let refusal = loop {
        match PidFile::create(path) {
            Ok(file) => return Ok(file),
            Err(Refusal::Running(pid)) if clock::now() < began + wait_for(pid) => pause(),
            Err(refusal) => break refusal,
        }
    };
    Err(match refusal {
        Refusal::Running(pid) => (format!("already running as process {pid}"), 1),
        Refusal::Failed(error) => (format!("{path}: no pid file ({error})"), exit_code(&error)),
    })
}

fn pause() {
    let wait = Poll::new().and_then(|poll| poll.wait(&mut Events::new(), Some(PAUSE)));
    if let Err(error) = wait {
        log::debug!("cannot wait ({error})");
    }
}

/// End as the loop ended: the daemon's end, or the beginning of a child.
fn finish(ended: io::Result<(Ended, Box<Parent>)>, pid_file: PidFile) -> i32 {
    match ended {
        Ok((Ended::Born(birth), parent)) => {
            // What the parent had open is not the child's, the lock of the pid file least of all.
            pid_file.abandon();
            drop(parent);
            logging::rename("holdfast_vrrp");
            vrrp::run(*birth)
        }
        Ok((Ended::Exit(code), parent)) => {
            pid_file.remove();
            log::info!("ended");
            // Last, for there are those who wait for the end.
            if let Some(control) = parent.control {
                control.remove();
            }
            code
        }
        Err(error) => {
            log::error!("cannot run: {error}");
            pid_file.remove();
            exit_code(&error)
        }
    }
}

impl Parent {
    fn new(settings: Settings, config: Config, text: std::os::fd::OwnedFd) -> io::Result<Self> {
        let signals = Signals::new(&[
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGHUP,
            Signal::SIGCHLD,
            Signal::SIGUSR1,
            Signal::SIGUSR2,
        ])?;
        let poll = Poll::new()?;
        let timer = Timer::new()?;
        poll.add(&signals, SIGNALS)?;
        poll.add(&timer, TIMER)?;
        let directory = run_dir(&settings, &config);
        let control = match Control::open(&directory, &poll) {
            Ok(control) => Some(control),
            Err(error) => {
                log::warn!("{directory}/control: no control socket ({error})");
                None
            }
        };
        log::info!("holdfast {} reads {}", env!("CARGO_PKG_VERSION"), settings.file);
        Ok(Self {
            settings,
            config,
            text,
            generation: 0,
            poll,
            timer,
            signals,
            control,
            vrrp: Child::default(),
            pending: None,
            stopping: None,
            sweeps: false,
            after: None,
            exit: 0,
        })
    }
}

/// Say why the daemon cannot run, where it is seen.
fn complain(settings: &Settings, text: &str, code: i32) -> i32 {
    log::error!("{text}");
    if !settings.log.console {
        console::say(&format!("holdfast: {text}\n"));
    }
    code
}

/// The exit code of a process that cannot run.
pub(in crate::daemon) fn exit_code(error: &io::Error) -> i32 {
    if error.kind() == io::ErrorKind::PermissionDenied { NOT_PERMITTED } else { 1 }
}

fn dump(settings: &Settings) {
    let mut text = String::new();
    let mut problems = crate::config::problem::Problems::default();
    let stmts =
        crate::config::read(&settings.file, &mut crate::daemon::disk::Disk, &settings.options)
            .stmts;
    let root = words::read(&stmts, &mut problems);
    if words::dump(&root, crate::config::schema::Secrets::Hidden, &mut text).is_ok() {
        text.lines().for_each(|line| log::info!("{line}"));
    }
}

/// Pid files are named as keepalived names them, for the scripts that look for them.
fn pid_file(settings: &Settings, config: &Config) -> Box<str> {
    settings.pid_file.clone().unwrap_or_else(|| default_pid_file(config, ""))
}

/// The pid file of the VRRP child.
pub(super) fn vrrp_pid_file(settings: &Settings, config: &Config) -> Box<str> {
    settings.vrrp_pid_file.clone().unwrap_or_else(|| default_pid_file(config, "_vrrp"))
}

fn default_pid_file(config: &Config, part: &str) -> Box<str> {
    let global = &config.global;
    match &global.instance {
        Some(name) => {
            let directory = "/run/keepalived";
            files::make_directory(directory).ok();
            format!("{directory}/{name}{part}.pid").into()
        }
        None if global.use_pid_dir => {
            files::make_directory("/run/keepalived").ok();
            match part {
                "" => "/run/keepalived/keepalived.pid".into(),
                _ => "/run/keepalived/vrrp.pid".into(),
            }
        }
        None => format!("/run/keepalived{part}.pid").into(),
    }
}

/// The directory of the control socket; each instance has its own.
fn run_dir(settings: &Settings, config: &Config) -> Box<str> {
    match &config.global.instance {
        Some(name) => format!("{}/{name}", settings.run_dir).into(),
        None => settings.run_dir.clone(),
    }
}
