//! Tests of the tree of statements.

use crate::config::Options;
use crate::config::testing::{flat, read};

fn said(text: &str) -> (String, String) {
    let text = read(&[("a", text)], &Options::default());
    (flat(&text.stmts), text.problems.text(&text.names))
}

#[test]
fn braces_stand_anywhere() {
    for (text, want) in [
        ("a { b\nc } d\n", "a {b / c} / d"),
        ("a\n{\nb\n}\n", "a {b}"),
        ("a\n\n# c\n  { b }\n", "a {b}"),
        ("a{b{c}}", "a {b {c}}"),
        ("a { }\nb {}", "a {} / b {}"),
        ("auth { type PASS pass x }", "auth {type·PASS·pass·x}"),
        ("a \"{\" {\nb \"}\"\n}", "a·{ {b·}}"),
        ("a {\r\n b\r\n}\r\n", "a {b}"),
        ("\u{feff}a", "a"),
    ] {
        assert_eq!(said(text), (want.into(), String::new()), "{text}");
    }
}

#[test]
fn a_brace_too_few_or_too_many_is_told_where_it_matters() {
    for (text, stmts, problems) in [
        ("a 1 {\n b\n", "a·1 {b}", "a:1:5: error: a 1: no `}` for the `{` opened here\n"),
        (
            "a {\n b {\n}\n",
            "a {b {}}",
            "a:2:4: error: b: no `}` for the `{` opened here, so that of a at line 1 is not closed\n",
        ),
        ("a {\n b {\n  }\n", "a {b {}}", "a:1:3: error: a: no `}` for the `{` opened here\n"),
        (
            "vrrp_instance A {\n x\nvrrp_instance B {\n y\n}\n",
            "vrrp_instance·A {x} / vrrp_instance·B {y}",
            "a:1:17: error: vrrp_instance A: no `}` for the `{` opened here\n",
        ),
        ("a\n}\nb\n", "a / b", "a:2:1: error: extra `}`: no block is open here\n"),
        (
            "a { b }\n{ c\n d { e } }\nf\n",
            "a {b} / f",
            "a:2:1: error: `{` without a keyword before it: its block is skipped\n",
        ),
    ] {
        assert_eq!(said(text), (stmts.into(), problems.into()), "{text}");
    }
}

#[test]
fn an_unknown_block_keeps_what_is_in_it() {
    assert_eq!(said("foo {\n vrrp_instance A {\n }\n}\nb\n").0, "foo {vrrp_instance·A {}} / b");
}

#[test]
fn blocks_nest_to_a_limit() {
    let (_, problems) = said(&("a {\n".repeat(100_000) + &"}\n".repeat(100_000)));
    assert_eq!(problems, "a:51:3: error: blocks nest deeper than 50: this one is skipped\n");
}

#[test]
fn a_block_ends_in_the_file_it_began_in() {
    let files = [("a", "x {\ninclude b\ny\n}\ninclude c\nz\n"), ("b", "}\n"), ("c", "w {\n v\n")];
    let text = read(&files, &Options::default());
    assert_eq!(flat(&text.stmts), "x {y} / w {v} / z");
    let want = "/etc/b:1:1: error: extra `}`: no block is open here\n\
                /etc/c:1:3: error: w: no `}` for the `{` opened here\n";
    assert_eq!(text.problems.text(&text.names), want);
}
