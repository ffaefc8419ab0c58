//! Tests of conditionals, definitions, sequences, inclusion.

use crate::config::Options;
use crate::config::testing::{flat, read};

/// What a text says, and what is wrong with it.
fn said(text: &str) -> (String, String) {
    let text = read(&[("a.conf", text)], &Options::default());
    (flat(&text.stmts), text.problems.text(&text.names))
}

#[test]
fn lines_mean_what_the_peer_reads() {
    for (text, want) in [
        ("@main aa\n@other bb\n@^main cc\n@^other dd\n", "aa / dd"),
        ("@main @^other ee\n@main @other ff\n", "ee"),
        ("@other y { z\nq\n", "q"),
        ("x { @main y\n @other z\n}\n", "x {y}"),
        ("@main $D=1\n@other $D=2\ng${D}\n", "g1"),
        ("$I=@main\n$I priority 240\n$J=@other\n$J priority 1\n", "priority·240"),
        ("$X=val\n$X y\n", "val·y"),
        ("$X=val\na $X\n${X}2 \"${X}\"\n", "a·val / val2·val"),
        ("$X=val\n$Xy\n", "$Xy"),
        ("$UND ${UND} ${U V}\n", "$UND·${UND}·${U·V}"),
        ("$B=10.2.${S}\n$S=0\n${B}.1\n$S=10\n${B}.1\n", "10.2.0.1 / 10.2.10.1"),
        ("$E=$F w\n$F=v\n$E x\n", "v·w·x"),
        ("$A=1 # c\nx${A}y\n$B=a b  \n${B}x\n", "x1y / a·bx"),
        ("$E=\nx${E}y ${E}\n", "xy"),
        ("$E={ f\ng $E\n}\n", "g {f}"),
        ("${_PWD} ${_INSTANCE} ${_HASH}a b${_BANG} ${_ENV SITE}\n", "/etc·main·#a·b!·north"),
        ("x ${_RANDOM 5 5} ${_NONE}\n", "x·5·${_NONE}"),
        ("$M= \\\n  l1 a \\\n l2 b # c\n$M\nfoo $M bar\n", "l1·a / l2·b / foo·l1·a / l2·b·bar"),
        ("$N=one \\\n two\n$N\n", "one / two"),
        ("$M=l1 \\\n\n l2\n$M\n", "l2 / l1"),
        (
            "$R=r ${V}.${N} { \\\n w \\\n}\n$S= \\\ns${V} { \\\n$N=1 \\\n$R \\\n$N=2 \\\n$R \\\n}\n$V=0\n$S\n$V=1\n$S\n",
            "s0 {r·0.1 {w} / r·0.2 {w}} / s1 {r·1.1 {w} / r·1.2 {w}}",
        ),
        ("~SEQ(A,1,3) s$A\n", "s1 / s2 / s3"),
        ("~SEQ(A,1,3) s${A}.x\n", "s1.x / s2.x / s3.x"),
        ("~SEQ(A,2)s${A}\n~SEQ(A,-2) s${A}\n", "s1 / s2 / s-1 / s-2"),
        ("~SEQ(A,5,3) s${A}\n", "s5 / s4 / s3"),
        ("~SEQ(A, 1, 5, 10) t${A}\n", "t1 / t6"),
        (
            "~SEQx(A,8,2,12) x${A}\n~SEQx(A, 0x90, 0x10, 0xb0) y${A}\n",
            "x8 / xa / xc / y90 / ya0 / yb0",
        ),
        ("~SEQ(A,1,2) ~SEQ(B,1,2) x${A}${B}\n", "x11 / x12 / x21 / x22"),
        ("$E=2\n~SEQ(A,1,${E}) x${A} { y${A} }\n", "x1 {y1} / x2 {y2}"),
        ("~LST(V,a,b) l${V}\n", "la / lb"),
        ("~LST( {V, W} , {a , b}, {c,d}) m${V}.${W}\n", "ma.b / mc.d"),
        (
            "~LST({I,J},{10,1},{20,4})  ~SEQ(K,168,2,170) 192.${K}.${I}.${J}\n",
            "192.168.10.1 / 192.170.10.1 / 192.168.20.4 / 192.170.20.4",
        ),
        ("$V= \\\nv${I} { \\\n w ${I} \\\n}\n~SEQ(I,1,2) $V\n", "v1 {w·1} / v2 {w·2}"),
        ("$S=~SEQ(A,1,2)\n$S foo${A}\n", "foo1 / foo2"),
        ("$A=before\n~SEQ(A,1,1) x${A}\n${A}\n", "x1 / before"),
    ] {
        assert_eq!(said(text), (want.into(), String::new()), "{text}");
    }
}

#[test]
fn a_definition_without_a_blank_behind_its_name_stays_and_is_told_of() {
    let (stmts, problems) = said("$X=val\nx $X.1\n");
    assert_eq!(stmts, "x·$X.1");
    let want = "a.conf:2:3: warning: `$X` stays as it is: no blank follows; accepted: ${X}\n";
    assert_eq!(problems, want);
}

#[test]
fn what_never_ends_is_told_where_it_stands() {
    for (text, place, what) in [
        ("$A=${B}\n$B=${A}\nx ${A}\n", "3:3", "A leads to itself"),
        ("$A=$A x\n$A\n", "2:1", "leads to itself"),
        ("$A=${A}${A}\n${A}\n", "2:1", "leads to itself"),
        ("$A= \\\n $A \\\n $A\n$A\n", "2:2", "leads to itself"),
        ("$A={$A\n$A\n", "2:1", "leads to itself"),
        ("~SEQ(A,1,4000000000) x${A}\n", "1:21", "too much text"),
        ("$S=~SEQ(A,1,3) $S\n$S\n", "2:1", "leads to itself"),
        (
            "$A=xxxxxxxxxx\n$B=$A $A $A $A $A $A $A $A $A\n$C=$B $B $B $B $B $B $B $B\n\
          $D=$C $C $C $C $C $C $C $C $C\n$E=$D $D $D $D $D $D $D $D $D\n\
          $F=$E $E $E $E $E $E $E $E $E\n$G=$F $F $F $F $F $F $F\n$H=$G $G $G $G\nx $H $H\n",
            "9:3",
            "too much text",
        ),
    ] {
        let (_, problems) = said(text);
        let line = format!("a.conf:{place}: error: ");
        assert!(problems.starts_with(&line) && problems.contains(what), "{text}: {problems}");
        assert!(problems.lines().count() < 10, "{problems}");
    }
}

#[test]
fn what_cannot_be_repeated_is_an_error_and_left_out() {
    for text in [
        "~SEQ(A,1,0,3) x\n",
        "~SEQ(A,5,1,3) x\n",
        "~SEQ(A) x\n",
        "~SEQ(1,2) x\n",
        "~SEQ(A,x) y\n",
        "~SEQ(A,1 x\n",
        "~LST(A) x\n",
        "~LST({A,B},{1}) x\n",
        "~SEQ(A,+1) x\n",
    ] {
        let (stmts, problems) = said(text);
        assert!(
            stmts.is_empty() && problems.starts_with("a.conf:1:1: error: "),
            "{text}: {problems}"
        );
    }
}

#[test]
fn a_place_is_that_of_the_use_but_in_several_lines_that_of_the_text() {
    let text =
        read(&[("a.conf", "$X=a b\n$M= \\\n  l1 \\\n  l2\nk $X\n$M\n")], &Options::default());
    let at: Vec<_> =
        text.stmts.iter().flat_map(|s| &s.words).map(|w| (w.at.line, w.at.column)).collect();
    assert_eq!(at, [(5, 1), (5, 3), (5, 3), (3, 3), (4, 3)]);
}

#[test]
fn files_are_included_where_they_are_named() {
    let files = [
        (
            "/c/a.conf",
            "a\ninclude d/*.conf\nb { include x\n@main include \"z.conf\"\n include {y,z}.conf\n}\nc\n",
        ),
        ("/c/d/2.conf", "two ${_PWD}\n"),
        ("/c/d/1.conf", "one\ninclude e/f.conf\n"),
        ("/c/d/.no.conf", "hidden\n"),
        ("/c/d/e/f.conf", "deep"),
        ("/c/y.conf", "y"),
        ("/c/z.conf", "z"),
    ];
    let text = read(&files, &Options::default());
    assert_eq!(flat(&text.stmts), "a / two·/c/d / one / deep / b {z / y / z} / c");
    let want = "/c/a.conf:3:13: note: x: no such file to include\n";
    assert_eq!(text.problems.text(&text.names), want);
}

#[test]
fn a_missing_file_is_as_grave_as_its_include_says() {
    for (text, want) in [
        ("include no", "note"),
        ("includer no", "note"),
        ("includem no", "error"),
        ("includem no*", "note"),
        ("includew no*", "error"),
        ("includew no", "error"),
        ("includeb {no,b.conf}", "error"),
        ("includem {no,b.conf}", "note"),
        ("includea no*", "error"),
        ("global_defs {\ninclude_check\n}\ninclude no", "error"),
        ("global_defs {\ninclude_check match\n}\ninclude no", "error"),
        ("global_defs {\ninclude_check +wildcard_match -match\n}\ninclude no", "note"),
        ("include", "error"),
        ("include a.conf", "error"),
    ] {
        let text = read(&[("a.conf", text), ("b.conf", "b")], &Options::default());
        let problems = text.problems.text(&text.names);
        assert!(problems.contains(want) && problems.lines().count() == 1, "{want}: {problems}");
    }
    let all = Options { include_all: true, config_id: None };
    assert_eq!(read(&[("a.conf", "include no*")], &all).problems.exit_code(), 5);
}

#[test]
fn files_that_include_each_other_end() {
    let files =
        [("a.conf", "a\ninclude b.conf"), ("b.conf", "b\ninclude a.conf\ninclude ./b.conf")];
    let text = read(&files, &Options::default());
    assert_eq!(flat(&text.stmts), "a / b");
    assert_eq!(text.problems.exit_code(), 5);
}

#[test]
fn the_checks_of_a_file_end_with_it() {
    let files = [
        ("a.conf", "include b.conf\ninclude no"),
        ("b.conf", "global_defs {\n include_check\n}\n"),
    ];
    assert_eq!(read(&files, &Options::default()).problems.exit_code(), 0);
}

#[test]
fn random_numbers_are_the_same_for_a_seed() {
    let one = "global_defs {\n random_seed 7\n}\nx ${_RANDOM} ${_RANDOM 10 20}\n";
    assert_eq!(said(one), said(one));
    assert_ne!(said(one), said(&one.replace('7', "8")));
}

#[test]
fn a_long_line_of_braces_is_read_in_one_pass() {
    let (_, problems) = said(&"{}".repeat(200_000));
    assert!(problems.contains("without a keyword"));
}
