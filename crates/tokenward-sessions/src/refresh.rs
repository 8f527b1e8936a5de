//! What becomes of a presented refresh token: one pure decision.
//!
//! ```text
//! unknown, expired, ended, other client, other delivery ──▶ refuse
//! without the proof or the passkey that the session asks for ──▶ refuse: to whoever lacks it the token is nothing
//! by a passkey that was copied ──▶ end the family
//! current ──▶ rotate: it is spent, its successor is current, and its predecessor's sealed successor goes
//! spent ≤ 10 s ago, successor unused ──▶ replay: the same successor again, never a sibling
//! spent otherwise ──▶ end the family: one of two holders is a thief, and nobody can tell which
//! ```

use std::fmt;
use std::time::Duration;

use tokenward::{Audience, ClientId, SessionId, Subject, Thumbprint, TokenVersion, UnixTime};

use crate::lifetime::RefreshLifetime;
use crate::opaque::RefreshToken;
use crate::passkey::{Asserted, KnownPasskey, PasskeyMisused, judge_assertion};
use crate::session::{Delivery, EndReason, PasskeyUse, RefreshMode, Session};

#[cfg(test)]
mod tests;

/// How long a refresh token is remembered after it was made, so that its reuse is noticed.
///
/// Its longest life, and as long again. It bounds the rows that a long session leaves behind; whoever
/// comes later still is refused as unknown.
pub const REUSE_MEMORY: Duration = Duration::from_secs(48 * 60 * 60);

/// A presented refresh token, and under which rules it is judged.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a caller decides on every field")]
pub struct RefreshAttempt {
    /// The token.
    pub presented: RefreshToken,
    /// Who presents it.
    pub client: ClientCheck,
    /// How it was presented; a session of another delivery is refused.
    pub delivery: Delivery,
    /// The key that a proof came by (RFC 9449 § 5), if one came.
    pub proven: Option<Thumbprint>,
    /// What a passkey signed for it, if one did.
    pub asserted: Option<Asserted>,
    /// The audiences within which the caller works; `None` for all.
    pub audiences: Option<Vec<Audience>>,
    /// The time.
    pub now: UnixTime,
    /// How long the successor may lie unused.
    pub refresh_lifetime: RefreshLifetime,
    /// How long the spent token yields the same successor again: [`REFRESH_WINDOW`](crate::REFRESH_WINDOW).
    pub window: Duration,
    /// When the revocation that a reuse writes may be forgotten: the end of the last access token.
    pub keep_until: UnixTime,
}

/// Who must be the client of the session.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClientCheck {
    /// This client, and no other.
    Is(ClientId),
    /// A browser: it has no client of its own, the cookie is its credential.
    Browser,
}

impl ClientCheck {
    /// Whether it lets a session of `client` pass.
    #[must_use]
    pub fn admits(&self, client: &ClientId) -> bool {
        match self {
            Self::Is(only) => only == client,
            Self::Browser => true,
        }
    }
}

/// What a store knows of a presented token.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum KnownToken {
    /// The one that may be used next.
    Current {
        /// When it ends.
        ends_at: UnixTime,
    },
    /// It was used, as the last one before the current one.
    Spent {
        /// When.
        at: UnixTime,
        /// The current token, its successor, sealed; gone once the window is over.
        sealed: Option<Vec<u8>>,
        /// When its successor ends.
        successor_ends_at: UnixTime,
        /// Whether its session was bound to a key when it was made.
        was_bound: bool,
    },
    /// It was used, and so was its successor.
    LongSpent {
        /// Whether its session was bound to a key when it was made.
        was_bound: bool,
    },
}

impl KnownToken {
    /// Whether a session that lives goes on by it at `now`: it is the current one, or the last before it and `window`
    /// is open still. Of any other, one who presents it learns nothing.
    #[must_use]
    pub fn goes_on(&self, now: UnixTime, window: Duration) -> bool {
        match self {
            Self::Current { ends_at } => now < *ends_at,
            Self::Spent { at, sealed, successor_ends_at, .. } => {
                sealed.is_some() && in_window(now, *at, window) && now < *successor_ends_at
            }
            Self::LongSpent { .. } => false,
        }
    }
}

impl fmt::Debug for KnownToken {
    /// Whether there is a sealed successor, never its bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current { ends_at } => {
                f.debug_struct("Current").field("ends_at", ends_at).finish()
            }
            Self::Spent { at, sealed, successor_ends_at, was_bound } => f
                .debug_struct("Spent")
                .field("at", at)
                .field("sealed", &sealed.is_some())
                .field("successor_ends_at", successor_ends_at)
                .field("was_bound", was_bound)
                .finish(),
            Self::LongSpent { was_bound } => {
                f.debug_struct("LongSpent").field("was_bound", was_bound).finish()
            }
        }
    }
}

/// What a store must do, all of it in one transaction.
#[derive(Debug)]
#[non_exhaustive]
pub enum Decision {
    /// Spend the presented token and make its successor current.
    Rotate(Rotation),
    /// Write nothing but the use of a passkey, and answer with the same successor again.
    Replay {
        /// The successor.
        token: RefreshToken,
        /// When it ends.
        ends_at: UnixTime,
    },
    /// End the session for this reason, and write its revocation.
    EndFamily(EndReason),
    /// Write nothing.
    Refuse(RefreshInvalid),
}

/// A refresh token takes the place of another.
#[non_exhaustive]
pub struct Rotation {
    /// The successor.
    pub token: RefreshToken,
    /// What to store of it.
    pub hash: [u8; 32],
    /// When it ends.
    pub ends_at: UnixTime,
    /// The successor sealed under the presented token, to be kept until it is first used or…
    pub sealed: Vec<u8>,
    /// …until this time.
    pub sealed_until: UnixTime,
    /// The key that the session is bound to from now on.
    pub bound_to: Option<Thumbprint>,
}

impl RefreshAttempt {
    /// The use of a passkey that the session remembers from here on: that of this attempt, or the last one.
    #[must_use]
    pub fn passkey_use(&self, session: &Session) -> Option<PasskeyUse> {
        let new = self.asserted.as_ref().map(|asserted| PasskeyUse {
            credential: asserted.credential.clone(),
            at: asserted.at,
        });
        new.or_else(|| session.passkey.clone())
    }
}

impl fmt::Debug for Rotation {
    /// Times alone: neither the token nor anything made of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("ends_at", &self.ends_at)
            .field("sealed_until", &self.sealed_until)
            .finish_non_exhaustive()
    }
}

/// What came of a refresh.
#[derive(Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "nearly every refresh is the large one")]
pub enum RefreshOutcome {
    /// The session goes on.
    Renewed {
        /// The session.
        session: Session,
        /// The subject's token version, as of the same transaction.
        version: TokenVersion,
        /// The next refresh token.
        token: RefreshToken,
        /// When it ends.
        refresh_ends_at: UnixTime,
        /// Whether it had been given out before, inside the window.
        replayed: bool,
    },
    /// Two hold what only one may, a token or a passkey: the family has just been ended and revoked. Raise an
    /// event.
    Ended {
        /// Why.
        why: EndReason,
        /// Which session.
        session_id: SessionId,
        /// Of this subject.
        subject: Subject,
        /// For this audience.
        audience: Audience,
    },
    /// Nothing changed. The client learns `invalid_grant` whatever the reason.
    Invalid(RefreshInvalid),
}

/// Why a refresh token was refused; for the log alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshInvalid {
    /// No such token was ever given out, or it is long forgotten.
    #[error("unknown refresh token")]
    Unknown,
    /// It lay unused for too long, or its session is over.
    #[error("expired refresh token")]
    Expired,
    /// Its session was ended before its time.
    #[error("refresh token of an ended session ({0})")]
    Ended(EndReason),
    /// Another client presents it.
    #[error("refresh token of another client")]
    WrongClient,
    /// A cookie session's token came as a form field, or the other way round.
    #[error("refresh token of another delivery")]
    WrongDelivery,
    /// The caller does not work for the session's audience.
    #[error("refresh token of another audience")]
    WrongAudience,
    /// The session asks for a passkey, and no assertion came with the token.
    #[error("refresh token that needs a passkey")]
    PasskeyRequired,
    /// An assertion came with the token, and its store does not take it.
    #[error("refresh token with {0}")]
    PasskeyMisused(#[from] PasskeyMisused),
    /// Its session is bound to a key, and no proof by any came with the token.
    #[error("refresh token that needs a proof by its key")]
    ProofRequired,
    /// Its session is bound to another key than the proof is by.
    #[error("refresh token that is bound to another key")]
    WrongKey,
}

/// Judges a presented token, given what the store knows of it, and of the passkey that has signed for it.
///
/// Stores call this inside the transaction that will carry out the decision, so that two presentations of
/// one token are judged one after the other.
#[must_use]
pub fn decide(
    attempt: &RefreshAttempt,
    session: &Session,
    token: &KnownToken,
    passkey: Option<&KnownPasskey>,
) -> Decision {
    if let Err(why) = admissible(attempt, session) {
        return Decision::Refuse(why);
    }
    match (proven(attempt, session), token) {
        (Ok(()), _) => {}
        // Used before its family was bound, perhaps by whoever bound it then: a thief must not keep the owner
        // from being noticed by a key of his own.
        (
            Err(_),
            KnownToken::Spent { was_bound: false, .. } | KnownToken::LongSpent { was_bound: false },
        ) => return Decision::EndFamily(EndReason::RefreshReused),
        (Err(why), _) => return Decision::Refuse(why),
    }
    match asserted(attempt, session, passkey) {
        Ok(()) => judge_token(attempt, session, token),
        Err(RefreshInvalid::PasskeyMisused(PasskeyMisused::WentBack)) => {
            Decision::EndFamily(EndReason::PasskeyCopied)
        }
        Err(why) => Decision::Refuse(why),
    }
}

/// Judges a token that whoever presents it may hold.
fn judge_token(attempt: &RefreshAttempt, session: &Session, token: &KnownToken) -> Decision {
    let reused = Decision::EndFamily(EndReason::RefreshReused);
    match token {
        KnownToken::LongSpent { .. } => reused,
        KnownToken::Current { ends_at } if attempt.now >= *ends_at => {
            Decision::Refuse(RefreshInvalid::Expired)
        }
        KnownToken::Current { .. } => Decision::Rotate(rotate(attempt, session)),
        KnownToken::Spent { sealed, successor_ends_at, .. } => {
            match sealed.as_deref().and_then(|sealed| attempt.presented.open_successor(sealed)) {
                Some(successor) if token.goes_on(attempt.now, attempt.window) => {
                    Decision::Replay { token: successor, ends_at: *successor_ends_at }
                }
                // A token that is both spent and expired is still reuse: whoever comes second, however
                // late, shows that two hold it.
                _ => reused,
            }
        }
    }
}

fn admissible(attempt: &RefreshAttempt, session: &Session) -> Result<(), RefreshInvalid> {
    // Who may not present it at all must not be able to end the family with it either.
    if !attempt.client.admits(&session.client_id) {
        return Err(RefreshInvalid::WrongClient);
    }
    if attempt.delivery != session.delivery {
        return Err(RefreshInvalid::WrongDelivery);
    }
    if attempt.audiences.as_ref().is_some_and(|all| !all.contains(&session.audience)) {
        return Err(RefreshInvalid::WrongAudience);
    }
    if let Some(ended) = session.ended {
        return Err(RefreshInvalid::Ended(ended.why));
    }
    if attempt.now >= session.ends_at {
        return Err(RefreshInvalid::Expired);
    }
    Ok(())
}

/// Whether a passkey has signed, where the session asks for one. An assertion that nobody asked for counts as well,
/// and one that does not count is never passed over.
fn asserted(
    attempt: &RefreshAttempt,
    session: &Session,
    passkey: Option<&KnownPasskey>,
) -> Result<(), RefreshInvalid> {
    match (&attempt.asserted, session.refresh_mode) {
        (Some(asserted), _) => Ok(judge_assertion(asserted, passkey)?),
        (None, RefreshMode::Plain) => Ok(()),
        (None, RefreshMode::Passkey) => Err(RefreshInvalid::PasskeyRequired),
    }
}

/// Whether the proof that a bound session asks for is there. To a thief who has the token and not the key it is
/// worthless, and so it stays.
fn proven(attempt: &RefreshAttempt, session: &Session) -> Result<(), RefreshInvalid> {
    let proven = attempt.proven.as_ref();
    match proven {
        _ if session.is_proven_by(proven) => Ok(()),
        None => Err(RefreshInvalid::ProofRequired),
        Some(_) => Err(RefreshInvalid::WrongKey),
    }
}

fn in_window(now: UnixTime, spent_at: UnixTime, window: Duration) -> bool {
    // Concurrent requests read their clocks in any order, so `now` may be a little before `spent_at`. A
    // clock that was set back by more than the window closes it.
    now.since(spent_at) <= window && spent_at.since(now) <= window
}

fn rotate(attempt: &RefreshAttempt, session: &Session) -> Rotation {
    let token = RefreshToken::random();
    Rotation {
        hash: token.hash(),
        ends_at: attempt.refresh_lifetime.ends_at(attempt.now, session.ends_at),
        sealed: attempt.presented.seal(&token),
        sealed_until: attempt.now.saturating_add(attempt.window),
        // Once bound, always bound to the same key: `proven` has seen to that.
        bound_to: attempt.proven.clone().or_else(|| session.bound_to.clone()),
        token,
    }
}
