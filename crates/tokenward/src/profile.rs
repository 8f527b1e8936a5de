//! Profiles: what kinds of tokens there are, each with its own type, claims and lifetime.
//!
//! A [`Verifier`](crate::Verifier) is for one profile. A token of one kind is none of another, whoever
//! signed it (RFC 8725 § 3.11), and a handler that takes the claims of one cannot be given another's.

pub(crate) mod access;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use access::{AccessToken, TokenType, UnknownTokenType};

use crate::ids::IssuerId;
use crate::reject::Reason;
use crate::time::UnixTime;

/// A kind of token. The kinds are those of this module; others cannot be made elsewhere.
pub trait Profile: Sealed + fmt::Debug + Send + Sync + 'static {
    /// What a good token of this kind says.
    type Claims;
    /// Whom the token must be for, or what it must be about.
    type Addressee: Clone + fmt::Debug + Send + Sync;
    /// The `typ` of such tokens where we make them, and the one that is recognized at once.
    const TYPE: &'static str;
    /// The longest time from `iat` to `exp`, or from `iat` to now, unless the verifier is told another.
    const MAX_LIFETIME: Duration;
}

/// A [`Profile`] that needs to be told nothing about the single token.
pub trait SelfContained: Profile {}

/// What the verifier asks of a profile. Private, so that no rule can be left out elsewhere.
pub trait Sealed: Sized {
    #[doc(hidden)]
    fn admits(&self, typ: Option<&str>) -> Option<Typed>;
    #[doc(hidden)]
    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(Self::Claims, Times), Reason>
    where
        Self: Profile;
}

/// How a token came to be of the kind that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[doc(hidden)]
#[expect(clippy::exhaustive_enums, reason = "for the profiles here alone")]
pub enum Typed {
    /// By its `typ`.
    Itself,
    /// Because the verifier takes such a `typ`, or none, too.
    Admitted,
}

/// A token whose signature holds.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Token<'a> {
    pub(crate) payload: &'a [u8],
    pub(crate) typed: Typed,
}

/// The times by which a token is judged.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Times {
    pub(crate) issued_at: Option<UnixTime>,
    /// `None` where the kind of token has no end of its own: then its age counts.
    pub(crate) expires_at: Option<UnixTime>,
    pub(crate) not_before: Option<UnixTime>,
}

/// What a verifier was told.
#[derive(Debug)]
#[doc(hidden)]
pub struct Policy<P: Profile> {
    pub(crate) profile: P,
    pub(crate) issuer: Arc<IssuerId>,
    pub(crate) addressee: Arc<P::Addressee>,
    pub(crate) leeway: Duration,
    pub(crate) max_lifetime: Duration,
}

impl<P: Profile> Policy<P> {
    /// Judges the times of a token as of `now`.
    pub(crate) fn check_times(&self, times: &Times, now: UnixTime) -> Result<(), Reason> {
        let latest = now.saturating_add(self.leeway);
        let over = |end: UnixTime| now >= end.saturating_add(self.leeway);
        if times.expires_at.is_some_and(over) {
            return Err(Reason::Expired);
        }
        if times.not_before.is_some_and(|not_before| not_before > latest) {
            return Err(Reason::NotYetValid);
        }
        let Some(issued_at) = times.issued_at else { return Ok(()) };
        if issued_at > latest {
            return Err(Reason::IssuedInFuture);
        }
        match times.expires_at {
            None if over(issued_at.saturating_add(self.max_lifetime)) => Err(Reason::Expired),
            Some(end) if end <= issued_at => Err(Reason::InvalidClaim("exp")),
            Some(end) if end.since(issued_at) > self.max_lifetime => Err(Reason::LifetimeTooLong),
            _ => Ok(()),
        }
    }
}

/// `typ` without the `application/` that it may leave out (RFC 7515 § 4.1.9).
pub(crate) fn media_subtype(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((kind, subtype)) if kind.eq_ignore_ascii_case("application") => subtype,
        _ => typ,
    }
}

/// Whether `typ` names the type `own`, whose case does not count (RFC 2045 § 5.1).
pub(crate) fn is_type(typ: Option<&str>, own: &str) -> bool {
    typ.is_some_and(|typ| media_subtype(typ).eq_ignore_ascii_case(own))
}
