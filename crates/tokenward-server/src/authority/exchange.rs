//! Token exchange (RFC 8693): a token of one audience for one of another, and a login elsewhere for a session.
//!
//! **Invariants:** what a service gets says that it acts, and never says more than what it gave: no scope that
//! the token given has not, nor that the service may not ask for; no later end; no private claim. It belongs
//! to the same session, and is written down there before it is signed, so that whatever ends the session ends
//! it too. A subject token that is no good gets one answer, whatever is wrong with it (RFC 8693 § 2.2.2).

use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use tokenward::{Actor, Scope, Subject, UnixTime, Verified};
use tokenward_remote::Refusal;
use tokenward_sessions::May;

use super::binding::Held;
use super::client::Caller;
use super::error::ApiError;
use super::form::Form;
use super::mint::Exchanged;
use super::oauth::{scope, wanted_audience};
use super::respond::json_answer;
use super::{Authority, log};

/// The grant (RFC 8693 § 2.1).
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// RFC 8693 § 3.
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// `POST /oauth2/token` with [`GRANT`].
pub(super) async fn exchange(
    authority: &Authority,
    caller: &Caller,
    form: &Form,
    held: Held,
) -> Result<Response, ApiError> {
    if !caller.may(May::Exchange) {
        return Err(ApiError::oauth("unauthorized_client", "the client may not exchange tokens"));
    }
    if form.get("actor_token").is_some() || form.get("actor_token_type").is_some() {
        let why = "actor_token: is not available; the client that asks is the actor";
        return Err(ApiError::invalid_request(why));
    }
    if form.get("requested_token_type").is_some_and(|wanted| wanted != ACCESS_TOKEN) {
        let why = "requested_token_type: must be an access token, or left out";
        return Err(ApiError::invalid_request(why));
    }
    let token = form.required("subject_token")?;
    match form.required("subject_token_type")? {
        ACCESS_TOKEN => on_behalf(authority, caller, form, token, held).await,
        ID_TOKEN => authority.log_in(caller, form, token, held).await,
        _ => Err(ApiError::invalid_request(
            "subject_token_type: must be an access token or an ID token",
        )),
    }
}

/// An access token of one of the caller's audiences, for one of another, or of the same that may do less.
async fn on_behalf(
    authority: &Authority,
    caller: &Caller,
    form: &Form,
    token: &str,
    held: Held,
) -> Result<Response, ApiError> {
    let target = wanted_audience(authority, caller, form)?;
    let now = authority.now();
    let given = given(authority, caller, token, now)?;
    let (Some(session), Some(version)) = (given.session_id(), given.token_version()) else {
        // A service's own token: whoever wants to call on asks for one of its own.
        return Err(ApiError::invalid_subject_token());
    };
    let scope = granted(caller, &given, form)?;
    let actor = actor(caller, &given)?;
    let bound = target.bind(&held, None)?;
    authority.use_proof(held.proof.as_ref(), now).await?;
    let until = authority.keep_until(now);
    if !authority.sessions().reach(session, &target.name, now, until).await? {
        return Err(ApiError::invalid_subject_token());
    }
    let exchanged = Exchanged {
        subject: given.subject(),
        client: caller.name(),
        session,
        version,
        scope: &scope,
        auth_time: given.auth_time(),
        actor,
        bound,
        expires_at: given.expires_at(),
    };
    let minted = authority.mint_exchanged(target, exchanged, now).await?;
    log::token_exchanged(caller.name(), given.audience(), &target.name, session);
    let mut answer = minted.answer();
    answer.insert("issued_token_type".into(), ACCESS_TOKEN.into());
    Ok(json_answer(StatusCode::OK, &Value::Object(answer)))
}

/// What the token given says, if it is a good one of an audience of the caller's.
fn given(
    authority: &Authority,
    caller: &Caller,
    token: &str,
    now: UnixTime,
) -> Result<Verified, ApiError> {
    for audience in authority.audiences.values().filter(|a| caller.serves(&a.name)) {
        match audience.verifier.verify(token, now) {
            // What is over but for the clocks' difference has no time left to give.
            Ok(token) if now < token.expires_at() => return Ok(token.into_verified()),
            Ok(_) => return Err(ApiError::invalid_subject_token()),
            Err(Refusal::Unavailable(_)) => return Err(ApiError::unavailable()),
            Err(Refusal::Rejected(_)) => {}
        }
    }
    Err(ApiError::invalid_subject_token())
}

/// What the new token may do: what is asked for, or all that both the token given and the service have.
fn granted(caller: &Caller, given: &Verified, form: &Form) -> Result<Scope, ApiError> {
    let may = |scope: &Scope| scope.is_subset_of(given.scope()) && caller.may_have(scope);
    if let Some(wanted) = form.get("scope") {
        let wanted = scope(wanted)?;
        if may(&wanted) {
            return Ok(wanted);
        }
        let why = "scope: is more than the subject token has, or than the client may ask for";
        return Err(ApiError::oauth("invalid_scope", why));
    }
    let each = given.scope().iter().filter_map(|name| Scope::parse(name).ok());
    let names: Vec<_> = each.filter(|one| may(one)).map(|one| one.as_str().to_owned()).collect();
    Scope::parse(&names.join(" ")).map_err(|_| ApiError::server_error())
}

fn actor(caller: &Caller, given: &Verified) -> Result<Actor, ApiError> {
    let name = format!("{}{}", Subject::CLIENT_PREFIX, caller.name());
    let actor = Actor::new(Subject::new(name).map_err(|_| ApiError::server_error())?);
    match Actor::of(given.private()) {
        Ok(None) => Ok(actor),
        Ok(Some(before)) => actor
            .after(before)
            .map_err(|error| ApiError::invalid_request(format!("subject_token: {error}"))),
        Err(_) => Err(ApiError::invalid_subject_token()),
    }
}
