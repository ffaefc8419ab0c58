//! Tests of characters, comments, quotes, words.

use super::*;

fn at() -> Pos {
    Pos { file: 0, line: 1, column: 1 }
}

/// The words of a line by `·`, and what is odd.
fn words_of(bytes: &[u8]) -> (String, Vec<(u16, Oddity)>) {
    let mut odd = Vec::new();
    let glyphs = line(bytes, at(), &mut |at, what| odd.push((at.column, what)));
    let (words, _) = words(&glyphs);
    (words.iter().map(|word| &*word.text).collect::<Vec<_>>().join("·"), odd)
}

#[test]
fn a_line_splits_into_words() {
    for (text, want) in [
        ("", ""),
        ("  a\tb  c \r", "a·b·c"),
        ("aa#b c", "aa"),
        ("a !b", "a"),
        ("! Configuration File", ""),
        ("bb\\#c \\!d", "bb#c·!d"),
        ("a\\b \\\\#c", "a\\b·\\#c"),
        ("\"c#c !\" d", "c#c !·d"),
        ("a\"b c\"d e", "a·b c·d·e"),
        ("a \"\" b", "a··b"),
        ("'d e' f", "'d·e'·f"),
        ("\"x\\\"y\"", "x\\·y·"),
        ("é ü#", "é·ü"),
    ] {
        let (words, _) = words_of(text.as_bytes());
        assert_eq!(words, want, "{text}");
    }
}

#[test]
fn what_is_odd_is_told_by_name_unless_it_is_in_quotes_or_a_comment() {
    for (bytes, words, want) in [
        ("a\u{a0}b".as_bytes(), "a·b", vec![(2, Oddity::Blank('\u{a0}'))]),
        ("a\u{3000}b".as_bytes(), "a·b", vec![(2, Oddity::Blank('\u{3000}'))]),
        ("a\u{200b}b".as_bytes(), "ab", vec![(2, Oddity::Invisible('\u{200b}'))]),
        ("a \u{2013}1".as_bytes(), "a·\u{2013}1", vec![(3, Oddity::Lookalike('\u{2013}'))]),
        ("\"\u{a0}\u{2013}\" # \u{a0}".as_bytes(), "\u{a0}\u{2013}", vec![]),
        (b"a \xff", "a·\u{fffd}", vec![(3, Oddity::Bytes)]),
        (b"a # \xff", "a", vec![]),
        (b"a \"b # c", "a·b # c", vec![(3, Oddity::Quote)]),
    ] {
        assert_eq!(words_of(bytes), (words.into(), want));
    }
}

#[test]
fn a_column_counts_characters() {
    let glyphs = line("  é\tvirtual".as_bytes(), at(), &mut |_, _| {});
    let (words, rest) = words(&glyphs);
    let columns: Vec<_> = words.iter().map(|word| word.at.column).collect();
    assert_eq!((columns, &*rest), (vec![3, 5], "virtual"));
}

#[test]
fn the_rest_is_the_text_behind_the_keyword_as_written() {
    for (text, want) in [
        ("script \"a 'b c'\" user", "\"a 'b c'\" user"),
        ("script   a  \\n b # c", "a  \\n b"),
        ("script", ""),
        ("script\"a b\"", "\"a b\""),
    ] {
        let glyphs = line(text.as_bytes(), at(), &mut |_, _| {});
        assert_eq!(&*words(&glyphs).1, want, "{text}");
    }
}

#[test]
fn braces_split_a_line_outside_quotes_and_references() {
    for (text, want) in [
        ("a { b } c", "a {"),
        ("a{b", "a{"),
        ("\"{\" } c", "\"{\" }"),
        ("${x} y { z", "${x} y {"),
        ("a b", "a b"),
    ] {
        let glyphs = line(text.as_bytes(), at(), &mut |_, _| {});
        assert_eq!(&*super::text(split_at_brace(&glyphs).0), want, "{text}");
    }
}
