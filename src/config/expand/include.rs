//! `include` with its stricter variants: which files, what is wrong if there are none.

use super::{Expander, Frame};
use crate::config::lex::{self, Glyph};
use crate::config::problem::{Severity, shown};
use crate::config::source::{File, FileError, glob};
use crate::config::tree::{Pos, Word};

/// Deepest inclusion of files in files.
pub(super) const DEPTH_MAX: usize = 16;
/// Most files in all.
const FILES_MAX: usize = 1000;

/// What is an error when a file is included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checks(u8);

impl Checks {
    pub(super) const NONE: Self = Self(0);
    /// A file that matches cannot be read.
    const READ: Self = Self(1);
    /// No file matches a name without wildcards.
    const MATCH: Self = Self(1 | 2);
    /// No file matches a name, with wildcards or without.
    const WILDCARD: Self = Self(1 | 2 | 4);
    /// No file matches one of the names that braces make.
    const BRACE: Self = Self(1 | 8);
    pub(super) const ALL: Self = Self(15);

    fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// As the words of `include_check` say: none means all, a sign changes one.
    pub(super) fn set(&mut self, words: &[Word]) {
        let is_signed = |word: &Word| word.text.starts_with(['+', '-']);
        if !words.first().is_some_and(is_signed) {
            *self = if words.is_empty() { Self::ALL } else { Self::NONE };
        }
        for word in words {
            let (off, name) = match word.text.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, word.text.trim_start_matches('+')),
            };
            // What is checked besides stays when one is taken away.
            let (bits, own) = match name {
                "read" | "readable" => (Self::READ, 1),
                "match" => (Self::MATCH, 2),
                "wildcard_match" => (Self::WILDCARD, 4),
                "brace_match" => (Self::BRACE, 8),
                _ => continue,
            };
            self.0 = if off { self.0 & !own } else { self.0 | bits.0 };
        }
    }
}

/// A file that is being read.
pub(super) struct OpenFile {
    path: Box<str>,
    directory: Box<str>,
    bytes: Box<[u8]>,
    /// Where the next line begins.
    next: usize,
    /// Place of the last line read.
    at: Pos,
    depth: usize,
    checks: Checks,
    blank: bool,
}

impl OpenFile {
    pub(super) fn new(path: &str, file: File, index: u16, depth: usize, checks: Checks) -> Self {
        let next = if file.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let at = Pos { file: index, line: 0, column: 1 };
        let File { bytes, directory, .. } = file;
        Self { path: path.into(), directory, bytes, next, at, depth, checks, blank: true }
    }

    /// The next line without its end, and the place of its first character.
    pub(super) fn next(&mut self) -> Option<(&[u8], Pos)> {
        let left = self.bytes.get(self.next..).filter(|left| !left.is_empty())?;
        let end = left.iter().position(|&byte| byte == b'\n').unwrap_or(left.len());
        let line = left.get(..end)?;
        self.next += end + 1;
        self.at.line = self.at.line.saturating_add(1);
        self.blank = line.iter().all(u8::is_ascii_whitespace);
        Some((line, self.at))
    }

    /// Whether nothing, not even a comment, stood in the last line.
    pub(super) fn was_blank(&self) -> bool {
        self.blank
    }

    pub(super) fn directory(&self) -> &str {
        &self.directory
    }

    /// What was checked where this file was included.
    pub(super) fn outer_checks(&self) -> Checks {
        self.checks
    }
}

/// Checks and argument of a line that includes files.
pub(super) fn variant(line: &[Glyph]) -> Option<(Checks, &[Glyph])> {
    let rest = lex::starts_with(line, "include").then(|| line.get(7..))??;
    let (checks, rest) = match rest.first().map(|glyph| glyph.ch) {
        Some('r') => (Checks::READ, rest.get(1..)?),
        Some('m') => (Checks::MATCH, rest.get(1..)?),
        Some('w') => (Checks::WILDCARD, rest.get(1..)?),
        Some('b') => (Checks::BRACE, rest.get(1..)?),
        Some('a') => (Checks::ALL, rest.get(1..)?),
        _ => (Checks::NONE, rest),
    };
    let ends = rest.first().is_none_or(|glyph| lex::is_blank(glyph.ch) || glyph.ch == '"');
    ends.then(|| (checks, lex::trim_start(rest)))
}

impl Expander<'_> {
    /// Read the files of this name next.
    pub(super) fn include(&mut self, checks: Checks, argument: &[Glyph], at: Pos) {
        let Some(argument) = self.substitute_inline(argument) else { return };
        let text = lex::text(&argument);
        let name = text.trim().trim_matches('"');
        if name.is_empty() {
            return self.tell(Severity::Error, at, "no file is named; accepted: include FILE");
        }
        let at = argument.first().map_or(at, |glyph| glyph.at);
        let checks = checks.and(self.checks);
        let mut paths = Vec::new();
        let names = glob::braces(name);
        let mut missing = Vec::new();
        for name in &names {
            let path = match name.starts_with('/') {
                true => String::from(&**name),
                false => glob::joined(self.directory(), name),
            };
            let found = match glob::is_wild(name) {
                true => glob::paths(&path, self.files),
                false => vec![path.into()],
            };
            let before = paths.len();
            for path in found {
                match self.files.read(&path) {
                    Ok(file) => paths.push((path, file)),
                    Err(FileError::Missing) => {}
                    Err(error) => {
                        let grave = checks.has(Checks::READ);
                        let severity = if grave { Severity::Error } else { Severity::Caution };
                        let text = format!("{}: {}; not included", shown(&path), error.text());
                        self.problems.add(severity, at, text);
                    }
                }
            }
            if paths.len() == before {
                missing.push(&**name);
            }
        }
        for name in &missing {
            let want = match (glob::is_wild(name), missing.len() < names.len()) {
                (_, true) => Checks::BRACE,
                (true, false) => Checks::WILDCARD,
                (false, false) => Checks::MATCH,
            };
            let braces = names.len() > 1 && checks.has(Checks::BRACE);
            let grave = checks.has(want) || braces;
            let severity = if grave { Severity::Error } else { Severity::Note };
            self.tell(severity, at, &format!("{}: no such file to include", shown(name)));
        }
        self.open_all(paths, at);
    }

    fn open_all(&mut self, paths: Vec<(Box<str>, File)>, at: Pos) {
        let depth = self.depth() + 1;
        let mut opened = Vec::new();
        for (path, file) in paths {
            let outer = self.frames.iter().any(|frame| {
                matches!(frame, Frame::File(open)
                    if open.depth < depth && glob::plain(&open.path) == glob::plain(&path))
            });
            let text = if outer {
                "includes itself"
            } else if depth > DEPTH_MAX {
                "files include each other too deeply"
            } else if self.names.len() >= FILES_MAX {
                "too many files"
            } else {
                let index = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
                self.names.push(path.clone());
                self.open_to_all.push(file.mode & 0o004 != 0);
                opened.push((path, file, index));
                continue;
            };
            self.tell(Severity::Error, at, &format!("{}: {text}; not included", shown(&path)));
        }
        for (path, file, index) in opened.into_iter().rev() {
            self.push_file(&path, file, index, depth);
        }
    }

    /// How many files include the one being read.
    fn depth(&self) -> usize {
        let file = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::File(file) => Some(file.depth),
            Frame::Lines(_) | Frame::Repeat(_) => None,
        });
        file.unwrap_or(0)
    }

    fn tell(&mut self, severity: Severity, at: Pos, text: &str) {
        self.problems.add(severity, at, text);
    }
}
