//! Blocks inside of blocks.

use core::fmt::{self, Write};

use crate::config::schema::{AnyField, Args, Block, Fault, Nature, Printer, Reader, Slot, read};

/// A block there is once; written several times, it is one. Its place is not with the fields beside
/// it: these are built on the stack, and would be large.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct One<T>(pub Box<T>);

impl<T: Block> Slot for One<T> {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        read::open(&mut *self.0, args, reader)
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.block(&*self.0);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("{ a block }")
    }

    fn nature(&self) -> Nature {
        let secret = |field: &AnyField| field.value.nature().secret;
        let guards = (0..).map_while(|row| self.0.field(row)).any(secret);
        Nature { guards, ..Nature::BRACES }
    }
}

/// Blocks of one kind, in the order they were written.
#[derive(Clone, Debug, PartialEq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Block + Default> Slot for Many<T> {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        self.0.push(T::default());
        let block = self.0.last_mut().ok_or(Fault::Said)?;
        let outcome = read::open(block, args, reader);
        if outcome.is_err() {
            self.0.pop();
        }
        outcome
    }

    fn print(&self, out: &mut Printer<'_>) {
        for (index, block) in self.0.iter().enumerate() {
            if index > 0 {
                out.again();
            }
            out.block(block);
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("{ a block }")
    }

    fn nature(&self) -> Nature {
        Nature::BRACES
    }
}
