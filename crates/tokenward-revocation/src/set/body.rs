//! A set as bytes, and back: the body of a snapshot.
//!
//! Numbers are big-endian. Lists stand in strictly ascending order, so a set has one form.
//!
//! ```text
//! body    = "twset" 0x01  pages  tokens sessions keys  subjects  floor floor
//! pages   = count u32, (minute u32, shard u16, page u16, end u32, bits)*
//! bits    = count u16 below 2,048, then so many u16   │   0xffff, then 512 words of 64 bits
//! tokens  = count u32, (fingerprint u64, end u32)*            sessions and keys are the same
//! subjects = count u32, (fingerprint u64, end u32, version u64, unversioned u64, issued u64)*
//! floor   = end u32, issued u64                               of the audience, of the issuer
//! ```
//!
//! `end` is the minute since the epoch with which the entry may be forgotten. `unversioned` and `issued`
//! are seconds before which an `iat` is refused, zero for none.
//!
//! Bytes are read twice: first to see that all of them are right, then to fill the set. A number in them
//! makes room only for what is there as well.

use std::sync::atomic::Ordering;

use tokenward::UnixTime;

use super::Set;
use super::arena::{Arena, PAGE_WORDS};
use super::content::{Content, Part, Root};
use super::minute::Minute;
use super::table::Table;
use super::writer::{Draft, MOST_PAGES, Writer, enter, page_of, sorted};
use crate::Fingerprints;
use crate::dense::PageNumber;

mod read;

use read::{Bits, Piece, walk};

const MAGIC: &[u8] = b"twset\x01";
/// A page with so many bits or more is shorter as words.
const SPARSE: usize = 2_048;
const AS_WORDS: u16 = u16::MAX;

/// The longest body: what a set exports that could not hold more of anything.
pub(crate) const LONGEST: usize = {
    let page = 4 + 2 + 2 + 4 + 2 + PAGE_WORDS * 8;
    let (entry, subject, floor) = (8 + 4, 8 + 4 + 3 * 8, 4 + 8);
    let tables = 3 * Table::<0>::MOST * entry + Table::<3>::MOST * subject;
    MAGIC.len() + 5 * 4 + MOST_PAGES * page + tables + 2 * floor
};

/// The body of a snapshot is not one that [`Set::export`] wrote. Nothing of it was taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadBody {
    /// It is of another version, or something else altogether.
    #[error("the body of the snapshot is of a version that is not known here")]
    UnknownVersion,
    /// It ends too early, or goes on after its end.
    #[error("the body of the snapshot is cut short or too long")]
    WrongLength,
    /// A number in it cannot be, or stands out of order.
    #[error("the body of the snapshot holds what cannot be")]
    Malformed,
    /// It holds more than a set can.
    #[error("the snapshot holds more revocations than a set can")]
    TooLarge,
}

impl Set {
    /// Everything that it holds, as bytes. Fingerprints stay what they are: whoever takes the bytes needs
    /// the secret as well.
    ///
    /// ```
    /// # use tokenward::{Audience, UnixTime, crypto::Secret256};
    /// # use tokenward_revocation::{Fingerprints, Set};
    /// # let audience = Audience::new("billing-api")?;
    /// let fingerprints = Fingerprints::new(Secret256::random());
    /// let set = Set::new(audience.clone(), fingerprints.clone());
    /// let body = set.export();
    ///
    /// let other = Set::new(audience, Fingerprints::random());
    /// other.import(fingerprints, &body, UnixTime::from_secs(1_800_000_000))?;
    /// assert_eq!(other.export(), body);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn export(&self) -> Vec<u8> {
        let writer = self.writer();
        export(&self.content, &writer)
    }

    /// Puts what [`Self::export`] wrote in the place of everything, at once, as [`Self::replace`] does.
    /// What has ended at `now` is left out. Bytes that are not right change nothing.
    pub fn import(
        &self,
        fingerprints: Fingerprints,
        body: &[u8],
        now: UnixTime,
    ) -> Result<(), BadBody> {
        let mut pages = 0_usize;
        walk(body, &mut |piece| {
            if matches!(piece, Piece::Page { .. }) {
                pages = pages.saturating_add(1);
            }
        })?;
        self.write(|content, writer| {
            if pages > writer.pool.left() {
                return Err(BadBody::TooLarge);
            }
            let passed = Minute::passed_at(now);
            let prints = fingerprints.prints();
            let mut draft =
                Draft::beside(&writer.live, content, prints).map_err(|_| BadBody::TooLarge)?;
            walk(body, &mut |piece| take(content, writer, &mut draft, passed, piece))?;
            writer.publish(content, fingerprints, draft);
            writer.expired = passed;
            Ok(())
        })
    }
}

fn export(content: &Content, writer: &Writer) -> Vec<u8> {
    let root = writer.live.root;
    let mut body = MAGIC.to_vec();
    put_count(&mut body, writer.live.pages);
    let pages = content.pages.entries(root.side(Part::Pages));
    let numbered = pages.map(|page| (PageNumber::of_entry(page.key, page.words()), page));
    let mut pages: Vec<_> = numbered.collect();
    pages.sort_unstable_by_key(|(number, _)| *number);
    for (number, entry) in pages {
        body.extend_from_slice(&number.0.to_be_bytes());
        body.extend_from_slice(&entry.end().get().to_be_bytes());
        put_bits(&mut body, &content.arena, page_of(&entry));
    }
    put_table(&mut body, &content.tokens, Part::Tokens, root, writer.live.tokens);
    put_table(&mut body, &content.sessions, Part::Sessions, root, writer.live.sessions);
    put_table(&mut body, &content.keys, Part::Keys, root, writer.live.keys);
    put_table(&mut body, &content.subjects, Part::Subjects, root, writer.live.subjects);
    let globals = content.globals(root);
    for floor in [&globals.audience, &globals.issuer] {
        let (end, issued_before) = floor.get();
        body.extend_from_slice(&end.get().to_be_bytes());
        body.extend_from_slice(&issued_before.to_be_bytes());
    }
    body
}

fn put_table<const WORDS: usize>(
    body: &mut Vec<u8>,
    table: &Table<WORDS>,
    part: Part,
    root: Root,
    count: usize,
) {
    put_count(body, count);
    for entry in sorted(table, root.side(part)) {
        body.extend_from_slice(&entry.key.to_be_bytes());
        body.extend_from_slice(&entry.end().get().to_be_bytes());
        for word in entry.words::<WORDS>() {
            body.extend_from_slice(&word.to_be_bytes());
        }
    }
}

fn put_count(body: &mut Vec<u8>, count: usize) {
    body.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_bits(body: &mut Vec<u8>, arena: &Arena, page: u32) {
    let count = arena.count(page);
    if count < SPARSE {
        body.extend_from_slice(&u16::try_from(count).unwrap_or_default().to_be_bytes());
        for bit in arena.bits(page) {
            body.extend_from_slice(&u16::try_from(bit).unwrap_or_default().to_be_bytes());
        }
    } else {
        body.extend_from_slice(&AS_WORDS.to_be_bytes());
        for word in arena.page(page).unwrap_or_default() {
            body.extend_from_slice(&word.load(Ordering::Acquire).to_be_bytes());
        }
    }
}

/// Takes a piece into the draft. All have been seen to be right; one that finds no room all the same makes
/// the set full.
fn take(
    content: &Content,
    writer: &mut Writer,
    draft: &mut Draft,
    passed: Minute,
    piece: Piece<'_>,
) {
    let root = draft.root;
    let side = |part| root.side(part);
    let (end, taken) = match piece {
        Piece::Count { part, count } => {
            // No room now means growing later.
            let _begun = match part {
                Part::Pages => content.pages.begin(side(part), count),
                Part::Tokens => content.tokens.begin(side(part), count),
                Part::Sessions => content.sessions.begin(side(part), count),
                Part::Subjects => content.subjects.begin(side(part), count),
                Part::Keys => content.keys.begin(side(part), count),
                Part::Globals => Ok(()),
            };
            return;
        }
        Piece::Page { end, .. } | Piece::Entry { end, .. } if end <= passed => return,
        Piece::Page { number, end, bits } => {
            (end, take_page(content, writer, draft, number, end, bits).is_some())
        }
        Piece::Entry { part, key, end, words } => {
            let taken = match part {
                Part::Tokens => enter(&content.tokens, side(part), &mut draft.tokens, key, end, []),
                Part::Sessions => {
                    enter(&content.sessions, side(part), &mut draft.sessions, key, end, [])
                }
                Part::Keys => enter(&content.keys, side(part), &mut draft.keys, key, end, []),
                _ => enter(&content.subjects, side(part), &mut draft.subjects, key, end, words),
            };
            (end, taken.is_ok())
        }
        Piece::Floors { audience, issuer } => {
            let globals = content.globals(root);
            for (floor, (end, before)) in [(&globals.audience, audience), (&globals.issuer, issuer)]
            {
                if end > passed {
                    floor.set(end, before);
                    draft.earliest = draft.earliest.min(end);
                }
            }
            return;
        }
    };
    draft.earliest = draft.earliest.min(end);
    if !taken {
        draft.lost_until = draft.lost_until.max(end);
    }
}

fn take_page(
    content: &Content,
    writer: &mut Writer,
    draft: &mut Draft,
    number: PageNumber,
    end: Minute,
    bits: Bits<'_>,
) -> Option<()> {
    let (spot, side) = (number.spot()?, draft.root.side(Part::Pages));
    if content.pages.find(side, spot.key()).is_some() {
        return None;
    }
    let page = writer.pool.take(&content.arena)?;
    let words = content.arena.page(page)?;
    match bits {
        Bits::Sparse(list) => {
            for bit in list.as_chunks().0 {
                content.arena.set(page, u32::from(u16::from_be_bytes(*bit)));
            }
        }
        Bits::Words(list) => {
            for (to, from) in words.iter().zip(list.as_chunks().0) {
                to.store(u64::from_be_bytes(*from), Ordering::Release);
            }
        }
    }
    let entered = content.pages.insert(side, draft.pages, spot.key(), end, spot.words(page));
    if entered.is_err() {
        writer.pool.give_back(page);
        return None;
    }
    draft.pages = draft.pages.saturating_add(1);
    draft.bits = draft.bits.saturating_add(content.arena.count(page));
    Some(())
}
