//! Profiles: what kinds of tokens there are, each with its own type, claims and lifetime.
//!
//! A [`Verifier`] is for one profile. A token of one kind is none of another, whoever
//! signed it (RFC 8725 § 3.11), and a handler that takes the claims of one cannot be given another's.
//!
//! | kind | `typ` | lifetime, and at most | begins with | verified with |
//! | --- | --- | --- | --- | --- |
//! | [`AccessToken`] (RFC 9068) | `at+jwt` | 15 min, 24 h | [`Verifier::builder`] | token, now |
//! | the same, bound to a key (RFC 9449) | | | | token, [proof](dpop), now |
//! | the same, bound to a certificate (RFC 8705) | | | | token, [`Shown`](crate::Shown), now |
//! | [`IdToken`] (OpenID Connect Core) | `JWT` or none | 1 h, 24 h | [`Verifier::id_token`] | token, nonce, now |
//! | [`LogoutToken`] (Back-Channel Logout) | `logout+jwt` | 2 min, 15 min | [`Verifier::logout_token`] | token, now |
//! | [`SecurityEvent`] (RFC 8417) | `secevent+jwt` | 1 h old, 7 days | [`Verifier::security_event`] | token, now |
//! | [`StatusList`] (draft-ietf-oauth-status-list) | `statuslist+jwt` | 24 h old, 31 days | [`Verifier::status_list`] | token, now |
//! | [`KeySetStatement`] (OpenID Federation) | `jwk-set+jwt` | 7 days, 31 days | [`Verifier::key_set_statement`] | statement, version seen, now |
//! | [`ClientAssertion`] (RFC 7523) | `client-authentication+jwt`, `JWT` or none | 5 min, 1 h | [`Verifier::client_assertion`] | token, recipients, now |
//! | the same, of SPIFFE (JWT-SVID) | `JWT`, `JOSE` or none | 1 h, 1 h | [`Verifier::jwt_svid`] | token, recipients, now |
//! | [`ForeignToken`] | as its [`Preset`] says | as its preset says, 24 h | [`Verifier::foreign`] | token, now |
//!
//! [Proofs of possession](dpop) are no tokens of an issuer, and have a verifier of another kind,
//! [`ProofVerifier`](crate::ProofVerifier).

pub(crate) mod access;
pub mod client_assertion;
pub mod dpop;
mod events;
pub mod foreign;
pub mod id_token;
pub mod key_set_statement;
pub mod logout_token;
pub mod security_event;
pub mod status_list;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use access::{AccessToken, TokenType, UnknownTokenType};
pub use client_assertion::ClientAssertion;
pub use foreign::{ForeignToken, Preset};
pub use id_token::IdToken;
pub use key_set_statement::KeySetStatement;
pub use logout_token::LogoutToken;
pub use security_event::SecurityEvent;
pub use status_list::StatusList;

use crate::alg::Algorithm;
use crate::ids::IssuerId;
use crate::json::Object;
use crate::limits::LIMITS;
use crate::reject::Reason;
use crate::time::UnixTime;
#[cfg(doc)]
use crate::verify::Verifier;

/// 24 hours.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A kind of token. The kinds are those of this module; others cannot be made elsewhere.
pub trait Profile: Sealed + fmt::Debug + Send + Sync + 'static {
    /// What a good token of this kind says.
    type Claims;
    /// Whom the token must be for, or what it must be about.
    type Addressee: Clone + fmt::Debug + Send + Sync;
    /// The `typ` of such tokens where we make them, and the one that is recognized at once.
    const TYPE: &'static str;
    /// The longest time from `iat` to `exp`, or from `iat` to now where there is no `exp`, unless the
    /// verifier is told another.
    const MAX_LIFETIME: Duration;
    /// The longest that the verifier can be told.
    const LONGEST_LIFETIME: Duration;
}

/// A [`Profile`] that needs to be told nothing about the single token.
pub trait SelfContained: Profile {}

pub(crate) use sealed::Sealed;

mod sealed {
    use std::time::Duration;

    use super::{Form, Policy, Profile, Times, Token, Typed};
    use crate::reject::Reason;

    /// What the verifier asks of a profile. It cannot be named elsewhere, so that no rule can be left
    /// out there.
    #[expect(unnameable_types, reason = "that is what keeps other crates from kinds of their own")]
    pub trait Sealed: Sized {
        #[doc(hidden)]
        fn admits(&self, typ: Option<&str>) -> Option<Typed>;
        #[doc(hidden)]
        fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(Self::Claims, Times), Reason>
        where
            Self: Profile;
        #[doc(hidden)]
        fn form(&self) -> Form {
            Form::COMPACT
        }
        #[doc(hidden)]
        fn max_lifetime(&self) -> Duration
        where
            Self: Profile,
        {
            Self::MAX_LIFETIME
        }
    }
}

/// What a token looks like before anything in it is decoded.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Form {
    /// The longest, in bytes.
    pub(crate) bytes: usize,
    /// Whether its parts are padded to groups of four characters.
    pub(crate) padded: bool,
    /// Whether a header of `alg`, `kid` and [`Profile::TYPE`] alone says all that is asked of one.
    pub(crate) plain_header: bool,
}

impl Form {
    /// That of RFC 7515 § 7.1, in a header of a request.
    pub(crate) const COMPACT: Self =
        Self { bytes: LIMITS.token_bytes, padded: false, plain_header: true };

    /// The same in a document that is fetched, of at most so many bytes.
    pub(crate) const fn document(bytes: usize) -> Self {
        Self { bytes, ..Self::COMPACT }
    }
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
    /// The decoded header, or nothing where it was recognized by its bytes.
    pub(crate) header: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) typed: Typed,
    /// That of the key whose signature it was.
    pub(crate) algorithm: Algorithm,
}

impl<'a> Token<'a> {
    /// The members of the payload.
    pub(crate) fn members(self) -> Result<Object<'a>, Reason> {
        Object::parse(self.payload).map_err(|_| Reason::InvalidPayload)
    }
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
        times.judge(self.max_lifetime, self.leeway, now)
    }
}

impl Times {
    /// Whether a token with these times is good at `now`, if clocks may differ by `leeway`.
    pub(crate) fn judge(
        &self,
        max_lifetime: Duration,
        leeway: Duration,
        now: UnixTime,
    ) -> Result<(), Reason> {
        let latest = now.saturating_add(leeway);
        let over = |end: UnixTime| now >= end.saturating_add(leeway);
        if self.expires_at.is_some_and(over) {
            return Err(Reason::Expired);
        }
        if self.not_before.is_some_and(|not_before| not_before > latest) {
            return Err(Reason::NotYetValid);
        }
        if self.issued_at.is_some_and(|issued_at| issued_at > latest) {
            return Err(Reason::IssuedInFuture);
        }
        match (self.issued_at, self.expires_at) {
            (Some(start), None) if over(start.saturating_add(max_lifetime)) => Err(Reason::Expired),
            (Some(start), Some(end)) if end <= start => Err(Reason::InvalidClaim("exp")),
            (Some(start), Some(end)) if end.since(start) > max_lifetime => {
                Err(Reason::LifetimeTooLong)
            }
            // Without a beginning, what is left of its life must be short.
            (None, Some(end)) if end.since(latest) > max_lifetime => Err(Reason::LifetimeTooLong),
            (None, None) => Err(Reason::MissingClaim("exp")),
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
