//! The keyword tables against the list of keywords.

use std::path::PathBuf;

use holdfast::config::schema::{Slot, Table};
use holdfast::config::words::{self, Root};

/// The folder of data beside the project, if it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("HOLDFAST_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let found = named.unwrap_or(beside);
    if found.join("keywords.tsv").exists() {
        return Some(found);
    }
    println!("skipped: no {}", found.display());
    None
}

/// The table of a block, if each word on the way to it is known in the block before.
fn table(path: &str) -> Option<&'static Table> {
    let mut table = Root::TABLE;
    for word in path.split('/').filter(|word| *word != "(top)") {
        slot(table, word, |slot| slot.nature().braces)?.then_some(())?;
        table = words::table(match word {
            "SSL_GET" => "HTTP_GET",
            "vrrp_track_file" => "track_file",
            word => word,
        })?;
    }
    Some(table)
}

/// Ask the slot of a word.
fn slot<T>(table: &'static Table, word: &str, ask: impl FnOnce(&dyn Slot) -> T) -> Option<T> {
    let (table, row) = table.chain().find_map(|t| Some((t, t.find(word)?.0)))?;
    Some(ask(&(table.fresh)().field(row)?.value))
}

/// What is accepted behind a word, as text.
fn accepts(table: &'static Table, word: &str) -> Option<String> {
    slot(table, word, |slot| {
        let mut text = String::new();
        slot.accepts(&mut text).expect("a string takes every text");
        text
    })
}

/// A row of the list of keywords.
struct Keyword<'a> {
    path: &'a str,
    word: &'a str,
    kind: &'a str,
}

impl Keyword<'_> {
    fn is_known(&self) -> bool {
        match self.kind {
            // The lexer's part.
            "syntax" => true,
            "option" | "value" => self.is_option(),
            _ => table(self.path).is_some_and(|table| table.knows(self.word)),
        }
    }

    /// The word is among what the slot or the head of its place accepts.
    fn is_option(&self) -> bool {
        let (block, word) = self.path.rsplit_once('/').unwrap_or(("(top)", self.path));
        let Some(table) = table(block) else { return false };
        let head = words::table(word).map(|inner| {
            let mut text = String::new();
            let fresh = (inner.fresh)();
            fresh.parts().0.map(|head| head.accepts(&mut text));
            text
        });
        let text = accepts(table, word).unwrap_or_default() + &head.unwrap_or_default();
        let word = if self.word == "MAC_ADDRESS" { "WORD" } else { self.word };
        text.split([' ', '[', ']', ',', ';', '|']).any(|part| part.starts_with(word))
    }
}

#[test]
fn every_keyword_of_the_list_is_known_in_its_block() {
    let Some(shared) = shared() else { return };
    let list = std::fs::read_to_string(shared.join("keywords.tsv")).expect("it can be read");
    let mut unknown = Vec::new();
    let mut count = 0;
    for line in list.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, word, _, _, tier, kind, ..] = columns[..] else { panic!("{line}") };
        count += 1;
        if !(Keyword { path, word, kind }).is_known() {
            unknown.push(format!("{tier} {path} {word} ({kind})"));
        }
    }
    assert!(count > 900, "{count} keywords");
    assert_eq!(unknown, [""; 0]);
}
