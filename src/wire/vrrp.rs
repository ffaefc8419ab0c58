//! The advert: version 2 (RFC 3768 section 5), version 3 (RFC 5798, 9568 section 5).

use core::cmp::Ordering;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use smoltcp::wire::{IpProtocol, checksum};

use crate::machine::Duration;

/// The number of the protocol in the IP header (RFC 9568 5.1.1.4).
pub const PROTOCOL: u8 = 112;
/// The TTL or hop limit of every advert (RFC 9568 5.1.1.3).
pub const HOPS: u8 = 255;
/// The most addresses an advert can count.
pub const ADDRESSES_MAX: usize = 255;
/// Length in bytes of the longest advert: version 3 with 255 addresses of IPv6.
pub const ADVERT_MAX: usize = HEADER_LEN + ADDRESSES_MAX * 16;

const HEADER_LEN: usize = 8;
const AUTH_LEN: usize = 8;
/// The only type of packet there is (RFC 9568 5.2.2).
const TYPE_ADVERT: u8 = 1;
/// Version 3 has 12 bits for the interval (RFC 9568 5.2.7).
const CENTIS_MAX: u16 = 0x0fff;

/// The protocol's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// RFC 3768, whole seconds, authentication.
    V2,
    /// RFC 5798 and 9568, centiseconds, IPv6.
    V3,
}

/// The family of the adverts and of the advertised addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }

    /// The address that is none.
    pub const fn unspecified(self) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Self::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        }
    }

    /// Length of an address in bytes.
    const fn address_len(self) -> usize {
        match self {
            Self::V4 => 4,
            Self::V6 => 16,
        }
    }
}

/// Authentication of version 2 adverts (RFC 2338 5.3.6; removed by RFC 3768, yet in use
/// everywhere).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// None.
    None,
    /// Eight bytes in clear text, padded with zeros.
    Simple([u8; 8]),
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password is a secret: it is in no log and no dump.
        f.write_str(match self {
            Self::None => "none",
            Self::Simple(_) => "simple",
        })
    }
}

/// What is wrong with a packet that is no advert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The packet ends before the message does.
    Truncated,
    /// The packet goes on behind the message.
    Length,
    /// Source and destination are not of one family.
    Family,
    /// Neither version 2 nor 3, or version 2 over IPv6.
    Version,
    /// Not an advert.
    Type,
    /// The checksum does not fit the message.
    Checksum,
    /// An interval of zero (RFC 9568 5.2.7: 1 to 4095).
    Interval,
    /// An authentication of version 2 other than none and simple text.
    AuthType,
}

/// An advert as received; it borrows the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advert<'a> {
    /// The protocol's version.
    pub version: Version,
    /// Number of the virtual router; 0 is no router's, yet not refused here.
    pub vrid: u8,
    /// The sender's priority; 0 resigns.
    pub priority: u8,
    /// The sender's interval: 1 to 255 s in version 2, 10 ms to 40.95 s in version 3.
    pub interval: Duration,
    /// Always `Auth::None` in version 3.
    pub auth: Auth,
    /// The advertised addresses.
    pub addresses: Addresses<'a>,
}

impl<'a> Advert<'a> {
    /// Reads the payload of an IP packet that went from `from` to `to`.
    ///
    /// The payload ends where the message does: the padding of short Ethernet frames is behind the
    /// IP packet, whose length `ip::Packet::parse` obeys. keepalived refuses a longer payload, too.
    pub fn parse(bytes: &'a [u8], from: IpAddr, to: IpAddr) -> Result<Self, Malformed> {
        let family = Family::of(from);
        if family != Family::of(to) {
            return Err(Malformed::Family);
        }
        let Some((&header, rest)) = bytes.split_first_chunk::<HEADER_LEN>() else {
            return Err(Malformed::Truncated);
        };
        let [version_and_type, vrid, priority, count, high, low, _, _] = header;
        let version = match (version_and_type >> 4, family) {
            (2, Family::V4) => Version::V2,
            (3, _) => Version::V3,
            _ => return Err(Malformed::Version),
        };
        if version_and_type & 0x0f != TYPE_ADVERT {
            return Err(Malformed::Type);
        }
        let length = message_len(version, family, usize::from(count));
        match bytes.len().cmp(&length) {
            Ordering::Less => return Err(Malformed::Truncated),
            Ordering::Greater => return Err(Malformed::Length),
            Ordering::Equal => {}
        }
        let (addresses, rest) = rest
            .split_at_checked(usize::from(count) * family.address_len())
            .ok_or(Malformed::Truncated)?;
        if sum(bytes, pseudo_header(version, from, to)) != 0xffff {
            return Err(Malformed::Checksum);
        }
        let (interval, auth) = match version {
            Version::V2 => (Duration::from_secs(u64::from(low)), simple_auth(high, rest)?),
            Version::V3 => {
                // RFC 9568 5.2.6: the four reserved bits are ignored.
                let centis = u16::from_be_bytes([high, low]) & CENTIS_MAX;
                (Duration::from_millis(u64::from(centis) * 10), Auth::None)
            }
        };
        if interval == Duration::ZERO {
            return Err(Malformed::Interval);
        }
        let addresses = Addresses { family, bytes: addresses };
        Ok(Self { version, vrid, priority, interval, auth, addresses })
    }
}

/// The advertised addresses of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Addresses<'a> {
    family: Family,
    bytes: &'a [u8],
}

impl<'a> Addresses<'a> {
    /// How many there are: at most 255.
    pub fn len(self) -> usize {
        self.bytes.len() / self.family.address_len()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// The addresses in the order of the packet.
    pub fn iter(self) -> impl Iterator<Item = IpAddr> + use<'a> {
        let family = self.family;
        self.bytes.chunks_exact(family.address_len()).filter_map(move |chunk| match family {
            Family::V4 => <[u8; 4]>::try_from(chunk).ok().map(|a| Ipv4Addr::from(a).into()),
            Family::V6 => <[u8; 16]>::try_from(chunk).ok().map(|a| Ipv6Addr::from(a).into()),
        })
    }
}

impl fmt::Debug for Addresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// An advert to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdvertRepr<'a> {
    /// The protocol's version; over IPv6 always 3.
    pub version: Version,
    /// The family of the packet; addresses of the other one are left out.
    pub family: Family,
    /// Number of the virtual router, 1 to 255.
    pub vrid: u8,
    /// Effective priority; 0 resigns.
    pub priority: u8,
    /// Time between adverts: cut to whole seconds (at most 255) or centiseconds (at most 4095).
    pub interval: Duration,
    /// Ignored in version 3, which has none.
    pub auth: Auth,
    /// The addresses, in the order of the packet; those beyond the 255th are left out.
    pub addresses: &'a [IpAddr],
}

impl AdvertRepr<'_> {
    /// Length of the message in bytes: at most `ADVERT_MAX`.
    pub fn buffer_len(&self) -> usize {
        message_len(self.version, self.family, self.advertised().count())
    }

    /// Writes the message, as the payload of an IP packet from `from` to `to`, and returns its
    /// length.
    ///
    /// # Panics
    /// If `buffer` is shorter than `buffer_len`; one of `ADVERT_MAX` is always long enough.
    pub fn emit(&self, buffer: &mut [u8], from: IpAddr, to: IpAddr) -> usize {
        let length = self.buffer_len();
        let (message, _) = buffer.split_at_mut(length);
        message.fill(0);
        let mut at = Cursor { rest: message };
        let count = u8::try_from(self.advertised().count()).expect("advertised() ends at 255");
        let version = match self.version {
            Version::V2 => 0x20,
            Version::V3 => 0x30,
        };
        at.put(&[version | TYPE_ADVERT, self.vrid, self.priority, count]);
        at.put(&self.interval_field());
        at.put(&[0, 0]);
        for address in self.advertised() {
            match address {
                IpAddr::V4(address) => at.put(&address.octets()),
                IpAddr::V6(address) => at.put(&address.octets()),
            }
        }
        if let (Version::V2, Auth::Simple(text)) = (self.version, self.auth) {
            at.put(&text);
        }
        let sum = !sum(message, pseudo_header(self.version, from, to));
        if let Some(field) = message.get_mut(6..8) {
            field.copy_from_slice(&sum.to_be_bytes());
        }
        length
    }

    fn advertised(&self) -> impl Iterator<Item = IpAddr> {
        let family = self.family;
        let ours = self.addresses.iter().copied().filter(move |&a| Family::of(a) == family);
        ours.take(ADDRESSES_MAX)
    }

    /// Octets 4 and 5: authentication type and seconds in version 2, centiseconds in version 3.
    fn interval_field(&self) -> [u8; 2] {
        match self.version {
            Version::V2 => {
                let auth = match self.auth {
                    Auth::None => 0,
                    Auth::Simple(_) => 1,
                };
                [auth, u8::try_from(self.interval.secs()).unwrap_or(u8::MAX)]
            }
            Version::V3 => {
                let centis = u16::try_from(self.interval.total_millis() / 10).unwrap_or(CENTIS_MAX);
                centis.min(CENTIS_MAX).to_be_bytes()
            }
        }
    }
}

/// Writes forward; the caller has made the room.
struct Cursor<'a> {
    rest: &'a mut [u8],
}

impl Cursor<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let rest = core::mem::take(&mut self.rest);
        let (here, rest) = rest.split_at_mut(bytes.len());
        here.copy_from_slice(bytes);
        self.rest = rest;
    }
}

/// Version 2 always ends in eight bytes of authentication data (RFC 3768 5.3.10), version 3 never.
const fn message_len(version: Version, family: Family, addresses: usize) -> usize {
    let auth = match version {
        Version::V2 => AUTH_LEN,
        Version::V3 => 0,
    };
    HEADER_LEN + addresses * family.address_len() + auth
}

fn simple_auth(kind: u8, data: &[u8]) -> Result<Auth, Malformed> {
    match kind {
        0 => Ok(Auth::None),
        1 => data.first_chunk().copied().map(Auth::Simple).ok_or(Malformed::Truncated),
        _ => Err(Malformed::AuthType),
    }
}

/// Which addresses the checksum covers beside the message.
///
/// Version 3 over IPv4 has the pseudo-header as RFC 5798 5.2.8 says and keepalived does.
fn pseudo_header(version: Version, from: IpAddr, to: IpAddr) -> Option<(IpAddr, IpAddr)> {
    match version {
        Version::V2 => None,
        Version::V3 => Some((from, to)),
    }
}

/// The one's complement sum: 0xffff over a message whose checksum is right.
fn sum(message: &[u8], pseudo_header: Option<(IpAddr, IpAddr)>) -> u16 {
    let protocol = IpProtocol::from(PROTOCOL);
    // A message is at most `ADVERT_MAX` bytes.
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let before = match pseudo_header {
        Some((IpAddr::V4(from), IpAddr::V4(to))) => {
            checksum::pseudo_header_v4(&from, &to, protocol, length)
        }
        Some((IpAddr::V6(from), IpAddr::V6(to))) => {
            checksum::pseudo_header_v6(&from, &to, protocol, length)
        }
        Some(_) | None => 0,
    };
    checksum::combine(&[before, checksum::data(message)])
}

#[cfg(test)]
mod tests;
