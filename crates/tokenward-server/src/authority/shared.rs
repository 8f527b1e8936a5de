//! Documents that are made once for all who ask meanwhile.

use std::time::Duration;

use tokenward::UnixTime;
use tokenward_revocation::Seq;

/// When a document was made, and for how long it serves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// When that was begun: what it says was so then.
    pub(super) began: UnixTime,
    /// Up to where the views knew everything then.
    pub(super) head: Seq,
    /// It serves at least until then, whatever has happened since.
    pub(super) rests_until: UnixTime,
}

impl Made {
    /// Whether it may be sent at `now`, when the views know everything up to `head`. Where nothing new is known
    /// it serves while it is `young`. A clock that was set back says nothing of its age.
    pub(super) fn serves(self, now: UnixTime, head: Seq, young: Duration) -> bool {
        let is_young = now.since(self.began) < young;
        self.began <= now && (now < self.rests_until || (is_young && head == self.head))
    }
}
