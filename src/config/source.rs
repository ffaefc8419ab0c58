//! Where the text comes from: files behind a trait, so that loading is a pure function.

pub mod archive;
pub mod glob;

pub use archive::Archive;

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is none of this name.
    Missing,
    /// It is a directory.
    Directory,
    /// It is executable, so it is hardly a configuration.
    Executable,
    /// It may not be read, or reading failed.
    Unreadable,
}

impl FileError {
    /// The rest of the sentence that begins with the name of the file.
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "no such file",
            Self::Directory => "is a directory, not a file",
            Self::Executable => "is executable, which a configuration must not be",
            Self::Unreadable => "cannot be read",
        }
    }
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub bytes: Box<[u8]>,
    /// Its permission bits (`0o777`).
    pub mode: u32,
    /// The directory it stands in, as an absolute path.
    pub directory: Box<str>,
}

/// What loading may ask the outside.
///
/// Paths may be relative to the working directory. Two that ship: the disk, and [`Archive`].
pub trait Files {
    /// The file at `path`.
    fn read(&mut self, path: &str) -> Result<File, FileError>;
    /// The names of what stands in `directory`, sorted, without `.` and `..`; none if it is
    /// unreadable.
    fn list(&mut self, directory: &str) -> Box<[Box<str>]>;
    /// An environment variable.
    fn environment(&mut self, name: &str) -> Option<Box<str>>;
    /// The host's name.
    fn host_name(&mut self) -> Box<str>;
    /// A seed for `${_RANDOM}`.
    fn seed(&mut self) -> u64;
}
