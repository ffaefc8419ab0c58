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
    list: Vec<Problem>,
}

impl Problems {
    /// Add one, unless the same was said of the same place.
    pub fn add(&mut self, severity: Severity, at: Pos, text: impl Into<Box<str>>) {
        let problem = Problem { severity, at, text: text.into() };
        if !self.list.contains(&problem) {
            self.list.push(problem);
        }
    }

    /// All of them, by place; at one place in the order they were found.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut list: Vec<_> = self.list.iter().collect();
        list.sort_by_key(|problem| problem.at);
        list
    }

    /// The gravest severity.
    pub fn worst(&self) -> Option<Severity> {
        self.list.iter().map(|problem| problem.severity).max()
    }
}
