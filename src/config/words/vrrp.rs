//! `vrrp_instance`: a virtual router.

use super::global::{Delay, Repeats, Version};
use crate::config::schema::block;
use crate::config::value::{
    Address, Bool, Flag, Iface, Int, Ip, List, Multicast, One, Peer, Script, Seconds, Secret, Text,
    Track, Versus, choice,
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

/// Interfaces whose state lowers or raises the priority.
pub type TrackInterfaces = List<Track<253>>;

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
        "track_interface" => track_interface: TrackInterfaces, Works;
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
        "unicast_src_ip" => unicast_src_ip: Ip, Later;
        /// Routers the adverts go to, instead of to a multicast group.
        "unicast_peer" => unicast_peer: List<Peer>, Later;
        /// Script on becoming master.
        "notify_master" => notify_master: Script<true>, Later;
    }
    old {
        "lvs_sync_daemon_inteface" => "lvs_sync_daemon_interface",
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
