//! Tests of what a configuration means.

use crate::config::testing::Memory;
use crate::config::{Config, Instance, Loaded, Options, load};
use crate::machine::Duration;
use crate::vrrp::{Announcing, Auth, Begin, Family, Tracked, Version};

fn loaded(text: &str) -> Loaded {
    load("a.conf", &mut Memory(&[("a.conf", text.as_bytes())]), &Options::default())
}

fn config(text: &str) -> Config {
    let loaded = loaded(text);
    assert!(loaded.problems.exit_code() < 6, "{}", loaded.problems.text(&loaded.names));
    loaded.config
}

/// The instance of these words, with an interface, a number and an address of its own.
fn instance(globals: &str, words: &str) -> Instance {
    let text = format!(
        "global_defs {{\n{globals}\n}}\nvrrp_instance VI_1 {{\ninterface eth0\n\
         virtual_router_id 7\n{words}\nvirtual_ipaddress {{\n10.0.0.9/24\n}}\n}}\n"
    );
    let config = config(&text);
    let mut instances = config.instances.iter();
    let Instance { name, params, source, addresses } = instances.next().expect("there is one");
    Instance {
        name: name.clone(),
        params: params.clone(),
        source: *source,
        addresses: addresses.clone(),
    }
}

fn seconds(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn what_nobody_wrote_is_the_default() {
    let instance = instance("", "");
    let params = &instance.params;
    assert_eq!((params.version, params.family, params.vrid), (Version::V2, Family::V4, 7));
    assert_eq!((params.priority, params.interval, params.down_adverts), (100, seconds(1), 3));
    assert_eq!((params.preempt, params.preempt_delay), (true, Duration::ZERO));
    assert_eq!(
        (params.begin, params.auth, params.group),
        (Begin::Backup, Auth::None, "224.0.0.18".parse().unwrap())
    );
    assert!(params.track_link && params.tracks.is_empty() && !params.unsupported);
    assert_eq!((params.addresses.len(), params.announced), (1, 1));
    let announcing = Announcing {
        repeat: 5,
        delay: seconds(5),
        refresh: Duration::ZERO,
        refresh_repeat: 1,
        lower_prio_repeat: 5,
        lower_prio_delay: seconds(5),
        arp_gap: Duration::ZERO,
        na_gap: Duration::ZERO,
    };
    assert_eq!(params.announcing, announcing);
}

#[test]
fn priority_and_beginning_follow_state() {
    for (words, priority, begin) in [
        ("state MASTER", 255, Begin::Master),
        ("state MASTER\npriority 150", 150, Begin::Backup),
        ("state MASTER\npriority 300", 100, Begin::Backup),
        ("state BACKUP", 100, Begin::Backup),
        ("state BACKUP\npriority 255", 255, Begin::Backup),
        ("priority 255", 255, Begin::Master),
        ("state SLAVE", 100, Begin::Backup),
    ] {
        let params = instance("", words).params;
        assert_eq!((params.priority, params.begin), (priority, begin), "{words}");
    }
}

#[test]
fn the_interval_is_one_the_version_can_tell() {
    for (words, millis) in [
        ("advert_int 2", 2000),
        ("advert_int 0.01", 1000),
        ("advert_int 1.5", 2000),
        ("advert_int 2.4", 2000),
        ("advert_int 255", 255_000),
        ("version 3\nadvert_int 0.01", 10),
        ("version 3\nadvert_int 0.015", 20),
        ("version 3\nadvert_int 40.95", 40_950),
        ("version 3\nadvert_int 41", 40_950),
        ("version 3\nadvert_int 0.1", 100),
    ] {
        let params = instance("", words).params;
        assert_eq!(params.interval, Duration::from_millis(millis), "{words}");
    }
}

#[test]
fn preemption_is_what_can_have_an_effect() {
    for (words, preempt, delay) in [
        ("nopreempt", false, 0),
        ("preempt", true, 0),
        ("preempt_delay 30", true, 30),
        ("nopreempt\npreempt_delay 30", false, 0),
        ("state MASTER\npriority 9\nnopreempt", true, 0),
        ("state MASTER\npriority 9\npreempt_delay 30", true, 0),
        ("priority 255\nnopreempt", true, 0),
    ] {
        let params = instance("", words).params;
        assert_eq!((params.preempt, params.preempt_delay), (preempt, seconds(delay)), "{words}");
    }
}

#[test]
fn a_password_is_eight_bytes_of_version_2() {
    let auth = |kind: &str| format!("authentication {{\nauth_type {kind}\n}}");
    for (globals, words, want) in [
        ("", auth("PASS\nauth_pass abc"), Auth::Simple(*b"abc\0\0\0\0\0")),
        ("", auth("PASS\nauth_pass 123456_psd"), Auth::Simple(*b"123456_p")),
        ("", auth("PASS\nauth_pass \"a b\""), Auth::Simple(*b"a b\0\0\0\0\0")),
        ("", "authentication {\nauth_pass abc\n}".into(), Auth::None),
        ("", auth("PASS"), Auth::None),
        ("vrrp_version 3", auth("PASS\nauth_pass abc"), Auth::None),
        ("vrrp_strict", auth("PASS\nauth_pass abc"), Auth::None),
    ] {
        let params = instance(globals, &words).params;
        assert!(params.auth == want, "{globals} {words}");
        assert!(!params.unsupported);
    }
    assert!(instance("", &auth("AH\nauth_pass abc")).params.unsupported);
}

#[test]
fn an_instance_says_more_than_the_globals() {
    let globals = "vrrp_garp_master_repeat 4\nvrrp_garp_master_delay 9\nvrrp_garp_interval 0.5\n\
        vrrp_garp_lower_prio_repeat 2\nvrrp_down_timer_adverts 5\nvrrp_skip_check_adv_addr\n\
        vrrp_lower_prio_no_advert\nvrrp_version 3\nvrrp_mcast_group4 224.0.0.99";
    let params = instance(globals, "").params;
    assert_eq!((params.version, params.down_adverts), (Version::V3, 5));
    assert!(params.skip_check_addresses && params.lower_prio_no_advert);
    assert_eq!(params.group.to_string(), "224.0.0.99");
    let announcing = params.announcing;
    assert_eq!((announcing.repeat, announcing.delay), (4, seconds(9)));
    assert_eq!((announcing.lower_prio_repeat, announcing.lower_prio_delay), (2, seconds(9)));
    assert_eq!(announcing.arp_gap, Duration::from_millis(500));

    let words = "garp_master_repeat 1\ngarp_master_delay 0\ngarp_lower_prio_repeat 0\n\
        down_timer_adverts 3\nskip_check_adv_addr no\nlower_prio_no_advert off\nversion 2\n\
        mcast_dst_ip 224.0.0.5\nmcast_src_ip 10.0.0.1";
    let own = instance(globals, words);
    let params = own.params;
    assert_eq!((params.version, params.down_adverts), (Version::V2, 3));
    assert!(!params.skip_check_addresses && !params.lower_prio_no_advert);
    assert_eq!(
        (params.group.to_string(), own.source.unwrap().to_string()),
        ("224.0.0.5".into(), "10.0.0.1".into())
    );
    let announcing = params.announcing;
    assert_eq!((announcing.repeat, announcing.delay), (1, Duration::ZERO));
    assert_eq!((announcing.lower_prio_repeat, announcing.lower_prio_delay), (0, seconds(9)));

    let least = instance("vrrp_min_garp", "").params.announcing;
    assert_eq!((least.repeat, least.delay, least.lower_prio_repeat), (1, Duration::ZERO, 1));
}

#[test]
fn addresses_keep_their_options() {
    let text = "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n\
        10.0.0.9\n10.0.0.8/24 brd + dev eth1 scope link label eth1:1\n\
        10.0.0.7/24 brd -\nfe80::7\n}\nvirtual_ipaddress_excluded {\n\
        10.0.0.6 peer 10.0.0.3/30\n2001:db8::1\n2001:db8::2 preferred_lft forever -nodad\n\
        2001:db8::3/64 home mngtmpaddr noprefixroute autojoin preferred_lft 60\n}\n}\n\
        static_ipaddress {\n2001:db8::4\n10.1.1.1/24\n}\n";
    let config = config(text);
    let instance = config.instances.iter().next().unwrap();
    assert_eq!((instance.params.addresses.len(), instance.params.announced), (3, 8));
    let shown = |address: &crate::config::Address| {
        let link = &config.links[address.link.index()];
        let more = |ip: Option<core::net::IpAddr>| ip.map_or("-".into(), |ip| ip.to_string());
        format!(
            "{}/{} {link} peer {} brd {} scope {} label {} lft {:?} flags {:#x}",
            address.ip,
            address.prefix,
            more(address.peer),
            more(address.broadcast),
            address.scope,
            address.label.as_deref().unwrap_or("-"),
            address.preferred_lft,
            address.flags
        )
    };
    let have: Vec<_> = instance.addresses.iter().map(shown).collect();
    assert_eq!(
        have,
        [
            "10.0.0.9/32 eth0 peer - brd - scope 0 label - lft None flags 0x0",
            "10.0.0.8/24 eth1 peer - brd 10.0.0.255 scope 253 label eth1:1 lft None flags 0x0",
            "10.0.0.7/24 eth0 peer - brd 10.0.0.0 scope 0 label - lft None flags 0x0",
            "fe80::7/128 eth0 peer - brd - scope 0 label - lft Some(0) flags 0x0",
            "10.0.0.6/30 eth0 peer 10.0.0.3 brd - scope 0 label - lft None flags 0x0",
            "2001:db8::1/128 eth0 peer - brd - scope 0 label - lft Some(0) flags 0x0",
            "2001:db8::2/128 eth0 peer - brd - scope 0 label - lft None flags 0x0",
            "2001:db8::3/64 eth0 peer - brd - scope 0 label - lft Some(60) flags 0x710",
        ]
    );
    let detects: Vec<bool> = instance.addresses.iter().map(|address| address.dad).collect();
    assert_eq!(detects, [false, false, false, false, false, false, true, false]);
    assert!(config.statics[0].dad && !config.statics[1].dad);
    let statics: Vec<_> = config.statics.iter().map(shown).collect();
    assert_eq!(
        statics,
        [
            "2001:db8::4/128 eth0 peer - brd - scope 0 label - lft Some(0) flags 0x0",
            "10.1.1.1/24 eth0 peer - brd - scope 0 label - lft None flags 0x0",
        ]
    );
}

#[test]
fn ipv6_is_version_3_with_its_own_group() {
    let text = "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nversion 2\n\
        advert_int 0.5\nvirtual_ipaddress {\nfe80::7\n10.0.0.1\n}\n}\n";
    let config = config(text);
    let params = &config.instances.iter().next().unwrap().params;
    assert_eq!((params.version, params.family), (Version::V3, Family::V6));
    assert_eq!(
        (params.group.to_string(), params.interval),
        ("ff02::12".into(), Duration::from_millis(500))
    );
    assert_eq!((params.addresses.len(), params.announced), (1, 2));
}

#[test]
fn interfaces_are_tracked_by_id_but_for_the_own() {
    let words = "track_interface {\neth0\neth1\neth2 weight -20\neth3 weight 5 reverse\neth1\n}";
    let instance = instance("", words);
    let tracks: Vec<_> =
        instance.params.tracks.iter().map(|track| (track.weight, track.reverse)).collect();
    assert_eq!(tracks, [(0, false), (-20, false), (5, true)]);
    let links = instance.params.tracks.iter().map(|track| match track.what {
        Tracked::Link(link) => link,
    });
    assert!(links.into_iter().all(|link| link != instance.params.link));
    let owner = self::instance(
        "",
        "priority 255\ntrack_interface {\neth1 weight 5\neth2\n}\ndont_track_primary",
    );
    assert_eq!((owner.params.tracks.len(), owner.params.track_link), (1, false));
}

#[test]
fn what_cannot_be_meant_is_left_out() {
    let body = "virtual_ipaddress {\n10.0.0.9\n}\n}\n";
    for (text, count) in [
        (format!("vrrp_instance A {{\ninterface eth0\n{body}"), 0),
        (format!("vrrp_instance A {{\nvirtual_router_id 1\n{body}"), 0),
        (format!("vrrp_instance A {{\ninterface lo\nvirtual_router_id 1\n{body}"), 0),
        ("vrrp_instance A {\ninterface e\nvirtual_router_id 1\nversion 3\n}".into(), 0),
        ("vrrp_instance A {\ninterface e\nvirtual_router_id 1\n}".into(), 1),
        ("vrrp_instance A {\ninterface e\nvirtual_router_id 1\nversion 3\nno_virtual_ipaddress\n}".into(), 1),
        (format!("vrrp_instance A {{\ninterface e\nvirtual_router_id 1\n{body}vrrp_instance B {{\ninterface e\nvirtual_router_id 1\n{body}"), 1),
        (format!("vrrp_instance A {{\ninterface e\nvirtual_router_id 1\n{body}vrrp_instance B {{\ninterface f\nvirtual_router_id 1\n{body}"), 2),
    ] {
        assert_eq!(config(&text).instances.len(), count, "{text}");
    }
}

#[test]
fn what_would_be_wrong_on_the_wire_stays_down() {
    for words in ["use_vmac", "version 3\nv3_checksum_as_v2"] {
        assert!(instance("", words).params.unsupported, "{words}");
    }
    for words in ["unicast_peer {\n10.0.0.2\n}", "smtp_alert", "v3_checksum_as_v2", "accept"] {
        assert!(!instance("", words).params.unsupported, "{words}");
    }
}

#[test]
fn strict_routers_do_what_strict_routers_do() {
    let params = instance("vrrp_strict", "preempt_delay 5\ndown_timer_adverts 9").params;
    assert_eq!((params.preempt_delay, params.down_adverts), (Duration::ZERO, 3));
    assert!(params.lower_prio_no_advert);
    let lax = instance("vrrp_strict", "strict_mode off\npreempt_delay 5").params;
    assert_eq!((lax.preempt_delay, lax.lower_prio_no_advert), (seconds(5), false));
}

#[test]
fn the_globals_are_what_the_daemon_needs() {
    let global = config(
        "global_defs {\nrouter_id r\nvrrp_startup_delay 2.5\numask 027\n}\ninstance i\n\
         use_pid_dir\nchild_wait_time 9\n",
    )
    .global;
    assert_eq!((global.router_id.as_deref(), global.instance.as_deref()), (Some("r"), Some("i")));
    assert_eq!((global.use_pid_dir, global.umask), (true, Some(0o027)));
    assert_eq!(
        (global.startup_delay, global.child_wait),
        (Duration::from_millis(2500), seconds(9))
    );
    let none = config("").global;
    assert_eq!((none.router_id, none.umask, none.child_wait), (None, None, seconds(5)));
}

#[test]
fn an_interface_has_the_place_where_it_is_named_first() {
    let text = "vrrp_instance A {\n virtual_ipaddress {\n 10.0.0.9 dev eth1\n }\n \
                track_interface {\n eth2\n }\n interface eth0\n virtual_router_id 1\n}\n";
    let config = config(text);
    let mut places: Vec<_> =
        config.links.iter().map(|name| name.as_str()).zip(config.link_places.iter()).collect();
    places.sort_by_key(|(_, at)| **at);
    let places: Vec<_> = places.into_iter().map(|(name, at)| (name, at.line, at.column)).collect();
    assert_eq!(places, [("eth1", 3, 2), ("eth2", 6, 2), ("eth0", 8, 2)]);
}

#[test]
fn signs_of_a_shell_in_a_command_are_told_of() {
    for (command, told) in [
        ("killall -0 nginx && exit 0 || exit 1", true),
        ("[[ -f /etc/down ]]", true),
        ("/bin/echo a > /dev/null", true),
        ("/bin/sh -c 'a && b | c'", false),
        ("</etc/passwd", false),
        ("/bin/echo a", false),
    ] {
        let loaded = loaded(&format!("vrrp_script s {{\n script \"{command}\"\n}}\n"));
        let text = loaded.problems.text(&loaded.names);
        assert_eq!(text.contains("a.conf:2:9: warning: script: no shell"), told, "{text}");
    }
}

mod unicast;
