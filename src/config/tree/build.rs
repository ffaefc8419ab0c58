//! From tokens to statements: which block a statement belongs to.

use super::{Block, Pos, Stmt};
use crate::config::lex::{self, Glyph, Token};
use crate::config::problem::{Problems, Severity, shown};

/// Deepest nesting of blocks; the language itself needs five.
const DEPTH_MAX: usize = 50;

/// Blocks that stand outside all others: where one of them begins, a missing brace was due.
const OUTERMOST: [&str; 15] = [
    "global_defs",
    "vrrp_instance",
    "vrrp_script",
    "vrrp_sync_group",
    "vrrp_track_process",
    "vrrp_track_file",
    "virtual_server",
    "virtual_server_group",
    "static_ipaddress",
    "static_routes",
    "static_rules",
    "bfd_instance",
    "garp_group",
    "interface_up_down_delays",
    "linkbeat_interfaces",
];

/// The tree while it grows.
#[derive(Debug, Default)]
pub struct Builder {
    done: Vec<Stmt>,
    open: Vec<Open>,
    /// Depth of blocks at the beginning of each file that is being read.
    floors: Vec<usize>,
    /// Blocks beyond the deepest allowed: skipped.
    skipped: usize,
    /// A block whose closing brace, by its indentation, was meant for the block around it.
    suspect: Option<Place>,
    last_line: (u16, u32),
}

/// A block whose end is not read yet.
#[derive(Debug)]
struct Open {
    /// What it belongs to; `None` if no keyword stands before its brace.
    stmt: Option<Stmt>,
    at: Pos,
    stmts: Vec<Stmt>,
}

/// A block by its brace, and how it is called.
#[derive(Debug)]
struct Place {
    at: Pos,
    name: String,
}

impl Open {
    fn place(&self) -> Place {
        Place { at: self.at, name: self.stmt.as_ref().map(name).unwrap_or_default() }
    }

    fn keyword_at(&self) -> Option<Pos> {
        Some(self.stmt.as_ref()?.keyword().at)
    }
}

/// What a statement is called in messages: its keyword, and what it names unless that may be a
/// secret.
fn name(stmt: &Stmt) -> String {
    let mut name = shown(&stmt.keyword().text);
    let has = |word: &[u8]| name.as_bytes().windows(word.len()).any(|part| part == word);
    let secret = [&b"pass"[..], b"key", b"auth"].into_iter().any(has);
    if let Some(first) = stmt.arguments().first().filter(|_| !secret) {
        name.push(' ');
        name.push_str(&shown(&first.text));
    }
    name
}

impl Builder {
    /// Take the words and braces of a line, or of a part of one.
    pub fn take(&mut self, glyphs: &[Glyph], problems: &mut Problems) {
        let mut left = glyphs;
        while let Some((token, rest)) = lex::token(left) {
            left = rest;
            match token {
                Token::Text(text) => self.text(text),
                Token::Open(at) => self.open(at, problems),
                Token::Close(at) => self.close(at, problems),
            }
        }
    }

    /// The keyword of the innermost open block.
    pub fn block(&self) -> Option<&str> {
        Some(&self.open.last()?.stmt.as_ref()?.keyword().text)
    }

    /// A file begins: its blocks end in it.
    pub fn begin_file(&mut self) {
        self.floors.push(self.open.len());
    }

    /// A file ends: blocks still open are told of, and closed.
    pub fn end_file(&mut self, problems: &mut Problems) {
        let floor = self.floors.pop().unwrap_or(0);
        while self.open.len() > floor {
            let Some(mut open) = self.open.pop() else { break };
            self.tell_missing(&open, problems);
            let outer = open.stmts.iter().position(|stmt| {
                stmt.block.is_some() && OUTERMOST.contains(&&*stmt.keyword().text)
            });
            let behind = outer.map(|index| open.stmts.split_off(index));
            self.finish(open);
            self.stmts().extend(behind.unwrap_or_default());
        }
        self.skipped = 0;
        self.suspect = None;
    }

    /// The statements outside all blocks.
    pub fn into_stmts(self) -> Vec<Stmt> {
        self.done
    }

    fn stmts(&mut self) -> &mut Vec<Stmt> {
        match self.open.last_mut() {
            Some(open) => &mut open.stmts,
            None => &mut self.done,
        }
    }

    fn text(&mut self, text: &[Glyph]) {
        if let Some(first) = text.first() {
            self.last_line = (first.at.file, first.at.line);
        }
        if self.skipped > 0 {
            return;
        }
        let (words, rest) = lex::words(text);
        if !words.is_empty() {
            self.stmts().push(Stmt { words, rest, block: None });
        }
    }

    fn open(&mut self, at: Pos, problems: &mut Problems) {
        self.last_line = (at.file, at.line);
        if self.skipped > 0 || self.open.len() >= DEPTH_MAX {
            if self.skipped == 0 {
                let text = format!("blocks nest deeper than {DEPTH_MAX}: this one is skipped");
                problems.add(Severity::Error, at, text);
            }
            self.skipped += 1;
            return;
        }
        let stmt = self.stmts().pop_if(|stmt| stmt.block.is_none());
        if stmt.is_none() {
            let text = "`{` without a keyword before it: its block is skipped";
            problems.add(Severity::Error, at, text);
        }
        self.open.push(Open { stmt, at, stmts: Vec::new() });
    }

    fn close(&mut self, at: Pos, problems: &mut Problems) {
        let first_in_line = self.last_line != (at.file, at.line);
        self.last_line = (at.file, at.line);
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.open.len() <= self.floors.last().copied().unwrap_or(0) {
            problems.add(Severity::Error, at, "extra `}`: no block is open here");
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if first_in_line && self.suspect.is_none() {
            let own = open.keyword_at();
            let outer = self.open.last().and_then(Open::keyword_at);
            if own.is_some_and(|own| own.column > at.column && own.line != at.line)
                && outer.is_some_and(|outer| outer.column == at.column)
            {
                self.suspect = Some(open.place());
            }
        }
        self.finish(open);
        if self.open.is_empty() {
            self.suspect = None;
        }
    }

    fn finish(&mut self, open: Open) {
        if let Some(mut stmt) = open.stmt {
            stmt.block = Some(Block { open: open.at, stmts: open.stmts });
            self.stmts().push(stmt);
        }
    }

    fn tell_missing(&mut self, open: &Open, problems: &mut Problems) {
        let Place { at, name } = open.place();
        let text = match self.suspect.take().filter(|suspect| suspect.at > at) {
            Some(suspect) => {
                let text = format!(
                    "{}: no `}}` for the `{{` opened here, so that of {name} at line {} is not closed",
                    suspect.name, at.line
                );
                problems.add(Severity::Error, suspect.at, text);
                return;
            }
            None if name.is_empty() => "no `}` for the `{` opened here".into(),
            None => format!("{name}: no `}}` for the `{{` opened here"),
        };
        problems.add(Severity::Error, at, text);
    }
}

#[cfg(test)]
mod tests;
