//! The list of boards: each board whole, with its folder, for a target there is.

use super::source::{Found, Source};

const LIST: &str = "board/boards.toml";
const TARGETS: &str = "cross/targets";

/// What is said of every board.
const KEYS: [&str; 14] = [
    "title",
    "openwrt",
    "arch",
    "triple",
    "endian",
    "fpu",
    "flash-mb",
    "ram-mb",
    "features",
    "budget-mini",
    "budget-full",
    "tested",
    "port-lan",
    "port-wan",
];

/// A board, by what the list says of it.
struct Board<'a> {
    name: &'a str,
    line: usize,
    values: Vec<(&'a str, &'a str)>,
}

impl<'a> Board<'a> {
    fn get(&self, key: &str) -> &'a str {
        let found = self.values.iter().find(|(known, _)| *known == key);
        found.map_or("", |(_, value)| value)
    }

    fn number(&self, key: &str) -> u64 {
        self.get(key).parse().unwrap_or(0)
    }
}

fn boards(text: &str) -> Vec<Board<'_>> {
    let mut boards: Vec<Board<'_>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            boards.push(Board { name, line: index + 1, values: Vec::new() });
        } else if let (Some(board), Some((key, value))) = (boards.last_mut(), line.split_once('='))
        {
            board.values.push((key.trim(), value.trim().trim_matches('"')));
        }
    }
    boards.retain(|board| !board.get("triple").is_empty());
    boards
}

/// A board that lacks a value, its folder, or its target; a target without a board.
pub(crate) fn check(sources: &[Source]) -> Vec<Found> {
    let text = |path: &str| sources.iter().find(|source| source.path == path);
    let (Some(list), Some(targets)) = (text(LIST), text(TARGETS)) else { return Vec::new() };
    let targets: Vec<&str> = targets
        .text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let boards = boards(&list.text);
    let mut found = Vec::new();
    for board in &boards {
        let mut tell = |what: String| found.push(list.found(board.line, what));
        for key in KEYS {
            if board.get(key).is_empty() {
                tell(format!("{} has no {key}", board.name));
            }
        }
        let triple = board.get("triple");
        if !targets.contains(&triple) {
            tell(format!("{triple} is none of {TARGETS}"));
        }
        let big = triple.starts_with("mips-");
        if board.get("endian") != if big { "big" } else { "little" } {
            tell(format!("{triple} has the other byte order"));
        }
        if board.number("budget-mini") == 0
            || board.number("budget-mini") > board.number("budget-full")
        {
            tell(format!("{}: the budget of mini is none, or above that of full", board.name));
        }
        let folder = format!("board/{}/", board.name);
        for ending in ["README.md", ".conf"] {
            let has = |source: &Source| {
                source.path.strip_prefix(&folder).is_some_and(|file| file.ends_with(ending))
            };
            if !sources.iter().any(has) {
                tell(format!("{folder} has no {ending}"));
            }
        }
    }
    for target in targets {
        if !boards.iter().any(|board| board.get("triple") == target) {
            found.push(list.found(1, format!("no board is a {target}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(board: &str) -> Vec<Source> {
        vec![
            Source::new(LIST, board),
            Source::new(TARGETS, "# triple\nmips-unknown-linux-musl  mips\n"),
            Source::new("board/a/README.md", ""),
            Source::new("board/a/keepalived.conf", ""),
        ]
    }

    fn whole() -> String {
        let mut text = String::from("[reserve]\ntls = 1\n\n[a]\n");
        for key in KEYS {
            let value = match key {
                "triple" => "mips-unknown-linux-musl",
                "endian" => "big",
                _ => "1",
            };
            text.push_str(&format!("{key} = \"{value}\"\n"));
        }
        text
    }

    #[test]
    fn a_whole_board_is_right() {
        assert_eq!(check(&sources(&whole())), []);
    }

    #[test]
    fn what_a_board_lacks_is_found() {
        for (from, to) in [
            ("title = \"1\"\n", ""),
            ("\"big\"", "\"little\""),
            ("budget-mini = \"1\"", "budget-mini = \"2\""),
            ("[a]", "[b]"),
            ("mips-unknown", "mipsel-unknown"),
        ] {
            assert!(!check(&sources(&whole().replace(from, to))).is_empty(), "{from}");
        }
    }
}
