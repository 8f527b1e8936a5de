//! What is revoked, and yet may not be what was meant.
//!
//! An id of ours says by its form when its token ends. No verdict hangs on that here: an order is carried out
//! as it stands, and whoever gave it hears what looks odd.

use tokenward::{Jti, UnixTime};
use tokenward_revocation::DenseId;
use tokenward_server::admin::api::RevokeItem;

use crate::output::note;

/// How many ids look odd.
pub(super) struct Doubts {
    now: UnixTime,
    expired: usize,
    foreign: usize,
    tokens: usize,
}

impl Doubts {
    pub(super) const fn at(now: UnixTime) -> Self {
        Self { now, expired: 0, foreign: 0, tokens: 0 }
    }

    /// Looks at what was revoked.
    pub(super) fn see(&mut self, items: &[RevokeItem]) {
        for item in items {
            let (RevokeItem::Jti(id) | RevokeItem::Sid(id)) = item else { continue };
            let Ok(id) = Jti::new(id.as_str()) else { continue };
            let ends = DenseId::parse(&id).map(|place| u64::from(place.minute).saturating_mul(60));
            let now = self.now.as_secs();
            let passed = ends.is_some_and(|ends| ends < now);
            // No token lives for longer.
            let to_come = ends.is_none_or(|ends| ends > now.saturating_add(HOUR));
            match item {
                RevokeItem::Jti(_) if passed => self.expired = self.expired.saturating_add(1),
                RevokeItem::Jti(_) if to_come => self.foreign = self.foreign.saturating_add(1),
                RevokeItem::Sid(_) if !passed && !to_come => {
                    self.tokens = self.tokens.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    /// Says it on standard error.
    pub(super) fn tell(&self) {
        if self.expired > 0 {
            note(format!("{}: the token has expired by itself", count(self.expired, "jti")));
        }
        if self.tokens > 0 {
            let ids = count(self.tokens, "sid");
            note(format!("{ids}: it has the form of a token's id; is it a `jti`?"));
        }
        if self.foreign > 0 {
            let ids = count(self.foreign, "jti");
            note(format!(
                "{ids}: no authority of this kind mints such an id; is it a `sid`, or cut short?"
            ));
        }
    }
}

fn count(ids: usize, kind: &str) -> String {
    if ids == 1 { format!("1 `{kind}`") } else { format!("{ids} `{kind}`s") }
}

const HOUR: u64 = 3_600;
