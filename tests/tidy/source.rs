//! The files the rules are held against.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::lex::{Comment, Token, lex};

/// A file of the project; `tokens` and `comments` are empty unless it is Rust.
pub(crate) struct Source {
    /// Path below the project's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
}

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let rust = path.ends_with(".rs");
        let (mut tokens, comments) = if rust { lex(text) } else { Default::default() };
        if path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/") {
            for token in &mut tokens {
                token.test = true;
            }
        }
        Self { path: path.to_owned(), text: text.to_owned(), tokens, comments }
    }

    pub(crate) fn found(&self, line: usize, text: impl Into<String>) -> Found {
        Found { path: self.path.clone(), line, text: text.into() }
    }

    /// The tokens that are in the program a user runs.
    pub(crate) fn shipped(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| !token.test)
    }

    /// The first folder below `src/`, or the file there: `vrrp`, `main.rs`.
    pub(crate) fn layer(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split('/').next()
    }
}

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files of the project that hold text of ours.
pub(crate) fn all() -> Vec<Source> {
    let mut paths = Vec::new();
    for top in ["src", "tests", "board", "cross", "image", ".ci", ".github"] {
        walk(&root().join(top), &mut paths);
    }
    for top in ["README.md", "Cargo.toml"] {
        paths.push(root().join(top));
    }
    paths.sort();
    paths.iter().filter_map(|path| read(path)).collect()
}

/// The Rust files among them; those behind `#[cfg(test)] mod name;` count as tests.
pub(crate) fn rust() -> Vec<Source> {
    let mut sources = all();
    sources.retain(|source| source.path.ends_with(".rs"));
    let tests: Vec<String> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        let is_test = |prefix: &String| {
            source.path == format!("{prefix}.rs") || source.path.starts_with(&format!("{prefix}/"))
        };
        if tests.iter().any(is_test) {
            source.tokens.iter_mut().for_each(|token| token.test = true);
        }
    }
    sources
}

/// Paths, without `.rs`, of the modules that `source` declares for a test build alone.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = match source.path.strip_suffix("/mod.rs").or(source.path.strip_suffix("/lib.rs")) {
        Some(folder) => folder,
        None => source.path.trim_end_matches(".rs"),
    };
    let declared = source
        .tokens
        .windows(3)
        .filter(|three| three[0].test && three[0].text == "mod" && three[2].text == ";");
    declared.map(|three| format!("{folder}/{}", three[1].text)).collect()
}

fn read(path: &Path) -> Option<Source> {
    let name = path.strip_prefix(root()).ok()?.to_str()?.to_owned();
    // Captures are not text.
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    Some(Source::new(&name, &text))
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != "target" => walk(&path, paths),
            Ok(kind) if kind.is_file() => paths.push(path),
            _ => {}
        }
    }
}
