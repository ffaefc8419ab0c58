//! The sockets of adverts: one to hear each group, or unicast, on each interface, one to send to
//! groups, one to send to peers, for each family.

use core::net::IpAddr;
use std::io;

use crate::config::{Config, Instance};
use crate::sys::advert::{Buffers, Received, Receiver, Sender, Way};
use crate::sys::poll::{Poll, Token};
use crate::vrrp::{Family, LinkId, Params};

/// Where adverts are heard.
#[derive(Debug)]
struct Ear {
    link: LinkId,
    /// The unspecified address: unicast.
    group: IpAddr,
    socket: Option<Receiver>,
}

impl Ear {
    /// Whether an advert to this address is for it. One to this machine comes to every ear of its
    /// interface, and must count once.
    fn takes(&self, to: IpAddr) -> bool {
        let unicast = Family::of(to).unspecified();
        self.group == to || self.group == unicast && !to.is_multicast()
    }
}

/// Where adverts are sent from. Those to peers have a socket of their own: what waits for a peer
/// that is not there must not hold up the others.
#[derive(Debug)]
struct Mouth {
    key: MouthKey,
    buffers: Buffers,
    socket: Option<Sender>,
}

/// Interface, family, and whether it is for peers.
type MouthKey = (LinkId, Family, bool);

/// What waits at most for a neighbour that does not answer, in bytes (sysctl `unres_qlen_bytes` is
/// 208 KiB). It counts against the queue of the socket it came from.
const NEIGHBOUR_LEN: usize = 256 << 10;
/// The largest queue to send that is asked for. It is a limit, and takes no memory by itself.
const SEND_MAX: usize = 64 << 20;

/// All of them; a socket is open while its interface is there.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    ears: Box<[Ear]>,
    mouths: Box<[Mouth]>,
}

impl Sockets {
    /// The sockets that a configuration needs, none of them open.
    pub(super) fn new(config: &Config) -> Self {
        let mut ears: Vec<(LinkId, IpAddr)> =
            config.instances.iter().map(|one| ear(&one.params)).collect();
        ears.sort_unstable();
        ears.dedup();
        let mut mouths: Vec<(MouthKey, usize)> = Vec::new();
        for Instance { params, .. } in &config.instances {
            let peers = params.unicast.as_ref().map(|unicast| unicast.peers.len());
            mouths.push(((params.link, params.family, peers.is_some()), peers.unwrap_or(0)));
        }
        mouths.sort_unstable();
        mouths.dedup_by(|more, first| {
            let same = more.0 == first.0;
            first.1 = first.1.saturating_add(if same { more.1 } else { 0 });
            same
        });
        Self {
            ears: ears.into_iter().map(|(link, group)| Ear { link, group, socket: None }).collect(),
            mouths: mouths.into_iter().map(mouth).collect(),
        }
    }

    /// Open what is not open on an interface that is there.
    ///
    /// # Errors
    /// The last one the kernel gave; what could be opened is open.
    pub(super) fn open(
        &mut self,
        link: LinkId,
        index: u32,
        poll: &Poll,
        first: Token,
    ) -> io::Result<()> {
        let mut result = Ok(());
        for (at, ear) in self.ears.iter_mut().enumerate() {
            if ear.link != link || ear.socket.is_some() {
                continue;
            }
            let opened = Receiver::open(index, ear.group, Buffers::default())
                .and_then(|socket| poll.add(&socket, token(first, at)).map(|()| socket));
            match opened {
                Ok(socket) => ear.socket = Some(socket),
                Err(error) => result = Err(error),
            }
        }
        for mouth in &mut self.mouths {
            if mouth.key.0 != link || mouth.socket.is_some() {
                continue;
            }
            match Sender::open(mouth.key.1, index, mouth.buffers) {
                Ok(socket) => mouth.socket = Some(socket),
                Err(error) => result = Err(error),
            }
        }
        result
    }

    /// Close what is open on an interface that is gone; a closed socket leaves the poll by itself.
    pub(super) fn close(&mut self, link: LinkId) {
        for ear in self.ears.iter_mut().filter(|ear| ear.link == link) {
            ear.socket = None;
        }
        for mouth in self.mouths.iter_mut().filter(|mouth| mouth.key.0 == link) {
            mouth.socket = None;
        }
    }

    /// Take over the open sockets of an earlier configuration. `link` gives an interface of the
    /// earlier configuration in this one.
    pub(super) fn inherit(
        &mut self,
        earlier: &mut Self,
        link: &dyn Fn(LinkId) -> Option<LinkId>,
        poll: &Poll,
        first: Token,
    ) {
        for old in &mut earlier.ears {
            let place = link(old.link);
            let new = self
                .ears
                .iter_mut()
                .enumerate()
                .find(|(_, new)| Some(new.link) == place && new.group == old.group);
            let Some((at, new)) = new else { continue };
            let Some(socket) = old.socket.take() else { continue };
            // The token is the place in the list, which may be another one in this configuration.
            if poll.remove(&socket).and_then(|()| poll.add(&socket, token(first, at))).is_ok() {
                new.socket = Some(socket);
            }
        }
        for old in &mut earlier.mouths {
            let (old_link, family, peers) = old.key;
            let key = link(old_link).map(|link| (link, family, peers));
            // With other peers the queue has another length.
            let fits = |new: &&mut Mouth| Some(new.key) == key && new.buffers == old.buffers;
            if let Some(new) = self.mouths.iter_mut().find(fits) {
                new.socket = old.socket.take();
            }
        }
    }

    /// The next advert of the `at`th socket, and the interface it is for; none if it is for another
    /// socket, which has it, too.
    ///
    /// # Errors
    /// What the kernel says, such as that the interface is down.
    pub(super) fn receive<'a>(
        &self,
        at: usize,
        buffer: &'a mut [u8],
    ) -> io::Result<Option<(Option<LinkId>, Received<'a>)>> {
        let Some((ear, socket)) =
            self.ears.get(at).and_then(|ear| ear.socket.as_ref().map(|socket| (ear, socket)))
        else {
            return Ok(None);
        };
        let link = |to| Some(ear.link).filter(|_| ear.takes(to));
        Ok(socket.recv(buffer)?.map(|received| (link(received.to), received)))
    }

    /// Send a packet by an interface.
    ///
    /// # Errors
    /// `NotConnected`: the interface is absent. What the kernel says otherwise.
    pub(super) fn send(&self, link: LinkId, packet: &[u8], way: Way) -> io::Result<()> {
        let key = (link, Family::of(way.to), !way.to.is_multicast());
        let at = self.mouths.partition_point(|mouth| mouth.key < key);
        let mouth = self.mouths.get(at).filter(|mouth| mouth.key == key);
        match mouth.and_then(|mouth| mouth.socket.as_ref()) {
            Some(socket) => socket.send(packet, way),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// The mouth for so many peers, not open.
fn mouth((key, peers): (MouthKey, usize)) -> Mouth {
    let (_, _, is_unicast) = key;
    let len = peers.saturating_add(1).saturating_mul(NEIGHBOUR_LEN).min(SEND_MAX);
    Mouth { key, buffers: Buffers { receive: None, send: is_unicast.then_some(len) }, socket: None }
}

/// Where the adverts for a router are heard.
fn ear(params: &Params) -> (LinkId, IpAddr) {
    let group = match params.unicast {
        None => params.group,
        Some(_) => params.family.unspecified(),
    };
    (params.link, group)
}

fn token(first: Token, at: usize) -> Token {
    Token(first.0.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advert_is_for_one_ear_of_its_interface() {
        let ears = ["224.0.0.18", "224.0.0.19", "0.0.0.0", "::"].map(|group| {
            let group = group.parse().unwrap();
            Ear { link: LinkId::new(0), group, socket: None }
        });
        for (to, takers) in [
            ("224.0.0.18", [true, false, false, false]),
            ("224.0.0.5", [false; 4]),
            ("10.0.0.1", [false, false, true, false]),
            ("2001:db8::1", [false, false, false, true]),
            ("ff02::12", [false; 4]),
        ] {
            let to = to.parse().unwrap();
            assert_eq!(ears.each_ref().map(|ear| ear.takes(to)), takers, "{to}");
        }
    }
}
