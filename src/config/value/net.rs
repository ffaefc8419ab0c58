//! Values of the network: interfaces, addresses.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};

use crate::config::IfName;
use crate::config::problem::Severity;
use crate::config::schema::{Args, Fault, Printer, Reader, Slot};
use crate::config::tree::Word;

/// The name of an interface: 1 to 15 bytes without blank or slash, as the kernel has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Iface(pub IfName);

impl Iface {
    /// From a word.
    pub fn parse(text: &str) -> Result<IfName, Fault> {
        let bad = |byte: u8| byte == b'/' || byte.is_ascii_whitespace();
        if text.is_empty() || text == "." || text == ".." || text.bytes().any(bad) {
            return Err(Fault::Bad);
        }
        IfName::try_from(text).map_err(|_| Fault::Bad)
    }
}

impl Slot for Iface {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = Self::parse(&args.need()?.text)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.text(&self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("name of an interface, 1 to 15 bytes")
    }
}

/// An address without prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip(pub IpAddr);

impl Default for Ip {
    fn default() -> Self {
        Self(Ipv4Addr::UNSPECIFIED.into())
    }
}

impl Ip {
    /// The address of a word; a prefix behind it, which keepalived overlooks, is told of.
    pub fn parse(word: &Word, reader: &mut Reader<'_>) -> Result<IpAddr, Fault> {
        let (ip, prefix) = super::address::cidr(&word.text)?;
        if prefix.is_some() {
            reader.say(
                Severity::Caution,
                word.at,
                "the prefix is ignored: an address alone is expected",
            );
        }
        Ok(ip)
    }
}

impl Slot for Ip {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = Self::parse(args.need()?, reader)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.value(format_args!("{}", self.0));
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("IPv4 or IPv6 address")
    }
}

/// A multicast group of IPv4 (`FAMILY` 4), of IPv6 on the link (6), or of either (0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multicast<const FAMILY: u8>(pub IpAddr);

impl<const FAMILY: u8> Default for Multicast<FAMILY> {
    fn default() -> Self {
        Self(Ipv4Addr::UNSPECIFIED.into())
    }
}

impl<const FAMILY: u8> Slot for Multicast<FAMILY> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let ip: IpAddr = args.need()?.text.parse().map_err(|_| Fault::Bad)?;
        let fits = match ip {
            IpAddr::V4(ip) => FAMILY != 6 && ip.is_multicast(),
            // ff02::/16 and its variants with flags: scope 2 is the link.
            IpAddr::V6(ip) => FAMILY != 4 && ip.is_multicast() && ip.octets()[1] & 0xf == 2,
        };
        self.0 = if fits { ip } else { return Err(Fault::Bad) };
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        Ip(self.0).print(out);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str(match FAMILY {
            4 => "IPv4 multicast address",
            6 => "IPv6 multicast address of link scope (ff02::)",
            _ => "multicast address, of link scope if IPv6",
        })
    }
}
