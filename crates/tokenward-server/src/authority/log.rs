//! What the authority tells the operator: audited events (target `tokenward::audit`) and counters.
//!
//! The request id stands in the span around each request, so no event repeats it.
//!
//! **Invariants:** no token, secret or cookie ever comes here; the functions take ids alone. A subject is
//! logged as a string value, which stands quoted and escaped, because users may choose their names: one
//! with spaces, quotes or writing direction in it would else forge the fields behind it.

use tokenward::{Audience, ClientId, IssuerId, Reason, SessionId, Subject, TokenVersion};
use tokenward_sessions::{CredentialId, RefreshInvalid, Session};

use super::lockout::Wait;
use crate::http::Peer;
use crate::settings::RelaxedSameSite;

const AUDIT: &str = "tokenward::audit";

pub(super) fn session_created(
    client: &ClientId,
    audience: &Audience,
    subject: &Subject,
    id: &SessionId,
) {
    metrics::counter!("tokenward_sessions_created_total", "audience" => audience.to_string())
        .increment(1);
    tracing::info!(
        target: AUDIT, event = "session_created",
        %client, %audience, subject = subject.as_str(), session_id = %id, "a session was made"
    );
}

pub(super) fn session_refreshed(audience: &Audience, id: &SessionId, replayed: bool) {
    let outcome = if replayed { "replayed" } else { "renewed" };
    metrics::counter!("tokenward_refreshes_total", "outcome" => outcome).increment(1);
    tracing::debug!(%audience, session_id = %id, outcome, "a session was refreshed");
}

pub(super) fn same_site_relaxed(audience: &Audience, relaxed: &RelaxedSameSite) {
    let (same_site, reason) = (relaxed.to.as_str(), &relaxed.reason);
    tracing::warn!(%audience, same_site, reason, "the access cookie comes along from other sites");
}

pub(super) fn refresh_refused(why: RefreshInvalid) {
    metrics::counter!("tokenward_refreshes_total", "outcome" => "refused").increment(1);
    tracing::info!(reason = %why, "a refresh token was refused");
}

pub(super) fn refresh_reused(audience: &Audience, subject: &Subject, id: &SessionId) {
    metrics::counter!("tokenward_refreshes_total", "outcome" => "reused").increment(1);
    tracing::warn!(
        target: AUDIT, event = "refresh_reused",
        %audience, subject = subject.as_str(), session_id = %id,
        "a spent refresh token was used again; its session has been ended"
    );
}

pub(super) fn session_ended(by: &str, id: &SessionId, ended: bool) {
    tracing::info!(target: AUDIT, event = "session_ended", by, session_id = %id, ended, "a session was ended");
}

pub(super) fn sessions_ended(by: &str, subject: &Subject, count: u64) {
    tracing::info!(target: AUDIT, event = "sessions_ended", by, subject = subject.as_str(), count, "the sessions of a subject were ended");
}

pub(super) fn version_bumped(
    by: &str,
    subject: &Subject,
    version: TokenVersion,
    reason: Option<&str>,
) {
    tracing::info!(
        target: AUDIT, event = "version_bumped",
        by, subject = subject.as_str(), version = version.get(), reason, "the token version of a subject was raised"
    );
}

/// `id` may be a subject, so it stands quoted as all of them do.
pub(super) fn revoked(
    by: &str,
    kind: &'static str,
    id: &str,
    audiences: Option<&[Audience]>,
    reason: Option<&str>,
) {
    metrics::counter!("tokenward_revocations_total", "kind" => kind).increment(1);
    let audiences = within(audiences);
    tracing::info!(target: AUDIT, event = "revoked", by, kind, id, audiences, reason, "a revocation was written");
}

pub(super) fn everything_revoked(
    by: &str,
    audiences: Option<&[Audience]>,
    reason: Option<&str>,
    sessions: u64,
) {
    let kind = if audiences.is_some() { "aud" } else { "iss" };
    metrics::counter!("tokenward_revocations_total", "kind" => kind).increment(1);
    let audiences = within(audiences);
    tracing::warn!(
        target: AUDIT, event = "everything_revoked", by, audiences, reason, sessions,
        "every token and every session up to now was revoked"
    );
}

fn within(audiences: Option<&[Audience]>) -> String {
    let Some(audiences) = audiences else { return "all".to_owned() };
    audiences.iter().map(Audience::as_str).collect::<Vec<_>>().join(" ")
}

pub(super) fn private_read(client: &ClientId, id: &SessionId) {
    tracing::info!(
        target: AUDIT, event = "private_read",
        %client, session_id = %id, "the confidential data of a session was read"
    );
}

pub(super) fn client_refused(name: Option<&ClientId>, peer: Option<&Peer>, wait: Option<Wait>) {
    metrics::counter!("tokenward_client_auth_failed_total").increment(1);
    if wait.is_some() {
        metrics::counter!("tokenward_client_auth_locked_total").increment(1);
    }
    let wait_seconds = wait.map(Wait::as_secs);
    let client = name.map_or("-", ClientId::as_str);
    let peer = peer.map_or_else(|| "-".to_owned(), Peer::to_string);
    tracing::warn!(
        target: AUDIT, event = "client_refused", client, peer, wait_seconds, "client authentication failed"
    );
}

pub(super) fn token_exchanged(client: &ClientId, from: &Audience, to: &Audience, id: &SessionId) {
    metrics::counter!("tokenward_tokens_exchanged_total", "audience" => to.to_string())
        .increment(1);
    tracing::info!(
        target: AUDIT, event = "token_exchanged", %client, %from, %to, session_id = %id,
        "a token was exchanged"
    );
}

pub(super) fn id_token_refused(client: &ClientId, issuer: &IssuerId, why: &str) {
    metrics::counter!("tokenward_id_tokens_refused_total", "reason" => why.to_owned()).increment(1);
    tracing::info!(%client, %issuer, reason = why, "an ID token of an upstream was refused");
}

pub(super) fn assertion_refused(client: &ClientId, reason: &Reason) {
    metrics::counter!("tokenward_assertions_refused_total", "reason" => reason.as_str())
        .increment(1);
    tracing::info!(%client, reason = reason.as_str(), "a client assertion was refused");
}

pub(super) fn assertion_undecided(client: &ClientId) {
    metrics::counter!("tokenward_assertions_refused_total", "reason" => "keys_unavailable")
        .increment(1);
    tracing::warn!(%client, "a client assertion was refused, because the keys of the client could not be had");
}

pub(super) fn assertion_replayed(client: &ClientId) {
    metrics::counter!("tokenward_assertions_refused_total", "reason" => "replayed").increment(1);
    tracing::warn!(
        target: AUDIT, event = "assertion_replayed", %client,
        "a client assertion was shown a second time"
    );
}

pub(super) fn passkey_enrolled(session: &Session, id: &CredentialId) {
    tracing::info!(
        target: AUDIT, event = "passkey_enrolled",
        audience = %session.audience, subject = session.subject.as_str(), session_id = %session.id,
        passkey = %id, "a passkey was enrolled"
    );
}

pub(super) fn passkeys_removed(by: &str, subject: &Subject, passkeys: u64, sessions: u64) {
    tracing::info!(
        target: AUDIT, event = "passkeys_removed",
        by, subject = subject.as_str(), passkeys, sessions,
        "passkeys were removed, and the sessions that they held ended"
    );
}

pub(super) fn passkey_copied(audience: &Audience, subject: &Subject, id: &SessionId) {
    tracing::warn!(
        target: AUDIT, event = "passkey_copied",
        %audience, subject = subject.as_str(), session_id = %id,
        "a passkey counts less than before, so there are two of it; the session has been ended"
    );
}

pub(super) fn passkey_refused(why: &'static str, id: &SessionId) {
    passkey_unused(why);
    tracing::info!(reason = why, session_id = %id, "what a passkey signed was refused");
}

/// Counts what a passkey signed in vain.
pub(super) fn passkey_unused(why: &'static str) {
    metrics::counter!("tokenward_passkeys_refused_total", "reason" => why).increment(1);
}
