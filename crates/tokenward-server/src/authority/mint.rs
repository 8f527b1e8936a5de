//! Makes access tokens (RFC 9068).
//!
//! **Invariant:** a token is signed only after the session that it belongs to is durable, and its `iat`
//! is a time read before that. So a session that ends later also outlives it, and `keep_until` counted
//! from the end covers the token.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokenward::crypto::Secret256;
use tokenward::limits::LIMITS;
use tokenward::{
    Actor, ClientId, IssueError, Jti, KeyId, Scope, SealKey, SessionId, Subject, TokenRequest,
    TokenVersion, UnixTime, Unsigned,
};
use tokenward_keys::{CustodyError, Signer, Signing};
use tokenward_revocation::{DenseId, StatusEntry};
use tokenward_sessions::{Delivery, RefreshToken, Session};
use zeroize::Zeroizing;

use super::Authority;
use super::audience::AudienceState;
use super::binding::{Bound, Terms};
use super::error::ApiError;
use super::json::invalid;
use super::status::{MOST, Place};

mod facts;

pub(super) use facts::{AMR, SessionFacts};

/// An access token, just made.
pub(super) struct Minted {
    pub(super) token: Zeroizing<String>,
    pub(super) expires_in: Duration,
    pub(super) scope: Scope,
    /// Whether it is bound to a key, and so comes with proofs. One that is bound to a certificate alone is a
    /// bearer token (RFC 8705 § 3).
    bound: bool,
}

/// How a token is to be presented (RFC 6749 § 7.1, RFC 9449 § 5).
pub(super) const fn token_type(bound: bool) -> &'static str {
    if bound { "DPoP" } else { "Bearer" }
}

impl Minted {
    /// The members of a token answer (RFC 6749 § 5.1).
    pub(super) fn answer(&self) -> Map<String, Value> {
        let mut answer = Map::new();
        answer.insert("access_token".into(), self.token.as_str().into());
        answer.insert("token_type".into(), token_type(self.bound).into());
        answer.insert("expires_in".into(), self.expires_in.as_secs().into());
        if !self.scope.is_empty() {
            answer.insert("scope".into(), self.scope.as_str().into());
        }
        answer
    }
}

impl Minted {
    /// The same, encrypted under `seal`, for which it was made.
    fn sealed(self, seal: &SealKey) -> Result<Self, ApiError> {
        let token = seal.seal(&self.token).map_err(|error| {
            tracing::error!(%error, "a token could not be sealed");
            ApiError::server_error()
        })?;
        Ok(Self { token: Zeroizing::new(token), ..self })
    }
}

impl Authority {
    /// A token for a session at `version`, by these `terms`. If the session is sealed, it is so under the key that
    /// belongs to `refresh`, its current refresh token, and bound to nothing else.
    pub(super) async fn mint_for_session(
        &self,
        audience: &AudienceState,
        session: &Session,
        version: TokenVersion,
        terms: Terms,
        refresh: &RefreshToken,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let scope = terms.scope.unwrap_or_else(|| session.scope.clone());
        let claims = audience.still_allowed(&session.claims);
        let seal = (session.delivery == Delivery::Sealed).then(|| refresh.seal_key());
        let facts = SessionFacts::of(session, &scope, &claims, terms.certificate);
        let request = facts.request(version, seal.as_ref());
        let whose =
            Whose { subject: &session.subject, session: Some(&session.id), version: Some(version) };
        let mut minted = self.mint(audience, request, whose, scope, now).await?;
        minted.bound = session.bound_to.is_some();
        match seal {
            Some(seal) => minted.sealed(&seal),
            None => Ok(minted),
        }
    }

    /// Refuses a session whose next token could not be minted, before anything is spent.
    pub(super) fn check_session(
        &self,
        audience: &AudienceState,
        session: &Session,
        terms: &Terms,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let claims = audience.still_allowed(&session.claims);
        let certificate = terms.certificate.clone();
        let facts = SessionFacts {
            // It may be by now.
            by_passkey: self.settings.passkeys.is_some(),
            ..SessionFacts::of(session, &session.scope, &claims, certificate)
        };
        self.check_mintable(audience, &facts, now)
    }

    /// A token for a service that acts for the subject of another token.
    pub(super) async fn mint_exchanged(
        &self,
        audience: &AudienceState,
        exchanged: Exchanged<'_>,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let Exchanged { subject, session, version, scope, .. } = exchanged;
        let whose = Whose { subject, session: Some(session), version: Some(version) };
        let bound = exchanged.bound.key.is_some();
        let minted = self.mint(audience, exchanged.request(), whose, scope.clone(), now).await?;
        Ok(Minted { bound, ..minted })
    }

    /// A token for a service itself: no session, no version.
    pub(super) async fn mint_for_client(
        &self,
        audience: &AudienceState,
        client: &ClientId,
        scope: Scope,
        bound: Bound,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let subject = Subject::new(format!("{}{client}", Subject::CLIENT_PREFIX))
            .map_err(|_| ApiError::server_error())?;
        let request =
            TokenRequest::new(subject.clone(), client.clone(), Jti::random()).scope(scope.clone());
        let whose = Whose { subject: &subject, session: None, version: None };
        let by_key = bound.key.is_some();
        let minted = self.mint(audience, bound.request(request), whose, scope, now).await?;
        Ok(Minted { bound: by_key, ..minted })
    }

    /// Refuses what could not be minted for a session, before anything is stored.
    pub(super) fn check_mintable(
        &self,
        audience: &AudienceState,
        facts: &SessionFacts<'_>,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let version = TokenVersion::new(u64::from(u32::MAX));
        // The longest name and place, and none used up.
        let id = DenseId { minute: u32::MAX, shard: u16::MAX, index: MOST.saturating_sub(1) };
        let seal = facts.sealed.then(|| SealKey::new(Secret256::random()));
        let request = facts.request(version, seal.as_ref());
        let prepared = Self::prepare(audience, request, now, |_| Some(id.name()))?;
        self.check_length(&prepared, facts.claims)?;
        if facts.sealed && SealKey::sealed_length(prepared.length()) > LIMITS.token_bytes {
            return Err(too_long());
        }
        Ok(())
    }

    /// All of a token but its signature, and who makes that. If it names its place on a status list, it
    /// stands there already.
    async fn prepare_named(
        &self,
        audience: &AudienceState,
        request: TokenRequest,
        whose: &Whose<'_>,
        now: UnixTime,
    ) -> Result<(Unsigned, Arc<dyn Signer>), ApiError> {
        let prepared =
            Self::prepare(audience, request, now, |expires_at| self.ids.next(expires_at))?;
        self.check_length(&prepared, &Map::new())?;
        let Prepared { unsigned, signer, place } = prepared;
        if let (Some(lists), Some((name, id))) = (&audience.status_lists, place) {
            let entry = StatusEntry {
                place: id,
                token_id: name,
                session_id: whose.session.cloned(),
                subject: whose.subject.clone(),
                token_version: whose.version,
                issued_at: now.floor_secs(),
                key_id: signer.key_id().clone(),
            };
            lists.enter(audience, entry).await?;
        }
        Ok((unsigned, signer))
    }

    fn prepare(
        audience: &AudienceState,
        request: TokenRequest,
        now: UnixTime,
        name: impl FnOnce(UnixTime) -> Option<Jti>,
    ) -> Result<Prepared, ApiError> {
        let Signing { signer, latest_exp, .. } = audience.signing(now)?;
        let request = request.expires_no_later_than(latest_exp);
        let expires_at =
            audience.issuer.expires_at(&request, now).map_err(|error| refused(&error))?;
        let name = name(expires_at);
        let (request, place) = audience.with_place(request, name.as_ref())?;
        let request = match &name {
            Some(id) => request.token_id(id.clone()),
            None => request,
        };
        let unsigned = audience
            .issuer
            .prepare(request, signer.key_id(), signer.algorithm(), now)
            .map_err(|error| refused(&error))?;
        Ok(Prepared { unsigned, signer, place: name.zip(place) })
    }

    /// Refuses a token that no cookie holds, by the name of the longest of its `claims`.
    fn check_length(
        &self,
        prepared: &Prepared,
        claims: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        let limit = self.settings.limits.token_bytes;
        if prepared.length() <= limit {
            return Ok(());
        }
        let longest = claims.iter().max_by_key(|(_, value)| value.to_string().len());
        let name = longest.map_or_else(|| "claims".to_owned(), |(name, _)| claim(name));
        let why = format!("would make the token longer than {limit} bytes, which no cookie holds");
        Err(invalid(&name, why))
    }

    async fn mint(
        &self,
        audience: &AudienceState,
        request: TokenRequest,
        whose: Whose<'_>,
        scope: Scope,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        for attempt in Attempt::ALL {
            let prepared = self.prepare_named(audience, request.clone(), &whose, now).await?;
            let (unsigned, signer) = prepared;
            let signature = audience.signature(now, &unsigned, &*signer, attempt).await;
            let signature = signature.map_err(|error| {
                tracing::error!(
                    audience = %audience.name,
                    error = %tokenward::ErrorChain::new(&error),
                    "a token could not be signed"
                );
                ApiError::unavailable()
            })?;
            let Some(signature) = signature else { continue };
            let expires_in = unsigned.expires_at().since(now.floor_secs());
            let token = Zeroizing::new(unsigned.assemble(&signature));
            return Ok(Minted { token, expires_in, scope, bound: false });
        }
        Err(ApiError::unavailable())
    }
}

/// How often a signature is asked for.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Attempt {
    First,
    Last,
}

impl Attempt {
    const ALL: [Self; 2] = [Self::First, Self::Last];
}

/// The point and the signature behind the signing input, in base64url.
fn signature_chars(signer: &dyn Signer) -> usize {
    // An RSA key of 4096 bits; we make none that is longer.
    let bytes = signer.algorithm().signature_len().unwrap_or(512);
    bytes.saturating_mul(4).div_ceil(3).saturating_add(1)
}

impl AudienceState {
    /// Those of a session's claims that tokens of the audience may carry today: since the session was made
    /// the list in the configuration may have become shorter, and the guard stricter.
    fn still_allowed(&self, claims: &Map<String, Value>) -> Map<String, Value> {
        let allowed =
            claims.iter().filter(|(name, value)| self.issuer.check_claim(name, value).is_ok());
        allowed.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// `request` with the place of the token called `name` on its status list, if the audience has those.
    /// A token without a place would be taken by readers of the lists until it ends, so there is none.
    fn with_place(
        &self,
        request: TokenRequest,
        name: Option<&Jti>,
    ) -> Result<(TokenRequest, Option<DenseId>), ApiError> {
        let Some(lists) = &self.status_lists else { return Ok((request, None)) };
        let Some(Place { uri, id }) = name.and_then(|name| lists.place(name)) else {
            tracing::error!(audience = %self.name, "a token has no place on a status list");
            return Err(ApiError::unavailable());
        };
        Ok((request.status(uri, u64::from(id.index)), Some(id)))
    }

    /// The signature of `signer`, under whatever is signed for the audience; `None` if that has to be prepared
    /// anew, with the key that signs by now.
    async fn signature(
        &self,
        now: UnixTime,
        unsigned: &Unsigned,
        signer: &dyn Signer,
        attempt: Attempt,
    ) -> Result<Option<Vec<u8>>, CustodyError> {
        let signature = signer.sign(unsigned.signing_input()).await;
        // A rotation since it was prepared has destroyed the key: another signs by now, and if it was
        // another replica that rotated, the store alone knows.
        if attempt == Attempt::First && matches!(signature, Err(CustodyError::NoPrivateHalf { .. }))
        {
            if let Err(error) = self.ring.refresh(now).await {
                tracing::warn!(audience = %self.name, %error, "the key store could not be read");
            }
            return Ok(None);
        }
        self.signing_lamp.show(&signature);
        signature.map(Some)
    }

    /// Has a document of the audience signed by whoever signs at `now`, as a token is, and tells by whom.
    pub(super) async fn sign(
        &self,
        now: UnixTime,
        prepare: impl Fn(&Signing) -> Result<Unsigned, ApiError>,
    ) -> Result<(String, KeyId), ApiError> {
        for attempt in Attempt::ALL {
            let signing = self.signing(now)?;
            let (unsigned, signer) = (prepare(&signing)?, &*signing.signer);
            let signature = self.signature(now, &unsigned, signer, attempt).await;
            if let Some(signature) = signature.map_err(|_| ApiError::unavailable())? {
                return Ok((unsigned.assemble(&signature), signer.key_id().clone()));
            }
        }
        Err(ApiError::unavailable())
    }

    /// Who signs for the audience at `now`; 503 if nobody may.
    fn signing(&self, now: UnixTime) -> Result<Signing, ApiError> {
        self.ring.signing(now).map_err(|error| {
            tracing::error!(audience = %self.name, %error, "nobody may sign");
            ApiError::unavailable()
        })
    }
}

/// A token that lacks its signature, and its name and place if it is on a status list.
struct Prepared {
    unsigned: Unsigned,
    signer: Arc<dyn Signer>,
    place: Option<(Jti, DenseId)>,
}

impl Prepared {
    /// How many characters the token will have.
    fn length(&self) -> usize {
        self.unsigned.signing_input().len().saturating_add(signature_chars(&*self.signer))
    }
}

/// Whom a token is about, as far as a revocation can be about it.
struct Whose<'a> {
    subject: &'a Subject,
    session: Option<&'a SessionId>,
    version: Option<TokenVersion>,
}

/// What a token is made of that another one is exchanged for.
pub(super) struct Exchanged<'a> {
    pub(super) subject: &'a Subject,
    pub(super) client: &'a ClientId,
    pub(super) session: &'a SessionId,
    pub(super) version: TokenVersion,
    pub(super) scope: &'a Scope,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) actor: Actor,
    /// What the new token is bound to.
    pub(super) bound: Bound,
    /// The end of the other token.
    pub(super) expires_at: UnixTime,
}

impl Exchanged<'_> {
    fn request(self) -> TokenRequest {
        let request = TokenRequest::new(self.subject.clone(), self.client.clone(), Jti::random())
            .session_id(self.session.clone())
            .token_version(self.version)
            .scope(self.scope.clone())
            .actor(self.actor)
            .expires_no_later_than(self.expires_at);
        let request = match self.auth_time {
            Some(time) => request.auth_time(time),
            None => request,
        };
        self.bound.request(request)
    }
}

/// What the caller is told when its claims cannot go into a token: the claim's name, never its value.
fn refused(error: &IssueError) -> ApiError {
    match error {
        IssueError::ClaimNotAllowed(name) => {
            invalid(&claim(name), "is not on the audience's list of claims")
        }
        IssueError::ReservedClaim(name) => invalid(&claim(name), "is set by the authority alone"),
        IssueError::Confidential { name, looks_like } => {
            let claim = claim(name);
            let kind = looks_like.as_str();
            tracing::info!(claim, looks_like = kind, "a claim was kept out of a token");
            let text = format!(
                "looks like {looks_like}; keep it in `private`, which is in no token, or let \"{name}:{kind}\" \
                 through by the audience's guard_admits"
            );
            invalid(&claim, text)
        }
        IssueError::Json(_) => invalid("claims", "cannot be read by strict JSON readers"),
        IssueError::TooLong => too_long(),
        IssueError::AlreadyEnded => ApiError::invalid_grant(),
        _ => ApiError::server_error(),
    }
}

fn too_long() -> ApiError {
    invalid("claims", "would make the token too long")
}

/// A claim's name as far as it can be repeated: whoever sent it may have put a secret in its place.
fn claim(name: &str) -> String {
    let plain = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("claims.{name}") } else { "claims".to_owned() }
}
