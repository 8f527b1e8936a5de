//! The payload of a token, in an order that is always the same.

use memchr::memchr2;
use serde_json::{Map, Value};

use super::request::Confirmation;
use super::{IssueError, Issuer, TokenRequest};
use crate::claims::RESERVED_CLAIMS;
use crate::ids::TokenVersion;
use crate::json::{JsonError, LAST_DATE, Object};
use crate::limits::LIMITS;
use crate::time::UnixTime;

/// The largest whole number that all readers share (RFC 7493 § 2.2).
const LARGEST: u64 = (1 << 53) - 1;

/// Replaces the contents of `out` by the claims of a token.
pub(super) fn write(
    issuer: &Issuer,
    request: &TokenRequest,
    issued_at: UnixTime,
    expires_at: UnixTime,
    out: &mut Vec<u8>,
) -> Result<(), IssueError> {
    let version = request.token_version.map_or(0, TokenVersion::get);
    let last = request.auth_time.unwrap_or_default().max(expires_at);
    let index = request.status.as_ref().map_or(0, |(_, index)| *index);
    if version.max(index) > LARGEST || last.as_secs() > LAST_DATE {
        return Err(JsonError::NumberRange.into());
    }
    out.clear();
    out.push(b'{');
    text(out, r#""iss":"#, issuer.id.as_str());
    text(out, r#","aud":"#, issuer.audience.as_str());
    text(out, r#","sub":"#, request.subject.as_str());
    text(out, r#","client_id":"#, request.client_id.as_str());
    text(out, r#","jti":"#, request.token_id.as_str());
    number(out, r#","iat":"#, issued_at.as_secs());
    number(out, r#","exp":"#, expires_at.as_secs());
    if let Some(id) = &request.session_id {
        text(out, r#","sid":"#, id.as_str());
    }
    if let Some(version) = request.token_version {
        number(out, r#","ver":"#, version.get());
    }
    if !request.scope.is_empty() {
        text(out, r#","scope":"#, request.scope.as_str());
    }
    if let Some(time) = request.auth_time {
        number(out, r#","auth_time":"#, time.as_secs());
    }
    confirmation(out, request);
    if let Some((uri, index)) = &request.status {
        number(out, r#","status":{"status_list":{"idx":"#, *index);
        text(out, r#","uri":"#, uri.as_str());
        out.extend_from_slice(b"}}");
    }
    if let Some(actor) = &request.actor {
        out.extend_from_slice(br#","act":"#);
        // Names in objects of names always serialize.
        serde_json::to_writer(&mut *out, &actor.to_value()).map_err(|_| JsonError::Syntax)?;
    }
    let others = usize::from(request.status.is_some());
    private(out, &request.private, others.saturating_add(usize::from(request.actor.is_some())))?;
    out.push(b'}');
    Ok(())
}

/// What must come with the token, if anything must (RFC 7800 § 3.1).
fn confirmation(out: &mut Vec<u8>, request: &TokenRequest) {
    let bound = request.bound_to.as_ref().map(|bound| match bound {
        Confirmation::Key(key) => (r#""jkt":"#, key.as_str()),
        Confirmation::Seal(name) => (r#""seal":"#, name.as_str()),
    });
    let certificate = request.certificate.as_ref();
    let certificate = certificate.map(|certificate| (r#""x5t#S256":"#, certificate.as_str()));
    let mut before: &[u8] = br#","cnf":{"#;
    for (name, value) in bound.into_iter().chain(certificate) {
        out.extend_from_slice(before);
        text(out, name, value);
        before = b",";
    }
    if bound.is_some() || certificate.is_some() {
        out.push(b'}');
    }
}

/// The private claims, which nobody has read strictly yet, beside what is reserved and `others`.
fn private(
    out: &mut Vec<u8>,
    claims: &Map<String, Value>,
    others: usize,
) -> Result<(), IssueError> {
    if claims.is_empty() {
        return Ok(());
    }
    let others = RESERVED_CLAIMS.len().saturating_add(others);
    if claims.len().saturating_add(others) > LIMITS.json_members {
        return Err(JsonError::TooLarge.into());
    }
    let start = out.len();
    // Values of serde_json have only string keys and finite numbers, so this cannot fail.
    serde_json::to_writer(&mut *out, claims).map_err(|_| JsonError::Syntax)?;
    Object::parse(out.get(start..).unwrap_or_default())?;
    // `{…}` becomes `,…`: the members go on in the object that is open.
    if let Some(brace) = out.get_mut(start) {
        *brace = b',';
    }
    out.pop();
    Ok(())
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
    // Identifiers hold no control characters; of the rest two want an escape (RFC 8259 § 7).
    let mut rest = value.as_bytes();
    while let Some((plain, [mark, after @ ..])) =
        memchr2(b'"', b'\\', rest).and_then(|at| rest.split_at_checked(at))
    {
        out.extend_from_slice(plain);
        out.extend_from_slice(&[b'\\', *mark]);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    out.extend_from_slice(name.as_bytes());
    // Writing to a vector cannot fail.
    let _written = serde_json::to_writer(out, &value);
}
