//! Entries that name something to track, or a peer.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};

use super::{Ip, Takes, integer, number};
use crate::config::schema::{Args, Fault, Place, Printer, Reader, Slot};

/// Something tracked, with the weight it has here. The weight lies within ±`MAX`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track<const MAX: i64> {
    /// Where its name stands.
    pub at: Place,
    /// Its name.
    pub name: Box<str>,
    /// Its weight, if it is not the one of its definition.
    pub weight: Option<i64>,
    /// Whether its effect is the other way round, if that is said.
    pub reverse: Option<bool>,
}

impl<const MAX: i64> Slot for Track<MAX> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let name = args.need()?;
        (self.at.0, self.name) = (name.at, name.text.clone());
        (self.weight, self.reverse) = read_weight(MAX, args)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.text(&self.name);
        print_weight(self.weight, self.reverse, out);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("NAME [weight ")?;
        number::range(-MAX, MAX, 0, "] [reverse | noreverse]", out)
    }
}

fn read_weight(max: i64, args: &mut Args<'_>) -> Result<(Option<i64>, Option<bool>), Fault> {
    let (mut weight, mut reverse) = (None, None);
    loop {
        if args.take("weight") {
            weight = Some(integer(&args.want(Takes::Int(-max, max))?.text, -max, max)?);
        } else if args.take("reverse") {
            reverse = Some(true);
        } else if args.take("noreverse") {
            reverse = Some(false);
        } else {
            return Ok((weight, reverse));
        }
    }
}

fn print_weight(weight: Option<i64>, reverse: Option<bool>, out: &mut Printer<'_>) {
    if let Some(weight) = weight {
        out.value(format_args!("weight {weight}"));
    }
    match reverse {
        Some(true) => out.text("reverse"),
        Some(false) => out.text("noreverse"),
        None => {}
    }
}

/// A unicast peer.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// Where its address stands.
    pub at: Place,
    /// Its address.
    pub ip: IpAddr,
    /// Least time to live of its adverts.
    pub min_ttl: Option<u8>,
    /// Greatest time to live of its adverts.
    pub max_ttl: Option<u8>,
}

impl Default for Peer {
    fn default() -> Self {
        let ip = Ipv4Addr::UNSPECIFIED.into();
        Self { at: Place::default(), ip, min_ttl: None, max_ttl: None }
    }
}

impl Slot for Peer {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let word = args.want(Takes::Ip)?;
        (self.at.0, self.ip) = (word.at, Ip::parse(word, reader)?);
        loop {
            let ttl = if args.take("min_ttl") {
                &mut self.min_ttl
            } else if args.take("max_ttl") {
                &mut self.max_ttl
            } else {
                return Ok(());
            };
            *ttl = u8::try_from(integer(&args.want(Takes::Int(0, 255))?.text, 0, 255)?).ok();
        }
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.value(format_args!("{}", self.ip));
        if let Some(ttl) = self.min_ttl {
            out.value(format_args!("min_ttl {ttl}"));
        }
        if let Some(ttl) = self.max_ttl {
            out.value(format_args!("max_ttl {ttl}"));
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("ADDRESS [min_ttl 0..255] [max_ttl 0..255]")
    }
}
