//! Configurations cut off, mutated, glued together: none makes loading panic or hang.

use holdfast::config::source::{File, FileError, Files};
use holdfast::config::{Options, load, words};
use holdfast::prng::Prng;

/// A main file, which any other name is as well.
struct Memory<'a>(&'a [u8]);

impl Files for Memory<'_> {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        match path.len() % 5 {
            0 => Err(FileError::Missing),
            _ => Ok(File { bytes: self.0.into(), mode: 0o644, directory: "/etc".into() }),
        }
    }

    fn list(&mut self, _: &str) -> Box<[Box<str>]> {
        ["a.conf".into(), "b".into()].into()
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        (name.len() > 3).then(|| name.into())
    }

    fn host_name(&mut self) -> Box<str> {
        "main".into()
    }

    fn seed(&mut self) -> u64 {
        7
    }
}

/// Every part of the language at least once.
const WHOLE: &str = include_str!("whole.conf");

/// What is put in at random places.
const SPLINTERS: [&str; 28] = [
    "{",
    "}",
    "\"",
    "#",
    "!",
    "\\\n",
    "\n",
    "\r\n",
    "$A=",
    "$A",
    "${A}",
    "${_RANDOM 1 9}",
    "@main ",
    "@^main ",
    "~SEQ(A,1,9) ",
    "~SEQ(A,9,1) ",
    "~LST({A,B},{1,2},{3,4}) ",
    "include a*\n",
    "includea {x,b}\n",
    "\u{a0}",
    "\u{2013}",
    "\u{0}",
    "4294967296",
    "-1",
    "255.255.255.255/33",
    "fe80::1",
    "vrrp_instance X {\n",
    "\u{feff}",
];

fn served(bytes: &[u8]) {
    let mut files = Memory(bytes);
    let loaded = load("main.conf", &mut files, &Options::default());
    assert!(loaded.problems.text(&loaded.names).len() < 40_000_000);
    let mut text = holdfast::config::read("main.conf", &mut files, &Options::default());
    let root = words::read(&text.stmts, &mut text.problems);
    let mut out = String::new();
    words::dump(&root, words::Secrets::Hidden, &mut out).expect("a string takes every text");
}

#[test]
fn the_whole_language_is_accepted() {
    let loaded = load("main.conf", &mut Memory(WHOLE.as_bytes()), &Options::default());
    assert_eq!(loaded.problems.exit_code(), 0, "{}", loaded.problems.text(&loaded.names));
}

#[test]
fn a_file_cut_off_anywhere_is_read() {
    for end in 0..WHOLE.len() {
        if end % 5 == 0 {
            served(WHOLE.as_bytes().get(..end).expect("it is within"));
        }
    }
}

#[test]
fn ruins_are_read() {
    let mut prng = Prng::new(20_240_601);
    for _ in 0..400 {
        let mut bytes = WHOLE.as_bytes().to_vec();
        for _ in 0..prng.below(12) {
            let at = usize::try_from(prng.below(bytes.len() as u64)).expect("it is an index");
            let splinter = SPLINTERS[usize::try_from(prng.below(28)).expect("it is an index")];
            match prng.below(4) {
                0 => drop(bytes.remove(at)),
                1 => bytes[at] = prng.next().to_le_bytes()[0],
                2 => drop(bytes.splice(at..at, splinter.bytes())),
                _ => {
                    let len = usize::try_from(prng.below(80)).expect("it is an index");
                    let end = (at + len).min(bytes.len());
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        served(&bytes);
    }
}

#[test]
fn bombs_end_soon() {
    for body in [
        "x",
        "vrrp_instance X { priority ${A}",
        "vrrp_instance V${A} { interface e${A} }",
        "include a*",
        "$M",
    ] {
        let text = format!(
            "$M= \\\nvrrp_instance I${{A}} {{ \\\nnopreempt ${{A}} \\\npriority ${{A}} \\\n}}\n\
             $L=${{A}} ${{A}} ${{A}} ${{A}} ${{A}} ${{A}}\n~SEQ(A,1,900000000) {body}\n"
        );
        served(text.as_bytes());
    }
}
