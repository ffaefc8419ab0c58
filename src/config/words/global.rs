//! `global_defs`: what concerns the whole daemon.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{balance, mail};
use crate::config::schema::{Args, Fault, Printer, Reader, Slot, block};
use crate::config::value::{
    Bool, Flag, Grammar, Iface, Int, Multicast, Opt, Phrase, Processors, Script, Seconds, Shaped,
    Takes, Text, User, Words, choice,
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
pub type Delay = Int<0, 4294>;
/// How often something is repeated.
pub type Repeats = Int<0, 0xffff_ffff>;
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
        /// Adverts of others than the peers are dropped.
        "vrrp_check_unicast_src" => check_unicast_src: Flag, Works;
        /// Keep to the RFC.
        "vrrp_strict" => strict: Flag, Later;
        /// The checksum of version 3 over IPv4 without pseudo header.
        "v3_checksum_as_v2" => v3_checksum_as_v2: Bool, Later;
        /// An owner does not listen to adverts.
        "vrrp_owner_ignore_adverts" => owner_ignore_adverts: Bool, Later;
        /// Seconds after the machine's boot without transition.
        "vrrp_delay_after_boot" => delay_after_boot: Seconds<1_000, 4_294_967_295>, Later;
        /// Seconds between announcements on other interfaces; with `all` on all of them.
        "vrrp_garp_extra_if" => garp_extra_if: Phrase<super::vrrp::ExtraInterface>, Later;
        /// Prefix of the names of VMAC interfaces.
        "vmac_prefix" => vmac_prefix: Text, Later;
        /// Prefix of the names of VMAC interfaces of addresses.
        "vmac_addr_prefix" => vmac_addr_prefix: Text, Ignored;
        /// Do not report the own groups by IGMP.
        "disable_local_igmp" => disable_local_igmp: Flag, Ignored;
        /// Whom scripts run as.
        "script_user" => script_user: User, Works;
        /// Do not run a script as root that others than root can change.
        "enable_script_security" => enable_script_security: Flag, Works;
        /// Run scripts by the name they were given.
        "use_symlink_paths" => use_symlink_paths: Bool, Later;
        /// Scripts have the supplementary groups of their user.
        "set_supplementary_groups" => set_supplementary_groups: Flag, Later;
        /// Script before all else.
        "startup_script" => startup_script: Script<true>, Later;
        /// Seconds it may take.
        "startup_script_timeout" => startup_script_timeout: Int<1, 1000> = Int::new(10), Later;
        /// Script after all else.
        "shutdown_script" => shutdown_script: Script<true>, Later;
        /// Seconds it may take.
        "shutdown_script_timeout" => shutdown_script_timeout: Int<1, 1000> = Int::new(10), Later;
        /// FIFO that all changes are written to.
        "notify_fifo" => notify_fifo: Fifo, Later;
        /// Script that reads it.
        "notify_fifo_script" => notify_fifo_script: Script<true>, Later;
        /// FIFO that changes of instances are written to.
        "vrrp_notify_fifo" => vrrp_notify_fifo: Fifo, Later;
        /// Script that reads it.
        "vrrp_notify_fifo_script" => vrrp_notify_fifo_script: Script<true>, Later;
        /// FIFO that changes of servers are written to.
        "lvs_notify_fifo" => lvs_notify_fifo: balance::Lines, Later;
        /// Script that reads it.
        "lvs_notify_fifo_script" => lvs_notify_fifo_script: balance::Reader, Later;
        /// Tell changes of the priority.
        "vrrp_notify_priority_changes" => notify_priority_changes: Bool, Later;
        /// Write all states again after a reload.
        "fifo_write_vrrp_states_on_reload" => fifo_write_vrrp_states_on_reload: Flag, Later;
        /// Receivers of mail.
        "notification_email" => notification_email: mail::Receivers, Later;
        /// Sender of mail.
        "notification_email_from" => notification_email_from: mail::Name, Later;
        /// Mail server: address or name, perhaps with port.
        "smtp_server" => smtp_server: mail::Server, Later;
        /// Name to greet the mail server with.
        "smtp_helo_name" => smtp_helo_name: mail::Name, Later;
        /// Seconds for the mail server's connection.
        "smtp_connect_timeout" => smtp_connect_timeout: mail::Timeout = mail::TIMEOUT, Later;
        /// Send mail where nothing else is said.
        "smtp_alert" => smtp_alert: mail::Alert, Later;
        /// Send mail on changes of instances where nothing else is said.
        "smtp_alert_vrrp" => smtp_alert_vrrp: mail::Alert, Later;
        /// Send mail on changes of servers where nothing else is said.
        "smtp_alert_checker" => smtp_alert_checker: mail::Alert, Later;
        /// Send no mail on faults.
        "no_email_faults" => no_email_faults: mail::Silence, Later;
        /// Send mail on servers alone, not on each of their checks.
        "no_checker_emails" => no_checker_emails: mail::Silence, Later;
        /// Log each failure of a check.
        "checker_log_all_failures" => checker_log_all_failures: balance::Choice, Later;
        /// Notify of servers at start.
        "rs_init_notifies" => rs_init_notifies: balance::Switch, Later;
        /// Time-outs of the load balancer.
        "lvs_timeouts" => lvs_timeouts: balance::Timeouts, Later;
        /// Empty the load balancer at start.
        "lvs_flush" => lvs_flush: balance::Switch, Later;
        /// Empty the load balancer on stop.
        "lvs_flush_on_stop" | "lvs_flush_onstop" => lvs_flush_on_stop: balance::Flush, Later;
        /// Synchronise the load balancer's connections.
        "lvs_sync_daemon" => lvs_sync_daemon: balance::Sync, Later;
        /// Table of nftables.
        "nftables" => nftables: Words<0, 1>, Later;
        /// Priority of its chains.
        "nftables_priority" => nftables_priority: Int<-0x8000_0000, 0x7fff_ffff> = Int::new(-1), Ignored;
        /// Its sets hold numbers of interfaces.
        "nftables_ifindex" => nftables_ifindex: Flag, Ignored;
        /// Its rules count.
        "nftables_counters" => nftables_counters: Flag, Ignored;
        /// Table of nftables of the load balancer.
        "nftables_ipvs" => nftables_ipvs: Words<0, 1>, Later;
        /// Priority of its chains.
        "nftables_ipvs_priority" => nftables_ipvs_priority: Int<-0x8000_0000, 0x7fff_ffff>, Ignored;
        /// First mark it sets.
        "nftables_ipvs_start_fwmark" => nftables_ipvs_start_fwmark: Int<1, 0xffff_ffff> = Int::new(1000), Ignored;
        /// Chains of iptables; nftables is used instead.
        "vrrp_iptables" => vrrp_iptables: Words<0, 2>, Ignored;
        /// Sets of iptables; nftables is used instead.
        "vrrp_ipsets" => vrrp_ipsets: Words<0, 3>, Ignored;
        /// Nice value of the VRRP process.
        "vrrp_priority" => vrrp_priority: Nice, Later;
        /// Real-time priority of the VRRP process.
        "vrrp_rt_priority" => vrrp_rt_priority: Realtime, Later;
        /// Microseconds it may run without sleep.
        "vrrp_rlimit_rttime" | "vrrp_rlimit_rtime" => vrrp_rlimit_rttime: RealtimeLimit = Int::new(10_000), Later;
        /// Processors of the VRRP process.
        "vrrp_cpu_affinity" => vrrp_cpu_affinity: Cpus, Later;
        /// Keep the VRRP process in memory.
        "vrrp_no_swap" => vrrp_no_swap: Flag, Later;
        /// Nice value of the process of the checks.
        "checker_priority" => checker_priority: Nice, Later;
        /// Real-time priority of the process of the checks.
        "checker_rt_priority" => checker_rt_priority: Realtime, Later;
        /// Microseconds it may run without sleep.
        "checker_rlimit_rttime" | "checker_rlimit_rtime" => checker_rlimit_rttime: RealtimeLimit, Ignored;
        /// Processors of the process of the checks.
        "checker_cpu_affinity" => checker_cpu_affinity: Cpus, Ignored;
        /// Keep the process of the checks in memory.
        "checker_no_swap" => checker_no_swap: Flag, Ignored;
        /// Nice value of the BFD process.
        "bfd_priority" => bfd_priority: Nice, Ignored;
        /// Real-time priority of the BFD process.
        "bfd_rt_priority" => bfd_rt_priority: Realtime, Ignored;
        /// Microseconds it may run without sleep.
        "bfd_rlimit_rttime" | "bfd_rlimit_rtime" => bfd_rlimit_rttime: RealtimeLimit, Ignored;
        /// Processors of the BFD process.
        "bfd_cpu_affinity" => bfd_cpu_affinity: Cpus, Ignored;
        /// Keep the BFD process in memory.
        "bfd_no_swap" => bfd_no_swap: Flag, Ignored;
        /// Greatest real-time priority taken when timers run late; it has nothing to do with
        /// elections.
        "max_auto_priority" => max_auto_priority: Phrase<AutoPriority>, Later;
        /// Microseconds that are late.
        "min_auto_priority_delay" => min_auto_priority_delay: Int<1, 10_000_000> = Int::new(1_000_000), Later;
        /// Check a configuration before it is loaded again; holdfast always does.
        "reload_check_config" => reload_check_config: Words<0, 1>, Works;
        /// File with the time of a reload.
        "reload_time_file" => reload_time_file: Text, Ignored;
        /// Reload at this time every day.
        "reload_repeat" => reload_repeat: Flag, Ignored;
        /// File that is there during a reload.
        "reload_file" => reload_file: Words<0, 1>, Ignored;
        /// Which includes must exist.
        "include_check" => include_check: Phrase<IncludeCheck>, Works;
        /// Names of files hold instance and namespace.
        "data_use_instance" => data_use_instance: Bool, Later;
        /// File of the state.
        "state_dump_file" => state_dump_file: Text, Later;
        /// File of the statistics.
        "stats_dump_file" => stats_dump_file: Text, Later;
        /// File of the state in JSON.
        "json_dump_file" => json_dump_file: Text, Later;
        /// Version of the JSON.
        "json_version" => json_version: Int<1, 2> = Int::new(1), Later;
        /// Folder of the names of routing tables.
        "iproute_usr_dir" => iproute_usr_dir: Text, Ignored;
        /// Folder of the names of routing tables.
        "iproute_etc_dir" => iproute_etc_dir: Text, Ignored;
        /// Seed of `${_RANDOM}`.
        "random_seed" => random_seed: Int<0, 0xffff_ffff>, Works;
        /// Folder of copies of the configuration.
        "config_save_dir" => config_save_dir: Text, Ignored;
        /// Folder of the configuration's copy for the processes.
        "tmp_config_directory" => tmp_config_directory: Text, Ignored;
        /// Bytes of the buffer of requests to the kernel.
        "vrrp_netlink_cmd_rcv_bufs" => vrrp_netlink_cmd_rcv_bufs: Buffer, Ignored;
        /// It may pass the system's limit.
        "vrrp_netlink_cmd_rcv_bufs_force" => vrrp_netlink_cmd_rcv_bufs_force: Bool, Ignored;
        /// Bytes of the buffer of events of the kernel.
        "vrrp_netlink_monitor_rcv_bufs" => vrrp_netlink_monitor_rcv_bufs: Buffer, Ignored;
        /// It may pass the system's limit.
        "vrrp_netlink_monitor_rcv_bufs_force" => vrrp_netlink_monitor_rcv_bufs_force: Bool, Ignored;
        /// Bytes of the buffer of requests to the kernel.
        "lvs_netlink_cmd_rcv_bufs" => lvs_netlink_cmd_rcv_bufs: Buffer, Ignored;
        /// It may pass the system's limit.
        "lvs_netlink_cmd_rcv_bufs_force" => lvs_netlink_cmd_rcv_bufs_force: Bool, Ignored;
        /// Bytes of the buffer of events of the kernel.
        "lvs_netlink_monitor_rcv_bufs" => lvs_netlink_monitor_rcv_bufs: Buffer, Ignored;
        /// It may pass the system's limit.
        "lvs_netlink_monitor_rcv_bufs_force" => lvs_netlink_monitor_rcv_bufs_force: Bool, Ignored;
        /// Bytes of the buffer of events of processes.
        "process_monitor_rcv_bufs" => process_monitor_rcv_bufs: Buffer, Ignored;
        /// It may pass the system's limit.
        "process_monitor_rcv_bufs_force" => process_monitor_rcv_bufs_force: Bool, Ignored;
        /// Size of the buffers of adverts.
        "vrrp_rx_bufs_policy" => vrrp_rx_bufs_policy: Phrase<BufferPolicy>, Ignored;
        /// What it is multiplied with.
        "vrrp_rx_bufs_multiplier" => vrrp_rx_bufs_multiplier: Int<1, 0xffff_ffff> = Int::new(3), Ignored;
        /// Socket of the SNMP agent.
        "snmp_socket" => snmp_socket: Words<0, 1>, Ignored;
        /// SNMP traps.
        "enable_traps" => enable_traps: Flag, Ignored;
        /// SNMP of instances.
        "enable_snmp_vrrp" | "enable_snmp_keepalived" => enable_snmp_vrrp: Flag, Ignored;
        /// SNMP as the RFCs have it.
        "enable_snmp_rfc" => enable_snmp_rfc: Flag, Ignored;
        /// SNMP as RFC 2787 has it.
        "enable_snmp_rfcv2" => enable_snmp_rfcv2: Flag, Ignored;
        /// SNMP as RFC 6527 has it.
        "enable_snmp_rfcv3" => enable_snmp_rfcv3: Flag, Ignored;
        /// SNMP of servers.
        "enable_snmp_checker" => enable_snmp_checker: Flag, Ignored;
        /// Seconds between updates.
        "snmp_vs_stats_update_interval" => snmp_vs_stats_update_interval: Text, Ignored;
        /// Seconds between updates.
        "snmp_rs_stats_update_interval" => snmp_rs_stats_update_interval: Text, Ignored;
        /// D-Bus.
        "enable_dbus" => enable_dbus: Flag, Ignored;
        /// Name on D-Bus.
        "dbus_service_name" => dbus_service_name: Text, Ignored;
        /// Paths on D-Bus without interface.
        "dbus_no_interface_name" => dbus_no_interface_name: Flag, Ignored;
    }
    old {
        "vrrp_vmac_garp_intvl" => "vrrp_garp_extra_if",
        "lvs_id" => "router_id",
        "smtp_connection_timeout" => "smtp_connect_timeout",
        "lvs_process_name" => "checker_process_name",
        "state_file_location" => "state_dump_file",
        "stats_file_location" => "stats_dump_file",
        "json_file_location" => "json_dump_file",
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

/// `max_auto_priority [N]`.
#[derive(Debug)]
pub enum AutoPriority {}

impl Grammar for AutoPriority {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(-1, 99), false)];
    const OPTIONS: &'static [Opt] = &[];
}

/// `vrrp_rx_bufs_policy MTU | ADVERT | N`.
#[derive(Debug)]
pub enum BufferPolicy {}

impl Grammar for BufferPolicy {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(0, 0x7fff_ffff), false)];
    const OPTIONS: &'static [Opt] = &[(&["MTU", "ADVERT"], Takes::Nothing)];
    const SOME: bool = true;
}

/// `include_check [[+|-]CHECK…]`.
#[derive(Debug)]
pub enum IncludeCheck {}

impl Grammar for IncludeCheck {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[
        (&["read", "readable", "match", "wildcard_match", "brace_match"], Takes::Nothing),
        (&["+read", "+readable", "+match", "+wildcard_match", "+brace_match"], Takes::Nothing),
        (&["-read", "-readable", "-match", "-wildcard_match", "-brace_match"], Takes::Nothing),
    ];
}

/// Numbers of processors.
pub type Cpus = Shaped<Processors>;

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
