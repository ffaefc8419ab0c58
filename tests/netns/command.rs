//! The command line: what it prints, what it exits with.

use std::fs;
use std::process::{Command, Output, Stdio};

use super::lab::daemon::ending;
use super::lab::{Config, Daemon, Net, VIP, ms};
use super::{Cases, start_master, subject};

pub(crate) const CASES: Cases = &[
    ("the_version_is_printed", version),
    ("a_good_file_passes_the_test", good_file),
    ("problems_of_a_file_are_printed_with_their_place", bad_file),
    ("a_file_that_is_not_there_is_an_error", no_file),
    ("a_command_without_a_daemon_says_so", no_daemon),
    ("the_stop_command_waits_for_the_end", stop),
    ("a_problem_is_told_in_json", json),
    ("an_option_that_does_not_exist_is_an_error", no_option),
];

const FILE: &str = "/run/keepalived.conf";

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(subject().program());
    command.args(arguments).stdin(Stdio::null()).env_remove("RUST_BACKTRACE");
    command.output().expect("the program is there")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn version() {
    let output = run(&["-v"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output).contains(env!("CARGO_PKG_VERSION")), "{}", text(&output));
}

fn good_file() {
    // The interface need not exist on the machine that tests the file.
    fs::write(FILE, Config::v3(100).interface("wan7").text()).unwrap();
    for arguments in [&["-t", "-f", FILE][..], &["check", FILE], &["-f", FILE, "check"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output));
    }
}

fn bad_file() {
    let broken = Config::v3(100).text().replace("virtual_router_id 51", "virtual_router_id");
    let misspelt = Config::v3(100).with("garp_master_delai 3").text();
    for (config, at) in [(&broken, "virtual_router_id"), (&misspelt, "garp_master_delai 3")] {
        fs::write(FILE, config).unwrap();
        let line = config.lines().position(|line| line.trim() == at).unwrap() + 1;
        for arguments in [&["-t", "-f", FILE][..], &["check", FILE]] {
            let output = run(arguments);
            // 2 as from keepalived if it would not even start, 5 if it would.
            let code = output.status.code();
            assert!(matches!(code, Some(2 | 4 | 5)), "{code:?} {arguments:?}: {}", text(&output));
            let place = format!("{FILE}:{line}:");
            assert!(text(&output).contains(&place), "{place} {}", text(&output));
        }
    }
}

fn no_file() {
    for arguments in [&["-t", "-f", "/run/none"][..], &["check", "/run/none"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {}", text(&output));
        assert!(text(&output).contains("/run/none"), "{}", text(&output));
    }
    let output = run(&["-n", "-l", "-f", "/run/none", "-p", "/run/a", "-r", "/run/b"]);
    assert!(!output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("/run/none"), "{} {VIP}", text(&output));
}

fn no_option() {
    let output = run(&["--no-such-option"]);
    assert!(!output.status.success());
    assert!(text(&output).contains("no-such-option"), "{}", text(&output));
}

fn no_daemon() {
    for command in ["reload", "stop"] {
        let output = run(&["--run-dir", "/run/none", command]);
        assert_eq!(output.status.code(), Some(4), "{command}: {}", text(&output));
        assert!(!text(&output).is_empty());
    }
}

fn stop() {
    let net = Net::new();
    let mut daemon = start_master(&net, &Config::v3(100));
    let output = Daemon::run(subject(), &net.r1, &["stop"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(!net.r1.has(VIP), "it has ended when the command does");
    assert_eq!(ending(daemon.await_end(ms(500))), "exit 0");
}

fn json() {
    fs::write(FILE, Config::v3(100).with("garp_master_delai 3").text()).unwrap();
    let output = run(&["check", "--json", FILE]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output));
    let text = text(&output);
    assert!(text.starts_with(['{', '[']) && text.contains("garp_master_delai"), "{text}");
}
