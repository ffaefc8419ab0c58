//! The system log: one datagram a line, without allocating.

use core::fmt::{self, Write as _};
use std::os::unix::net::UnixDatagram;
use std::sync::{Mutex, MutexGuard, PoisonError};

use log::{Level, Log, Metadata, Record};

/// Length of the longest line in bytes, what is before the message included; the rest is cut.
pub const LINE_MAX: usize = 512;

/// The sink of this process, for `log::set_logger`. It is silent until [`open`] was called.
pub static SINK: Syslog = Syslog(Mutex::new(State {
    socket: None,
    path: "/dev/log",
    ident: "holdfast",
    facility: Facility::DAEMON,
    lost: 0,
}));

/// The part of the system that a line is filed under; 0 to 23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facility(u8);

impl Facility {
    /// Services of the machine.
    pub const DAEMON: Self = Self(3);

    /// Read its name (`daemon`, `local3`), or 0 to 7 for `local0` to `local7`.
    pub fn parse(text: &str) -> Option<Self> {
        let local = text.strip_prefix("local").unwrap_or(text);
        if let &[digit @ b'0'..=b'7'] = local.as_bytes() {
            return Some(Self(16 + digit - b'0'));
        }
        let number = NAMES.iter().position(|&name| name == text)?;
        u8::try_from(number).ok().map(Self)
    }
}

/// The names in the order of their numbers (RFC 3164 4.1.1).
const NAMES: [&str; 12] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp",
];

/// Open the log under this program's name, and file it.
///
/// The system's logger need not run yet: each line looks for it anew.
///
/// # Errors
/// The kernel is out of descriptors.
pub fn open(ident: &'static str, facility: Facility) -> std::io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    // A logger that hangs must not hang the daemon: its line is lost, and counted.
    socket.set_nonblocking(true)?;
    let mut state = SINK.state();
    state.socket = Some(socket);
    state.ident = ident;
    state.facility = facility;
    Ok(())
}

/// Write under another name from here on, in the child of a fork.
pub fn rename(ident: &'static str) {
    SINK.state().ident = ident;
}

/// A sink of the `log` crate.
#[derive(Debug)]
pub struct Syslog(Mutex<State>);

impl Syslog {
    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic leaves is still a valid state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for Syslog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        self.state().line(record.level(), record.args());
    }

    fn flush(&self) {}
}

#[derive(Debug)]
struct State {
    socket: Option<UnixDatagram>,
    path: &'static str,
    ident: &'static str,
    facility: Facility,
    /// Lines that the logger did not take since it took one.
    lost: u32,
}

impl State {
    fn line(&mut self, level: Level, message: &fmt::Arguments<'_>) {
        if self.lost > 0 {
            let lost = self.lost;
            if !self.send(Level::Warn, &format_args!("{lost} lines of the log were lost")) {
                self.lost = self.lost.saturating_add(1);
                return;
            }
            self.lost = 0;
        }
        if !self.send(level, message) {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Send one line; whether it need not be counted as lost.
    fn send(&self, level: Level, message: &fmt::Arguments<'_>) -> bool {
        let Some(socket) = &self.socket else { return true };
        let mut line = Line::default();
        let priority = self.facility.0 * 8 + severity(level);
        let pid = std::process::id();
        // Without a time: whoever takes the line knows it, and the zone it is shown in (RFC 3164
        // 4.3.2).
        // A line has room for this head, and never fails: what is too long is cut.
        write!(line, "<{priority}>{}[{pid}]: {message}", self.ident).ok();
        socket.send_to(line.finish(), self.path).is_ok()
    }
}

/// The numbers of RFC 3164 4.1.1.
fn severity(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// A line that is cut where it is full. A control character in it, which might feign another line,
/// becomes a question mark.
#[derive(Default)]
pub(super) struct Line {
    text: heapless::String<LINE_MAX>,
    cut: bool,
}

impl Line {
    fn finish(&mut self) -> &[u8] {
        if self.cut {
            while self.text.len() > LINE_MAX - CUT.len() {
                self.text.pop();
            }
            self.text.push_str(CUT).ok();
        }
        self.text.as_bytes()
    }

    /// As `finish`, with the end of the line.
    pub(super) fn finish_line(mut self) -> impl AsRef<[u8]> {
        let mut bytes = heapless::Vec::<u8, { LINE_MAX + 1 }>::new();
        bytes.extend_from_slice(self.finish()).ok();
        bytes.push(b'\n').ok();
        bytes
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for letter in part.chars() {
            let letter = if letter.is_control() { '?' } else { letter };
            self.cut |= self.cut || self.text.push(letter).is_err();
        }
        Ok(())
    }
}

/// The end of a line that was cut.
const CUT: &str = "...";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_and_how_grave() {
        let path: &'static str =
            format!("{}/holdfast-log-{}", std::env::temp_dir().display(), std::process::id())
                .leak();
        let logger = UnixDatagram::bind(path).unwrap();
        logger.set_nonblocking(true).unwrap();
        let mut state = State {
            socket: Some(UnixDatagram::unbound().unwrap()),
            path,
            ident: "holdfast_vrrp",
            facility: Facility::parse("local1").unwrap(),
            lost: 0,
        };
        let next = || {
            let mut buf = [0; 1024];
            let len = logger.recv(&mut buf).unwrap();
            String::from_utf8(buf[..len].to_vec()).unwrap()
        };
        state.line(Level::Info, &format_args!("VI_1: master ({} s)", "3.61"));
        let line = next();
        let pid = std::process::id();
        // <142> is local1.info.
        assert_eq!(line, format!("<142>holdfast_vrrp[{pid}]: VI_1: master (3.61 s)"));

        state.line(Level::Error, &format_args!("a\nb\u{7f}{}", "ü".repeat(600)));
        let line = next();
        assert!(line.starts_with("<139>") && line.contains("a?b?ü"), "{line}");
        assert!(line.ends_with("ü...") && line.len() <= LINE_MAX, "{line}");

        // Without a logger lines are lost, which the first one it takes tells.
        drop(logger);
        std::fs::remove_file(path).unwrap();
        state.line(Level::Info, &format_args!("lost"));
        state.line(Level::Info, &format_args!("lost"));
        let logger = UnixDatagram::bind(path).unwrap();
        state.line(Level::Info, &format_args!("found"));
        let mut buf = [0; 1024];
        let len = logger.recv(&mut buf).unwrap();
        assert!(buf[..len].ends_with(b": 2 lines of the log were lost"));
        let len = logger.recv(&mut buf).unwrap();
        assert!(buf[..len].ends_with(b": found"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_facility_has_a_name_or_a_local_number() {
        let cases = [
            ("daemon", Some(3)),
            ("user", Some(1)),
            ("ftp", Some(11)),
            ("local0", Some(16)),
            ("local7", Some(23)),
            ("0", Some(16)),
            ("7", Some(23)),
            ("8", None),
            ("local8", None),
            ("local", None),
            ("", None),
            ("local77", None),
        ];
        for (text, want) in cases {
            assert_eq!(Facility::parse(text).map(|facility| facility.0), want, "{text}");
        }
    }
}
