//! A problem: what is wrong where, how grave it is, what would be accepted.

use super::tree::Pos;

/// How grave a problem is, and what it does to the exit code of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong; the reader may want to know: shown as `note`, exit code 0.
    Note,
    /// The text is right, yet its writer should know a risk: shown as `warning`, exit code 0.
    Caution,
    /// Not as its writer may think, or ignored; the rest is used: shown as `warning`, exit code 5.
    Warning,
    /// What was written cannot be used; a reload is refused: shown as `error`, exit code 5.
    Error,
    /// A script is insecure: shown as `error`, exit code 6.
    Script,
}

impl Severity {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Caution | Self::Warning => "warning",
            Self::Error | Self::Script => "error",
        }
    }

    /// What `check` ends with if this is the gravest.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Note | Self::Caution => 0,
            Self::Warning | Self::Error => 5,
            Self::Script => 6,
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How grave.
    pub severity: Severity,
    /// Where.
    pub at: Pos,
    /// Subject first, then what is wrong, then what would be accepted. Never a secret.
    pub text: Box<str>,
}

/// All problems of a configuration, shown in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// By place; at one place in the order they were found.
    list: Vec<Problem>,
    lost: usize,
}

/// Most problems kept: beyond, a person reads no more of them.
const PROBLEMS_MAX: usize = 10_000;
/// Most problems kept of one place.
const PLACE_MAX: usize = 100;

impl Problems {
    /// Add one, unless the same was said of the same place. Control characters in its text are
    /// escaped.
    pub fn add(&mut self, severity: Severity, at: Pos, text: impl Into<Box<str>>) {
        self.insert(Problem { severity, at, text: text.into() });
    }

    fn insert(&mut self, mut problem: Problem) {
        let Problem { severity, at, .. } = problem;
        if problem.text.chars().any(is_unseen) {
            problem.text = shown_long(&problem.text).into();
        }
        let end = self.list.partition_point(|other| other.at <= at);
        let before = self.list.get(..end).unwrap_or_default();
        // A line that is repeated may go wrong each time in another way.
        let same_place = before.iter().rev().take_while(|other| other.at == at).take(PLACE_MAX);
        let mut count = 0;
        for other in same_place {
            if *other == problem {
                return;
            }
            count += 1;
        }
        let crowded = count == PLACE_MAX;
        let full = self.is_full() || crowded;
        if full && severity < Severity::Script {
            self.lost += 1;
            return;
        }
        self.list.insert(end, problem);
    }

    /// Whether as many are kept as there may be: of more, no hint is worth its time.
    pub fn is_full(&self) -> bool {
        self.list.len() >= PROBLEMS_MAX
    }

    /// All of them, by place; at one place in the order they were found.
    pub fn sorted(&self) -> Vec<&Problem> {
        self.list.iter().collect()
    }

    /// The gravest severity.
    pub fn worst(&self) -> Option<Severity> {
        self.list.iter().map(|problem| problem.severity).max()
    }

    /// What `check` ends with: 0, 5 or 6.
    pub fn exit_code(&self) -> u8 {
        self.worst().map_or(0, Severity::exit_code)
    }

    /// A line for each: `file:line:column: severity: text`. `files` are the names by `Pos::file`.
    pub fn text(&self, files: &[Box<str>]) -> String {
        let mut out = String::new();
        self.lines(files, &mut |_, line| {
            out.push_str(line);
            out.push('\n');
        });
        out
    }

    /// The same lines one by one, each with how grave it is.
    pub fn lines(&self, files: &[Box<str>], take: &mut dyn FnMut(Severity, &str)) {
        for Problem { severity, at, text } in &self.list {
            let mut line = shown_long(file_name(files, *at));
            if at.line > 0 {
                line.push_str(&format!(":{}:{}", at.line, at.column));
            }
            line.push_str(&format!(": {}: {text}", severity.word()));
            take(*severity, &line);
        }
        if self.lost > 0 {
            take(Severity::Warning, &format!("{} more problems are not shown", self.lost));
        }
    }

    /// The same as a JSON array of objects with `file`, `line`, `column`, `severity`, `text`.
    pub fn json(&self, files: &[Box<str>]) -> String {
        let mut out = String::from("[");
        for (index, Problem { severity, at, text }) in self.list.iter().enumerate() {
            out.push_str(if index == 0 { "\n  {\"file\": " } else { ",\n  {\"file\": " });
            json_string(&mut out, file_name(files, *at));
            let (line, column, word) = (at.line, at.column, severity.word());
            let place = format!(", \"line\": {line}, \"column\": {column}");
            out.push_str(&place);
            out.push_str(&format!(", \"severity\": \"{word}\", \"text\": "));
            json_string(&mut out, text);
            out.push('}');
        }
        out.push_str(if self.list.is_empty() { "]" } else { "\n]" });
        out
    }
}

/// The name of the file of a place.
fn file_name(files: &[Box<str>], at: Pos) -> &str {
    files.get(usize::from(at.file)).map_or("", |name| name)
}

/// A JSON string (RFC 8259 7).
pub fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ch if ch < ' ' || ch == '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(ch)));
            }
            ch => out.push(ch),
        }
    }
    out.push('"');
}

/// Longest word of the configuration that a message repeats, in characters.
const SHOWN_MAX: usize = 60;

/// A word of the configuration as a message shows it: control characters escaped, cut when long.
pub fn shown(text: &str) -> String {
    let mut out = shown_long(text);
    if let Some((end, _)) = out.char_indices().nth(SHOWN_MAX) {
        out.truncate(end);
        out.push('…');
    }
    out
}

/// A character that moves the cursor, turns the direction of the text, or has no width.
fn is_unseen(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The same, whole.
fn shown_long(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        if is_unseen(ch) {
            out.extend(ch.escape_default());
        } else {
            out.push(ch);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: u16, line: u32) -> Pos {
        Pos { file, line, column: 2 }
    }

    #[test]
    fn no_text_moves_the_cursor() {
        let mut problems = Problems::default();
        problems.add(Severity::Error, at(0, 1), "unknown `a\u{1b}[2J`");
        assert_eq!(problems.text(&["f".into()]), "f:1:2: error: unknown `a\\u{1b}[2J`\n");
    }

    fn three() -> Problems {
        let mut problems = Problems::default();
        problems.add(Severity::Error, at(1, 1), "b \"x\"");
        problems.add(Severity::Note, at(0, 9), "a\\");
        problems.add(Severity::Error, at(1, 1), "b \"x\"");
        problems.add(Severity::Caution, at(1, 1), "c");
        problems
    }

    #[test]
    fn problems_are_told_once_by_place_as_a_line() {
        let files = ["m.conf".into(), "i\n.conf".into()];
        let want = "m.conf:9:2: note: a\\\n\
                    i\\n.conf:1:2: error: b \"x\"\n\
                    i\\n.conf:1:2: warning: c\n";
        assert_eq!(three().text(&files), want);
        assert_eq!(three().exit_code(), 5);
    }

    #[test]
    fn json_is_escaped() {
        let files = ["m.conf".into(), "i\n.conf".into()];
        let json = three().json(&files);
        assert!(json.contains(
            r#"{"file": "m.conf", "line": 9, "column": 2, "severity": "note", "text": "a\\"}"#
        ));
        assert!(json.contains(r#""file": "i\n.conf""#) && json.contains(r#""b \"x\"""#), "{json}");
        assert_eq!(Problems::default().json(&files), "[]");
    }

    #[test]
    fn a_shown_word_is_short_and_printable() {
        assert_eq!(shown("a\u{1b}[2J"), "a\\u{1b}[2J");
        assert_eq!(shown(&"x".repeat(100)).chars().count(), SHOWN_MAX + 1);
    }
}
