//! Where a token stands in the tables: worked out at each check, or once for many.

use std::sync::atomic::{AtomicU64, Ordering};

use super::content::{Content, Globals, Root};
use super::facts::Facts;
use super::table::Sought;
use crate::dense::Spot;

/// Where a token stands in the tables, if it does.
pub(super) trait Asked {
    /// The page and the bit of its id, if there is such a page.
    fn place(&self, content: &Content, root: Root) -> Option<(u32, u32)>;
    /// Its session, if it has one.
    fn session(&self, globals: &Globals) -> Option<Sought>;
    fn subject(&self, globals: &Globals) -> Sought;
}

/// Worked out as far as it is asked for.
pub(super) struct Anew<'a>(pub(super) &'a Content, pub(super) &'a Facts<'a>);

impl Anew<'_> {
    #[inline]
    fn spot(&self) -> Option<(Spot, Sought)> {
        let Self(content, facts) = self;
        Spot::of(facts.token_id).map(|spot| (spot, content.pages.sought(spot.key())))
    }
}

impl Asked for Anew<'_> {
    #[inline]
    fn place(&self, content: &Content, root: Root) -> Option<(u32, u32)> {
        let spot = self.spot()?;
        Some((content.page(root, spot)?, spot.0.bit()))
    }

    #[inline]
    fn session(&self, globals: &Globals) -> Option<Sought> {
        let Self(content, facts) = self;
        let print = globals.session.get().of(facts.session_id?.as_str());
        Some(content.sessions.sought(print.bits()))
    }

    #[inline]
    fn subject(&self, globals: &Globals) -> Sought {
        let Self(content, facts) = self;
        let print = globals.subject.get().of(facts.subject.as_str());
        content.subjects.sought(print.bits())
    }
}

/// Worked out before.
#[derive(Debug)]
pub(super) struct Question {
    /// Under which keys, in which set.
    stamp: u64,
    spot: Option<(Spot, Sought)>,
    /// The page of the spot, and under which root it was found.
    seen: AtomicU64,
    session: Option<Sought>,
    subject: Sought,
}

impl Clone for Question {
    fn clone(&self) -> Self {
        let seen = AtomicU64::new(self.seen.load(Ordering::Acquire));
        let Self { stamp, spot, session, subject, .. } = *self;
        Self { stamp, spot, seen, session, subject }
    }
}

impl Question {
    pub(super) fn new(content: &Content, facts: &Facts<'_>) -> Self {
        let anew = Anew(content, facts);
        content.settled(|root| {
            let globals = content.globals(root);
            Self {
                stamp: globals.stamp(),
                spot: anew.spot(),
                seen: AtomicU64::new(0),
                session: anew.session(globals),
                subject: anew.subject(globals),
            }
        })
    }

    /// Whether it says what would be worked out with the keys of `globals`.
    #[inline]
    pub(super) fn is_under(&self, globals: &Globals) -> bool {
        self.stamp == globals.stamp()
    }

    /// Pages stay what they are while a root stands, so one that was found need not be looked for again. One that
    /// was not may be there by now.
    #[cold]
    #[inline(never)]
    fn look_up(&self, content: &Content, root: Root, spot: (Spot, Sought)) -> Option<u32> {
        let page = content.page(root, spot)?;
        self.seen.store((root.count() << PAGE_WIDTH) | u64::from(page), Ordering::Release);
        Some(page)
    }
}

/// Arenas have fewer pages than this has bits for, and roots do not change that often.
const PAGE_WIDTH: u32 = 24;

impl Asked for Question {
    #[inline]
    fn place(&self, content: &Content, root: Root) -> Option<(u32, u32)> {
        let spot = self.spot?;
        let seen = self.seen.load(Ordering::Acquire);
        let page = if seen >> PAGE_WIDTH == root.count() {
            u32::try_from(seen & ((1 << PAGE_WIDTH) - 1)).ok()?
        } else {
            self.look_up(content, root, spot)?
        };
        Some((page, spot.0.bit()))
    }

    #[inline]
    fn session(&self, _globals: &Globals) -> Option<Sought> {
        self.session
    }

    #[inline]
    fn subject(&self, _globals: &Globals) -> Sought {
        self.subject
    }
}
