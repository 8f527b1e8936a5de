//! Revocations as facts.

use std::fmt;

use tokenward::{Audience, Jti, KeyId, SessionId, Subject, TokenVersion, UnixTime};

/// The place of a revocation in its store's order: 1 for the first, one more for each that follows.
///
/// Zero is the place before the first.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Seq(u64);

impl Seq {
    /// Before the first revocation.
    pub const ZERO: Self = Self(0);

    /// The place numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether it is the place before the first revocation.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference to the field")]
    pub(crate) const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a revocation is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Scope {
    /// One token.
    Jti(Jti),
    /// Every token of one session.
    Session(SessionId),
    /// The tokens of a subject up to now: those whose `ver` is below `version`; where the token or
    /// the revocation has no version, those whose `iat` is not after `issued_up_to`.
    Subject {
        /// Whose tokens.
        subject: Subject,
        /// The lowest version still accepted, where versions are kept.
        version: Option<TokenVersion>,
        /// The last `iat` that is refused, compared in whole seconds.
        issued_up_to: UnixTime,
    },
    /// The tokens of a subject whose `ver` is below a floor (its version was bumped). Tokens without
    /// `ver` are not concerned.
    Version {
        /// Whose tokens.
        subject: Subject,
        /// The lowest version still accepted.
        below: TokenVersion,
    },
    /// Every token that this key signed.
    Key(KeyId),
    /// Every token of the audience that was issued up to a time.
    Audience {
        /// The last `iat` that is refused, compared in whole seconds.
        issued_up_to: UnixTime,
    },
    /// Every token of every audience that was issued up to a time.
    Issuer {
        /// The last `iat` that is refused, compared in whole seconds.
        issued_up_to: UnixTime,
    },
}

impl Scope {
    /// Its kind, as it stands in stores, on the feed and in logs: `jti`, `sid`, `sub`, `ver`, `kid`,
    /// `aud` or `iss`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Jti(_) => "jti",
            Self::Session(_) => "sid",
            Self::Subject { .. } => "sub",
            Self::Version { .. } => "ver",
            Self::Key(_) => "kid",
            Self::Audience { .. } => "aud",
            Self::Issuer { .. } => "iss",
        }
    }
}

/// A revocation that a store is to append.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever revokes must decide on every field")]
pub struct NewRevocation {
    /// The audience whose tokens are concerned; `None` for all of them.
    pub audience: Option<Audience>,
    /// What is revoked.
    pub scope: Scope,
    /// When the last token concerned has expired, leeway and twice the clock error included. From
    /// then on the revocation may be forgotten.
    pub ends_at: UnixTime,
    /// When it was decided.
    pub at: UnixTime,
    /// Why, for the operator; see [`NewRevocation::tidy_reason`].
    pub reason: Option<String>,
    /// Who decided: a service's name, `admin`, or the part of the authority.
    pub by: String,
}

impl NewRevocation {
    /// The longest reason that is kept, in characters.
    pub const MAX_REASON: usize = 200;

    /// `text` as a reason: without control characters, cut at [`Self::MAX_REASON`]; `None` if nothing
    /// is left.
    #[must_use]
    pub fn tidy_reason(text: &str) -> Option<String> {
        let kept: String =
            text.trim().chars().filter(|c| !c.is_control()).take(Self::MAX_REASON).collect();
        (!kept.is_empty()).then_some(kept)
    }
}

/// A revocation that a store has committed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills in every field from its row")]
pub struct Revocation {
    /// Its place in the store's order.
    pub seq: Seq,
    /// The audience whose tokens are concerned; `None` for all of them.
    pub audience: Option<Audience>,
    /// What is revoked.
    pub scope: Scope,
    /// When it may be forgotten.
    pub ends_at: UnixTime,
    /// When it was decided.
    pub at: UnixTime,
    /// Why, for the operator.
    pub reason: Option<String>,
    /// Who decided.
    pub by: String,
}

impl Revocation {
    /// `new`, committed at `seq`.
    #[must_use]
    pub fn committed(seq: Seq, new: NewRevocation) -> Self {
        let NewRevocation { audience, scope, ends_at, at, reason, by } = new;
        Self { seq, audience, scope, ends_at, at, reason, by }
    }

    /// Whether tokens of `audience` are concerned.
    #[must_use]
    pub fn concerns(&self, audience: &Audience) -> bool {
        self.audience.as_ref().is_none_or(|own| own == audience)
    }
}
