//! What anybody may read: each audience's metadata (RFC 8414) and key set (RFC 7517).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tokenward::b64;
use tokenward::crypto::sha256;
use tokenward::{Algorithm, Audience, IssuerId};
use tokenward_keys::KeyHistory;
use tokenward_tower::dpop;

use super::Authority;
use super::audience::AudienceState;
use super::error::ApiError;
use super::segment::Segment;
use super::status::StatusLists;

/// What an audience has besides what all have.
#[derive(Clone, Copy)]
pub(super) struct Offers {
    /// A signed key set.
    pub(super) signed: bool,
    /// Status lists.
    pub(super) lists: bool,
    /// Tokens that are bound to keys.
    pub(super) bound: bool,
}

/// The metadata of the issuer `audience_issuer`; the endpoints are the same for all audiences of `base`.
pub(super) fn metadata(base: &IssuerId, audience_issuer: &IssuerId, offers: Offers) -> String {
    let mut metadata = json!({
        "issuer": audience_issuer.as_str(),
        "jwks_uri": format!("{audience_issuer}/jwks.json"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "revocation_endpoint": format!("{base}/oauth2/revoke"),
        "introspection_endpoint": format!("{base}/oauth2/introspect"),
        "grant_types_supported": [
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        // There is no authorization endpoint: whoever logs users in calls the sessions API.
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "revocation_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "introspection_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    });
    if let Some(members) = metadata.as_object_mut() {
        let all = Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric());
        let all: Value = all.map(Algorithm::as_str).collect();
        for endpoint in ["token", "revocation", "introspection"] {
            // RFC 8414 § 2.
            let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            members.insert(name, all.clone());
        }
    }
    if let (true, Some(members)) = (offers.signed, metadata.as_object_mut()) {
        // OpenID Federation 1.0 § 5.2.1.
        members.insert("signed_jwks_uri".to_owned(), format!("{audience_issuer}/jwks.jwt").into());
    }
    if let (true, Some(members)) = (offers.lists, metadata.as_object_mut()) {
        // draft-ietf-oauth-status-list-21 § 9.1.
        let uri = StatusLists::aggregation(audience_issuer);
        members.insert("status_list_aggregation_endpoint".to_owned(), uri.into());
    }
    if let (true, Some(members)) = (offers.bound, metadata.as_object_mut()) {
        // RFC 9449 § 5.1.
        let name = "dpop_signing_alg_values_supported".to_owned();
        members.insert(name, dpop::algorithms().into());
    }
    metadata.to_string()
}

/// `GET /.well-known/…/audiences/{aud}` and `GET /audiences/{aud}/.well-known/…`.
pub(super) async fn describe(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    Ok(cacheable(audience, &headers, JSON, audience.metadata.clone()))
}

/// `GET /audiences/{aud}/jwks.json`.
pub(super) async fn key_set(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    Ok(cacheable(audience, &headers, JSON, audience.ring.jwks_json().to_string()))
}

/// `GET /audiences/{aud}/historical-keys.json`: the keys that have left the key set, as the payload of
/// OpenID Federation 1.0 § 8.7 has them.
pub(super) async fn historical_keys(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    let history = audience.ring.history();
    // The newest: nobody waits for megabytes of keys whose tokens expired years ago.
    let keys: Vec<Value> =
        history.iter().rev().filter_map(historical).take(HISTORICAL_KEYS).collect();
    let body = json!({ "iss": audience.issuer_id.as_str(), "keys": keys }).to_string();
    Ok(cacheable(audience, &headers, JSON, body))
}

/// A key that verifies nothing any more; `None` for one that still does, or that never signed.
fn historical(key: &KeyHistory) -> Option<Value> {
    let end = match (key.compromised_at, key.withdrawn_at) {
        (Some(at), _) => key.verify_until.map_or(at, |until| until.min(at)),
        (None, Some(at)) if key.activated_at.is_some() || key.imported => {
            key.verify_until.unwrap_or(at)
        }
        _ => return None,
    };
    let Value::Object(mut jwk) = key.public.clone() else { return None };
    jwk.insert("exp".to_owned(), end.into());
    if let Some(from) = key.activated_at {
        jwk.insert("nbf".to_owned(), from.into());
    }
    if let Some(at) = key.compromised_at {
        jwk.insert("revoked".to_owned(), json!({ "revoked_at": at, "reason": "compromised" }));
    }
    Some(jwk.into())
}

impl Authority {
    /// The audience that a path names.
    pub(super) fn named(&self, name: &str) -> Result<&Arc<AudienceState>, ApiError> {
        let name = Audience::new(name).map_err(|_| ApiError::not_found())?;
        self.audiences.get(&name).ok_or_else(ApiError::not_found)
    }
}

/// A public document that everybody may keep for C, and no longer: the rotation counts on it.
pub(super) fn cacheable(
    audience: &AudienceState,
    request: &HeaderMap,
    content_type: &'static str,
    body: String,
) -> Response {
    let tag = format!("\"{}\"", b64::encode(&sha256(body.as_bytes())));
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let mut known = known.flat_map(|line| line.split(',')).map(str::trim);
    let mut response = if known.any(|other| other == "*" || weak(other) == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(max_age) = HeaderValue::try_from(audience.ring.cache_control()) {
        headers.insert(CACHE_CONTROL, max_age);
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// A tag compared weakly (RFC 9110 § 8.8.3.2): a proxy that compressed the body may have marked it.
fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

const JSON: &str = "application/json";

/// Keys of the history that are shown: three years of one a day.
const HISTORICAL_KEYS: usize = 1_000;
