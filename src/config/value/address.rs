//! An address to set on an interface, with its options.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};

use super::{Iface, Takes, integer};
use crate::config::IfName;
use crate::config::schema::{Args, Fault, Place, Printer, Reader, Slot};

/// An address with its options, as an entry of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// Where the address stands.
    pub at: Place,
    /// The address.
    pub ip: IpAddr,
    /// Length of its prefix, if it is written.
    pub prefix: Option<u8>,
    /// `dev`: its interface.
    pub dev: Option<IfName>,
    /// `scope`, by number.
    pub scope: Option<u8>,
    /// `label`: name of the alias.
    pub label: Option<IfName>,
    /// `brd` or `broadcast`.
    pub broadcast: Option<Broadcast>,
    /// `peer`: the far end, with its prefix.
    pub peer: Option<(IpAddr, Option<u8>)>,
    /// `preferred_lft` in seconds; `u32::MAX` is for ever.
    pub preferred_lft: Option<u32>,
    /// `track_group`: whose fault it is if it goes.
    pub track_group: Option<Box<str>>,
    /// The plain words among [`FLAGS`], by place.
    flags: u8,
}

/// The broadcast address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// This one.
    Is(IpAddr),
    /// `+`: all host bits one.
    Ones,
    /// `-`: all host bits zero.
    Zeros,
}

/// Options without argument.
const FLAGS: [&str; 7] =
    ["home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac"];

/// Those of them that are not supported yet.
const LATER: [&str; 2] = ["no_track", "use_vmac"];

/// Scopes with a name.
const SCOPES: [(&str, u8); 5] =
    [("global", 0), ("site", 200), ("link", 253), ("host", 254), ("nowhere", 255)];

const SCOPE: Takes = Takes::Named(0, 255);
const LIFETIME: Takes = Takes::Named(0, 0xffff_ffff);

impl Default for Address {
    fn default() -> Self {
        Self {
            at: Place::default(),
            ip: Ipv4Addr::UNSPECIFIED.into(),
            prefix: None,
            dev: None,
            scope: None,
            label: None,
            broadcast: None,
            peer: None,
            preferred_lft: None,
            track_group: None,
            flags: 0,
        }
    }
}

impl Address {
    /// One of the options without argument was written: `home`, `-nodad`, `mngtmpaddr`,
    /// `noprefixroute`, `autojoin`, `no_track`, `use_vmac`.
    pub fn has(&self, option: &str) -> bool {
        let place = FLAGS.iter().position(|&flag| flag == option);
        place.is_some_and(|place| self.flags & 1 << place != 0)
    }

    fn option(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<bool, Fault> {
        let Some(word) = args.peek() else { return Ok(false) };
        if let Some(place) = FLAGS.iter().position(|&flag| flag == &*word.text) {
            args.pull();
            self.flags |= 1 << place;
            if let Some(option) = FLAGS.get(place).filter(|flag| LATER.contains(flag)) {
                reader.later(word.at, option);
            }
        } else if args.take("dev") {
            self.dev = Some(Iface::parse(&args.want(Takes::Iface)?.text)?);
        } else if args.take("scope") {
            self.scope = Some(scope(&args.want(SCOPE)?.text)?);
        } else if args.take("label") {
            self.label = Some(Iface::parse(&args.want(Takes::Iface)?.text)?);
        } else if args.take("brd") || args.take("broadcast") {
            self.broadcast = Some(match &*args.want(Takes::Ip)?.text {
                "+" => Broadcast::Ones,
                "-" => Broadcast::Zeros,
                text => Broadcast::Is(text.parse().map_err(|_| Fault::Bad)?),
            });
        } else if args.take("peer") {
            self.peer = Some(cidr(&args.want(Takes::Cidr)?.text)?);
        } else if args.take("preferred_lft") {
            self.preferred_lft = Some(lifetime(&args.want(LIFETIME)?.text)?);
        } else if args.take("track_group") {
            reader.later(word.at, "track_group");
            self.track_group = Some(args.want(Takes::Word)?.text.clone());
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

impl Slot for Address {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let word = args.want(Takes::Cidr)?;
        self.at.0 = word.at;
        (self.ip, self.prefix) = cidr(&word.text)?;
        while self.option(args, reader)? {}
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        print_cidr(out, self.ip, self.prefix);
        if let Some((ip, prefix)) = self.peer {
            out.raw(" peer");
            print_cidr(out, ip, prefix);
        }
        match self.broadcast {
            Some(Broadcast::Is(ip)) => out.value(format_args!("brd {ip}")),
            Some(Broadcast::Ones) => out.raw(" brd +"),
            Some(Broadcast::Zeros) => out.raw(" brd -"),
            None => {}
        }
        if let Some(dev) = &self.dev {
            out.raw(" dev");
            out.text(dev);
        }
        if let Some(scope) = self.scope {
            out.raw(" scope");
            match SCOPES.iter().find(|(_, number)| *number == scope) {
                Some((name, _)) => out.text(name),
                None => out.value(format_args!("{scope}")),
            }
        }
        if let Some(label) = &self.label {
            out.raw(" label");
            out.text(label);
        }
        match self.preferred_lft {
            Some(u32::MAX) => out.raw(" preferred_lft forever"),
            Some(seconds) => out.value(format_args!("preferred_lft {seconds}")),
            None => {}
        }
        if let Some(group) = &self.track_group {
            out.raw(" track_group");
            out.text(group);
        }
        for (place, flag) in FLAGS.iter().enumerate() {
            if self.flags & 1 << place != 0 {
                out.text(flag);
            }
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str(
            "ADDRESS[/PREFIX] [peer ADDRESS[/PREFIX]] [brd | broadcast ADDRESS | + | -] [dev INTERFACE] \
             [scope global | site | link | host | nowhere | 0..255] [label NAME] \
             [preferred_lft SECONDS | forever] [home] [-nodad] [mngtmpaddr] [noprefixroute] \
             [autojoin] [no_track] [use_vmac] [track_group NAME]",
        )
    }
}

/// An address with the prefix that may follow it.
pub(super) fn cidr(text: &str) -> Result<(IpAddr, Option<u8>), Fault> {
    let (ip, prefix) = match text.split_once('/') {
        Some((ip, prefix)) => (ip, Some(prefix)),
        None => (text, None),
    };
    let ip: IpAddr = ip.parse().map_err(|_| Fault::Bad)?;
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map(|prefix| integer(prefix, 0, longest)).transpose()?;
    Ok((ip, prefix.and_then(|prefix| u8::try_from(prefix).ok())))
}

fn print_cidr(out: &mut Printer<'_>, ip: IpAddr, prefix: Option<u8>) {
    match prefix {
        Some(prefix) => out.value(format_args!("{ip}/{prefix}")),
        None => out.value(format_args!("{ip}")),
    }
}

fn scope(text: &str) -> Result<u8, Fault> {
    let named = SCOPES.iter().find(|(name, _)| *name == text);
    let number = match named {
        Some((_, number)) => i64::from(*number),
        None => integer(text, 0, 255)?,
    };
    u8::try_from(number).map_err(|_| Fault::Range)
}

fn lifetime(text: &str) -> Result<u32, Fault> {
    if text == "forever" {
        return Ok(u32::MAX);
    }
    let seconds = integer(text, 0, i64::from(u32::MAX))?;
    u32::try_from(seconds).map_err(|_| Fault::Range)
}
