//! What a foreign access token says, whoever made it.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::ids::{Audience, ClientId, IssuerId, Jti, Subject};
use crate::scope::Scope;
use crate::time::UnixTime;

/// The claims of a foreign access token, each of its own type.
///
/// They are not [`AccessClaims`](crate::AccessClaims): a subject of another issuer is not one of ours,
/// and what is optional differs. `T` is what the claims that are not in RFC 7519 are read as: a map of them
/// all, or a type of yours, by the verifier's `verify_as`.
///
/// ```
/// fn tenant(claims: &tokenward::ForeignClaims) -> Option<&str> {
///     claims.private().get("tid")?.as_str()
/// }
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ForeignClaims<T = Map<String, Value>> {
    pub(super) issuer: Arc<IssuerId>,
    pub(super) audience: Arc<Audience>,
    pub(super) subject: Subject,
    pub(super) client_id: Option<ClientId>,
    pub(super) token_id: Option<Jti>,
    pub(super) scope: Scope,
    pub(super) issued_at: Option<UnixTime>,
    pub(super) expires_at: UnixTime,
    pub(super) not_before: Option<UnixTime>,
    pub(super) private: T,
}

impl<T> ForeignClaims<T> {
    /// `iss`: who issued the token; always the one that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// Whom the token is for, which is always the verifier, by the claim that its
    /// [`Preset`](crate::Preset) names.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// `sub`: whom the token speaks for. It identifies somebody only together with the issuer.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The client that the token was issued to, where such tokens say so.
    #[must_use]
    pub const fn client_id(&self) -> Option<&ClientId> {
        self.client_id.as_ref()
    }

    /// The name of this one token, where it has one. Without one it cannot be revoked alone.
    #[must_use]
    pub const fn token_id(&self) -> Option<&Jti> {
        self.token_id.as_ref()
    }

    /// What the token may do; empty if it does not say.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `iat`: when the token was issued, where it says so.
    #[must_use]
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.issued_at
    }

    /// `exp`: when the token ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// `nbf`: before when the token is not valid yet.
    #[must_use]
    pub const fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// All claims but those of RFC 7519, so also those that the other methods are read from.
    #[must_use]
    pub const fn private(&self) -> &T {
        &self.private
    }
}

/// Shows whom the token is about, and nothing of its private claims.
impl<T> fmt::Debug for ForeignClaims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignClaims")
            .field("issuer", &self.issuer.as_str())
            .field("audience", &self.audience.as_str())
            .field("subject", &self.subject.as_str())
            .field("client_id", &self.client_id.as_ref().map(ClientId::as_str))
            .field("token_id", &self.token_id.as_ref().map(Jti::as_str))
            .field("scope", &self.scope.as_str())
            .field("expires_at", &self.expires_at.as_secs())
            .finish_non_exhaustive()
    }
}
