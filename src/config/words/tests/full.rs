//! Values of features that a build can do without, in a build that has all.

use super::grammar::{accepted, refused};
use super::load;

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
fn values_of_the_daemon_for_features_have_their_ranges() {
    accepted(
        "global_defs {\n %\n}\n",
        &[
            "lvs_timeouts tcp 5 udp 6",
            "lvs_sync_daemon eth0 inst VI_1 id 3 port 8848 group 224.0.0.81",
            "smtp_server mail.example.org 25",
            "notification_email {\n a@example.org b@example.org\n \"c d@example.org\"\n }",
        ],
    );
    refused(
        "global_defs {\n %\n}\n",
        &[
            ("lvs_timeouts", "argument missing"),
            ("notification_email a@example.org", "a block in braces is expected"),
        ],
    );
}

#[test]
fn words_of_the_past_of_features_are_read_as_the_right_ones() {
    for (block, line, want) in [
        ("global_defs", "smtp_connection_timeout 5", "`smtp_connect_timeout`"),
        ("virtual_server 10.0.0.1 80", "nat_mask 255.0.0.0", "`nat_mask` is ignored"),
        ("virtual_server 10.0.0.1 80", "nb_get_retry 3", "`retry`"),
    ] {
        let (_, problems) = load(&format!("{block} {{\n {line}\n}}\n"));
        let warnings: Vec<_> = problems.iter().filter(|p| p.contains("2:2 warning")).collect();
        assert!(warnings.len() == 1 && warnings[0].contains(want), "{line}: {problems:?}");
    }
    let check = "TCP_CHECK {\n nb_get_retry 3\n }";
    let (root, _) = load(&format!(
        "virtual_server 10.0.0.1 80 {{\nreal_server 10.0.0.2 80 {{\n{check}\n}}\n}}\n"
    ));
    let server = &root.virtual_servers.value.0[0].real_servers.value.0[0];
    let check = &server.checks.tcp.value.0[0];
    assert_eq!(check.connect.check.schedule.retry.value.get(), 3);
}
