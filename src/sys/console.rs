//! The log on standard error, which never fails, nor waits for its reader.

use core::fmt::Write;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use log::{Log, Metadata, Record};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::write;
use simple_logger::SimpleLogger;

use super::syslog::Line;

/// The sink of this process, for `log::set_logger`.
pub static SINK: Console = Console { lost: AtomicU32::new(0) };

/// What writes to a terminal, where a person watches.
///
/// It is not for a pipe or a file: it panics when a line is not taken, as by a full disk.
static TERMINAL: OnceLock<SimpleLogger> = OnceLock::new();

/// A sink of the `log` crate.
#[derive(Debug)]
pub struct Console {
    /// Lines that were not taken since one was.
    lost: AtomicU32,
}

/// Tell whoever started this program something. A reader who has left is no error.
pub fn say(text: &str) {
    io::stderr().write_all(text.as_bytes()).ok();
}

/// Find out whether a person watches, once at the start.
pub fn open() {
    if io::stderr().is_terminal() {
        TERMINAL.get_or_init(SimpleLogger::new);
    }
}

impl Log for Console {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        if let Some(terminal) = TERMINAL.get() {
            // A terminal that is held, or was hung up, is not waited for.
            return if has_room(io::stderr()) {
                terminal.log(record)
            };
        }
        let mut line = Line::default();
        let (level, target) = (record.level(), record.target());
        // A line never fails: what is too long is cut.
        write!(line, "{level:<5} [{target}] {}", record.args()).ok();
        self.put(io::stderr(), line);
    }

    fn flush(&self) {}
}

impl Console {
    fn put(&self, to: impl AsFd, line: Line) {
        let lost = self.lost.load(Relaxed);
        let mut told = Line::default();
        write!(told, "WARN  [holdfast] {lost} lines of the log were lost").ok();
        if (lost == 0 || send(&to, told)) && send(&to, line) {
            self.lost.store(0, Relaxed);
        } else {
            self.lost.store(lost.saturating_add(1), Relaxed);
        }
    }
}

/// Write one line, if it can be done at once: a terminal may be held, a pipe full, a disk too.
fn send(to: impl AsFd, line: Line) -> bool {
    has_room(&to) && write(to.as_fd(), line.finish_line().as_ref()).is_ok()
}

/// Whether a line is taken at once. A pipe with any room has room for a page, which is more.
fn has_room(to: impl AsFd) -> bool {
    let mut fds = [PollFd::new(to.as_fd(), PollFlags::POLLOUT)];
    let ready = poll(&mut fds, PollTimeout::ZERO).is_ok_and(|count| count > 0);
    ready && fds.iter().all(|fd| fd.revents() == Some(PollFlags::POLLOUT))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read as _;

    use super::*;

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        line.write_str(text).unwrap();
        line
    }

    #[test]
    fn a_reader_who_does_not_read_is_not_waited_for_and_learns_what_was_lost() {
        let (mut reader, writer) = io::pipe().unwrap();
        let console = Console { lost: AtomicU32::new(0) };
        let mut count = 0;
        while console.lost.load(Relaxed) < 3 {
            console.put(&writer, line(&"x".repeat(400)));
            count += 1;
        }
        let mut bytes = vec![0; (count - 3) * 401];
        reader.read_exact(&mut bytes).unwrap();
        console.put(&writer, line("again"));
        drop(writer);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "WARN  [holdfast] 3 lines of the log were lost\nagain\n");
    }

    #[test]
    fn a_reader_who_left_or_a_full_disk_is_no_failure() {
        let console = Console { lost: AtomicU32::new(0) };
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        console.put(&writer, line("to nobody"));
        console.put(File::options().write(true).open("/dev/full").unwrap(), line("nowhere"));
        assert_eq!(console.lost.load(Relaxed), 2);
    }
}
