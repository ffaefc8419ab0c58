//! A netlink socket for requests: batches out, the kernel's answers matched to them.

use std::io;

use netlink_packet_core::{
    Emitable, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NetlinkBuffer,
    NetlinkHeader,
};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// How many requests are sent before their answers are read: more answers than the kernel's queue
/// of a socket takes by default would be lost.
const BATCH_MAX: usize = 64;

/// Length of the buffer for messages both ways; the kernel's largest is 8 KiB, unless asked for
/// more.
pub(super) const SCRATCH_LEN: usize = 16 * 1024;

/// Length of a message's header.
pub(super) const HEADER_LEN: usize = 16;

/// The kernel is given so long to answer; rtnetlink answers before the send returns.
const ANSWER_SECONDS: i64 = 2;

/// A message to the kernel, built once and sent as often as needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    bytes: Box<[u8]>,
    /// The error that says that there is nothing left to do; 0: none.
    needless: i32,
}

impl Request {
    /// A message of `kind` with `flags` beyond those of every request; `len` bytes of payload are
    /// written by `emit`. Where the kernel answers `needless`, things are as they should be.
    pub(super) fn new(
        kind: u16,
        flags: u16,
        needless: Errno,
        len: usize,
        emit: impl FnOnce(&mut [u8]),
    ) -> Self {
        let len = HEADER_LEN + len;
        let mut bytes = vec![0; len.next_multiple_of(4)].into_boxed_slice();
        let (head, payload) = bytes.split_at_mut(HEADER_LEN);
        let mut header = NetlinkHeader::default();
        header.length = u32::try_from(len).unwrap_or(u32::MAX);
        header.message_type = kind;
        header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        header.emit(head);
        emit(payload);
        Self { bytes, needless: needless as i32 }
    }

    /// Aim it at another interface: one that did not exist when the request was built, or came back
    /// with another index.
    pub fn set_index(&mut self, index: u32) {
        // Both ifaddrmsg and ifinfomsg have it behind four bytes.
        let place = self.bytes.get_mut(HEADER_LEN + 4..HEADER_LEN + 8);
        if let Some(place) = place {
            place.copy_from_slice(&index.to_ne_bytes());
        }
    }
}

/// What became of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The kernel did it.
    Done,
    /// There was nothing to do: what should be added was there, what should go was gone.
    Needless,
    /// The kernel refused.
    Refused(Refusal),
}

/// The reason why the kernel refused a request: an errno.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub i32);

impl Refusal {
    /// The interface does not exist.
    pub fn is_no_device(self) -> bool {
        matches!(Errno::from_raw(self.0), Errno::ENODEV | Errno::ENXIO)
    }

    /// The same as an error, to be shown.
    pub fn error(self) -> io::Error {
        io::Error::from_raw_os_error(self.0)
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.error().fmt(f)
    }
}

/// A socket for requests of the routing family. After it is open it does not allocate.
#[derive(Debug)]
pub struct Netlink {
    socket: Socket,
    sequence: u32,
    scratch: Box<[u8]>,
}

impl Netlink {
    /// Open it.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory. Requests that change something need
    /// `CAP_NET_ADMIN`.
    pub fn open() -> io::Result<Self> {
        let socket = route_socket(0)?;
        setsockopt(&socket, sockopt::ReceiveTimeout, &TimeVal::seconds(ANSWER_SECONDS))?;
        Ok(Self { socket, sequence: 0, scratch: vec![0; SCRATCH_LEN].into_boxed_slice() })
    }

    /// Send the requests in order, many in one message; tell `done` what became of each, by its
    /// place. A refused request does not hinder those behind it.
    ///
    /// # Errors
    /// The socket failed, or the kernel did not answer in time; what became of the requests that
    /// `done` did not hear of is unknown.
    pub fn transact(
        &mut self,
        requests: &mut dyn Iterator<Item = &Request>,
        done: &mut dyn FnMut(usize, Outcome),
    ) -> io::Result<()> {
        let mut place = 0;
        let mut next = requests.next();
        while next.is_some() {
            let first = self.sequence.wrapping_add(1);
            let (mut len, mut count) = (0, 0);
            let mut needless = [0; BATCH_MAX];
            while let (Some(request), Some(slot)) = (next, needless.get_mut(count)) {
                let size = request.bytes.len();
                let Some(room) = self.scratch.get_mut(len..len + size) else { break };
                room.copy_from_slice(&request.bytes);
                self.sequence = self.sequence.wrapping_add(1);
                NetlinkBuffer::new(room).set_sequence_number(self.sequence);
                *slot = request.needless;
                (len, count) = (len + size, count + 1);
                next = requests.next();
            }
            if count == 0 {
                // Larger than the scratch buffer, which no request of this program is.
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let batch = self.scratch.get(..len).unwrap_or_default();
            self.socket.send(batch, 0)?;
            let needless = needless.get(..count).unwrap_or_default();
            self.answers(first, needless, &mut |at, outcome| done(place + at, outcome))?;
            place += count;
        }
        Ok(())
    }

    /// Read one answer for each request of a batch whose sequence numbers begin with `first`.
    fn answers(
        &mut self,
        first: u32,
        needless: &[i32],
        done: &mut dyn FnMut(usize, Outcome),
    ) -> io::Result<()> {
        let mut left = needless.len();
        while left > 0 {
            let len = receive(&self.socket, &mut self.scratch)?;
            for message in Messages(self.scratch.get(..len).unwrap_or_default()) {
                // An answer to a batch that was given up has another number.
                let at =
                    usize::try_from(message.sequence.wrapping_sub(first)).unwrap_or(usize::MAX);
                let Some(&needless) = needless.get(at) else { continue };
                if message.kind != NLMSG_ERROR {
                    continue;
                }
                left = left.saturating_sub(1);
                done(
                    at,
                    match message.errno() {
                        0 => Outcome::Done,
                        errno if errno == needless => Outcome::Needless,
                        errno => Outcome::Refused(Refusal(errno)),
                    },
                );
            }
        }
        Ok(())
    }

    /// Ask for a list of the kernel; each entry goes to `entry`. `payload` begins with the family's
    /// header.
    ///
    /// Where the list changed meanwhile the kernel is asked again, so that an entry may come twice.
    pub(super) fn dump(
        &mut self,
        kind: u16,
        payload: &[u8],
        entry: &mut dyn FnMut(&Message<'_>),
    ) -> io::Result<()> {
        for _ in 0..DUMPS_MAX {
            if self.dump_once(kind, payload, entry)? {
                break;
            }
        }
        Ok(())
    }

    /// One dump; whether the list stood still while it was made.
    fn dump_once(
        &mut self,
        kind: u16,
        payload: &[u8],
        entry: &mut dyn FnMut(&Message<'_>),
    ) -> io::Result<bool> {
        self.sequence = self.sequence.wrapping_add(1);
        let len = HEADER_LEN + payload.len();
        let Some(request) = self.scratch.get_mut(..len) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let (head, body) = request.split_at_mut(HEADER_LEN);
        let mut header = NetlinkHeader::default();
        header.length = u32::try_from(len).unwrap_or(u32::MAX);
        header.message_type = kind;
        header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        header.sequence_number = self.sequence;
        header.emit(head);
        body.copy_from_slice(payload);
        self.socket.send(request, 0)?;

        let mut stood_still = true;
        loop {
            let len = receive(&self.socket, &mut self.scratch)?;
            for message in Messages(self.scratch.get(..len).unwrap_or_default()) {
                if message.sequence != self.sequence {
                    continue;
                }
                stood_still &= message.flags & NLM_F_DUMP_INTR == 0;
                match message.kind {
                    NLMSG_DONE => return Ok(stood_still),
                    NLMSG_ERROR => return Err(io::Error::from_raw_os_error(message.errno())),
                    _ => entry(&message),
                }
            }
        }
    }
}

/// The list changed while it was dumped (linux/netlink.h).
const NLM_F_DUMP_INTR: u16 = 0x10;

/// How often a list is asked for that does not stand still; the events tell the rest.
const DUMPS_MAX: usize = 4;

/// A socket of the routing family that hears `groups`.
pub(super) fn route_socket(groups: u32) -> io::Result<Socket> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind(&SocketAddr::new(0, groups))?;
    Ok(socket)
}

/// Receive what the kernel sent; nobody else is listened to. The length of the messages.
///
/// `ENOBUFS`: the queue was too small, and something is lost.
pub(super) fn receive(socket: &Socket, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        // With this flag the length is that of the message, however much of it had room.
        match socket.recv_from(&mut &mut *buf, libc::MSG_TRUNC) {
            Ok((len, _)) if len > buf.len() => return Err(Errno::ENOBUFS.into()),
            Ok((len, from)) if from.port_number() == 0 => return Ok(len),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A message of the kernel; it borrows the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) flags: u16,
    pub(super) sequence: u32,
    pub(super) payload: &'a [u8],
}

impl Message<'_> {
    /// The error of an answer as a positive errno; 0: none.
    fn errno(&self) -> i32 {
        let code =
            self.payload.first_chunk().map_or(-libc::EPROTO, |&bytes| i32::from_ne_bytes(bytes));
        code.saturating_neg()
    }
}

/// The messages in a buffer; it ends at the first that is not whole.
pub(super) struct Messages<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let bytes = self.0;
        if bytes.len() < HEADER_LEN {
            return None;
        }
        let header = NetlinkBuffer::new(bytes);
        let len = usize::try_from(header.length()).ok()?;
        let payload = bytes.get(HEADER_LEN..len)?;
        self.0 = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some(Message {
            kind: header.message_type(),
            flags: header.flags(),
            sequence: header.sequence_number(),
            payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(len: u32, payload: &[u8]) -> Vec<u8> {
        let rest = [7_u16.to_ne_bytes(), 2_u16.to_ne_bytes()].concat();
        let sequence = 9_u32.to_ne_bytes();
        [&len.to_ne_bytes()[..], &rest, &sequence, &[0; 4], payload].concat()
    }

    #[test]
    fn messages_are_read_one_after_the_other() {
        let bytes = [message(18, &[1, 2, 0, 0]), message(16, &[])].concat();
        let all: Vec<_> = Messages(&bytes).collect();
        let first = Message { kind: 7, flags: 2, sequence: 9, payload: &[1, 2] };
        assert_eq!(all, [first, Message { payload: &[], ..first }]);
    }

    #[test]
    fn a_message_that_is_not_whole_ends_the_list() {
        for (len, have) in [(0, 16), (15, 16), (17, 16), (u32::MAX, 64), (u32::MAX - 2, 64)] {
            let bytes = message(len, &vec![0; have - 16]);
            assert_eq!(Messages(&bytes).count(), 0, "{len}");
        }
        for len in 0..16 {
            assert_eq!(Messages(&vec![0xff; len]).count(), 0);
        }
    }

    #[test]
    fn an_error_is_shown_in_words() {
        assert!(Refusal(libc::ENODEV).to_string().starts_with("No such device"));
        assert!(Refusal(libc::ENODEV).is_no_device());
        assert!(!Refusal(libc::EPERM).is_no_device());
    }

    #[test]
    fn a_request_is_aimed_at_another_interface_in_place() {
        let mut request = Request::new(20, 0, Errno::EEXIST, 8, |payload| payload.fill(0xa5));
        request.set_index(0x0102_0304);
        assert_eq!(request.bytes[20..24], 0x0102_0304_u32.to_ne_bytes());
        assert_eq!(request.bytes[16..20], [0xa5; 4]);
        assert_eq!(request.bytes[..4], 24_u32.to_ne_bytes());
    }
}
