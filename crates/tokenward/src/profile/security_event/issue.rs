//! Making security event tokens.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::SecurityEvent;
use crate::alg::Algorithm;
use crate::ids::{Audience, IssuerId, Jti, KeyId};
use crate::issue::{IssueError, Unsigned};
use crate::limits::LIMITS;
use crate::profile::Profile;
use crate::time::UnixTime;

/// The kind of event that ends sessions (OpenID CAEP 1.0 § 3.1).
pub const SESSION_REVOKED: &str =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

/// The kind of event that tells of a new session (OpenID CAEP 1.0 § 3.6).
pub const SESSION_ESTABLISHED: &str =
    "https://schemas.openid.net/secevent/caep/event-type/session-established";

/// A security event token to be (RFC 8417, in the profile of OpenID SSF 1.0: `sub_id` in the place of
/// `sub`, and no `exp`).
///
/// ```
/// # fn sign(_: &[u8]) -> Vec<u8> { vec![] }
/// # fn f(id: tokenward::KeyId, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
/// use serde_json::json;
/// use tokenward::{
///     Algorithm, Audience, IssuerId, Jti, SESSION_REVOKED, SecurityEventRequest,
/// };
///
/// let user = json!({ "format": "iss_sub", "iss": "https://auth.example.com", "sub": "ada" });
/// let event = SecurityEventRequest {
///     issuer: &IssuerId::new("https://auth.example.com")?,
///     audience: &Audience::foreign("https://receiver.example.com/events")?,
///     token_id: &Jti::random(),
///     issued_at: now,
///     happened_at: None,
///     transaction: Some("8675309"),
///     subject_id: &json!({ "format": "complex", "user": user }),
///     kind: SESSION_REVOKED,
///     event: &json!({ "event_timestamp": now.as_secs(), "initiating_entity": "user" }),
/// };
/// let unsigned = event.prepare(&id, Algorithm::Es256)?;
/// let signature = sign(unsigned.signing_input());
/// let token = unsigned.assemble(&signature);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever tells of an event must decide on all of it")]
pub struct SecurityEventRequest<'a> {
    /// Who says so.
    pub issuer: &'a IssuerId,
    /// The receiver it is meant for.
    pub audience: &'a Audience,
    /// The name of this one token: the same each time it is sent.
    pub token_id: &'a Jti,
    /// When it is first told, not when it happened.
    pub issued_at: UnixTime,
    /// `toe`: when it happened, if that is known.
    pub happened_at: Option<UnixTime>,
    /// `txn`: what ties this token to others of the same cause.
    pub transaction: Option<&'a str>,
    /// `sub_id` (RFC 9493): whom or what it is about; an object with a `format`.
    pub subject_id: &'a Value,
    /// The kind of the event, a URI.
    pub kind: &'a str,
    /// What the event says: an object.
    pub event: &'a Value,
}

impl SecurityEventRequest<'_> {
    /// Makes all of the token but its signature, which the key named `id` will make with `algorithm`.
    ///
    /// The end that the result names is that of what a receiver takes: an hour, unless it says otherwise.
    pub fn prepare(&self, id: &KeyId, algorithm: Algorithm) -> Result<Unsigned, IssueError> {
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), self.issuer.as_str().into());
        claims.insert("aud".to_owned(), self.audience.as_str().into());
        claims.insert("jti".to_owned(), self.token_id.as_str().into());
        claims.insert("iat".to_owned(), self.issued_at.as_secs().into());
        if let Some(time) = self.happened_at {
            claims.insert("toe".to_owned(), time.as_secs().into());
        }
        if let Some(transaction) = self.transaction {
            claims.insert("txn".to_owned(), transaction.into());
        }
        claims.insert("sub_id".to_owned(), self.subject_id.clone());
        claims.insert("events".to_owned(), json!({ self.kind: self.event }));
        let payload = Value::Object(claims).to_string();
        let signature = algorithm.signature_len().unwrap_or(LIMITS.rsa_signature_bytes);
        let most = LIMITS.token_bytes.saturating_sub(signature.div_ceil(3).saturating_mul(4));
        let ends = self.issued_at.saturating_add(Duration::from_secs(60 * 60));
        Unsigned::of_payload(SecurityEvent::TYPE, (id, algorithm), &payload, most, ends)
    }
}
