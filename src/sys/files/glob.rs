//! Patterns of file names, by the rules of glob(7), with alternatives in braces.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// The most files one pattern means; what is beyond is left out.
pub const MATCHES_MAX: usize = 4096;

/// The most patterns that the braces of one pattern make; what is beyond is left out.
const ALTERNATIVES_MAX: usize = 256;

/// The files and directories that `pattern` means: for each alternative of its braces in turn, in
/// the order of their bytes. None if nothing matches; a pattern without wildcards means itself if
/// it exists.
///
/// `*` and `?` match no `/`, and no dot at the beginning of a name. A directory that cannot be read
/// counts as empty, as in the C library.
pub fn glob(pattern: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for alternative in alternatives(pattern) {
        found.extend(walk(alternative.as_bytes()));
    }
    found.truncate(MATCHES_MAX);
    found
}

/// Write `a{b,c}d` out as `abd` and `acd`. Braces that do not close stand for themselves;
/// `{}` is nothing, as in the C library.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut todo = vec![pattern.to_string()];
    while let Some(next) = todo.pop() {
        let Some((open, close)) = first_braces(next.as_bytes()) else {
            done.push(next);
            continue;
        };
        if todo.len() + done.len() >= ALTERNATIVES_MAX {
            break;
        }
        let (before, inner, after) = (&next[..open], &next[open + 1..close], &next[close + 1..]);
        // The last is taken first, so the pieces go in from the end.
        for piece in split_at_commas(inner).into_iter().rev() {
            todo.push(format!("{before}{piece}{after}"));
        }
    }
    done.truncate(ALTERNATIVES_MAX);
    done
}

/// Where the first pair of braces opens and closes.
fn first_braces(pattern: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        match byte {
            b'\\' => at += 1,
            b'{' => {
                if let Some(close) = closing_brace(pattern, at) {
                    return Some((at, close));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn closing_brace(pattern: &[u8], open: usize) -> Option<usize> {
    let (mut at, mut depth) = (open, 0_usize);
    while let Some(&byte) = pattern.get(at) {
        match byte {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

fn split_at_commas(inner: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth, mut escaped) = (Vec::new(), 0, 0_usize, false);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                pieces.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&inner[start..]);
    pieces
}

/// Follow the pattern through the directories, one name at a time.
fn walk(pattern: &[u8]) -> Vec<PathBuf> {
    let mut paths: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = pattern;
    loop {
        let slashes = rest.iter().take_while(|&&byte| byte == b'/').count();
        let (lead, tail) = rest.split_at(slashes);
        let len = tail.iter().position(|&byte| byte == b'/').unwrap_or(tail.len());
        let (name, next) = tail.split_at(len);
        for path in &mut paths {
            path.extend_from_slice(lead);
        }
        if !name.is_empty() {
            paths = paths.iter().flat_map(|path| step(path, name)).take(MATCHES_MAX).collect();
        }
        if next.is_empty() {
            break;
        }
        rest = next;
    }
    let mut found: Vec<PathBuf> =
        paths.iter().map(|path| PathBuf::from(OsStr::from_bytes(path))).collect();
    found.retain(|path| !path.as_os_str().is_empty() && path.symlink_metadata().is_ok());
    found.sort();
    found
}

/// `path` and every name in that directory that `pattern` means.
fn step(path: &[u8], pattern: &[u8]) -> Vec<Vec<u8>> {
    let join = |name: &[u8]| [path, name].concat();
    if !pattern.iter().any(|byte| b"*?[".contains(byte)) {
        return vec![join(&unescaped(pattern))];
    }
    let directory = if path.is_empty() { b"." } else { path };
    let Ok(entries) = fs::read_dir(OsStr::from_bytes(directory)) else { return Vec::new() };
    let mut names = Vec::new();
    for entry in entries.flatten().take(MATCHES_MAX) {
        let name = entry.file_name();
        let hidden = name.as_bytes().starts_with(b".") && !pattern.starts_with(b".");
        if !hidden && matches(pattern, name.as_bytes()) {
            names.push(join(name.as_bytes()));
        }
    }
    names
}

fn unescaped(pattern: &[u8]) -> Vec<u8> {
    let (mut name, mut escaped) = (Vec::with_capacity(pattern.len()), false);
    for &byte in pattern {
        escaped = byte == b'\\' && !escaped;
        if !escaped {
            name.push(byte);
        }
    }
    name
}

/// Whether `pattern`, without slashes, means `name`.
///
/// Only the last star is ever taken back, so the time is at most the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut rest) = (pattern, name);
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', after @ ..] = at {
            star = Some((after, rest));
            at = after;
            continue;
        }
        let matched = match (at, rest) {
            ([], []) => return true,
            ([], _) | (_, []) => None,
            (_, &[byte, ref left @ ..]) => one(at, byte).map(|after| (after, left)),
        };
        if let Some(next) = matched {
            (at, rest) = next;
            continue;
        }
        // Let the star take one byte more.
        let Some((after, [_, left @ ..])) = star else { return false };
        star = Some((after, left));
        (at, rest) = (after, left);
    }
}

/// The pattern after its first element, if that means `byte`.
fn one(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    match pattern {
        [b'?', after @ ..] => Some(after),
        [b'\\', literal, after @ ..] => (*literal == byte).then_some(after),
        [b'[', inner @ ..] => match set(inner, byte) {
            Some((true, after)) => Some(after),
            Some((false, _)) => None,
            // A bracket that does not close stands for itself.
            None => (byte == b'[').then_some(inner),
        },
        [literal, after @ ..] => (*literal == byte).then_some(after),
        [] => None,
    }
}

/// Whether the set that begins after its `[` contains `byte`, and what follows the set.
fn set(inner: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match inner {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, inner),
    };
    let (mut found, mut first) = (false, true);
    loop {
        rest = match rest {
            [] => return None,
            [b']', after @ ..] if !first => return Some((found != negated, after)),
            [b'[', b':', after @ ..] => {
                let end = after.windows(2).position(|pair| pair == b":]")?;
                let (class, after) = after.split_at(end);
                found |= class_contains(class, byte);
                after.get(2..)?
            }
            [low, b'-', high, after @ ..] if *high != b']' => {
                found |= (*low..=*high).contains(&byte);
                after
            }
            [b'\\', literal, after @ ..] => {
                found |= *literal == byte;
                after
            }
            [literal, after @ ..] => {
                found |= *literal == byte;
                after
            }
        };
        first = false;
    }
}

fn class_contains(class: &[u8], byte: u8) -> bool {
    match class {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_names_by_the_rules_of_the_shell() {
        let cases = [
            ("*.conf", "a.conf", true),
            ("*.conf", "a.conf~", false),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("?", "a", true),
            ("?", "", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("[]x]", "]", true),
            ("[]x]", "x", true),
            ("[a-]", "-", true),
            ("[[:digit:]]*", "1st", true),
            ("[[:digit:]]*", "first", false),
            ("[[:nonsense:]]", "n", false),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("[", "[", true),
            ("[a", "[a", true),
            ("***", "", true),
            ("", "", true),
            ("", "x", false),
        ];
        for (pattern, name, want) in cases {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), want, "{pattern} {name}");
        }
    }

    #[test]
    fn braces_are_written_out_in_order() {
        let cases: [(&str, &[&str]); 8] = [
            ("a", &["a"]),
            ("{b,a}", &["b", "a"]),
            ("x{1,2}y{3,4}", &["x1y3", "x1y4", "x2y3", "x2y4"]),
            ("{a,{b,c}d}e", &["ae", "bde", "cde"]),
            ("{,x}", &["", "x"]),
            ("a{}", &["a"]),
            ("{a", &["{a"]),
            ("\\{a,b}", &["\\{a,b}"]),
        ];
        for (pattern, want) in cases {
            assert_eq!(alternatives(pattern), want, "{pattern}");
        }
    }

    #[test]
    fn a_flood_of_alternatives_has_an_end() {
        assert!(alternatives(&"{a,b}".repeat(64)).len() <= ALTERNATIVES_MAX);
        let stars = "*a".repeat(50);
        assert!(!matches(stars.as_bytes(), "a".repeat(49).as_bytes()));
    }

    #[test]
    fn files_are_found_sorted_and_hidden_ones_by_their_dot_alone() {
        let dir = std::env::temp_dir().join(format!("holdfast-glob-{}", std::process::id()));
        let conf = dir.join("conf.d");
        fs::create_dir_all(&conf).unwrap();
        for name in ["b.conf", "a.conf", ".hidden.conf", "c.txt", "st*r"] {
            fs::write(conf.join(name), "").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let pattern = format!("{}/{pattern}", dir.display());
            let strip = |path: PathBuf| path.strip_prefix(&dir).unwrap().display().to_string();
            glob(&pattern).into_iter().map(strip).collect()
        };
        let cases: [(&str, &[&str]); 10] = [
            ("conf.d/*.conf", &["conf.d/a.conf", "conf.d/b.conf"]),
            ("*/*.conf", &["conf.d/a.conf", "conf.d/b.conf"]),
            ("conf.d/.*.conf", &["conf.d/.hidden.conf"]),
            ("conf.d/{c.txt,a.conf}", &["conf.d/c.txt", "conf.d/a.conf"]),
            ("conf.d/a.conf", &["conf.d/a.conf"]),
            ("conf.d/none*", &[]),
            ("conf.d/none", &[]),
            ("none/*", &[]),
            ("conf.d/st\\*r", &["conf.d/st*r"]),
            ("conf.d//a*", &["conf.d//a.conf"]),
        ];
        for (pattern, want) in cases {
            assert_eq!(names(pattern), want, "{pattern}");
        }
        fs::remove_dir_all(&dir).unwrap();
    }
}
