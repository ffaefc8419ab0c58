//! A command to run, with the user it runs as.

use core::fmt::{self, Write};

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
    /// The command with its arguments, as written between the outer quotes; [`arguments`] splits it.
    pub command: Box<str>,
    /// Whom it runs as.
    pub user: User,
}

impl<const USERS: bool> Slot for Script<USERS> {
    fn read(&mut self, args: &mut Args<'_>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let at = args.need()?.at;
        let (command, left) = command(args.rest);
        args.all();
        if command.trim_ascii().is_empty() {
            return Err(Fault::Missing);
        }
        let mut names = left.split_ascii_whitespace().map(Box::from);
        let mut name = || if USERS { names.next() } else { None };
        self.user = User { user: name(), group: name() };
        self.command = command.into();
        if let Some(junk) = names.next() {
            let at = args.words.iter().find(|word| word.text == junk).map_or(at, |word| word.at);
            reader.junk(at, &junk);
        }
        Ok(())
    }

    fn print(&self, out: &mut Printer<'_>) {
        out.quoted(&self.command);
        self.user.print(out);
    }

    fn accepts(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("\"COMMAND ARGUMENTS\"")?;
        out.write_str(if USERS { " [USER [[:]GROUP]]" } else { "" })
    }
}

/// A command in quotes, without them, or else one word; and what stands behind it.
fn command(text: &str) -> (String, &str) {
    let text = text.trim_ascii();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(text.len());
        let (word, left) = text.split_at(end);
        return (word.replace('"', "\\\""), left);
    };
    let mut escaped = false;
    for (index, letter) in quoted.char_indices() {
        if letter == '"' && !escaped {
            let (command, left) = quoted.split_at(index);
            return (command.into(), left.get(1..).unwrap_or_default());
        }
        escaped = letter == '\\' && !escaped;
    }
    (quoted.into(), "")
}

/// The program and the arguments of a command: blanks part them, quotes of both kinds and backslashes
/// keep blanks together. No shell looks at them.
pub fn arguments(command: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, _) if letter.is_ascii_whitespace() => list.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    list.extend(word);
    list
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
            ("", &[]),
        ] {
            assert_eq!(arguments(command), want, "{command}");
        }
    }
}
