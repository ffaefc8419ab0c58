//! Scripts that would run as root although no one looks after who may change them.

use crate::config::problem::{Problems, Severity, shown};
use crate::config::tree::{Pos, Stmt};
use crate::config::value::arguments;
use crate::config::words::Root;

/// Folders whose programs are there on every machine.
const SYSTEM: [&str; 4] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"];

/// Programs that every machine has somewhere on its path.
const PROGRAMS: [&str; 18] = [
    "bash",
    "cat",
    "echo",
    "false",
    "grep",
    "kill",
    "killall",
    "logger",
    "ls",
    "pgrep",
    "pidof",
    "ping",
    "pkill",
    "ps",
    "sh",
    "systemctl",
    "test",
    "true",
];

/// Words with a command whose user, if there is one, is named by `user` beside them.
const WITH_USER_BESIDE: [&str; 2] = ["script", "misc_path"];

/// Words with a command whose user, if there is one, follows it.
const WITH_USER_BEHIND: [&str; 16] = [
    "notify",
    "notify_master",
    "notify_backup",
    "notify_fault",
    "notify_stop",
    "notify_deleted",
    "notify_master_rx_lower_pri",
    "notify_up",
    "notify_down",
    "quorum_up",
    "quorum_down",
    "startup_script",
    "shutdown_script",
    "notify_fifo_script",
    "vrrp_notify_fifo_script",
    "lvs_notify_fifo_script",
];

/// Tell of the first script that runs as root without `enable_script_security`.
///
/// keepalived does so if the program exists. What is known of that from the text alone: a program
/// of every machine, or a path of the system, is taken as existing; of others a caution must do.
pub(super) fn security(root: &Root, stmts: &[Stmt], problems: &mut Problems) {
    let globals = &root.globals.value.0;
    if globals.enable_script_security.is_written() {
        return;
    }
    let default = globals.script_user.written().and_then(|user| user.user.as_deref());
    let mut first: [Option<Pos>; 2] = [None, None];
    // Blocks nest to a limit, and so does this.
    let mut todo: Vec<&Stmt> = stmts.iter().rev().collect();
    while let Some(stmt) = todo.pop() {
        let Some(block) = &stmt.block else { continue };
        todo.extend(block.stmts.iter().rev());
        for inner in &block.stmts {
            let Some((command, user)) = command(inner, &block.stmts) else { continue };
            if !matches!(user.or(default), None | Some("root" | "0")) {
                continue;
            }
            let system = SYSTEM.iter().any(|path| command.starts_with(path));
            let exists = PROGRAMS.contains(&command) || system;
            let place = &mut first[usize::from(!exists)];
            *place = place.or(Some(inner.keyword().at));
        }
    }
    let text = "a script would run as root, and nothing checks who may change it; \
                accepted: enable_script_security or script_user in global_defs";
    match first {
        [Some(at), _] => problems.add(Severity::Script, at, text),
        [None, Some(at)] => problems.add(Severity::Caution, at, text),
        [None, None] => {}
    }
}

/// Tell of commands that are written for a shell: none looks at them, and its signs are arguments.
pub(super) fn shell(stmts: &[Stmt], problems: &mut Problems) {
    let mut todo: Vec<&Stmt> = stmts.iter().collect();
    while let Some(stmt) = todo.pop() {
        let Some(block) = &stmt.block else { continue };
        todo.extend(&block.stmts);
        for inner in &block.stmts {
            let word = &*inner.keyword().text;
            if !WITH_USER_BESIDE.contains(&word) && !WITH_USER_BEHIND.contains(&word) {
                continue;
            }
            let Some(command) = inner.arguments().first() else { continue };
            let parts = arguments(&command.text);
            let mut behind = parts.iter().skip(1).map(|part| &**part);
            let sign = parts.first().map(|part| &**part).filter(|part| *part == "[[");
            if let Some(sign) = sign.or_else(|| behind.find(|part| is_shell(part))) {
                let text = format!(
                    "{word}: no shell looks at `{}`, it is an argument; accepted: a program with \
                     its arguments, such as sh -c '...'",
                    shown(sign)
                );
                problems.add(Severity::Caution, command.at, text);
            }
        }
    }
}

/// Whether a part of a command means something to a shell alone.
fn is_shell(part: &str) -> bool {
    matches!(part, "&&" | "||" | "|" | ";" | "&" | "<" | "[[")
        || part.starts_with('>')
        || part.starts_with("2>")
        || part.starts_with("&>")
}

/// The program a statement runs and the user it names.
fn command<'a>(stmt: &'a Stmt, beside: &'a [Stmt]) -> Option<(&'a str, Option<&'a str>)> {
    let word = &*stmt.keyword().text;
    let program = stmt.arguments().first()?.text.split_ascii_whitespace().next()?;
    let program = program.trim_matches(['\'', '"']);
    if WITH_USER_BESIDE.contains(&word) {
        let user = beside.iter().find(|stmt| &*stmt.keyword().text == "user");
        let user = user.and_then(|stmt| stmt.arguments().first());
        return Some((program, user.map(|user| &*user.text)));
    }
    let user = stmt.arguments().get(1).map(|user| &*user.text);
    WITH_USER_BEHIND.contains(&word).then_some((program, user))
}
