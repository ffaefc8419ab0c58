//! Tests of the tables on text.

use super::{Root, Secrets, dump};
use crate::config::problem::{Problem, Severity};
use crate::config::{Options, testing};

/// A configuration and its problems as `line:column severity text`.
fn load(text: &str) -> (Root, Vec<String>) {
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
            "2:17 warning vrrp_instance V: interface: `eth1` is ignored: nothing is expected there",
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
