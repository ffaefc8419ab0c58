//! What is seen on the link: adverts, announcements, each with its time.

use std::collections::HashMap;
use std::fmt;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use holdfast::wire::vrrp::{self, Auth, Malformed, Version};
use holdfast::wire::{ip, ndisc};
use nix::cmsg_space;
use nix::net::if_::if_indextoname;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType,
    recvmsg, setsockopt, socket, sockopt,
};
use nix::sys::time::TimeSpec;

use super::wait::sleep;

/// An advert, as a value of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advert {
    pub(crate) version: Version,
    pub(crate) source: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) ttl: u8,
    pub(crate) vrid: u8,
    pub(crate) priority: u8,
    pub(crate) interval: Duration,
    pub(crate) auth: Auth,
    pub(crate) addresses: Vec<IpAddr>,
}

/// Something seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Advert(Advert),
    Malformed(Malformed),
    /// A gratuitous ARP, request or reply.
    Garp(Ipv4Addr),
    /// An unsolicited neighbour advertisement.
    Na {
        address: Ipv6Addr,
        router: bool,
        solicited: bool,
        overrides: bool,
    },
}

/// It, with when (the kernel's stamp) it came from which router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Since some moment in the past.
    pub(crate) at: Duration,
    /// The number of the router.
    pub(crate) from: u8,
    /// The sender's hardware address.
    pub(crate) mac: [u8; 6],
    pub(crate) what: What,
}

impl Seen {
    pub(crate) fn advert(&self) -> Option<&Advert> {
        match &self.what {
            What::Advert(advert) => Some(advert),
            What::Malformed(_) | What::Garp(_) | What::Na { .. } => None,
        }
    }

    /// The address that is announced.
    pub(crate) fn announced(&self) -> Option<IpAddr> {
        match self.what {
            What::Garp(address) => Some(address.into()),
            What::Na { address, .. } => Some(address.into()),
            What::Advert(_) | What::Malformed(_) => None,
        }
    }
}

/// A listener on the bridge's ports.
pub(crate) struct Wire {
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Wire {
    /// Listen in this thread's namespace, on every interface named after a router: `r1`, `r2-eth1`.
    pub(crate) fn listen() -> Self {
        let socket = open();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&seen);
        thread::spawn(move || hear(&socket, &list));
        Self { seen }
    }

    /// All so far, in order of time.
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.since(0)
    }

    /// How much there is so far: a mark for `since`.
    pub(crate) fn mark(&self) -> usize {
        self.seen.lock().expect("the listener does not panic").len()
    }

    pub(crate) fn since(&self, mark: usize) -> Vec<Seen> {
        self.seen.lock().expect("the listener does not panic")[mark..].to_vec()
    }

    /// Wait until `find` finds something in what is seen since `mark`.
    #[track_caller]
    pub(crate) fn find<T>(
        &self,
        what: &str,
        bound: Duration,
        mark: usize,
        find: impl Fn(&[Seen]) -> Option<T>,
    ) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = find(&self.since(mark)) {
                return found;
            }
            assert!(begun.elapsed() < bound, "waited {bound:?} in vain on the wire: {what}");
            sleep(Duration::from_millis(2));
        }
    }

    /// Wait for an advert of a router; its time.
    #[track_caller]
    pub(crate) fn await_advert(
        &self,
        what: &str,
        bound: Duration,
        mark: usize,
        fits: impl Fn(u8, &Advert) -> bool,
    ) -> Duration {
        self.find(what, bound, mark, |seen| {
            let found = seen.iter().find(|one| one.advert().is_some_and(|a| fits(one.from, a)));
            found.map(|one| one.at)
        })
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Drop for Wire {
    /// A case that failed shows what was on the wire.
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("-- the wire\n{}", timeline(&self.all()));
        }
    }
}

/// The adverts of a router: when and what.
pub(crate) fn adverts(seen: &[Seen], from: u8) -> Vec<(Duration, Advert)> {
    let ours = seen.iter().filter(|one| one.from == from);
    ours.filter_map(|one| Some((one.at, one.advert()?.clone()))).collect()
}

/// When a router announced an address.
pub(crate) fn announcements(seen: &[Seen], from: u8, address: &str) -> Vec<Duration> {
    let address: IpAddr = address.parse().expect("an address");
    let ours = seen.iter().filter(|one| one.from == from && one.announced() == Some(address));
    ours.map(|one| one.at).collect()
}

/// The longest time between two neighbours of a list of times.
pub(crate) fn longest_gap(times: &[Duration]) -> Duration {
    times.windows(2).map(|two| two[1].saturating_sub(two[0])).max().unwrap_or_default()
}

/// The last lines of what was seen, for people.
fn timeline(seen: &[Seen]) -> String {
    let Some(first) = seen.first() else { return "   nothing\n".into() };
    let mut text = String::new();
    for one in &seen[seen.len().saturating_sub(60)..] {
        let at = one.at.saturating_sub(first.at).as_secs_f64();
        let what = match &one.what {
            What::Advert(a) => format!(
                "advert {:?} vrid {} priority {} interval {:?} of {} with {:?}",
                a.version, a.vrid, a.priority, a.interval, a.source, a.addresses
            ),
            other => format!("{other:?}"),
        };
        text += &format!("{at:9.4}  r{}  {what}\n", one.from);
    }
    text
}

/// A packet socket that hears all interfaces of its namespace.
fn open() -> OwnedFd {
    let socket =
        socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)
            .expect("a case may open packet sockets");
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true).expect("the kernel has time stamps");
    setsockopt(&socket, sockopt::RcvBuf, &(4 << 20)).expect("the buffer can grow");
    socket
}

fn hear(socket: &OwnedFd, list: &Mutex<Vec<Seen>>) {
    // PACKET_OUTGOING: what the bridge sends to the port.
    const OUTGOING: u8 = 4;
    let mut buffer = [0; 9000];
    let mut control = cmsg_space!(TimeSpec);
    let mut ports = HashMap::new();
    loop {
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let got = recvmsg::<LinkAddr>(
            socket.as_raw_fd(),
            &mut parts,
            Some(&mut control),
            MsgFlags::empty(),
        );
        let Ok(message) = got else { continue };
        let (Some(link), length) = (message.address, message.bytes) else { continue };
        let at = message.cmsgs().ok().and_then(|mut all| {
            all.find_map(|one| match one {
                ControlMessageOwned::ScmTimestampns(at) => Some(Duration::from(at)),
                _ => None,
            })
        });
        let index = link.ifindex();
        let from = *ports.entry(index).or_insert_with(|| router_at(index));
        let (Some(at), Some(from), false) = (at, from, link.pkttype() == OUTGOING) else {
            continue;
        };
        let Some((mac, what)) = read(&buffer[..length]) else { continue };
        list.lock().expect("readers do not panic").push(Seen { at, from, mac, what });
    }
}

/// The number of the router behind an interface.
fn router_at(index: usize) -> Option<u8> {
    let name = if_indextoname(u32::try_from(index).ok()?).ok()?;
    match name.to_bytes() {
        [b'r', b'1', ..] => Some(1),
        [b'r', b'2', ..] => Some(2),
        _ => None,
    }
}

/// What a frame is, if it is of interest.
fn read(frame: &[u8]) -> Option<([u8; 6], What)> {
    let (header, payload) = frame.split_first_chunk::<14>()?;
    let mac: [u8; 6] = header[6..12].try_into().ok()?;
    let what = match header[12..] {
        [0x08, 0x00] => v4(payload)?,
        [0x08, 0x06] => arp(payload)?,
        [0x86, 0xdd] => v6(frame, payload)?,
        _ => return None,
    };
    Some((mac, what))
}

fn v4(bytes: &[u8]) -> Option<What> {
    let packet = ip::Packet::parse(bytes).ok()?;
    Some(advert(packet.payload, packet.from.into(), packet.to.into(), packet.ttl))
}

fn advert(payload: &[u8], source: IpAddr, to: IpAddr, ttl: u8) -> What {
    match vrrp::Advert::parse(payload, source, to) {
        Ok(advert) => What::Advert(Advert {
            version: advert.version,
            source,
            to,
            ttl,
            vrid: advert.vrid,
            priority: advert.priority,
            interval: Duration::from_micros(advert.interval.total_micros()),
            auth: advert.auth,
            addresses: advert.addresses.iter().collect(),
        }),
        Err(reason) => What::Malformed(reason),
    }
}

/// Sender's and target's address are the same.
fn arp(bytes: &[u8]) -> Option<What> {
    let sender: [u8; 4] = bytes.get(14..18)?.try_into().ok()?;
    let target: [u8; 4] = bytes.get(24..28)?.try_into().ok()?;
    (sender == target).then_some(What::Garp(sender.into()))
}

fn v6(frame: &[u8], bytes: &[u8]) -> Option<What> {
    let (header, payload) = bytes.split_first_chunk::<40>()?;
    let address = |at: usize| -> Option<Ipv6Addr> {
        Some(Ipv6Addr::from(<[u8; 16]>::try_from(header.get(at..at + 16)?).ok()?))
    };
    let (source, to) = (address(8)?, address(24)?);
    let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
    let payload = payload.get(..length)?;
    match (header[6], payload) {
        (vrrp::PROTOCOL, _) => Some(advert(payload, source.into(), to.into(), header[7])),
        (58, [136, 0, _, _, flags, ..]) if frame.len() >= ndisc::FRAME_LEN => {
            let target: [u8; 16] = payload.get(8..24)?.try_into().ok()?;
            Some(What::Na {
                address: target.into(),
                router: flags & 0x80 != 0,
                solicited: flags & 0x40 != 0,
                overrides: flags & 0x20 != 0,
            })
        }
        _ => None,
    }
}
