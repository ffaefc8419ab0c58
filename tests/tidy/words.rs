//! Words that may stand only in some files, or in none.

use super::lex::{Token, starts};
use super::source::{Found, Source};

/// The files that may hold `unsafe`, each of which says so at its top.
const UNSAFE: [&str; 5] = [
    "src/sys/exec.rs",
    "src/sys/frame.rs",
    "src/sys/heap.rs",
    "src/sys/process.rs",
    "src/sys/rights.rs",
];

/// The files that may hold a feature gate.
const GATES: [&str; 4] = [
    "src/cli/mod.rs",
    "src/config/schema.rs",
    "src/config/words/mod.rs",
    "src/config/words/tests.rs",
];

/// Where a log line may be written: the cores report events.
const LOGS: [&str; 4] = ["cli", "daemon", "main.rs", "sys"];

/// The suites that run the real binary, and so must wait for it.
const SLEEPERS: [&str; 3] = ["tests/interop/", "tests/netns/", "tests/vm/"];

/// What a comment says when it tells of an earlier state: git does that.
const HISTORY: [&str; 12] = [
    "no longer",
    "not any more",
    "anymore",
    "previously",
    "formerly",
    "used to be",
    "now uses",
    "now also",
    "we now",
    "has been changed",
    "old implementation",
    "new implementation",
];

/// Words of tools, in pieces so that a search for them finds no file.
const TOOLS: [[&str; 2]; 9] = [
    ["cl", "aude"],
    ["anth", "ropic"],
    ["chat", "gpt"],
    ["open", "ai"],
    ["cop", "ilot"],
    ["language ", "model"],
    ["ai assis", "tant"],
    ["sub", "agent"],
    ["/wo", "rk/"],
];

/// `unsafe` outside the five files, and one of the five without its mark.
pub(crate) fn unsafe_code(source: &Source) -> Vec<Found> {
    let listed = UNSAFE.contains(&source.path.as_str());
    let has = source.tokens.iter().find(|token| token.text == "unsafe");
    let marked = (0..source.tokens.len()).find(|at| {
        starts(&source.tokens[*at..], &["allow", "(", "unsafe_code"])
            || starts(&source.tokens[*at..], &["expect", "(", "unsafe_code"])
    });
    match (listed, has, marked) {
        (false, Some(token), _) => vec![source.found(token.line, "`unsafe` outside its files")],
        (false, None, Some(at)) => {
            vec![source.found(source.tokens[at].line, "`unsafe_code` allowed outside its files")]
        }
        (true, Some(_), None) => vec![source.found(1, "`#![allow(unsafe_code)]` is missing")],
        _ => Vec::new(),
    }
}

/// A block of `unsafe` that does not say why it is sound.
pub(crate) fn safety(source: &Source) -> Vec<Found> {
    let blocks =
        source.tokens.windows(2).filter(|two| two[0].text == "unsafe" && two[1].text == "{");
    let explained = |line: usize| {
        // The sentence stands in the comment just above the statement of the block.
        source.comments.iter().any(|comment| {
            comment.text.contains("SAFETY:") && comment.line < line && line - comment.line <= 6
        })
    };
    blocks
        .filter(|two| !explained(two[0].line))
        .map(|two| source.found(two[0].line, "`unsafe` without `// SAFETY:`"))
        .collect()
}

/// A feature gate outside the files that may hold one.
pub(crate) fn gates(source: &Source) -> Vec<Found> {
    if GATES.contains(&source.path.as_str()) || !source.path.starts_with("src/") {
        return Vec::new();
    }
    let gate = |two: &&[Token]| two[0].text == "feature" && two[1].text == "=";
    let found = source.tokens.windows(2).filter(gate);
    found.map(|two| source.found(two[0].line, "a feature gate outside its files")).collect()
}

/// `unwrap` in the program.
pub(crate) fn unwraps(source: &Source) -> Vec<Found> {
    let tokens: Vec<&Token> = source.shipped().collect();
    let found = tokens.windows(2).filter(|two| {
        matches!(two[0].text.as_str(), "." | "::")
            && matches!(two[1].text.as_str(), "unwrap" | "unwrap_err" | "unwrap_unchecked")
    });
    found.map(|two| source.found(two[1].line, "`unwrap`: prove it with `expect`")).collect()
}

/// Work that is left for later.
pub(crate) fn unfinished(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    for two in source.tokens.windows(2) {
        let open = matches!(two[0].text.as_str(), "todo" | "unimplemented" | "dbg");
        if open && two[1].text == "!" {
            found.push(source.found(two[0].line, format!("`{}!`", two[0].text)));
        }
    }
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    for (index, line) in source.text.lines().enumerate() {
        if let Some(mark) = words(line).find(|word| marks.contains(word)) {
            found.push(source.found(index + 1, mark));
        }
    }
    found
}

/// A test that waits for the clock although nothing it tests has one.
pub(crate) fn sleeps(source: &Source) -> Vec<Found> {
    if SLEEPERS.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let found = source.tokens.iter().filter(|token| token.test && token.text == "sleep");
    found.map(|token| source.found(token.line, "`sleep` in a test")).collect()
}

/// A type that 32-bit MIPS does not have.
pub(crate) fn atomics(source: &Source) -> Vec<Found> {
    let wide = |token: &&Token| matches!(token.text.as_str(), "AtomicU64" | "AtomicI64");
    let found = source.tokens.iter().filter(wide);
    found.map(|token| source.found(token.line, "a 64-bit atomic, which MIPS lacks")).collect()
}

/// A log line in a pure part.
pub(crate) fn logs(source: &Source) -> Vec<Found> {
    if source.layer().is_none_or(|layer| LOGS.contains(&layer)) {
        return Vec::new();
    }
    let tokens: Vec<&Token> = source.shipped().collect();
    let found = tokens.windows(2).filter(|two| two[0].text == "log" && two[1].text == "::");
    found.map(|two| source.found(two[0].line, "`log` in a pure part: report an event")).collect()
}

/// A comment about what the code was.
pub(crate) fn history(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    for comment in &source.comments {
        let text = comment.text.to_lowercase();
        for phrase in HISTORY.iter().filter(|phrase| has_phrase(&text, phrase)) {
            found.push(source.found(comment.line, format!("`{phrase}`: history is for git")));
        }
    }
    found
}

/// A word about the tools somebody worked with.
pub(crate) fn tools(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let line = line.to_lowercase();
        if let Some(tool) =
            TOOLS.iter().map(|pieces| pieces.concat()).find(|word| line.contains(word))
        {
            found
                .push(source.found(index + 1, format!("`{tool}`: the project alone is spoken of")));
        }
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// Whether `phrase` stands in `text` as whole words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(phrase).any(|(at, _)| {
        edge(text[..at].chars().next_back()) && edge(text[at + phrase.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&Source) -> Vec<Found>;

    #[test]
    fn what_breaks_a_rule_is_found_at_its_line() {
        let table: [(&str, Rule, &str, &str); 17] = [
            ("unsafe", unsafe_code, "src/sys/poll.rs", "\nunsafe { f() }"),
            ("unsafe in a test", unsafe_code, "tests/steady.rs", "\nunsafe { f() }"),
            ("allowed", unsafe_code, "src/sys/poll.rs", "\n#![allow(unsafe_code)]"),
            ("no SAFETY", safety, "src/sys/heap.rs", "// why\nunsafe { f() }"),
            ("gate", gates, "src/vrrp/mod.rs", "\n#[cfg(feature = \"x\")] mod a;"),
            ("gate inside", gates, "src/vrrp/mod.rs", "\n#[cfg(not(feature = \"x\"))] mod a;"),
            ("unwrap", unwraps, "src/daemon/a.rs", "\nx.unwrap();"),
            ("unwrap as a path", unwraps, "src/daemon/a.rs", "\nx.map(Option::unwrap);"),
            ("todo", unfinished, "tests/sim/a.rs", "\ntodo!()"),
            ("a mark", unfinished, "board/a.sh", concat!("\n# TO", "DO: more")),
            ("sleep", sleeps, "tests/sim/main.rs", "\nthread::sleep(x);"),
            ("sleep in a unit", sleeps, "src/a.rs", "\n#[cfg(test)] mod t { fn f() { sleep(x) } }"),
            ("atomic", atomics, "src/sys/heap.rs", "\nstatic A: AtomicU64 = x;"),
            ("log", logs, "src/vrrp/mod.rs", "\nlog::info!(\"x\");"),
            ("log imported", logs, "src/config/a.rs", "\nuse log::warn;"),
            ("history", history, "src/a.rs", "\n/// This is no longer so."),
            ("tools", tools, "README.md", concat!("\nby Cl", "aude")),
        ];
        for (name, rule, path, text) in table {
            let found = rule(&Source::new(path, text));
            assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>(), [2], "{name}");
        }
    }

    #[test]
    fn a_listed_file_must_carry_its_mark() {
        let bare = Source::new("src/sys/heap.rs", "//! A.\n\n// SAFETY: so.\nunsafe { f() }");
        assert_eq!(unsafe_code(&bare).len(), 1);
        let marked = Source::new("src/sys/heap.rs", "#![allow(unsafe_code)]\nunsafe { f() }");
        assert_eq!(unsafe_code(&marked), []);
    }

    #[test]
    fn what_only_looks_like_it_passes() {
        let table: [(&str, Rule, &str, &str); 9] = [
            ("word in a comment", unsafe_code, "src/a.rs", "// unsafe\nf(\"unsafe {\");"),
            ("SAFETY", safety, "src/sys/heap.rs", "// SAFETY: so.\nunsafe { f() }"),
            ("listed gate", gates, "src/config/schema.rs", "#[cfg(feature = \"manual\")]"),
            ("unwrap in a test", unwraps, "src/a.rs", "#[test]\nfn f() { x.unwrap() }"),
            ("unwrap_or", unwraps, "src/a.rs", "x.unwrap_or(1)"),
            ("netns waits", sleeps, "tests/netns/main.rs", "sleep(x)"),
            ("catalog", logs, "src/config/a.rs", "catalog::x(); self.log.y();"),
            ("log in sys", logs, "src/sys/a.rs", "log::info!(\"x\")"),
            ("used to", history, "src/a.rs", "// The table used to send; a new one no longer9."),
        ];
        for (name, rule, path, text) in table {
            assert_eq!(rule(&Source::new(path, text)), [], "{name}");
        }
    }
}
