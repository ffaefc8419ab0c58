//! What one load asked for, kept so that another process can load the very same.

use super::{File, FileError, Files};

/// The answers to the questions of a load, and the outside that gives those still missing.
///
/// Its text ([`Archive::text`]) crosses to another process, where [`Archive::parse`] makes an
/// archive that answers alike; what was not asked before is then missing.
#[derive(Default)]
pub struct Archive<'a> {
    outside: Option<&'a mut dyn Files>,
    entries: Vec<Entry>,
}

/// An answer: its kind, the question, and the answer as bytes.
struct Entry {
    kind: Kind,
    question: Box<str>,
    answer: Box<[u8]>,
}

/// The kinds of answers, by the letter they have in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    FileError,
    List,
    Set,
    Unset,
    Host,
    Seed,
}

/// The kinds and their letters.
const KINDS: [(Kind, u8); 7] = [
    (Kind::File, b'f'),
    (Kind::FileError, b'x'),
    (Kind::List, b'l'),
    (Kind::Set, b'e'),
    (Kind::Unset, b'u'),
    (Kind::Host, b'h'),
    (Kind::Seed, b's'),
];

/// The reasons why a file cannot be read and their letters.
const ERRORS: [(FileError, u8); 4] = [
    (FileError::Missing, b'm'),
    (FileError::Directory, b'd'),
    (FileError::Executable, b'x'),
    (FileError::Unreadable, b'u'),
];

impl<'a> Archive<'a> {
    /// An archive that asks `outside` and keeps what it answers.
    pub fn new(outside: &'a mut dyn Files) -> Self {
        Self { outside: Some(outside), entries: Vec::new() }
    }

    /// All answers: for each a line with its kind and two lengths, then question and answer.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for entry in &self.entries {
            let letter = KINDS.iter().find(|(kind, _)| *kind == entry.kind);
            text.push(letter.map_or(b'?', |(_, letter)| *letter));
            let sizes = format!(" {} {}\n", entry.question.len(), entry.answer.len());
            text.extend_from_slice(sizes.as_bytes());
            text.extend_from_slice(entry.question.as_bytes());
            text.extend_from_slice(&entry.answer);
            text.push(b'\n');
        }
        text
    }

    /// The archive of this text; `None` if it is none.
    pub fn parse(mut text: &[u8]) -> Option<Self> {
        let mut entries = Vec::new();
        while !text.is_empty() {
            let end = text.iter().position(|&byte| byte == b'\n')?;
            let (head, rest) = text.split_at(end);
            let mut head = core::str::from_utf8(head).ok()?.split(' ');
            let letter = head.next()?.as_bytes();
            let (kind, _) = KINDS.iter().find(|(_, known)| letter == [*known])?;
            let question_len: usize = head.next()?.parse().ok()?;
            let answer_len: usize = head.next()?.parse().ok()?;
            let (question, rest) = rest.get(1..)?.split_at_checked(question_len)?;
            let (answer, rest) = rest.split_at_checked(answer_len)?;
            entries.push(Entry {
                kind: *kind,
                question: core::str::from_utf8(question).ok()?.into(),
                answer: answer.into(),
            });
            text = rest.strip_prefix(b"\n")?;
        }
        Some(Self { outside: None, entries })
    }

    fn find(&self, kinds: [Kind; 2], question: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| kinds.contains(&entry.kind) && *entry.question == *question)
    }

    fn keep(&mut self, kind: Kind, question: &str, answer: impl Into<Box<[u8]>>) {
        self.entries.push(Entry { kind, question: question.into(), answer: answer.into() });
    }
}

/// A file as the answer of an entry: mode, directory, bytes.
fn file_text(file: &File) -> Vec<u8> {
    let mut text = format!("{:o} {}\n", file.mode, file.directory.len()).into_bytes();
    text.extend_from_slice(file.directory.as_bytes());
    text.extend_from_slice(&file.bytes);
    text
}

/// The file of such an answer.
fn file_of(answer: &[u8]) -> Option<File> {
    let end = answer.iter().position(|&byte| byte == b'\n')?;
    let (mode, len) = core::str::from_utf8(answer.get(..end)?).ok()?.split_once(' ')?;
    let (directory, bytes) = answer.get(end + 1..)?.split_at_checked(len.parse().ok()?)?;
    Some(File {
        bytes: bytes.into(),
        mode: u32::from_str_radix(mode, 8).ok()?,
        directory: core::str::from_utf8(directory).ok()?.into(),
    })
}

impl Files for Archive<'_> {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        if let Some(entry) = self.find([Kind::File, Kind::FileError], path) {
            if entry.kind == Kind::File {
                return file_of(&entry.answer).ok_or(FileError::Unreadable);
            }
            let error = ERRORS.iter().find(|(_, letter)| entry.answer.first() == Some(letter));
            return Err(error.map_or(FileError::Unreadable, |(error, _)| *error));
        }
        let answer = match &mut self.outside {
            Some(outside) => outside.read(path),
            None => Err(FileError::Missing),
        };
        match &answer {
            Ok(file) => self.keep(Kind::File, path, file_text(file)),
            Err(error) => {
                let letter = ERRORS.iter().find(|(known, _)| known == error);
                self.keep(Kind::FileError, path, [letter.map_or(b'u', |(_, letter)| *letter)]);
            }
        }
        answer
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        if let Some(entry) = self.find([Kind::List; 2], directory) {
            let names = entry.answer.split(|&byte| byte == 0).filter(|name| !name.is_empty());
            return names.map(|name| String::from_utf8_lossy(name).into()).collect();
        }
        let names = self.outside.as_mut().map(|outside| outside.list(directory));
        let names = names.unwrap_or_default();
        self.keep(Kind::List, directory, names.join("\0").into_bytes());
        names
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        if let Some(entry) = self.find([Kind::Set, Kind::Unset], name) {
            let value = String::from_utf8_lossy(&entry.answer).into();
            return (entry.kind == Kind::Set).then_some(value);
        }
        let value = self.outside.as_mut().and_then(|outside| outside.environment(name));
        let kind = if value.is_some() { Kind::Set } else { Kind::Unset };
        self.keep(kind, name, value.clone().unwrap_or_default().into_boxed_bytes());
        value
    }

    fn host_name(&mut self) -> Box<str> {
        if let Some(entry) = self.find([Kind::Host; 2], "") {
            return String::from_utf8_lossy(&entry.answer).into();
        }
        let name = self.outside.as_mut().map(|outside| outside.host_name()).unwrap_or_default();
        self.keep(Kind::Host, "", name.clone().into_boxed_bytes());
        name
    }

    fn seed(&mut self) -> u64 {
        if let Some(entry) = self.find([Kind::Seed; 2], "") {
            return entry.answer.iter().fold(0, |seed, &byte| seed << 8 | u64::from(byte));
        }
        let seed = self.outside.as_mut().map_or(0, |outside| outside.seed());
        self.keep(Kind::Seed, "", seed.to_be_bytes());
        seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World;

    impl Files for World {
        fn read(&mut self, path: &str) -> Result<File, FileError> {
            match path {
                "a" => Ok(File {
                    bytes: b"x\n\xff\n".as_slice().into(),
                    mode: 0o640,
                    directory: "/etc".into(),
                }),
                _ => Err(FileError::Directory),
            }
        }
        fn list(&mut self, _: &str) -> Box<[Box<str>]> {
            ["a".into(), "b c".into()].into()
        }
        fn environment(&mut self, name: &str) -> Option<Box<str>> {
            (name == "HOME").then(|| "/root\n".into())
        }
        fn host_name(&mut self) -> Box<str> {
            "r1".into()
        }
        fn seed(&mut self) -> u64 {
            0x0102_0304_0506_0708
        }
    }

    fn ask(files: &mut dyn Files) -> impl PartialEq + core::fmt::Debug + use<> {
        (
            (files.read("a"), files.read("dir"), files.list("/etc")),
            (files.environment("HOME"), files.environment("NONE")),
            (files.host_name(), files.seed()),
        )
    }

    #[test]
    fn an_archive_answers_in_another_process_what_it_was_answered_here() {
        let mut world = World;
        let mut archive = Archive::new(&mut world);
        let first = ask(&mut archive);
        let text = archive.text();
        let mut replay = Archive::parse(&text).expect("it is an archive");
        assert_eq!(ask(&mut replay), first);
        assert_eq!(replay.text(), text, "and its own text is the same");
        assert_eq!(replay.read("unasked"), Err(FileError::Missing));
    }

    #[test]
    fn no_prefix_of_an_archive_panics() {
        let mut world = World;
        let mut archive = Archive::new(&mut world);
        drop(ask(&mut archive));
        let text = archive.text();
        for end in 0..text.len() {
            if let Some(mut part) = text.get(..end).and_then(Archive::parse) {
                drop(ask(&mut part));
            }
        }
    }
}
