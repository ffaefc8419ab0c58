//! `real_server`: a server behind a virtual one.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};

use super::checks::{
    BfdCheck, DnsCheck, FileCheck, HttpGet, Limit, MiscCheck, PingCheck, Schedule, SmtpCheck,
    TcpCheck, UdpCheck,
};
use super::mail;
use crate::config::schema::{Args, Fault, Printer, Reader, Slot, block};
use crate::config::value::{Bool, Grammar, Int, Many, Opt, Phrase, Script, Takes, Text, integer};

/// An address, perhaps with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub ip: IpAddr,
    /// The port; 0 is none.
    pub port: u16,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self { ip: Ipv4Addr::UNSPECIFIED.into(), port: 0 }
    }
}

impl Slot for Endpoint {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.ip = args.need()?.text.parse().map_err(|_| Fault::Bad)?;
        let port = args.pull().map(|word| integer(&word.text, 0, 65_535)).transpose()?;
        self.port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.value(format_args!("{}", self.ip));
        if self.port != 0 {
            out.value(format_args!("{}", self.port));
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("ADDRESS [PORT]")
    }
}

/// How packets get to a server: `NAT`, `DR`, or `TUN` with its options.
#[derive(Debug)]
pub enum Method {}

impl Grammar for Method {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::One(&[&["NAT"], &["DR"], &["TUN"]]), true)];
    const OPTIONS: &'static [Opt] = &[
        (&["type"], Takes::One(&[&["ipip"], &["gue"], &["gre"]])),
        (&["port"], Takes::Int(1, 65_535)),
        (&["nocsum", "csum", "remcsum"], Takes::Nothing),
    ];
}

/// A weight; 0 takes no connections.
pub type Weight = Int<0, 65_535>;

block! {
    /// What a server and all servers of a service have.
    pub struct Serving: "serving" + schedule: Schedule {
        /// Share of the connections; 0: none.
        "weight" => weight: Weight = Int::new(1), Later;
        /// Seconds for the connection of a check.
        "connect_timeout" => connect_timeout: Limit, Later;
        /// A server that fails stays, with weight 0.
        "inhibit_on_failure" => inhibit_on_failure: Bool, Later;
        /// Send mail on changes.
        "smtp_alert" => smtp_alert: mail::Alert, Later;
        /// Name of the host that web checks ask for.
        "virtualhost" => virtualhost: Text, Later;
        /// Name in SNMP.
        "snmp_name" => snmp_name: Text, Ignored;
    }
}

block! {
    /// The checks of a server, beside what a service has for all its servers.
    pub struct Checks: "checks" + serving: Serving {
        /// A connection can be opened.
        "TCP_CHECK" => tcp: Many<TcpCheck>, Later;
        /// A web server gives its pages.
        "HTTP_GET" => http: Many<HttpGet>, Later;
        /// A web server gives its pages over TLS.
        "SSL_GET" => ssl: Many<HttpGet>, Later;
        /// A script succeeds.
        "MISC_CHECK" => misc: Many<MiscCheck>, Later;
        /// A mail server greets.
        "SMTP_CHECK" => smtp: Many<SmtpCheck>, Later;
        /// A name server answers.
        "DNS_CHECK" => dns: Many<DnsCheck>, Later;
        /// An echo is answered.
        "PING_CHECK" => ping: Many<PingCheck>, Later;
        /// A datagram is not refused, or is answered.
        "UDP_CHECK" => udp: Many<UdpCheck>, Later;
        /// A number in a file is added to the weight.
        "FILE_CHECK" => file: Many<FileCheck>, Later;
        /// A BFD session is up.
        "BFD_CHECK" => bfd: Many<BfdCheck>, Later;
    }
}

block! {
    /// A server behind a virtual one.
    pub struct RealServer: "real_server" (address: Endpoint) + checks: Checks {
        /// How packets get to it; default as the service.
        "lvs_method" => lvs_method: Phrase<Method>, Later;
        /// Connections above which it gets no more; 0: no limit.
        "uthreshold" => uthreshold: Int<0, 0xffff_ffff>, Later;
        /// Connections below which it gets some again.
        "lthreshold" => lthreshold: Int<0, 0xffff_ffff>, Later;
        /// Script when it comes up.
        "notify_up" => notify_up: Script<true>, Later;
        /// Script when it goes down.
        "notify_down" => notify_down: Script<true>, Later;
    }
}
