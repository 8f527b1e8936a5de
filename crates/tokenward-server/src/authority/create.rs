//! `POST /v1/sessions`: a session for somebody who has just logged in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokenward::crypto::{Secret256, random};
use tokenward::{
    CertificateThumbprint, ClientId, ErrorChain, Scope, SessionId, Subject, Thumbprint,
    TokenVersion, UnixTime, b64,
};
use tokenward_sessions::{
    Delivery, DeviceMark, EndReason, Idempotency, May, NewSession, RefreshMode, RefreshToken,
    Session,
};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DPOP;

use super::audience::AudienceState;
use super::binding::{Bound, Terms};
use super::browser::{session_cookies, summary};
use super::client::Caller;
use super::error::ApiError;
use super::json::{Fields, invalid};
use super::mint::SessionFacts;
use super::refresh::Refreshed;
use super::respond::json_answer;
use super::v1::{Call, audience_of, subject_of};
use super::{Authority, idempotency, log};

/// The longest device name, in bytes.
const DEVICE: usize = 200;

/// `POST /v1/sessions`.
pub(super) async fn create(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, parts, body } = authority.call(request, May::SessionsWrite).await?;
    if parts.headers.contains_key(DPOP) {
        // It would be the service's own key; the one that counts is that of the client.
        return Err(ApiError::invalid_request(
            "a session is bound by dpop_jkt, the thumbprint of the client's key; send that",
        ));
    }
    let wanted = authority.wanted(&caller, body.json()?).await?;
    let key = authority.idempotency(&caller, &parts, &body, "POST /v1/sessions")?;
    let now = authority.clock.now();
    let audience = authority.named(wanted.audience.as_str())?;
    let id = random_session_id()?;
    authority.check_mintable(audience, &wanted.facts(&id, now, audience), now)?;
    let repeatable = key.is_some();
    let made = authority.make(audience, wanted, id, key, now).await?;
    let session = made.session.id.clone();
    let answer = authority.answer(audience, made, now).await;
    // Whoever has an Idempotency-Key asks again, and gets this very session.
    if answer.is_err() && !repeatable {
        authority.end_undelivered(&session).await;
    }
    answer
}

/// A request for a session, checked but for what only the minting can tell.
struct Wanted {
    subject: Subject,
    audience: tokenward::Audience,
    client_id: ClientId,
    scope: Scope,
    claims: Map<String, Value>,
    private: Option<Value>,
    device: Option<String>,
    delivery: Delivery,
    auth_time: UnixTime,
    bound_to: Option<Thumbprint>,
}

/// A login that somebody else vouches for.
pub(super) struct Login {
    pub(super) subject: Subject,
    pub(super) scope: Scope,
    pub(super) auth_time: UnixTime,
    /// The key that the session is bound to, and the certificate that its first token is.
    pub(super) bound: Bound,
}

impl Wanted {
    fn facts<'a>(
        &'a self,
        id: &'a SessionId,
        now: UnixTime,
        audience: &AudienceState,
    ) -> SessionFacts<'a> {
        SessionFacts {
            id,
            subject: &self.subject,
            client_id: &self.client_id,
            scope: &self.scope,
            claims: &self.claims,
            auth_time: self.auth_time,
            ends_at: now.saturating_add(audience.session_lifetime.get()),
            sealed: self.delivery == Delivery::Sealed,
            bound_to: self.bound_to.as_ref(),
            // The longest that a token of the session will be.
            certificate: self.can_be_certified(audience).then(|| CertificateThumbprint::of(b"")),
        }
    }
}

impl Wanted {
    /// Whether a token of the session can come to be bound to a certificate.
    fn can_be_certified(&self, audience: &AudienceState) -> bool {
        self.delivery == Delivery::Token && audience.certificates != BindingPolicy::Off
    }
}

/// A session that is durable, with what its holder gets.
struct Made {
    session: Session,
    version: TokenVersion,
    refresh: RefreshToken,
    refresh_ends_at: UnixTime,
}

/// What an idempotency key brings back; sealed at rest.
#[derive(Deserialize, Serialize)]
struct Answer {
    session_id: String,
    refresh_token: String,
    /// Milliseconds since the epoch.
    refresh_ends_at: u64,
}

impl Authority {
    async fn wanted(&self, caller: &Caller, mut fields: Fields) -> Result<Wanted, ApiError> {
        let subject = subject_of(fields.required("subject")?)?;
        if subject.is_client() {
            return Err(invalid("subject", "may not begin with `client:`, which names services"));
        }
        let audience = audience_of(fields.required("audience")?)?;
        // An audience that is not the caller's and one that is not there get the same answer.
        let Some(state) = self.audiences.get(&audience).filter(|_| caller.serves(&audience)) else {
            return Err(ApiError::access_denied());
        };
        if state.certificates == BindingPolicy::Required {
            // A session's first token is for its client, whose certificate nobody has shown here.
            return Err(invalid("audience", "takes tokens alone that are bound to a certificate"));
        }
        let scope = fields.text("scope")?.unwrap_or_default();
        let delivery = delivery(fields.text("delivery")?.as_deref(), state)?;
        let wanted = Wanted {
            client_id: self.client_for(caller, fields.text("client_id")?, state).await?,
            scope: Scope::parse(&scope).map_err(|error| invalid("scope", error))?,
            claims: fields.object("claims")?,
            private: self.private_value(fields.value("private"))?,
            device: device(fields.text("device")?)?,
            bound_to: bound_to(fields.text("dpop_jkt")?, delivery, state)?,
            auth_time: self.auth_time(fields.value("auth_time").as_ref())?,
            delivery,
            subject,
            audience,
        };
        match fields.text("refresh")?.as_deref() {
            None | Some("plain") => {}
            Some("passkey") => return Err(invalid("refresh", "passkey is not available")),
            Some(_) => return Err(invalid("refresh", "must be plain")),
        }
        fields.done()?;
        Ok(wanted)
    }

    /// When the user proved who they are: now, or when the service says. A clock of its own may be wrong.
    fn auth_time(&self, said: Option<&Value>) -> Result<UnixTime, ApiError> {
        let now = self.clock.now();
        let Some(said) = said.filter(|said| !said.is_null()) else { return Ok(now) };
        let problem =
            "must be the seconds since 1970 at which the user logged in, not later than now";
        let said = said.as_u64().map(UnixTime::from_secs);
        match said.filter(|said| said.since(now) <= self.settings.keys.clock_error) {
            Some(said) => Ok(said.min(now)),
            None => Err(invalid("auth_time", problem)),
        }
    }

    /// Who may refresh the session: the caller, or a public client that it names.
    async fn client_for(
        &self,
        caller: &Caller,
        named: Option<String>,
        audience: &AudienceState,
    ) -> Result<ClientId, ApiError> {
        let Some(name) = named else { return Ok(caller.name().clone()) };
        let name = ClientId::new(name).map_err(|error| invalid("client_id", error))?;
        if name == *caller.name() {
            return Ok(name);
        }
        match self.services.service(&name).await? {
            Some(service) if service.public && service.serves(&audience.name) => Ok(name),
            _ => Err(invalid("client_id", "is no public client of this audience")),
        }
    }

    fn private_value(&self, value: Option<Value>) -> Result<Option<Value>, ApiError> {
        let limit = self.settings.limits.private_bytes;
        match value {
            Some(value) if value.to_string().len() > limit => {
                Err(invalid("private", format!("is over {limit} bytes")))
            }
            value => Ok(value),
        }
    }

    /// The session for `login`, which `key` recognizes: the same one for the same.
    pub(super) async fn open_session(
        &self,
        audience: &AudienceState,
        caller: &Caller,
        login: Login,
        key: Idempotency,
        now: UnixTime,
    ) -> Result<Refreshed, ApiError> {
        let Bound { key: bound_to, certificate } = login.bound;
        let wanted = Wanted {
            subject: login.subject,
            audience: audience.name.clone(),
            client_id: caller.name().clone(),
            scope: login.scope,
            claims: Map::new(),
            private: None,
            device: None,
            delivery: Delivery::Token,
            auth_time: login.auth_time,
            bound_to,
        };
        let id = random_session_id()?;
        self.check_mintable(audience, &wanted.facts(&id, now, audience), now)?;
        let made = self.make(audience, wanted, id, Some(key), now).await.map_err(|error| {
            // The same login for something else, or after the session that it made has ended.
            if error.status().is_client_error() { ApiError::invalid_subject_token() } else { error }
        })?;
        let Made { session, version, refresh, refresh_ends_at } = made;
        let terms = Terms { scope: None, certificate };
        let access =
            self.mint_for_session(audience, &session, version, terms, &refresh, now).await?;
        let refresh_expires_in = refresh_ends_at.since(now).as_secs();
        Ok(Refreshed { access, refresh, refresh_expires_in, session })
    }

    async fn make(
        &self,
        audience: &AudienceState,
        wanted: Wanted,
        id: SessionId,
        key: Option<Idempotency>,
        now: UnixTime,
    ) -> Result<Made, ApiError> {
        self.by_subject.take((&wanted.audience, &wanted.subject), now)?;
        let refresh = RefreshToken::random();
        let ends_at = now.saturating_add(audience.session_lifetime.get());
        let refresh_ends_at = audience.refresh_lifetime.ends_at(now, ends_at);
        let key = key.map(|key| self.with_answer(key, &id, &refresh, refresh_ends_at));
        let key_hash = key.as_ref().map(|key| key.key_hash);
        let device_mark = self.device_mark(&wanted);
        let session = NewSession {
            device_mark,
            private: wanted.private.as_ref().map(|value| self.seal_private(&id, value)),
            subject: wanted.subject,
            audience: wanted.audience,
            client_id: wanted.client_id,
            scope: wanted.scope,
            claims: wanted.claims,
            device: wanted.device,
            delivery: wanted.delivery,
            refresh_mode: RefreshMode::Plain,
            bound_to: wanted.bound_to,
            created_at: now,
            auth_time: wanted.auth_time,
            ends_at,
            refresh_hash: refresh.hash(),
            refresh_ends_at,
            idempotency: key,
            id,
        };
        let created = self.sessions.create(session.clone()).await.map_err(idempotency::conflict)?;
        match (created.replay, key_hash) {
            (Some(answer), Some(key_hash)) => {
                self.made_before(&key_hash, &answer, created.version, now).await
            }
            (Some(_), None) => Err(ApiError::server_error()),
            (None, _) => {
                let session = stored(session, created.version);
                log::session_created(
                    &session.client_id,
                    &session.audience,
                    &session.subject,
                    &session.id,
                );
                Ok(Made { session, version: created.version, refresh, refresh_ends_at })
            }
        }
    }

    /// By what the device of a login is recognized: the key that the session is bound to, which cannot be copied to
    /// another; else the name that the application gave it.
    fn device_mark(&self, wanted: &Wanted) -> DeviceMark {
        let key = self.data_key.derive(b"tokenward device v1");
        // No audience has a space in its name.
        let owner = key.derive(format!("{} {}", wanted.audience, wanted.subject).as_bytes());
        let device = match (&wanted.bound_to, &wanted.device) {
            (Some(thumbprint), _) => Some(format!("key {thumbprint}")),
            (None, Some(name)) => Some(format!("name {name}")),
            (None, None) => None,
        };
        let device = device.map(|device| *owner.derive(device.as_bytes()).expose());
        DeviceMark { owner: *owner.expose(), device }
    }

    fn with_answer(
        &self,
        mut key: Idempotency,
        id: &SessionId,
        refresh: &RefreshToken,
        refresh_ends_at: UnixTime,
    ) -> Idempotency {
        let answer = Answer {
            session_id: id.to_string(),
            refresh_token: refresh.expose().to_string(),
            refresh_ends_at: refresh_ends_at.as_millis(),
        };
        // A struct of strings and a number always serializes.
        let answer = zeroize::Zeroizing::new(serde_json::to_vec(&answer).unwrap_or_default());
        key.sealed_answer = self.seal_answer(&key.key_hash, &answer);
        key
    }

    /// The session that an earlier request with the same idempotency key made.
    async fn made_before(
        &self,
        key_hash: &[u8; 32],
        sealed: &[u8],
        version: TokenVersion,
        now: UnixTime,
    ) -> Result<Made, ApiError> {
        let answer = self.open_answer(key_hash, sealed).ok_or_else(ApiError::server_error)?;
        let answer: Answer =
            serde_json::from_slice(&answer).map_err(|_| ApiError::server_error())?;
        let id = SessionId::new(answer.session_id).map_err(|_| ApiError::server_error())?;
        let refresh =
            RefreshToken::parse(&answer.refresh_token).map_err(|_| ApiError::server_error())?;
        let session = self.sessions.session(&id).await?.filter(|session| session.is_live(now));
        // Its access tokens must not begin again after the revocation of the session is forgotten.
        let session = session.ok_or_else(|| {
            ApiError::invalid_request("the session of this Idempotency-Key has ended")
        })?;
        let refresh_ends_at = UnixTime::from_millis(answer.refresh_ends_at);
        Ok(Made { session, version, refresh, refresh_ends_at })
    }

    async fn answer(
        &self,
        audience: &AudienceState,
        made: Made,
        now: UnixTime,
    ) -> Result<Response, ApiError> {
        let Made { session, version, refresh, refresh_ends_at } = made;
        let terms = Terms::default();
        let access =
            self.mint_for_session(audience, &session, version, terms, &refresh, now).await?;
        let refresh_expires_in = refresh_ends_at.since(now).as_secs();
        if session.delivery == Delivery::Token {
            let mut answer = access.answer();
            answer.insert("session_id".into(), session.id.as_str().into());
            answer.insert("refresh_token".into(), refresh.expose().as_str().into());
            answer.insert("refresh_expires_in".into(), refresh_expires_in.into());
            return Ok(json_answer(StatusCode::CREATED, &Value::Object(answer)));
        }
        let given = Refreshed { access, refresh, refresh_expires_in, session };
        let cookies = session_cookies(&given, None, audience.same_site)?;
        let mut answer = summary(&given);
        // Beside the token of a sealed session its key would be the other half of it: a back end that passes
        // the whole body on would give a script both.
        if given.session.delivery == Delivery::Cookie {
            let lines = cookies.iter().filter_map(|line| line.to_str().ok());
            answer.insert("set_cookie".into(), lines.collect());
        }
        let mut response = json_answer(StatusCode::CREATED, &Value::Object(answer));
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(response)
    }

    /// Its first token could not be signed, so nobody holds the session.
    async fn end_undelivered(&self, id: &SessionId) {
        let ended = self.end_session(id, None, EndReason::Undelivered, "authority").await;
        if let Err(error) = ended {
            let error = ErrorChain::new(&error).to_string();
            tracing::warn!(session_id = %id, error, "a session that nobody holds stays until its end");
        }
    }

    fn seal_private(&self, id: &SessionId, value: &Value) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new(value.to_string());
        self.private_key(id).seal(id.as_str().as_bytes(), plain.as_bytes())
    }

    /// Opens the confidential data of session `id`.
    pub(super) fn open_private(&self, id: &SessionId, sealed: &[u8]) -> Result<Value, ApiError> {
        let opened = self.private_key(id).open(id.as_str().as_bytes(), sealed);
        opened.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(|| {
            tracing::error!(session_id = %id, "the confidential data of a session cannot be opened");
            ApiError::server_error()
        })
    }

    /// One key per session, so that each seals one message.
    fn private_key(&self, id: &SessionId) -> Secret256 {
        self.data_key.derive(b"tokenward private v1").derive(id.as_str().as_bytes())
    }
}

fn stored(new: NewSession, version: TokenVersion) -> Session {
    Session {
        id: new.id,
        subject: new.subject,
        audience: new.audience,
        client_id: new.client_id,
        scope: new.scope,
        claims: new.claims,
        device: new.device,
        delivery: new.delivery,
        refresh_mode: new.refresh_mode,
        bound_to: new.bound_to,
        created_at: new.created_at,
        auth_time: new.auth_time,
        ends_at: new.ends_at,
        last_used_at: new.created_at,
        ended: None,
        version,
    }
}

fn device(name: Option<String>) -> Result<Option<String>, ApiError> {
    match name {
        Some(name) if name.len() > DEVICE || name.chars().any(char::is_control) => {
            Err(invalid("device", format!("must be up to {DEVICE} bytes, no control characters")))
        }
        name => Ok(name),
    }
}

fn delivery(name: Option<&str>, audience: &AudienceState) -> Result<Delivery, ApiError> {
    match name {
        None | Some("token") => Ok(Delivery::Token),
        Some("cookie") if audience.has_cookies() => Ok(Delivery::Cookie),
        Some("sealed") if audience.has_cookies() => Ok(Delivery::Sealed),
        Some("cookie" | "sealed") => {
            Err(invalid("delivery", "the audience has no `origins`, so no cookies"))
        }
        Some(_) => Err(invalid("delivery", "must be token, cookie or sealed")),
    }
}

/// The key that the session's tokens are to be bound to: its thumbprint, as in RFC 9449 § 10.
fn bound_to(
    thumbprint: Option<String>,
    delivery: Delivery,
    audience: &AudienceState,
) -> Result<Option<Thumbprint>, ApiError> {
    const NAME: &str = "dpop_jkt";
    match (thumbprint, audience.dpop) {
        (Some(_), _) if delivery != Delivery::Token => {
            Err(invalid(NAME, "is for delivery token: a cookie comes without a proof"))
        }
        (Some(_), BindingPolicy::Off) => Err(invalid(NAME, "is off for the audience")),
        (Some(key), _) => Thumbprint::new(key).map(Some).map_err(|error| invalid(NAME, error)),
        (None, BindingPolicy::Required) => Err(invalid(NAME, "is required by the audience")),
        (None, _) => Ok(None),
    }
}

fn random_session_id() -> Result<SessionId, ApiError> {
    SessionId::new(b64::encode(&random::<16>())).map_err(|_| ApiError::server_error())
}
