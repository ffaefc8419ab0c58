//! One word out of a few.

use core::fmt::{self, Write};

use crate::config::schema::{Args, Fault};

/// Make an enum whose variants are words; the first one is its default.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        pub enum $Name:ident {
            $first:literal => $First:ident, $($word:literal => $Variant:ident,)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $Name {
            #[doc = concat!("`", $first, "`")]
            #[default]
            $First,
            $(#[doc = concat!("`", $word, "`")] $Variant,)*
        }
        const _: () = {
            use core::fmt::{self, Write};
            use $crate::config::schema::{Args, Fault, Printer, Reader, Slot};
            const ALL: &[$Name] = &[$Name::$First, $($Name::$Variant),*];
            const WORDS: &[&str] = &[$first, $($word),*];
            impl Slot for $Name {
                fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
                    let index = $crate::config::value::pick(args, WORDS)?;
                    *self = ALL.get(index).copied().ok_or(Fault::Bad)?;
                    Ok(())
                }
                fn print(&self, out: &mut Printer<'_>) {
                    out.text(WORDS.get(*self as usize).copied().unwrap_or_default());
                }
                fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
                    $crate::config::value::offer(WORDS, out)
                }
            }
        };
    };
}
pub(crate) use choice;

/// Which of some words the next one is.
pub fn pick(args: &mut Args<'_>, words: &[&str]) -> Result<usize, Fault> {
    let word = args.need()?;
    words.iter().position(|&known| known == &*word.text).ok_or(Fault::Bad)
}

/// The words with bars between them.
pub fn offer(words: &[&str], out: &mut dyn Write) -> fmt::Result {
    for (index, word) in words.iter().enumerate() {
        out.write_str(if index == 0 { "" } else { " | " })?;
        out.write_str(word)?;
    }
    Ok(())
}
