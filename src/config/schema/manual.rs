//! The driver that prints the manual of a table.

use core::fmt::{self, Write};

use super::{Printer, Secrets, Status, Table};

/// Print the manual of a block, or of one of its words.
pub fn manual(table: &'static Table, word: Option<usize>, out: &mut dyn Write) -> fmt::Result {
    let fresh = (table.fresh)();
    if word.is_none() {
        out.write_str(if table.name.is_empty() { "(top)" } else { table.name })?;
        if let Some(head) = fresh.parts().0 {
            out.write_str(" <")?;
            head.accepts(out)?;
            out.write_str(">")?;
        }
        let about = table.help.lines().next().unwrap_or_default();
        writeln!(out, "\n   {about}")?;
        if let Some(base) = table.base {
            writeln!(out, "   It has the words of {} as well.", base.name)?;
        }
        out.write_str("\n")?;
    }
    let helps = table.help.lines().skip(1);
    for ((row, entry), help) in table.rows().enumerate().zip(helps) {
        let Some(field) = fresh.field(row).filter(|_| word.is_none_or(|word| word == row)) else {
            continue;
        };
        out.write_str("  ")?;
        for (index, word) in entry.words().enumerate() {
            out.write_str(if index == 0 { "" } else { " | " })?;
            out.write_str(word)?;
        }
        out.write_str("\n     ")?;
        out.write_str(help)?;
        out.write_str("\n      accepted: ")?;
        field.value.accepts(out)?;
        if entry.has_default() {
            out.write_str("; default:")?;
            field.value.print(&mut Printer::new(out, Secrets::Hidden));
        }
        out.write_str(match entry.status() {
            Status::Works => "\n\n",
            Status::Later => "\n      not supported yet\n\n",
            Status::Ignored => "\n      no effect here\n\n",
        })?;
    }
    Ok(())
}
