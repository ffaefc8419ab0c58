//! Words in an order that a table of options allows.

use core::fmt::{self, Write};
use core::marker::PhantomData;
use core::net::IpAddr;

use super::address::cidr;
use super::number;
use super::{Iface, decimal, integer};
use crate::config::schema::{Args, Fault, Place, Printer, Reader, Slot};

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
    /// An address, perhaps with a prefix, or a word for all addresses.
    Cidr,
    /// An address, perhaps with its family before it.
    Via,
    /// Addresses: one, a prefix, from one to another, or to another last part.
    Range,
    /// A mark and perhaps its mask behind a slash, in decimal or hexadecimal.
    Mark,
    /// A number, or two with a minus between them.
    Span(i64, i64),
    /// An interface.
    Iface,
    /// One of some words.
    One(&'static [&'static [&'static str]]),
    /// A number, perhaps `lock` before it.
    Lock(i64, i64),
    /// All that is left, whatever it is.
    Rest,
}

/// An option: its words, of which the first is printed in the manual, and what it takes.
pub type Opt = (&'static [&'static str], Takes);

/// What a phrase may consist of.
pub trait Grammar {
    /// What stands without a word before it, in this order, and whether it must.
    const FIRST: &'static [(Takes, bool)];
    /// The options, in any order.
    const OPTIONS: &'static [Opt];
    /// Nothing at all is no phrase.
    const SOME: bool = false;
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
        self.at.0 = args.words.first().map_or(args.at, |word| word.at);
        phrase(G::FIRST, G::OPTIONS, G::SOME, args, &mut self.words)
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.texts(&self.words);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        explain(G::FIRST, G::OPTIONS, out)
    }
}

fn explain(first: &[(Takes, bool)], options: &[Opt], out: &mut dyn Write) -> fmt::Result {
    let mut blank = "";
    for &(what, must) in first {
        out.write_str(blank)?;
        out.write_str(if must { "" } else { "[" })?;
        takes(what, out)?;
        out.write_str(if must { "" } else { "]" })?;
        blank = " ";
    }
    for &(words, what) in options {
        out.write_str(blank)?;
        let mut bar = "[";
        for word in words {
            out.write_str(bar)?;
            out.write_str(word)?;
            bar = " | ";
        }
        if !matches!(what, Takes::Nothing) {
            out.write_str(" ")?;
        }
        takes(what, out)?;
        out.write_str("]")?;
        blank = " ";
    }
    Ok(())
}

fn phrase(
    first: &[(Takes, bool)],
    options: &[Opt],
    some: bool,
    args: &mut Args<'_>,
    texts: &mut Vec<Box<str>>,
) -> Result<(), Fault> {
    let words = args.words;
    let mut first = first.iter();
    while let Some(word) = args.peek() {
        let known = |(words, _): &&Opt| words.contains(&&*word.text);
        if let Some(&(_, takes)) = options.iter().find(known) {
            args.pull();
            value(takes, args)?;
        } else if let Some(&(takes, _)) = first.next() {
            value(takes, args)?;
        } else {
            break;
        }
    }
    if first.any(|&(_, must)| must) || some && words.is_empty() {
        return Err(Fault::Missing);
    }
    let left = args.all().len();
    args.put_back(left);
    *texts = words.iter().take(words.len() - left).map(|word| word.text.clone()).collect();
    Ok(())
}

fn value(takes: Takes, args: &mut Args<'_>) -> Result<(), Fault> {
    args.wanted = Some(takes);
    match takes {
        Takes::Nothing => return Ok(()),
        Takes::Rest => {
            args.all();
            return Ok(());
        }
        Takes::Lock(..) => drop(args.take("lock")),
        Takes::Via => drop(args.take("inet6") || args.take("inet")),
        Takes::One(choices) => return super::pick(args, choices).map(drop),
        _ => {}
    }
    fits(takes, &args.need()?.text)
}

fn fits(takes: Takes, text: &str) -> Result<(), Fault> {
    match takes {
        Takes::Int(min, max) | Takes::Lock(min, max) => integer(text, min, max).map(drop),
        Takes::Named(min, max) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            hexadecimal(text, min, max).map(drop)
        }
        Takes::Time(min, max) => decimal(text, min, max).map(drop),
        Takes::Ip | Takes::Via => text.parse::<IpAddr>().map(drop).map_err(|_| Fault::Bad),
        Takes::Cidr if ALL.contains(&text) => Ok(()),
        Takes::Cidr => cidr(text).map(drop),
        Takes::Range => range(text),
        Takes::Mark => {
            text.splitn(2, '/').try_for_each(|part| hexadecimal(part, 0, u32::MAX.into()).map(drop))
        }
        Takes::Span(min, max) => {
            text.splitn(2, '-').try_for_each(|part| integer(part, min, max).map(drop))
        }
        Takes::Iface => Iface::parse(text).map(drop),
        Takes::Named(..) | Takes::Word | Takes::Nothing | Takes::One(_) | Takes::Rest => Ok(()),
    }
}

/// Words for all addresses.
const ALL: [&str; 4] = ["default", "default6", "any", "all"];

/// A number to base 10, or to base 16 after `0x`.
fn hexadecimal(text: &str, min: i64, max: i64) -> Result<i64, Fault> {
    let Some(digits) = text.strip_prefix("0x") else { return integer(text, min, max) };
    let number = i64::from_str_radix(digits, 16).map_err(|_| Fault::Bad)?;
    if (min..=max).contains(&number) { Ok(number) } else { Err(Fault::Range) }
}

fn range(text: &str) -> Result<(), Fault> {
    let Some((from, to)) = text.split_once('-') else { return cidr(text).map(drop) };
    let from: IpAddr = from.parse().map_err(|_| Fault::Bad)?;
    match to.parse::<IpAddr>() {
        Ok(to) => (from.is_ipv4() == to.is_ipv4() && from <= to).then_some(()).ok_or(Fault::Range),
        // The last part alone: decimal in IPv4, hexadecimal in IPv6.
        Err(_) if from.is_ipv4() => integer(to, 0, 255).map(drop),
        Err(_) => u16::from_str_radix(to, 16).map(drop).map_err(|_| Fault::Bad),
    }
}

/// Say what it takes.
pub fn takes(takes: Takes, out: &mut dyn Write) -> fmt::Result {
    match takes {
        Takes::Nothing => Ok(()),
        Takes::Word => out.write_str("WORD"),
        Takes::Int(min, max) => number::range(min, max, 0, "", out),
        Takes::Named(min, max) => number::range(min, max, 0, " | NAME", out),
        Takes::Time(min, max) => number::range(min, max, 6, " seconds", out),
        Takes::Ip => out.write_str("ADDRESS"),
        Takes::Cidr => out.write_str("IPV4[/0..32] | IPV6[/0..128]"),
        Takes::Via => out.write_str("[inet | inet6] ADDRESS"),
        Takes::Range => out.write_str("ADDRESS[/PREFIX | -ADDRESS | -NUMBER]"),
        Takes::Mark => out.write_str("NUMBER[/MASK]"),
        Takes::Span(min, max) => write!(out, "{min}..{max}[-{min}..{max}]"),
        Takes::Iface => out.write_str("NAME of at most 15 bytes"),
        Takes::One(words) => super::choice::offer(words, out),
        Takes::Lock(min, max) => write!(out, "[lock] {min}..{max}"),
        Takes::Rest => out.write_str("..."),
    }
}
