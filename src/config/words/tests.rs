//! Tests of the tables on text.

use super::{Root, Secrets, dump};
use crate::config::problem::{Problem, Severity};
use crate::config::{Options, testing};

/// A configuration and its problems as `line:column severity text`.
fn load(text: &str) -> (Box<Root>, Vec<String>) {
    let mut read = testing::read(&[("a", text)], &Options::default());
    let root = super::read(&read.stmts, &mut read.problems);
    let show = |problem: &&Problem| {
        let severity = match problem.severity {
            Severity::Note => "note",
            Severity::Caution => "caution",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Script => "script",
        };
        let (line, column) = (problem.at.line, problem.at.column);
        format!("{line}:{column} {severity} {}", problem.text)
    };
    let shown = read.problems.sorted().iter().map(show).collect();
    (root, shown)
}

fn dumped(root: &Root, secrets: Secrets) -> String {
    let mut out = String::new();
    dump(root, secrets, &mut out).expect("a string takes every text");
    out
}

const BASIC: &str = r#"global_defs {
    router_id LVS_DEVEL
    vrrp_garp_interval 0
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 051
    priority 100
    advert_int 0.50
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        10.0.0.1/24 dev eth0 label eth0:1
        10.0.0.2
    }
    preempt
}
"#;

#[test]
fn a_basic_configuration_is_read_without_problem() {
    let (root, problems) = load(BASIC);
    assert_eq!(problems, [""; 0]);
    let instance = root.instances.value.0.first().expect("there is one");
    assert_eq!(&*instance.name.0, "VI_1");
    assert_eq!(instance.virtual_router_id.value.get(), 51);
    assert_eq!(instance.advert_int.value.get().total_millis(), 500);
    assert!(!instance.nopreempt.value.0 && instance.nopreempt.is_written());
    assert_eq!(instance.virtual_ipaddress.value.0.len(), 2);
    assert!(!instance.version.is_written());
}

#[test]
fn the_dump_is_the_configuration_again() {
    let (root, _) = load(BASIC);
    let shown = dumped(&root, Secrets::Shown);
    let (again, problems) = load(&shown);
    assert_eq!(problems, [""; 0], "{shown}");
    assert!(root == again, "{shown}");
    assert_eq!(shown, dumped(&again, Secrets::Shown));
    let hidden = dumped(&root, Secrets::Hidden);
    assert!(hidden.contains("auth_pass \"********\"") && !hidden.contains("1111"), "{hidden}");
    assert_eq!(hidden, dumped(&load(&hidden).0, Secrets::Hidden));
    assert!(hidden.contains("\n    preempt\n"), "{hidden}");
}

#[test]
fn a_problem_says_where_and_what_would_be_accepted() {
    for (line, want) in [
        (
            "prioritiy 100",
            "2:2 warning vrrp_instance V: unknown keyword `prioritiy`; did you mean `priority`?",
        ),
        (
            "router_id x",
            "2:2 warning vrrp_instance V: unknown keyword `router_id`; it belongs into `global_defs`",
        ),
        (
            "use_pid_dir",
            "2:2 warning vrrp_instance V: unknown keyword `use_pid_dir`; it belongs outside of all blocks",
        ),
        (
            "priority 300",
            "2:11 error vrrp_instance V: priority: `300` is out of range; accepted: 1..255; default 100",
        ),
        (
            "priority 1x",
            "2:11 error vrrp_instance V: priority: `1x` is not accepted; accepted: 1..255; default 100",
        ),
        (
            "priority",
            "2:2 error vrrp_instance V: priority: argument missing; accepted: 1..255; default 100",
        ),
        (
            "state SLAVE",
            "2:8 error vrrp_instance V: state: `SLAVE` is not accepted; accepted: BACKUP | MASTER; default BACKUP",
        ),
        (
            "interface eth0 eth1",
            "2:17 caution vrrp_instance V: interface: `eth1` is ignored: nothing is expected there",
        ),
        (
            "state MASTER priority 5",
            "2:15 warning vrrp_instance V: state: `priority` is ignored: a keyword begins a line of \
             its own",
        ),
        (
            "virtual_ipaddress",
            "2:2 error vrrp_instance V: virtual_ipaddress: a block in braces is expected",
        ),
        (
            "advert_int 0.001",
            "2:13 error vrrp_instance V: advert_int: `0.001` is out of range; accepted: 0.01..255 seconds; default 1",
        ),
    ] {
        let (_, problems) = load(&format!("vrrp_instance V {{\n {line}\n}}\n"));
        assert_eq!(problems, [want], "{line}");
    }
}

#[test]
fn an_unknown_block_is_skipped_whole() {
    let (root, problems) =
        load("vrrp_instanc V {\n state MASTER\n foo {\n }\n}\nvrrp_instance W {\n}\n");
    assert_eq!(
        problems,
        ["1:1 warning unknown keyword `vrrp_instanc`, its block is skipped; did you mean \
          `vrrp_instance`?"]
    );
    assert_eq!(root.instances.value.0.len(), 1);
}

#[test]
fn no_message_shows_a_secret() {
    for line in ["auth_pass a sesame", "auth_passsesame", "auth_pass=sesame", "auth_pass {"] {
        let block = if line.ends_with('{') { "\n sesame\n}" } else { "" };
        let text = format!("vrrp_instance V {{\nauthentication {{\n {line}{block}\n}}\n}}\n");
        let (_, problems) = load(&text);
        assert!(!problems.is_empty(), "{line}");
        assert!(problems.iter().all(|problem| !problem.contains("sesame")), "{problems:?}");
    }
}

#[test]
fn a_secret_before_the_brace_of_its_block_is_not_shown() {
    for block in ["authentication", "auth_hmac"] {
        let (_, problems) = load(&format!("vrrp_instance V {{\n{block} sesame {{\n}}\n}}\n"));
        let said = problems.iter().any(|problem| problem.contains("the rest is ignored"));
        assert!(said && problems.iter().all(|problem| !problem.contains("sesame")), "{problems:?}");
    }
}

#[cfg(feature = "full")]
mod full;
mod grammar;
#[cfg(not(any(feature = "bfd", feature = "checker", feature = "routes", feature = "smtp")))]
mod lean;

#[test]
fn words_of_the_past_are_read_as_the_right_ones() {
    for (block, line, want) in [
        ("global_defs", "lvs_id a", "`lvs_id` is read as `router_id`, which is the right word"),
        ("vrrp_instance V", "lvs_sync_daemon_inteface eth0", "`lvs_sync_daemon_interface`"),
        ("vrrp_instance V", "lvs_sync_daemon_interface eth0", "`lvs_sync_daemon` in `global_defs`"),
        ("vrrp_sync_group G", "global_tracking", "`global_tracking` is ignored"),
    ] {
        let (_, problems) = load(&format!("{block} {{\n {line}\n}}\n"));
        let warnings: Vec<_> = problems.iter().filter(|p| p.contains("2:2 warning")).collect();
        assert!(warnings.len() == 1 && warnings[0].contains(want), "{line}: {problems:?}");
    }
    assert_eq!(load("local_address_group {\n a\n b {\n }\n}\n").1.len(), 1);
}

#[test]
fn what_is_not_supported_is_told_once() {
    let (_, problems) = load(
        "vrrp_sync_group G {\n notify_master /a\n}\nvrrp_instance V {\n notify_master /a\n \
         virtual_ipaddress {\n 10.0.0.1 no_track\n 10.0.0.2 no_track\n }\n}\nvrrp_instance W {\n \
         notify_master /b\n track_src_ip\n}\nglobal_defs {\n enable_traps\n umask 022\n}\n",
    );
    assert_eq!(
        problems,
        [
            "1:1 note vrrp_sync_group: not supported yet",
            "5:2 note vrrp_instance V: notify_master: not supported yet",
            "7:11 note vrrp_instance V: virtual_ipaddress: `no_track` is not supported yet",
            "13:2 note vrrp_instance W: track_src_ip: not supported yet",
            "16:2 note global_defs: enable_traps: accepted; it has no effect here",
        ]
    );
}

#[test]
fn what_is_written_again_counts_or_is_added() {
    let (root, problems) = load(
        "global_defs {\n router_id a\n}\nvrrp_instance V {\n priority 10\n priority 20\n \
         virtual_ipaddress {\n 10.0.0.1\n }\n virtual_ipaddress {\n 10.0.0.2\n }\n}\n\
         global_defs {\n vrrp_version 3\n}\n",
    );
    assert_eq!(
        problems,
        ["6:2 caution vrrp_instance V: priority: written before; the last one counts"]
    );
    let instance = &root.instances.value.0[0];
    assert_eq!(instance.priority.value.get(), 20);
    assert_eq!(instance.virtual_ipaddress.value.0.len(), 2);
    let globals = &root.globals.value.0;
    assert!(globals.router_id.is_written() && globals.vrrp_version.is_written());
}

#[test]
fn any_word_survives_the_dump() {
    for word in [
        "a#b",
        "a!b",
        "a b",
        "{",
        "}",
        "a{b",
        "$A",
        "${A}",
        "@a",
        "~SEQ(a,1,2)",
        "'",
        "\\",
        "é",
        "include",
    ] {
        let text = format!(
            "global_defs {{\n router_id \"{word}\"\n notification_email {{\n \"{word}\"\n }}\n}}\n"
        );
        let (root, problems) = load(&text);
        let shown = dumped(&root, Secrets::Shown);
        let (again, _) = load(&shown);
        assert!(root == again, "{word}: {shown} {problems:?}");
    }
}

#[test]
fn any_command_survives_the_dump() {
    for command in [
        r#""/bin/a \x22b # c\x22 { !""#,
        r#""/bin/a \"b c\"""#,
        r#"'/bin/a "b {c} # d"'"#,
        r#""/bin/a \""#,
        r#""/bin/a" 'a\\b' '"'"#,
    ] {
        let text = format!("vrrp_instance V {{\n notify_master {command}\n}}\n");
        let (root, problems) = load(&text);
        let shown = dumped(&root, Secrets::Shown);
        let (again, _) = load(&shown);
        assert!(root == again, "{command}: {shown} {problems:?}");
    }
}

#[test]
fn the_manual_has_every_word() {
    let mut all = String::new();
    assert!(super::manual(None, &mut all).expect("a string takes every text"));
    if !super::HAS_MANUAL {
        return;
    }
    for table in super::TABLES {
        for word in table.rows().flat_map(crate::config::schema::Row::words) {
            assert!(all.contains(word), "{word}");
            let mut one = String::new();
            assert!(super::manual(Some(word), &mut one).expect("a string takes every text"));
            assert!(one.contains("accepted: "), "{word}: {one}");
        }
        assert!(table.help.lines().all(|help| help.ends_with('.')), "{}", table.name);
        assert_eq!(table.help.lines().count(), table.rows().count() + 1, "{}", table.name);
    }
    assert!(!super::manual(Some("nonsense"), &mut all).expect("a string takes every text"));
    assert!(all.contains("priority\n") && all.contains("accepted: 1..255; default: 100"));
}
