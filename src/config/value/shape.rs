//! Words of a certain shape, kept as they stand.

use core::fmt::{self, Write};
use core::marker::PhantomData;
use core::net::Ipv4Addr;

use super::integer;
use crate::config::schema::{Args, Fault, Printer, Reader, Slot};

/// Which words fit.
pub trait Shape {
    /// How few words there may be.
    const MIN: usize = 1;
    /// How many words there may be.
    const MAX: usize = 1;
    /// What is accepted.
    const ACCEPTS: &'static str;
    /// Whether a word fits, or else why not.
    fn check(text: &str) -> Result<(), Fault>;
}

/// Words of one shape.
#[derive(Debug)]
pub struct Shaped<S> {
    /// The words.
    pub words: Vec<Box<str>>,
    shape: PhantomData<S>,
}

impl<S> Default for Shaped<S> {
    fn default() -> Self {
        Self { words: Vec::new(), shape: PhantomData }
    }
}

impl<S> Clone for Shaped<S> {
    fn clone(&self) -> Self {
        Self { words: self.words.clone(), shape: PhantomData }
    }
}

impl<S> PartialEq for Shaped<S> {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl<S: Shape> Slot for Shaped<S> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let mut words = Vec::new();
        while words.len() < S::MAX {
            let Some(word) = args.pull() else { break };
            S::check(&word.text)?;
            words.push(word.text.clone());
        }
        if words.len() < S::MIN {
            return Err(Fault::Missing);
        }
        self.words = words;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.texts(&self.words);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str(S::ACCEPTS)
    }
}

fn hexadecimal(text: &str, wild: bool) -> Result<(), Fault> {
    let fits = |letter: u8| letter.is_ascii_hexdigit() || wild && matches!(letter, b'x' | b'X');
    if text.bytes().all(fits) { Ok(()) } else { Err(Fault::Bad) }
}

/// The MD5 of a page.
#[derive(Debug)]
pub enum Digest {}

impl Shape for Digest {
    const ACCEPTS: &'static str = "32 hexadecimal digits";

    fn check(text: &str) -> Result<(), Fault> {
        hexadecimal(text, false)?;
        if text.len() == 32 { Ok(()) } else { Err(Fault::Bad) }
    }
}

/// Bytes to send.
#[derive(Debug)]
pub enum Payload {}

impl Shape for Payload {
    const ACCEPTS: &'static str = "an even number of hexadecimal digits";

    fn check(text: &str) -> Result<(), Fault> {
        hexadecimal(text, false)?;
        if text.len().is_multiple_of(2) { Ok(()) } else { Err(Fault::Bad) }
    }
}

/// Bytes that are expected.
#[derive(Debug)]
pub enum Reply {}

impl Shape for Reply {
    const MIN: usize = 0;
    const ACCEPTS: &'static str = "an even number of hexadecimal digits, x for any; or nothing";

    fn check(text: &str) -> Result<(), Fault> {
        hexadecimal(text, true)?;
        if text.len().is_multiple_of(2) { Ok(()) } else { Err(Fault::Bad) }
    }
}

/// Numbers of processors.
#[derive(Debug)]
pub enum Processors {}

impl Shape for Processors {
    const MAX: usize = usize::MAX;
    const ACCEPTS: &'static str = "numbers of processors, 0..1023 each";

    fn check(text: &str) -> Result<(), Fault> {
        integer(text, 0, 1023).map(drop)
    }
}

/// A netmask, or the length of a prefix.
#[derive(Debug)]
pub enum Mask {}

impl Shape for Mask {
    const ACCEPTS: &'static str = "a netmask of IPv4, or the length of a prefix of IPv6, 1..128";

    fn check(text: &str) -> Result<(), Fault> {
        match text.parse::<Ipv4Addr>() {
            Ok(_) => Ok(()),
            Err(_) => integer(text, 1, 128).map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Fault, Mask, Payload, Processors, Reply, Shape};

    #[test]
    fn words_fit_their_shape() {
        for (check, fits, other) in [
            (Digest::check as fn(&str) -> Result<(), Fault>, &"0a".repeat(16)[..], "0a"),
            (Payload::check, "0aFF", "0af"),
            (Reply::check, "0axx", "0azz"),
            (Processors::check, "7", "7-9"),
            (Mask::check, "255.255.255.0", "255.255"),
            (Mask::check, "64", "129"),
        ] {
            assert!(check(fits).is_ok() && check(other).is_err(), "{fits} {other}");
        }
    }
}
