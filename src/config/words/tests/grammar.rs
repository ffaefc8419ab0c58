//! Values in the places where they stand: accepted, refused, printed.

use super::{Secrets, dumped, load};

/// A statement in its block: `block` holds `%` where the statement stands.
fn said(block: &str, statement: &str) -> Vec<String> {
    let (_, problems) = load(&block.replace('%', statement));
    let grave = problems.into_iter().filter(|problem| !problem.contains(" note "));
    grave.map(|problem| problem.split_once(' ').map_or(String::new(), |(_, p)| p.into())).collect()
}

/// Statements accepted in a block without a word, and printed so that they read the same.
fn accepted(block: &str, statements: &[&str]) {
    for statement in statements {
        assert_eq!(said(block, statement), [""; 0], "{statement}");
        let (root, _) = load(&block.replace('%', statement));
        let shown = dumped(&root, Secrets::Shown);
        let (again, problems) = load(&shown);
        assert!(root == again, "{statement}\n{shown}{problems:?}");
    }
}

/// Statements refused in a block, with the beginning of what is said of them.
fn refused(block: &str, statements: &[(&str, &str)]) {
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
fn routes_have_the_grammar_of_ip_route() {
    accepted(
        "static_routes {\n %\n}\n",
        &[
            "192.168.2.0/24 via 192.168.1.100 dev eth0 track_group GROUP1",
            "192.168.100.0/24 table 6909 nexthop via 192.168.101.1 dev wlan0 onlink weight 1 nexthop via inet6 fe80::2 dev wlan0 onlink weight 2",
            "192.168.200.0/24 dev p33p1.2 table main tos 0x04 protocol bird scope link priority 12 mtu 1000 hoplimit 100 advmss 101 rtt 102 rttvar 103 reordering 104 window 105 cwnd 106 ssthresh lock 107 realms PQA/0x14 rto_min 108 initcwnd 109 initrwnd 110 vrf blue features ecn add",
            "src 10.0.0.1 to 10.5.0.0/16 gw 10.0.0.3 or 10.0.0.4 oif eth0",
            "blackhole 10.0.0.0/8",
            "unreachable default",
            "default6 via fe80::1 dev eth0 metric 5 pref high ttl-propagate enabled quickack 1 expires 10",
            "10.0.0.0/8 encap mpls 100/200 dev eth0",
        ],
    );
    refused(
        "static_routes {\n %\n}\n",
        &[
            ("10.0.0.0/8 via 10.0.0.1 foo bar", "warning static_routes: `foo` is ignored"),
            (
                "10.0.0.0/8 metric x",
                "error static_routes: `x` is not accepted; accepted: 0..4294967295",
            ),
            ("10.0.0.0/33 dev eth0", "`10.0.0.0/33` is out of range"),
            ("10.0.0.0/8 quickack 2", "`2` is out of range; accepted: 0..1"),
            ("10.0.0.0/8 hoplimit 300", "`300` is out of range; accepted: [lock] 0..255"),
            ("10.0.0.0/8 pref urgent", "`urgent` is not accepted; accepted: low | medium | high"),
            ("10.0.0.0/8 via", "argument missing; accepted: [inet | inet6] ADDRESS"),
        ],
    );
}

#[test]
fn rules_have_the_grammar_of_ip_rule() {
    accepted(
        "vrrp_instance V {\n virtual_rules {\n %\n }\n}\n",
        &[
            "from 192.168.28.0/24 to 192.168.29.0/26 table small iif p33p1 oif wlan0 tos 22 fwmark 24/12 preference 39 realms 30/20 goto 40",
            "to 1:2:3:4:5:6:7:0/112 from 7:6:5:4:3:2::/96 lookup 6908 uidrange 10000-19999 no_track",
            "not from all fwmark 0x10/0xff l3mdev protocol 12 ipproto UDP sport 10-20 dport 20 order 5",
            "from 10.0.0.1 sup_pl 0 sup_group 5 tunnel-id 7 unreachable",
        ],
    );
    refused(
        "vrrp_instance V {\n virtual_rules {\n %\n }\n}\n",
        &[
            ("from 10.0.0.1 foo", "`foo` is ignored"),
            ("from", "argument missing"),
            ("from 10.0.0.1 preference 99999999999", "out of range; accepted: 0..4294967295"),
            ("fwmark 1/x", "`1/x` is not accepted; accepted: NUMBER[/MASK]"),
            ("dport 90000", "`90000` is out of range; accepted: 0..65535"),
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
fn services_are_named_by_address_mark_or_group() {
    accepted(
        "virtual_server % {\n lb_algo rr\n lb_kind DR\n protocol tcp\n real_server 10.0.0.2 80 {\n weight 3\n HTTP_GET {\n url {\n path /\n status_code 200 300-399\n }\n url {\n path /b\n }\n connect_timeout 3\n }\n }\n}\n",
        &["10.0.0.1 80", "2001:db8::1", "fwmark 5", "group G"],
    );
    refused(
        "virtual_server % {\n}\n",
        &[
            ("10.0.0.1 99999", "`99999` is out of range"),
            ("fwmark 0", "`0` is out of range"),
            ("group", "argument missing"),
            ("10.0.0.1 80 tcp", "caution virtual_server 10.0.0.1 80: `tcp` is ignored"),
        ],
    );
    accepted(
        "virtual_server_group G {\n %\n}\n",
        &["10.0.0.1 80", "10.0.0.1-5 80", "10.0.0.1-10.0.1.7", "10.0.0.0/24 80", "fwmark 5 inet6"],
    );
    refused(
        "virtual_server_group G {\n %\n}\n",
        &[("foo", "`foo` is not accepted"), ("10.0.0.1 99999", "`99999` is out of range")],
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
            "lvs_timeouts tcp 5 udp 6",
            "lvs_sync_daemon eth0 inst VI_1 id 3 port 8848 group 224.0.0.81",
            "vrrp_garp_extra_if all 100",
            "include_check +match -wildcard_match",
            "vrrp_skip_check_adv_addr",
            "vrrp_min_garp off",
            "vrrp_mcast_group6 ff02::13",
            "smtp_server mail.example.org 25",
            "vrrp_cpu_affinity 0 1",
            "notification_email {\n a@example.org b@example.org\n \"c d@example.org\"\n }",
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
            ("lvs_timeouts", "argument missing"),
            ("notification_email a@example.org", "a block in braces is expected"),
        ],
    );
}
