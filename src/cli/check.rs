//! `check` or `-t`: what is wrong with a configuration, whatever machine it is for.

use crate::config::{self, Loaded, Options};
use crate::daemon::disk::Disk;

/// The exit code of a configuration that cannot be read (as keepalived's).
const CANNOT_RUN: u8 = 4;

/// What the check says, with its exit code.
#[derive(Debug)]
pub(super) struct Verdict {
    /// The lines for a person, or the JSON text.
    pub(super) text: String,
    /// 0 nothing, 4 unreadable, 5 problems, 6 insecure scripts.
    pub(super) code: u8,
}

/// How the verdict is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines for a person.
    Lines,
    /// One JSON object.
    Json,
}

/// Check the file.
#[inline(never)] // a daemon shall not keep its frame
pub(super) fn check(file: &str, options: &Options, form: Form) -> Verdict {
    let Loaded { config, mut problems, names, failed, .. } = config::load(file, &mut Disk, options);
    if let Some(error) = failed {
        let reason = error.text();
        let text = match form {
            Form::Lines => format!("{file}: error: {reason}\n"),
            Form::Json => json(file, CANNOT_RUN, "[]", Some(reason)),
        };
        return Verdict { text, code: CANNOT_RUN };
    }
    crate::daemon::note_absent_links(&config, &mut problems);
    let code = problems.exit_code();
    let text = match form {
        Form::Lines => problems.text(&names),
        Form::Json => json(file, code, &problems.json(&names), None),
    };
    Verdict { text, code }
}

fn json(file: &str, code: u8, problems: &str, failed: Option<&str>) -> String {
    let mut out = String::from("{\"file\":");
    config::problem::json_string(&mut out, file);
    out.push_str(&format!(",\"exit\":{code}"));
    if let Some(failed) = failed {
        out.push_str(",\"failed\":");
        config::problem::json_string(&mut out, failed);
    }
    out.push_str(",\"problems\":");
    out.push_str(problems);
    out.push_str("}\n");
    out
}
