//! One `vrrp_instance`: what its router is to do.

use core::net::IpAddr;

use super::unicast::{is_link_local, is_of_a_router};
use super::{Resolver, announce, own_or, strict, subject};
use crate::config::problem::{Severity, shown};
use crate::config::schema::Field;
use crate::config::sorted::Sorted;
use crate::config::tree::Pos;
use crate::config::value::Bool;
use crate::config::words::global::Version as WrittenVersion;
use crate::config::words::vrrp::{AuthType, Instance as Written, State};
use crate::config::{IfName, Instance};
use crate::machine::Duration;
use crate::vrrp::{Auth, Begin, Family, LinkId, Params, Version};

/// Priority of the owner of the addresses (RFC 9568 5.2.4).
const OWNER: u8 = 255;
/// The longest interval that a version 3 advert can tell (RFC 9568 5.2.7).
const INTERVAL_MAX_V3: Duration = Duration::from_millis(40_950);
/// What version 3 counts its interval in.
const STEP_V3: u64 = 10_000;
/// Bytes of the password in a version 2 advert (RFC 2338 5.3.10).
const PASSWORD_LEN: usize = 8;

/// Words that change what is on the wire, or by whom it is heard, and are not supported yet.
const UNSUPPORTED: [&str; 3] = ["use_vmac", "use_ipvlan", "auth_hmac"];

/// Adverts missed before a master is down (RFC 9568 6.1).
const DOWN_ADVERTS: u8 = 3;

/// What tells the virtual routers of a machine apart: link, number, and the group; of unicast the
/// own address, and each peer. An own address that is configured does without the link.
type Identity = (Option<LinkId>, u8, Option<IpAddr>, IpAddr);

/// An instance on its way: what is known before the parameters.
pub(super) struct Draft<'a> {
    pub(super) written: &'a Written,
    pub(super) at: Pos,
    pub(super) subject: String,
    pub(super) family: Family,
    pub(super) version: Version,
    pub(super) priority: u8,
    pub(super) strict: bool,
}

impl<'a> Resolver<'a> {
    /// All instances that can be used.
    pub(super) fn instances(&mut self) -> Vec<Instance> {
        let root = self.root;
        let mut names: Sorted<&str> = Sorted::default();
        let mut identities: Sorted<Identity, &str> = Sorted::default();
        let mut instances = Vec::new();
        for written in &root.instances.value.0 {
            let name = &*written.name.0;
            if !names.insert(name) {
                let text = format!("{}is defined above; this one is ignored", subject(name));
                self.tell(Severity::Error, written.at.0, text);
                continue;
            }
            let Some(instance) = self.instance(written) else { continue };
            if self.is_unique(written, &instance.params, &mut identities) {
                instances.push(instance);
            }
        }
        instances
    }

    /// Whether no other router of the link has the same number, and the same group or a peer in
    /// common.
    fn is_unique(
        &mut self,
        written: &'a Written,
        params: &Params,
        identities: &mut Sorted<Identity, &'a str>,
    ) -> bool {
        let Params { link, vrid, group, ref unicast, .. } = *params;
        let name = &*written.name.0;
        let peers = unicast.iter().flat_map(|unicast| unicast.peers.iter().map(|peer| peer.ip));
        let known = !group.is_unspecified() && !is_link_local(group);
        let identity = |to: IpAddr| match unicast {
            None => (Some(link), vrid, None, to),
            Some(_) => (Some(link).filter(|_| !known), vrid, Some(group), to),
        };
        let all = peers.chain(unicast.is_none().then_some(group));
        let mut others = all.map(|to| *identities.get_or_insert(identity(to), name));
        let Some(other) = others.find(|other| *other != name) else { return true };
        let text = format!(
            "{}virtual_router_id: {vrid} is that of vrrp_instance {} {}; accepted: a number of its own",
            subject(name),
            shown(other),
            match unicast {
                None => "on the same interface",
                Some(_) if known => "with the same address and the same peer",
                Some(_) => "on the same interface with the same peer",
            }
        );
        self.tell(Severity::Error, written.virtual_router_id.at, text);
        false
    }

    fn instance(&mut self, written: &'a Written) -> Option<Instance> {
        let draft = self.draft(written);
        let vrid = self.vrid(&draft);
        let interface = self.interface(&draft);
        let named = interface.clone().filter(|name| !name.is_empty());
        let own = named.clone().unwrap_or_else(|| self.default_interface());
        let (addresses, advertised) = self.addresses(&draft, &own);
        let tracks = self.tracks(&draft, named.as_ref());
        let params_rest = self.params(&draft);
        let source = self.source(&draft);
        let unicast = self.unicast(&draft);
        let group = match &unicast {
            None => self.group(&draft),
            Some(_) => source.unwrap_or(draft.family.unspecified()),
        };
        let (vrid, interface) = (vrid?, interface?);
        if advertised == 0 && draft.needs_addresses() || unicast.is_none() && draft.lacks_peers() {
            return None;
        }
        let vips = addresses.iter().take(advertised).map(|address| address.ip);
        let params = Params {
            vrid,
            link: self.link(&interface, written.interface.at),
            group,
            unicast,
            track_link: !written.dont_track_primary.is_written(),
            tracks,
            addresses: vips.collect(),
            announced: u16::try_from(addresses.len()).unwrap_or(u16::MAX),
            announcing: announce::announcing(&draft, self.globals(), self.problems),
            ..params_rest
        };
        Some(Instance { name: written.name.0.clone(), params, source, addresses })
    }

    /// What the other parts of an instance depend on.
    fn draft(&mut self, written: &'a Written) -> Draft<'a> {
        let subject = subject(&written.name.0);
        let family = family(written);
        let mut version = match own_or(&written.version, &self.globals().vrrp_version) {
            WrittenVersion::V2 => Version::V2,
            WrittenVersion::V3 => Version::V3,
        };
        if family == Family::V6 {
            if written.version.written() == Some(&WrittenVersion::V2) {
                let text = format!("{subject}version: 2 has no IPv6; version 3 is used");
                self.tell(Severity::Caution, written.version.at, text);
            }
            version = Version::V3;
        }
        let priority = priority(written);
        let strict = strict::is_strict(written, self.globals());
        Draft { written, at: written.at.0, subject, family, version, priority, strict }
    }

    /// The parameters that depend on nothing but the instance's own words.
    fn params(&mut self, draft: &Draft<'_>) -> Params {
        let written = draft.written;
        let globals = self.globals();
        let (preempt, preempt_delay) = self.preemption(draft);
        let begin = match (draft.priority, written.state.written()) {
            (OWNER, Some(State::Master) | None) => Begin::Master,
            _ => Begin::Backup,
        };
        let down = own_or(&written.down_timer_adverts, &globals.down_timer_adverts);
        let switch = |own: &Field<Bool>, global: &Field<Bool>| own_or(own, global).0;
        let mut params = Params {
            version: draft.version,
            family: draft.family,
            vrid: 0,
            priority: draft.priority,
            interval: self.interval(draft),
            down_adverts: u8::try_from(down.get()).unwrap_or(DOWN_ADVERTS),
            preempt,
            preempt_delay,
            begin,
            auth: self.auth(draft),
            link: crate::table::Id::new(0),
            group: draft.family.unspecified(),
            unicast: None,
            track_link: true,
            tracks: Box::new([]),
            addresses: Box::new([]),
            announced: 0,
            announcing: announce::NONE,
            skip_check_addresses: switch(
                &written.skip_check_adv_addr,
                &globals.skip_check_adv_addr,
            ),
            lower_prio_no_advert: switch(
                &written.lower_prio_no_advert,
                &globals.lower_prio_no_advert,
            ),
            higher_prio_send_advert: switch(
                &written.higher_prio_send_advert,
                &globals.higher_prio_send_advert,
            ),
            unsupported: self.is_unsupported(draft),
        };
        if draft.strict {
            strict::apply(draft, &mut params, self.problems);
        }
        params
    }

    fn vrid(&mut self, draft: &Draft<'_>) -> Option<u8> {
        let field = &draft.written.virtual_router_id;
        if !field.is_written() && !field.is_refused() {
            let text = format!("{}virtual_router_id is missing; accepted: 1..255", draft.subject);
            self.tell(Severity::Error, draft.at, text);
        }
        field.written().and_then(|vrid| u8::try_from(vrid.get()).ok())
    }

    fn interface(&mut self, draft: &Draft<'_>) -> Option<IfName> {
        let field = &draft.written.interface;
        match field.written() {
            Some(name) if &*name.0 == "lo" => {
                let text = format!(
                    "{}interface: `lo` is a loopback; accepted: an interface to other routers",
                    draft.subject
                );
                self.tell(Severity::Error, field.at, text);
                None
            }
            Some(name) => Some(name.0.clone()),
            None if field.is_refused() => None,
            None => self.no_interface(draft),
        }
    }

    /// The time between adverts, as the version can tell it.
    fn interval(&mut self, draft: &Draft<'_>) -> Duration {
        let field = &draft.written.advert_int;
        let asked = field.value.get();
        let micros = asked.total_micros();
        let (rounded, why) = match draft.version {
            Version::V2 => {
                let seconds = (micros + 500_000) / 1_000_000;
                (Duration::from_secs(seconds.max(1)), "version 2 has whole seconds alone")
            }
            Version::V3 if asked > INTERVAL_MAX_V3 => {
                (INTERVAL_MAX_V3, "version 3 has at most 40.95 s")
            }
            Version::V3 => {
                let steps = (micros + STEP_V3 / 2) / STEP_V3;
                (Duration::from_micros(steps.max(1) * STEP_V3), "version 3 has steps of 0.01 s")
            }
        };
        if rounded != asked {
            let text =
                format!("{}advert_int: {why}; {} s is used", draft.subject, Seconds(rounded));
            self.tell(Severity::Warning, field.at, text);
        }
        rounded
    }

    /// Whether to take over from a live master, and after which delay.
    fn preemption(&mut self, draft: &Draft<'_>) -> (bool, Duration) {
        let written = draft.written;
        let is_master = written.state.written() == Some(&State::Master);
        let mut nopreempt = written.nopreempt.written().is_some_and(|word| word.0);
        let mut delay = written.preempt_delay.value.get();
        if nopreempt && (is_master || draft.priority == OWNER) {
            let why = if draft.priority == OWNER { "priority 255" } else { "state MASTER" };
            let text = format!(
                "{}nopreempt: has no effect with {why}; accepted: state BACKUP on all routers",
                draft.subject
            );
            self.tell(Severity::Warning, written.nopreempt.at, text);
            nopreempt = false;
        }
        let conflict = match (is_master, nopreempt) {
            _ if delay == Duration::ZERO => None,
            (true, _) => Some("state MASTER; accepted: state BACKUP on all routers"),
            (false, true) => Some("nopreempt"),
            (false, false) => None,
        };
        if let Some(why) = conflict {
            let text = format!("{}preempt_delay: has no effect with {why}", draft.subject);
            self.tell(Severity::Warning, written.preempt_delay.at, text);
            delay = Duration::ZERO;
        }
        (!nopreempt, delay)
    }

    fn auth(&mut self, draft: &Draft<'_>) -> Auth {
        let field = &draft.written.authentication;
        let Some(block) = field.written() else { return Auth::None };
        let (kind, pass) = (&block.0.auth_type, &block.0.auth_pass);
        let subject = &draft.subject;
        if draft.version == Version::V3 {
            let text = format!("{subject}authentication: version 3 has none; it is ignored");
            self.tell(Severity::Warning, field.at, text);
            return Auth::None;
        }
        let Some(kind) = kind.written() else {
            // As keepalived does it, seen on the wire.
            if pass.is_written() && !kind.is_refused() {
                let text = format!(
                    "{subject}authentication: no auth_type, so there is none; accepted: auth_type PASS"
                );
                self.tell(Severity::Caution, pass.at, text);
            }
            return Auth::None;
        };
        let password = pass.written().map_or("", |pass| &pass.0);
        if password.is_empty() {
            if !pass.is_refused() {
                let text = format!("{subject}authentication: auth_pass is missing; it is ignored");
                self.tell(Severity::Warning, field.at, text);
            }
            return Auth::None;
        }
        if *kind == AuthType::Header {
            let text = format!("{subject}authentication: auth_type AH: not supported yet");
            self.tell(Severity::Note, block.0.auth_type.at, text);
            return Auth::None;
        }
        if password.len() > PASSWORD_LEN {
            let text = format!(
                "{subject}auth_pass: longer than {PASSWORD_LEN} bytes; its first {PASSWORD_LEN} are used"
            );
            self.tell(Severity::Warning, pass.at, text);
        }
        let mut bytes = [0; PASSWORD_LEN];
        for (to, from) in bytes.iter_mut().zip(password.bytes()) {
            *to = from;
        }
        Auth::Simple(bytes)
    }

    /// Whether the instance asks for what cannot be left out without being wrong on the wire.
    fn is_unsupported(&mut self, draft: &Draft<'_>) -> bool {
        let written = draft.written;
        let found =
            UNSUPPORTED.iter().find_map(|word| Some((*word, super::written(written, word)?)));
        let is_v4 = draft.family == Family::V4 && draft.version == Version::V3;
        let checksum = written.v3_checksum_as_v2.or(&self.globals().v3_checksum_as_v2);
        let auth = &written.authentication.value.0.auth_type;
        let found = if auth.written() == Some(&AuthType::Header) && draft.version == Version::V2 {
            Some(("auth_type AH", auth.at))
        } else if checksum.0 && is_v4 {
            Some(("v3_checksum_as_v2", draft.at))
        } else {
            found
        };
        if let Some((word, at)) = found {
            let text = format!(
                "{}stays down: without {word} other routers would misunderstand it",
                draft.subject
            );
            self.tell(Severity::Caution, at, text);
        }
        found.is_some()
    }

    fn source(&mut self, draft: &Draft<'_>) -> Option<IpAddr> {
        let field = draft.source();
        let ip = field.written()?.0;
        let (what, used) = if family_of(ip) != draft.family {
            ("is not of the family of the addresses; ignored", None)
        } else if !is_of_a_router(ip) || ip.is_loopback() {
            ("is no address of a router; ignored", None)
        } else if draft.holds(ip) && draft.priority != OWNER {
            ("is a virtual address, which a backup does not have", Some(ip))
        } else {
            return Some(ip);
        };
        let word = match core::ptr::eq(field, &draft.written.unicast_src_ip) {
            true => "unicast_src_ip",
            false => "mcast_src_ip",
        };
        let text = format!("{}{word}: {ip} {what}", draft.subject);
        self.tell(Severity::Warning, field.at, text);
        used
    }

    fn group(&mut self, draft: &Draft<'_>) -> IpAddr {
        let globals = self.globals();
        let default = match draft.family {
            Family::V4 => globals.mcast_group4.value.0,
            Family::V6 => globals.mcast_group6.value.0,
        };
        let field = &draft.written.mcast_dst_ip;
        match field.written() {
            Some(group) if family_of(group.0) == draft.family => group.0,
            Some(group) => {
                let text = format!(
                    "{}mcast_dst_ip: {} is not of the family of the addresses; {default} is used",
                    draft.subject, group.0
                );
                self.tell(Severity::Warning, field.at, text);
                default
            }
            None => default,
        }
    }
}

impl Draft<'_> {
    /// Whether an instance without advertised address is an error.
    pub(super) fn needs_addresses(&self) -> bool {
        let on_purpose = self.written.no_virtual_ipaddress.is_written();
        !on_purpose && (self.version == Version::V3 || self.strict)
    }
}

/// The family of an address.
pub(super) fn family_of(ip: IpAddr) -> Family {
    match ip {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}

/// The family of an instance: that of its first address, or of what else names one.
fn family(written: &Written) -> Family {
    let first = written.virtual_ipaddress.value.0.first().map(|address| address.ip);
    let source = written.mcast_src_ip.written().or(written.unicast_src_ip.written());
    let peer = written.unicast_peer.value.0.first().map(|peer| peer.ip);
    let group = written.mcast_dst_ip.written().map(|group| group.0);
    let other = source.map(|source| source.0).or(peer).or(group);
    match first.or(other) {
        Some(ip) => family_of(ip),
        None if written.native_ipv6.is_written() => Family::V6,
        None => Family::V4,
    }
}

/// The base priority. MASTER without a priority is the owner; a refused priority is the default.
fn priority(written: &Written) -> u8 {
    let field = &written.priority;
    let is_master = written.state.written() == Some(&State::Master);
    if is_master && !field.is_written() && !field.is_refused() {
        return OWNER;
    }
    u8::try_from(field.value.get()).unwrap_or(OWNER)
}

/// A time in seconds as messages show it.
struct Seconds(Duration);

impl core::fmt::Display for Seconds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let hundredths = self.0.total_millis() / 10;
        match hundredths % 100 {
            0 => write!(f, "{}", hundredths / 100),
            part => write!(f, "{}.{part:02}", hundredths / 100),
        }
    }
}
