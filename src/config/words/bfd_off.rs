//! BFD sessions in a build without them.

use crate::config::schema::Table;
use crate::config::value::{BFD, Refused, Track};

/// All sessions.
pub type Sessions = Refused<BFD>;

/// Sessions that are tracked.
pub type BfdTracks = Refused<BFD>;

/// The tables of this part.
pub const TABLES: &[&Table] = &[];

/// The names of the sessions.
pub fn names(_: &Sessions) -> impl Iterator<Item = &str> {
    core::iter::empty()
}

/// The sessions that are tracked, by name.
pub fn tracked(_: &BfdTracks) -> &[Track<253>] {
    &[]
}
