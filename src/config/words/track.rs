//! What can be tracked: scripts, files, processes.

use crate::config::schema::block;
use crate::config::value::{
    Flag, Grammar, Int, List, Opt, Phrase, Script, Seconds, Takes, Text, Track, User, Words, choice,
};

/// Names of things tracked, in braces, with the weight they have here.
pub type Tracks = List<Track<253>>;
/// The same for processes.
pub type ProcessTracks = List<Track<254>>;
/// The same for files.
pub type FileTracks = List<Track<0x7fff_ffff>>;

/// A weight from -`MAX` to `MAX`, perhaps with `reverse` behind it.
#[derive(Debug)]
pub enum Weight<const MAX: i64> {}

impl<const MAX: i64> Grammar for Weight<MAX> {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(-MAX, MAX), true)];
    const OPTIONS: &'static [Opt] = &[(&["reverse"], Takes::Nothing)];
}

/// `init_file [VALUE] [overwrite]`.
#[derive(Debug)]
pub enum InitFile {}

impl Grammar for InitFile {
    const FIRST: &'static [(Takes, bool)] = &[(Takes::Int(-0x8000_0000, 0x7fff_ffff), false)];
    const OPTIONS: &'static [Opt] = &[(&["overwrite"], Takes::Nothing)];
}

choice! {
    /// How parameters of a process are compared.
    pub enum ParamMatch {
        "initial" => Initial,
        "partial" => Partial,
    }
}

block! {
    /// A script that is run again and again.
    pub struct VrrpScript: "vrrp_script" (name: Text) {
        /// The command; no shell looks at it.
        "script" => script: Script<false>, Later;
        /// Seconds between runs.
        "interval" => interval: Seconds<1_000, 4_294_967_295> = Seconds::new(1), Later;
        /// Seconds a run may take; default as `interval`.
        "timeout" => timeout: Seconds<1_000, 4_294_967_295>, Later;
        /// What is added to the priority while it succeeds, or, if negative, while it fails; with 0
        /// a failure is a fault.
        "weight" => weight: Phrase<Weight<253>>, Later;
        /// Successes in a row that make it succeed.
        "rise" => rise: Int<1, 0x7fff_ffff> = Int::new(1), Later;
        /// Failures in a row that make it fail.
        "fall" => fall: Int<1, 0x7fff_ffff> = Int::new(1), Later;
        /// Whom it runs as; default is `script_user`.
        "user" => user: User, Later;
        /// It counts as failed until its first result.
        "init_fail" => init_fail: Flag, Later;
    }
}

block! {
    /// A number in a file.
    pub struct TrackFile: "track_file" (name: Text) {
        /// Its path.
        "file" => file: Text, Later;
        /// What the number is multiplied with before it is added to the priority; with 0 any number
        /// but 0 is a fault.
        "weight" => weight: Phrase<Weight<0x7fff_ffff>>, Later;
        /// Write the value to the file at start, if there is none or with `overwrite`.
        "init_file" => init_file: Phrase<InitFile>, Later;
    }
}

block! {
    /// Processes counted by name.
    pub struct TrackProcess: "vrrp_track_process" (name: Text) {
        /// Name of the process, perhaps with its parameters.
        "process" => process: Words<1, { usize::MAX }>, Later;
        /// How parameters are compared.
        "param_match" => param_match: ParamMatch, Later;
        /// What is added to the priority while there are enough, or, if negative, while there are
        /// not.
        "weight" => weight: Phrase<Weight<254>>, Later;
        /// Processes there must be.
        "quorum" => quorum: Int<1, 65_535> = Int::new(1), Later;
        /// Processes there may be.
        "quorum_max" => quorum_max: Int<0, 65_535>, Later;
        /// Seconds until a change counts.
        "delay" => delay: Seconds<1, 3_600_000_000>, Later;
        /// Seconds until a loss counts.
        "terminate_delay" => terminate_delay: Seconds<1, 3_600_000_000>, Later;
        /// Seconds until a gain counts.
        "fork_delay" => fork_delay: Seconds<1, 3_600_000_000>, Later;
        /// Compare the whole command line.
        "full_command" => full_command: Flag, Later;
    }
}
