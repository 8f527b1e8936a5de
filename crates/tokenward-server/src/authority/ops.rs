//! What routes and administrators share: ending sessions, raising versions, revoking.
//!
//! **Invariant:** a method answers once the fact is durable *and* the local views know it, so that a
//! caller who was answered never sees the token accepted here again.

use futures_util::{StreamExt as _, TryStreamExt as _};
use tokenward::{
    Audience, BackendError, BackendErrorKind, Jti, SessionId, Subject, TokenVersion, UnixTime,
};
use tokenward_revocation::{NewRevocation, Scope};
use tokenward_sessions::{BumpVersion, EndReason, Idempotency};
use tracing::Instrument as _;

use super::{Authority, log};

/// How many sessions and subjects of one order are ended beside each other.
const BESIDE: usize = 128;

/// What an order to revoke is about.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "whoever asks knows what it asks for")]
pub enum Target {
    /// One token.
    Token(Jti),
    /// A session: its tokens, and its refresh family.
    Session(SessionId),
    /// A subject: all tokens and sessions up to now.
    Subject(Subject),
}

impl Target {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Token(_) => "jti",
            Self::Session(_) => "sid",
            Self::Subject(_) => "sub",
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Token(id) => id.as_str(),
            Self::Session(id) => id.as_str(),
            Self::Subject(id) => id.as_str(),
        }
    }
}

/// Does `work` to its end, also if whoever asked for it hangs up.
pub(crate) async fn unbroken<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<BackendError> + Send + 'static,
{
    tokio::spawn(work.in_current_span()).await.unwrap_or_else(|error| {
        // A runtime that goes down drops its tasks; anything else is a panic.
        let cancelled = error.is_cancelled();
        let kind = if cancelled { BackendErrorKind::Unavailable } else { BackendErrorKind::Bug };
        Err(BackendError::new(kind, error).into())
    })
}

impl Authority {
    /// Revokes `targets` within `audiences` (`None`: in all of them). Safe to repeat.
    ///
    /// `by` is the service or administrator that asks. Whoever drops the future may leave an order half
    /// done.
    pub async fn revoke(
        &self,
        targets: &[Target],
        audiences: Option<&[Audience]>,
        reason: Option<&str>,
        by: &str,
    ) -> Result<(), BackendError> {
        let now = self.clock.now();
        // Beside each other, so that a thousand sessions are a few commits of the store, not a thousand.
        let mut scopes = futures_util::stream::iter(targets.to_vec())
            .map(|target| self.end_target(target, audiences, by, now))
            .buffered(BESIDE);
        let mut rows = Vec::new();
        while let Some(scope) = scopes.try_next().await? {
            rows.extend(self.rows(&scope, audiences, reason, by, now));
        }
        drop(scopes);
        self.revocations.append(rows).await?;
        for target in targets {
            log::revoked(by, target.kind(), target.id(), audiences, reason);
        }
        self.hub.catch_up().await
    }

    /// Refuses every access token that was issued up to now and ends every session, within `audiences`
    /// (`None`: in all of them); how many sessions. Safe to repeat, also by whoever was interrupted.
    ///
    /// Tokens that are issued within the same second are refused too: their `iat` has no parts of one.
    pub async fn revoke_everything(
        &self,
        audiences: Option<&[Audience]>,
        reason: Option<&str>,
        by: &str,
    ) -> Result<u64, BackendError> {
        let floor = async || {
            let now = self.clock.now();
            let scope = match audiences {
                None => Scope::Issuer { issued_up_to: now },
                Some(_) => Scope::Audience { issued_up_to: now },
            };
            self.revocations.append(self.rows(&scope, audiences, reason, by, now)).await?;
            self.hub.catch_up().await
        };
        floor().await?;
        let (why, now) = (EndReason::Administrator, self.clock.now());
        let ended = self.sessions.end_everywhere(audiences, why, now).await?;
        // What a session got by a refresh before its turn came is refused by this one.
        floor().await?;
        log::everything_revoked(by, audiences, reason, ended);
        Ok(ended)
    }

    /// Ends what could go on making tokens of `target`; what remains is to refuse its tokens.
    async fn end_target(
        &self,
        target: Target,
        audiences: Option<&[Audience]>,
        by: &str,
        now: UnixTime,
    ) -> Result<Scope, BackendError> {
        let keep_until = self.keep_until(now);
        Ok(match target {
            Target::Token(id) => Scope::Jti(id),
            Target::Session(id) => {
                // The row below covers a session that this store never knew, too.
                self.sessions.end(&id, audiences, EndReason::Service, now, keep_until).await?;
                Scope::Session(id)
            }
            Target::Subject(subject) => {
                // A new version, rather than "issued up to now": whoever logs in again within the
                // same second must not find the new token refused.
                let bump = BumpVersion {
                    subject: subject.clone(),
                    audiences: audiences.map(<[Audience]>::to_vec),
                    except_session: None,
                    now,
                    keep_until,
                    by: by.to_owned(),
                    idempotency: None,
                };
                let version = Some(self.sessions.bump_version(bump).await?);
                Scope::Subject { subject, version, issued_up_to: now }
            }
        })
    }

    fn rows(
        &self,
        scope: &Scope,
        audiences: Option<&[Audience]>,
        reason: Option<&str>,
        by: &str,
        now: UnixTime,
    ) -> Vec<NewRevocation> {
        let row = |audience: Option<Audience>| NewRevocation {
            audience,
            scope: scope.clone(),
            ends_at: self.keep_until(now),
            at: now,
            reason: reason.and_then(NewRevocation::tidy_reason),
            by: by.to_owned(),
        };
        match audiences {
            None => vec![row(None)],
            Some(audiences) => audiences.iter().cloned().map(Some).map(row).collect(),
        }
    }

    /// Ends a session within `audiences`; `false` if there was none that lived. Safe to repeat.
    pub async fn end_session(
        &self,
        id: &SessionId,
        audiences: Option<&[Audience]>,
        why: EndReason,
        by: &str,
    ) -> Result<bool, BackendError> {
        let now = self.clock.now();
        let ended = self.sessions.end(id, audiences, why, now, self.keep_until(now)).await?;
        log::session_ended(by, id, ended);
        self.hub.catch_up().await?;
        Ok(ended)
    }

    /// Ends the sessions of a subject within `audiences`, but for `except`; how many.
    pub async fn end_sessions(
        &self,
        subject: &Subject,
        audiences: Option<&[Audience]>,
        except: Option<&SessionId>,
        why: EndReason,
        by: &str,
    ) -> Result<u64, BackendError> {
        let now = self.clock.now();
        let keep_until = self.keep_until(now);
        let count = self.sessions.end_all(subject, audiences, except, why, now, keep_until).await?;
        log::sessions_ended(by, subject, count);
        self.hub.catch_up().await?;
        Ok(count)
    }

    /// Whether `id` is a live session of `subject`, within `audiences`.
    pub(crate) async fn has_session(
        &self,
        subject: &Subject,
        id: &SessionId,
        audiences: Option<&[Audience]>,
    ) -> Result<bool, BackendError> {
        let now = self.clock.now();
        let found = self.sessions.session(id).await?;
        Ok(found.is_some_and(|session| {
            session.subject == *subject
                && session.is_live(now)
                && audiences.is_none_or(|audiences| audiences.contains(&session.audience))
        }))
    }

    /// Raises the token version of a subject: every older token and session within `audiences` ends,
    /// but for the session `except`, which goes on with its next refresh.
    pub async fn bump_version(
        &self,
        subject: Subject,
        audiences: Option<Vec<Audience>>,
        except: Option<SessionId>,
        reason: Option<&str>,
        by: &str,
        idempotency: Option<Idempotency>,
    ) -> Result<TokenVersion, BackendError> {
        let now = self.clock.now();
        let bump = BumpVersion {
            subject: subject.clone(),
            audiences,
            except_session: except,
            now,
            keep_until: self.keep_until(now),
            by: by.to_owned(),
            idempotency,
        };
        let version = self.sessions.bump_version(bump).await?;
        log::version_bumped(by, &subject, version, reason);
        self.hub.catch_up().await?;
        Ok(version)
    }

    /// When the last access token that exists at `now` has surely been refused by everybody.
    pub(super) fn keep_until(&self, now: UnixTime) -> UnixTime {
        let ours = now.saturating_add(self.token_outlives);
        self.former_until(now).map_or(ours, |former| former.max(ours))
    }
}
