//! Files in memory.

use super::source::{File, FileError, Files};
use super::{Options, Text};

/// Files by name.
pub struct Memory<'a>(pub &'a [(&'a str, &'a [u8])]);

impl Files for Memory<'_> {
    fn read(&mut self, path: &str) -> Result<File, FileError> {
        let path = path.strip_prefix("/etc/").unwrap_or(path);
        let mut found = self.0.iter().filter(|(name, _)| *name == path);
        let (_, bytes) = found.next().ok_or(FileError::Missing)?;
        let directory = path.rsplit_once('/').map_or("/etc", |(directory, _)| directory);
        Ok(File { bytes: (*bytes).into(), mode: 0o600, directory: directory.into() })
    }

    fn list(&mut self, directory: &str) -> Box<[Box<str>]> {
        let inside = |name: &str| {
            Some(name.rsplit_once('/')?).filter(|(d, _)| *d == directory).map(|(_, n)| n.into())
        };
        self.0.iter().filter_map(|(name, _)| inside(name)).collect()
    }

    fn environment(&mut self, name: &str) -> Option<Box<str>> {
        (name == "SITE").then(|| "north".into())
    }

    fn host_name(&mut self) -> Box<str> {
        "main.example.org".into()
    }

    fn seed(&mut self) -> u64 {
        1
    }
}

/// The statements of the first of these files.
pub fn read(files: &[(&str, &str)], options: &Options) -> Text {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let main = files.first().map_or("", |(name, _)| name);
    super::read(main, &mut Memory(&files), options)
}

/// The statements as text: words joined by one space, blocks in braces.
pub fn flat(stmts: &[super::tree::Stmt]) -> String {
    let mut out = Vec::new();
    for stmt in stmts {
        let words: Vec<&str> = stmt.words.iter().map(|word| &*word.text).collect();
        let block =
            stmt.block.as_ref().map_or(String::new(), |b| format!(" {{{}}}", flat(&b.stmts)));
        out.push(words.join("·") + &block);
    }
    out.join(" / ")
}
