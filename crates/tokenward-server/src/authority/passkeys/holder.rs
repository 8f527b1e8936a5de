//! Whose passkeys a request is about: those of the session behind its access token.

use axum::body::Body;
use http::HeaderMap;
use http::request::Parts;
use tokenward::{Shown, UnixTime, Verified};
use tokenward_sessions::{RelyingParty, Session};
use tokenward_tower::cookies::{self, REFRESH};
use tokenward_tower::credentials::By;
use tokenward_tower::dpop::BadProof;
use tokenward_tower::respond;

use crate::authority::Authority;
use crate::authority::body::{self, Read};
use crate::authority::browser::{Refused, presented};

/// A request of somebody who has a session.
pub(super) struct Asking<'a> {
    pub(super) site: &'a RelyingParty,
    pub(super) session: Session,
    pub(super) body: Read,
    pub(super) now: UnixTime,
}

impl Authority {
    /// The session behind a request, and one less that it may ask for.
    pub(super) async fn session_of(&self, parts: &Parts) -> Result<Session, Refused> {
        self.site()?;
        let headers = &parts.headers;
        let presented = presented(headers)?;
        let now = self.clock.now();
        let by_proof = presented.by == By::Dpop;
        let token = if by_proof {
            self.verify_proven(presented.token, parts, now).await?
        } else {
            self.verify_any(&presented, true, now)?
        };
        let no_session = || Refused::from(invalid(by_proof));
        let session = self.session_behind(&token, now).await?.ok_or_else(no_session)?;
        self.by_attempt.take(session.id.as_str(), now)?;
        if parts.method != http::Method::GET && !matches!(presented.by, By::Bearer | By::Dpop) {
            self.check_csrf(headers, Some(&session.audience))?;
        }
        Ok(session)
    }

    /// Whether more than the access token, which every API that it is sent to could show as well, has shown who holds
    /// `session`: a proof by its key, or its refresh token, in the cookie or in the body.
    pub(super) async fn is_held(
        &self,
        session: &Session,
        headers: &HeaderMap,
        refresh_token: Option<&str>,
    ) -> Result<bool, Refused> {
        if session.bound_to.is_some() {
            return Ok(true);
        }
        if let Ok(Some(cookie)) = cookies::read(headers, REFRESH)
            && let Some((_, shown)) = self.cookie_session(cookie).await?
            && shown.id == session.id
        {
            return Ok(true);
        }
        let Some(token) = refresh_token else { return Ok(false) };
        Ok(self.session_of_text(token).await?.is_some_and(|shown| shown.id == session.id))
    }

    /// The token of a bound session, with the proof of it, which is spent.
    async fn verify_proven(
        &self,
        token: &str,
        parts: &Parts,
        now: UnixTime,
    ) -> Result<Verified, Refused> {
        let proof = self
            .proof_with_token(parts, token, now)
            .map_err(|why| Refused::from(self.unproven(why)))?;
        let shown = Shown::nothing().proof(&proof);
        let verified = self.verified(true, |verifier| verifier.verify_shown(token, shown, now));
        let verified =
            verified.map_err(|refused| refused.unwrap_or_else(|| invalid(true).into()))?;
        if self.spend(&proof, now).await? {
            Ok(verified)
        } else {
            Err(self.unproven(BadProof::Replayed).into())
        }
    }

    /// The session behind a request that changes something, and its body.
    pub(super) async fn asking(&self, parts: &Parts, body: Body) -> Result<Asking<'_>, Refused> {
        let session = self.session_of(parts).await?;
        let now = self.clock.now();
        let body = body::read(&parts.headers, body, self.settings.limits.body_bytes).await?;
        Ok(Asking { site: self.site()?, session, body, now })
    }
}

fn invalid(by_proof: bool) -> axum::response::Response {
    if by_proof { respond::invalid_bound_token() } else { respond::invalid_token() }
}
