//! Makes access tokens (RFC 9068).
//!
//! **Invariant:** a token is signed only after the session that it belongs to is durable, and its `iat`
//! is a time read before that. So a session that ends later also outlives it, and `keep_until` counted
//! from the end covers the token.

use std::time::Duration;

use serde_json::{Map, Value};
use tokenward::{
    ClientId, IssueError, Jti, Scope, SessionId, Subject, TokenRequest, TokenVersion, UnixTime,
    Unsigned,
};
use tokenward_sessions::Session;
use zeroize::Zeroizing;

use super::Authority;
use super::audience::AudienceState;
use super::error::ApiError;

/// An access token, just made.
pub(super) struct Minted {
    pub(super) token: Zeroizing<String>,
    pub(super) expires_in: Duration,
    pub(super) scope: Scope,
}

impl Minted {
    /// The members of a token answer (RFC 6749 § 5.1).
    pub(super) fn answer(&self) -> Map<String, Value> {
        let mut answer = Map::new();
        answer.insert("access_token".into(), self.token.as_str().into());
        answer.insert("token_type".into(), "Bearer".into());
        answer.insert("expires_in".into(), self.expires_in.as_secs().into());
        if !self.scope.is_empty() {
            answer.insert("scope".into(), self.scope.as_str().into());
        }
        answer
    }
}

impl Authority {
    /// A token for a session at `version`, with `scope` or what the session has.
    pub(super) async fn mint_for_session(
        &self,
        audience: &AudienceState,
        session: &Session,
        version: TokenVersion,
        scope: Option<Scope>,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let scope = scope.unwrap_or_else(|| session.scope.clone());
        let facts = SessionFacts {
            id: &session.id,
            subject: &session.subject,
            client_id: &session.client_id,
            scope: &scope,
            claims: &session.claims,
            auth_time: session.auth_time,
            ends_at: session.ends_at,
        };
        self.mint(audience, facts.request(version), scope.clone(), now).await
    }

    /// A token for a service itself: no session, no version.
    pub(super) async fn mint_for_client(
        &self,
        audience: &AudienceState,
        client: &ClientId,
        scope: Scope,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let subject = Subject::new(format!("{}{client}", Subject::CLIENT_PREFIX))
            .map_err(|_| ApiError::server_error())?;
        let request = TokenRequest::new(subject, client.clone(), Jti::random()).scope(scope.clone());
        self.mint(audience, request, scope, now).await
    }

    /// Refuses what could not be minted for a session, before anything is stored.
    pub(super) fn check_mintable(
        &self,
        audience: &AudienceState,
        facts: &SessionFacts<'_>,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let version = TokenVersion::new(u64::from(u32::MAX));
        self.prepare(audience, facts.request(version), now).map(drop)
    }

    async fn mint(
        &self,
        audience: &AudienceState,
        request: TokenRequest,
        scope: Scope,
        now: UnixTime,
    ) -> Result<Minted, ApiError> {
        let (unsigned, signer) = self.prepare(audience, request, now)?;
        let signature = signer.sign(unsigned.signing_input()).await.map_err(|error| {
            tracing::error!(
                audience = %audience.name,
                error = %tokenward::ErrorChain::new(&error),
                "a token could not be signed"
            );
            ApiError::unavailable()
        })?;
        let expires_in = unsigned.expires_at().since(now.floor_secs());
        let token = Zeroizing::new(unsigned.assemble(&signature));
        Ok(Minted { token, expires_in, scope })
    }
}
