//! Mail on changes in a build that sends none.

use crate::config::value::{Ignored, SMTP};

/// Receivers.
pub type Receivers = Ignored<SMTP>;
/// Whether mail is sent.
pub type Alert = Ignored<SMTP>;
/// Mail that is not sent.
pub type Silence = Ignored<SMTP>;
/// The name of a sender, or of this machine.
pub type Name = Ignored<SMTP>;
/// Where mail is handed in.
pub type Server = Ignored<SMTP>;
/// Seconds for the connection.
pub type Timeout = Ignored<SMTP>;

/// The default of [`Timeout`].
pub const TIMEOUT: Timeout = Ignored;
