//! Refreshing a session, the same way for clients and for browsers.

use tokenward::{Audience, Scope, UnixTime};
use tokenward_sessions::{
    ClientCheck, Delivery, REFRESH_WINDOW, RefreshAttempt, RefreshInvalid, RefreshOutcome,
    RefreshToken, Session,
};
use tokenward_tower::dpop::BadProof;

use super::audience::AudienceState;
use super::binding::{Bound, Held, Terms};
use super::error::ApiError;
use super::mint::Minted;
use super::{Authority, dpop, log};

/// A refresh token as it was presented.
pub(super) struct Presented {
    pub(super) token: RefreshToken,
    pub(super) client: ClientCheck,
    pub(super) delivery: Delivery,
    /// What came with it.
    pub(super) held: Held,
    /// The audiences within which the caller works.
    pub(super) audiences: Vec<Audience>,
}

impl Presented {
    /// Whether whoever presented it could be the holder of `session`, by client and proof.
    fn is_by_holder_of(&self, session: &Session) -> bool {
        self.client.admits(&session.client_id) && session.is_proven_by(self.held.key())
    }
}

/// A session that goes on.
pub(super) struct Refreshed {
    pub(super) access: Minted,
    pub(super) refresh: RefreshToken,
    /// Seconds.
    pub(super) refresh_expires_in: u64,
    pub(super) session: Session,
}

impl Authority {
    /// Refreshes a session; `scope` asks for an access token that may do less (RFC 6749 § 6).
    pub(super) async fn refresh(
        &self,
        presented: Presented,
        scope: Option<Scope>,
    ) -> Result<Refreshed, ApiError> {
        let now = self.clock.now();
        // Policies differ by audience, and only the session says which it is.
        let known = self.sessions.session_by_refresh(&presented.token.hash()).await?;
        let Some(known) = known else { return Err(refused(RefreshInvalid::Unknown)) };
        let audience = self.audiences.get(&known.audience);
        let Some(audience) = audience.filter(|a| presented.audiences.contains(&a.name)) else {
            return Err(refused(RefreshInvalid::WrongAudience));
        };
        if scope.as_ref().is_some_and(|scope| !scope.is_subset_of(&known.scope)) {
            return Err(ApiError::oauth("invalid_scope", "scope: is more than the session has"));
        }
        // Only whoever could go on uses up the session's rate: for others a token is worth nothing.
        if presented.is_by_holder_of(&known) {
            self.by_session.take(known.id.as_str(), now)?;
        }
        let Bound { key, certificate } = audience.bind(&presented.held, known.bound_to.as_ref())?;
        let terms = Terms { scope, certificate };
        // Without a signer, for example, the token would be spent for nothing.
        self.check_session(audience, &known, &terms, now)?;
        self.use_proof(presented.held.proof.as_ref(), now).await?;
        let outcome = self.sessions.refresh(self.attempt(presented, audience, now)).await?;
        match outcome {
            RefreshOutcome::Renewed { session, version, token, refresh_ends_at, replayed } => {
                log::session_refreshed(&session.audience, &session.id, replayed);
                // An answer that is given again is bound as its request asks, if the first was not.
                let session = Session { bound_to: session.bound_to.or(key), ..session };
                let access =
                    self.mint_for_session(audience, &session, version, terms, &token, now).await?;
                let refresh_expires_in = refresh_ends_at.since(now).as_secs();
                Ok(Refreshed { access, refresh: token, refresh_expires_in, session })
            }
            RefreshOutcome::Reused { session_id, subject, audience } => {
                log::refresh_reused(&audience, &subject, &session_id);
                self.hub.catch_up().await?;
                Err(ApiError::invalid_grant())
            }
            RefreshOutcome::Invalid(why) => Err(refused(why)),
            _ => Err(ApiError::server_error()),
        }
    }

    fn attempt(
        &self,
        presented: Presented,
        audience: &AudienceState,
        now: UnixTime,
    ) -> RefreshAttempt {
        let Presented { token, client, delivery, held, .. } = presented;
        RefreshAttempt {
            presented: token,
            client,
            delivery,
            proven: held.key().cloned(),
            audiences: Some(vec![audience.name.clone()]),
            now,
            refresh_lifetime: audience.refresh_lifetime,
            window: REFRESH_WINDOW,
            keep_until: self.keep_until(now),
        }
    }
}

fn refused(why: RefreshInvalid) -> ApiError {
    log::refresh_refused(why);
    // A client that has lost sight of its key must not take the session for over.
    if why == RefreshInvalid::ProofRequired {
        return dpop::refused(BadProof::Missing);
    }
    ApiError::invalid_grant()
}
