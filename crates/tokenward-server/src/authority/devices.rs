//! The sessions of a user, as the devices that they are: for services (`/v1/subjects/…`), and for the user in a browser
//! (`/session/devices`).
//!
//! **Invariants.** A user sees and ends their own sessions in the audience of their token alone. Nothing is ended before
//! the CSRF check has passed, and by no token but one that a browser was given for its own session. No network address is kept or shown.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Map, Value};
use tokenward::{AccessClaims, SessionId, Subject, Verified};
use tokenward_sessions::{Delivery, EndReason, May, Session};
use tokenward_tower::credentials::By;
use tokenward_tower::respond;

use super::Authority;
use super::browser::{Refused, presented, varied};
use super::error::ApiError;
use super::form::Form;
use super::json::invalid;
use super::respond::{done, json_answer};
use super::segment::Segment;
use super::v1::{Call, session_of, subject_of};

/// The most sessions that one answer lists, and how many it does if nothing else is asked for.
const LISTED: usize = 1_000;

/// Which part of a list is asked for.
struct Page {
    /// The last one of the page before.
    after: Option<SessionId>,
    limit: usize,
}

impl Page {
    fn of(uri: &Uri) -> Result<Self, ApiError> {
        let query = Form::query(uri, &["after", "limit"])?;
        let limit = query.get("limit").map_or(Ok(LISTED), str::parse);
        let limit = limit.ok().filter(|limit| (1..=LISTED).contains(limit));
        Ok(Self {
            after: query.get("after").map(|id| session_of(id.to_owned())).transpose()?,
            limit: limit.ok_or_else(|| invalid("limit", "must be a number from 1 to 1000"))?,
        })
    }
}

/// `GET /v1/subjects/{sub}/sessions`: the devices of a user.
pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
    Segment(subject): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, parts, .. } = authority.call(request, May::SessionsRead).await?;
    let (subject, page) = (subject_of(subject)?, Page::of(&parts.uri)?);
    authority.answer_page(&subject, &caller.audiences(), &page, listed).await
}

/// `DELETE /v1/subjects/{sub}/sessions`: logs a user out everywhere, but for `?except=`.
pub(super) async fn end_all(
    State(authority): State<Arc<Authority>>,
    Segment(subject): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, parts, .. } = authority.call(request, May::SessionsWrite).await?;
    let subject = subject_of(subject)?;
    // A name that is not known would else log out the one that was to stay.
    let query = Form::query(&parts.uri, &["except"])?;
    let except = query.get("except").map(|id| session_of(id.to_owned())).transpose()?;
    let (audiences, by) = (caller.audiences(), caller.name().as_str());
    let why = EndReason::Service;
    authority.end_sessions(&subject, Some(&audiences), except.as_ref(), why, by).await?;
    Ok(done())
}

/// `GET /session/devices`: where else the user of this browser is logged in.
pub(super) async fn show(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let page = Page::of(request.uri())?;
    let user = authority.user(request.headers()).await?;
    let own = user.session_id().cloned();
    let shown = |session: &Session| {
        let mut shown = device(session);
        shown.insert("current".to_owned(), (own.as_ref() == Some(&session.id)).into());
        shown
    };
    let audiences = [user.audience().clone()];
    Ok(authority.answer_page(user.subject(), &audiences, &page, shown).await?)
}

/// `DELETE /session/devices`: logs the user out everywhere else.
pub(super) async fn end_others(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    Form::query(request.uri(), &[])?;
    let user = authority.user_who_changes(request.headers()).await?;
    let audiences = [user.audience().clone()];
    // A token that is none of a session's has no others.
    let own = user.session_id().ok_or_else(|| Refused::from(respond::access_denied()))?;
    let why = EndReason::LoggedOut;
    authority.end_sessions(user.subject(), Some(&audiences), Some(own), why, "browser").await?;
    Ok(varied(done()))
}

/// `DELETE /session/devices/{sid}`: logs the user out on one device. That of somebody else, and one that is not there,
/// get the same answer as one that has ended.
pub(super) async fn end(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, Refused> {
    let user = authority.user_who_changes(request.headers()).await?;
    let id = session_of(id)?;
    let audiences = [user.audience().clone()];
    if authority.has_session(user.subject(), &id, Some(&audiences)).await? {
        let why = EndReason::LoggedOut;
        authority.end_session(&id, Some(&audiences), why, "browser").await?;
    }
    Ok(varied(done()))
}

impl Authority {
    async fn answer_page(
        &self,
        subject: &Subject,
        audiences: &[tokenward::Audience],
        page: &Page,
        shown: impl Fn(&Session) -> Map<String, Value>,
    ) -> Result<Response, ApiError> {
        let (now, after) = (self.clock.now(), page.after.as_ref());
        let found = self.sessions.sessions_of(subject, Some(audiences), now, after, page.limit);
        let found = found.await?;
        let mut answer = Map::new();
        answer.insert("sessions".to_owned(), found.iter().map(shown).collect());
        if let Some(last) = found.last().filter(|_| found.len() >= page.limit) {
            answer.insert("next_after".to_owned(), last.id.as_str().into());
        }
        Ok(json_answer(StatusCode::OK, &Value::Object(answer)))
    }

    /// The user of a browser, by the token in its cookies.
    async fn user(&self, headers: &HeaderMap) -> Result<Verified<AccessClaims>, Refused> {
        self.of_cookie_session(self.in_cookies(headers)?).await
    }

    async fn user_who_changes(
        &self,
        headers: &HeaderMap,
    ) -> Result<Verified<AccessClaims>, Refused> {
        let token = self.in_cookies(headers)?;
        self.check_csrf(headers, Some(token.audience()))?;
        self.of_cookie_session(token).await
    }

    fn in_cookies(&self, headers: &HeaderMap) -> Result<Verified<AccessClaims>, Refused> {
        let presented = presented(headers)?;
        if !matches!(presented.by, By::Cookie | By::Sealed) {
            return Err(respond::no_credentials().into());
        }
        self.verify_any(&presented, false, self.clock.now())
    }

    /// `token`, if it was given to a browser. Whoever holds another one can put it into a cookie of their own.
    async fn of_cookie_session(
        &self,
        token: Verified<AccessClaims>,
    ) -> Result<Verified<AccessClaims>, Refused> {
        // The store is asked, so this takes of what the session may do.
        let now = self.clock.now();
        self.by_attempt.take(token.session_id().map_or("", SessionId::as_str), now)?;
        let session = self.session_behind(&token, now).await?;
        if session.is_some_and(|session| session.delivery != Delivery::Token) {
            Ok(token)
        } else {
            Err(respond::invalid_token().into())
        }
    }
}

/// What a user knows a session by.
fn device(session: &Session) -> Map<String, Value> {
    let members = [
        ("session_id", session.id.as_str().into()),
        ("device", session.device.as_deref().into()),
        ("created_at", session.created_at.as_secs().into()),
        ("last_used_at", session.last_used_at.as_secs().into()),
        ("ends_at", session.ends_at.as_secs().into()),
        ("bound", session.bound_to.is_some().into()),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a service is told of a session.
fn listed(session: &Session) -> Map<String, Value> {
    let mut listed = device(session);
    let members = [
        ("audience", session.audience.as_str().into()),
        ("client_id", session.client_id.as_str().into()),
        ("scope", session.scope.as_str().into()),
        ("delivery", session.delivery.as_str().into()),
        ("refresh", session.refresh_mode.as_str().into()),
        ("auth_time", session.auth_time.as_secs().into()),
    ];
    listed.extend(members.map(|(name, value)| (name.to_owned(), value)));
    if let Some(key) = &session.bound_to {
        listed.insert("dpop_jkt".to_owned(), key.as_str().into());
    }
    listed
}
