//! `global_defs`: what concerns the whole daemon.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::schema::{Args, Fault, Printer, Reader, Slot, block};
use crate::config::value::{
    Bool, Flag, Grammar, Iface, Int, Multicast, Opt, Phrase, Seconds, Takes, Text, Words, choice,
};

/// A nice value.
pub type Nice = Int<-20, 19>;
/// A real-time priority.
pub type Realtime = Int<1, 99>;
/// The time of a real-time process between two sleeps, in microseconds.
pub type RealtimeLimit = Int<1, 4_294_967_295>;
/// The size of a buffer in bytes.
pub type Buffer = Int<0, 2_147_483_647>;
/// From one frame to the next: from none to 2^32 microseconds.
pub type Gap = Seconds<0, 4_294_967_295>;
/// A time of whole seconds as keepalived stores it.
pub type Delay = Int<0, 86_400>;
/// How often something is repeated.
pub type Repeats = Int<0, 255>;
/// A path, then perhaps the user and the group it belongs to.
pub type Fifo = Words<1, 3>;

/// ff02::12, the group of RFC 9568 5.1.2.2.
const VRRP6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12));

choice! {
    /// The version of the protocol.
    pub enum Version {
        "2" => V2,
        "3" => V3,
    }
}

block! {
    /// What concerns the whole daemon.
    pub struct Globals: "global_defs" {
        /// Name of this machine in mails and logs. Without it the host's name.
        "router_id" => router_id: Text, Works;
        /// Version of VRRP where an instance does not say; IPv6 is always version 3.
        "vrrp_version" => vrrp_version: Version = Version::V2, Works;
        /// Multicast group of the IPv4 adverts.
        "vrrp_mcast_group4" => mcast_group4: Multicast<4>
            = Multicast(IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18))), Works;
        /// Multicast group of the IPv6 adverts.
        "vrrp_mcast_group6" => mcast_group6: Multicast<6>
            = Multicast(VRRP6), Works;
        /// Seconds from becoming master to the second burst of gratuitous ARP; 0: no second burst.
        "vrrp_garp_master_delay" => garp_master_delay: Delay = Int::new(5), Works;
        /// Gratuitous ARP for each address in a burst.
        "vrrp_garp_master_repeat" => garp_master_repeat: Repeats = Int::new(5), Works;
        /// Seconds between refreshes while master; 0: none.
        "vrrp_garp_master_refresh" => garp_master_refresh: Delay = Int::new(0), Works;
        /// Gratuitous ARP for each address in a refresh.
        "vrrp_garp_master_refresh_repeat" => garp_master_refresh_repeat: Repeats = Int::new(1), Works;
        /// Seconds to the second burst after an advert of lower priority; default as for a master.
        "vrrp_garp_lower_prio_delay" => garp_lower_prio_delay: Delay, Works;
        /// Gratuitous ARP in a burst after an advert of lower priority; default as for a master.
        "vrrp_garp_lower_prio_repeat" => garp_lower_prio_repeat: Repeats, Works;
        /// Least seconds between two gratuitous ARP on an interface; 0: none.
        "vrrp_garp_interval" => garp_interval: Gap = Seconds::new(0), Works;
        /// Least seconds between two neighbour advertisements on an interface; 0: none.
        "vrrp_gna_interval" => gna_interval: Gap = Seconds::new(0), Works;
        /// One gratuitous ARP for each address, without second burst.
        "vrrp_min_garp" => min_garp: Bool, Works;
        /// Adverts a backup misses before it takes over.
        "vrrp_down_timer_adverts" => down_timer_adverts: Int<1, 100> = Int::new(3), Works;
        /// A master does not answer an advert of lower priority at once.
        "vrrp_lower_prio_no_advert" => lower_prio_no_advert: Bool, Works;
        /// A master that gives way sends one more advert.
        "vrrp_higher_prio_send_advert" => higher_prio_send_advert: Bool, Works;
        /// Do not check the addresses of an advert while its sender is the same.
        "vrrp_skip_check_adv_addr" => skip_check_adv_addr: Bool, Works;
        /// Seconds after start without transition.
        "vrrp_startup_delay" => startup_delay: Seconds<1_000, 4_294_967_295>, Works;
        /// Log adverts of routers not configured here.
        "log_unknown_vrids" => log_unknown_vrids: Flag, Works;
        /// Interface of static addresses that name none.
        "default_interface" => default_interface: Iface, Works;
        /// Wait for interfaces that do not exist; holdfast always does.
        "dynamic_interfaces" => dynamic_interfaces: DynamicInterfaces, Works;
        /// Bits of a file's mode that are not set on creation.
        "umask" => umask: Umask, Works;
        /// Give the processes names of their own.
        "process_names" => process_names: Flag, Works;
        /// Name of the parent process.
        "process_name" => process_name: Text, Works;
        /// Name of the VRRP process.
        "vrrp_process_name" => vrrp_process_name: Text, Works;
        /// Name of the process of the health checks.
        "checker_process_name" => checker_process_name: Text, Works;
        /// Name of the BFD process.
        "bfd_process_name" => bfd_process_name: Text, Works;
    }
    old {
        "lvs_id" => "router_id",
        "lvs_process_name" => "checker_process_name",
    }
}

/// `dynamic_interfaces [allow_if_changes]`.
pub type DynamicInterfaces = Phrase<DynamicInterfacesGrammar>;

/// Grammar of `dynamic_interfaces`.
#[derive(Debug)]
pub enum DynamicInterfacesGrammar {}

impl Grammar for DynamicInterfacesGrammar {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[(&["allow_if_changes"], Takes::Nothing)];
}

/// Bits of a file's mode that are not set on creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Umask(pub u16);

/// The bits by name, from the lowest.
const MODE_BITS: [&str; 9] =
    ["IXOTH", "IWOTH", "IROTH", "IXGRP", "IWGRP", "IRGRP", "IXUSR", "IWUSR", "IRUSR"];

impl Slot for Umask {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let text = &args.need()?.text;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let mut mode = 0;
        if digits {
            // As in C: octal if it begins with 0.
            let radix = if text.starts_with('0') { 8 } else { 10 };
            mode = u16::from_str_radix(text, radix).map_err(|_| Fault::Bad)?;
        } else {
            for name in text.split('|').map(str::trim) {
                let name = name.strip_prefix("S_").unwrap_or(name);
                let bit = MODE_BITS.iter().position(|&bit| bit == name).ok_or(Fault::Bad)?;
                mode |= 1 << bit;
            }
        }
        if mode > 0o777 {
            return Err(Fault::Range);
        }
        self.0 = mode;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.value(format_args!("0{:03o}", self.0));
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("0..0777, or IRUSR|IWUSR|...")
    }
}
