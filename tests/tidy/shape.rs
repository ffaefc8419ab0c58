//! How a file looks: its first line, its length, its functions.

use super::lex::{closing, item_end, starts};
use super::source::{Found, Source};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 60;
const COMMENT_COLUMNS_MAX: usize = 100;

/// A file of more than 600 lines.
pub(crate) fn file_length(source: &Source) -> Vec<Found> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![source.found(lines, format!("{lines} lines, at most {FILE_LINES_MAX}: split it by noun"))]
}

/// A first line that is not `//!` with one sentence for one job.
pub(crate) fn first_line(source: &Source) -> Vec<Found> {
    let doc = source.text.lines().map_while(|line| line.strip_prefix("//!"));
    let text: Vec<&str> = doc.map(str::trim).collect();
    let text = text.join(" ");
    let sentence = text.split(". ").next().unwrap_or_default();
    if sentence.trim().is_empty() {
        return vec![source.found(1, "the first line is `//!` with what the file is for")];
    }
    if !text.contains(['.', ':', ';']) {
        return vec![source.found(1, "the first sentence has no end")];
    }
    if sentence.split(|c: char| !c.is_alphanumeric()).any(|word| word == "and") {
        return vec![source.found(1, "the first sentence has an `and`: two jobs, two files")];
    }
    Vec::new()
}

/// A function of more than 60 lines.
pub(crate) fn function_length(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, pair) in source.tokens.windows(2).enumerate() {
        let (word, name) = (&pair[0], &pair[1]);
        if word.text != "fn" || !name.text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            continue;
        }
        let end = item_end(&source.tokens, at);
        let last = source.tokens.get(end.saturating_sub(1)).map_or(word.line, |token| token.line);
        let lines = last - word.line + 1;
        if lines > FUNCTION_LINES_MAX {
            let text = format!("{} has {lines} lines, at most {FUNCTION_LINES_MAX}", name.text);
            found.push(source.found(word.line, text));
        }
    }
    found
}

/// A comment beyond the width rustfmt keeps for code.
pub(crate) fn comment_width(source: &Source) -> Vec<Found> {
    let lines: Vec<&str> = source.text.lines().collect();
    let wide = source.comments.iter().filter(|comment| {
        lines.get(comment.line - 1).is_some_and(|line| line.chars().count() > COMMENT_COLUMNS_MAX)
    });
    wide.map(|comment| source.found(comment.line, "a comment beyond column 100")).collect()
}

/// `#[cfg(test)] mod tests {` that is not the end of its file.
pub(crate) fn tests_last(source: &Source) -> Vec<Found> {
    let tokens = &source.tokens;
    let inline = |at: &usize| {
        starts(&tokens[*at..], &["mod", "tests", "{"]) && source.path.starts_with("src/")
    };
    let Some(at) = (0..tokens.len()).find(inline) else { return Vec::new() };
    match tokens.get(closing(tokens, at + 2) + 1) {
        Some(after) => vec![source.found(after.line, "code behind the tests of its file")],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: &[Found]) -> Vec<usize> {
        found.iter().map(|found| found.line).collect()
    }

    #[test]
    fn a_long_file_is_found() {
        let text = |lines: usize| Source::new("src/a.rs", &"\n".repeat(lines));
        assert_eq!(lines(&file_length(&text(601))), [601]);
        assert_eq!(file_length(&text(600)), []);
    }

    #[test]
    fn a_first_line_without_one_sentence_is_found() {
        for (text, want) in [
            ("//! One thing.\n", 0),
            ("//! The kernel. This and that.\n", 0),
            ("//! A rand: one,\n//! two.\n", 0),
            ("// One thing.\n", 1),
            ("\n//! One thing.\n", 1),
            ("//!\n//! One thing\n", 1),
            ("//! One thing and another.\n", 1),
            ("//! One thing,\n//! and another.\n", 1),
            ("//! One thing\n\nuse std::fmt;", 1),
        ] {
            assert_eq!(first_line(&Source::new("src/a.rs", text)).len(), want, "{text}");
        }
    }

    #[test]
    fn a_long_function_is_found() {
        let text = |lines: usize| {
            let body = "    x();\n".repeat(lines - 2);
            format!("type F = fn(u8);\nfn f(a: [u8; 4]) -> T\n{{{body}}}\nfn g();\n")
        };
        assert_eq!(function_length(&Source::new("src/a.rs", &text(60))), []);
        let found = function_length(&Source::new("src/a.rs", &text(61)));
        assert_eq!(lines(&found), [2], "{found:?}");
    }

    #[test]
    fn a_wide_comment_is_found() {
        let wide = format!("\n/// {}\n", "x".repeat(97));
        assert_eq!(lines(&comment_width(&Source::new("src/a.rs", &wide))), [2]);
        let fits = format!("/// {}\nlet x = \"{wide}\";", "ä".repeat(96));
        assert_eq!(comment_width(&Source::new("src/a.rs", &fits)), []);
    }

    #[test]
    fn code_behind_the_tests_is_found() {
        let text = "#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(tests_last(&Source::new("src/a.rs", text)), []);
        let found = tests_last(&Source::new("src/a.rs", &format!("{text}fn f() {{}}")));
        assert_eq!(lines(&found), [4]);
    }
}
