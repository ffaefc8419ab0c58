//! The driver that prints a block in the language it was read from.

use core::fmt::{Arguments, Write};

use super::Block;
use crate::config::value::decimals;

/// What becomes of secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They are printed as `"********"`.
    Hidden,
    /// They are printed.
    Shown,
}

/// Prints words, lines, blocks.
pub struct Printer<'a> {
    out: &'a mut dyn Write,
    secrets: Secrets,
    indent: usize,
    /// The word that begins each line of the row.
    word: &'static str,
    failed: bool,
}

impl<'a> Printer<'a> {
    /// At the beginning of the text.
    pub fn new(out: &'a mut dyn Write, secrets: Secrets) -> Self {
        Self { out, secrets, indent: 0, word: "", failed: false }
    }

    /// As it is.
    pub fn raw(&mut self, text: &str) {
        self.failed |= self.out.write_str(text).is_err();
    }

    /// A blank, then a word; in quotes if it needs them.
    pub fn text(&mut self, text: &str) {
        // What would be more than a word at the beginning of a line.
        let special = text.starts_with('@') || text.starts_with("include");
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"#!{}\"'$~\\".contains(&byte);
        if !text.is_empty() && !special && text.bytes().all(plain) {
            self.raw(" ");
            self.raw(text);
            return;
        }
        self.quoted(text);
    }

    /// A blank, then a word in quotes.
    pub fn quoted(&mut self, text: &str) {
        self.raw(" \"");
        self.raw(text);
        self.raw("\"");
    }

    /// A blank, then a command in quotes, where backslashes and quotes stand behind a backslash.
    pub fn escaped(&mut self, text: &str) {
        self.raw(" \"");
        // Lines are read without regard to backslashes: quotes must come in pairs, and must not
        // leave outside what has a meaning there.
        let pairs = text.bytes().filter(|&byte| byte == b'"').count().is_multiple_of(2);
        let hide = !pairs || text.contains(['#', '!', '{', '}']);
        for letter in text.chars() {
            if letter.is_control() || hide && letter == '"' {
                self.failed |= write!(self.out, "\\x{:02x}", u32::from(letter)).is_err();
                continue;
            }
            if matches!(letter, '"' | '\\') {
                self.raw("\\");
            }
            self.failed |= self.out.write_char(letter).is_err();
        }
        self.raw("\"");
    }

    /// A blank, then a word in quotes that is shown only when secrets are.
    pub fn secret(&mut self, text: &str) {
        if self.secrets == Secrets::Shown { self.quoted(text) } else { self.quoted("********") }
    }

    /// A blank, then a number or an address.
    pub fn value(&mut self, value: Arguments<'_>) {
        self.raw(" ");
        self.failed |= self.out.write_fmt(value).is_err();
    }

    /// A blank, then a whole number.
    pub fn number(&mut self, number: i64) {
        self.decimal(number, 0);
    }

    /// A blank, then words.
    pub fn texts(&mut self, texts: &[Box<str>]) {
        texts.iter().for_each(|text| self.text(text));
    }

    /// A blank, then a number with decimals.
    pub fn decimal(&mut self, number: i64, places: usize) {
        self.raw(" ");
        self.failed |= decimals(number, places, self.out).is_err();
    }

    /// The line ends; the next one of the same row begins with the same word.
    pub fn again(&mut self) {
        self.raw("\n");
        self.line(self.word);
    }

    /// A brace opens; the lines in it are entries.
    pub fn open(&mut self) {
        self.raw(" {\n");
        self.indent += 1;
    }

    /// An entry's line begins. Entries print their words with a blank before each.
    pub fn entry(&mut self) {
        for _ in 1..self.indent * 4 {
            self.raw(" ");
        }
    }

    /// An entry's line ends.
    pub fn end(&mut self) {
        self.raw("\n");
    }

    /// The brace closes.
    pub fn close(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.line("}");
    }

    /// A block in braces.
    pub fn block(&mut self, block: &dyn Block) {
        if let Some(head) = block.parts().0 {
            head.print(self);
        }
        self.open();
        self.rows(block);
        self.close();
    }

    /// All that was written in a block, in the order of its table.
    pub fn rows(&mut self, block: &dyn Block) {
        let outer = self.word;
        for (row, entry) in block.table().rows().enumerate() {
            let Some(field) = block.field(row).filter(|field| field.is_written()) else { continue };
            self.word = entry.words().nth(field.value.nature().word.into()).unwrap_or_default();
            self.line(self.word);
            field.value.print(self);
            self.end();
        }
        if let Some(base) = block.parts().1 {
            self.rows(base);
        }
        self.word = outer;
    }

    /// What was asked for is printed.
    pub fn finish(self) -> core::fmt::Result {
        if self.failed { Err(core::fmt::Error) } else { Ok(()) }
    }

    fn line(&mut self, word: &str) {
        for _ in 0..self.indent * 4 {
            self.raw(" ");
        }
        self.raw(word);
    }
}
