//! Passkeys: how they are enrolled, how they sign for a refresh, and how they go.
//!
//! **Invariants.** A page, an app or a thief that holds tokens alone adds no passkey beside one that is there, and
//! removes none: both take the assertion of an enrolled one. An assertion that does not count changes nothing, and
//! gets one answer, whatever the reason; the reason is in the log.

mod enrol;
mod holder;
mod manage;
mod options;
mod services;

pub(super) use enrol::{enrol, options};
pub(super) use manage::{list, removal_challenge, remove, rename};
pub(super) use services::{list_of, remove_all, remove_one};

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value, json};
use tokenward::UnixTime;
use tokenward_sessions::{
    Asserted, Assertion, Delivery, EndReason, Expected, Passkey, PasskeyHolder, PasskeyMisused,
    PasskeyRefused, Purpose, REFRESH_WINDOW, RefreshToken, RelyingParty, Session,
};
use tokenward_tower::cookies::{self, REFRESH};
use tokenward_tower::dpop::BadProof;
use tokenward_tower::respond;
use tokenward_tower::step_up::StepUp;

use super::browser::Refused;
use super::error::ApiError;
use super::form::Form;
use super::respond::json_answer;
use super::{Authority, body, dpop, log, peer_of};

/// The same answer to whoever has shown no passkey, and to whoever has shown one that does not count.
pub(super) fn needed() -> ApiError {
    ApiError::step_up("A passkey is required")
}

/// As [`needed`], by the words of RFC 9470 § 3.
fn needed_here(step_up: &StepUp, session: &Session) -> Refused {
    respond::insufficient_user_authentication(step_up, session.bound_to.is_some()).into()
}

/// `POST /session/refresh/challenge`: what a passkey is to sign for the next refresh. By the refresh cookie; or by
/// a form with `refresh_token`, and the proof of a session that is bound, as at the token endpoint; no cookie counts
/// for that.
pub(super) async fn refresh_challenge(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let answer = to_refresh(&authority, &parts, body).await;
    authority.with_nonce(&parts.headers, answer.unwrap_or_else(IntoResponse::into_response))
}

async fn to_refresh(authority: &Authority, parts: &Parts, body: Body) -> Result<Response, Refused> {
    let (site, now) = (authority.site()?, authority.clock.now());
    let body = body::read(&parts.headers, body, authority.settings.limits.body_bytes).await?;
    let session = if body.is_form() {
        authority.session_of_form(parts, &body.form()?, now).await?
    } else {
        let bad = |_| Refused::from(respond::invalid_request());
        let Some(cookie) = cookies::read(&parts.headers, REFRESH).map_err(bad)? else {
            authority.limit_address(peer_of(&parts.extensions))?;
            return Err(respond::no_credentials().into());
        };
        let session = authority.session_to_refresh(cookie, now).await?;
        let session = session
            .filter(|session| session.delivery != Delivery::Token && session.is_proven_by(None));
        if let Some(session) = &session {
            authority.check_csrf(&parts.headers, Some(&session.audience))?;
        }
        session
    };
    let Some(session) = session else {
        authority.limit_address(peer_of(&parts.extensions))?;
        let by_form = body.is_form();
        return Err(if by_form {
            ApiError::invalid_grant().into()
        } else {
            respond::invalid_token().into()
        });
    };
    authority.by_attempt.take(session.id.as_str(), now)?;
    let passkeys = authority.passkeys_of(&session.passkey_holder()).await?;
    if passkeys.is_empty() {
        return Err(ApiError::invalid_request("no passkey is enrolled").into());
    }
    let options = authority.to_sign(site, Purpose::Refresh, &session, &passkeys, now);
    Ok(json_answer(StatusCode::OK, &json!({ "publicKey": options })))
}

impl Authority {
    /// The session whose refresh token stands in `form`, if whoever asks could go on with it. Its proof is then spent.
    async fn session_of_form(
        &self,
        parts: &Parts,
        form: &Form,
        now: UnixTime,
    ) -> Result<Option<Session>, ApiError> {
        let caller = self.client(parts, form, true).await?;
        let proof = self.proof(parts, now)?;
        let session = self.session_to_refresh(form.required("refresh_token")?, now).await?;
        let session = session.filter(|session| {
            session.delivery == Delivery::Token
                && session.client_id == *caller.name()
                && caller.serves(&session.audience)
        });
        let Some(session) = session else { return Ok(None) };
        match proof.as_ref().map(|proof| proof.key_thumbprint()) {
            key if session.is_proven_by(key) => {
                self.use_proof(proof.as_ref(), now).await?;
                Ok(Some(session))
            }
            None => Err(dpop::refused(BadProof::Missing)),
            Some(_) => Ok(None),
        }
    }

    /// The session that goes on by the refresh token `text`: the current one, or the last, as long as a lost answer is
    /// given again.
    async fn session_to_refresh(
        &self,
        text: &str,
        now: UnixTime,
    ) -> Result<Option<Session>, ApiError> {
        let Ok(token) = RefreshToken::parse(text) else { return Ok(None) };
        let found = self.sessions.refresh_token(&token.hash()).await?;
        let found = found
            .filter(|(session, token)| session.is_live(now) && token.goes_on(now, REFRESH_WINDOW));
        Ok(found.map(|(session, _)| session))
    }

    /// The relying party; without one, no route of passkeys is there.
    fn site(&self) -> Result<&RelyingParty, ApiError> {
        self.settings.passkeys.as_ref().ok_or_else(ApiError::not_found)
    }

    async fn passkeys_of(&self, holder: &PasskeyHolder) -> Result<Vec<Passkey>, ApiError> {
        let audiences = std::slice::from_ref(&holder.audience);
        Ok(self.passkeys.passkeys(&holder.subject, audiences).await?)
    }

    /// What `holder` is called on their devices: the same each time, and telling nobody who they are.
    fn user_handle(&self, holder: &PasskeyHolder) -> [u8; 32] {
        let who = [holder.audience.as_str(), holder.subject.as_str()].join("\0");
        let key = self.data_key.derive(b"tokenward passkey user v1");
        *key.derive(&tokenward::crypto::sha256(who.as_bytes())).expose()
    }

    /// Checks that an enrolled passkey of the session's subject has signed for `purpose`; what only the store
    /// knows is still open.
    pub(super) async fn check_assertion(
        &self,
        assertion: &Map<String, Value>,
        purpose: Purpose<'_>,
        session: &Session,
        now: UnixTime,
    ) -> Result<Asserted, ApiError> {
        let Some(site) = &self.settings.passkeys else { return Err(needed()) };
        let refused = |why: PasskeyRefused| {
            log::passkey_refused(why.as_str(), &session.id);
            needed()
        };
        let assertion = Assertion::parse(assertion).map_err(refused)?;
        let holder = session.passkey_holder();
        let passkeys = self.passkeys_of(&holder).await?;
        let passkey = passkeys.iter().find(|passkey| passkey.id == *assertion.credential());
        let passkey = passkey.ok_or_else(|| refused(PasskeyRefused::Unknown))?;
        let expected = Expected { key: &self.challenges, purpose, session: &session.id, now };
        let handle = self.user_handle(&holder);
        site.verify(&assertion, &expected, passkey, &handle).map_err(refused)
    }

    /// What becomes of an assertion that the store has not taken. A passkey of which there are two ends the session
    /// that it was shown for.
    async fn misused(&self, why: PasskeyMisused, session: &Session) -> Result<Refused, Refused> {
        log::passkey_refused(misuse(why), &session.id);
        if why != PasskeyMisused::WentBack {
            return Ok(needed_here(&StepUp::default(), session));
        }
        log::passkey_copied(&session.audience, &session.subject, &session.id);
        let (audience, why) = ([session.audience.clone()], EndReason::PasskeyCopied);
        self.end_session(&session.id, Some(&audience), why, "passkeys").await?;
        Ok(respond::invalid_token().into())
    }
}

/// The reason as a metric label.
pub(super) const fn misuse(why: PasskeyMisused) -> &'static str {
    match why {
        PasskeyMisused::Unknown => "unknown",
        PasskeyMisused::Replayed => "replayed",
        PasskeyMisused::Overtaken => "overtaken",
        PasskeyMisused::WentBack => "went_back",
        _ => "other",
    }
}

fn listed(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id.to_string(),
        "name": passkey.name.as_str(),
        "synced": passkey.backup_eligible,
        "created_at": passkey.created_at.as_secs(),
        "last_used_at": passkey.last_used_at.as_secs(),
    })
}
