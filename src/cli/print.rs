//! `dump` or `manual`: the language, written out.

use crate::config::problem::Problems;
use crate::config::schema::Secrets;
use crate::config::{self, Options, words};
use crate::daemon::disk::Disk;

/// Print the configuration as it was understood; the exit code is that of `check`, and the problems
/// are the second text.
#[inline(never)] // a daemon shall not keep its frame
pub(super) fn dump(file: &str, options: &Options, secrets: Secrets) -> (String, String, u8) {
    let text = config::read(file, &mut Disk, options);
    if let Some(error) = text.failed {
        return (String::new(), format!("{file}: error: {}\n", error.text()), 4);
    }
    let mut problems: Problems = text.problems;
    let root = words::read(&text.stmts, &mut problems);
    let mut out = String::new();
    let code = match words::dump(&root, secrets, &mut out) {
        Ok(()) => problems.exit_code(),
        Err(_) => 1,
    };
    (out, problems.text(&text.names), code)
}

/// The manual of one word, or of all; the exit code is 1 if there is no such word.
pub(super) fn manual(word: Option<&str>) -> (String, u8) {
    let mut out = String::new();
    let code = match words::manual(word, &mut out) {
        Ok(true) => 0,
        Ok(false) | Err(_) => 1,
    };
    if let Some(word) = word.filter(|_| code != 0) {
        out = format!("there is no word `{}`", config::problem::shown(word));
        if let Some(instead) = words::instead(word) {
            out.push_str(&format!("; instead: {instead}"));
        }
        out.push('\n');
    }
    (out, code)
}
