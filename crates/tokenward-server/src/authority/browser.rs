//! `/session/*`: the browser's session, by cookie.
//!
//! **Invariant:** nothing is changed, and no cookie is set or expired, before the CSRF check has passed.
//! A form on another site could otherwise log its visitors out.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderMap, SET_COOKIE, VARY};
use http::{HeaderName, HeaderValue, Method, StatusCode, request};
use serde_json::{Map, Value, json};
use tokenward::{
    AccessClaims, Actor, Audience, BackendError, Reason, Rejected, SealKey, SessionId, Shown,
    UnixTime, Verified,
};
use tokenward_remote::{Judged, LiveVerifier, Refusal};
use tokenward_sessions::{ClientCheck, Delivery, EndReason, RefreshToken, Session};
use tokenward_tower::cookies::{self, ACCESS, REFRESH, SEAL, SameSite};
use tokenward_tower::credentials::By;
use tokenward_tower::csrf::{self, Origins};
use tokenward_tower::step_up::StepUp;
use tokenward_tower::{credentials, respond};

use super::binding::Held;
use super::error::ApiError;
use super::refresh::{Presented, Refreshed};
use super::respond::{done, json_answer};
use super::{Authority, body, peer_of};
use crate::telemetry;

/// Why a browser's request came to nothing: one of the fixed answers, or an error of ours.
pub(super) struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl Refused {
    /// `error` of a session that is held by cookie or access token: what asks for more of its user is a challenge
    /// there (RFC 9470 § 3).
    pub(super) fn of_step_up(error: ApiError, session: &Session) -> Self {
        if error.is_step_up() {
            let bound = session.bound_to.is_some();
            respond::insufficient_user_authentication(&StepUp::default(), bound).into()
        } else {
            error.into()
        }
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        error.into_response().into()
    }
}

impl From<BackendError> for Refused {
    fn from(error: BackendError) -> Self {
        ApiError::from(error).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// `GET /session`: whose session it is, by the access token in cookie or header.
pub(super) async fn show(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let presented = presented(request.headers())?;
    let now = authority.clock.now();
    let token = authority.verify_any(&presented, false, now)?;
    let answer = json!({
        "subject": token.subject().as_str(),
        "session_id": token.session_id().map(SessionId::as_str),
        "audience": token.audience().as_str(),
        "client_id": token.client_id().map(tokenward::ClientId::as_str),
        "scope": token.scope().as_str(),
        "claims": token.private(),
        "expires_in": token.expires_at().since(now).as_secs(),
    });
    Ok(json_answer(StatusCode::OK, &answer))
}

/// `POST /session/refresh`: the next pair of cookies for the one that is presented; of a sealed session, the
/// next token, and the cookie with its key.
pub(super) async fn refresh(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let (request::Parts { headers, extensions, .. }, body) = request.into_parts();
    let (headers, peer) = (&headers, peer_of(&extensions));
    let cookie =
        cookies::read(headers, REFRESH).map_err(|_| Refused::from(respond::invalid_request()))?;
    let Some(cookie) = cookie else {
        authority.limit_address(peer)?;
        return Err(Refused::from(respond::no_credentials()));
    };
    let Some((token, session)) = authority.cookie_session(cookie).await? else {
        authority.limit_address(peer)?;
        return Err(Refused::from(respond::invalid_token()));
    };
    authority.check_csrf(headers, Some(&session.audience))?;
    let presented = Presented {
        assertion: authority.assertion_in(headers, body).await?,
        token,
        client: ClientCheck::Browser,
        delivery: session.delivery,
        audiences: vec![session.audience.clone()],
        held: Held::default(),
    };
    let before = presented.token.seal_key();
    // A refused refresh token gets the one answer of every refused token.
    let refreshed = authority.refresh(presented, None).await.map_err(|error| {
        if error.status() == StatusCode::BAD_REQUEST && !error.is_step_up() {
            Refused::from(respond::invalid_token())
        } else {
            Refused::of_step_up(error, &session)
        }
    })?;
    let same_site = authority.audiences.get(&refreshed.session.audience);
    let same_site = same_site.map(|audience| audience.same_site).unwrap_or_default();
    let answer = summary(&refreshed);
    let cookies = session_cookies(&refreshed, Some(&before), same_site)?;
    let mut response = json_answer(StatusCode::OK, &Value::Object(answer));
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(varied(response))
}

/// `POST /session/logout`: ends the session, and says so again if it had ended.
pub(super) async fn logout(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let (request::Parts { headers, .. }, _) = request.into_parts();
    let headers = &headers;
    let bad = |_| Refused::from(respond::invalid_request());
    let refresh = cookies::read(headers, REFRESH).map_err(bad)?;
    let presented =
        credentials::extract(headers).map_err(|_| Refused::from(respond::invalid_request()))?;
    // A token that its holder keeps whole belongs to no session of the browser's.
    let presented = presented.filter(|presented| presented.by != By::Bearer);
    let by_refresh = match refresh {
        Some(cookie) => authority.cookie_session(cookie).await?.map(|(_, session)| session),
        None => None,
    };
    let ended = match (by_refresh, presented) {
        (Some(session), _) => Some((session.id, session.audience)),
        (None, Some(presented)) => authority.session_of_token(&presented)?,
        (None, None) => None,
    };
    authority.check_csrf(headers, ended.as_ref().map(|(_, audience)| audience))?;
    if let Some((id, audience)) = ended {
        authority.end_session(&id, Some(&[audience]), EndReason::LoggedOut, "browser").await?;
    }
    let mut response = done();
    let headers = response.headers_mut();
    for cookie in [ACCESS, REFRESH, SEAL] {
        headers.append(SET_COOKIE, cookies::expire(cookie));
    }
    // Never "cookies": that would take those of the whole registrable domain with it.
    headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(varied(response))
}

impl Authority {
    /// What a passkey has signed for a refresh, if the body says so. Other bodies are passed over, as they always
    /// were.
    async fn assertion_in(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let body = body::read(headers, body, self.settings.limits.body_bytes).await?;
        if !body.is_json() || body.bytes().is_empty() {
            return Ok(None);
        }
        let mut fields = body.json()?;
        let assertion = fields.object("assertion")?;
        fields.done()?;
        Ok((!assertion.is_empty()).then_some(assertion))
    }

    /// The session to whose family the refresh token `text` belongs, spent or not.
    pub(super) async fn session_of_text(&self, text: &str) -> Result<Option<Session>, ApiError> {
        let Ok(token) = RefreshToken::parse(text) else { return Ok(None) };
        Ok(self.sessions.session_by_refresh(&token.hash()).await?)
    }

    /// The session to whose family the refresh cookie belongs, spent or not, if that is where it belongs.
    pub(super) async fn cookie_session(
        &self,
        cookie: &str,
    ) -> Result<Option<(RefreshToken, Session)>, ApiError> {
        let Ok(token) = RefreshToken::parse(cookie) else { return Ok(None) };
        let session = self.sessions.session_by_refresh(&token.hash()).await?;
        let session = session.filter(|session| session.delivery != Delivery::Token);
        Ok(session.map(|session| (token, session)))
    }

    /// The live session that `token` was given out for, to its own holder. A token that was exchanged names the
    /// session too, and is in the hands of some service.
    pub(super) async fn session_behind(
        &self,
        token: &AccessClaims,
        now: UnixTime,
    ) -> Result<Option<Session>, BackendError> {
        let Some(id) = token.session_id() else { return Ok(None) };
        let session = self.sessions.session(id).await?;
        Ok(session.filter(|session| {
            session.is_live(now)
                && matches!(Actor::of(token.private()), Ok(None))
                && session.audience == *token.audience()
                && session.subject == *token.subject()
        }))
    }

    /// The session of a good access token, to be ended. One that is refused names no session.
    fn session_of_token(
        &self,
        presented: &credentials::Presented<'_>,
    ) -> Result<Option<(SessionId, Audience)>, Refused> {
        let now = self.clock.now();
        match self.verified(false, |verifier| presented.verify(verifier, Shown::nothing(), now)) {
            Ok(token) => Ok(token.session_id().map(|id| (id.clone(), token.audience().clone()))),
            Err(Some(unavailable)) => Err(unavailable),
            Err(None) => Ok(None),
        }
    }

    pub(super) fn check_csrf(
        &self,
        headers: &HeaderMap,
        audience: Option<&Audience>,
    ) -> Result<(), Refused> {
        let audience = audience.and_then(|audience| self.audiences.get(audience));
        let origins = match audience {
            Some(audience) => audience.origins.clone(),
            // No session says which audience it is; whatever happens then touches cookies alone.
            None => self.all_origins.clone(),
        };
        check_origin(headers, &origins)
    }

    /// The token as one of a cookie audience; with `or_other`, as one of any.
    pub(super) fn verify_any(
        &self,
        presented: &credentials::Presented<'_>,
        or_other: bool,
        now: UnixTime,
    ) -> Result<Verified, Refused> {
        let ask = |verifier: &LiveVerifier| presented.verify(verifier, Shown::nothing(), now);
        self.verified(or_other, ask)
            .map_err(|refused| refused.unwrap_or_else(|| Refused::from(respond::invalid_token())))
    }

    /// What the audiences say, or those with cookies, of whom one may take it; `Err(None)` if it is refused,
    /// `Err(Some(_))` if nobody can say at the moment.
    pub(super) fn verified(
        &self,
        or_other: bool,
        ask: impl Fn(&LiveVerifier) -> Result<Judged, Refusal>,
    ) -> Result<Verified, Option<Refused>> {
        let mut reason = None;
        let mut is_unavailable = false;
        let audiences = self.audiences.values();
        for audience in audiences.filter(|audience| or_other || audience.has_cookies()) {
            match ask(&audience.verifier) {
                Ok(token) => return Ok(token.into_verified()),
                Err(Refusal::Unavailable(_)) => is_unavailable = true,
                // The word of the one whose token it may be, not of whoever was asked last.
                Err(Refusal::Rejected(rejected)) if reason.is_none_or(is_of_another) => {
                    reason = Some(rejected);
                }
                Err(Refusal::Rejected(_)) => {}
            }
        }
        if is_unavailable && reason.is_none_or(is_of_another) {
            return Err(Some(Refused::from(respond::unavailable(Duration::from_secs(1)))));
        }
        if let Some(rejected) = reason {
            telemetry::rejected(rejected.reason().as_str());
            tracing::info!(reason = rejected.reason().as_str(), "a token was refused");
        }
        Err(None)
    }
}

/// The token that a request presents, by header or cookie.
pub(super) fn presented(headers: &HeaderMap) -> Result<credentials::Presented<'_>, Refused> {
    match credentials::extract(headers) {
        Ok(Some(presented)) => Ok(presented),
        Ok(None) => Err(respond::no_credentials().into()),
        Err(_) => Err(respond::invalid_request().into()),
    }
}

/// `response`, which goes by what a check of origins looks at.
pub(super) fn varied(mut response: Response) -> Response {
    response.headers_mut().append(VARY, csrf::VARY);
    response
}

/// Whether the token may well be a good one of another audience, whose keys have other names.
fn is_of_another(rejected: Rejected) -> bool {
    matches!(
        rejected.reason(),
        Reason::UnknownKey | Reason::NoKeyId | Reason::WrongAlgorithm | Reason::WrongIssuer
    )
}

fn check_origin(headers: &HeaderMap, origins: &Origins) -> Result<(), Refused> {
    csrf::check(&Method::POST, headers, origins).map_err(|why| {
        telemetry::rejected(why.as_str());
        tracing::info!(reason = why.as_str(), "a change by cookie was refused");
        Refused::from(respond::access_denied())
    })
}

/// The `Set-Cookie` lines of a session.
///
/// `before` is the key of the token that this one succeeds, if there is one: what is sealed under it stays
/// good until it ends, for tabs that have not heard of the new one.
pub(super) fn session_cookies(
    given: &Refreshed,
    before: Option<&SealKey>,
    same_site: SameSite,
) -> Result<Vec<HeaderValue>, ApiError> {
    let Refreshed { access, refresh, refresh_expires_in, session } = given;
    let refresh_lasts = Duration::from_secs(*refresh_expires_in);
    let too_long = |error: cookies::CannotSet| ApiError::invalid_request(error.to_string());
    let sealed = session.delivery == Delivery::Sealed;
    let access = if sealed {
        let keys = cookies::seal_value(&refresh.seal_key(), before);
        cookies::set_for(SEAL, &keys, access.expires_in, same_site)
    } else {
        cookies::set_for(ACCESS, &access.token, access.expires_in, same_site)
    };
    let refresh = cookies::set(REFRESH, &refresh.expose(), refresh_lasts);
    let mut lines = vec![access.map_err(too_long)?, refresh.map_err(too_long)?];
    if sealed && before.is_none() {
        // The one of an earlier session would be a second token in each request.
        lines.push(cookies::expire(ACCESS));
    }
    Ok(lines)
}

/// What a page may know of its session: everything but the tokens, or, if it is sealed, the half of the
/// token that the page is to keep.
pub(super) fn summary(given: &Refreshed) -> Map<String, Value> {
    let Refreshed { access, session, refresh_expires_in, .. } = given;
    let sealed = session.delivery == Delivery::Sealed;
    let mut answer = if sealed { access.answer() } else { Map::new() };
    answer.insert("refresh_expires_in".into(), (*refresh_expires_in).into());
    answer.insert("session_id".into(), session.id.as_str().into());
    answer.insert("expires_in".into(), access.expires_in.as_secs().into());
    if !access.scope.is_empty() {
        answer.insert("scope".into(), access.scope.as_str().into());
    }
    answer
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
