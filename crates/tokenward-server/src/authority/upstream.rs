//! Logins at an OpenID provider that become sessions here, by its ID token (RFC 8693, OpenID Connect Core).
//!
//! **Invariants:** the provider is one that the configuration names, for the audience that is asked for; its
//! keys are fetched as those of any other issuer are, and where they cannot be had nothing is decided. An ID
//! token makes one session, however often it is shown.

use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use tokenward::{IdClaims, IdToken, Nonce, Reason, Scope, Subject, UnixTime, Verified, Verifier};
use tokenward_sessions::May;

use super::audience::AudienceState;
use super::binding::Held;
use super::client::Caller;
use super::create::Login;
use super::error::ApiError;
use super::exchange::ACCESS_TOKEN;
use super::form::Form;
use super::keysets::Keys;
use super::oauth::{scope, session_answer, wanted_audience};
use super::respond::json_answer;
use super::{Authority, log};
use crate::settings::UpstreamSettings;

impl Authority {
    /// A session for whoever has logged in by the ID token `token`.
    pub(super) async fn log_in(
        &self,
        caller: &Caller,
        form: &Form,
        token: &str,
        held: Held,
    ) -> Result<Response, ApiError> {
        if !caller.may(May::SessionsWrite) {
            let why = "the client may not make sessions";
            return Err(ApiError::oauth("unauthorized_client", why));
        }
        let target = wanted_audience(self, caller, form)?;
        let scope = form.get("scope").map(scope).transpose()?.unwrap_or_else(Scope::empty);
        let now = self.now();
        let nonce = form.get("nonce").map_or(Nonce::NotSent, Nonce::Sent);
        let (upstream, claims) = self.identified(caller, target, token, nonce, now).await?;
        let subject = Subject::new(format!("{}{}", upstream.subject_prefix, claims.subject()));
        let Some(subject) = subject.ok().filter(|subject| !subject.is_client()) else {
            log::id_token_refused(caller.name(), &upstream.issuer, "subject");
            return Err(ApiError::invalid_subject_token());
        };
        // Where the provider does not say, nobody knows: its `iat` may be of a login weeks ago.
        let auth_time = claims.auth_time().map_or(UnixTime::from_secs(0), |time| time.min(now));
        // For as long as the ID token could be shown again.
        let until = claims.expires_at().saturating_add(target.leeway);
        let bound = target.bind(&held, None)?;
        self.use_proof(held.proof.as_ref(), now).await?;
        let key = bound.key.as_ref().map_or("", |key| key.as_str());
        let nonce = form.get("nonce").unwrap_or_default();
        let said = [target.name.as_str(), scope.as_str(), nonce, key];
        // Not by the signature, of which ECDSA has two for each.
        let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed).as_bytes();
        let key = self.once(caller, "id_token", signed, said.join(" ").as_bytes(), until);
        let login = Login { subject, scope, auth_time, bound };
        let opened = self.open_session(target, caller, login, key, now).await?;
        let mut answer = session_answer(&opened);
        answer.insert("issued_token_type".into(), ACCESS_TOKEN.into());
        Ok(json_answer(StatusCode::OK, &Value::Object(answer)))
    }

    /// Who has logged in, and where.
    async fn identified(
        &self,
        caller: &Caller,
        target: &AudienceState,
        token: &str,
        nonce: Nonce<'_>,
        now: UnixTime,
    ) -> Result<(&UpstreamSettings, Verified<IdClaims>), ApiError> {
        let Some(issuer) = IdToken::claimed_issuer(token) else {
            return Err(ApiError::invalid_subject_token());
        };
        let trusted = |upstream: &&UpstreamSettings| {
            upstream.issuer == issuer && upstream.audiences.contains(&target.name)
        };
        for upstream in self.settings.trust.upstreams.iter().filter(trusted) {
            let keys = self.key_sets.trusted(&upstream.issuer, &upstream.keys, now).await;
            let keys = keys.ok_or_else(ApiError::unavailable)?;
            let verify = |keys: &Keys| verify(upstream, target, keys, token, nonce, now);
            let mut verdict = verify(&keys);
            // The provider may have begun to sign with a key that is younger than what we have of it.
            if matches!(verdict, Err(Reason::UnknownKey))
                && let Some(keys) = self.key_sets.anew(&upstream.issuer, &upstream.keys, now).await
            {
                verdict = verify(&keys);
            }
            match verdict {
                Ok(claims) => return Ok((upstream, claims)),
                Err(reason) => {
                    log::id_token_refused(caller.name(), &upstream.issuer, reason.as_str());
                }
            }
        }
        Err(ApiError::invalid_subject_token())
    }
}

fn verify(
    upstream: &UpstreamSettings,
    target: &AudienceState,
    keys: &Keys,
    token: &str,
    nonce: Nonce<'_>,
    now: UnixTime,
) -> Result<Verified<IdClaims>, Reason> {
    let verifier = Verifier::id_token()
        .issuer(upstream.issuer.clone())
        .audience(upstream.client_id.clone())
        .keys(keys.set.clone())
        // As long as the token is remembered to have been used.
        .leeway(target.leeway)
        .build();
    verifier.verify(token, nonce, now).map_err(|rejected| *rejected.reason())
}
