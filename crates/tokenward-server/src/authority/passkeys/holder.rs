//! Whose passkeys a request is about: those of the session behind its access token.

use axum::body::Body;
use http::HeaderValue;
use http::request::Parts;
use tokenward::{Actor, Shown, UnixTime, Verified};
use tokenward_sessions::{RelyingParty, Session};
use tokenward_tower::cookies::{self, REFRESH};
use tokenward_tower::credentials::{self, By};
use tokenward_tower::dpop::BadProof;
use tokenward_tower::respond;

use crate::authority::Authority;
use crate::authority::body::{self, Read};
use crate::authority::browser::Refused;

/// A request of somebody who has a session.
pub(super) struct Asking<'a> {
    pub(super) site: &'a RelyingParty,
    pub(super) session: Session,
    pub(super) body: Read,
    pub(super) now: UnixTime,
    /// Whether more than the access token has shown who holds the session, which every API that it is sent to could
    /// show as well: a proof by its key, or the cookie of its refresh token.
    pub(super) is_holder: bool,
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
    /// The session behind a request, and one less that it may ask for.
    pub(super) async fn session_of(&self, parts: &Parts) -> Result<Session, Refused> {
        self.site()?;
        let headers = &parts.headers;
        let presented = match credentials::extract(headers) {
            Ok(Some(presented)) => presented,
            Ok(None) => return Err(respond::no_credentials().into()),
            Err(_) => return Err(respond::invalid_request().into()),
        };
        let now = self.clock.now();
        let by_proof = presented.by == By::Dpop;
        let token = if by_proof {
            self.verify_proven(presented.token, parts, now).await?
        } else {
            self.verify_any(&presented, true, now)?
        };
        let no_session = || Refused::from(invalid(by_proof));
        let id = token.session_id().ok_or_else(no_session)?;
        let session = self.sessions.session(id).await?;
        let session = session.filter(|session| is_behind(session, &token, now));
        let session = session.ok_or_else(no_session)?;
        self.by_attempt.take(session.id.as_str(), now)?;
        if parts.method != http::Method::GET && !matches!(presented.by, By::Bearer | By::Dpop) {
            self.check_csrf(headers, Some(&session.audience))?;
        }
        Ok(session)
    }

    async fn shows_refresh_cookie(
        &self,
        parts: &Parts,
        session: &Session,
    ) -> Result<bool, Refused> {
        let Ok(Some(cookie)) = cookies::read(&parts.headers, REFRESH) else { return Ok(false) };
        let shown = self.cookie_session(cookie).await?;
        Ok(shown.is_some_and(|(_, shown)| shown.id == session.id))
    }

    /// The token of a bound session, with the proof of it, which is spent.
    async fn verify_proven(
        &self,
        token: &str,
        parts: &Parts,
        now: UnixTime,
    ) -> Result<Verified, Refused> {
        let proof = self.proof_with_token(parts, token, now).map_err(|why| self.unproven(why))?;
        let shown = Shown::nothing().proof(&proof);
        let verified = self.verified(true, |verifier| verifier.verify_shown(token, shown, now));
        let verified =
            verified.map_err(|refused| refused.unwrap_or_else(|| invalid(true).into()))?;
        if self.spend(&proof, now).await? {
            Ok(verified)
        } else {
            Err(self.unproven(BadProof::Replayed))
        }
    }

    /// What the client is told of a proof that does not count (RFC 9449 § 7.1, § 9).
    fn unproven(&self, why: BadProof) -> Refused {
        crate::telemetry::rejected(why.as_str());
        tracing::info!(reason = why.as_str(), "a proof of possession was refused");
        let nonce = || HeaderValue::try_from(self.nonces.current(self.clock.now())).ok();
        let nonce = if why == BadProof::Nonce { nonce() } else { None };
        nonce.map_or_else(respond::invalid_dpop_proof, respond::use_dpop_nonce).into()
    }

    /// The session behind a request that changes something, and its body.
    pub(super) async fn asking(&self, parts: Parts, body: Body) -> Result<Asking<'_>, Refused> {
        let session = self.session_of(&parts).await?;
        let now = self.clock.now();
        let is_holder =
            session.bound_to.is_some() || self.shows_refresh_cookie(&parts, &session).await?;
        let body = body::read(&parts.headers, body, self.settings.limits.body_bytes).await?;
        Ok(Asking { site: self.site()?, session, body, now, is_holder })
    }
}

fn invalid(by_proof: bool) -> axum::response::Response {
    if by_proof { respond::invalid_bound_token() } else { respond::invalid_token() }
}
