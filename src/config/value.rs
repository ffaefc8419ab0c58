//! The kinds of value: each type is grammar, range, printed form of a keyword.

mod absent;
mod address;
mod block;
mod choice;
mod list;
mod net;
mod number;
mod phrase;
mod script;
mod shape;
mod text;
mod track;

pub use absent::{BFD, CHECKER, Ignored, ROUTES, Refused, SMTP};
pub use address::{Address, Broadcast};
pub use block::{Many, One};
pub(crate) use choice::choice;
pub use choice::{offer, pick};
pub use list::{List, Names};
pub use net::{Iface, Ip, Multicast};
pub use number::{Bool, Flag, Int, Millis, Seconds, Versus, decimal, decimals, integer};
pub use phrase::{Grammar, Opt, Phrase, Takes, takes};
pub use script::{MaybeScript, Script, User, arguments};
pub use shape::{Digest, Mask, Payload, Processors, Reply, Shaped};
pub use text::{Secret, Text, Words};
pub use track::{Peer, Track};
