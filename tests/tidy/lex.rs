//! Rust text as tokens with their lines: enough grammar for the rules, no more.

/// A word, a sign, or a string with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Part of an item that only a test build has.
    pub(crate) test: bool,
}

/// The text of one line of a comment, its slashes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) text: String,
    /// Line, from 1.
    pub(crate) line: usize,
}

/// The tokens and the comments of a file.
pub(crate) fn lex(text: &str) -> (Vec<Token>, Vec<Comment>) {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1, ..Lexer::default() };
    while lexer.at < lexer.chars.len() {
        lexer.one();
    }
    mark_tests(&mut lexer.tokens);
    (lexer.tokens, lexer.comments)
}

#[derive(Default)]
struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn one(&mut self) {
        match (self.peek(0), self.peek(1)) {
            ('\n', _) => {
                self.line += 1;
                self.at += 1;
            }
            (c, _) if c.is_whitespace() => self.at += 1,
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(0),
            ('r', '"' | '#') if self.raw_string(1) => {}
            ('b' | 'c', 'r') if matches!(self.peek(2), '"' | '#') && self.raw_string(2) => {}
            ('b' | 'c', '"') => self.string(1),
            ('b', '\'') => self.character(1),
            ('\'', _) => self.quote(),
            (c, _) if is_word(c) => self.word(),
            (':', ':') => self.push(2),
            _ => self.push(1),
        }
    }

    /// The next `len` characters are a token.
    fn push(&mut self, len: usize) {
        let end = (self.at + len).min(self.chars.len());
        let text: String = self.chars[self.at..end].iter().collect();
        let lines = text.matches('\n').count();
        self.tokens.push(Token { text, line: self.line, test: false });
        self.line += lines;
        self.at = end;
    }

    fn word(&mut self) {
        let len = self.chars[self.at..].iter().take_while(|c| is_word(**c)).count();
        self.push(len);
    }

    fn line_comment(&mut self) {
        let len = self.chars[self.at..].iter().take_while(|c| **c != '\n').count();
        let text = self.chars[self.at..self.at + len].iter().collect();
        self.comments.push(Comment { text, line: self.line });
        self.at += len;
    }

    fn block_comment(&mut self) {
        let (start, mut depth) = (self.at, 0);
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                break;
            }
        }
        let text: String = self.chars[start..self.at].iter().collect();
        for line in text.split('\n') {
            self.comments.push(Comment { text: line.to_owned(), line: self.line });
            self.line += 1;
        }
        self.line -= 1;
    }

    /// A string whose quote stands `prefix` characters ahead.
    fn string(&mut self, prefix: usize) {
        let mut len = prefix + 1;
        while !matches!(self.peek(len), '"' | '\0') {
            len += if self.peek(len) == '\\' { 2 } else { 1 };
        }
        self.push(len + 1);
    }

    /// A raw string whose first `#` or quote stands `prefix` characters ahead; false if it is none.
    fn raw_string(&mut self, prefix: usize) -> bool {
        let marks = (0..).take_while(|n| self.peek(prefix + n) == '#').count();
        if self.peek(prefix + marks) != '"' {
            return false;
        }
        let mut len = prefix + marks + 1;
        let closes = |lexer: &Self, len: usize| {
            lexer.peek(len) == '"' && (1..=marks).all(|n| lexer.peek(len + n) == '#')
        };
        while !closes(self, len) && self.at + len < self.chars.len() {
            len += 1;
        }
        self.push(len + 1 + marks);
        true
    }

    /// A character or a lifetime.
    fn quote(&mut self) {
        if self.peek(1) == '\\' || self.peek(2) == '\'' {
            self.character(0);
        } else {
            self.push(1);
        }
    }

    fn character(&mut self, prefix: usize) {
        let mut len = prefix + 1;
        while !matches!(self.peek(len), '\'' | '\0') {
            len += if self.peek(len) == '\\' { 2 } else { 1 };
        }
        self.push(len + 1);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Marks what stands under `#[cfg(test)]` or `#[test]`.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        if !starts(&tokens[at..], &["#", "[", "cfg", "(", "test", ")", "]"])
            && !starts(&tokens[at..], &["#", "[", "test", "]"])
        {
            at += 1;
            continue;
        }
        let end = item_end(tokens, at);
        for token in &mut tokens[at..end] {
            token.test = true;
        }
        at = end;
    }
}

/// Whether the tokens begin with these texts.
pub(crate) fn starts(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// The index behind the item that begins at `from`: behind its braces, or its semicolon.
pub(crate) fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            "{" if depth == 0 => return closing(tokens, index) + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The index of the brace that closes the one at `open`.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        lex(text).0.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn strings_and_comments_are_no_words() {
        for (text, want) in [
            ("a::b // c", vec!["a", "::", "b"]),
            ("\"unsafe \\\" {\" x", vec!["\"unsafe \\\" {\"", "x"]),
            ("r#\"a \" b\"# x", vec!["r#\"a \" b\"#", "x"]),
            ("b\"x\" '{' '\\'' 'a x", vec!["b\"x\"", "'{'", "'\\''", "'", "a", "x"]),
            ("/* a /* b */ c */ d", vec!["d"]),
        ] {
            assert_eq!(texts(text), want, "{text}");
        }
    }

    #[test]
    fn a_line_is_counted_through_strings_and_comments() {
        let (tokens, comments) = lex("/* 1\n2 */ a \"\n\n\" b\n// c\n");
        assert_eq!(tokens.iter().map(|token| token.line).collect::<Vec<_>>(), [2, 2, 4]);
        assert_eq!(comments.iter().map(|comment| comment.line).collect::<Vec<_>>(), [1, 2, 5]);
    }

    #[test]
    fn items_of_a_test_build_are_marked() {
        let (tokens, _) = lex("fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\nfn c() {}");
        let of =
            |name: &str| tokens.iter().find(|token| token.text == name).map(|token| token.test);
        assert_eq!((of("a"), of("b"), of("c")), (Some(false), Some(true), Some(false)));
    }
}
