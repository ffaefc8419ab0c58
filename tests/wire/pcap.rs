//! Reads the frames of a capture in the classic pcap format.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of shared data, if this machine has it.
pub(crate) fn shared() -> Option<PathBuf> {
    let folder = match std::env::var_os("HOLDFAST_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let captures = folder.join("pcap");
    if captures.is_dir() {
        return Some(folder);
    }
    println!("skipped: no captures at {} (HOLDFAST_SHARED names the folder)", captures.display());
    None
}

/// All captures, in order of their names.
pub(crate) fn captures() -> Vec<PathBuf> {
    let Some(shared) = shared() else {
        return Vec::new();
    };
    let mut captures = Vec::new();
    for version in ["ka-2.2.7", "ka-2.4.3"] {
        let folder = fs::read_dir(shared.join("pcap").join(version)).unwrap();
        let files = folder.map(|entry| entry.unwrap().path());
        captures.extend(files.filter(|path| path.extension().is_some_and(|end| end == "pcap")));
    }
    captures.sort();
    assert!(captures.len() > 50, "only {} captures", captures.len());
    captures
}

/// The frames of a capture of Ethernet in little-endian order with microseconds.
pub(crate) fn frames(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(word(0), 0xa1b2_c3d4, "{}: not a little-endian pcap", path.display());
    assert_eq!(word(20), 1, "{}: not of Ethernet", path.display());
    let mut frames = Vec::new();
    let mut at = 24;
    while at < bytes.len() {
        let (kept, length) = (word(at + 8) as usize, word(at + 12) as usize);
        assert_eq!(kept, length, "{}: a frame is cut", path.display());
        at += 16;
        frames.push(bytes[at..at + kept].to_vec());
        at += kept;
    }
    frames
}
