//! The kernel. All of `nix`, `libc` and `netlink_*` is here, and `unsafe` in the marked files
//! alone.
//!
//! A function here is one service of the kernel made usable: what it is told it does, and what the
//! kernel answers it returns as `io::Result`. It decides nothing, never panics on what it reads,
//! and after load it does not allocate unless its documentation says so.

pub mod addr;
pub mod advert;
pub mod channel;
pub mod clock;
pub mod console;
pub mod control;
pub mod files;
pub mod frame;
pub mod heap;
#[cfg(test)]
mod lab;
pub mod link;
pub mod netlink;
mod opts;
pub mod pidfile;
pub mod poll;
pub mod process;
pub mod random;
pub mod rights;
pub mod sealed_file;
pub mod signal;
pub mod sysctl;
pub mod syslog;
pub mod timer;
