//! A command to the running daemon, by its control socket.

use std::io;

use super::parent::{EXIT, TEXT};
use crate::machine::Duration;
use crate::sys::channel::Channel;
use crate::sys::console;
use crate::sys::control;
use crate::sys::poll::{Events, Poll, Token};

/// The exit code without a daemon.
const NO_DAEMON: u8 = 4;
/// The longest packet of an answer.
const PACKET_MAX: usize = 16 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Send a command, write what is answered to `out`; the exit code.
pub fn ask(run_dir: &str, command: &str, out: &mut dyn io::Write) -> u8 {
    let path = format!("{run_dir}/control");
    let answered = control::connect(&path).and_then(|channel| {
        channel.send(command.as_bytes(), None)?;
        listen(&channel, out)
    });
    match answered {
        Ok(code) => code,
        Err(error) => {
            let text = match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    format!("holdfast: no daemon listens at {path}\n")
                }
                _ => format!("holdfast: {path}: {error}\n"),
            };
            console::say(&text);
            NO_DAEMON
        }
    }
}

fn listen(channel: &Channel, out: &mut dyn io::Write) -> io::Result<u8> {
    let poll = Poll::new()?;
    poll.add(channel, Token(0))?;
    let mut events = Events::new();
    let mut packet = vec![0; PACKET_MAX];
    loop {
        poll.wait(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        while let Some((len, _)) = channel.recv(&mut packet)? {
            match packet.get(..len) {
                Some([TEXT, text @ ..]) => out.write_all(text)?,
                Some([EXIT, code]) => return Ok(*code),
                // The daemon ended before it answered.
                _ => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }
}
