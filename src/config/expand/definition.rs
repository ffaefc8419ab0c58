//! Definitions, with the references to them.

use super::{Expander, Frame, shown_glyphs};
use crate::config::lex::{self, Glyph};
use crate::config::problem::{Severity, shown};
use crate::config::tree::Pos;
use crate::prng::Prng;

/// What a name stands for.
pub(super) type Definition = Value;

/// A replacement.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Characters in a line.
    Inline(Vec<Glyph>),
    /// Lines of their own.
    Lines(Vec<Vec<Glyph>>),
}

/// `$NAME`, `${NAME}` or `${_NAME argument …}`.
struct Reference {
    name: Box<str>,
    arguments: Vec<Box<str>>,
    /// How many glyphs it is written with.
    len: usize,
}

/// A text that is being copied, and the definition it came from.
struct Source {
    glyphs: Vec<Glyph>,
    next: usize,
    name: Option<Box<str>>,
}

/// The name at the beginning of the glyphs, if there is one.
pub(super) fn identifier(glyphs: &[Glyph]) -> Option<(Box<str>, &[Glyph])> {
    let is_part = |glyph: &Glyph| glyph.ch.is_ascii_alphanumeric() || glyph.ch == '_';
    let end = glyphs.iter().position(|glyph| !is_part(glyph)).unwrap_or(glyphs.len());
    let (name, rest) = glyphs.split_at(end);
    let first = name.first()?;
    (!first.ch.is_ascii_digit()).then(|| (lex::text(name), rest))
}

/// Name and value of a line that is a definition.
pub(super) fn assignment(line: &[Glyph]) -> Option<(Box<str>, Vec<Glyph>)> {
    let (name, rest) = identifier(line.get(1..)?)?;
    let (sign, value) = rest.split_first()?;
    (sign.ch == '=').then(|| (name, value.to_vec()))
}

/// The reference at the beginning of the glyphs; `behind` is what follows the last of them.
fn reference(glyphs: &[Glyph], behind: Option<char>) -> Option<Reference> {
    let after_sign = glyphs.get(1..)?;
    if after_sign.first()?.ch != '{' {
        let (name, rest) = identifier(after_sign)?;
        let follows = rest.first().map(|glyph| glyph.ch).or(behind);
        let len = glyphs.len() - rest.len();
        return follows.is_none_or(lex::is_blank).then_some(Reference {
            name,
            arguments: Vec::new(),
            len,
        });
    }
    let end = after_sign.iter().position(|glyph| glyph.ch == '}')?;
    let (name, rest) = identifier(after_sign.get(1..end)?)?;
    let rest = lex::text(rest);
    if !rest.is_empty() && (!rest.starts_with([' ', '\t']) || !name.starts_with('_')) {
        return None;
    }
    let arguments = rest.split_ascii_whitespace().map(Into::into).collect();
    Some(Reference { name, arguments, len: end + 2 })
}

/// Glyphs of a text that all stand at one place.
fn glyphs_at(text: &str, at: Pos) -> Vec<Glyph> {
    text.chars().map(|ch| Glyph { ch, at }).collect()
}

/// Lines with `tail` behind the last.
fn with_tail(mut lines: Vec<Vec<Glyph>>, tail: &[Glyph]) -> Vec<Vec<Glyph>> {
    match lines.last_mut() {
        Some(last) => last.extend_from_slice(tail),
        None => lines.push(tail.to_vec()),
    }
    lines
}

impl Expander<'_> {
    /// Keep a definition; one that ends in `\` goes on in the lines of the file below.
    pub(super) fn define(&mut self, name: Box<str>, mut value: Vec<Glyph>) {
        let continues = |line: &mut Vec<Glyph>| line.pop_if(|last| last.ch == '\\').is_some();
        if !matches!(self.frames.last(), Some(Frame::File(_))) || !continues(&mut value) {
            self.definitions.set(name, Value::Inline(value));
            return;
        }
        let mut lines = Vec::new();
        if !lex::trim_start(&value).is_empty() {
            lines.push(value);
        }
        while let Some(mut line) = self.file_line() {
            if line.is_empty() {
                if matches!(self.frames.last(), Some(Frame::File(file)) if file.was_blank()) {
                    break;
                }
                continue;
            }
            let more = continues(&mut line);
            lines.push(line);
            if !more {
                break;
            }
        }
        self.definitions.set(name, Value::Lines(lines));
    }

    /// The line with the reference at its beginning replaced: one line, or several.
    pub(super) fn leading(
        &mut self,
        line: &[Glyph],
    ) -> Option<Result<Vec<Glyph>, Vec<Vec<Glyph>>>> {
        let reference = reference(line, None)?;
        let value = self.value(&reference, line.first()?.at)?;
        let rest = line.get(reference.len..).unwrap_or_default();
        Some(match value {
            Value::Inline(mut value) => {
                value.extend_from_slice(rest);
                let fits = self.spend(0, value.len(), line.first());
                Ok(if fits { value } else { Vec::new() })
            }
            Value::Lines(lines) => Err(with_tail(lines, rest)),
        })
    }

    /// The text with its references replaced; as lines to be served if a definition has several.
    pub(super) fn substitute(&mut self, text: &[Glyph]) -> Result<Vec<Glyph>, Vec<Vec<Glyph>>> {
        if !text.iter().any(|glyph| glyph.ch == '$') {
            return Ok(text.to_vec());
        }
        let mut out = Vec::with_capacity(text.len());
        let mut sources = vec![Source { glyphs: text.to_vec(), next: 0, name: None }];
        while let Some(source) = sources.last() {
            let Some(glyph) = source.glyphs.get(source.next).copied() else {
                sources.pop();
                continue;
            };
            if let Some(value) = self.value_in(&mut sources, glyph) {
                match value {
                    Some(Value::Lines(mut lines)) => {
                        if let Some(first) = lines.first_mut() {
                            first.splice(..0, out);
                        }
                        let left = sources.iter().rev().flat_map(Source::left).copied();
                        return Err(with_tail(lines, &left.collect::<Vec<_>>()));
                    }
                    Some(Value::Inline(_)) | None => continue,
                }
            }
            out.push(glyph);
            if let Some(source) = sources.last_mut() {
                source.next += 1;
            }
        }
        Ok(out)
    }

    /// Follow the reference at the innermost place, if there is one to follow.
    ///
    /// An inline value becomes the innermost source, and `Some(None)` is told.
    fn value_in(&mut self, sources: &mut Vec<Source>, glyph: Glyph) -> Option<Option<Value>> {
        if glyph.ch != '$' {
            return None;
        }
        let (source, outer) = sources.split_last()?;
        let behind = outer.iter().rev().find_map(|outer| outer.left().first());
        let left = source.left();
        let Some(reference) = reference(left, behind.map(|glyph| glyph.ch)) else {
            let named = left.get(1..).and_then(identifier);
            if let Some((name, _)) =
                named.filter(|(name, _)| self.definitions.get(&**name).is_some())
            {
                let name = shown(&name);
                let text =
                    format!("`${name}` stays as it is: no blank follows; accepted: ${{{name}}}");
                self.problems.add(Severity::Caution, glyph.at, text);
            }
            return None;
        };
        if sources.iter().any(|source| source.name.as_ref() == Some(&reference.name)) {
            let text = format!("definition {} leads to itself", shown(&reference.name));
            self.problems.add(Severity::Error, glyph.at, text);
            return None;
        }
        let value = self.value(&reference, glyph.at)?;
        sources.last_mut()?.next += reference.len;
        let Value::Inline(glyphs) = value else { return Some(Some(value)) };
        if self.spend(0, glyphs.len(), Some(&glyph)) {
            sources.push(Source { glyphs, next: 0, name: Some(reference.name) });
        } else {
            sources.clear();
        }
        Some(None)
    }

    /// What the reference stands for; nothing if it is not defined.
    fn value(&mut self, reference: &Reference, at: Pos) -> Option<Value> {
        if let Some(text) = self.built_in(reference, at) {
            return Some(Value::Inline(glyphs_at(&text, at)));
        }
        match self.definitions.get(&*reference.name)? {
            Value::Inline(value) => {
                Some(Value::Inline(value.iter().map(|glyph| Glyph { ch: glyph.ch, at }).collect()))
            }
            lines @ Value::Lines(_) => Some(lines.clone()),
        }
    }

    fn built_in(&mut self, reference: &Reference, at: Pos) -> Option<Box<str>> {
        Some(match &*reference.name {
            "_PWD" => self.directory().into(),
            "_INSTANCE" => self.config_id(),
            "_HASH" => "#".into(),
            "_BANG" => "!".into(),
            "_ENV" => {
                let name = reference.arguments.first()?;
                let value = self.files.environment(name);
                if value.is_none() {
                    let text = format!("environment variable {} is not set", shown(name));
                    self.problems.add(Severity::Caution, at, text);
                }
                value.unwrap_or_default()
            }
            "_RANDOM" => self.random(&reference.arguments, at)?.to_string().into(),
            _ => return None,
        })
    }

    /// A number from the first argument (0) to the second (32767).
    fn random(&mut self, arguments: &[Box<str>], at: Pos) -> Option<u64> {
        let number = |index: usize, default| match arguments.get(index) {
            Some(text) => text.parse::<u32>().ok().map(u64::from),
            None => Some(default),
        };
        let bounds = number(0, 0).zip(number(1, 32_767)).filter(|(low, high)| low <= high);
        let Some((low, high)) = bounds else {
            let text = "_RANDOM: accepted: two numbers, the second not below the first";
            self.problems.add(Severity::Error, at, text);
            return None;
        };
        let files = &mut self.files;
        let prng = self.prng.get_or_insert_with(|| Prng::new(files.seed()));
        Some(low + prng.below(high - low + 1))
    }

    /// The directory of the file being read.
    pub(super) fn directory(&self) -> &str {
        let file = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::File(file) => Some(file),
            Frame::Lines(_) | Frame::Repeat(_) => None,
        });
        file.map_or("/", |file| file.directory())
    }

    /// The text with its references replaced, for a place where only one line can stand.
    pub(super) fn substitute_inline(&mut self, text: &[Glyph]) -> Option<Vec<Glyph>> {
        match self.substitute(text) {
            Ok(text) => Some(text),
            Err(_) => {
                let at = text.first().map_or(Pos::default(), |glyph| glyph.at);
                let text = format!("{}: no lines can stand here", shown_glyphs(text));
                self.problems.add(Severity::Error, at, text);
                None
            }
        }
    }
}

impl Source {
    fn left(&self) -> &[Glyph] {
        self.glyphs.get(self.next..).unwrap_or_default()
    }
}
