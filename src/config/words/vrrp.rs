//! `vrrp_instance`: a virtual router.

use core::fmt::{self, Write};

use super::bfd::BfdTracks;
use super::global::{Delay, Repeats, Version};
use super::mail;
use super::routes::{Routes, Rules};
use super::track::{FileTracks, ProcessTracks, Tracks};
use crate::config::schema::{Args, Fault, Nature, Printer, Reader, Slot, block};
use crate::config::value::{
    Address, Bool, Flag, Grammar, Iface, Int, Ip, List, MaybeScript, Multicast, One, Opt, Peer,
    Phrase, Script, Seconds, Secret, Takes, Text, Versus, Words, choice,
};

choice! {
    /// What a router believes to be until it hears adverts.
    pub enum State {
        "BACKUP" => Backup,
        "MASTER" => Master,
    }
}

choice! {
    /// How adverts of version 2 prove who sent them.
    pub enum AuthType {
        "PASS" => Pass,
        "AH" => Header,
    }
}

block! {
    /// A virtual router.
    pub struct Instance: "vrrp_instance" (name: Text) {
        /// What the router believes to be until it hears adverts; MASTER alone means priority 255.
        "state" => state: State = State::Backup, Works;
        /// Interface of the adverts, and of the addresses that name none.
        "interface" => interface: Iface, Works;
        /// Number of the virtual router on its link; every router of the group has the same.
        "virtual_router_id" => virtual_router_id: Int<1, 255>, Works;
        /// Whoever has most becomes master; 255 is for the owner of the addresses.
        "priority" => priority: Int<1, 255> = Int::new(100), Works;
        /// Seconds between adverts; whole ones in version 2, at most 40.95 in version 3.
        "advert_int" => advert_int: Seconds<10_000, 255_000_000> = Seconds::new(1), Works;
        /// Version of the protocol; IPv6 is always 3. Default is `vrrp_version`.
        "version" => version: Version, Works;
        /// Adverts a backup misses before it takes over. Default is `vrrp_down_timer_adverts`.
        "down_timer_adverts" => down_timer_adverts: Int<1, 100>, Works;
        /// Stay backup although the master's priority is lower; `preempt` is the default.
        "nopreempt" | "preempt" => nopreempt: Versus, Works;
        /// Seconds a master of lower priority may stay once it was heard.
        "preempt_delay" => preempt_delay: Seconds<0, 1_000_000_000> = Seconds::new(0), Works;
        /// Source address of the adverts.
        "mcast_src_ip" => mcast_src_ip: Ip, Works;
        /// Group of the adverts. Default is `vrrp_mcast_group4` or `vrrp_mcast_group6`.
        "mcast_dst_ip" => mcast_dst_ip: Multicast<0>, Works;
        /// Authentication of version 2.
        "authentication" => authentication: One<Authentication>, Works;
        /// Addresses the master holds and adverts name; all of one family.
        "virtual_ipaddress" => virtual_ipaddress: List<Address>, Works;
        /// Addresses the master holds and adverts do not name.
        "virtual_ipaddress_excluded" => virtual_ipaddress_excluded: List<Address>, Works;
        /// The instance has no address on purpose.
        "no_virtual_ipaddress" => no_virtual_ipaddress: Flag, Works;
        /// Interfaces whose loss is a fault, or whose state changes the priority.
        "track_interface" => track_interface: Tracks, Works;
        /// The state of the own interface is no fault.
        "dont_track_primary" => dont_track_primary: Flag, Works;
        /// Seconds from becoming master to the second burst of gratuitous ARP.
        "garp_master_delay" => garp_master_delay: Delay, Works;
        /// Gratuitous ARP for each address in a burst.
        "garp_master_repeat" => garp_master_repeat: Repeats, Works;
        /// Seconds between refreshes while master; 0: none.
        "garp_master_refresh" => garp_master_refresh: Delay, Works;
        /// Gratuitous ARP for each address in a refresh.
        "garp_master_refresh_repeat" => garp_master_refresh_repeat: Repeats, Works;
        /// Seconds to the second burst after an advert of lower priority.
        "garp_lower_prio_delay" => garp_lower_prio_delay: Delay, Works;
        /// Gratuitous ARP in a burst after an advert of lower priority.
        "garp_lower_prio_repeat" => garp_lower_prio_repeat: Repeats, Works;
        /// A master does not answer an advert of lower priority at once.
        "lower_prio_no_advert" => lower_prio_no_advert: Bool, Works;
        /// A master that gives way sends one more advert.
        "higher_prio_send_advert" => higher_prio_send_advert: Bool, Works;
        /// Do not check the addresses of an advert while its sender is the same.
        "skip_check_adv_addr" => skip_check_adv_addr: Bool, Works;
        /// Accepted for old configurations; nothing is made different by it.
        "debug" => debug: Int<0, 4>, Works;
        /// Accepted for old configurations; the family is that of the addresses.
        "native_ipv6" => native_ipv6: Flag, Works;
        /// Source address of unicast adverts.
        "unicast_src_ip" => unicast_src_ip: Ip, Works;
        /// Routers the adverts go to, instead of to a multicast group.
        "unicast_peer" => unicast_peer: List<Peer>, Works;
        /// An instance without peers is an error, as an empty list is in any case.
        "unicast_fault_no_peer" => unicast_fault_no_peer: Flag, Works;
        /// Time to live of unicast adverts; 255 if it is not written.
        "unicast_ttl" => unicast_ttl: Int<0, 255>, Works;
        /// Adverts of others than the peers are dropped.
        "check_unicast_src" => check_unicast_src: Bool, Works;
        /// The checksum of unicast adverts before version 1.3.7.
        "old_unicast_checksum" => old_unicast_checksum: Phrase<Never>, Ignored;
        /// The checksum of version 3 over IPv4 without pseudo header.
        "v3_checksum_as_v2" => v3_checksum_as_v2: Bool, Later;
        /// A source address that is missing is a fault.
        "track_src_ip" => track_src_ip: Flag, Later;
        /// Interface of the routing table of unicast adverts.
        "vrf" => vrf: Iface, Ignored;
        /// Authentication by HMAC.
        "auth_hmac" => auth_hmac: One<AuthHmac>, Later;
        /// Routes while master.
        "virtual_routes" => virtual_routes: Routes, Later;
        /// Rules while master.
        "virtual_rules" => virtual_rules: Rules, Later;
        /// Let addresses of a subnet stay when its first one goes.
        "promote_secondaries" => promote_secondaries: Flag, Later;
        /// Answer packets to the addresses, as is the default.
        "accept" | "no_accept" => accept: Versus = Versus(true), Later;
        /// Keep to the RFC.
        "strict_mode" => strict_mode: Bool, Later;
        /// Scripts whose result changes the priority or is a fault.
        "track_script" => track_script: Tracks, Later;
        /// Files whose number changes the priority or is a fault.
        "track_file" => track_file: FileTracks, Later;
        /// Processes whose number changes the priority or is a fault.
        "track_process" => track_process: ProcessTracks, Later;
        /// BFD sessions whose state changes the priority or is a fault.
        "track_bfd" => track_bfd: BfdTracks, Later;
        /// Adverts and addresses have the virtual MAC address.
        "use_vmac" => use_vmac: Phrase<Vmac>, Later;
        /// Addresses on other interfaces have it too.
        "use_vmac_addr" => use_vmac_addr: Flag, Later;
        /// Adverts are sent from the interface below.
        "vmac_xmit_base" => vmac_xmit_base: Flag, Later;
        /// Addresses are on an interface of kind ipvlan.
        "use_ipvlan" => use_ipvlan: Phrase<Ipvlan>, Ignored;
        /// Script on becoming master.
        "notify_master" => notify_master: Script<true>, Later;
        /// Script on becoming backup.
        "notify_backup" => notify_backup: Script<true>, Later;
        /// Script on a fault.
        "notify_fault" => notify_fault: Script<true>, Later;
        /// Script on stop.
        "notify_stop" => notify_stop: Script<true>, Later;
        /// Tell the state DELETED when a reload deletes the instance; perhaps by a script.
        "notify_deleted" => notify_deleted: MaybeScript, Later;
        /// Script on every change, with four arguments: INSTANCE, name, state, priority.
        "notify" => notify: Script<true>, Later;
        /// Script when a master hears a lower priority.
        "notify_master_rx_lower_pri" => notify_master_rx_lower_pri: Script<true>, Later;
        /// Tell changes of the priority.
        "notify_priority_changes" => notify_priority_changes: Bool, Later;
        /// Send mail on changes.
        "smtp_alert" => smtp_alert: mail::Alert, Later;
        /// Seconds between announcements on other interfaces; with `all` on all of them.
        "garp_extra_if" => garp_extra_if: Phrase<ExtraInterface>, Later;
        /// An owner does not listen to adverts.
        "owner_ignore_adverts" => owner_ignore_adverts: Bool, Later;
        /// A master that was not scheduled for long comes back as backup.
        "timer_expired_backup" => timer_expired_backup: Words<0, 1>, Ignored;
        /// Bytes of the receive buffer.
        "kernel_rx_buf_size" => kernel_rx_buf_size: Int<0, 0xffff_ffff>, Ignored;
        /// Ask the interface for its carrier.
        "linkbeat_use_polling" => linkbeat_use_polling: Flag, Later;
        /// Interface of the load balancer's synchronisation.
        "lvs_sync_daemon_interface" => lvs_sync_daemon_interface: Iface, Later;
    }
    old {
        "vmac_garp_intvl" => "garp_extra_if",
        "thread_timer_expired" => "timer_expired_backup",
        "lvs_sync_daemon_inteface" => "lvs_sync_daemon_interface",
        "lvs_sync_daemon_interface" => "the right word is `lvs_sync_daemon` in `global_defs`",
        "linkbeat_use_polling" => "the right word is `linkbeat_interfaces`",
    }
}

/// `use_vmac [[name] INTERFACE] [MAC] [netlink_notify_msg] [group G]`.
#[derive(Debug)]
pub enum Vmac {}

impl Grammar for Vmac {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Word, false), (Takes::Word, false)];
    const OPTIONS: &'static [Opt] = &[
        (&["name"], Takes::Iface),
        (&["netlink_notify_msg"], Takes::Nothing),
        (&["group"], Takes::Named(0, 0xffff_ffff)),
    ];
}

/// `use_ipvlan [[name] INTERFACE] [ADDRESS] [bridge | private | vepa] [group G]`.
#[derive(Debug)]
pub enum Ipvlan {}

impl Grammar for Ipvlan {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Word, false), (Takes::Cidr, false)];
    const OPTIONS: &'static [Opt] = &[
        (&["name"], Takes::Iface),
        (&["bridge", "private", "vepa"], Takes::Nothing),
        (&["group"], Takes::Named(0, 0xffff_ffff)),
    ];
}

/// `old_unicast_checksum [never]`.
#[derive(Debug)]
pub enum Never {}

impl Grammar for Never {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[(&["never"], Takes::Nothing)];
}

/// `garp_extra_if [all] SECONDS`.
#[derive(Debug)]
pub enum ExtraInterface {}

impl Grammar for ExtraInterface {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(1, 86_400), true)];
    const OPTIONS: &'static [Opt] = &[(&["all"], Takes::Nothing)];
}

choice! {
    /// What is done with adverts whose authentication fails or is missing.
    pub enum HmacMode {
        "enforce" => Enforce,
        "permissive" => Permissive,
        "receive-only" => ReceiveOnly,
    }
}

choice! {
    /// What tells an advert that was sent before.
    pub enum AntiReplay {
        "time" => Time,
        "monotonic" => Monotonic,
    }
}

block! {
    /// Authentication of adverts by HMAC-SHA256.
    pub struct AuthHmac: "auth_hmac" {
        /// A key by its number: 32 to 64 bytes as text, `hex:` or `file:`.
        "key" => key: Keys, Later;
        /// Number of the key that signs.
        "active_key" => active_key: Int<1, 255>, Later;
        /// What tells an advert that was sent before.
        "anti_replay" => anti_replay: AntiReplay = AntiReplay::Time, Later;
        /// Seconds the clocks may differ; default is three adverts, at least 5.
        "time_window" => time_window: Int<1, 300>, Later;
        /// What is done with adverts whose authentication fails or is missing.
        "mode" => mode: HmacMode = HmacMode::Enforce, Later;
    }
}

/// The keys by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys(pub Vec<(Int<1, 255>, Secret)>);

impl Slot for Keys {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let mut key = (Int::default(), Secret::default());
        key.0.read(args, reader)?;
        key.1.read(args, reader)?;
        let text = &*key.1.0;
        let fits = match text.strip_prefix("hex:") {
            Some(hex) => {
                (64..=128).contains(&hex.len())
                    && hex.len() % 2 == 0
                    && hex.bytes().all(|digit| digit.is_ascii_hexdigit())
            }
            None => text.starts_with("file:") || (32..=64).contains(&text.len()),
        };
        if !fits {
            return Err(Fault::Range);
        }
        self.0.retain(|(id, _)| *id != key.0);
        self.0.push(key);
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        for (index, (id, key)) in self.0.iter().enumerate() {
            if index > 0 {
                out.again();
            }
            id.print(out);
            key.print(out);
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("1..255 KEY; a key is 32 to 64 bytes as text, hex:DIGITS or file:PATH")
    }

    fn nature(&self) -> Nature {
        Nature { merges: true, secret: true, ..Nature::WORDS }
    }
}

block! {
    /// Authentication of version 2 adverts.
    pub struct Authentication: "authentication" {
        /// Kind of authentication.
        "auth_type" => auth_type: AuthType = AuthType::Pass, Works;
        /// The password; 8 bytes of it count.
        "auth_pass" => auth_pass: Secret, Works;
    }
}
