//! One word out of a few.

use core::fmt::{self, Write};

use crate::config::schema::{Args, Fault};

/// Make an enum whose variants are words; the first one is its default.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        pub enum $Name:ident {
            $first:literal $(| $other:literal)* => $First:ident,
            $($word:literal $(| $alias:literal)* => $Variant:ident,)*
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
            const WORDS: &[&[&str]] =
                &[&[$first $(, $other)*] $(, &[$word $(, $alias)*])*];
            impl Slot for $Name {
                fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
                    let index = $crate::config::value::pick(args, WORDS)?;
                    *self = ALL.get(index).copied().ok_or(Fault::Bad)?;
                    Ok(())
                }
                fn print(&self, out: &mut Printer<'_>) {
                    let words = WORDS.get(*self as usize).copied().unwrap_or_default();
                    out.text(words.first().copied().unwrap_or_default());
                }
                fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
                    $crate::config::value::offer(WORDS, out)
                }
            }
        };
    };
}
pub(crate) use choice;

/// Which of some choices the next word names. A choice may have several words.
pub fn pick(args: &mut Args<'_>, choices: &[&[&str]]) -> Result<usize, Fault> {
    let word = args.need()?;
    choices.iter().position(|words| words.contains(&&*word.text)).ok_or(Fault::Bad)
}

/// The first words of the choices with bars between them.
pub fn offer(choices: &[&[&str]], out: &mut dyn Write) -> fmt::Result {
    for (index, words) in choices.iter().enumerate() {
        out.write_str(if index == 0 { "" } else { " | " })?;
        out.write_str(words.first().copied().unwrap_or_default())?;
    }
    Ok(())
}
