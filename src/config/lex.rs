//! Characters with their places: lines, comments, quotes, words.

use super::tree::{Pos, Word};

/// A character, where it stands in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// The character.
    pub ch: char,
    /// Its place; that of the reference if a definition put it there.
    pub at: Pos,
}

/// Something in a line that its reader should hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Bytes that are not UTF-8.
    Bytes,
    /// A blank that is none in this language: read as one.
    Blank(char),
    /// A character without width: left out.
    Invisible(char),
    /// A character that looks like one that means something.
    Lookalike(char),
    /// A quote without its end.
    Quote,
}

/// The glyphs of the line of these bytes, without its comment and the blanks at its ends.
///
/// `at` is the place of its first character.
pub fn line(bytes: &[u8], at: Pos, odd: &mut impl FnMut(Pos, Oddity)) -> Vec<Glyph> {
    let mut raw = Vec::with_capacity(bytes.len());
    let mut place = at;
    for chunk in bytes.utf8_chunks() {
        let lossy = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        for ch in chunk.valid().chars().chain(lossy) {
            raw.push(Glyph { ch, at: place });
            place.column = place.column.saturating_add(1);
        }
    }
    let invalid = core::str::from_utf8(bytes).is_err();
    let mut glyphs = without_comment(&raw, invalid, odd);
    let end = glyphs.iter().rposition(|glyph| !is_blank(glyph.ch)).map_or(0, |last| last + 1);
    glyphs.truncate(end);
    let start = glyphs.iter().position(|glyph| !is_blank(glyph.ch)).unwrap_or(0);
    glyphs.drain(..start);
    glyphs
}

/// A line up to its comment, escaped comment signs resolved, odd characters told of.
fn without_comment(raw: &[Glyph], invalid: bool, odd: &mut impl FnMut(Pos, Oddity)) -> Vec<Glyph> {
    let mut kept = Vec::with_capacity(raw.len());
    let mut quote = None;
    let mut rest = raw.iter().peekable();
    let mut told = false;
    while let Some(&glyph) = rest.next() {
        // Once for bytes that stand together.
        let bytes = invalid && glyph.ch == char::REPLACEMENT_CHARACTER;
        if bytes && !told {
            odd(glyph.at, Oddity::Bytes);
        }
        told = bytes;
        if quote.is_some() {
            if glyph.ch == '"' {
                quote = None;
            }
            kept.push(glyph);
            continue;
        }
        match glyph.ch {
            '#' | '!' => break,
            '\\' => match rest.next_if(|next| matches!(next.ch, '#' | '!')) {
                Some(sign) => kept.push(Glyph { ch: sign.ch, at: glyph.at }),
                None => kept.push(glyph),
            },
            '"' => {
                quote = Some(glyph.at);
                kept.push(glyph);
            }
            ch if ch.is_ascii() => kept.push(glyph),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                odd(glyph.at, Oddity::Invisible(glyph.ch));
            }
            ch if ch.is_whitespace() => {
                odd(glyph.at, Oddity::Blank(ch));
                kept.push(Glyph { ch: ' ', at: glyph.at });
            }
            ch => {
                if likeness(ch).is_some() {
                    odd(glyph.at, Oddity::Lookalike(ch));
                }
                kept.push(glyph);
            }
        }
    }
    if let Some(at) = quote {
        odd(at, Oddity::Quote);
    }
    kept
}

/// What a non-ASCII character is easily taken for: its name, and the character meant.
pub fn likeness(ch: char) -> Option<(&'static str, char)> {
    Some(match ch {
        '\u{2010}' => ("hyphen", '-'),
        '\u{2011}' => ("no-break hyphen", '-'),
        '\u{2012}' => ("figure dash", '-'),
        '\u{2013}' => ("en dash", '-'),
        '\u{2014}' => ("em dash", '-'),
        '\u{2015}' => ("horizontal bar", '-'),
        '\u{2212}' => ("minus sign", '-'),
        '\u{2018}' | '\u{2019}' => ("curly quote", '\''),
        '\u{201c}'..='\u{201f}' => ("curly quote", '"'),
        '\u{ff03}' => ("fullwidth number sign", '#'),
        '\u{ff01}' => ("fullwidth exclamation mark", '!'),
        '\u{ff5b}' => ("fullwidth brace", '{'),
        '\u{ff5d}' => ("fullwidth brace", '}'),
        '\u{ff0c}' => ("fullwidth comma", ','),
        '\u{ff1a}' => ("fullwidth colon", ':'),
        _ => return None,
    })
}

/// What separates words.
pub fn is_blank(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}')
}

/// The glyphs without blanks before the first.
pub fn trim_start(glyphs: &[Glyph]) -> &[Glyph] {
    let start = glyphs.iter().position(|glyph| !is_blank(glyph.ch)).unwrap_or(glyphs.len());
    glyphs.get(start..).unwrap_or_default()
}

/// The glyphs without blanks behind the last.
pub fn trim_end(glyphs: &[Glyph]) -> &[Glyph] {
    let end = glyphs.iter().rposition(|glyph| !is_blank(glyph.ch)).map_or(0, |last| last + 1);
    glyphs.get(..end).unwrap_or_default()
}

/// Whether `glyphs` begin with `text`.
pub fn starts_with(glyphs: &[Glyph], text: &str) -> bool {
    let mut have = glyphs.iter();
    text.chars().all(|want| have.next().is_some_and(|glyph| glyph.ch == want))
}

/// The text of these glyphs.
pub fn text(glyphs: &[Glyph]) -> Box<str> {
    glyphs.iter().map(|glyph| glyph.ch).collect::<String>().into()
}

/// Split behind the first brace outside quotes that is not part of a reference (`${…}`).
///
/// The first half ends with the brace, if there is one.
pub fn split_at_brace(glyphs: &[Glyph]) -> (&[Glyph], &[Glyph]) {
    match brace(glyphs) {
        Some(index) => glyphs.split_at(index + 1),
        None => (glyphs, &[]),
    }
}

/// Where the first brace is, outside quotes and references (`${…}`).
fn brace(glyphs: &[Glyph]) -> Option<usize> {
    let mut quoted = false;
    let mut reference = false;
    let mut last = ' ';
    glyphs.iter().position(|glyph| {
        let found = match glyph.ch {
            '"' => {
                quoted = !quoted;
                false
            }
            '{' if last == '$' => {
                reference = true;
                false
            }
            '}' if reference => {
                reference = false;
                false
            }
            '{' | '}' => !quoted,
            _ => false,
        };
        last = glyph.ch;
        found
    })
}

/// A brace, or what stands between two of them.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Words, and all of their text.
    Text(&'a [Glyph]),
    /// `{`.
    Open(Pos),
    /// `}`.
    Close(Pos),
}

/// The next token of a line and what follows it.
pub fn token(glyphs: &[Glyph]) -> Option<(Token<'_>, &[Glyph])> {
    let glyphs = trim_start(glyphs);
    let first = glyphs.first()?;
    match first.ch {
        '{' => return Some((Token::Open(first.at), glyphs.get(1..)?)),
        '}' => return Some((Token::Close(first.at), glyphs.get(1..)?)),
        _ => {}
    }
    let end = brace(glyphs);
    let (own, rest) = glyphs.split_at(end.unwrap_or(glyphs.len()));
    Some((Token::Text(trim_end(own)), rest))
}

/// The words of a text, and the text behind the first of them.
///
/// A quote ends the word before it, and the end of a quote ends the quoted word.
pub fn words(glyphs: &[Glyph]) -> (Vec<Word>, Box<str>) {
    let mut words = Vec::new();
    let mut left = trim_start(glyphs);
    let mut rest = None;
    while let Some(first) = left.first() {
        let quoted = first.ch == '"';
        let body = if quoted { left.get(1..).unwrap_or_default() } else { left };
        let end = body
            .iter()
            .position(|glyph| glyph.ch == '"' || (!quoted && is_blank(glyph.ch)))
            .unwrap_or(body.len());
        let (own, behind) = body.split_at(end);
        words.push(Word { text: text(own), at: first.at, quoted });
        left = trim_start(if quoted { behind.get(1..).unwrap_or_default() } else { behind });
        rest.get_or_insert_with(|| text(left));
    }
    (words, rest.unwrap_or_default())
}

#[cfg(test)]
mod tests;
