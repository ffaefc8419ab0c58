//! The shape of a keyword table: `block!`, rows, slots; its drivers stand in `schema/`.

pub mod dump;
pub mod manual;
pub mod near;
pub mod read;

use core::fmt::{self, Write};

use super::problem::Severity;
use super::tree::{self, Pos, Word};
use super::value::Takes;
pub use dump::{Printer, Secrets};
pub use read::Reader;

/// A block of the language with one field per row of its table.
pub trait Block {
    /// What words it has.
    fn table(&self) -> &'static Table;
    /// What it has beside its fields: its head, and the block whose words it shares.
    fn parts(&self) -> Parts<'_>;
    /// The same, to be read.
    fn parts_mut(&mut self) -> PartsMut<'_>;
    /// The field of a row.
    fn field(&self, row: usize) -> Option<&AnyField>;
    /// The same, to be read.
    fn field_mut(&mut self, row: usize) -> Option<&mut AnyField>;
    /// Where the block begins.
    fn place(&mut self) -> &mut Place;
}

/// The head of a block, then the block whose words it shares.
pub type Parts<'a> = (Option<&'a dyn Slot>, Option<&'a dyn Block>);
/// The same, to be read.
pub type PartsMut<'a> = (Option<&'a mut dyn Slot>, Option<&'a mut dyn Block>);
/// A field of any type.
pub type AnyField = Field<dyn Slot>;

/// Where a field stands that was written in a way that gives no value.
pub const REFUSED: Pos = Pos { file: 0, line: 0, column: 1 };

/// A place that does not count when two things are compared: printed in other lines they are the
/// same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place(pub Pos);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A value together with the place where it was written.
#[derive(Clone, Debug)]
pub struct Field<T: ?Sized> {
    /// Its place; line 0 if it was not written, and [`REFUSED`] if that gave no value.
    pub at: Pos,
    /// What was written; else the default.
    pub value: T,
}

impl<T> Field<T> {
    /// A value nobody wrote.
    pub const fn new(value: T) -> Self {
        Self { at: Pos { file: 0, line: 0, column: 0 }, value }
    }

    /// The value if it was written.
    pub fn written(&self) -> Option<&T> {
        if self.is_written() { Some(&self.value) } else { None }
    }

    /// This one if it was written, else the other if that was; else this one's default.
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a T {
        if !self.is_written() && other.is_written() { &other.value } else { &self.value }
    }
}

impl<T: ?Sized> Field<T> {
    /// It was written.
    pub fn is_written(&self) -> bool {
        self.at.line != 0
    }

    /// It was written in ways alone that give no value, which have been reported.
    pub fn is_refused(&self) -> bool {
        self.at == REFUSED
    }
}

impl<T: PartialEq> PartialEq for Field<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_written() == other.is_written() && self.value == other.value
    }
}

/// A kind of value: its grammar, its range, its printed form.
pub trait Slot {
    /// Take the value from the words of a statement; what is left is junk.
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault>;
    /// Write the words that would give this value.
    fn print(&self, out: &mut Printer<'_>);
    /// Say what is accepted.
    fn accepts(&self, out: &mut dyn Write) -> fmt::Result;
    /// What the drivers ask of it, beside its words.
    fn nature(&self) -> Nature {
        Nature::WORDS
    }
}

/// What the drivers ask of a slot, beside its words.
#[derive(Clone, Copy, Debug)]
pub struct Nature {
    /// Which of the row's words stands for its value.
    pub word: u8,
    /// It stands in braces.
    pub braces: bool,
    /// Written again it adds to what there is.
    pub merges: bool,
    /// No message may show it.
    pub secret: bool,
    /// It is a block with secrets: a word before its brace may be one.
    pub guards: bool,
    /// This build has nothing to read it with.
    pub lack: Option<&'static Lack>,
}

impl Nature {
    /// Words behind the keyword; the last ones count.
    pub const WORDS: Self =
        Self { word: 0, braces: false, merges: false, secret: false, guards: false, lack: None };
    /// Entries in braces, or blocks; all of them count.
    pub const BRACES: Self = Self { braces: true, merges: true, ..Self::WORDS };
}

/// A feature that this build was made without.
#[derive(Debug)]
pub struct Lack {
    /// Its name.
    pub feature: &'static str,
    /// What it brings.
    pub brings: &'static str,
    /// How grave it is that it is not there.
    pub severity: Severity,
}

/// Why words give no value. `Bad` and `Range` speak of the word taken last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There are too few words.
    Missing,
    /// The word means nothing here.
    Bad,
    /// The number lies outside the range.
    Range,
    /// The problem has been reported.
    Said,
}

/// The words of a statement on their way into a slot.
pub struct Args<'a> {
    /// Where the statement begins.
    pub at: Pos,
    /// Its arguments.
    pub words: &'a [Word],
    /// The text behind the keyword as written.
    pub rest: &'a str,
    /// What stands in braces.
    pub block: Option<&'a tree::Block>,
    /// Which of the row's words was used.
    pub word: usize,
    /// What the word taken last should have been, if that is less than the slot accepts.
    pub wanted: Option<Takes>,
    taken: usize,
}

impl<'a> Args<'a> {
    /// The arguments of a statement that has a keyword.
    pub fn of(stmt: &'a tree::Stmt, word: usize) -> Self {
        let (at, words) = (stmt.keyword().at, stmt.arguments());
        Self {
            at,
            words,
            rest: &stmt.rest,
            block: stmt.block.as_ref(),
            word,
            wanted: None,
            taken: 0,
        }
    }

    /// The words of a statement that is an entry of a list.
    pub fn entry(stmt: &'a tree::Stmt) -> Self {
        Self { words: &stmt.words, ..Self::of(stmt, 0) }
    }

    /// The next word without taking it.
    pub fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.taken)
    }

    /// Take the next word.
    pub fn pull(&mut self) -> Option<&'a Word> {
        let word = self.peek()?;
        self.taken += 1;
        Some(word)
    }

    /// Take the next word, which there must be.
    pub fn need(&mut self) -> Result<&'a Word, Fault> {
        self.pull().ok_or(Fault::Missing)
    }

    /// Take the next word, which there must be and which should be this.
    pub fn want(&mut self, wanted: Takes) -> Result<&'a Word, Fault> {
        self.wanted = Some(wanted);
        self.need()
    }

    /// Take the next word if it is this one.
    pub fn take(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|word| &*word.text == text);
        self.taken += usize::from(found);
        found
    }

    /// The word taken last.
    pub fn last(&self) -> Option<&'a Word> {
        self.words.get(self.taken.checked_sub(1)?)
    }

    /// Give back so many of the words taken.
    pub fn put_back(&mut self, count: usize) {
        self.taken = self.taken.saturating_sub(count);
    }

    /// Take all that is left.
    pub fn all(&mut self) -> &'a [Word] {
        let left = self.words.get(self.taken..).unwrap_or_default();
        self.taken = self.words.len();
        left
    }
}

/// How far a word is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does what it says.
    Works,
    /// It is read and checked; it will do what it says in a later version.
    Later,
    /// It is accepted and does nothing.
    Ignored,
}

/// One keyword.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// `word alias :Status`, with `=` behind it if there is a default worth naming.
    line: &'static str,
}

impl Row {
    /// Its words; the first one is printed.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        self.parts().0.split_ascii_whitespace()
    }

    /// How far it is supported.
    pub fn status(self) -> Status {
        match self.parts().1.bytes().next() {
            Some(b'W') => Status::Works,
            Some(b'L') => Status::Later,
            _ => Status::Ignored,
        }
    }

    /// It has a default worth naming.
    pub fn has_default(self) -> bool {
        self.line.ends_with('=')
    }

    /// What tells it from all others.
    pub fn id(self) -> usize {
        self.line.as_ptr().addr()
    }

    fn parts(self) -> (&'static str, &'static str) {
        self.line.split_once(':').unwrap_or_default()
    }
}

/// The words of a block. One text holds all rows: a pointer each would be more than the words.
#[derive(Debug)]
pub struct Table {
    /// The word of the block; empty for the top.
    pub name: &'static str,
    /// A line of help for the block, then one for each row; empty without the feature `manual`.
    pub help: &'static str,
    /// The words it shares with other blocks.
    pub base: Option<&'static Self>,
    /// A line for each row.
    pub lines: &'static str,
    /// Words of the past or of mistake, each with the right word, or else with what became of it.
    pub old: &'static [(&'static str, &'static str)],
    /// A block in which nothing is written.
    pub fresh: fn() -> Box<dyn Block>,
}

impl Table {
    /// This table, then those whose words it shares.
    pub fn chain(&'static self) -> impl Iterator<Item = &'static Self> {
        core::iter::successors(Some(self), |table| table.base)
    }

    /// Its own rows.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.lines.lines().map(|line| Row { line })
    }

    /// It is a word of this block, right or not.
    pub fn knows(&'static self, text: &str) -> bool {
        self.chain().any(|table| table.find(text).is_some() || table.is_old(text))
    }

    /// It is a word of the past or of mistake.
    pub fn is_old(&self, text: &str) -> bool {
        self.old.iter().any(|&(gone, _)| gone == text)
    }

    /// The row of a word, and which of the row's words it is.
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        let mut rows = self.rows().enumerate();
        rows.find_map(|(row, entry)| Some((row, entry.words().position(|word| word == text)?)))
    }
}

/// Make a block: a plain struct, its defaults, its table, and the way from a row to its field.
macro_rules! block {
    ($(#[doc = $about:literal])+
     pub struct $Name:ident: $word:literal $(($head:ident: $Head:ty))? $(+ $base:ident: $Base:ty)? {
        $($(#[doc = $help:literal])+
          $($key:literal)|+ => $field:ident: $Type:ty $(= $default:expr)?, $status:ident;)*
     } $(old { $($gone:literal => $right:literal,)* })?) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name {
            #[doc = "Where it begins."] pub at: $crate::config::schema::Place,
            $(#[doc = "What stands behind its word."] pub $head: $Head,)?
            $(#[doc = "The words it shares with other blocks."] pub $base: $Base,)?
            $($(#[doc = $help])+ pub $field: $crate::config::schema::Field<$Type>,)*
        }
        #[allow(unused_imports, non_camel_case_types)] const _: () = {
            use $crate::config::schema::*;
            enum At { $($field),* }
            const FIELDS: &[At] = &[$(At::$field),*];
            impl $Name {
                /// Its words.
                pub const TABLE: &'static Table = &Table {
                    name: $word,
                    help: help(concat!($($about),+, "\n", $($($help,)+ "\n"),*)),
                    base: block!(@some $(<$Base>::TABLE)?),
                    lines: concat!($($($key, " ",)+
                        ":", stringify!($status), $(block!(@mark $default),)? "\n"),*),
                    old: &[$($(($gone, $right)),*)?], fresh: || Box::new(Self::default()),
                };
            }
            impl Default for $Name {
                fn default() -> Self {
                    Self {
                        at: Default::default(),
                        $($head: Default::default(),)? $($base: Default::default(),)?
                        $($field: Field::new(block!(@default $($default)?)),)*
                    }
                }
            }
            impl Block for $Name {
                fn table(&self) -> &'static Table { Self::TABLE }
                fn place(&mut self) -> &mut Place { &mut self.at }
                fn parts(&self) -> Parts<'_> {
                    (block!(@some $(&self.$head)?), block!(@some $(&self.$base)?))
                }
                fn parts_mut(&mut self) -> PartsMut<'_> {
                    (block!(@some $(&mut self.$head)?), block!(@some $(&mut self.$base)?))
                }
                fn field(&self, row: usize) -> Option<&AnyField> {
                    match *FIELDS.get(row)? { $(At::$field => Some(&self.$field),)* }
                }
                fn field_mut(&mut self, row: usize) -> Option<&mut AnyField> {
                    match *FIELDS.get(row)? { $(At::$field => Some(&mut self.$field),)* }
                }
            }
        };
    };
    (@mark $value:expr) => { "=" };
    (@default $value:expr) => { $value }; (@default) => { Default::default() };
    (@some $value:expr) => { Some($value) }; (@some) => { None };
}
pub(crate) use block;

/// A help text, or nothing without the feature `manual`.
pub const fn help(text: &'static str) -> &'static str {
    if cfg!(feature = "manual") { text } else { "" }
}
