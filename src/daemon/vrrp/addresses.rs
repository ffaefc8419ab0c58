//! The addresses of this process: which should be set, which are, whose they are.

use core::cell::Cell;
use core::net::IpAddr;
use core::ops::Range;

use crate::config::{Address, Config};
use crate::machine::{Duration, Instant};
use crate::sys::addr::{self, AddressSpec, Dad, MARK};
use crate::sys::netlink::{self, Netlink, Refusal, Request};
use crate::vrrp::{LinkId, RouterId};

use super::links::Links;

/// How many rounds of putting back are made at once before waiting: something that removes the
/// addresses again and again must not keep this process busy.
const ROUNDS: u8 = 20;
/// The time in which they count, and the wait after them and after a refusal.
const ROUND_TIME: Duration = Duration::from_secs(1);

/// What is known of an address in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// It is not set.
    Absent,
    /// It is set, by us.
    Ours,
    /// It was there before us: it stays when we leave.
    Foreign,
}

#[derive(Debug)]
struct Entry {
    ip: IpAddr,
    prefix: u8,
    link: LinkId,
    wanted: bool,
    presence: Presence,
    /// Its request is among those being sent.
    asked: bool,
    /// That it cannot be set has been told.
    told: bool,
    answer: Cell<Option<netlink::Outcome>>,
    add: Request,
    delete: Request,
}

/// Whose addresses: a range of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A virtual router's.
    Router(RouterId),
    /// `static_ipaddress`: set as long as the process runs.
    Static,
}

/// What came of a request to set addresses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// Set now, by us.
    pub(super) set: usize,
    /// There already, set by somebody else.
    pub(super) foreign: usize,
    /// Refused by the kernel, or the interface is absent; tried again later.
    pub(super) missing: usize,
    /// Refused by the kernel, and not told before.
    pub(super) refused: usize,
    /// Waiting for an interface, and not told before.
    pub(super) waiting: usize,
    /// One of those that were refused, and why.
    pub(super) refusal: Option<(IpAddr, Refusal)>,
}

/// All addresses.
#[derive(Debug)]
pub(super) struct Addresses {
    entries: Box<[Entry]>,
    routers: Box<[Range<usize>]>,
    statics: Range<usize>,
    /// Entries by address and interface, to find what an event of the kernel is about.
    index: Box<[usize]>,
    /// An address that is wanted was lost since the last repair.
    lost: bool,
    rounds: u8,
    window: Instant,
    retry_at: Option<Instant>,
}

impl Entry {
    fn new(address: &Address) -> Self {
        let spec = AddressSpec {
            index: 0,
            ip: address.ip,
            prefix: address.prefix,
            peer: address.peer,
            broadcast: address.broadcast.and_then(|ip| match ip {
                IpAddr::V4(ip) => Some(ip),
                IpAddr::V6(_) => None,
            }),
            scope: address.scope,
            label: address.label.clone(),
            preferred: address.preferred_lft,
            dad: if address.dad { Dad::Perform } else { Dad::Skip },
            flags: address.flags,
        };
        Self {
            ip: address.ip,
            prefix: address.prefix,
            link: address.link,
            wanted: false,
            presence: Presence::Absent,
            asked: false,
            told: false,
            answer: Cell::new(None),
            add: addr::add(&spec),
            delete: addr::delete(&spec),
        }
    }

    fn key(&self) -> (IpAddr, LinkId) {
        (self.ip, self.link)
    }

    /// Whether it asks for the same address with the same options; the interface is compared by the
    /// caller, for its number in the request is that of the last time it was sent.
    fn same_as(&self, other: &Self) -> bool {
        let aimed = |request: &Request| {
            let mut request = request.clone();
            request.set_index(0);
            request
        };
        aimed(&self.add) == aimed(&other.add)
    }
}

impl Addresses {
    /// The addresses of a configuration, none of them set yet.
    pub(super) fn new(config: &Config) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut take = |list: &[Address]| {
            let start = entries.len();
            entries.extend(list.iter().map(Entry::new));
            start..entries.len()
        };
        let routers = config.instances.iter().map(|one| take(&one.addresses)).collect();
        let statics = take(&config.statics);
        let mut index: Box<[usize]> = (0..entries.len()).collect();
        index.sort_unstable_by_key(|at| (entries.get(*at).map(Entry::key), *at));
        Self {
            entries: entries.into(),
            routers,
            statics,
            index,
            lost: false,
            rounds: 0,
            window: Instant::ZERO,
            retry_at: None,
        }
    }

    fn range(&self, owner: Owner) -> Range<usize> {
        match owner {
            Owner::Router(router) => self.routers.get(router.index()).cloned().unwrap_or_default(),
            Owner::Static => self.statics.clone(),
        }
    }

    fn of(&mut self, owner: Owner) -> &mut [Entry] {
        let range = self.range(owner);
        self.entries.get_mut(range).unwrap_or_default()
    }

    /// Set the owner's addresses.
    pub(super) fn hold(
        &mut self,
        owner: Owner,
        now: Instant,
        links: &Links,
        netlink: &mut Netlink,
    ) -> Outcome {
        for entry in self.of(owner) {
            entry.wanted = true;
        }
        let outcome = set(self.of(owner), links, netlink);
        if outcome.missing > 0 {
            self.retry_at = Some(now + ROUND_TIME);
        }
        outcome
    }

    /// Remove those of the owner's addresses that were set by us.
    pub(super) fn release(&mut self, owner: Owner, links: &Links, netlink: &mut Netlink) {
        self.let_go(owner);
        unset(self.of(owner), links, netlink);
    }

    /// The owner does not want its addresses any more, but they stay for now: see `inherit`.
    pub(super) fn let_go(&mut self, owner: Owner) {
        for entry in self.of(owner) {
            entry.wanted = false;
        }
    }

    /// Forget what is said to be set: from here on the owner's addresses are nobody's.
    pub(super) fn abandon(&mut self, owner: Owner) {
        self.let_go(owner);
        for entry in self.of(owner) {
            entry.presence = Presence::Absent;
        }
    }

    /// The kernel said that an address came or went. True if it is one of ours.
    pub(super) fn observe(
        &mut self,
        link: LinkId,
        ip: IpAddr,
        prefix: u8,
        mark: Option<u8>,
        gone: bool,
    ) -> bool {
        let mut found = false;
        let mut lost = false;
        for at in self.places(link, ip) {
            let Some(entry) = self.placed(at).filter(|entry| entry.prefix == prefix) else {
                continue;
            };
            found |= entry.presence == Presence::Ours || mark == Some(MARK);
            match (gone, entry.presence) {
                (true, Presence::Ours | Presence::Foreign) => {
                    entry.presence = Presence::Absent;
                    lost |= entry.wanted;
                }
                (false, Presence::Absent) if entry.wanted => {
                    let foreign = mark.is_some_and(|mark| mark != MARK);
                    entry.presence = if foreign { Presence::Foreign } else { Presence::Ours };
                }
                (true, Presence::Absent) | (false, _) => {}
            }
        }
        self.lost |= lost;
        found
    }

    /// An interface came, went or came up: its addresses have to be looked at again.
    pub(super) fn link_changed(&mut self, link: LinkId, present: bool) {
        for entry in self.entries.iter_mut().filter(|entry| entry.link == link) {
            if !present {
                entry.presence = Presence::Absent;
            }
            self.lost |= entry.wanted && entry.presence == Presence::Absent;
        }
    }

    /// The interface has another name now, and is none of ours any more: what was set on it goes.
    pub(super) fn leave(&mut self, link: LinkId, index: u32, netlink: &mut Netlink) {
        for entry in self.entries.iter_mut().filter(|entry| entry.link == link) {
            entry.asked = entry.presence == Presence::Ours;
            entry.delete.set_index(index);
        }
        ask(&mut self.entries, netlink, |entry| &entry.delete, &mut |_, _| {});
    }

    /// When `repair` is due.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Whether it is time to put back what is wanted but absent. Whatever removes addresses again
    /// and again is answered twenty times a second.
    pub(super) fn repair_is_due(&mut self, now: Instant) -> bool {
        let due = self.retry_at.is_some_and(|at| at <= now);
        if !self.lost && !due {
            return false;
        }
        if now >= self.window + ROUND_TIME {
            self.window = now;
            self.rounds = 0;
        }
        self.lost = false;
        if self.rounds >= ROUNDS {
            self.retry_at = Some(self.window + ROUND_TIME);
            return false;
        }
        self.rounds += 1;
        self.retry_at = None;
        true
    }

    /// Whether the repair that goes on is the first within its second.
    pub(super) fn is_first_round(&self) -> bool {
        self.rounds <= 1
    }

    /// Put back what is wanted but absent of one owner; `None` if nothing is.
    pub(super) fn repair(
        &mut self,
        owner: Owner,
        now: Instant,
        links: &Links,
        netlink: &mut Netlink,
    ) -> Option<Outcome> {
        let missing = |one: &Entry| one.wanted && one.presence == Presence::Absent;
        self.of(owner).iter().any(missing).then(|| self.hold(owner, now, links, netlink))
    }

    /// Every address of ours is in doubt: a list of the kernel follows, see `confirm`.
    pub(super) fn doubt(&mut self) {
        for entry in &mut self.entries {
            entry.asked = entry.presence != Presence::Absent;
        }
    }

    /// An address of the list.
    pub(super) fn confirm(&mut self, link: LinkId, ip: IpAddr, prefix: u8) {
        for at in self.places(link, ip) {
            if let Some(entry) = self.placed(at).filter(|entry| entry.prefix == prefix) {
                entry.asked = false;
            }
        }
    }

    /// The list has ended: what is still in doubt is gone.
    pub(super) fn conclude(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| entry.asked) {
            entry.asked = false;
            entry.presence = Presence::Absent;
            self.lost |= entry.wanted;
        }
    }

    /// The places of an address among the entries; more than one if it is configured twice.
    fn places(&self, link: LinkId, ip: IpAddr) -> Range<usize> {
        let key = (ip, link);
        let of = |at: &usize| self.entries.get(*at).map(Entry::key);
        let start = self.index.partition_point(|at| of(at) < Some(key));
        let len = self.index.get(start..).unwrap_or_default();
        start..start + len.iter().take_while(|at| of(at) == Some(key)).count()
    }

    /// The entries of an address; more than one if it is configured twice.
    fn named(&self, link: LinkId, ip: IpAddr, prefix: u8) -> impl Iterator<Item = &Entry> {
        let places = self.places(link, ip).filter_map(|at| self.index.get(at));
        let entries = places.filter_map(|at| self.entries.get(*at));
        entries.filter(move |entry| entry.prefix == prefix)
    }

    fn placed(&mut self, at: usize) -> Option<&mut Entry> {
        let at = *self.index.get(at)?;
        self.entries.get_mut(at)
    }

    /// Whether this address is set by us: then it is no source for adverts.
    ///
    /// An owner may have the address of its interface once more, with another length of the prefix:
    /// that one alone is ours.
    pub(super) fn is_ours(&self, link: LinkId, ip: IpAddr, prefix: u8) -> bool {
        self.named(link, ip, prefix).any(|entry| entry.presence == Presence::Ours)
    }

    /// Whether this address is configured on this interface.
    pub(super) fn knows(&self, link: LinkId, ip: IpAddr, prefix: u8) -> bool {
        self.named(link, ip, prefix).next().is_some()
    }

    /// Take over from the addresses of an earlier configuration: what was set stays set if it is
    /// configured as before, and is removed if not. `link` gives an interface of the earlier
    /// configuration in this one, `links` are the earlier configuration's.
    pub(super) fn inherit(
        &mut self,
        earlier: &mut Self,
        link: &dyn Fn(LinkId) -> Option<LinkId>,
        links: &Links,
        netlink: &mut Netlink,
    ) {
        for old in earlier.entries.iter_mut().filter(|one| one.presence != Presence::Absent) {
            let Some(place) = link(old.link) else { continue };
            for at in self.places(place, old.ip) {
                let heir = self.placed(at).filter(|new| {
                    new.presence == Presence::Absent && old.presence != Presence::Absent
                });
                if let Some(new) = heir.filter(|new| new.same_as(old)) {
                    new.presence = old.presence;
                    old.presence = Presence::Absent;
                }
            }
        }
        unset(&mut earlier.entries, links, netlink);
    }

    /// Remove what nobody wants: the rest of what was inherited.
    pub(super) fn drop_unwanted(&mut self, links: &Links, netlink: &mut Netlink) {
        // An address may be configured twice; as long as one of the two is wanted it stays.
        for at in 0..self.entries.len() {
            let Some(entry) = self.entries.get(at) else { continue };
            if entry.wanted || entry.presence != Presence::Ours {
                continue;
            }
            let mut places = self.places(entry.link, entry.ip).filter_map(|at| self.index.get(at));
            let heir = places.find(|at| self.entries.get(**at).is_some_and(|one| one.wanted));
            match heir.copied().and_then(|heir| self.entries.get_mut(heir)) {
                Some(heir) => heir.presence = Presence::Ours,
                None => unset(self.entries.get_mut(at..=at).unwrap_or_default(), links, netlink),
            }
            if let Some(entry) = self.entries.get_mut(at) {
                entry.presence = Presence::Absent;
            }
        }
    }
}

/// Set those of the entries that are wanted and absent.
fn set(entries: &mut [Entry], links: &Links, netlink: &mut Netlink) -> Outcome {
    let mut outcome = Outcome::default();
    let missing = |entry: &Entry| entry.wanted && entry.presence == Presence::Absent;
    for entry in entries.iter_mut().filter(|entry| missing(entry)) {
        entry.asked = match links.get(entry.link).and_then(|link| link.index) {
            Some(index) => {
                entry.add.set_index(index);
                true
            }
            None => {
                outcome.missing += 1;
                outcome.waiting += usize::from(!entry.told);
                entry.told = true;
                false
            }
        };
    }
    // The answers come in the order of the requests: each is for the next entry that was asked for.
    let answers = ask(entries, netlink, |entry| &entry.add, &mut |entry, answer| match answer {
        netlink::Outcome::Done => {
            entry.presence = Presence::Ours;
            entry.told = false;
            outcome.set += 1;
        }
        netlink::Outcome::Needless => {
            entry.presence = Presence::Foreign;
            entry.told = false;
            outcome.foreign += 1;
        }
        netlink::Outcome::Refused(refusal) => {
            outcome.missing += 1;
            if !entry.told {
                entry.told = true;
                outcome.refused += 1;
                outcome.refusal = outcome.refusal.or(Some((entry.ip, refusal)));
            }
        }
    });
    outcome.missing += usize::from(!answers);
    outcome
}

/// Remove those of the entries that are set by us.
fn unset(entries: &mut [Entry], links: &Links, netlink: &mut Netlink) {
    for entry in entries.iter_mut() {
        let ours = entry.presence == Presence::Ours;
        entry.presence = Presence::Absent;
        entry.told = false;
        entry.asked = match links.get(entry.link).and_then(|link| link.index) {
            Some(index) if ours => {
                entry.delete.set_index(index);
                true
            }
            _ => false,
        };
    }
    ask(entries, netlink, |entry| &entry.delete, &mut |_, _| {});
}

/// Send the requests of the entries that are marked as asked for, and unmark them. False if the
/// kernel did not answer all of them.
fn ask(
    entries: &mut [Entry],
    netlink: &mut Netlink,
    request: fn(&Entry) -> &Request,
    done: &mut dyn FnMut(&mut Entry, netlink::Outcome),
) -> bool {
    let count = entries.iter().filter(|entry| entry.asked).count();
    if count == 0 {
        return true;
    }
    // Answers are kept in the entries, for the requests are borrowed from them meanwhile. They come
    // in the order of the requests.
    let mut answered = 0;
    let asked = || entries.iter().filter(|entry| entry.asked);
    let mut waiting = asked().enumerate();
    let result = netlink.transact(&mut asked().map(request), &mut |at, outcome| {
        if let Some((_, entry)) = waiting.find(|(place, _)| *place == at) {
            entry.answer.set(Some(outcome));
            answered += 1;
        }
    });
    for entry in entries.iter_mut().filter(|entry| entry.asked) {
        entry.asked = false;
        if let Some(outcome) = entry.answer.take() {
            done(entry, outcome);
        }
    }
    result.is_ok() && answered == count
}
