//! What is revoked, and yet may not be what was meant.
//!
//! A token's id says by its form who minted it and when the token ends. No verdict hangs on that here: an
//! order is carried out as it stands, and whoever gave it hears what looks odd.

use tokenward::{Jti, UnixTime};
use tokenward_revocation::DenseId;
use tokenward_server::admin::api::RevokeItem;

use crate::output::note;

/// How many ids look odd.
pub(super) struct Doubts {
    now: UnixTime,
    expired: usize,
    foreign: usize,
}

impl Doubts {
    pub(super) const fn at(now: UnixTime) -> Self {
        Self { now, expired: 0, foreign: 0 }
    }

    /// Looks at what was revoked.
    pub(super) fn see(&mut self, items: &[RevokeItem]) {
        for item in items {
            let RevokeItem::Jti(id) = item else { continue };
            let Ok(id) = Jti::new(id.as_str()) else { continue };
            match DenseId::parse(&id) {
                None => self.foreign = self.foreign.saturating_add(1),
                Some(place) if u64::from(place.minute).saturating_mul(60) < self.now.as_secs() => {
                    self.expired = self.expired.saturating_add(1);
                }
                Some(_) => {}
            }
        }
    }

    /// Says it on standard error.
    pub(super) fn tell(&self) {
        if self.expired > 0 {
            note(format!("{}: the token has expired by itself", count(self.expired)));
        }
        if self.foreign > 0 {
            let ids = count(self.foreign);
            note(format!(
                "{ids}: no authority of this kind mints such an id; is it a `sid`, or cut short?"
            ));
        }
    }
}

fn count(ids: usize) -> String {
    if ids == 1 { "1 `jti`".to_owned() } else { format!("{ids} `jti`s") }
}
