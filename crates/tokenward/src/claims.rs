//! The claims of an access token (RFC 7519 § 4.1, RFC 9068 § 2.2).

mod actor;
mod borrowed;
mod fields;
mod read;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Number, Value};

use crate::ids::{Audience, ClientId, IssuerId, Jti, SessionId, Subject, TokenVersion};
use crate::profile::Times;
use crate::scope::Scope;
use crate::time::UnixTime;

pub(crate) use actor::ACT;
pub use actor::{Actor, ActorChainTooLong, InvalidActor};
pub use borrowed::AccessClaimsRef;
pub(crate) use fields::{Fields, NamedText};
pub(crate) use read::{Expected, Proven, X5T_S256, read, required};

/// The names that mean something to us. A private claim cannot have one.
pub const RESERVED_CLAIMS: &[&str] = &[
    "iss",
    "aud",
    "sub",
    "iat",
    "exp",
    "nbf",
    "jti",
    "sid",
    "client_id",
    "scope",
    "ver",
    "auth_time",
    "cnf",
];

/// The claims of an access token, each of its own type.
///
/// Handlers get them inside a [`Verified`](crate::Verified), which is the only way to know that they
/// are true. `T` is what the private claims are read as: a map of them all, or a type of yours
/// ([`Verifier::verify_as`](crate::Verifier::verify_as)).
///
/// ```
/// fn may_write(claims: &tokenward::AccessClaims) -> bool {
///     claims.scope().contains("notes:write") && claims.private().get("locked") != Some(&true.into())
/// }
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct AccessClaims<T = Map<String, Value>> {
    issuer: Arc<IssuerId>,
    audience: Arc<Audience>,
    /// All audiences, where the token has an array of them.
    audiences: Option<Vec<Box<str>>>,
    subject: Subject,
    client_id: Option<ClientId>,
    token_id: Jti,
    session_id: Option<SessionId>,
    token_version: Option<TokenVersion>,
    issued_at: UnixTime,
    expires_at: UnixTime,
    not_before: Option<UnixTime>,
    scope: Scope,
    /// Whether the token says its scope, be it empty.
    scoped: bool,
    auth_time: Option<UnixTime>,
    key_thumbprint: Option<Box<str>>,
    certificate_thumbprint: Option<Box<str>>,
    private: T,
}

impl<T> AccessClaims<T> {
    /// `iss`: who issued the token; always the one that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// `aud`: the audience that the verifier is, which the token names.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// `sub`: whom the token speaks for. It identifies somebody only together with the issuer.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// `client_id`: the client that the token was issued to. `None` only with
    /// [`TokenType::Jwt`](crate::TokenType::Jwt), for a token that is no RFC 9068 access token.
    #[must_use]
    pub const fn client_id(&self) -> Option<&ClientId> {
        self.client_id.as_ref()
    }

    /// `jti`: the name of this one token.
    #[must_use]
    pub const fn token_id(&self) -> &Jti {
        &self.token_id
    }

    /// `sid`: the session that the token belongs to. Tokens of services have none.
    #[must_use]
    pub const fn session_id(&self) -> Option<&SessionId> {
        self.session_id.as_ref()
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

    /// `scope`: what the token may do; empty if it does not say.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `auth_time`: when the subject last proved who they are.
    #[must_use]
    pub const fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }

    /// `nbf`: before when the token is not valid yet.
    #[must_use]
    pub const fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// `cnf.jkt`: the thumbprint of the key that the token is bound to, and that its sender has proven
    /// to hold (RFC 9449 § 6.1).
    #[must_use]
    pub fn key_thumbprint(&self) -> Option<&str> {
        self.key_thumbprint.as_deref()
    }

    /// `cnf.x5t#S256`: the thumbprint of the certificate that the token is bound to, and that its sender has
    /// shown (RFC 8705 § 3.1).
    #[must_use]
    pub fn certificate_thumbprint(&self) -> Option<&str> {
        self.certificate_thumbprint.as_deref()
    }

    /// The times by which the token is judged.
    pub(crate) const fn times(&self) -> Times {
        Times {
            issued_at: Some(self.issued_at),
            expires_at: Some(self.expires_at),
            not_before: self.not_before,
        }
    }

    /// Whether it is bound to anything.
    pub(crate) const fn is_bound(&self) -> bool {
        self.key_thumbprint.is_some() || self.certificate_thumbprint.is_some()
    }

    /// All claims that are not in [`RESERVED_CLAIMS`].
    #[must_use]
    pub const fn private(&self) -> &T {
        &self.private
    }
}

impl AccessClaims {
    /// All claims as they stand in the token, but for the `cnf` of a [sealed](crate::SealKey) one, which has
    /// done its work.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let mut json = self.private.clone();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                json.insert(name.to_owned(), value);
            }
        };
        let audience = match &self.audiences {
            Some(all) => all.iter().map(AsRef::as_ref).collect(),
            None => Value::from(self.audience.as_str()),
        };
        put("iss", Some(self.issuer.as_str().into()));
        put("aud", Some(audience));
        put("sub", Some(self.subject.as_str().into()));
        put("client_id", self.client_id.as_ref().map(|id| id.as_str().into()));
        put("jti", Some(self.token_id.as_str().into()));
        put("sid", self.session_id.as_ref().map(|id| id.as_str().into()));
        put("ver", self.token_version.map(|version| version.get().into()));
        put("iat", Some(date(self.issued_at)));
        put("exp", Some(date(self.expires_at)));
        put("nbf", self.not_before.map(date));
        put("scope", self.scoped.then(|| self.scope.as_str().into()));
        put("auth_time", self.auth_time.map(date));
        let mut cnf = Map::new();
        let bound = [("jkt", self.key_thumbprint()), (X5T_S256, self.certificate_thumbprint())];
        for (name, thumbprint) in bound {
            cnf.extend(thumbprint.map(|thumbprint| (name.to_owned(), thumbprint.into())));
        }
        put("cnf", Some(cnf.into()).filter(|_| self.is_bound()));
        json
    }
}

/// Shows whom the token is about, and nothing of its private claims.
impl<T> fmt::Debug for AccessClaims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessClaims")
            .field("issuer", &self.issuer.as_str())
            .field("audience", &self.audience.as_str())
            .field("subject", &self.subject.as_str())
            .field("client_id", &self.client_id.as_ref().map(ClientId::as_str))
            .field("token_id", &self.token_id.as_str())
            .field("session_id", &self.session_id.as_ref().map(SessionId::as_str))
            .field("token_version", &self.token_version.map(TokenVersion::get))
            .field("issued_at", &self.issued_at.as_secs())
            .field("expires_at", &self.expires_at.as_secs())
            .field("scope", &self.scope().as_str())
            .finish_non_exhaustive()
    }
}

/// A `NumericDate`: whole seconds, or with the fraction that the token had.
fn date(time: UnixTime) -> Value {
    let fraction = time.as_millis() % 1_000;
    if fraction == 0 {
        return time.as_secs().into();
    }
    let exact = std::time::Duration::from_millis(time.as_millis()).as_secs_f64();
    Number::from_f64(exact).map_or_else(|| time.as_secs().into(), Value::Number)
}
