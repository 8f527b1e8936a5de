//! What a token is asked about, and what the answer can be.

use std::fmt;

use tokenward::{
    AccessClaims, Jti, KeyId, Reason, Rejected, SessionId, Subject, TokenVersion, UnixTime,
};

/// What a revocation can be about, of one token whose signature has been checked.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks must not forget one")]
pub struct Facts<'a> {
    /// Its `jti`.
    pub token_id: &'a Jti,
    /// Its `sid`.
    pub session_id: Option<&'a SessionId>,
    /// Its `sub`.
    pub subject: &'a Subject,
    /// Its `ver`.
    pub token_version: Option<TokenVersion>,
    /// Its `iat`.
    pub issued_at: UnixTime,
    /// The `kid` of the key that verified it.
    pub key_id: Option<&'a KeyId>,
}

impl<'a> Facts<'a> {
    /// The facts of an access token.
    #[must_use]
    pub fn of(claims: &'a AccessClaims, key_id: Option<&'a KeyId>) -> Self {
        Self {
            token_id: claims.token_id(),
            session_id: claims.session_id(),
            subject: claims.subject(),
            token_version: claims.token_version(),
            issued_at: claims.issued_at(),
            key_id,
        }
    }
}

/// Why a token is revoked: for logs and metrics, never for its bearer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevokedBy {
    /// Its own id.
    Jti,
    /// Its session.
    Session,
    /// Its subject.
    Subject,
    /// Its version, which is older than its subject's.
    Version,
    /// The key that signed it.
    Key,
    /// Its audience, all of whose tokens up to a time are.
    Audience,
    /// Its issuer, all of whose tokens up to a time are.
    Issuer,
}

impl RevokedBy {
    /// A label for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jti => "jti",
            Self::Session => "sid",
            Self::Subject => "sub",
            Self::Version => "ver",
            Self::Key => "kid",
            Self::Audience => "aud",
            Self::Issuer => "iss",
        }
    }
}

impl From<RevokedBy> for Rejected {
    fn from(by: RevokedBy) -> Self {
        Self::from_reason(match by {
            RevokedBy::Version => Reason::OldVersion,
            _ => Reason::Revoked,
        })
    }
}

impl fmt::Display for RevokedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
