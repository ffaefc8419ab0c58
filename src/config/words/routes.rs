//! The grammar of routes, also that of rules.

use crate::config::value::{Grammar, List, Opt, Phrase, Takes};

/// Routes in braces.
pub type Routes = List<Phrase<Route>>;

/// Rules in braces.
pub type Rules = List<Phrase<Rule>>;

const U32: i64 = 0xffff_ffff;
/// A route's metric, which may be locked against the kernel's own estimate.
const METRIC: Takes = Takes::Lock(0, U32);

/// A route, as `ip route` has it, without abbreviations.
#[derive(Debug)]
pub enum Route {}

impl Grammar for Route {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Cidr, false)];
    const OPTIONS: &'static [Opt] = &[
        (
            &[
                "unicast",
                "local",
                "broadcast",
                "multicast",
                "anycast",
                "throw",
                "unreachable",
                "prohibit",
                "blackhole",
                "nat",
                "xresolve",
                "default",
                "default6",
                "inet",
                "inet6",
                "onlink",
                "nexthop",
                "no_track",
                "add",
                "prepend",
                "append",
                "lock",
            ],
            Takes::Nothing,
        ),
        (&["to"], Takes::Cidr),
        (&["src", "from"], Takes::Cidr),
        (&["via", "gw", "or"], Takes::Via),
        (&["dev", "oif"], Takes::Iface),
        (&["vrf"], Takes::Iface),
        (&["table"], Takes::Named(0, U32)),
        (&["metric", "priority", "preference"], Takes::Int(0, U32)),
        (&["scope", "protocol", "tos", "dsfield"], Takes::Named(0, 255)),
        (&["weight"], Takes::Int(0, 256)),
        (&["mtu", "advmss", "reordering", "window", "cwnd", "ssthresh"], METRIC),
        (&["initcwnd", "initrwnd", "expires"], METRIC),
        (&["hoplimit"], Takes::Lock(0, 255)),
        (&["rtt", "rttvar", "rto_min"], Takes::Span(0, U32)),
        (&["realms", "features", "congctl", "track_group"], Takes::Word),
        (&["ecn"], Takes::Nothing),
        (&["quickack", "fastopen_no_cookie"], Takes::Int(0, 1)),
        (&["pref"], Takes::One(&[&["low"], &["medium"], &["high"]])),
        (&["ttl-propagate"], Takes::One(&[&["enabled"], &["disabled"]])),
        (&["as"], Takes::Cidr),
        (&["encap"], Takes::Rest),
    ];
}

/// A rule, as `ip rule` has it, without abbreviations.
#[derive(Debug)]
pub enum Rule {}

impl Grammar for Rule {
    const SOME: bool = true;
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[
        (
            &[
                "not",
                "inet",
                "inet6",
                "no_track",
                "nop",
                "blackhole",
                "unreachable",
                "prohibit",
                "l3mdev",
            ],
            Takes::Nothing,
        ),
        (&["from", "to"], Takes::Cidr),
        (&["table", "lookup"], Takes::Named(0, U32)),
        (&["preference", "order", "priority"], Takes::Int(0, U32)),
        (&["fwmark"], Takes::Mark),
        (&["iif", "dev", "oif"], Takes::Iface),
        (&["tos", "dsfield", "protocol", "ipproto", "ip_proto"], Takes::Named(0, 255)),
        (&["realms", "type", "track_group"], Takes::Word),
        (&["suppress_prefixlength", "sup_pl"], Takes::Int(-1, 128)),
        (&["suppress_ifgroup", "sup_group"], Takes::Named(-1, 0x7fff_ffff)),
        (&["tunnel-id"], Takes::Int(0, i64::MAX)),
        (&["uidrange"], Takes::Span(0, U32)),
        (&["sport", "dport"], Takes::Span(0, 65_535)),
        (&["goto"], Takes::Int(0, U32)),
    ];
}
