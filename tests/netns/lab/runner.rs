//! Runs cases, each in namespaces of its own, a few at a time.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::process::{Command, ExitCode, Stdio, exit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::daemon::Kind;

/// One case of a suite.
pub(crate) struct Case {
    pub(crate) name: String,
    /// Whether it needs Debian's daemon as a peer.
    pub(crate) peer: bool,
    pub(crate) run: Box<dyn Fn()>,
}

impl Case {
    pub(crate) fn new(name: &str, run: impl Fn() + 'static) -> Self {
        Self { name: name.to_owned(), peer: false, run: Box::new(run) }
    }

    pub(crate) fn with_peer(name: String, run: impl Fn() + 'static) -> Self {
        Self { name, peer: true, run: Box::new(run) }
    }
}

/// What a case exits with when it cannot be run here.
const SKIPPED: i32 = 77;
/// What it exits with when the runner is gone, or it takes too long.
const GIVEN_UP: i32 = 3;
/// The longest a case may take.
const LIMIT: Duration = Duration::from_secs(90);
/// Cases mostly wait, so more of them than there are processors.
const JOBS_PER_CPU: usize = 3;

/// End this case: it cannot be run on this machine.
pub(crate) fn skip(why: &str) -> ! {
    println!("skipped: {why}");
    exit(SKIPPED);
}

/// Run the cases whose name contains an argument of the command line; all if there is none.
///
/// `--skip NAME` leaves some out, `--list` lists them, `--jobs N` runs N at a time, `--here NAME`
/// is one case, in its namespaces.
pub(crate) fn main(suite: &str, cases: &[Case]) -> ExitCode {
    let mut jobs = thread::available_parallelism().map_or(1, |count| count.get()) * JOBS_PER_CPU;
    let mut wanted = Vec::new();
    let mut skipped: Vec<String> = Vec::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--here" => return here(cases, &arguments.next().unwrap_or_default()),
            "--jobs" | "--test-threads" => {
                let count = arguments.next().and_then(|count| count.parse().ok());
                jobs = count.filter(|&count| count > 0).unwrap_or(jobs);
            }
            "--list" => {
                for case in cases {
                    println!("{}: test", case.name);
                }
                return ExitCode::SUCCESS;
            }
            "--skip" => skipped.extend(arguments.next()),
            "--ignored" => return ExitCode::SUCCESS,
            "--color" | "--format" | "--logfile" | "-Z" => drop(arguments.next()),
            // Other options of the usual harness mean nothing here.
            option if option.starts_with('-') => {}
            _ => wanted.push(argument),
        }
    }
    let fits = |case: &&Case| {
        let names = |part: &String| case.name.contains(part.as_str());
        (wanted.is_empty() || wanted.iter().any(names)) && !skipped.iter().any(names)
    };
    let chosen: Vec<&str> = cases.iter().filter(fits).map(|case| case.name.as_str()).collect();
    run_all(suite, cases, &chosen, jobs)
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

fn run_all(suite: &str, cases: &[Case], chosen: &[&str], jobs: usize) -> ExitCode {
    let begun = Instant::now();
    let wrapper = wrapper();
    let peer = Kind::Keepalived.is_here();
    let peers: Vec<&str> = cases.iter().filter(|case| case.peer).map(|c| c.name.as_str()).collect();
    let next = AtomicUsize::new(0);
    // Passed, skipped, failed.
    let counts = Mutex::new([0; 3]);
    let work = || {
        while let Some(&name) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let started = Instant::now();
            let outcome = match &wrapper {
                Err(why) => Outcome::Skipped(why.clone()),
                Ok(_) if peers.contains(&name) && !peer => {
                    Outcome::Skipped("keepalived is not installed".into())
                }
                Ok(wrapper) => run_one(wrapper, name),
            };
            let took = started.elapsed().as_secs_f64();
            let mut counts = counts.lock().expect("no one panics while counting");
            match outcome {
                Outcome::Passed => {
                    counts[0] += 1;
                    println!("test {name} ... ok ({took:.1} s)");
                }
                Outcome::Skipped(why) => {
                    counts[1] += 1;
                    println!("test {name} ... skipped: {why}");
                }
                Outcome::Failed(output) => {
                    counts[2] += 1;
                    println!("test {name} ... FAILED ({took:.1} s)\n{output}");
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.min(chosen.len()) {
            scope.spawn(work);
        }
    });
    let [passed, skipped, failed] = *counts.lock().expect("all have ended");
    let took = begun.elapsed().as_secs_f64();
    println!("{suite}: {passed} passed, {failed} failed, {skipped} skipped, in {took:.0} s");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(101) }
}

/// Run this program with `--inside` and `arguments` in namespaces of its own, its output to be
/// seen.
pub(crate) fn enter(arguments: &[String]) -> ExitCode {
    let wrapper = match wrapper() {
        Ok(wrapper) => wrapper,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new("unshare");
    command.args(wrapper).arg(env::current_exe().expect("this program has a path"));
    command.arg("--inside").args(arguments).stdin(Stdio::piped());
    let mut child = command.spawn().expect("unshare was just there");
    let input = child.stdin.take();
    let status = child.wait().expect("it is our child");
    drop(input);
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How to enter namespaces on this machine: as root, or as root of a namespace of users.
fn wrapper() -> Result<Vec<&'static str>, String> {
    const ROOT: &[&str] = &["-m", "-n", "-p", "-f", "--kill-child", "--mount-proc"];
    const USER: &[&str] = &["-U", "-r", "-m", "-n", "-p", "-f", "--kill-child", "--mount-proc"];
    // What a case does first.
    const TRIAL: &str = "mount -t tmpfs tmpfs /run && ip link add name b0 type bridge \
        && ip link add name v0 type veth peer name v1";
    let mut why = String::new();
    for way in [ROOT, USER] {
        let mut trial = Command::new("unshare");
        trial.args(way).args(["sh", "-c", TRIAL]).stdin(Stdio::null());
        match trial.output() {
            Ok(output) if output.status.success() => return Ok(way.to_vec()),
            Ok(output) => why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "),
            Err(error) => why = format!("unshare: {error}"),
        }
    }
    Err(format!("no network namespaces here ({why})"))
}

/// Run a case in a process of its own, and wait for it.
fn run_one(wrapper: &[&str], name: &str) -> Outcome {
    let (mut reader, writer) = io::pipe().expect("a pipe can be made");
    let mut command = Command::new("unshare");
    command.args(wrapper).arg(env::current_exe().expect("this program has a path"));
    // The case ends when its input does, however this process ends.
    command.args(["--here", name]).args(own_options()).stdin(Stdio::piped());
    command.env_remove("RUST_BACKTRACE");
    command.stderr(writer.try_clone().expect("a descriptor is free")).stdout(writer);
    let mut child = command.spawn().expect("unshare was just there");
    let input = child.stdin.take();
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output).expect("a pipe can be read");
    let status = child.wait().expect("it is our child");
    drop(input);
    let output = String::from_utf8_lossy(&output).into_owned();
    match status.code() {
        Some(0) => Outcome::Passed,
        Some(SKIPPED) => {
            let why = output.lines().find_map(|line| line.strip_prefix("skipped: "));
            Outcome::Skipped(why.unwrap_or("it does not say why").to_owned())
        }
        _ => Outcome::Failed(format!("{output}-- {status}\n")),
    }
}

/// Options of a suite that its cases want to know, too.
fn own_options() -> Vec<String> {
    env::args().skip(1).filter(|argument| argument.starts_with("--with=")).collect()
}

/// This process is in namespaces of its own, the first one there: run the case.
fn here(cases: &[Case], name: &str) -> ExitCode {
    thread::spawn(|| {
        thread::sleep(LIMIT);
        println!("not done after {LIMIT:?}");
        drop(io::stdout().flush());
        exit(GIVEN_UP);
    });
    inside();
    let case = cases.iter().find(|case| case.name == name).expect("the runner knows its cases");
    (case.run)();
    ExitCode::SUCCESS
}

/// Settle in: `/run` is empty, and this process ends when the one outside does, which all others do
/// then.
pub(crate) fn inside() {
    thread::spawn(|| {
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        exit(GIVEN_UP);
    });
    let mounted = Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]).status();
    assert!(mounted.is_ok_and(|status| status.success()), "/run can be mounted");
}
