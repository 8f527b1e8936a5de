//! What one token shall say.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::IssueError;
use crate::claims::Actor;
use crate::ids::{
    CertificateThumbprint, ClientId, Jti, SessionId, Subject, Thumbprint, TokenVersion,
};
use crate::json::JsonError;
use crate::jwe::SealKey;
use crate::scope::Scope;
use crate::time::UnixTime;

/// What one token shall say, beyond what its [`Issuer`](super::Issuer) always says.
///
/// ```
/// use tokenward::{ClientId, Jti, Scope, SessionId, Subject, TokenRequest, TokenVersion};
///
/// let request = TokenRequest::new(Subject::new("ada")?, ClientId::new("web")?, Jti::random())
///     .session_id(SessionId::new("s-1")?)
///     .token_version(TokenVersion::FIRST)
///     .scope(Scope::parse("notes:read")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until a token is issued for it"]
pub struct TokenRequest {
    pub(super) subject: Subject,
    pub(super) client_id: ClientId,
    pub(super) token_id: Jti,
    pub(super) session_id: Option<SessionId>,
    pub(super) token_version: Option<TokenVersion>,
    pub(super) scope: Scope,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) bound_to: Option<Confirmation>,
    pub(super) certificate: Option<CertificateThumbprint>,
    pub(super) status: Option<(Subject, u64)>,
    pub(super) actor: Option<Actor>,
    pub(super) private: Map<String, Value>,
    pub(super) expires_no_later_than: Option<UnixTime>,
}

/// What must come with a token (RFC 7800).
#[derive(Clone)]
pub(super) enum Confirmation {
    /// A proof by the key with this thumbprint.
    Key(Thumbprint),
    /// The key with this name, which it is sealed under.
    Seal(String),
}

impl TokenRequest {
    /// A token about `subject`, for the client `client_id`, with the name `token_id`.
    pub fn new(subject: Subject, client_id: ClientId, token_id: Jti) -> Self {
        Self {
            subject,
            client_id,
            token_id,
            session_id: None,
            token_version: None,
            scope: Scope::empty(),
            auth_time: None,
            bound_to: None,
            certificate: None,
            status: None,
            actor: None,
            private: Map::new(),
            expires_no_later_than: None,
        }
    }

    /// Another name than the one it was made with, for instance once it is known when it will end
    /// ([`Issuer::expires_at`](crate::Issuer::expires_at)).
    pub fn token_id(mut self, id: Jti) -> Self {
        self.token_id = id;
        self
    }

    /// The session it belongs to.
    pub fn session_id(mut self, id: SessionId) -> Self {
        self.session_id = Some(id);
        self
    }

    /// The subject's token version.
    pub fn token_version(mut self, version: TokenVersion) -> Self {
        self.token_version = Some(version);
        self
    }

    /// What it may do.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// When the subject last proved who they are.
    pub fn auth_time(mut self, time: UnixTime) -> Self {
        self.auth_time = Some(time);
        self
    }

    /// The key that it is bound to (`cnf.jkt`, RFC 9449 § 6.1): it is worth nothing without a proof by
    /// this key. The thumbprint is that of the proof that came with the request for it.
    ///
    /// # Security
    ///
    /// Only verifiers that know proofs enforce it ([`Verifier`](crate::Verifier) does). A plain JWKS
    /// verifier takes a stolen bound token for a good one.
    ///
    /// ```
    /// # use tokenward::{Issuer, IssueError, Proof, SigningKey, TokenRequest, UnixTime, Verified};
    /// # fn f(issuer: Issuer, key: SigningKey, request: TokenRequest, proof: Verified<Proof>, now: UnixTime) -> Result<(), IssueError> {
    /// let request = request.bound_to(proof.key_thumbprint().clone());
    /// let token = issuer.issue(request, &key, now)?; // for `Verifier::verify_bound`
    /// # Ok(())
    /// # }
    /// ```
    pub fn bound_to(mut self, key: Thumbprint) -> Self {
        self.bound_to = Some(Confirmation::Key(key));
        self
    }

    /// The certificate that it is bound to (`cnf.x5t#S256`, RFC 8705 § 3.1): it is worth nothing without this
    /// certificate on the connection that it comes by. The thumbprint is that of the connection that it was
    /// asked for over. With a key ([`Self::bound_to`]) too, both must be shown.
    ///
    /// # Security
    ///
    /// As for [`Self::bound_to`]: only verifiers that know certificates enforce it.
    ///
    /// ```
    /// # use tokenward::{CertificateThumbprint, Issuer, IssueError, SigningKey, TokenRequest, UnixTime};
    /// # fn f(issuer: Issuer, key: SigningKey, request: TokenRequest, peer_certificate: &[u8], now: UnixTime) -> Result<(), IssueError> {
    /// let request = request.bound_to_certificate(CertificateThumbprint::of(peer_certificate));
    /// let token = issuer.issue(request, &key, now)?; // for `Verifier::verify_shown`
    /// # Ok(())
    /// # }
    /// ```
    pub fn bound_to_certificate(mut self, certificate: CertificateThumbprint) -> Self {
        // A sealed token is bound by its seal alone, so the last word counts.
        if matches!(self.bound_to, Some(Confirmation::Seal(_))) {
            self.bound_to = None;
        }
        self.certificate = Some(certificate);
        self
    }

    /// The key that the token will be sealed under (`cnf.seal`): it is worth nothing in the open, and
    /// nothing under another key. See [`SealKey`] for an example.
    ///
    /// # Security
    ///
    /// As for [`Self::bound_to`] and [`Self::bound_to_certificate`], which a token can be instead: only verifiers that know seals enforce it.
    pub fn sealed_under(mut self, key: &SealKey) -> Self {
        self.bound_to = Some(Confirmation::Seal(key.name()));
        self.certificate = None;
        self
    }

    /// Where its status stands: at `index` of the [list](crate::profile::status_list) at `uri`
    /// (`status.status_list`, draft-ietf-oauth-status-list § 6.2). Such a token has no private claim
    /// named `status`.
    ///
    /// # Security
    ///
    /// Only verifiers that know status lists fetch one. Every other takes a token that its list revokes
    /// until it expires.
    ///
    /// ```
    /// # fn f(request: tokenward::TokenRequest) -> Result<(), tokenward::InvalidId> {
    /// let list = tokenward::Subject::new("https://issuer.example.com/statuslists/1")?;
    /// let request = request.status(list, 7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(mut self, uri: Subject, index: u64) -> Self {
        self.status = Some((uri, index));
        self
    }

    /// Who acts for the subject (`act`, RFC 8693 § 4.1). Such a token has no private claim named `act`.
    ///
    /// ```
    /// # fn f(request: tokenward::TokenRequest) -> Result<(), tokenward::InvalidId> {
    /// use tokenward::{Actor, Subject};
    ///
    /// let request = request.actor(Actor::new(Subject::new("client:invoices")?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// The private claims, all of which must be on the audience's allow-list.
    pub fn private(mut self, claims: Map<String, Value>) -> Self {
        self.private = claims;
        self
    }

    /// As [`Self::private`], out of a type of yours: what
    /// [`Verifier::verify_as`](crate::Verifier::verify_as) reads again. A type that is no object is
    /// [`IssueError::Json`].
    ///
    /// ```
    /// use tokenward::{ClientId, Jti, Subject, TokenRequest};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Private {
    ///     roles: Vec<String>,
    /// }
    ///
    /// let private = Private { roles: vec!["admin".to_owned()] };
    /// let request = TokenRequest::new(Subject::new("ada")?, ClientId::new("web")?, Jti::random())
    ///     .private_as(&private)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn private_as<T: Serialize>(self, claims: &T) -> Result<Self, IssueError> {
        match serde_json::to_value(claims).map_err(|_| JsonError::Syntax)? {
            Value::Object(claims) => Ok(self.private(claims)),
            _ => Err(JsonError::NotAnObject.into()),
        }
    }

    /// When it must have ended, whatever its lifetime: the end of its session, or of its key. Said twice,
    /// the earlier counts.
    pub fn expires_no_later_than(mut self, end: UnixTime) -> Self {
        self.expires_no_later_than = Some(match self.expires_no_later_than {
            Some(other) => other.min(end),
            None => end,
        });
        self
    }
}

/// Shows whom the token will be about, and nothing of its private claims.
impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field("subject", &self.subject.as_str())
            .field("client_id", &self.client_id.as_str())
            .field("token_id", &self.token_id.as_str())
            .field("session_id", &self.session_id.as_ref().map(SessionId::as_str))
            .field("token_version", &self.token_version.map(TokenVersion::get))
            .field("scope", &self.scope.as_str())
            .field("expires_no_later_than", &self.expires_no_later_than.map(UnixTime::as_secs))
            .finish_non_exhaustive()
    }
}
