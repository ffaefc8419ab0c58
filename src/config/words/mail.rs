//! Mail on changes: the kinds of value of its words.

use crate::config::value::{Bool, Flag, Grammar, Int, Names, Opt, Phrase, Takes, Text};

/// Receivers.
pub type Receivers = Names;
/// Whether mail is sent.
pub type Alert = Bool;
/// Mail that is not sent.
pub type Silence = Flag;
/// The name of a sender, or of this machine.
pub type Name = Text;
/// Where mail is handed in.
pub type Server = Phrase<MailServer>;
/// Seconds for the connection.
pub type Timeout = Int<1, 4294>;

/// The default of [`Timeout`].
pub const TIMEOUT: Timeout = Int::new(30);

/// `smtp_server ADDRESS | NAME [PORT]`.
#[derive(Debug)]
pub enum MailServer {}

impl Grammar for MailServer {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Word, true), (Takes::Int(1, 65_535), false)];
    const OPTIONS: &'static [Opt] = &[];
}
