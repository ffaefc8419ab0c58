//! The commands of a person, by the control socket.

use std::io;

use crate::machine::Instant;
use crate::sys::channel::Channel;
use crate::sys::control::Listener;
use crate::sys::files;
use crate::sys::poll::{Poll, Token};

use super::{CLIENTS, LISTENER, Parent};

/// How many commands may wait for their answer; one more finds the door shut.
const CLIENTS_MAX: usize = 8;
/// The longest request, in bytes.
const REQUEST_MAX: usize = 256;
/// The longest piece of an answer, in bytes.
const PIECE_MAX: usize = 8192;
/// First byte of a piece of text.
pub(in crate::daemon) const TEXT: u8 = b't';
/// First byte of the last packet; the exit code follows.
pub(in crate::daemon) const EXIT: u8 = b'x';

/// A connection by its place.
pub(super) type ClientId = usize;

/// The socket with its connections.
#[derive(Debug)]
pub(super) struct Control {
    listener: Listener,
    clients: [Option<Channel>; CLIENTS_MAX],
    /// Which of them wait for the end of the daemon.
    stoppers: [bool; CLIENTS_MAX],
}

impl Control {
    /// Listen at `control` in the directory, which is made if it is absent.
    ///
    /// # Errors
    /// What the kernel says; `AddrInUse` if another daemon listens there.
    pub(super) fn open(directory: &str, poll: &Poll) -> io::Result<Self> {
        files::make_directory(directory)?;
        let listener = Listener::open(&format!("{directory}/control"))?;
        poll.add(&listener, LISTENER)?;
        Ok(Self { listener, clients: Default::default(), stoppers: [false; CLIENTS_MAX] })
    }

    /// Shut the door for good; tell those who wait for it.
    pub(super) fn remove(mut self) {
        for at in 0..CLIENTS_MAX {
            if self.stoppers.get(at) == Some(&true) {
                self.send(at, EXIT, &[0]);
            }
        }
        self.listener.remove();
    }

    fn accept(&mut self, poll: &Poll) -> io::Result<()> {
        while let Some(channel) = self.listener.accept()? {
            let free = self.clients.iter_mut().enumerate().find(|(_, slot)| slot.is_none());
            // Without a place the connection ends here.
            let Some((at, slot)) = free else { continue };
            poll.add(&channel, token(at))?;
            *slot = Some(channel);
            if let Some(waits) = self.stoppers.get_mut(at) {
                *waits = false;
            }
        }
        Ok(())
    }

    /// The request of a connection; one that has ended is forgotten.
    fn request(&mut self, at: ClientId) -> Option<heapless::Vec<u8, REQUEST_MAX>> {
        let slot = self.clients.get_mut(at)?;
        let mut bytes = [0; REQUEST_MAX];
        match slot.as_ref()?.recv_bytes(&mut bytes) {
            Ok(Some(0)) | Err(_) => {
                *slot = None;
                None
            }
            Ok(None) => None,
            Ok(Some(len)) => heapless::Vec::from_slice(bytes.get(..len)?).ok(),
        }
    }

    fn send(&mut self, at: ClientId, kind: u8, bytes: &[u8]) {
        let Some(slot) = self.clients.get_mut(at) else { return };
        let Some(channel) = slot else { return };
        let packet: Vec<u8> = [kind].iter().chain(bytes).copied().collect();
        // A command that does not read its answer is cut off.
        if channel.send(&packet, None).is_err() || kind == EXIT {
            *slot = None;
        }
    }
}

impl Parent {
    /// A connection came, or one has something to say.
    pub(super) fn hear_commands(&mut self, now: Instant, from: Token) {
        let Some(control) = &mut self.control else { return };
        if from == LISTENER {
            if let Err(error) = control.accept(&self.poll) {
                log::warn!("control socket: {error}");
            }
            return;
        }
        let at = usize::try_from(from.0.saturating_sub(CLIENTS.0)).unwrap_or(usize::MAX);
        let request = control.request(at);
        if control.clients.get(at).is_none_or(Option::is_none) {
            // The next one in its place must not get its answer.
            self.forget(at);
        }
        let Some(request) = request else { return };
        match request.as_slice() {
            b"reload" => self.reload(now, Some(at)),
            // Answered when all is over.
            b"stop" => {
                if let Some(waits) = self.control.as_mut().and_then(|it| it.stoppers.get_mut(at)) {
                    *waits = true;
                }
                self.stop(now);
            }
            _ => self.answer(Some(at), 1, "the daemon does not know this command\n"),
        }
    }

    /// Send text to a command that waits.
    pub(super) fn say(&mut self, client: Option<ClientId>, text: &str) {
        let (Some(control), Some(at)) = (&mut self.control, client) else { return };
        for piece in text.as_bytes().chunks(PIECE_MAX) {
            control.send(at, TEXT, piece);
        }
    }

    /// End a command with text and exit code.
    pub(super) fn answer(&mut self, client: Option<ClientId>, code: u8, text: &str) {
        self.say(client, text);
        if let (Some(control), Some(at)) = (&mut self.control, client) {
            control.send(at, EXIT, &[code]);
        }
    }
}

fn token(at: ClientId) -> Token {
    Token(CLIENTS.0 + u32::try_from(at).unwrap_or(0))
}
