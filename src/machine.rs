//! The contract of a core: one input in; out come actions, with the time of the next call.
//!
//! A core is a value with `handle(now, input) -> Actions` and `poll_at()`. It knows no socket,
//! clock, file or thread. `Actions` borrows the core, so that no input can come before the answer
//! to the last one is carried out; what an action led to comes back as a later input.

pub use smoltcp::time::{Duration, Instant};
