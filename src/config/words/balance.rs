//! The load balancer as a whole: its words outside of its services.

use super::checks::{self, Ssl};
use super::global::Fifo;
use super::real;
use super::server::{self, VirtualServer};
use crate::config::schema::Table;
use crate::config::value::{Bool, Flag, Grammar, Many, One, Opt, Phrase, Script, Takes};

/// All services.
pub type Services = Many<VirtualServer>;
/// Addresses that a service may have together.
pub type Groups = server::Groups;
/// How this machine presents itself in TLS.
pub type Tls = One<Ssl>;
/// Something that is done or not.
pub type Switch = Flag;
/// Something that is done or not, as the word behind it says.
pub type Choice = Bool;
/// A FIFO that changes are written to.
pub type Lines = Fifo;
/// The script that reads it.
pub type Reader = Script<true>;
/// Times after which connections are forgotten.
pub type Timeouts = Phrase<LvsTimeouts>;
/// What is emptied on stop.
pub type Flush = Phrase<FlushOnStop>;
/// How connections are told to another machine.
pub type Sync = Phrase<SyncDaemon>;

/// The tables of this part.
pub const TABLES: &[&Table] = &[
    VirtualServer::TABLE,
    real::RealServer::TABLE,
    checks::TcpCheck::TABLE,
    checks::HttpGet::TABLE,
    checks::Url::TABLE,
    checks::MiscCheck::TABLE,
    checks::SmtpCheck::TABLE,
    checks::SmtpHost::TABLE,
    checks::DnsCheck::TABLE,
    checks::PingCheck::TABLE,
    checks::UdpCheck::TABLE,
    checks::FileCheck::TABLE,
    checks::BfdCheck::TABLE,
    Ssl::TABLE,
    // What several of the blocks above share.
    real::Serving::TABLE,
    real::Checks::TABLE,
    checks::Connect::TABLE,
    checks::Check::TABLE,
    checks::Schedule::TABLE,
];

/// `lvs_timeouts [tcp S] [tcpfin S] [udp S]`.
#[derive(Debug)]
pub enum LvsTimeouts {}

impl Grammar for LvsTimeouts {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[(&["tcp", "tcpfin", "udp"], Takes::Int(1, 2_678_400))];
    const SOME: bool = true;
}

/// `lvs_flush_on_stop [VS]`.
#[derive(Debug)]
pub enum FlushOnStop {}

impl Grammar for FlushOnStop {
    const FIRST: &'static [(Takes, bool)] = &[];
    const OPTIONS: &'static [Opt] = &[(&["VS"], Takes::Nothing)];
}

/// `lvs_sync_daemon IF [[inst] VI] [id N] [maxlen N] [port N] [ttl N] [group A]`.
#[derive(Debug)]
pub enum SyncDaemon {}

impl Grammar for SyncDaemon {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Iface, true), (Takes::Word, false)];
    const OPTIONS: &'static [Opt] = &[
        (&["inst"], Takes::Word),
        (&["id"], Takes::Int(0, 255)),
        (&["maxlen"], Takes::Int(1, 65_507)),
        (&["port"], Takes::Int(1, 65_535)),
        (&["ttl"], Takes::Int(1, 255)),
        (&["group"], Takes::Ip),
    ];
}
