//! Lines as they are meant: conditionals, definitions, sequences, inclusion.

mod definition;
mod include;
mod repeat;

use super::lex::{self, Glyph, Oddity};
use super::problem::{Problems, Severity, shown};
use super::sorted::Sorted;
use super::source::{FileError, Files};
use super::tree::{Builder, Pos};
use super::{Options, Text};
use crate::prng::Prng;
use definition::Definition;
use include::{Checks, OpenFile};
use repeat::Repeat;

/// Most lines that definitions, sequences and lists may make.
const LINES_MAX: usize = 200_000;
/// Most characters they may make.
const GLYPHS_MAX: usize = 8_000_000;
/// Deepest nesting of sequences and multi-line definitions.
const FRAMES_MAX: usize = 100;
/// Most definitions at the beginning of a line that lead to another.
const CHAIN_MAX: usize = 100;

/// Where the next line comes from.
enum Frame {
    /// A file.
    File(Box<OpenFile>),
    /// Lines of a definition, or the rest of a line.
    Lines(std::vec::IntoIter<Vec<Glyph>>),
    /// `~SEQ` or `~LST`.
    Repeat(Repeat),
}

/// Reads files, and builds the tree of what they mean.
pub struct Expander<'a> {
    files: &'a mut dyn Files,
    problems: Problems,
    /// Names of the files by their number, and whether everyone may read them.
    names: Vec<Box<str>>,
    open_to_all: Vec<bool>,
    frames: Vec<Frame>,
    definitions: Sorted<Box<str>, Definition>,
    builder: Builder,
    checks: Checks,
    config_id: Option<Box<str>>,
    prng: Option<Prng>,
    lines: usize,
    glyphs: usize,
    exhausted: bool,
}

impl<'a> Expander<'a> {
    /// Read the file at `path`, and all it includes.
    pub fn read(path: &str, files: &'a mut dyn Files, options: &'a Options) -> Text {
        let mut expander = Self {
            files,
            problems: Problems::default(),
            names: Vec::new(),
            open_to_all: Vec::new(),
            frames: Vec::new(),
            definitions: Sorted::default(),
            builder: Builder::default(),
            checks: if options.include_all { Checks::ALL } else { Checks::NONE },
            config_id: options.config_id.clone(),
            prng: None,
            lines: 0,
            glyphs: 0,
            exhausted: false,
        };
        let failed = expander.main_file(path).err();
        while let Some(line) = expander.next_line() {
            expander.line(line);
        }
        // A part of what never ends means nothing, and would be told of for long.
        let whole = !expander.exhausted;
        Text {
            stmts: if whole { expander.builder.into_stmts() } else { Vec::new() },
            problems: expander.problems,
            names: expander.names.into(),
            failed,
        }
    }

    fn main_file(&mut self, path: &str) -> Result<(), FileError> {
        let result = self.files.read(path);
        self.names.push(path.into());
        let text = match &result {
            Ok(_) => "",
            Err(error) => error.text(),
        };
        match result {
            Ok(file) => {
                self.open_to_all.push(file.mode & 0o004 != 0);
                // Under the name that an include would find it by.
                let name = path.rsplit('/').next().unwrap_or(path);
                let full = super::source::glob::joined(&file.directory, name);
                self.push_file(&full, file, 0, 0);
                Ok(())
            }
            Err(error) => {
                self.problems.add(Severity::Error, Pos::default(), text);
                Err(error)
            }
        }
    }

    /// The next line of whatever is being read.
    fn next_line(&mut self) -> Option<Vec<Glyph>> {
        loop {
            match self.frames.last_mut()? {
                Frame::File(_) => match self.file_line() {
                    Some(line) => return Some(line),
                    None => self.close_file(),
                },
                Frame::Lines(lines) => match lines.next() {
                    Some(line) => return Some(line),
                    None => drop(self.frames.pop()),
                },
                Frame::Repeat(repeat) => match repeat.next(&mut self.definitions) {
                    Some(line) => {
                        if self.spend(1, line.len(), line.first()) {
                            return Some(line);
                        }
                    }
                    None => drop(self.frames.pop()),
                },
            }
        }
    }

    /// The next line of the file being read.
    fn file_line(&mut self) -> Option<Vec<Glyph>> {
        let Some(Frame::File(file)) = self.frames.last_mut() else { return None };
        let (bytes, at) = file.next()?;
        let problems = &mut self.problems;
        Some(lex::line(bytes, at, &mut |at, odd| tell_oddity(at, odd, problems)))
    }

    /// Serve the statements of a line.
    fn line(&mut self, mut line: Vec<Glyph>) {
        let mut from = 0;
        let mut chain = 0;
        loop {
            let left = lex::trim_start(line.get(from..).unwrap_or_default());
            from = line.len() - left.len();
            let Some(first) = left.first().copied() else { return };
            match first.ch {
                '@' => match self.condition(left) {
                    Some(used) => {
                        from += used;
                        continue;
                    }
                    None => return,
                },
                '~' if repeat::is_one(left) => return self.repeat(left),
                '$' => {
                    if let Some((name, value)) = definition::assignment(left) {
                        return self.define(name, value);
                    }
                    match self.leading(left) {
                        Some(_) if chain == CHAIN_MAX => return self.tell_endless(first.at),
                        Some(Ok(whole)) => {
                            line = whole;
                            from = 0;
                            chain += 1;
                            continue;
                        }
                        Some(Err(lines)) => return self.push_lines(lines, first.at),
                        None => {}
                    }
                }
                _ => {}
            }
            if let Some((checks, argument)) = include::variant(left) {
                return self.include(checks, argument, first.at);
            }
            let (segment, rest) = lex::split_at_brace(left);
            from += segment.len();
            match self.substitute(segment) {
                Ok(segment) => {
                    self.overhear(&segment);
                    self.builder.take(&segment, &mut self.problems);
                }
                Err(lines) => {
                    self.push_lines(vec![rest.to_vec()], first.at);
                    return self.push_lines(lines, first.at);
                }
            }
        }
    }

    /// How much of the line is `@id` or `@^id`, if that holds.
    fn condition(&mut self, line: &[Glyph]) -> Option<usize> {
        let negated = line.get(1).is_some_and(|glyph| glyph.ch == '^');
        let start = if negated { 2 } else { 1 };
        let rest = line.get(start..)?;
        let end = rest.iter().position(|glyph| lex::is_blank(glyph.ch)).unwrap_or(rest.len());
        let holds = *lex::text(rest.get(..end)?) == *self.config_id();
        (holds != negated).then_some(start + end)
    }

    /// The configuration's id: given, or the host's name up to its first dot.
    fn config_id(&mut self) -> Box<str> {
        if let Some(id) = &self.config_id {
            return id.clone();
        }
        let host = self.files.host_name();
        let id: Box<str> = host.split('.').next().unwrap_or_default().into();
        self.config_id = Some(id.clone());
        id
    }

    /// Statements that change how the text itself is read, and secrets.
    fn overhear(&mut self, segment: &[Glyph]) {
        let Some(first) = lex::trim_start(segment).first().copied() else { return };
        let in_hmac = self.builder.block() == Some("auth_hmac");
        if lex::starts_with(segment, "auth_pass") || in_hmac && lex::starts_with(segment, "key") {
            self.tell_secret(first.at);
            return;
        }
        if self.builder.block() != Some("global_defs") {
            return;
        }
        let (words, _) = lex::words(segment);
        match words.split_first() {
            Some((word, arguments)) if &*word.text == "include_check" => {
                self.checks.set(arguments);
            }
            Some((word, [seed, ..])) if &*word.text == "random_seed" => {
                self.prng = seed.text.parse().ok().map(Prng::new);
            }
            _ => {}
        }
    }

    fn tell_secret(&mut self, at: Pos) {
        let open = self.open_to_all.get_mut(usize::from(at.file));
        if let Some(open) = open.filter(|open| **open) {
            *open = false;
            let text = "the file can be read by everyone and holds a secret; accepted: mode 0600";
            self.problems.add(Severity::Caution, at, text);
        }
    }

    /// Serve these lines next.
    fn push_lines(&mut self, lines: Vec<Vec<Glyph>>, at: Pos) {
        let here = self.frames.iter().rev().take_while(|frame| !matches!(frame, Frame::File(_)));
        if here.count() >= FRAMES_MAX {
            return self.tell_endless(at);
        }
        let glyphs = lines.iter().map(Vec::len).sum();
        let first = lines.first().and_then(|line| line.first());
        if self.spend(lines.len(), glyphs, first) {
            self.push_frame(Frame::Lines(lines.into_iter()));
        }
    }

    /// Read from this next. Lines that are all served make room.
    fn push_frame(&mut self, frame: Frame) {
        while self
            .frames
            .pop_if(|top| matches!(top, Frame::Lines(left) if left.len() == 0))
            .is_some()
        {}
        self.frames.push(frame);
    }

    /// Count what is made from definitions; false if it is too much.
    fn spend(&mut self, lines: usize, glyphs: usize, first: Option<&Glyph>) -> bool {
        self.lines += lines;
        self.glyphs += glyphs;
        if self.lines <= LINES_MAX && self.glyphs <= GLYPHS_MAX {
            return true;
        }
        if !self.exhausted {
            let at = first.map_or(Pos::default(), |glyph| glyph.at);
            let text = format!(
                "definitions and sequences make too much text; accepted: {LINES_MAX} lines, \
                 {GLYPHS_MAX} characters"
            );
            self.problems.add(Severity::Error, at, text);
            self.exhausted = true;
        }
        self.unwind();
        false
    }

    fn tell_endless(&mut self, at: Pos) {
        self.problems.add(Severity::Error, at, "the definition leads to itself");
        self.unwind();
    }

    /// Give up what is made from definitions, and go on with the file.
    fn unwind(&mut self) {
        while let Some(frame) = self.frames.pop_if(|frame| !matches!(frame, Frame::File(_))) {
            if let Frame::Repeat(mut repeat) = frame {
                repeat.end(&mut self.definitions);
            }
        }
    }

    /// A file to read next. `depth` counts the files that include each other.
    fn push_file(&mut self, path: &str, file: super::source::File, index: u16, depth: usize) {
        self.builder.begin_file();
        let open = OpenFile::new(path, file, index, depth, self.checks);
        self.frames.push(Frame::File(Box::new(open)));
    }

    fn close_file(&mut self) {
        self.builder.end_file(&mut self.problems);
        if let Some(Frame::File(file)) = self.frames.pop() {
            self.checks = file.outer_checks();
        }
    }
}

fn tell_oddity(at: Pos, odd: Oddity, problems: &mut Problems) {
    let (severity, text) = match odd {
        Oddity::Bytes => {
            (Severity::Warning, "bytes that are not UTF-8 cannot be kept as they are".into())
        }
        Oddity::Blank(ch) => {
            let name = match ch {
                '\u{a0}' => "no-break space",
                '\u{202f}' => "narrow no-break space",
                '\u{3000}' => "ideographic space",
                _ => "odd blank",
            };
            let number = u32::from(ch);
            let text =
                format!("{name} (U+{number:04X}) is read as a space; accepted: space or tab");
            (Severity::Warning, text)
        }
        Oddity::Invisible(ch) => (
            Severity::Warning,
            format!("invisible character (U+{:04X}) is left out", u32::from(ch)),
        ),
        Oddity::Lookalike(ch) => {
            let (name, meant) = lex::likeness(ch).unwrap_or(("odd character", '?'));
            let text = format!("{name} (U+{:04X}) is not `{meant}`", u32::from(ch));
            (Severity::Caution, text)
        }
        Oddity::Quote => (Severity::Error, "no end of the quote that begins here".into()),
    };
    problems.add(severity, at, text);
}

/// What a message shows of glyphs.
fn shown_glyphs(glyphs: &[Glyph]) -> String {
    shown(&lex::text(glyphs))
}

#[cfg(test)]
mod tests;
