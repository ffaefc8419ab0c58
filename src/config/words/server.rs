//! `virtual_server`: a service of the load balancer, or a group of its addresses.

use core::fmt::{self, Write};

use super::checks::Mark;
use super::real::{Endpoint, Method, RealServer, Serving};
use crate::config::schema::{Args, Fault, Nature, Printer, Reader, Slot, block};
use crate::config::value::{
    Bool, Flag, Grammar, Int, List, Many, Mask, Opt, Phrase, Script, Shaped, Takes, Text, choice,
    integer,
};

/// Which service: an address with its port, a mark of the firewall, or a group of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// An address, perhaps with a port.
    At(Endpoint),
    /// `fwmark N`.
    Mark(u32),
    /// `group NAME`.
    Group(Box<str>),
}

impl Default for Service {
    fn default() -> Self {
        Self::At(Endpoint::default())
    }
}

impl Slot for Service {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        *self = if args.take("fwmark") {
            let mark = integer(&args.need()?.text, 1, u32::MAX.into())?;
            Self::Mark(u32::try_from(mark).map_err(|_| Fault::Range)?)
        } else if args.take("group") {
            Self::Group(args.need()?.text.clone())
        } else {
            let mut endpoint = Endpoint::default();
            endpoint.read(args, reader)?;
            Self::At(endpoint)
        };
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        match self {
            Self::At(endpoint) => endpoint.print(out),
            Self::Mark(mark) => out.value(format_args!("fwmark {mark}")),
            Self::Group(name) => {
                out.raw(" group");
                out.text(name);
            }
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("ADDRESS [PORT] | fwmark 1..4294967295 | group NAME")
    }
}

choice! {
    /// How connections are shared out.
    pub enum Scheduler {
        "wlc" => Wlc,
        "rr" => Rr,
        "wrr" => Wrr,
        "lc" => Lc,
        "sh" => Sh,
        "dh" => Dh,
        "lblc" => Lblc,
        "lblcr" => Lblcr,
        "sed" => Sed,
        "nq" => Nq,
        "mh" => Mh,
        "fo" => Fo,
        "ovf" => Ovf,
        "twos" => Twos,
    }
}

choice! {
    /// The protocol of a service.
    pub enum Protocol {
        "UDP" | "udp" => Udp,
        "TCP" | "tcp" => Tcp,
        "SCTP" | "sctp" => Sctp,
    }
}

choice! {
    /// The family of a service of a mark.
    pub enum Family {
        "inet" => V4,
        "inet6" => V6,
    }
}

/// `persistence_timeout [SECONDS]`.
#[derive(Debug)]
pub enum Persistence {}

impl Grammar for Persistence {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(1, 2_678_400), false)];
    const OPTIONS: &'static [Opt] = &[];
}

/// Addresses, ranges or marks of a group of services.
#[derive(Debug)]
pub enum Members {}

impl Grammar for Members {
    const FIRST: &'static [(Takes, bool)] =
        &[(Takes::Range, false), (Takes::Int(0, 65_535), false)];
    const OPTIONS: &'static [Opt] =
        &[(&["fwmark"], Takes::Int(1, 0xffff_ffff)), (&["inet", "inet6"], Takes::Nothing)];
}

/// `virtual_server_group NAME { }`: its entries have no keyword.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups(pub Vec<(Text, List<Phrase<Members>>)>);

impl Slot for Groups {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let mut group = (Text::default(), List::default());
        group.0.read(args, reader)?;
        group.1.read(args, reader)?;
        self.0.push(group);
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        for (index, (name, members)) in self.0.iter().enumerate() {
            if index > 0 {
                out.again();
            }
            name.print(out);
            members.print(out);
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("NAME ")?;
        List::<Phrase<Members>>::default().accepts(out)
    }

    fn nature(&self) -> Nature {
        Nature::BRACES
    }
}

block! {
    /// A service of the load balancer.
    pub struct VirtualServer: "virtual_server" (service: Service) + serving: Serving {
        /// How connections are shared out.
        "lvs_sched" | "lb_algo" => lvs_sched: Scheduler = Scheduler::Wlc, Later;
        /// How packets get to the servers.
        "lvs_method" | "lb_kind" => lvs_method: Phrase<Method>, Later;
        /// The protocol; without it UDP.
        "protocol" => protocol: Protocol = Protocol::Udp, Later;
        /// Family of a service of a mark whose servers are all in tunnels.
        "ip_family" => ip_family: Family, Later;
        /// A mark; OpenWrt writes it here. The right place is behind `virtual_server`.
        "fwmark" => fwmark: Mark, Ignored;
        /// Seconds a client stays with its server; without number 360.
        "persistence_timeout" => persistence_timeout: Phrase<Persistence>, Later;
        /// Clients of one network stay together: netmask or length of the prefix.
        "persistence_granularity" => persistence_granularity: Shaped<Mask>, Later;
        /// What tells clients apart; `sip` is known.
        "persistence_engine" => persistence_engine: Text, Later;
        /// The source is hashed.
        "hashed" => hashed: Flag, Later;
        /// Each packet is scheduled alone.
        "ops" => ops: Flag, Later;
        /// First flag of the scheduler.
        "flag-1" => flag_1: Flag, Later;
        /// Second flag of the scheduler.
        "flag-2" => flag_2: Flag, Later;
        /// Third flag of the scheduler.
        "flag-3" => flag_3: Flag, Later;
        /// `sh` looks at ports too.
        "sh-port" => sh_port: Flag, Later;
        /// `sh` takes another server if one is down.
        "sh-fallback" => sh_fallback: Flag, Later;
        /// `mh` looks at ports too.
        "mh-port" => mh_port: Flag, Later;
        /// `mh` takes another server if one is down.
        "mh-fallback" => mh_fallback: Flag, Later;
        /// Check only while the address is on this machine.
        "ha_suspend" => ha_suspend: Flag, Later;
        /// On stop run the scripts for going down.
        "omega" => omega: Bool, Later;
        /// Weight of living servers that makes the service up.
        "quorum" => quorum: Int<1, 0xffff_ffff> = Int::new(1), Later;
        /// How far the weight may pass the quorum before it counts.
        "hysteresis" => hysteresis: Int<0, 0xffff_ffff> = Int::new(0), Later;
        /// Script when the quorum is reached.
        "quorum_up" => quorum_up: Script<true>, Later;
        /// Script when it is lost.
        "quorum_down" => quorum_down: Script<true>, Later;
        /// Server while the quorum is lost.
        "sorry_server" => sorry_server: Endpoint, Later;
        /// It stays with weight 0 while it is not needed.
        "sorry_server_inhibit" => sorry_server_inhibit: Flag, Later;
        /// How packets get to it.
        "sorry_server_lvs_method" => sorry_server_lvs_method: Phrase<Method>, Later;
        /// A server of the service.
        "real_server" => real_servers: Many<RealServer>, Later;
    }
    old {
        "nat_mask" => "this word was removed; it is not needed",
    }
}
