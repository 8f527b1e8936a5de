//! Whose passkeys a request is about: those of the session behind its access token.

use axum::body::Body;
use http::request::Parts;
use tokenward::{Actor, UnixTime};
use tokenward_sessions::{RelyingParty, Session};
use tokenward_tower::credentials::{self, By};
use tokenward_tower::respond;

use crate::authority::Authority;
use crate::authority::body::{self, Read};
use crate::authority::browser::Refused;

/// A request of somebody who has a session.
pub(super) struct Holder<'a> {
    pub(super) site: &'a RelyingParty,
    pub(super) session: Session,
    pub(super) body: Read,
    pub(super) now: UnixTime,
}

/// Whether `session` is the one that `token` was given out for, to its own holder. A token that was exchanged names
/// the session too, and is in the hands of some service.
pub(in crate::authority) fn is_behind(
    session: &Session,
    token: &tokenward::AccessClaims,
    now: UnixTime,
) -> bool {
    session.is_live(now)
        && matches!(Actor::of(token.private()), Ok(None))
        && session.audience == *token.audience()
        && session.subject == *token.subject()
}

impl Authority {
    /// The session behind a request that only reads.
    pub(super) async fn session_of(&self, parts: &Parts) -> Result<Session, Refused> {
        self.site()?;
        let headers = &parts.headers;
        let presented = match credentials::extract(headers) {
            Ok(Some(presented)) => presented,
            Ok(None) => return Err(respond::no_credentials().into()),
            Err(_) => return Err(respond::invalid_request().into()),
        };
        let now = self.clock.now();
        let token = self.verify_any(&presented, true, now)?;
        let no_session = || Refused::from(respond::invalid_token());
        let id = token.session_id().ok_or_else(no_session)?;
        let session = self.sessions.session(id).await?;
        let session = session.filter(|session| is_behind(session, &token, now));
        let session = session.ok_or_else(no_session)?;
        if parts.method != http::Method::GET && presented.by != By::Bearer {
            self.check_csrf(headers, Some(&session.audience))?;
        }
        Ok(session)
    }

    /// The session behind a request that changes something, and its body.
    pub(super) async fn holder(&self, parts: Parts, body: Body) -> Result<Holder<'_>, Refused> {
        let session = self.session_of(&parts).await?;
        let now = self.clock.now();
        self.by_session.take(session.id.as_str(), now)?;
        let body = body::read(&parts.headers, body, self.settings.limits.body_bytes).await?;
        Ok(Holder { site: self.site()?, session, body, now })
    }
}
