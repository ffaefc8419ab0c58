//! A command to run, with the user it runs as.

use core::fmt::{self, Write};
use core::str::Chars;

use crate::config::schema::{Args, Fault, Printer, Reader, Slot};

/// Words behind a command that name whom it runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub user: Option<Box<str>>,
    /// The group; with a colon before it, the supplementary groups count as well.
    pub group: Option<Box<str>>,
}

impl User {
    fn take(args: &mut Args<'_>) -> Self {
        let user = args.pull().map(|word| word.text.clone());
        Self { group: user.as_ref().and(args.pull()).map(|word| word.text.clone()), user }
    }
}

impl Slot for User {
    fn read(&mut self, args: &mut Args<'_>, _: &mut Reader<'_>) -> Result<(), Fault> {
        *self = Self::take(args);
        if self.user.is_some() { Ok(()) } else { Err(Fault::Missing) }
    }

    fn print(&self, out: &mut Printer<'_>) {
        self.user.iter().chain(&self.group).for_each(|name| out.text(name));
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("USER [[:]GROUP]")
    }
}

/// A command and, if `USERS`, the user it runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script<const USERS: bool> {
    /// The command with its arguments; [`arguments`] splits it.
    pub command: Box<str>,
    /// Whom it runs as.
    pub user: User,
}

impl<const USERS: bool> Slot for Script<USERS> {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let at = args.need()?.at;
        args.all();
        let mut rest = args.rest.chars();
        self.command = token(&mut rest).unwrap_or_default().into();
        if self.command.trim_ascii().is_empty() {
            return Err(Fault::Missing);
        }
        let mut name = || token(&mut rest).map(Box::from);
        self.user = User { user: if USERS { name() } else { None }, group: None };
        self.user.group = if USERS { name() } else { None };
        if let Some(junk) = name() {
            let at = args.words.iter().find(|word| word.text == junk).map_or(at, |word| word.at);
            reader.junk(at, &junk);
        }
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.escaped(&self.command);
        for name in self.user.user.iter().chain(&self.user.group) {
            match name.contains(['"', '\\']) {
                true => out.escaped(name),
                false => out.text(name),
            }
        }
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("\"COMMAND ARGUMENTS\"")?;
        out.write_str(if USERS { " [USER [[:]GROUP]]" } else { "" })
    }
}

/// The same, or nothing: then the word itself says enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaybeScript(pub Option<Script<true>>);

impl Slot for MaybeScript {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let mut script = Script::default();
        if args.peek().is_none() {
            self.0 = None;
            return Ok(());
        }
        script.read(args, reader)?;
        self.0 = Some(script);
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        self.0.iter().for_each(|script| script.print(out));
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("nothing, or \"COMMAND ARGUMENTS\" [USER [[:]GROUP]]")
    }
}

/// The program and the arguments of a command. No shell looks at them.
pub fn arguments(command: &str) -> Vec<String> {
    let mut letters = command.chars();
    core::iter::from_fn(|| token(&mut letters)).collect()
}

/// What stands up to a blank: quotes of both kinds keep blanks together, and in them and outside of
/// them a backslash begins a letter as in C, or takes the meaning off one.
fn token(letters: &mut Chars<'_>) -> Option<String> {
    let mut token = None;
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (_, '\\') => token.get_or_insert_with(String::new).extend(escaped(letters)),
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                token.get_or_insert_with(String::new);
            }
            (None, _) if letter.is_ascii_whitespace() => {
                if token.is_some() {
                    break;
                }
            }
            _ => token.get_or_insert_with(String::new).push(letter),
        }
    }
    token
}

/// The letter behind a backslash: `\n`, `\x41`, `\101`, `\cA`, or itself.
fn escaped(letters: &mut Chars<'_>) -> Option<char> {
    let letter = letters.next()?;
    Some(match letter {
        'a' => '\x07',
        'b' => '\x08',
        'e' => '\x1b',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'c' => char::from(u8::try_from(letters.next()?).unwrap_or_default() & 0x1f),
        'x' => char::from(digits(0, 16, 2, letters)),
        '0'..='7' => char::from(digits(letter.to_digit(8)?, 8, 2, letters)),
        _ => letter,
    })
}

/// A byte whose digits go on, at most so many.
fn digits(first: u32, radix: u32, more: usize, letters: &mut Chars<'_>) -> u8 {
    let mut number = first;
    for _ in 0..more {
        let Some(digit) = letters.clone().next().and_then(|c| c.to_digit(radix)) else { break };
        letters.next();
        number = number * radix + digit;
    }
    u8::try_from(number & 0xff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn a_command_is_split_without_a_shell() {
        for (command, want) in [
            ("/bin/a b  c", &["/bin/a", "b", "c"][..]),
            ("/bin/a 'b c' d", &["/bin/a", "b c", "d"]),
            (r"/bin/a b\ c", &["/bin/a", "b c"]),
            ("/bin/a ''", &["/bin/a", ""]),
            ("a && exit 0 || exit 1", &["a", "&&", "exit", "0", "||", "exit", "1"]),
            (r#"/bin/a 'it\'s' "x y" \\ z"#, &["/bin/a", "it's", "x y", "\\", "z"]),
            (r"/bin/a \x41\101b\tc \cA", &["/bin/a", "AAb\tc", "\x01"]),
            ("/bin/a\"b c\"d", &["/bin/ab cd"]),
            ("", &[]),
        ] {
            assert_eq!(arguments(command), want, "{command}");
        }
    }
}
