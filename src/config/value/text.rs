//! Words that are taken as they stand.

use core::fmt::{self, Write};

use crate::config::schema::{Args, Fault, Nature, Printer, Reader, Slot};

/// One word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Box<str>);

impl Slot for Text {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let word = args.need()?;
        if word.text.is_empty() {
            return Err(Fault::Missing);
        }
        self.0 = word.text.clone();
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.text(&self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("a word")
    }
}

/// One word that no message shows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub Box<str>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********")
    }
}

impl Slot for Secret {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = args.need()?.text.clone();
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.secret(&self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("a secret word")
    }

    fn nature(&self) -> Nature {
        Nature { secret: true, ..Nature::WORDS }
    }
}

/// From `MIN` to `MAX` words, taken as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words<const MIN: usize, const MAX: usize>(pub Vec<Box<str>>);

impl<const MIN: usize, const MAX: usize> Slot for Words<MIN, MAX> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        self.0 = texts(args, MIN, MAX)?;
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.texts(&self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        match (MIN, MAX) {
            (0, 1) => out.write_str("at most one word"),
            (0, usize::MAX) => out.write_str("words"),
            (_, usize::MAX) => write!(out, "{MIN} words or more"),
            _ => write!(out, "{MIN} to {MAX} words"),
        }
    }
}

fn texts(args: &mut Args<'_>, min: usize, max: usize) -> Result<Vec<Box<str>>, Fault> {
    let mut texts = Vec::new();
    while texts.len() < max {
        match args.pull() {
            Some(word) => texts.push(word.text.clone()),
            None if texts.len() < min => return Err(Fault::Missing),
            None => break,
        }
    }
    Ok(texts)
}
