//! The driver that reads statements into a block.

use core::fmt::Write;

use super::near::near;
use super::{
    AnyField, Args, Block, Fault, Lack, Printer, REFUSED, Row, Secrets, Slot, Status, Table,
};
use crate::config::problem::{Problems, Severity, shown};
use crate::config::tree::{Pos, Stmt, Word};
use crate::config::{value, words};

/// Where the reading stands: what it has to say goes through here.
pub struct Reader<'a> {
    problems: &'a mut Problems,
    /// The words on the way from the top to here, each followed by a colon.
    path: String,
    /// Rows and options whose status has been told, by address.
    told: Vec<usize>,
    /// Inside of something that is not supported: its rows need no telling.
    quiet: bool,
    /// An entry of a list is being read.
    entry: bool,
    /// The row being read has a default worth naming.
    default: bool,
    /// The block being read.
    table: Option<&'static Table>,
    /// Some of its words stand before secrets.
    secrets: bool,
}

impl<'a> Reader<'a> {
    /// At the top.
    pub fn new(problems: &'a mut Problems) -> Self {
        Self {
            problems,
            path: String::new(),
            told: Vec::new(),
            quiet: false,
            entry: false,
            default: false,
            table: None,
            secrets: false,
        }
    }

    /// Report a problem of what is being read.
    pub fn say(&mut self, severity: Severity, at: Pos, what: &str) {
        let mut text = String::with_capacity(self.path.len() + what.len());
        text.push_str(&self.path);
        text.push_str(what);
        self.problems.add(severity, at, text);
    }

    /// Report once that an option is known, yet not supported.
    pub fn later(&mut self, at: Pos, option: &'static str) {
        if !self.quiet {
            let text = join(&["`", option, "` is not supported yet"]);
            self.once(option.as_ptr().addr(), Severity::Note, at, &text);
        }
    }

    fn once(&mut self, what: usize, severity: Severity, at: Pos, text: &str) {
        if !self.told.contains(&what) {
            self.told.push(what);
            self.say(severity, at, text);
        }
    }

    /// Read an entry of a list; whether it gave a value.
    pub fn entry(&mut self, slot: &mut dyn Slot, stmt: &Stmt) -> bool {
        self.no_block(stmt);
        let mut args = Args::entry(stmt);
        let outer = core::mem::replace(&mut self.entry, true);
        let outcome = slot.read(&mut args, self);
        let right = self.judge(outcome, &args, slot);
        self.entry = outer;
        right
    }

    /// Warn if a statement that has no block has one.
    pub fn no_block(&mut self, stmt: &Stmt) {
        if let Some(block) = &stmt.block {
            self.say(Severity::Warning, block.open, "no block is expected; it is skipped");
        }
    }

    /// Say what the words gave, if they gave no value; warn of what is left of them.
    pub fn judge(&mut self, outcome: Result<(), Fault>, args: &Args<'_>, slot: &dyn Slot) -> bool {
        let Err(fault) = outcome else {
            if let Some(junk) = args.peek() {
                let mut accepted = String::new();
                slot.accepts(&mut accepted).expect("a string takes every text");
                let outer = self.secrets;
                self.secrets |= slot.nature().guards;
                self.junk_in(junk.at, &junk.text, &accepted);
                self.secrets = outer;
            }
            return true;
        };
        let last = args.last();
        let mut text = String::new();
        let at = last.map_or(args.at, |word| word.at);
        match (fault, last) {
            (Fault::Said, _) => return false,
            (Fault::Missing, _) | (_, None) => text.push_str("argument missing"),
            (Fault::Bad | Fault::Range, Some(word)) => {
                if !slot.nature().secret && !self.secrets {
                    text.push('`');
                    text.push_str(&shown(&word.text));
                    text.push_str("` is ");
                }
                text.push_str(if fault == Fault::Bad { "not accepted" } else { "out of range" });
            }
        }
        text.push_str("; accepted: ");
        match args.wanted {
            Some(wanted) => value::takes(wanted, &mut text),
            None => slot.accepts(&mut text),
        }
        .expect("a string takes every text");
        if self.default && args.wanted.is_none() {
            text.push_str("; default");
            slot.print(&mut Printer::new(&mut text, Secrets::Hidden));
        }
        self.say(Severity::Error, at, &text);
        false
    }

    /// Warn of a word where nothing is expected.
    pub fn junk(&mut self, at: Pos, word: &str) {
        self.junk_in(at, word, "");
    }

    /// The same where other words would be accepted: the nearest of them, or all, are named.
    fn junk_in(&mut self, at: Pos, word: &str, accepted: &str) {
        // Behind a keyword keepalived overlooks it without a word; in an entry of a list it does
        // not.
        let mut severity = if self.entry { Severity::Warning } else { Severity::Caution };
        let text = match self.table {
            Some(table) if table.chain().any(|table| table.find(word).is_some()) => {
                severity = Severity::Warning;
                join(&["`", word, "` is ignored: a keyword begins a line of its own"])
            }
            // Beside a secret a word that is not known may be one.
            _ if self.secrets => "the rest is ignored: nothing is expected there".into(),
            _ => {
                let is_option =
                    |text: &&str| text.bytes().any(|letter| letter.is_ascii_lowercase());
                let options =
                    accepted.split(|letter: char| !letter.is_ascii() || " []|{}".contains(letter));
                let shown = shown(word);
                match near(word, options.filter(is_option)) {
                    Some(option) => {
                        join(&["`", &shown, "` is ignored; did you mean `", option, "`?"])
                    }
                    None if accepted.contains('[') => {
                        join(&["`", &shown, "` is ignored; accepted: ", accepted])
                    }
                    None => join(&["`", &shown, "` is ignored: nothing is expected there"]),
                }
            }
        };
        self.say(severity, at, &text);
    }

    /// Replace the end of the path: the block has a name.
    fn name(&mut self, slot: &dyn Slot) {
        self.path.truncate(self.path.len().saturating_sub(2));
        slot.print(&mut Printer::new(&mut self.path, Secrets::Hidden));
        self.path.push_str(": ");
    }

    /// Tell once of a word that another build reads.
    fn lacks(&mut self, lack: &Lack, row: Row, at: Pos) {
        let Lack { feature, brings, severity } = *lack;
        let text = join(&[
            "this build has no ",
            brings,
            "; accepted by the build `full`, or by one with the feature `",
            feature,
            "`",
        ]);
        self.once(row.id(), severity, at, &text);
    }

    fn tell(&mut self, row: Row, at: Pos) {
        let what = match row.status() {
            Status::Works => return,
            Status::Later if self.quiet => return,
            Status::Later => "not supported yet",
            Status::Ignored => "accepted; it has no effect here",
        };
        self.once(row.id(), Severity::Note, at, what);
    }

    /// Report a word of the past; the row it is read as, if it is not read as itself.
    fn renamed(&mut self, table: &'static Table, word: &Word) -> Option<(usize, usize)> {
        let (gone, right) = table.old.iter().find(|(gone, _)| **gone == *word.text)?;
        let found = table.find(right);
        let text = if found.is_some() {
            join(&["`", gone, "` is read as `", right, "`, which is the right word"])
        } else if table.find(gone).is_some() {
            join(&["`", gone, "` is deprecated: ", right])
        } else {
            join(&["`", gone, "` is ignored: ", right])
        };
        self.say(Severity::Warning, word.at, &text);
        found
    }

    fn unknown(&mut self, table: &'static Table, stmt: &Stmt) {
        let Word { text, at, .. } = stmt.keyword();
        if self.problems.is_full() {
            return self.say(Severity::Warning, *at, "unknown keyword");
        }
        let whole = text.len();
        let text = words::without_secret(text);
        let words = table.chain().flat_map(Table::rows).flat_map(Row::words);
        let (near, home) = (near(text, words), words::home(text));
        let mut what = String::from("unknown keyword");
        // Beside a secret a word that is nowhere known may be one.
        if !self.secrets || near.is_some() || home.is_some() {
            what += &join(&[" `", &shown(text), if text.len() < whole { "…`" } else { "`" }]);
        }
        if stmt.block.is_some() {
            what += ", its block is skipped";
        }
        match (near, home) {
            (Some(word), _) => what += &join(&["; did you mean `", word, "`?"]),
            (None, Some("")) => what += "; it belongs outside of all blocks",
            (None, Some(home)) => what += &join(&["; it belongs into `", home, "`"]),
            (None, None) => {
                if let Some(odd) = text
                    .chars()
                    .find(|letter| !letter.is_ascii() && *letter != char::REPLACEMENT_CHARACTER)
                {
                    write!(what, "; `{odd}` (U+{:04X}) is not ASCII", u32::from(odd))
                        .expect("a string takes every text");
                }
            }
        }
        self.say(Severity::Warning, *at, &what);
    }
}

/// Read statements into a block.
pub fn read(block: &mut dyn Block, stmts: &[Stmt], reader: &mut Reader<'_>) {
    let outside = (reader.table, reader.secrets);
    reader.table = Some(block.table());
    let secret = |field: &AnyField| field.value.nature().secret;
    reader.secrets = (0..).map_while(|row| block.field(row)).any(secret);
    for stmt in stmts {
        statement(block, stmt, reader);
    }
    (reader.table, reader.secrets) = outside;
}

/// Read a statement that opens a block: its head, then what stands in its braces.
pub fn open(
    block: &mut dyn Block,
    args: &mut Args<'_>,
    reader: &mut Reader<'_>,
) -> Result<(), Fault> {
    block.place().0 = args.at;
    let mut known = true;
    if let Some(head) = block.parts_mut().0 {
        let outcome = head.read(args, reader);
        known = outcome.is_ok();
        if known {
            reader.name(head);
        } else {
            reader.judge(outcome, args, head);
        }
    }
    if let Some(body) = args.block {
        read(block, &body.stmts, reader);
    }
    if known { Ok(()) } else { Err(Fault::Said) }
}

fn statement(block: &mut dyn Block, stmt: &Stmt, reader: &mut Reader<'_>) {
    let table = block.table();
    let word = stmt.keyword();
    let found = table.find(&word.text);
    if found.is_none() && table.base.is_some_and(|base| base.knows(&word.text)) {
        return block.parts_mut().1.into_iter().for_each(|base| statement(base, stmt, reader));
    }
    let renamed = reader.renamed(table, word);
    let found = found.or(renamed);
    let Some((row, alias)) = found else {
        if !table.is_old(&word.text) {
            reader.unknown(table, stmt);
        }
        return;
    };
    let Some((entry, field)) = table.rows().nth(row).zip(block.field_mut(row)) else { return };
    let (depth, quiet) = (reader.path.len(), reader.quiet);
    reader.path.push_str(&word.text);
    reader.path.push_str(": ");
    let nature = field.value.nature();
    if let Some(lack) = nature.lack {
        reader.lacks(lack, entry, word.at);
        reader.path.truncate(depth);
        return;
    }
    reader.tell(entry, word.at);
    reader.quiet |= entry.status() != Status::Works;
    reader.default = entry.has_default() && !field.is_written();
    let again = field.is_written() && !nature.merges;
    if take(&mut field.value, stmt, alias, reader) {
        if again {
            let text = "written before; the last one counts";
            reader.say(Severity::Caution, word.at, text);
        }
        field.at = word.at;
    } else {
        field.at = if field.is_written() { field.at } else { REFUSED };
    }
    reader.path.truncate(depth);
    reader.quiet = quiet;
    reader.default = false;
}

fn take(slot: &mut dyn Slot, stmt: &Stmt, alias: usize, reader: &mut Reader<'_>) -> bool {
    let mut args = Args::of(stmt, alias);
    match (slot.nature().braces, &stmt.block) {
        (true, None) => {
            reader.say(Severity::Error, args.at, "a block in braces is expected");
            return false;
        }
        (false, _) => reader.no_block(stmt),
        _ => {}
    }
    let outcome = slot.read(&mut args, reader);
    reader.judge(outcome, &args, slot)
}

/// Parts in one text.
pub fn join(parts: &[&str]) -> String {
    parts.concat()
}
