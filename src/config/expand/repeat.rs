//! `~SEQ` or `~LST`: the rest of the line, once for each value.

use super::definition::{Definition, identifier};
use super::{Expander, FRAMES_MAX, Frame};
use crate::config::lex::{self, Glyph};
use crate::config::problem::Severity;
use crate::config::sorted::Sorted;
use crate::config::tree::Pos;

type Definitions = Sorted<Box<str>, Definition>;

/// A line that is served once for each value.
pub(super) struct Repeat {
    names: Vec<Box<str>>,
    values: Values,
    body: Vec<Glyph>,
    at: Pos,
    /// What the names meant before.
    before: Option<Vec<Option<Definition>>>,
}

/// The values to come.
enum Values {
    /// Numbers up to or down to an end.
    Sequence(Sequence),
    /// For each turn, a value for each name.
    List(std::vec::IntoIter<Vec<Box<str>>>),
}

#[derive(Clone, Copy)]
struct Sequence {
    next: Option<i64>,
    step: i64,
    end: i64,
    hex: bool,
}

const SEQUENCE: &str = "accepted: ~SEQ(name, start, step, end), start and step may be left out";
const LIST: &str = "accepted: ~LST(name, a, b, …) or ~LST({name, name}, {a, b}, …)";

/// Whether the line begins with one.
pub(super) fn is_one(line: &[Glyph]) -> bool {
    ["~SEQ(", "~SEQx(", "~LST("].iter().any(|word| lex::starts_with(line, word))
}

/// The parts between commas outside braces, without blanks around them.
fn parts(glyphs: &[Glyph]) -> Vec<&[Glyph]> {
    let mut depth = 0_i32;
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, glyph) in glyphs.iter().enumerate() {
        match glyph.ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(glyphs.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(glyphs.get(start..).unwrap_or_default());
    parts.into_iter().map(|part| lex::trim_end(lex::trim_start(part))).collect()
}

/// The items of `{a, b}`, or the one item that stands without braces.
fn items(glyphs: &[Glyph]) -> Vec<Box<str>> {
    match glyphs {
        [open, inner @ .., close] if open.ch == '{' && close.ch == '}' => {
            parts(inner).into_iter().map(lex::text).collect()
        }
        _ => vec![lex::text(glyphs)],
    }
}

/// A number, decimal or `0x`.
fn number(glyphs: &[Glyph]) -> Option<i64> {
    let text = lex::text(glyphs);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, &*text),
    };
    let (digits, radix) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(rest) => (rest, 16),
        None => (digits, 10),
    };
    let value = u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
    Some(if negative { -i64::from(value) } else { i64::from(value) })
}

fn is_name(glyphs: &[Glyph]) -> Option<Box<str>> {
    identifier(glyphs).and_then(|(name, rest)| rest.is_empty().then_some(name))
}

/// The name and numbers of `~SEQ`.
fn sequence(arguments: &[Glyph], hex: bool) -> Option<(Vec<Box<str>>, Values)> {
    let parts = parts(arguments);
    let (name, numbers) = parts.split_first()?;
    let numbers: Option<Vec<i64>> = numbers.iter().map(|part| number(part)).collect();
    let (start, step, end) = match *numbers?.as_slice() {
        [end] => (if end < 0 { -1 } else { 1 }, if end < 0 { -1 } else { 1 }, end),
        [start, end] => (start, if end < start { -1 } else { 1 }, end),
        [start, step, end] if step != 0 && (start == end || (step > 0) == (start < end)) => {
            (start, step, end)
        }
        _ => return None,
    };
    let values = Sequence { next: Some(start), step, end, hex };
    Some((vec![is_name(name)?], Values::Sequence(values)))
}

/// The names and values of `~LST`.
fn list(arguments: &[Glyph]) -> Option<(Vec<Box<str>>, Values)> {
    let parts = parts(arguments);
    let (names, values) = parts.split_first()?;
    let names = match *names {
        [open, inner @ .., close] if open.ch == '{' && close.ch == '}' => {
            self::parts(inner).into_iter().map(is_name).collect::<Option<Vec<_>>>()?
        }
        name => vec![is_name(name)?],
    };
    let values: Vec<Vec<Box<str>>> = values.iter().map(|value| items(value)).collect();
    let fits = !values.is_empty() && values.iter().all(|value| value.len() == names.len());
    fits.then(|| (names, Values::List(values.into_iter())))
}

impl Expander<'_> {
    /// Serve the rest of the line once for each value.
    pub(super) fn repeat(&mut self, line: &[Glyph]) {
        let at = line.first().map_or(Pos::default(), |glyph| glyph.at);
        let open = line.iter().position(|glyph| glyph.ch == '(').unwrap_or(0);
        let is_list = lex::starts_with(line, "~LST");
        let hint = if is_list { LIST } else { SEQUENCE };
        let Some(close) = line.iter().position(|glyph| glyph.ch == ')') else {
            self.problems.add(Severity::Error, at, format!("no `)`; {hint}"));
            return;
        };
        let inner = line.get(open + 1..close).unwrap_or_default();
        let Some(arguments) = self.substitute_inline(inner) else { return };
        let parsed = if is_list {
            list(&arguments)
        } else {
            sequence(&arguments, lex::starts_with(line, "~SEQx"))
        };
        let Some((names, values)) = parsed else {
            self.problems.add(Severity::Error, at, format!("cannot be repeated; {hint}"));
            return;
        };
        if self.frames.len() >= FRAMES_MAX + super::include::DEPTH_MAX {
            return self.tell_endless(at);
        }
        let body = line.get(close + 1..).unwrap_or_default().to_vec();
        self.push_frame(Frame::Repeat(Repeat { names, values, body, at, before: None }));
    }
}

impl Repeat {
    /// The line with the next values set; nothing, and the names as before, behind the last.
    pub(super) fn next(&mut self, definitions: &mut Definitions) -> Option<Vec<Glyph>> {
        if self.before.is_none() {
            let before = self.names.iter().map(|name| definitions.get(&**name).cloned());
            self.before = Some(before.collect());
        }
        let Some(values) = self.values.next() else {
            self.end(definitions);
            return None;
        };
        for (name, value) in self.names.iter().zip(values) {
            let glyphs = value.chars().map(|ch| Glyph { ch, at: self.at });
            definitions.set(name.clone(), Definition::Inline(glyphs.collect()));
        }
        Some(self.body.clone())
    }

    /// Give the names the meaning they had before.
    pub(super) fn end(&mut self, definitions: &mut Definitions) {
        for (name, before) in self.names.iter().zip(self.before.take().unwrap_or_default()) {
            match before {
                Some(value) => definitions.set(name.clone(), value),
                None => definitions.remove(&**name),
            }
        }
    }
}

impl Values {
    fn next(&mut self) -> Option<Vec<Box<str>>> {
        match self {
            Self::List(list) => list.next(),
            Self::Sequence(sequence) => Some(vec![sequence.next()?]),
        }
    }
}

impl Sequence {
    fn next(&mut self) -> Option<Box<str>> {
        let past = |value: &i64| if self.step < 0 { *value < self.end } else { *value > self.end };
        let value = self.next.filter(|value| !past(value))?;
        self.next = value.checked_add(self.step);
        let sign = if value < 0 { "-" } else { "" };
        let text = match self.hex {
            true => format!("{sign}{:x}", value.unsigned_abs()),
            false => value.to_string(),
        };
        Some(text.into())
    }
}
