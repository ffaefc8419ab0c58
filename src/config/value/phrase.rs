//! Words in an order that a table of options allows.

use core::fmt::{self, Write};
use core::marker::PhantomData;

use super::address::cidr;
use super::{Iface, decimal, integer};
use crate::config::schema::{Args, Fault, Place, Printer, Reader, Slot};
use crate::config::tree::Word;

/// What stands behind an option.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// One word, whatever it is.
    Word,
    /// A number.
    Int(i64, i64),
    /// A number, or a word that is a name for one.
    Named(i64, i64),
    /// A time in seconds, in microseconds.
    Time(i64, i64),
    /// An address.
    Ip,
    /// An address, perhaps with a prefix.
    Cidr,
    /// An interface.
    Iface,
    /// One of some words.
    One(&'static [&'static str]),
    /// A number, perhaps `lock` before it.
    Lock(i64, i64),
    /// All that is left, whatever it is.
    Rest,
}

/// An option: its words, of which the first is printed in the manual, and what it takes.
pub type Opt = (&'static [&'static str], Takes);

/// What a phrase may consist of.
pub trait Grammar {
    /// What stands first without a word before it, and how many of it there must be and may be.
    const FIRST: &'static [(Takes, bool)];
    /// The options, in any order.
    const OPTIONS: &'static [Opt];
}

/// Words that a grammar allows, kept as they stand.
#[derive(Debug)]
pub struct Phrase<G> {
    /// Where it begins.
    pub at: Place,
    /// Its words.
    pub words: Vec<Box<str>>,
    grammar: PhantomData<G>,
}

impl<G> Clone for Phrase<G> {
    fn clone(&self) -> Self {
        Self { at: self.at, words: self.words.clone(), grammar: PhantomData }
    }
}

impl<G> Default for Phrase<G> {
    fn default() -> Self {
        Self { at: Place::default(), words: Vec::new(), grammar: PhantomData }
    }
}

impl<G> PartialEq for Phrase<G> {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl<G> Phrase<G> {
    /// The word behind an option.
    pub fn behind(&self, option: &str) -> Option<&str> {
        let mut words = self.words.iter();
        words.find(|word| &***word == option)?;
        words.next().map(|word| &**word)
    }

    /// The option is there.
    pub fn has(&self, option: &str) -> bool {
        self.words.iter().any(|word| &**word == option)
    }
}

impl<G: Grammar> Slot for Phrase<G> {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        let words = args.words;
        phrase(G::FIRST, G::OPTIONS, args)?;
        let left = args.all().len();
        self.at.0 = words.first().map_or(args.at, |word| word.at);
        self.words = words.iter().take(words.len() - left).map(|word| word.text.clone()).collect();
        args.put_back(left);
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        self.words.iter().for_each(|word| out.text(word));
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        for (takes, must) in G::FIRST {
            out.write_str(if *must { "" } else { "[" })?;
            offer(*takes, out)?;
            out.write_str(if *must { " " } else { "] " })?;
        }
        for (words, takes) in G::OPTIONS {
            out.write_str("[")?;
            super::choice::offer(words, out)?;
            if !matches!(takes, Takes::Nothing) {
                out.write_str(" ")?;
            }
            offer(*takes, out)?;
            out.write_str("] ")?;
        }
        Ok(())
    }
}

fn phrase(first: &[(Takes, bool)], options: &[Opt], args: &mut Args<'_>) -> Result<(), Fault> {
    let find = |word: &Word| options.iter().find(|(words, _)| words.contains(&&*word.text));
    for &(takes, must) in first {
        let option = args.peek().and_then(find);
        if !must && (args.peek().is_none() || option.is_some()) {
            continue;
        }
        value(takes, args)?;
    }
    while let Some(&(_, takes)) = args.peek().and_then(find) {
        args.pull();
        value(takes, args)?;
    }
    Ok(())
}

fn value(takes: Takes, args: &mut Args<'_>) -> Result<(), Fault> {
    match takes {
        Takes::Nothing => {}
        Takes::Word => drop(args.need()?),
        Takes::Int(min, max) => drop(integer(&args.need()?.text, min, max)?),
        Takes::Named(min, max) => {
            let text = &args.need()?.text;
            if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
                integer(text, min, max)?;
            }
        }
        Takes::Time(min, max) => drop(decimal(&args.need()?.text, min, max)?),
        Takes::Ip => {
            args.need()?.text.parse::<core::net::IpAddr>().map_err(|_| Fault::Bad)?;
        }
        Takes::Cidr => drop(cidr(&args.need()?.text)?),
        Takes::Iface => drop(Iface::parse(&args.need()?.text)?),
        Takes::One(words) => drop(super::pick(args, words)?),
        Takes::Lock(min, max) => {
            args.take("lock");
            integer(&args.need()?.text, min, max)?;
        }
        Takes::Rest => drop(args.all()),
    }
    Ok(())
}

fn offer(takes: Takes, out: &mut dyn Write) -> fmt::Result {
    match takes {
        Takes::Nothing => Ok(()),
        Takes::Word => out.write_str("WORD"),
        Takes::Int(min, max) => write!(out, "{min}..{max}"),
        Takes::Named(min, max) => write!(out, "{min}..{max} | NAME"),
        Takes::Time(..) => out.write_str("SECONDS"),
        Takes::Ip => out.write_str("ADDRESS"),
        Takes::Cidr => out.write_str("ADDRESS[/PREFIX]"),
        Takes::Iface => out.write_str("INTERFACE"),
        Takes::One(words) => super::choice::offer(words, out),
        Takes::Lock(min, max) => write!(out, "[lock] {min}..{max}"),
        Takes::Rest => out.write_str("..."),
    }
}
