//! The claims of an access token, read without copying.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::read::Bound;
use super::{AccessClaims, RESERVED_CLAIMS};
use crate::ids::{Audience, ClientId, IssuerId, Jti, SessionId, Subject, TokenVersion};
use crate::json::{Member, Object, ObjectReader, Raw, ReadError};
use crate::profile::Times;
use crate::reject::Reason;
use crate::scope::ScopeRef;
use crate::time::UnixTime;

/// The claims of an access token, as slices of a [`Scratch`](crate::Scratch): what
/// [`AccessClaims`] says, without an allocation.
///
/// Handlers get them inside a [`Verified`](crate::Verified), which is the only way to know that they
/// are true.
///
/// ```
/// use tokenward::{AccessClaimsRef, Verified};
///
/// fn may_write(claims: &Verified<AccessClaimsRef<'_>>) -> bool {
///     claims.scope().contains("notes:write")
/// }
/// ```
#[derive(Clone)]
pub struct AccessClaimsRef<'a> {
    pub(super) issuer: &'a Arc<IssuerId>,
    pub(super) audience: &'a Arc<Audience>,
    /// The array of audiences, where the token has one.
    pub(super) audiences: Option<Raw<'a>>,
    pub(super) subject: Cow<'a, str>,
    pub(super) client_id: Option<Cow<'a, str>>,
    pub(super) token_id: Cow<'a, str>,
    pub(super) session_id: Option<Cow<'a, str>>,
    pub(super) token_version: Option<TokenVersion>,
    pub(super) issued_at: UnixTime,
    pub(super) expires_at: UnixTime,
    pub(super) not_before: Option<UnixTime>,
    pub(super) scope: Option<Cow<'a, str>>,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) bound: Bound<'a>,
    /// The payload, which the scanner has checked.
    pub(super) payload: &'a [u8],
}

impl<'a> AccessClaimsRef<'a> {
    /// `iss`: who issued the token; always the one that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        self.issuer
    }

    /// `aud`: the audience that the verifier is, which the token names.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        self.audience
    }

    /// `sub`: whom the token speaks for. It identifies somebody only together with the issuer.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `client_id`: the client that the token was issued to. `None` only with
    /// [`TokenType::Jwt`](crate::TokenType::Jwt), for a token that is no RFC 9068 access token.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// `jti`: the name of this one token.
    #[must_use]
    pub fn token_id(&self) -> &str {
        &self.token_id
    }

    /// `sid`: the session that the token belongs to. Tokens of services have none.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// `ver`: the subject's token version when the token was issued.
    #[must_use]
    pub const fn token_version(&self) -> Option<TokenVersion> {
        self.token_version
    }

    /// `iat`: when the token was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
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

    /// `scope`: what the token may do; empty if it does not say.
    #[must_use]
    pub fn scope(&self) -> ScopeRef<'_> {
        // It was parsed when the claims were read.
        self.scope.as_deref().and_then(|text| ScopeRef::parse(text).ok()).unwrap_or_default()
    }

    /// `auth_time`: when the subject last proved who they are.
    #[must_use]
    pub const fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }

    /// `cnf.jkt`: the thumbprint of the key that the token is bound to, and that its sender has proven
    /// to hold (RFC 9449 § 6.1).
    #[must_use]
    pub fn key_thumbprint(&self) -> Option<&str> {
        self.bound.key.as_deref()
    }

    /// `cnf.x5t#S256`: the thumbprint of the certificate that the token is bound to, and that its sender has
    /// shown (RFC 8705 § 3.1).
    #[must_use]
    pub fn certificate_thumbprint(&self) -> Option<&str> {
        self.bound.certificate.as_deref()
    }

    /// The times by which the token is judged.
    pub(crate) const fn times(&self) -> Times {
        Times {
            issued_at: Some(self.issued_at),
            expires_at: Some(self.expires_at),
            not_before: self.not_before,
        }
    }

    /// The claims that are not in [`RESERVED_CLAIMS`], as a type of yours.
    ///
    /// By the rules of [`json`](crate::json): a struct is an object, a name stands once, a number that
    /// is no integer is none. Each call reads them again.
    ///
    /// ```
    /// # use tokenward::{AccessClaimsRef, Verified, json::ReadError};
    /// # fn f(claims: Verified<AccessClaimsRef<'_>>) -> Result<(), ReadError> {
    /// #[derive(serde::Deserialize)]
    /// struct Private<'a> {
    ///     locale: &'a str, // refused if the token escapes it; `Cow<'a, str>` takes both
    /// }
    ///
    /// let private: Private<'_> = claims.private()?;
    /// println!("{} reads {}", claims.subject(), private.locale);
    /// # Ok(())
    /// # }
    /// ```
    pub fn private<T: Deserialize<'a>>(&self) -> Result<T, ReadError> {
        T::deserialize(ObjectReader::new(self.private_members().collect()))
    }

    /// The same claims, in a value that borrows nothing.
    #[must_use]
    pub fn to_owned_claims(&self) -> AccessClaims {
        // What the scanner has checked is always a value, so nothing is lost here.
        self.with_private(self.private_values().flatten().collect())
    }

    /// The same claims, with the private ones as `T`.
    pub(crate) fn to_owned_as<T: Deserialize<'a>>(&self) -> Result<AccessClaims<T>, Reason> {
        Ok(self.with_private(self.private().map_err(|_| Reason::InvalidPrivateClaims)?))
    }

    /// The same claims, with the private ones as a map.
    pub(crate) fn to_owned_map(&self) -> Result<AccessClaims, Reason> {
        let private: Option<Map<String, Value>> = self.private_values().collect();
        Ok(self.with_private(private.ok_or(Reason::InvalidPayload)?))
    }

    fn private_values(&self) -> impl Iterator<Item = Option<(String, Value)>> {
        self.private_members()
            .map(|member| Some((member.name.to_str().into_owned(), member.value.to_value()?)))
    }

    fn private_members(&self) -> impl Iterator<Item = Member<'a>> {
        Object::parse(self.payload)
            .into_iter()
            .flat_map(Object::into_members)
            .filter(|member| !RESERVED_CLAIMS.contains(&&*member.name.to_str()))
    }

    fn with_private<T>(&self, private: T) -> AccessClaims<T> {
        let audiences = self
            .audiences
            .and_then(Raw::as_array)
            .map(|all| all.into_iter().filter_map(Raw::as_str).map(Into::into).collect());
        AccessClaims {
            issuer: Arc::clone(self.issuer),
            audience: Arc::clone(self.audience),
            audiences,
            subject: Subject::fitting(&*self.subject),
            client_id: self.client_id.as_deref().map(ClientId::fitting),
            token_id: Jti::fitting(&*self.token_id),
            session_id: self.session_id.as_deref().map(SessionId::fitting),
            token_version: self.token_version,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            not_before: self.not_before,
            scope: self.scope().to_scope(),
            scoped: self.scope.is_some(),
            auth_time: self.auth_time,
            key_thumbprint: self.bound.key.as_deref().map(Into::into),
            certificate_thumbprint: self.bound.certificate.as_deref().map(Into::into),
            private,
        }
    }
}

/// Shows whom the token is about, and nothing of its private claims.
impl fmt::Debug for AccessClaimsRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.with_private(()), f)
    }
}
