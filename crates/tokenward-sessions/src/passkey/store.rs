//! What a store of passkeys must promise.
//!
//! It is the store of the sessions: a refresh uses a passkey, and a removal ends sessions, in one transaction.

use async_trait::async_trait;
use tokenward::{Audience, BackendError, SessionId, Subject, UnixTime};

use super::Asserted;
use super::challenge::UsedChallenge;
use super::judge::{EnrolRefused, PasskeyMisused};
use super::record::{CredentialId, Passkey, PasskeyHolder, PasskeyName};

/// A passkey is to be enrolled.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a caller decides on every field")]
pub struct Enrolment {
    /// The passkey.
    pub passkey: Passkey,
    /// The challenge that it was made for.
    pub challenge: UsedChallenge,
    /// The passkey that allows it.
    pub allowed_by: Option<Asserted>,
    /// Whether the login is young enough for a first one.
    pub is_login_fresh: bool,
    /// The time.
    pub now: UnixTime,
}

/// What came of an enrolment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Enrolled {
    /// It is there.
    Added,
    /// Nothing was changed.
    Refused(EnrolRefused),
}

/// Passkeys are to be removed.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a caller decides on every field")]
pub struct Removal {
    /// Whose.
    pub subject: Subject,
    /// Within which audiences.
    pub audiences: Vec<Audience>,
    /// Which one; `None` for all.
    pub id: Option<CredentialId>,
    /// Who asks.
    pub by: RemovalBy,
    /// The time.
    pub now: UnixTime,
    /// When the revocations of the sessions that end may be forgotten.
    pub keep_until: UnixTime,
}

/// Who removes a passkey.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RemovalBy {
    /// Its holder, in this session, with an enrolled passkey.
    Holder {
        /// The session that asks.
        session: SessionId,
        /// The passkey that allows it; from now on the session is held with that one.
        allowed_by: Asserted,
    },
    /// A service.
    Service,
}

/// What came of a removal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Removed {
    /// They are gone.
    Gone {
        /// How many passkeys.
        passkeys: u64,
        /// How many sessions that were last refreshed with one of them have been ended.
        sessions: u64,
    },
    /// Nothing was changed.
    Refused(PasskeyMisused),
}

/// Where passkeys are kept.
#[async_trait]
pub trait PasskeyStore: Send + Sync + 'static {
    /// The passkeys of `subject` within `audiences`, the oldest first.
    async fn passkeys(
        &self,
        subject: &Subject,
        audiences: &[Audience],
    ) -> Result<Vec<Passkey>, BackendError>;

    /// Judges an enrolment by [`judge_enrolment`](super::judge_enrolment), and an assertion that comes with it by
    /// [`judge_assertion`](super::judge_assertion), and carries it out. Challenges that count are used up.
    async fn enrol(&self, enrolment: Enrolment) -> Result<Enrolled, BackendError>;

    /// Gives a passkey another name; `false` if it is not there.
    async fn rename(
        &self,
        holder: &PasskeyHolder,
        id: &CredentialId,
        name: &PasskeyName,
    ) -> Result<bool, BackendError>;

    /// Removes passkeys, and ends the sessions that were last refreshed with one of them as
    /// [`EndReason::PasskeyRemoved`](crate::EndReason::PasskeyRemoved), all in one transaction.
    async fn remove(&self, removal: Removal) -> Result<Removed, BackendError>;
}
