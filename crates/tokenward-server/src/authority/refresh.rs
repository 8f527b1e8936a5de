//! Refreshing a session, the same way for clients and for browsers.

use serde_json::{Map, Value};
use tokenward::{Audience, Proof, Scope, UnixTime, Verified};
use tokenward_sessions::{
    Asserted, ClientCheck, Delivery, EndReason, Purpose, REFRESH_WINDOW, RefreshAttempt,
    RefreshInvalid, RefreshMode, RefreshOutcome, RefreshToken, Session,
};
use tokenward_tower::dpop::BadProof;

use super::audience::AudienceState;
use super::error::ApiError;
use super::mint::Minted;
use super::{Authority, dpop, log, passkeys};

/// A refresh token as it was presented.
pub(super) struct Presented {
    pub(super) token: RefreshToken,
    pub(super) client: ClientCheck,
    pub(super) delivery: Delivery,
    /// The proof that came with it.
    pub(super) proof: Option<Verified<Proof>>,
    /// What a passkey has signed for it.
    pub(super) assertion: Option<Map<String, Value>>,
    /// The audiences within which the caller works.
    pub(super) audiences: Vec<Audience>,
}

impl Presented {
    /// Whether whoever presented it could be the holder of `session`, by client and proof.
    fn is_by_holder_of(&self, session: &Session) -> bool {
        let key = self.proof.as_ref().map(|proof| proof.key_thumbprint());
        self.client.admits(&session.client_id) && session.is_proven_by(key)
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
        let by_holder = presented.is_by_holder_of(&known);
        let asserted = if by_holder { self.asserted(&presented, &known, now).await? } else { None };
        // Only whoever could go on uses up the session's rate: for others a token is worth nothing.
        if by_holder {
            self.by_session.take(known.id.as_str(), now)?;
        }
        // Without a signer, for example, the token would be spent for nothing.
        self.check_session(audience, &known, now)?;
        let key = audience.bind(presented.proof.as_ref(), known.bound_to.as_ref())?;
        self.use_proof(presented.proof.as_ref(), now).await?;
        let attempt = RefreshAttempt { asserted, ..self.attempt(presented, audience, now) };
        let outcome = self.sessions.refresh(attempt).await?;
        match outcome {
            RefreshOutcome::Renewed { session, version, token, refresh_ends_at, replayed } => {
                log::session_refreshed(&session.audience, &session.id, replayed);
                // An answer that is given again is bound as its request asks, if the first was not.
                let session = Session { bound_to: session.bound_to.or(key), ..session };
                let access =
                    self.mint_for_session(audience, &session, version, scope, &token, now).await?;
                let refresh_expires_in = refresh_ends_at.since(now).as_secs();
                Ok(Refreshed { access, refresh: token, refresh_expires_in, session })
            }
            RefreshOutcome::Ended { why, session_id, subject, audience } => {
                if why == EndReason::PasskeyCopied {
                    log::passkey_copied(&audience, &subject, &session_id);
                } else {
                    log::refresh_reused(&audience, &subject, &session_id);
                }
                self.hub.catch_up().await?;
                Err(ApiError::invalid_grant())
            }
            RefreshOutcome::Invalid(why) => Err(refused(why)),
            _ => Err(ApiError::server_error()),
        }
    }

    /// What a passkey has signed for this refresh. Whoever would be let through, and has not shown one where the
    /// session asks for it, or one that does not count, is told so before anything is written.
    async fn asserted(
        &self,
        presented: &Presented,
        session: &Session,
        now: UnixTime,
    ) -> Result<Option<Asserted>, ApiError> {
        if !session.is_live(now) || presented.delivery != session.delivery {
            return Ok(None);
        }
        match (&presented.assertion, session.refresh_mode) {
            (Some(assertion), _) => {
                self.check_assertion(assertion, Purpose::Refresh, session, now).await.map(Some)
            }
            (None, RefreshMode::Plain) => Ok(None),
            (None, _) => Err(refused(RefreshInvalid::PasskeyRequired)),
        }
    }

    fn attempt(
        &self,
        presented: Presented,
        audience: &AudienceState,
        now: UnixTime,
    ) -> RefreshAttempt {
        let Presented { token, client, delivery, proof, .. } = presented;
        RefreshAttempt {
            presented: token,
            client,
            delivery,
            asserted: None,
            proven: proof.map(|proof| proof.key_thumbprint().clone()),
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
    if let RefreshInvalid::PasskeyMisused(why) = why {
        log::passkey_unused(passkeys::misuse(why));
    }
    match why {
        RefreshInvalid::PasskeyRequired | RefreshInvalid::PasskeyMisused(_) => passkeys::needed(),
        _ => ApiError::invalid_grant(),
    }
}
