//! What anybody may read: each audience's metadata (RFC 8414) and key set (RFC 7517).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use tokenward::b64;
use tokenward::crypto::sha256;
use tokenward::{Algorithm, Audience, IssuerId};
use tokenward_keys::KeyHistory;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop;

use super::Authority;
use super::audience::AudienceState;
use super::error::ApiError;
use super::segment::Segment;
use super::status::StatusLists;

/// What an audience has besides what all have.
pub(super) struct Offers<'a> {
    /// A signed key set.
    pub(super) signed: bool,
    /// Status lists.
    pub(super) lists: bool,
    /// Tokens that are bound to keys.
    pub(super) dpop: BindingPolicy,
    /// Tokens that are bound to client certificates.
    pub(super) certificates: BindingPolicy,
    /// Where clients that show certificates find us.
    pub(super) mtls: Option<&'a IssuerId>,
}

/// The metadata of the issuer `audience_issuer`; the endpoints are the same for all audiences of `base`.
pub(super) fn metadata(base: &IssuerId, audience_issuer: &IssuerId, offers: &Offers<'_>) -> String {
    let mut metadata = Map::new();
    let mut put = |name: &str, value: Value| {
        metadata.insert(name.to_owned(), value);
    };
    put("issuer", audience_issuer.as_str().into());
    put("jwks_uri", format!("{audience_issuer}/jwks.json").into());
    put(
        "grant_types_supported",
        json!([
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ]),
    );
    // There is no authorization endpoint: whoever logs users in calls the sessions API.
    put("response_types_supported", json!([]));
    let all = Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric());
    let all: Value = all.map(Algorithm::as_str).collect();
    for (endpoint, path, public) in ENDPOINTS {
        put(&format!("{endpoint}_endpoint"), format!("{base}{path}").into());
        let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
        let certificate = offers.mtls.map(|_| "tls_client_auth");
        let methods = methods.into_iter().chain(certificate).chain(public.then_some("none"));
        put(&format!("{endpoint}_endpoint_auth_methods_supported"), methods.collect());
        // RFC 8414 § 2.
        put(&format!("{endpoint}_endpoint_auth_signing_alg_values_supported"), all.clone());
    }
    if offers.signed {
        // OpenID Federation 1.0 § 5.2.1.
        put("signed_jwks_uri", format!("{audience_issuer}/jwks.jwt").into());
    }
    if offers.lists {
        // draft-ietf-oauth-status-list-21 § 9.1.
        put("status_list_aggregation_endpoint", StatusLists::aggregation(audience_issuer).into());
    }
    if offers.dpop != BindingPolicy::Off {
        // RFC 9449 § 5.1.
        put("dpop_signing_alg_values_supported", dpop::algorithms().into());
    }
    if offers.certificates != BindingPolicy::Off {
        // RFC 8705 § 3.3.
        put("tls_client_certificate_bound_access_tokens", true.into());
    }
    if let Some(mtls) = offers.mtls {
        // RFC 8705 § 5.
        let alias = |(endpoint, path, _)| (format!("{endpoint}_endpoint"), format!("{mtls}{path}"));
        let aliases = ENDPOINTS.map(alias).into_iter().collect::<BTreeMap<_, _>>();
        put("mtls_endpoint_aliases", json!(aliases));
    }
    Value::Object(metadata).to_string()
}

/// The endpoints of clients: their names, their paths, and whether public clients are served.
const ENDPOINTS: [(&str, &str, bool); 3] = [
    ("token", "/oauth2/token", true),
    ("revocation", "/oauth2/revoke", true),
    ("introspection", "/oauth2/introspect", false),
];

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
