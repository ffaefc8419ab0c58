//! The load balancer in a build without it.

use crate::config::schema::Table;
use crate::config::value::{CHECKER, Ignored, Refused};

/// All services.
pub type Services = Refused<CHECKER>;
/// Addresses that a service may have together.
pub type Groups = Refused<CHECKER>;
/// How this machine presents itself in TLS.
pub type Tls = Ignored<CHECKER>;
/// Something that is done or not.
pub type Switch = Ignored<CHECKER>;
/// Something that is done or not, as the word behind it says.
pub type Choice = Ignored<CHECKER>;
/// A FIFO that changes are written to.
pub type Lines = Ignored<CHECKER>;
/// The script that reads it.
pub type Reader = Ignored<CHECKER>;
/// Times after which connections are forgotten.
pub type Timeouts = Ignored<CHECKER>;
/// What is emptied on stop.
pub type Flush = Ignored<CHECKER>;
/// How connections are told to another machine.
pub type Sync = Ignored<CHECKER>;

/// The tables of this part.
pub const TABLES: &[&Table] = &[];
