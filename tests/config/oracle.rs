//! Configurations found in the wild, held against what keepalived says of them.

use std::path::PathBuf;

use holdfast::config::problem::Severity;
use holdfast::config::{Loaded, Options, load};

use crate::disk::Disk;
use crate::words::shared;

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
    let oracle =
        std::fs::read_to_string(corpus.join("ORACLE.tsv")).expect("it is beside the files");
    let mut cases = Vec::new();
    for line in oracle.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, code, _, code_with, messages] = *columns.as_slice() else {
            panic!("five columns: {line}");
        };
        let path = [corpus.join(name), corpus.join("seeds").join(name)];
        let path = path.into_iter().find(|path| path.is_file()).expect("every row has its file");
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
    load(case.path.to_str().expect("the path is text"), &mut Disk, &Options::default())
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

/// Lines where the peer only stumbles over what it had said before: we skip an unknown block whole.
const CASCADES: [(&str, &[u32]); 2] =
    [("005.conf", &[30, 31, 32, 33, 34, 35]), ("080.conf", &[22, 23])];

#[test]
fn a_word_unknown_to_the_peer_is_told() {
    let mut silent = Vec::new();
    for case in cases() {
        let loaded = loaded(&case);
        let ours: Vec<u32> = loaded.problems.sorted().iter().map(|p| p.at.line).collect();
        let cascade = CASCADES.iter().find(|(name, _)| *name == case.name);
        for (line, word) in unknown(&case.messages) {
            let known = cascade.is_some_and(|(_, lines)| lines.contains(&line));
            if !known && !ours.contains(&line) {
                silent.push(format!("{}:{line}: {word}", case.name));
            }
        }
    }
    assert_eq!(silent, [""; 0]);
}

/// The peer looks for scripts on its own machine, where one of the system is missing.
const NO_PIDOF: &str = "068.conf";

#[test]
fn scripts_are_insecure_where_the_peer_says_so() {
    let insecure = |case: &Case| case.messages.contains("SECURITY VIOLATION");
    for case in cases() {
        // Beyond a fatal error the peer says nothing; a wrong interface keeps it from looking.
        let silent = case.codes[1] == "2" || case.messages.contains("Non-existent interface");
        if silent || case.name == NO_PIDOF {
            continue;
        }
        let code = loaded(&case).problems.exit_code();
        assert_eq!(code == 6, insecure(&case), "{}", case.name);
    }
}
