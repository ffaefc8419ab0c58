//! `bfd_instance`: a BFD session.

use super::track::{Tracks, Weight};
use crate::config::schema::{Table, block};
use crate::config::value::{Flag, Int, Ip, Many, Millis, Phrase, Text, Track};

/// All sessions.
pub type Sessions = Many<BfdInstance>;

/// Sessions that are tracked.
pub type BfdTracks = Tracks;

/// The tables of this part.
pub const TABLES: &[&Table] = &[BfdInstance::TABLE];

/// The names of the sessions.
pub fn names(sessions: &Sessions) -> impl Iterator<Item = &str> {
    sessions.0.iter().map(|session| &*session.name.0)
}

/// The sessions that are tracked, by name.
pub fn tracked(tracks: &BfdTracks) -> &[Track<253>] {
    &tracks.0
}

/// An interval of BFD from one millisecond.
pub type Interval = Millis<1_000, 4_294_967_000>;

block! {
    /// A BFD session (RFC 5880).
    pub struct BfdInstance: "bfd_instance" (name: Text) {
        /// Address of the neighbour.
        "neighbor_ip" | "neighbour_ip" => neighbor_ip: Ip, Later;
        /// Own address.
        "source_ip" => source_ip: Ip, Later;
        /// Least milliseconds between packets received.
        "min_rx" => min_rx: Interval = Millis::new(10), Later;
        /// Least milliseconds between packets sent.
        "min_tx" => min_tx: Interval = Millis::new(10), Later;
        /// Milliseconds between packets while the session is not up.
        "idle_tx" => idle_tx: Millis<1_000_000, 4_294_967_000> = Millis::new(1000), Later;
        /// Packets that may be missed.
        "multiplier" => multiplier: Int<1, 255> = Int::new(5), Later;
        /// Wait for the neighbour to begin.
        "passive" => passive: Flag, Later;
        /// Time to live of IPv4 packets.
        "ttl" => ttl: Int<1, 255> = Int::new(255), Later;
        /// Hop limit of IPv6 packets.
        "hoplimit" => hoplimit: Int<1, 255> = Int::new(64), Later;
        /// Hops a received packet may have made; 255: any.
        "max_hops" => max_hops: Int<-1, 255> = Int::new(0), Later;
        /// The neighbour is not on the link: port 4784.
        "multihop" => multihop: Flag, Later;
        /// What is added to the priority of who tracks it.
        "weight" => weight: Phrase<Weight<253>>, Later;
        /// Only VRRP is told.
        "vrrp" => vrrp: Flag, Later;
        /// Only health checks are told.
        "checker" => checker: Flag, Later;
    }
}
