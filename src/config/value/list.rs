//! Lists in braces.

use core::fmt::{self, Write};

use crate::config::schema::{Args, Fault, Nature, Place, Printer, Reader, Slot};

/// Entries in braces, one a line.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Slot + Default> Slot for List<T> {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        for stmt in args.block.map_or(&[][..], |block| &block.stmts) {
            let mut entry = T::default();
            if reader.entry(&mut entry, stmt) {
                self.0.push(entry);
            }
        }
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.open();
        for entry in &self.0 {
            out.entry();
            entry.print(out);
            out.end();
        }
        out.close();
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("{ a line each: ")?;
        T::default().accepts(out)?;
        out.write_str(" }")
    }

    fn nature(&self) -> Nature {
        Nature::BRACES
    }
}

/// Names in braces, any number of them a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names(pub Vec<(Box<str>, Place)>);

impl Slot for Names {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        for stmt in args.block.map_or(&[][..], |block| &block.stmts) {
            self.0.extend(stmt.words.iter().map(|word| (word.text.clone(), Place(word.at))));
            reader.no_block(stmt);
        }
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.open();
        for (name, _) in &self.0 {
            out.entry();
            out.text(name);
            out.end();
        }
        out.close();
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("{ words }")
    }

    fn nature(&self) -> Nature {
        Nature::BRACES
    }
}
