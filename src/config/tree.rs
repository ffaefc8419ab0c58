//! `Stmt`: every statement has one shape.

mod build;

pub use build::Builder;

/// A place in the configuration's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pos {
    /// Which file, in the order they were read.
    pub file: u16,
    /// Line, from 1; 0 where there is none.
    pub line: u32,
    /// Column in characters, from 1; 0 where there is none. Beyond the last number it is that.
    pub column: u16,
}

/// One word of a statement, as it stands after quotes and definitions are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: Box<str>,
    /// Where it begins.
    pub at: Pos,
    /// It stood in quotes.
    pub quoted: bool,
}

/// One statement: a keyword, its arguments, and perhaps a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stmt {
    /// The keyword and its arguments; never empty.
    pub words: Vec<Word>,
    /// The text behind the keyword as written, definitions resolved and comment removed: what
    /// script values split by their own rules.
    pub rest: Box<str>,
    /// What stands in braces behind it.
    pub block: Option<Block>,
}

/// The statements between two braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where the brace was opened.
    pub open: Pos,
    /// The statements, in order.
    pub stmts: Vec<Stmt>,
}

impl Stmt {
    /// The keyword.
    pub fn keyword(&self) -> &Word {
        self.words.first().expect("a statement has a keyword")
    }

    /// What follows the keyword.
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }
}
