//! What is revoked for one audience, in memory.
//!
//! | revoked | is found by | takes |
//! | --- | --- | --- |
//! | a token of ours | one bit, at the place that its id names ([`DenseId`](crate::DenseId)) | a bit of a page of 4 KiB |
//! | any other token, a session, a key | a fingerprint in a hash table | 13 bytes and its share of empty slots |
//! | a subject | the same, with three floors | 37 bytes and that |
//! | an audience, an issuer | one floor each | nothing |
//!
//! A check takes no lock, allocates nothing and waits for nobody; writers take turns. How that can be is
//! told in `content.rs`.
//!
//! **Invariant:** [`Set::insert_item`] only adds, and what it adds stays until its whole minute has
//! passed. A revocation that is merged into a longer one, or lies on a page with one, lives as long as the
//! longer one, which is right: what was revoked once stays revoked.
//!
//! **Invariant:** what a feed says can fill a set, but not make it grow without bound. A set that had to
//! leave something out says so ([`Set::is_full`]), and a [`View`](crate::View) of it judges no token.

mod arena;
mod body;
mod content;
mod facts;
mod minute;
mod question;
mod table;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokenward::{AccessClaims, Audience, KeyId, UnixTime};

pub use body::BadBody;
pub(crate) use body::LONGEST;
pub use facts::{Facts, RevokedBy};

use crate::feed::Item;
use crate::{Fingerprints, Revocation};
use arena::Pool;
use content::Content;
use minute::Minute;
use question::Question;
use writer::{Draft, Writer};

/// The live revocations of one audience. Any number of threads may ask while one adds.
pub struct Set {
    audience: Audience,
    content: Content,
    len: AtomicUsize,
    full: AtomicBool,
    writer: Mutex<Writer>,
}

impl Set {
    /// An empty set, which knows subjects and sessions by `fingerprints`.
    #[must_use]
    pub fn new(audience: Audience, fingerprints: Fingerprints) -> Self {
        let content = Content::new(fingerprints.prints());
        let writer = Writer::new(fingerprints, Pool::default(), content.root());
        let writer = Mutex::new(writer);
        Self { audience, content, len: AtomicUsize::new(0), full: AtomicBool::new(false), writer }
    }

    /// Whose tokens it is about.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Adds `revocation`, unless it concerns other audiences alone.
    pub fn insert(&self, revocation: &Revocation) {
        if revocation.concerns(&self.audience) {
            self.write(|content, writer| {
                let item = Item::of(revocation, &writer.fingerprints);
                writer.insert(content, &item);
            });
        }
    }

    /// Adds `item`, whose fingerprints were made under the same secret.
    pub fn insert_item(&self, item: &Item) {
        self.write(|content, writer| writer.insert(content, item));
    }

    /// Why the token with these claims is revoked, of which the key `key_id` made the signature; `None`
    /// if it is not.
    #[must_use]
    pub fn check(&self, claims: &AccessClaims, key_id: Option<&KeyId>) -> Option<RevokedBy> {
        self.check_facts(&Facts::of(claims, key_id))
    }

    /// As [`Self::check`], for claims that are not an access token's of ours.
    ///
    /// Everything that was inserted before the call is known to it.
    #[must_use]
    pub fn check_facts(&self, facts: &Facts<'_>) -> Option<RevokedBy> {
        self.content.check(facts)
    }

    /// As [`Self::check_facts`], of the token that `memo` is of: a sixth of the instructions.
    #[must_use]
    pub fn check_again(&self, facts: &Facts<'_>, memo: &Memo) -> Option<RevokedBy> {
        self.content.check_question(facts, &memo.0)
    }

    /// What checks of one token need to know of it, for whoever remembers tokens.
    ///
    /// ```
    /// # use tokenward_revocation::{Facts, Set};
    /// # fn f(set: &Set, claims: &tokenward::AccessClaims) {
    /// let facts = Facts::of(claims, None);
    /// let memo = set.memo(&facts); // once
    /// assert_eq!(set.check_again(&facts, &memo), set.check_facts(&facts));
    /// # }
    /// ```
    #[must_use]
    pub fn memo(&self, facts: &Facts<'_>) -> Memo {
        Memo(Question::new(&self.content, facts))
    }

    /// Whether `item` is in here, or has ended before the last [`Self::expire`].
    #[must_use]
    pub fn knows(&self, item: &Item) -> bool {
        self.writer().knows(&self.content, item)
    }

    /// Drops what has ended at `now`, by whole minutes: a revocation stays to the end of the minute
    /// in which it ends, and one of a dense id as long as any other on its page. Answers how many were
    /// dropped.
    ///
    /// `now` should not run ahead: what is dropped too early comes back only with the next snapshot.
    pub fn expire(&self, now: UnixTime) -> usize {
        self.write(|content, writer| writer.expire(content, now))
    }

    /// Puts `items` in the place of everything, at once: who asks meanwhile gets the old answer or the
    /// new one. Their fingerprints were made under the secret of `fingerprints`. What has ended at `now`
    /// is left out.
    pub fn replace<'a>(
        &self,
        fingerprints: Fingerprints,
        items: impl IntoIterator<Item = &'a Item>,
        now: UnixTime,
    ) {
        let passed = Minute::passed_at(now);
        let prints = fingerprints.prints();
        self.write(|content, writer| {
            // Banks can always be emptied.
            let Ok(mut draft) = Draft::beside(&writer.live, content, prints) else { return };
            for item in items {
                if Minute::that_ends(item.ends_at) > passed {
                    draft.insert(content, &mut writer.pool, prints, item);
                }
            }
            writer.publish(content, fingerprints, draft);
            writer.expired = passed;
        });
    }

    /// The secret that its fingerprints are made under.
    pub(crate) fn fingerprints(&self) -> Fingerprints {
        self.writer().fingerprints.clone()
    }

    /// How many revocations it holds, those of one subject counted as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether something that was inserted and has not ended found no room, so that its answers cannot be
    /// trusted. A set holds 12 million fingerprints of each kind, and the bits of two billion tokens; what finds no page for its bit takes a fingerprint.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Acquire)
    }

    /// The memory that it has taken, in bytes. It is kept for what comes next.
    #[must_use]
    pub fn memory(&self) -> usize {
        // No writer must be making a buffer meanwhile.
        let _writer = self.writer();
        self.content.bytes()
    }

    fn write<T>(&self, change: impl FnOnce(&Content, &mut Writer) -> T) -> T {
        let mut writer = self.writer();
        let answer = change(&self.content, &mut writer);
        self.len.store(writer.live.len(&self.content), Ordering::Release);
        self.full.store(writer.live.lost_until > Minute::default(), Ordering::Release);
        answer
    }

    // No code of ours panics while it holds the lock, and every change is whole by itself.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What checks of one token need to know of it: see [`Set::memo`].
///
/// It keeps no answer: whatever is revoked later is found by it too. Asked of another set, or of the same after
/// a snapshot has come, everything is worked out anew.
#[derive(Clone, Debug)]
pub struct Memo(Question);

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audience, .. } = self;
        let len = self.len();
        f.debug_struct("Set").field("audience", audience).field("len", &len).finish()
    }
}
