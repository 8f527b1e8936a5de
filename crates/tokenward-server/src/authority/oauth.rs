//! `/oauth2/*`: tokens, revocation, introspection (RFC 6749, 7009, 7662).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value, json};
use tokenward::{AccessClaims, Reason, Scope, UnixTime, Unproven};
use tokenward_remote::Refusal;
use tokenward_sessions::{ClientCheck, Delivery, EndReason, May, RefreshToken, Session};

use super::audience::AudienceState;
use super::binding::Held;
use super::client::Caller;
use super::error::ApiError;
use super::form::Form;
use super::json::invalid;
use super::mint::{Minted, token_type};
use super::ops::{Target, unbroken};
use super::refresh::{Presented, Refreshed};
use super::respond::json_answer;
use super::{Authority, body, exchange};

/// `POST /oauth2/token`.
pub(super) async fn token(State(authority): State<Arc<Authority>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let granted = grant(&authority, &parts, body).await;
    authority.with_nonce(&parts.headers, granted.unwrap_or_else(IntoResponse::into_response))
}

async fn grant(authority: &Authority, parts: &Parts, body: Body) -> Result<Response, ApiError> {
    let limit = authority.settings.limits.body_bytes;
    let form = body::read(&parts.headers, body, limit).await?.form()?;
    let grant = form.required("grant_type")?;
    // RFC 6749 § 4.4: client credentials are for confidential clients alone.
    let public = grant == "refresh_token";
    let caller = authority.client(parts, &form, public).await?;
    let held = authority.held(parts, authority.clock.now())?;
    match grant {
        "refresh_token" => refresh_grant(authority, &caller, &form, held).await,
        "client_credentials" => client_credentials(authority, &caller, &form, held).await,
        exchange::GRANT => exchange::exchange(authority, &caller, &form, held).await,
        _ => Err(ApiError::oauth("unsupported_grant_type", "grant_type: is not available")),
    }
}

async fn refresh_grant(
    authority: &Authority,
    caller: &Caller,
    form: &Form,
    held: Held,
) -> Result<Response, ApiError> {
    let text = form.required("refresh_token")?;
    let assertion = form.get("passkey_assertion").map(assertion).transpose()?;
    let Ok(token) = RefreshToken::parse(text) else { return Err(ApiError::invalid_grant()) };
    let presented = Presented {
        token,
        client: ClientCheck::Is(caller.name().clone()),
        delivery: Delivery::Token,
        audiences: caller.audiences(),
        held,
        assertion,
    };
    let scope = form.get("scope").map(scope).transpose()?;
    let refreshed = authority.refresh(presented, scope).await?;
    Ok(json_answer(StatusCode::OK, &Value::Object(session_answer(&refreshed))))
}

/// What a passkey has signed, as the JSON of its answer.
fn assertion(text: &str) -> Result<Map<String, Value>, ApiError> {
    tokenward::json::from_str(text).map_err(|_| invalid("passkey_assertion", "is no JSON object"))
}

/// What whoever holds a session gets of it.
pub(super) fn session_answer(refreshed: &Refreshed) -> Map<String, Value> {
    let Refreshed { access, refresh, refresh_expires_in, session } = refreshed;
    let mut answer = access.answer();
    answer.insert("refresh_token".into(), refresh.expose().as_str().into());
    answer.insert("refresh_expires_in".into(), (*refresh_expires_in).into());
    answer.insert("session_id".into(), session.id.as_str().into());
    answer
}

async fn client_credentials(
    authority: &Authority,
    caller: &Caller,
    form: &Form,
    held: Held,
) -> Result<Response, ApiError> {
    let audience = wanted_audience(authority, caller, form)?;
    let scope = form.get("scope").map(scope).transpose()?.unwrap_or_default();
    if !caller.may_have(&scope) {
        // RFC 6749 § 5.2; § 3.3 would allow less to be granted, but a service that silently lacks a scope
        // fails later and elsewhere.
        return Err(ApiError::oauth("invalid_scope", "scope: is more than the client may ask for"));
    }
    let now = authority.clock.now();
    let bound = audience.bind(&held, None)?;
    authority.use_proof(held.proof.as_ref(), now).await?;
    let minted: Minted =
        authority.mint_for_client(audience, caller.name(), scope, bound, now).await?;
    Ok(json_answer(StatusCode::OK, &Value::Object(minted.answer())))
}

/// The audience that `audience` (RFC 8693 § 2.1) or `resource` (RFC 8707 § 2) names: by its name or by
/// its issuer URL. Where the service works for one alone, neither is needed.
pub(super) fn wanted_audience<'a>(
    authority: &'a Authority,
    caller: &Caller,
    form: &Form,
) -> Result<&'a AudienceState, ApiError> {
    let mut served = authority.audiences.values().filter(|a| caller.serves(&a.name));
    let matches = |audience: &AudienceState, wanted: &str| {
        audience.name.as_str() == wanted || audience.issuer_id.as_str() == wanted
    };
    let wanted: Vec<&str> =
        ["audience", "resource"].into_iter().filter_map(|name| form.get(name)).collect();
    if wanted.is_empty() {
        return match (served.next(), served.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(ApiError::oauth("invalid_target", "the client has no audience")),
            (Some(_), Some(_)) => Err(ApiError::oauth(
                "invalid_target",
                "audience: is required, because the client has several",
            )),
        };
    }
    served
        .find(|audience| wanted.iter().all(|wanted| matches(audience, wanted)))
        .map(|audience| &**audience)
        .ok_or_else(|| ApiError::oauth("invalid_target", "audience: is not one of the client's"))
}

/// `POST /oauth2/revoke`: 200 whatever the token was, so that nobody learns about others' tokens.
pub(super) async fn revoke(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let limit = authority.settings.limits.body_bytes;
    let form = body::read(&parts.headers, body, limit).await?.form()?;
    let caller = authority.client(&parts, &form, true).await?;
    let token = form.required("token")?;
    let by = caller.name().as_str();
    match known(&authority, &caller, token, authority.clock.now()).await? {
        Known::Refresh(session) if owns(&caller, &session) => {
            let audience = [session.audience.clone()];
            let why = EndReason::TokenRevoked;
            authority.end_session(&session.id, Some(&audience), why, by).await?;
        }
        Known::Access(token) if owns_access(&caller, token.claims()) => {
            let target = Target::Token(token.claims().token_id().clone());
            let (audience, by) = ([token.claims().audience().clone()], by.to_owned());
            let authority = Arc::clone(&authority);
            unbroken(async move { authority.revoke(&[target], Some(&audience), None, &by).await })
                .await?;
        }
        Known::Refresh(_) | Known::Access(_) | Known::Nothing => {}
    }
    Ok(StatusCode::OK.into_response())
}

/// `POST /oauth2/introspect`, within the caller's audiences.
pub(super) async fn introspect(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let limit = authority.settings.limits.body_bytes;
    let form = body::read(&parts.headers, body, limit).await?.form()?;
    let caller = authority.client(&parts, &form, false).await?;
    caller.require(May::Introspect)?;
    let token = form.required("token")?;
    let now = authority.clock.now();
    let answer = match known(&authority, &caller, token, now).await? {
        Known::Access(token) => active(token.claims()),
        // Whoever asks is a resource server, and no refresh token is ever good for a resource: to call
        // one active would let it be used as an access token.
        Known::Refresh(_) | Known::Nothing => json!({"active": false}),
    };
    Ok(json_answer(StatusCode::OK, &answer))
}

/// What a presented token turns out to be, within the caller's audiences.
enum Known {
    /// Told about, not let in: whoever asked has no proof to show.
    Access(Box<Unproven>),
    Refresh(Box<Session>),
    Nothing,
}

async fn known(
    authority: &Authority,
    caller: &Caller,
    token: &str,
    now: UnixTime,
) -> Result<Known, ApiError> {
    if let Ok(refresh) = RefreshToken::parse(token) {
        let session = authority.sessions.session_by_refresh(&refresh.hash()).await?;
        let session = session.filter(|session| caller.serves(&session.audience));
        return Ok(session.map_or(Known::Nothing, |session| Known::Refresh(Box::new(session))));
    }
    for audience in authority.audiences.values().filter(|a| caller.serves(&a.name)) {
        let judged = match audience.verifier.verify_former_too(token, now) {
            Err(Refusal::Rejected(rejected)) if *rejected.reason() == Reason::ProofRequired => {
                audience.verifier.verify_unproven(token, now)
            }
            judged => judged.map(|judged| judged.into_verified().into()),
        };
        match judged {
            Ok(token) => return Ok(Known::Access(Box::new(token))),
            Err(Refusal::Unavailable(_)) => return Err(ApiError::unavailable()),
            Err(Refusal::Rejected(_)) => {}
        }
    }
    Ok(Known::Nothing)
}

/// RFC 7009 § 2.1: a token is revoked by the client it was issued to; or by a service that may end
/// sessions of that audience anyway.
fn owns(caller: &Caller, session: &Session) -> bool {
    session.client_id == *caller.name() || caller.may(May::SessionsWrite)
}

fn owns_access(caller: &Caller, token: &AccessClaims) -> bool {
    token.client_id() == Some(caller.name())
        || caller.may(May::RevocationsWrite)
        || caller.may(May::SessionsWrite)
}

fn active(token: &AccessClaims) -> Value {
    let mut answer = token.to_json();
    answer.insert("active".into(), true.into());
    let bound = token.key_thumbprint().is_some();
    answer.insert("token_type".into(), token_type(bound).into());
    Value::Object(answer)
}

pub(super) fn scope(text: &str) -> Result<Scope, ApiError> {
    Scope::parse(text).map_err(|error| ApiError::oauth("invalid_scope", error.to_string()))
}
