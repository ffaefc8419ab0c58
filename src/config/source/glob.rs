//! Patterns of file names: `*`, `?`, `[a-z]`, `{a,b}`.

use super::Files;

/// Most names one brace expression expands to.
const EXPANSIONS_MAX: usize = 1000;

/// Whether `pattern` has a wildcard.
pub fn is_wild(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// The patterns that the braces of `pattern` stand for; itself if it has none.
///
/// Braces that do not pair are taken as they stand. At most 1,000 are made.
pub fn braces(pattern: &str) -> Vec<Box<str>> {
    let mut done = Vec::new();
    let mut todo = vec![String::from(pattern)];
    while let Some(next) = todo.pop() {
        let Some((before, choices, after)) = first_braces(&next) else {
            done.push(next.into());
            continue;
        };
        if done.len() + todo.len() + choices.len() > EXPANSIONS_MAX {
            break;
        }
        // The last is taken first from the stack.
        todo.extend(choices.iter().rev().map(|choice| [before, choice, after].concat()));
    }
    done
}

/// What stands before the first pair of braces, its choices, and what stands behind it.
fn first_braces(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let open = pattern.find('{')?;
    let mut depth = 0_usize;
    let mut choices = Vec::new();
    let mut start = open + 1;
    for (index, ch) in pattern.char_indices().skip_while(|&(index, _)| index < open) {
        match ch {
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(pattern.get(start..index)?);
                start = index + 1;
            }
            '}' => {
                depth -= 1;
                if depth == 0 {
                    choices.push(pattern.get(start..index)?);
                    return Some((pattern.get(..open)?, choices, pattern.get(index + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// The paths that match `pattern`, sorted; it may have wildcards in every part.
pub fn paths(pattern: &str, files: &mut dyn Files) -> Vec<Box<str>> {
    let (root, relative) = match pattern.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", pattern),
    };
    let mut found = vec![String::from(root)];
    for part in relative.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for base in found {
            if !is_wild(part) {
                next.push(joined(&base, part));
                continue;
            }
            let directory = if base.is_empty() { "." } else { &base };
            for name in &*files.list(directory) {
                if matches(part, name) {
                    next.push(joined(&base, name));
                }
            }
        }
        found = next;
    }
    found.into_iter().map(Into::into).collect()
}

/// `name` in the directory `base`; an empty base is the working directory.
pub fn joined(base: &str, name: &str) -> String {
    let gap = if base.is_empty() || base.ends_with('/') { "" } else { "/" };
    [base, gap, name].concat()
}

/// A path without `.` and without `name/..`, to compare with another.
pub fn plain(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/').filter(|part| *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && !matches!(*last, "" | "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts
}

/// Whether one part of a path matches: a leading dot must be written.
pub fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go on if what follows the last `*` does not fit.
    let mut again = None;
    loop {
        if let Some('*') = pattern.get(p) {
            again = Some((p, n));
            p += 1;
            continue;
        }
        match (name.get(n), one(pattern.get(p..).unwrap_or_default(), name.get(n).copied())) {
            (Some(_), Some(used)) => {
                p += used;
                n += 1;
                continue;
            }
            (None, _) if p == pattern.len() => return true,
            _ => {}
        }
        match again {
            Some((star, from)) if from < name.len() => {
                again = Some((star, from + 1));
                p = star + 1;
                n = from + 1;
            }
            _ => return false,
        }
    }
}

/// How much of the pattern the character is matched by.
fn one(pattern: &[char], ch: Option<char>) -> Option<usize> {
    let ch = ch?;
    match *pattern.first()? {
        '?' => Some(1),
        '[' => class(pattern, ch),
        '\\' if pattern.len() > 1 => (pattern.get(1) == Some(&ch)).then_some(2),
        plain => (plain == ch).then_some(1),
    }
}

/// The same for a class; one without its end is an ordinary `[`.
fn class(pattern: &[char], ch: char) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let start = if negated { 2 } else { 1 };
    let mut at = start;
    let mut hit = false;
    loop {
        let Some(&low) = pattern.get(at) else {
            return (ch == '[').then_some(1);
        };
        if low == ']' && at > start {
            return (hit != negated).then_some(at + 1);
        }
        let high = pattern.get(at + 2).copied().filter(|&high| high != ']');
        match (pattern.get(at + 1), high) {
            (Some('-'), Some(high)) => {
                hit |= (low..=high).contains(&ch);
                at += 3;
            }
            _ => {
                hit |= low == ch;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_matches_by_the_rules_of_the_shell() {
        for (pattern, name, want) in [
            ("*", "a.conf", true),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("*.conf", "a.conf", true),
            ("*.conf", "a.conf.bak", false),
            ("a*b*c", "aXbYbc", true),
            ("a*b*c", "aXbYb", false),
            ("?.conf", "a.conf", true),
            ("?.conf", "ab.conf", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("**", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn braces_expand_in_the_order_written() {
        for (pattern, want) in [
            ("a", vec!["a"]),
            ("{a,b}.c", vec!["a.c", "b.c"]),
            ("{f/{,cat,dog},bar}", vec!["f/", "f/cat", "f/dog", "bar"]),
            ("{a,b}{1,2}", vec!["a1", "a2", "b1", "b2"]),
            ("a{b", vec!["a{b"]),
        ] {
            let have = braces(pattern);
            assert_eq!(have.iter().map(|path| &**path).collect::<Vec<_>>(), want, "{pattern}");
        }
    }

    #[test]
    fn paths_are_compared_without_detours() {
        for (path, want) in
            [("/a/./b/../c", "/a/c"), ("a/../../c", "../c"), ("/../a", "/../a"), ("./a", "a")]
        {
            assert_eq!(plain(path), plain(want), "{path}");
        }
    }

    #[test]
    fn a_bomb_of_braces_ends() {
        assert!(braces(&"{a,b}".repeat(64)).len() <= EXPANSIONS_MAX);
    }
}
