//! What happened, in lines for people.

use std::collections::VecDeque;
use std::fmt;

use holdfast::machine::Instant;

/// How many lines a failing seed shows.
const LINES_MAX: usize = 60;

/// The last lines, and a sum over all of them.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    lines: VecDeque<String>,
    sum: u64,
}

impl Timeline {
    /// One line: the time, who, what befell him, what he did.
    pub(crate) fn line(&mut self, now: Instant, who: &str, what: &str, did: &str) {
        let seconds = now.total_micros();
        let (whole, part) = (seconds / 1_000_000, seconds % 1_000_000);
        let line = format!("{whole:>6}.{part:06}  {who:<3} {what:<26} {did}");
        // FNV-1a: two runs of one seed must come to the same sum.
        for byte in line.bytes() {
            self.sum = (self.sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// The same for the same lines.
    pub(crate) fn sum(&self) -> u64 {
        self.sum
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
