//! Unicast: peers, sources, interfaces.

use super::*;
use crate::vrrp::{Peer, Unicast};

fn peer(ip: &str, hops_min: u8, hops_max: u8) -> Peer {
    Peer { ip: ip.parse().unwrap(), hops_min, hops_max }
}

#[test]
fn peers_are_all_but_the_router_itself() {
    let words = "unicast_src_ip 10.0.0.1\nunicast_ttl 64\nunicast_peer {\n10.0.0.2 min_ttl 3\n\
        10.0.0.1\n10.0.0.3 max_ttl 60 min_ttl 50\nfe80::2\n224.0.0.18\n10.0.0.2\n}";
    let Instance { params, source, .. } = instance("", words);
    let peers = [peer("10.0.0.2", 3, 255), peer("10.0.0.3", 50, 60)].into();
    assert_eq!(params.unicast, Some(Unicast { peers, check_source: true, hops: 64 }));
    assert_eq!((source, params.group), (Some(params.group), "10.0.0.1".parse().unwrap()));
    assert!(!params.unsupported);
}

#[test]
fn a_source_that_is_not_configured_is_that_of_the_interface() {
    let Instance { params, source, .. } = instance("", "unicast_peer {\n10.0.0.2\n}");
    let peers = [peer("10.0.0.2", 0, 255)].into();
    assert_eq!(params.unicast, Some(Unicast { peers, check_source: false, hops: 255 }));
    assert_eq!((source, params.group), (None, "0.0.0.0".parse().unwrap()));
    // Either word does, as in keepalived.
    let words = "mcast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}";
    assert_eq!(instance("", words).source, Some("10.0.0.1".parse().unwrap()));
    let multicast = instance("", "unicast_src_ip 10.0.0.1");
    assert_eq!(multicast.source, Some("10.0.0.1".parse().unwrap()));
    assert_eq!(multicast.params.unicast, None);
}

#[test]
fn the_check_of_sources_is_the_instances_else_that_of_all() {
    for (globals, word, want) in [
        ("", "", false),
        ("", "check_unicast_src", true),
        ("vrrp_check_unicast_src", "", true),
        ("vrrp_check_unicast_src", "check_unicast_src off", false),
    ] {
        let words = format!("{word}\nunicast_peer {{\n10.0.0.2\n}}");
        let unicast = instance(globals, &words).params.unicast.expect("there is a peer");
        assert_eq!(unicast.check_source, want, "{globals} {word}");
    }
}

/// Two instances of one number.
fn pair(one: &str, other: &str) -> usize {
    let body = |words: &str| {
        format!(
            "interface eth0\nvirtual_router_id 7\n{words}\nvirtual_ipaddress {{\n10.0.0.9\n}}\n}}\n"
        )
    };
    let text = format!("vrrp_instance A {{\n{}vrrp_instance B {{\n{}", body(one), body(other));
    config(&text).instances.len()
}

#[test]
fn a_number_may_be_that_of_another_instance_with_other_peers_or_another_source() {
    let peers = |source: &str, peers: &str| format!("{source}\nunicast_peer {{\n{peers}\n}}");
    let (one, other) = ("unicast_src_ip 10.0.0.1", "unicast_src_ip 10.0.0.4");
    for (first, second, count) in [
        (peers("", "10.0.0.2"), peers("", "10.0.0.3"), 2),
        (peers("", "10.0.0.2\n10.0.0.3"), peers("", "10.0.0.3"), 1),
        (peers(one, "10.0.0.2"), peers(other, "10.0.0.2"), 2),
        (peers(one, "10.0.0.2"), peers(one, "10.0.0.2"), 1),
        (peers(one, "10.0.0.2"), String::new(), 2),
    ] {
        assert_eq!(pair(&first, &second), count, "{first} {second}");
    }
}

#[test]
fn an_interface_can_be_left_out_where_the_own_address_is_named() {
    let load = |words: &str| {
        config(&format!(
            "vrrp_instance A {{\nvirtual_router_id 7\n{words}\nvirtual_ipaddress {{\n\
             10.0.0.9 dev eth1\n10.0.0.8\n}}\ntrack_interface {{\neth0\n}}\n}}\n"
        ))
    };
    let peers = "unicast_peer {\n10.0.0.2\n}";
    let found = load(&format!("unicast_src_ip 10.0.0.1\n{peers}"));
    let instance = found.instances.iter().next().expect("it needs none");
    let name = |link: crate::vrrp::LinkId| found.links[link.index()].as_str();
    assert_eq!(name(instance.params.link), "");
    let places: Vec<_> = instance.addresses.iter().map(|one| name(one.link)).collect();
    assert_eq!(places, ["eth1", "eth0"]);
    assert_eq!(instance.params.tracks.len(), 1, "eth0 is not its own");
    for words in [peers, "unicast_src_ip 10.0.0.1"] {
        assert!(load(words).instances.is_empty(), "{words}");
    }
}
