//! From the words of the command line to what they ask for.

use std::io::{self, Write as _};

use argh::FromArgs as _;

use super::args::{self, Args, Command};
use super::check::{self, Form};
use super::{FILE, print};
use crate::config::Options;
use crate::config::schema::Secrets;
use crate::daemon::{self, Facility, LogTo, Settings};

/// The exit code of a command line that is not understood.
const MISUSE: u8 = 1;

/// Do what the command line says; the exit code.
pub fn run(words: impl Iterator<Item = String>) -> u8 {
    let (words, ignored) = args::plain(words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let args = match Args::from_args(&["holdfast"], &words) {
        Ok(args) => args,
        Err(early) => {
            let text = early.output.trim_end();
            return match early.status {
                Ok(()) => show(&format!("{text}\n"), 0),
                Err(()) => {
                    daemon::say(&format!("{text}\n"));
                    MISUSE
                }
            };
        }
    };
    for option in ignored {
        daemon::say(&format!("holdfast: {option} has no use here\n"));
    }
    let file = args.file.clone().unwrap_or_else(|| FILE.to_owned());
    let options = Options {
        config_id: args.config_id.as_deref().map(Into::into),
        include_all: args.includes_must_exist,
    };
    let run_dir = args.run_dir.clone().unwrap_or_else(|| daemon::RUN_DIR.to_owned());
    match &args.command {
        _ if args.version => show(concat!("holdfast v", env!("CARGO_PKG_VERSION"), "\n"), 0),
        _ if args.signum.is_some() => signum(args.signum.as_deref().unwrap_or_default()),
        Some(Command::Check(check)) => {
            let form = if check.json { Form::Json } else { Form::Lines };
            let file = check.file.as_ref().unwrap_or(&file);
            let verdict = check::check(file, &options, form);
            show(&verdict.text, verdict.code)
        }
        Some(Command::Dump(dump)) => {
            let secrets = if dump.show_secrets { Secrets::Shown } else { Secrets::Hidden };
            let (text, problems, code) =
                print::dump(dump.file.as_ref().unwrap_or(&file), &options, secrets);
            daemon::say(&problems);
            show(&text, code)
        }
        Some(Command::Manual(manual)) => {
            let (text, code) = print::manual(manual.word.as_deref());
            show(&text, code)
        }
        Some(Command::Reload(_)) => daemon::ask(&run_dir, "reload", &mut io::stderr()),
        Some(Command::Stop(_)) => daemon::ask(&run_dir, "stop", &mut io::stderr()),
        None if args.test => test(&args, &file, &options),
        None => start(&args, &file, options, &run_dir),
    }
}

/// `-t`: like keepalived's, the messages go to standard error or to a file.
fn test(args: &Args, file: &str, options: &Options) -> u8 {
    let verdict = check::check(file, options, Form::Lines);
    match &args.test_output {
        Some(path) => match std::fs::write(path, &verdict.text) {
            Ok(()) => verdict.code,
            Err(error) => {
                daemon::say(&format!("holdfast: {path}: {error}\n"));
                4
            }
        },
        None => {
            daemon::say(&verdict.text);
            verdict.code
        }
    }
}

#[inline(never)] // as the frame below lasts as long as the process
fn start(args: &Args, file: &str, options: Options, run_dir: &str) -> u8 {
    let facility = match args.facility.as_deref().map(Facility::parse) {
        None => Facility::DAEMON,
        Some(Some(facility)) => facility,
        Some(None) => {
            daemon::say("holdfast: -S takes 0 to 7, local0 to local7, daemon or user\n");
            return MISUSE;
        }
    };
    // A daemon leaves the directory it was started in.
    let absolute = |path: &str| -> Box<str> { daemon::absolute(path).into() };
    let path_of = |word: &Option<String>| word.as_deref().map(absolute);
    let settings = Settings {
        file: absolute(file),
        options,
        foreground: args.foreground,
        pid_file: path_of(&args.pid),
        vrrp_pid_file: path_of(&args.vrrp_pid),
        run_dir: absolute(run_dir),
        no_vrrp: args.check && !args.vrrp,
        dont_respawn: args.dont_respawn,
        keep_addresses: args.keep_addresses,
        dump: args.dump,
        log: LogTo { console: args.console, detail: args.detail > 0, facility },
        started: daemon::now(),
    };
    u8::try_from(daemon::run(settings)).unwrap_or(MISUSE)
}

/// The numbers of the signals, by keepalived's names for them.
fn signum(name: &str) -> u8 {
    let number = match name {
        "STOP" => "15",
        "RELOAD" => "1",
        "DATA" => "10",
        "STATS" => "12",
        _ => {
            daemon::say("holdfast: --signum takes STOP, RELOAD, DATA or STATS\n");
            return MISUSE;
        }
    };
    show(&format!("{number}\n"), 0)
}

/// Print to standard output. A reader who has left is no error.
fn show(text: &str, code: u8) -> u8 {
    io::stdout().write_all(text.as_bytes()).ok();
    code
}
