//! What the trackers make of a router: its effective priority, the reasons not to take part.

use core::net::IpAddr;

use super::fault::Fault;
use super::params::{OWNER, Params, Track, Tracked};
use crate::track::Verdict;
use crate::track::link::{LinkState, Links};

/// The priority that counts: the base and all weights, between 1 and 254.
///
/// The sum is cut once, at its end, so that the order of the trackers does not matter. The owner
/// has no weights.
pub(super) fn effective(params: &Params, links: &Links) -> u8 {
    if params.priority == OWNER {
        return OWNER;
    }
    let weights = params.tracks.iter().map(|track| match track.verdict(links) {
        Verdict::Weigh(weight) => weight,
        Verdict::Fault => 0,
    });
    let sum = weights.fold(i32::from(params.priority), i32::saturating_add);
    u8::try_from(sum.clamp(1, 254)).expect("it was cut to 1 to 254")
}

/// All reasons not to take part, as they are at this moment.
///
/// They are worked out from the state of things each time they are asked for. Nothing remembers one
/// of them, so none can be forgotten, nor outlive what it came from.
pub(super) fn faults<'a>(
    params: &'a Params,
    source: Option<IpAddr>,
    links: &'a Links,
) -> impl Iterator<Item = Fault> + 'a {
    let unsupported = params.unsupported.then_some(Fault::Unsupported);
    let link = match links.state(params.link) {
        LinkState::Absent => Some(Fault::LinkAbsent(params.link)),
        LinkState::Down if params.track_link => Some(Fault::LinkDown(params.link)),
        LinkState::Down | LinkState::Up => None,
    };
    // An interface that is not there has no address either: one reason is enough.
    let no_source = source.is_none() && !matches!(link, Some(Fault::LinkAbsent(_)));
    let tracked = params.tracks.iter().filter_map(|track| tracked(track, links));
    let own = [unsupported, link, no_source.then_some(Fault::NoSource)];
    own.into_iter().flatten().chain(tracked)
}

fn tracked(track: &Track, links: &Links) -> Option<Fault> {
    let Tracked::Link(link) = track.what;
    match track.verdict(links) {
        Verdict::Fault => Some(Fault::Tracked(link, links.state(link))),
        Verdict::Weigh(_) => None,
    }
}
