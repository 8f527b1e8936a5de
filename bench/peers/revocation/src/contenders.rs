//! Who can say whether a token is revoked.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::sync::RwLock;

use tokenward::{Audience, Jti, TokenVersion, UnixTime, crypto::Secret256};
use tokenward_revocation::feed::{Fact, Item};
use tokenward_revocation::{Fingerprints, Seq, Set};
use xorf::{BinaryFuse8, Filter};

use crate::sample::{FIRST_MINUTE, SESSIONS, Sample, Token, session, subject};

/// A question, and the set that makes the memos which it is asked with, if it is asked with any.
pub(crate) struct Ask {
    pub(crate) of: Box<dyn Fn(&Token) -> bool>,
    pub(crate) memos: Option<&'static Set>,
}

impl Ask {
    fn new(of: impl Fn(&Token) -> bool + 'static) -> Self {
        Self { of: Box::new(of), memos: None }
    }

    /// What is revoked in `set`, of tokens that are remembered.
    fn again(set: &'static Set) -> Self {
        let of = move |token: &Token| match &token.memo {
            Some(memo) => set.check_again(&token.facts(), memo).is_some(),
            None => true,
        };
        Self { of: Box::new(of), memos: Some(set) }
    }
}

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Bytes that all of it takes.
    pub(crate) memory: usize,
    /// Whether the id is revoked.
    pub(crate) id: Ask,
    /// Whether the token is, by its id, its session or its subject's version.
    pub(crate) check: Option<Ask>,
    /// The set that a snapshot is made of.
    pub(crate) ours: Option<Ours>,
}

pub(crate) fn all(sample: &Sample) -> Vec<Contender> {
    let sets = Dense::of(sample);
    vec![
        dense(&sets),
        again(&sets),
        floor(sample),
        foreign(sample),
        hash_set(sample),
        dash_map(sample),
        papaya(sample),
        fuse(sample),
    ]
}

/// A set of ours, and what makes its fingerprints.
#[derive(Clone)]
pub(crate) struct Ours {
    pub(crate) set: &'static Set,
    fingerprints: Fingerprints,
}

impl Ours {
    pub(crate) fn empty() -> Self {
        let fingerprints = Fingerprints::new(Secret256::random());
        let audience = Audience::new("billing-api").unwrap();
        let set = Box::leak(Box::new(Set::new(audience, fingerprints.clone())));
        Self { set, fingerprints }
    }

    fn of(ids: impl Iterator<Item = Jti>, people: u32) -> Self {
        let ours = Self::empty();
        for id in ids {
            ours.insert(Fact::Jti(id));
        }
        for number in 0..people {
            ours.insert(Fact::Session(ours.fingerprints.session(&session(number))));
            let subject = ours.fingerprints.subject(&subject(number));
            ours.insert(Fact::Version { subject, below: TokenVersion::new(4) });
        }
        ours
    }

    pub(crate) fn import(&self, from: &Self, body: &[u8]) {
        let now = UnixTime::from_secs(u64::from(FIRST_MINUTE) * 60 - 300);
        self.set.import(from.fingerprints.clone(), body, now).expect("what was exported");
    }

    fn insert(&self, fact: Fact) {
        let ends_at = UnixTime::from_secs((u64::from(FIRST_MINUTE) + 20) * 60);
        self.set.insert_item(&Item { seq: Seq::ZERO, ends_at, fact });
    }
}

/// Dense ids alone, and with sessions and versions beside them.
struct Dense {
    ids: Ours,
    whole: Ours,
}

impl Dense {
    fn of(sample: &Sample) -> Self {
        Self { ids: Ours::of(sample.revoked(), 0), whole: Ours::of(sample.revoked(), SESSIONS) }
    }
}

fn dense(Dense { ids, whole }: &Dense) -> Contender {
    let (bits, set) = (ids.set, whole.set);
    Contender {
        name: "tokenward",
        memory: bits.memory(),
        id: Ask::new(|token| bits.check_facts(&token.facts()).is_some()),
        check: Some(Ask::new(|token| set.check_facts(&token.facts()).is_some())),
        ours: Some(whole.clone()),
    }
}

/// As [`dense`], of tokens that the verifier remembers: their claims and their memos.
fn again(Dense { ids, whole }: &Dense) -> Contender {
    Contender {
        name: "tokenward, tokens that are remembered",
        memory: ids.set.memory(),
        id: Ask::again(ids.set),
        check: Some(Ask::again(whole.set)),
        ours: None,
    }
}

/// What no check of so many tokens can be below: their bits in a row, by a number that is known already,
/// without an id to read, a page to find or anybody who adds.
fn floor(sample: &Sample) -> Contender {
    let (revoked, live) = sample.revoked_numbers();
    let place = |number: u32| (number as usize / 64, 1_u64 << (number % 64));
    let mut bits = vec![0_u64; live as usize / 64 + 1];
    for number in revoked {
        let (word, bit) = place(number);
        bits[word] |= bit;
    }
    Contender {
        name: "one read of a bare bitmap, the place known",
        memory: bits.len() * 8,
        id: Ask::new(move |token| {
            let (word, bit) = place(token.number);
            bits[word] & bit != 0
        }),
        check: None,
        ours: None,
    }
}

/// Ids of others, revoked and asked about: each is ours and a letter.
fn foreign(sample: &Sample) -> Contender {
    let other = |id: Jti| Jti::new(format!("{id}x")).unwrap();
    let alone = Ours::of(sample.revoked().map(other), 0).set;
    // An id of ours is asked for in both structures.
    Contender {
        name: "tokenward, foreign ids",
        memory: alone.memory(),
        id: Ask::new(|token| alone.check_facts(&token.facts()).is_some()),
        check: None,
        ours: None,
    }
}

fn hash_set(sample: &Sample) -> Contender {
    let (ids, memory) = grown(|| sample.revoked().map(text).collect::<HashSet<String>>());
    let ids = Box::leak(Box::new(RwLock::new(ids)));
    let sessions: &RwLock<HashSet<String>> = Box::leak(Box::new(RwLock::new(sessions().collect())));
    let versions: &RwLock<HashMap<String, u64>> =
        Box::leak(Box::new(RwLock::new(versions().collect())));
    let id = |token: &Token| ids.read().unwrap().contains(token.id.as_str());
    Contender {
        name: "HashSet behind RwLock",
        memory,
        id: Ask::new(id),
        check: Some(Ask::new(move |token| {
            id(token)
                || sessions.read().unwrap().contains(token.session.as_str())
                || versions
                    .read()
                    .unwrap()
                    .get(token.subject.as_str())
                    .is_some_and(|below| *below > 3)
        })),
        ours: None,
    }
}

fn dash_map(sample: &Sample) -> Contender {
    let (ids, memory) = grown(|| sample.revoked().map(text).collect::<dashmap::DashSet<String>>());
    let ids = Box::leak(Box::new(ids));
    let sessions: &dashmap::DashSet<String> = Box::leak(Box::new(sessions().collect()));
    let versions: &dashmap::DashMap<String, u64> = Box::leak(Box::new(versions().collect()));
    let id = |token: &Token| ids.contains(token.id.as_str());
    Contender {
        name: "dashmap",
        memory,
        id: Ask::new(id),
        check: Some(Ask::new(move |token| {
            id(token)
                || sessions.contains(token.session.as_str())
                || versions.get(token.subject.as_str()).is_some_and(|below| *below > 3)
        })),
        ours: None,
    }
}

fn papaya(sample: &Sample) -> Contender {
    let (ids, memory) = grown(|| sample.revoked().map(text).collect::<papaya::HashSet<String>>());
    let ids = Box::leak(Box::new(ids));
    let sessions: &papaya::HashSet<String> = Box::leak(Box::new(sessions().collect()));
    let versions: &papaya::HashMap<String, u64> = Box::leak(Box::new(versions().collect()));
    let id = |token: &Token| ids.pin().contains(token.id.as_str());
    Contender {
        name: "papaya",
        memory,
        id: Ask::new(id),
        check: Some(Ask::new(move |token| {
            id(token)
                || sessions.pin().contains(token.session.as_str())
                || versions.pin().get(token.subject.as_str()).is_some_and(|below| *below > 3)
        })),
        ours: None,
    }
}

/// A filter that says "surely not" for 255 of 256, and then the exact set. It cannot be added to.
fn fuse(sample: &Sample) -> Contender {
    let state = RandomState::new();
    let hash = move |id: &str| state.hash_one(id);
    let hashes: Vec<u64> = sample.revoked().map(|id| hash(id.as_str())).collect();
    let (filter, memory) = grown(|| BinaryFuse8::try_from(&hashes).expect("distinct hashes"));
    let exact: &HashSet<u64> = Box::leak(Box::new(hashes.into_iter().collect()));
    Contender {
        name: "xorf, binary fuse, then a HashSet of hashes",
        memory,
        id: Ask::new(move |token| {
            let hash = hash(token.id.as_str());
            filter.contains(&hash) && exact.contains(&hash)
        }),
        check: None,
        ours: None,
    }
}

fn sessions() -> impl Iterator<Item = String> {
    (0..SESSIONS).map(|number| session(number).to_string())
}

fn versions() -> impl Iterator<Item = (String, u64)> {
    (0..SESSIONS).map(|number| (subject(number).to_string(), 4))
}

fn text(id: Jti) -> String {
    id.as_str().to_owned()
}

/// What `make` made, and by how much the process has grown meanwhile.
fn grown<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let before = resident();
    let made = make();
    (made, resident().saturating_sub(before))
}

fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}
