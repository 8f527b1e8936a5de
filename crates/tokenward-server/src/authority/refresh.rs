//! Refreshing a session, the same way for clients and for browsers.

use serde_json::{Map, Value};
use tokenward::{Audience, ClientId, Scope, UnixTime};
use tokenward_sessions::{
    Asserted, ClientCheck, Delivery, EndReason, Purpose, REFRESH_WINDOW, RefreshAttempt,
    RefreshInvalid, RefreshMode, RefreshOutcome, RefreshToken, Session,
};
use tokenward_tower::dpop::BadProof;

use super::audience::AudienceState;
use super::binding::{Bound, Held, Terms};
use super::error::ApiError;
use super::mint::Minted;
use super::{Authority, dpop, log, passkeys};

/// A refresh token as it was presented.
pub(super) struct Presented {
    pub(super) token: RefreshToken,
    pub(super) client: ClientCheck,
    pub(super) delivery: Delivery,
    /// What came with it.
    pub(super) held: Held,
    /// What a passkey has signed for it.
    pub(super) assertion: Option<Map<String, Value>>,
    /// The audiences within which the caller works.
    pub(super) audiences: Vec<Audience>,
}

impl Presented {
    /// Whether whoever presented it could be the holder of `session`, by client and proof.
    fn is_by_holder_of(&self, session: &Session) -> bool {
        self.client.admits(&session.client_id) && session.is_proven_by(self.held.key())
    }
}

/// What failures are counted by: a token and whoever presents it.
#[derive(Hash)]
struct Tried {
    token: [u8; 32],
    /// `None`: a browser.
    client: Option<ClientId>,
}

impl Tried {
    fn of(presented: &Presented) -> Self {
        let client = match &presented.client {
            ClientCheck::Is(client) => Some(client.clone()),
            _ => None,
        };
        Self { token: presented.token.hash(), client }
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
        let tried = Tried::of(&presented);
        // Policies differ by audience, and only the session says which it is.
        let known = self.sessions.session_by_refresh(&tried.token).await?;
        self.check_hope(&tried, known.as_ref(), &presented, now)?;
        let Some(known) = known else {
            return Err(self.no_hope(&tried, RefreshInvalid::Unknown, now));
        };
        let audience = self.audiences.get(&known.audience);
        let Some(audience) = audience.filter(|a| presented.audiences.contains(&a.name)) else {
            return Err(self.no_hope(&tried, RefreshInvalid::WrongAudience, now));
        };
        if scope.as_ref().is_some_and(|scope| !scope.is_subset_of(&known.scope)) {
            return Err(ApiError::oauth("invalid_scope", "scope: is more than the session has"));
        }
        let by_holder = presented.is_by_holder_of(&known);
        let asserted = if by_holder { self.asserted(&presented, &known, now).await? } else { None };
        let (session, subject) = (known.id.as_str(), (&known.audience, &known.subject));
        if by_holder {
            self.by_session.look(session, now)?;
            self.by_subject.look(subject, now)?;
        }
        let Bound { key, certificate } = audience.bind(&presented.held, known.bound_to.as_ref())?;
        let terms = Terms { scope, certificate };
        // Without a signer, for example, the token would be spent for nothing.
        self.check_session(audience, &known, &terms, now)?;
        self.use_proof(presented.held.proof.as_ref(), now).await?;
        // Only whoever could go on uses up the session's rate: for others a token is worth nothing, and so is a
        // request that somebody has recorded, with its proof.
        if by_holder {
            self.by_session.take(session, now)?;
            self.by_subject.take(subject, now)?;
        }
        let attempt = RefreshAttempt { asserted, ..self.attempt(presented, audience, now) };
        let outcome = self.sessions.refresh(attempt).await?;
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
            RefreshOutcome::Ended { why, session_id, subject, audience } => {
                if why == EndReason::PasskeyCopied {
                    log::passkey_copied(&audience, &subject, &session_id);
                } else {
                    log::refresh_reused(&audience, &subject, &session_id);
                }
                self.hub.catch_up().await?;
                Err(ApiError::invalid_grant())
            }
            RefreshOutcome::Invalid(why) => Err(self.no_hope(&tried, why, now)),
            _ => Err(ApiError::server_error()),
        }
    }

    /// Refuses a token that has come to nothing too often, before it costs more than looking for it.
    ///
    /// It keeps nobody from going on with their session, nor does it hide a theft: while a session lives, whatever its
    /// client shows is looked at. The rates of clients and addresses bound that.
    fn check_hope(
        &self,
        tried: &Tried,
        known: Option<&Session>,
        presented: &Presented,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let hope = known
            .is_some_and(|known| known.is_live(now) && presented.client.admits(&known.client_id));
        match self.dead_tokens.wait(tried, now).filter(|_| !hope) {
            Some(wait) => Err(refused(RefreshInvalid::Unknown).after(Some(wait))),
            None => Ok(()),
        }
    }

    /// Refuses a token that comes to nothing, and counts that; behind a lock it is told to wait as long as one that is
    /// not looked at.
    fn no_hope(&self, tried: &Tried, why: RefreshInvalid, now: UnixTime) -> ApiError {
        let wait = self.dead_tokens.wait(tried, now).or_else(|| {
            self.dead_tokens.failed(tried, 0, now);
            self.dead_tokens.wait(tried, now)
        });
        refused(why).after(wait)
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
                // Looking at it costs a signature check, whoever has sent it.
                self.by_attempt.take(session.id.as_str(), now)?;
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
        let Presented { token, client, delivery, held, .. } = presented;
        RefreshAttempt {
            presented: token,
            client,
            delivery,
            asserted: None,
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
    if let RefreshInvalid::PasskeyMisused(why) = why {
        log::passkey_unused(passkeys::misuse(why));
    }
    match why {
        RefreshInvalid::PasskeyRequired | RefreshInvalid::PasskeyMisused(_) => passkeys::needed(),
        _ => ApiError::invalid_grant(),
    }
}
