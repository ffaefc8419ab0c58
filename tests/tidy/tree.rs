//! Which files there are: the top level, the test suites, the modules.

use super::source::{Found, Source};

/// What stands at the top level.
const TOP: [&str; 14] = [
    ".ci",
    ".cargo",
    ".clippy.toml",
    ".github",
    ".gitignore",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "board",
    "cross",
    "image",
    "src",
];

/// What is there too, yet not kept: git's own, and what is built; and the tests.
const BESIDE: [&str; 3] = [".git", "target", "tests"];

/// Names at the top level that nobody agreed on.
pub(crate) fn top_level(names: &[String]) -> Vec<Found> {
    let known = |name: &str| TOP.contains(&name) || BESIDE.contains(&name);
    let strange = names.iter().filter(|name| !known(name));
    strange.map(|name| at_manifest(format!("{name} does not belong at the top level"))).collect()
}

/// A suite without its file, and a file in `tests/` that no suite builds.
pub(crate) fn suites(manifest: &str, paths: &[String]) -> Vec<Found> {
    let named: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"'))
        .filter(|path| path.starts_with("tests/"))
        .collect();
    let mut found = Vec::new();
    for path in &named {
        if !paths.iter().any(|known| known == path) {
            found.push(at_manifest(format!("{path} is named but not there")));
        }
    }
    for path in paths {
        let below = path.strip_prefix("tests/").unwrap_or_default();
        let root = match below.split('/').collect::<Vec<_>>()[..] {
            [file] => file.ends_with(".rs"),
            [_, file] => file == "main.rs",
            _ => false,
        };
        if root && !named.contains(&path.as_str()) {
            found.push(at_manifest(format!("{path} is there but no [[test]] names it")));
        }
    }
    found
}

/// A file that no `mod` names, so that nobody compiles it.
pub(crate) fn orphans(sources: &[Source]) -> Vec<Found> {
    let mut found = Vec::new();
    for source in sources {
        let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
        if matches!(file, "main.rs" | "lib.rs") || folder == "tests" {
            continue;
        }
        let (parent, name) = match file {
            "mod.rs" => folder.rsplit_once('/').unwrap_or(("", folder)),
            _ => (folder, file.trim_end_matches(".rs")),
        };
        let roots = [
            format!("{parent}/mod.rs"),
            format!("{parent}/lib.rs"),
            format!("{parent}/main.rs"),
            format!("{parent}.rs"),
        ];
        let quoted = format!("\"{file}\"");
        let names = |other: &Source| {
            let beside = other.path.rsplit_once('/').is_some_and(|(other, _)| other == folder);
            other.tokens.windows(3).any(|three| match three[0].text.as_str() {
                "mod" => {
                    roots.contains(&other.path) && three[1].text == name && three[2].text == ";"
                }
                "path" => beside && three[2].text == quoted,
                _ => false,
            })
        };
        if !sources.iter().any(names) {
            found.push(source.found(1, "no `mod` names this file"));
        }
    }
    found
}

fn at_manifest(text: String) -> Found {
    Found { path: "Cargo.toml".to_owned(), line: 1, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_strange_name_at_the_top_is_found() {
        for name in ["build.rs", "docs", "xtask", "core"] {
            assert_eq!(top_level(&owned(&["src", name, ".git"])).len(), 1, "{name}");
        }
        assert_eq!(top_level(&owned(&["src", "tests", "target"])), []);
    }

    #[test]
    fn a_suite_without_its_file_is_found() {
        let manifest = "[[test]]\nname = \"sim\"\npath = \"tests/sim/main.rs\"\n";
        assert_eq!(suites(manifest, &owned(&["tests/sim/main.rs", "tests/sim/a.rs"])), []);
        assert_eq!(suites(manifest, &owned(&["tests/sim/a.rs"])).len(), 1);
        assert_eq!(suites(manifest, &owned(&["tests/sim/main.rs", "tests/a.rs"])).len(), 1);
        assert_eq!(suites(manifest, &owned(&["tests/sim/main.rs", "tests/b/main.rs"])).len(), 1);
    }

    #[test]
    fn a_file_without_a_mod_is_found() {
        let root = Source::new("src/lib.rs", "pub mod vrrp;\n#[path = \"b_off.rs\"]\nmod b;");
        let below = Source::new("src/vrrp/mod.rs", "mod router;");
        let file = |path: &str| Source::new(path, "");
        let tree =
            [root, below, file("src/vrrp/router.rs"), file("src/b.rs"), file("src/b_off.rs")];
        assert_eq!(orphans(&tree), []);
        let lost = [file("src/lib.rs"), file("src/a.rs"), file("src/c/mod.rs")];
        assert_eq!(orphans(&lost).len(), 2);
    }
}
