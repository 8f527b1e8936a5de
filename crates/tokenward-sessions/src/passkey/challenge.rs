//! Challenges, which nobody has to store until they are used.
//!
//! A challenge names the time when it was made, and proves by a keyed hash for which session and what purpose.
//! Whoever asks for ten thousand leaves nothing behind; one that is used is remembered until it is over.

use std::fmt;
use std::time::Duration;

use tokenward::crypto::{self, Secret256};
use tokenward::{SessionId, UnixTime};

use super::PasskeyRefused;
use super::record::CredentialId;

/// How long a challenge may be answered: long enough to find the phone, and to look at it.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(120);

/// By so much the clock of a replica may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(30);
/// For so much longer a used one is remembered: a replica whose clock is behind still takes it.
const REMEMBERED: Duration = Duration::from_secs(60);

/// What a response to a challenge is good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Purpose<'a> {
    /// The next refresh.
    Refresh,
    /// A passkey is to be made.
    Create,
    /// An enrolled passkey allows another one.
    Allow,
    /// An enrolled passkey allows the removal of this one.
    Remove(&'a CredentialId),
}

/// Makes challenges, and knows its own again. The same in all replicas.
#[derive(Clone)]
pub struct ChallengeKey(Secret256);

/// A challenge that was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UsedChallenge {
    /// What it is remembered by.
    pub hash: [u8; 32],
    /// When it was made.
    pub made_at: UnixTime,
    /// When it may be forgotten.
    pub forget_at: UnixTime,
}

impl ChallengeKey {
    /// A key for challenges out of one that seals other things.
    #[must_use]
    pub fn new(key: &Secret256) -> Self {
        Self(key.derive(b"tokenward passkey challenge v1"))
    }

    /// A challenge for `session`, to be answered within [`CHALLENGE_LIFETIME`] from `now`.
    #[must_use]
    pub fn challenge(&self, purpose: Purpose<'_>, session: &SessionId, now: UnixTime) -> Vec<u8> {
        let open = [&now.as_millis().to_be_bytes()[..], &crypto::random::<16>()].concat();
        let mark = self.mark(&open, purpose, session);
        [open, mark.expose().to_vec()].concat()
    }

    /// Checks that `challenge` was made for this, not long ago.
    pub(super) fn check(
        &self,
        challenge: &[u8],
        purpose: Purpose<'_>,
        session: &SessionId,
        now: UnixTime,
    ) -> Result<UsedChallenge, PasskeyRefused> {
        let wrong = PasskeyRefused::WrongChallenge;
        let (open, mark) = challenge.split_at_checked(OPEN).ok_or(wrong)?;
        let (time, _) = open.split_first_chunk::<8>().ok_or(wrong)?;
        // 32 bytes that nobody else can make: what follows was written by us.
        if !crypto::constant_time_eq(mark, self.mark(open, purpose, session).expose()) {
            return Err(wrong);
        }
        let made_at = UnixTime::from_millis(u64::from_be_bytes(*time));
        if now.since(made_at) > CHALLENGE_LIFETIME || made_at.since(now) > AHEAD {
            return Err(PasskeyRefused::ChallengeExpired);
        }
        let forget_at = made_at.saturating_add(CHALLENGE_LIFETIME).saturating_add(REMEMBERED);
        Ok(UsedChallenge { hash: crypto::sha256(challenge), made_at, forget_at })
    }

    fn mark(&self, open: &[u8], purpose: Purpose<'_>, session: &SessionId) -> Secret256 {
        let (kind, about): (&[u8], &[u8]) = match purpose {
            Purpose::Refresh => (b"refresh", &[]),
            Purpose::Create => (b"create", &[]),
            Purpose::Allow => (b"allow", &[]),
            Purpose::Remove(id) => (b"remove", id.as_bytes()),
        };
        // No session id holds a NUL, and the last part alone has any length.
        let what = [open, kind, &[0], session.as_str().as_bytes(), &[0], about].concat();
        self.0.derive(&crypto::sha256(&what))
    }
}

/// The time in milliseconds, and 16 random bytes.
const OPEN: usize = 24;

impl fmt::Debug for ChallengeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeKey(..)")
    }
}
