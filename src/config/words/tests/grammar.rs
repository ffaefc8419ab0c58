//! Values in the places where they stand: accepted, refused, printed.

use super::{Secrets, dumped, load};

/// A statement in its block: `block` holds `%` where the statement stands.
pub(super) fn said(block: &str, statement: &str) -> Vec<String> {
    let (_, problems) = load(&block.replace('%', statement));
    let grave = problems.into_iter().filter(|problem| !problem.contains(" note "));
    grave.map(|problem| problem.split_once(' ').map_or(String::new(), |(_, p)| p.into())).collect()
}

/// Statements accepted in a block without a word, and printed so that they read the same.
pub(super) fn accepted(block: &str, statements: &[&str]) {
    for statement in statements {
        assert_eq!(said(block, statement), [""; 0], "{statement}");
        let (root, _) = load(&block.replace('%', statement));
        let shown = dumped(&root, Secrets::Shown);
        let (again, problems) = load(&shown);
        assert!(root == again, "{statement}\n{shown}{problems:?}");
    }
}

/// Statements refused in a block, with the beginning of what is said of them.
pub(super) fn refused(block: &str, statements: &[(&str, &str)]) {
    for (statement, want) in statements {
        let said = said(block, statement);
        let [only] = said.as_slice() else { panic!("{statement}: {said:?}") };
        assert!(only.contains(want), "{statement}: {only}");
    }
}

const ADDRESSES: &str = "vrrp_instance V {\n virtual_ipaddress {\n %\n }\n}\n";

#[test]
fn addresses_have_options_in_any_order() {
    accepted(
        ADDRESSES,
        &[
            "10.0.0.1",
            "10.0.0.1/24 brd 10.0.0.255 dev eth0 scope global label eth0:1",
            "10.0.0.1/24 broadcast + preferred_lft forever home",
            "10.0.0.1/24 scope 7 brd - preferred_lft 0 noprefixroute",
            "10.0.0.1 peer 10.0.0.2/32 dev tun0",
            "2001:db8::1/64 -nodad mngtmpaddr autojoin",
            "10.0.0.1 no_track use_vmac",
        ],
    );
    refused(
        ADDRESSES,
        &[
            (
                "10.0.0.300",
                "error vrrp_instance V: virtual_ipaddress: `10.0.0.300` is not accepted; accepted: IPV4[/0..32] | IPV6[/0..128]",
            ),
            ("10.0.0.1/33", "`10.0.0.1/33` is out of range"),
            ("10.0.0.1 dev", "argument missing; accepted: NAME"),
            ("10.0.0.1 dev a/b", "`a/b` is not accepted; accepted: NAME of at most 15"),
            ("10.0.0.1 label abcdefghijklmnop", "`abcdefghijklmnop` is not accepted"),
            ("10.0.0.1 scope everywhere", "`everywhere` is not accepted"),
            ("10.0.0.1 preferred_lft 5s", "`5s` is not accepted; accepted: 0..4294967295"),
            ("10.0.0.1 brd x", "`x` is not accepted"),
            ("10.0.0.1 foo bar", "warning vrrp_instance V: virtual_ipaddress: `foo` is ignored"),
            (
                "10.0.0.1 10.0.0.2",
                "warning vrrp_instance V: virtual_ipaddress: `10.0.0.2` is ignored",
            ),
        ],
    );
}

#[test]
fn trackers_have_weights() {
    accepted(
        "vrrp_instance V {\n track_interface {\n %\n }\n}\n",
        &["eth0", "eth0 weight 10", "eth0 weight -253 reverse", "eth0 noreverse"],
    );
    refused(
        "vrrp_instance V {\n track_interface {\n %\n }\n}\n",
        &[
            ("eth0 weight 300", "`300` is out of range; accepted: -253..253"),
            ("eth0 weight", "argument missing; accepted: -253..253"),
            ("eth0 heavy", "`heavy` is ignored"),
        ],
    );
    accepted("vrrp_script s {\n %\n}\n", &["weight 5", "weight -5 reverse", "interval 0.5"]);
}

#[test]
fn a_script_is_quoted_and_its_user_is_not() {
    accepted(
        "vrrp_instance V {\n %\n}\n",
        &[
            "notify \"/bin/a b 'c d' # ! {\" root :adm",
            "notify /bin/a root",
            r#"notify "/bin/a \"b c\" \\ d""#,
        ],
    );
    refused(
        "vrrp_instance V {\n %\n}\n",
        &[
            ("notify \"\"", "error vrrp_instance V: notify: argument missing; accepted: \"COMMAND"),
            ("notify", "argument missing"),
            (
                "notify \"/bin/a\" root adm more",
                "caution vrrp_instance V: notify: `more` is ignored",
            ),
        ],
    );
    let (root, _) = load("vrrp_instance V {\n notify \"/bin/a \\\"b c\\\" d\" root adm\n}\n");
    let notify = &root.instances.value.0[0].notify.value;
    let argv = crate::config::value::arguments(&notify.command);
    assert_eq!(argv, ["/bin/a", "b c", "d"]);
    assert_eq!(notify.user.user.as_deref(), Some("root"));
    refused(
        "vrrp_script s {\n %\n}\n",
        &[("script \"/bin/a b\" and prose", "caution vrrp_script s: script: `and` is ignored")],
    );
}

#[test]
fn values_of_the_daemon_have_their_ranges() {
    accepted(
        "global_defs {\n %\n}\n",
        &[
            "umask 022",
            "umask 18",
            "umask IRUSR|IWGRP",
            "vrrp_garp_interval 0",
            "vrrp_gna_interval 0.000001",
            "vrrp_startup_delay 5.5",
            "max_auto_priority",
            "max_auto_priority -1",
            "dynamic_interfaces allow_if_changes",
            "vrrp_garp_extra_if all 100",
            "include_check +match -wildcard_match",
            "vrrp_skip_check_adv_addr",
            "vrrp_min_garp off",
            "vrrp_mcast_group6 ff02::13",
            "vrrp_cpu_affinity 0 1",
        ],
    );
    refused(
        "global_defs {\n %\n}\n",
        &[
            ("umask 0999", "`0999` is not accepted"),
            ("umask 01000", "`01000` is out of range"),
            ("vrrp_version 4", "`4` is not accepted; accepted: 2 | 3; default 2"),
            ("vrrp_mcast_group4 10.0.0.1", "accepted: IPv4 multicast address; default 224.0.0.18"),
            ("vrrp_mcast_group6 ff05::12", "accepted: IPv6 multicast address of link scope"),
            ("vrrp_garp_interval 0.0000001", "`0.0000001` is not accepted"),
            ("vrrp_startup_delay 0", "accepted: 0.001..4294.967295 seconds"),
            ("vrrp_rt_priority 100", "accepted: 1..99"),
            ("vrrp_min_garp maybe", "`maybe` is not accepted; accepted: true | false"),
        ],
    );
}
