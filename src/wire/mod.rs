//! Bytes ↔ values. Pure, without heap: every packet and message of this program is parsed and
//! emitted here.
//!
//! Rules of this layer: a `parse` borrows the bytes and returns a value that is valid or a `Copy`
//! reason why not; an `emit` writes into a caller's buffer and returns the length; no `std`, no
//! `alloc`, no panic on any bytes.

#![deny(clippy::indexing_slicing)]

pub mod garp;
pub mod ip;
pub mod ipc;
pub mod ndisc;
pub mod vrrp;

/// A hardware address.
pub use smoltcp::wire::EthernetAddress as Mac;
