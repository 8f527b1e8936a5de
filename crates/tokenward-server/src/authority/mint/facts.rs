//! From a session to the request for its access tokens.

use serde_json::{Map, Value, json};
use tokenward::{
    CertificateThumbprint, ClientId, Jti, Scope, SealKey, SessionId, Subject, Thumbprint,
    TokenRequest, TokenVersion, UnixTime,
};
use tokenward_sessions::{Delivery, Session};

use crate::authority::binding::Bound;

/// What a session's access tokens are made of.
pub(in crate::authority) struct SessionFacts<'a> {
    pub(in crate::authority) id: &'a SessionId,
    pub(in crate::authority) subject: &'a Subject,
    pub(in crate::authority) client_id: &'a ClientId,
    pub(in crate::authority) scope: &'a Scope,
    pub(in crate::authority) claims: &'a Map<String, Value>,
    pub(in crate::authority) auth_time: UnixTime,
    pub(in crate::authority) ends_at: UnixTime,
    pub(in crate::authority) sealed: bool,
    pub(in crate::authority) bound_to: Option<&'a Thumbprint>,
    pub(in crate::authority) certificate: Option<CertificateThumbprint>,
    /// Whether it was a passkey that last said who is there.
    pub(in crate::authority) by_passkey: bool,
}

/// The claim that says how its subject was authenticated (RFC 9068 § 2.2.1).
pub(in crate::authority) const AMR: &str = "amr";

impl<'a> SessionFacts<'a> {
    pub(super) fn of(
        session: &'a Session,
        scope: &'a Scope,
        claims: &'a Map<String, Value>,
        certificate: Option<CertificateThumbprint>,
    ) -> Self {
        Self {
            id: &session.id,
            subject: &session.subject,
            client_id: &session.client_id,
            scope,
            claims,
            auth_time: session.authenticated_at(),
            ends_at: session.ends_at,
            sealed: matches!(session.delivery, Delivery::Sealed),
            bound_to: session.bound_to.as_ref(),
            certificate,
            by_passkey: session.passkey.is_some(),
        }
    }

    pub(super) fn request(&self, version: TokenVersion, seal: Option<&SealKey>) -> TokenRequest {
        let mut claims = self.claims.clone();
        if self.by_passkey {
            // RFC 8176: the possession of a key, behind something that the user is or knows, with the user there.
            claims.insert(AMR.to_owned(), json!(["mfa", "pop", "user"]));
        }
        let request =
            TokenRequest::new(self.subject.clone(), self.client_id.clone(), Jti::random())
                .session_id(self.id.clone())
                .token_version(version)
                .scope(self.scope.clone())
                .private(claims)
                .expires_no_later_than(self.ends_at);
        // Of some logins elsewhere nobody says when they were.
        let is_known = self.auth_time > UnixTime::from_secs(0);
        let request = if is_known { request.auth_time(self.auth_time) } else { request };
        if let Some(seal) = seal {
            return request.sealed_under(seal);
        }
        let (key, certificate) = (self.bound_to.cloned(), self.certificate.clone());
        Bound { key, certificate }.request(request)
    }
}
