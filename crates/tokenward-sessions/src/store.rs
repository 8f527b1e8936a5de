//! What a store of sessions must promise.
//!
//! A method answers `Ok` only once its writes are durable. A method that ends a session or bumps a version
//! appends the matching revocations in the same transaction, with `keep_until` as their end.

use async_trait::async_trait;
use tokenward::{Audience, BackendError, SessionId, Subject, TokenVersion, UnixTime};

use crate::refresh::{KnownToken, RefreshAttempt, RefreshOutcome};
use crate::session::{Begun, Created, EndReason, Idempotency, NewSession, Session};

/// Which sessions to list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers fill in what they filter by")]
pub struct SessionFilter {
    /// Of this subject alone.
    pub subject: Option<Subject>,
    /// For these audiences alone.
    pub audiences: Option<Vec<Audience>>,
    /// Only those that live at this time; `None` lists ended ones too.
    pub live_at: Option<UnixTime>,
}

/// A subject's token version is to be raised by one.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a caller decides on every field")]
pub struct BumpVersion {
    /// Whose.
    pub subject: Subject,
    /// The audiences within which sessions end and tokens are refused; `None` for all.
    ///
    /// The number itself is one per subject: elsewhere it goes up without effect.
    pub audiences: Option<Vec<Audience>>,
    /// The one session that goes on, usually the one that asked.
    pub except_session: Option<SessionId>,
    /// The time.
    pub now: UnixTime,
    /// When the revocation may be forgotten: the end of the last access token.
    pub keep_until: UnixTime,
    /// Who asked.
    pub by: String,
    /// Set if the caller may retry; the earlier version is then answered again.
    pub idempotency: Option<Idempotency>,
}

/// Where sessions, refresh families and token versions are kept.
///
/// `audiences` is the caller's fence: a session outside of it is as good as absent. `None` is no fence.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Makes a session with its first refresh token, and remembers its device until
    /// [`DEVICE_MEMORY`](crate::DEVICE_MEMORY) after its end.
    ///
    /// An id or refresh hash that exists already, or an idempotency key that was used for another request,
    /// is a [`Conflict`](tokenward::BackendErrorKind::Conflict).
    async fn create(&self, session: NewSession) -> Result<Created, BackendError>;

    /// Judges a refresh token by [`decide`](crate::decide) and carries the decision out.
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<RefreshOutcome, BackendError>;

    /// The session `id`, ended or not, until it is pruned.
    async fn session(&self, id: &SessionId) -> Result<Option<Session>, BackendError>;

    /// The session to whose family a refresh token with this hash belongs, spent or not.
    async fn session_by_refresh(&self, hash: &[u8; 32]) -> Result<Option<Session>, BackendError>;

    /// As [`Self::session_by_refresh`], with what is known of that token at the same instant; `None` also where the
    /// family is forgotten.
    async fn refresh_token(
        &self,
        hash: &[u8; 32],
    ) -> Result<Option<(Session, KnownToken)>, BackendError>;

    /// The sessions of a subject that live at `now`, newest first; those that are older than `before`, if that is
    /// given and a session of the subject's that is remembered.
    async fn sessions_of(
        &self,
        subject: &Subject,
        audiences: Option<&[Audience]>,
        now: UnixTime,
        before: Option<&SessionId>,
        limit: usize,
    ) -> Result<Vec<Session>, BackendError>;

    /// The number of the session that was made last; 0 before the first.
    async fn begun_head(&self) -> Result<u64, BackendError>;

    /// Up to `limit` sessions that were made after that with the number `after`, in their order, ended or not. A
    /// number is given once, and none below one that was read comes after it.
    async fn begun_since(&self, after: u64, limit: usize) -> Result<Vec<Begun>, BackendError>;

    /// Up to `limit` sessions by id, beginning after `after`.
    async fn list(
        &self,
        filter: &SessionFilter,
        limit: usize,
        after: Option<&SessionId>,
    ) -> Result<Vec<Session>, BackendError>;

    /// Ends a session and deletes its confidential data; `false` if it was not live. Idempotent.
    ///
    /// Where `audiences` are not those of the session, it goes on, and none of its tokens can come into these
    /// any more ([`Self::reach`]).
    async fn end(
        &self,
        id: &SessionId,
        audiences: Option<&[Audience]>,
        why: EndReason,
        now: UnixTime,
        keep_until: UnixTime,
    ) -> Result<bool, BackendError>;

    /// Ends the live sessions of a subject but for `except`; how many.
    async fn end_all(
        &self,
        subject: &Subject,
        audiences: Option<&[Audience]>,
        except: Option<&SessionId>,
        why: EndReason,
        now: UnixTime,
        keep_until: UnixTime,
    ) -> Result<u64, BackendError>;

    /// Ends every live session of these audiences (`None`: of all); how many. It revokes no access token:
    /// whoever asks has revoked them all at once. It works in slices, so whoever is interrupted asks again.
    async fn end_everywhere(
        &self,
        audiences: Option<&[Audience]>,
        why: EndReason,
        now: UnixTime,
    ) -> Result<u64, BackendError>;

    /// Writes down that tokens of a session go to `audience` besides its own, the last of which is refused by
    /// `until`; `false` if the session does not live at `now`, or was ended there ([`Self::end`]). Whatever ends the session from here on revokes
    /// it in that audience too, as long as there can be such a token.
    async fn reach(
        &self,
        id: &SessionId,
        audience: &Audience,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<bool, BackendError>;

    /// Raises a subject's token version, ends its families and revokes its older tokens; the new version.
    async fn bump_version(&self, bump: BumpVersion) -> Result<TokenVersion, BackendError>;

    /// Remembers the proof, or the client assertion, with this hash until `ends_at`; `false` if it is
    /// remembered already (RFC 9449 § 11.1, RFC 7523 § 3).
    async fn use_proof(
        &self,
        hash: &[u8; 32],
        ends_at: UnixTime,
        now: UnixTime,
    ) -> Result<bool, BackendError>;

    /// The token version of a subject; [`TokenVersion::FIRST`] for one never bumped.
    async fn version(&self, subject: &Subject) -> Result<TokenVersion, BackendError>;

    /// The confidential data of a live session, sealed as it was given.
    async fn private(&self, id: &SessionId) -> Result<Option<Vec<u8>>, BackendError>;

    /// Forgets what no longer matters at `now`, in slices that hold nobody up; how many rows.
    async fn prune(&self, now: UnixTime) -> Result<u64, BackendError>;
}
