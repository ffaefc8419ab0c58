//! Configurations found in the wild, held against what keepalived says of them.

use std::path::PathBuf;

use holdfast::config::problem::Severity;
use holdfast::config::{Loaded, Options, load};

use crate::disk::{Disk, shared};

/// A file of the corpus and what keepalived said of it.
struct Case {
    path: PathBuf,
    name: String,
    /// Exit code of `keepalived -t`, then with the interfaces there.
    codes: [String; 2],
    messages: String,
}

fn cases() -> Vec<Case> {
    let Some(shared) = shared() else { return Vec::new() };
    let corpus = shared.join("corpus");
    let oracle = std::fs::read_to_string(corpus.join("ORACLE.tsv")).unwrap();
    let mut cases = Vec::new();
    for line in oracle.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, code, _, code_with, messages] = *columns.as_slice() else {
            panic!("five columns: {line}");
        };
        let path = [corpus.join(name), corpus.join("seeds").join(name)];
        let path = path.into_iter().find(|path| path.is_file()).unwrap();
        cases.push(Case {
            path,
            name: name.into(),
            codes: [code.into(), code_with.into()],
            messages: messages.into(),
        });
    }
    cases
}

fn loaded(case: &Case) -> Loaded {
    load(case.path.to_str().unwrap(), &mut Disk, &Options::default())
}

#[test]
fn what_the_peer_accepts_is_accepted() {
    let mut wrong = 0;
    for case in cases().iter().filter(|case| case.codes.iter().any(|code| code == "0")) {
        let loaded = loaded(case);
        if loaded.problems.worst().is_some_and(|worst| worst >= Severity::Warning) {
            wrong += 1;
            println!("{}: {:?}\n{}", case.name, case.codes, loaded.problems.text(&loaded.names));
        }
    }
    assert_eq!(wrong, 0, "files the peer accepts and we do not, listed above");
}

/// Lines the peer names an unknown keyword in.
fn unknown(messages: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for message in messages.split(" | ") {
        let Some((place, word)) = message.split_once(") Unknown keyword '") else { continue };
        let line = place.rsplit(' ').next().and_then(|line| line.parse().ok());
        found.extend(line.map(|line| (line, word.trim_end_matches('\'').to_string())));
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn a_word_unknown_to_the_peer_is_told() {
    for case in cases() {
        let loaded = loaded(&case);
        let ours: Vec<u32> = loaded.problems.sorted().iter().map(|p| p.at.line).collect();
        for (line, word) in unknown(&case.messages) {
            if !ours.contains(&line) {
                println!("{}:{line}: {word}", case.name);
            }
        }
    }
}

#[test]
fn exit_codes() {
    for case in cases() {
        let loaded = loaded(&case);
        let code = loaded.problems.exit_code().to_string();
        if code != case.codes[1] {
            println!(
                "== {}: ours {code} peer {:?}\n{}  PEER: {}",
                case.name,
                case.codes,
                loaded.problems.text(&loaded.names),
                case.messages
            );
        }
    }
}
