//! Keys: list, rotate, compromise, import.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;
use tokenward::{
    Algorithm, Audience, IssuerId, KeyError, KeyId, SigningKey, UnixTime, VerifyingKey,
};
use tokenward_keys::{KeyHistory, KeyInfo, KeyRing, Plan, Request, Rotated, Step};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::access::{AUDIT, Admin};
use super::api::{
    CompromiseKey, CompromisedKey, ImportKey, ImportedKey, PlannedKeys, PlannedStep, RotateKeys,
    RotatedKey, RotatedKeys,
};
use super::error::AdminError;
use super::request::{Filter, Input, OfAudience, audience};
use crate::Authority;
use crate::authority::KeyActionError;

pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
    Filter(of): Filter<OfAudience>,
) -> Result<Json<Vec<KeyInfo>>, AdminError> {
    let mut keys = Vec::new();
    for ring in chosen(&authority, of.audience.as_deref())? {
        keys.extend(ring.list().iter().cloned());
        keys.extend(authority.former_info(ring.audience()).await?);
    }
    Ok(Json(keys))
}

pub(super) async fn history(
    State(authority): State<Arc<Authority>>,
    Filter(of): Filter<OfAudience>,
) -> Result<Json<Vec<KeyHistory>>, AdminError> {
    let rings = chosen(&authority, of.audience.as_deref())?;
    Ok(Json(rings.iter().flat_map(|ring| ring.history().to_vec()).collect()))
}

pub(super) async fn jwks(
    State(authority): State<Arc<Authority>>,
    Filter(of): Filter<OfAudience>,
) -> Result<Response, AdminError> {
    Ok(key_set(the_one(&authority, &of)?.jwks_json().to_string()))
}

pub(super) async fn feed(
    State(authority): State<Arc<Authority>>,
    Filter(of): Filter<OfAudience>,
) -> Result<Response, AdminError> {
    let keys = authority.feed_keys(the_one(&authority, &of)?.audience());
    let jwks: Vec<_> = keys.iter().filter_map(VerifyingKey::to_jwk).collect();
    Ok(key_set(json!({ "keys": jwks }).to_string()))
}

/// A key set as a document (RFC 7517 § 8.5.2).
fn key_set(json: String) -> Response {
    let kind = HeaderValue::from_static("application/jwk-set+json");
    ([(CONTENT_TYPE, kind)], json).into_response()
}

pub(super) async fn rotate(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<RotateKeys>,
) -> Result<Json<RotatedKeys>, AdminError> {
    let rings = chosen(&authority, request.audience.as_deref())?;
    // All or none: who waits and asks again must not rotate the others twice.
    let now = authority.now();
    if let Some(until) = rings.iter().filter_map(|ring| ripe_at(ring)).max().filter(|at| *at > now)
    {
        return Err(AdminError::not_ripe(until));
    }
    let mut rotated = Vec::new();
    for ring in rings {
        let done = authority.rotate(ring.audience()).await?;
        tracing::info!(
            target: AUDIT, event = "keys_rotated",
            by = admin.by, audience = %ring.audience(), key = %done.active, "keys were rotated"
        );
        rotated.push(describe(ring.audience(), &done));
    }
    Ok(Json(RotatedKeys { rotated }))
}

pub(super) async fn rotation(
    State(authority): State<Arc<Authority>>,
    Filter(of): Filter<OfAudience>,
) -> Result<Json<Vec<PlannedKeys>>, AdminError> {
    let mut planned = Vec::new();
    for ring in chosen(&authority, of.audience.as_deref())? {
        let plan = ring.preview(authority.now(), &Request::RotateNow).await;
        let plan = plan.map_err(KeyActionError::from)?;
        planned.push(PlannedKeys::of(ring.audience(), &plan));
    }
    Ok(Json(planned))
}

pub(super) async fn compromise(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<CompromiseKey>,
) -> Result<Json<CompromisedKey>, AdminError> {
    let id = KeyId::new(request.kid)?;
    let rings = chosen(&authority, request.audience.as_deref())?;
    for ring in &rings {
        if authority.distrust_former(ring.audience(), &id).await? {
            return Ok(Json(distrusted(&authority, &admin, ring, &id)));
        }
    }
    let knows = |ring: &&Arc<KeyRing>| ring.history().iter().any(|key| key.kid == id.as_str());
    let ring = rings.iter().find(knows).ok_or_else(|| {
        AdminError::not_found(format!("there is no key `{id}`: see `tokenward keys list`"))
    })?;
    let done = authority.compromise(ring.audience(), &id, &admin.by).await?;
    tracing::warn!(
        target: AUDIT, event = "key_compromised",
        by = admin.by, audience = %ring.audience(), key = %id, exposed_until = %done.exposed_until,
        "a key is compromised; verifiers without the feed trust it until `exposed_until`"
    );
    Ok(Json(CompromisedKey {
        kid: id.to_string(),
        audience: ring.audience().to_string(),
        steps: done.steps.iter().map(planned).collect(),
        active: done.active.map(|key| key.to_string()),
        standby: done.standby.map(|key| key.to_string()),
        signs_again_at: done.signs_again_at.map(ceil_secs),
        silent_by: ceil_secs(done.silent_by),
        exposed_until: ceil_secs(done.exposed_until),
        owed: authority.owed(ring.audience()).await?,
    }))
}

pub(super) async fn import(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<ImportKey>,
) -> Result<(StatusCode, Json<ImportedKey>), AdminError> {
    let text = Zeroizing::new(request.key);
    let audience = audience(&authority, &request.audience)?;
    let seconds = request.verify_seconds.unwrap_or(A_DAY);
    let verify_until = authority.now().saturating_add(std::time::Duration::from_secs(seconds));
    let id = request.kid.map(KeyId::new).transpose()?;
    let key = if let Some(issuer) = request.shared_by {
        let issuer = IssuerId::new(issuer)?;
        let secret = secret_of(&text, request.algorithm.as_deref())?;
        authority.import_former(&audience, &secret, issuer, id, verify_until).await?
    } else {
        let key = public_half(&text, request.algorithm.as_deref())?;
        let key = match id {
            Some(id) => key.with_key_id(id),
            None if key.key_id().is_some() => key,
            // Beside others in a set, it is found by nothing else.
            None => {
                return Err(AdminError::invalid(
                    "kid: the key says none; give the one that its tokens carry",
                ));
            }
        };
        authority.import_key(&audience, &key, verify_until).await?.key
    };
    tracing::info!(
        target: AUDIT, event = "key_imported",
        by = admin.by, %audience, %key, "a key was imported"
    );
    let answer = ImportedKey {
        kid: key.to_string(),
        audience: audience.to_string(),
        verify_until: verify_until.as_secs(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What is told of a shared secret that verifies nothing any more.
fn distrusted(authority: &Authority, admin: &Admin, ring: &KeyRing, id: &KeyId) -> CompromisedKey {
    let now = ceil_secs(authority.now());
    tracing::warn!(
        target: AUDIT, event = "key_compromised",
        by = admin.by, audience = %ring.audience(), key = %id, "a shared secret is trusted no more"
    );
    let keys = ring.list();
    let of = |state: &str| keys.iter().find(|key| key.state == state).map(|key| key.kid.clone());
    CompromisedKey {
        kid: id.to_string(),
        audience: ring.audience().to_string(),
        steps: vec![PlannedStep {
            action: format!("forget the shared secret {id}"),
            because: "the operator says that it may have leaked".to_owned(),
        }],
        active: of("active"),
        standby: of("standby"),
        signs_again_at: None,
        // Nobody but this process verified by it, and nobody signed.
        silent_by: now,
        exposed_until: now,
        owed: Vec::new(),
    }
}

/// The bytes of a shared secret: of a JWK its `k`, else the text itself, without the line end of its file.
fn secret_of(text: &str, algorithm: Option<&str>) -> Result<Zeroizing<Vec<u8>>, AdminError> {
    if algorithm.is_some_and(|algorithm| algorithm != "HS256") {
        return Err(AdminError::invalid("algorithm: a shared secret is for HS256"));
    }
    let text = text.trim_end_matches(['\r', '\n']);
    if !text.trim_start().starts_with('{') {
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    }
    let problem =
        || AdminError::invalid("key: it is no JWK of a shared secret (`kty` \"oct\", `k`)");
    let jwk: SecretJwk = serde_json::from_str(text).map_err(|_| problem())?;
    let secret = tokenward::b64::decode(&jwk.k).ok().filter(|_| jwk.kty == "oct");
    secret.map(Zeroizing::new).ok_or_else(problem)
}

/// Read by hand: the core would give a key, and what is sealed is the secret.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct SecretJwk {
    kty: String,
    k: String,
}

impl PlannedKeys {
    /// What `plan` would do in `audience`.
    #[must_use]
    pub fn of(audience: &Audience, plan: &Plan) -> Self {
        Self {
            audience: audience.to_string(),
            steps: plan.steps.iter().map(planned).collect(),
            ripe_at: plan.blocked_until.map(ceil_secs),
        }
    }
}

fn planned(step: &Step) -> PlannedStep {
    PlannedStep { action: step.action.to_string(), because: step.because().to_string() }
}

/// The first whole second that is not before `time`.
pub(super) fn ceil_secs(time: UnixTime) -> u64 {
    time.as_millis().div_ceil(1_000)
}

/// The keys of the audience called `name`, or of all.
fn chosen(authority: &Arc<Authority>, name: Option<&str>) -> Result<Vec<Arc<KeyRing>>, AdminError> {
    let wanted = name.map(|name| audience(authority, name)).transpose()?;
    let is_wanted = |ring: &&Arc<KeyRing>| wanted.as_ref().is_none_or(|w| ring.audience() == w);
    Ok(authority.rings().filter(is_wanted).cloned().collect())
}

/// The keys of the audience that was named, or of the only one: there is no set of all keys, which would let a key
/// of one audience stand for another's.
fn the_one(authority: &Arc<Authority>, of: &OfAudience) -> Result<Arc<KeyRing>, AdminError> {
    match &*chosen(authority, of.audience.as_deref())? {
        [ring] => Ok(Arc::clone(ring)),
        _ => Err(AdminError::invalid("audience: there are several; name one")),
    }
}

/// When the first standby of `ring` is ripe; `None` if there is none, which the rotation will tell.
fn ripe_at(ring: &KeyRing) -> Option<UnixTime> {
    let keys = ring.list();
    let standbys = keys.iter().filter(|key| key.state == "standby");
    standbys.filter_map(|key| key.activates_at).min().map(UnixTime::from_secs)
}

fn describe(audience: &Audience, done: &Rotated) -> RotatedKey {
    let retired = done
        .retired
        .as_ref()
        .map(|key| format!("{key} signs no more; it verifies until its last token has expired"));
    let standby = done.standby.as_ref().map(|key| format!("{key} is published as the next"));
    let steps = retired.into_iter().chain(standby).collect();
    RotatedKey { audience: audience.to_string(), active: Some(done.active.to_string()), steps }
}

/// The verifying half of a key in JWK or PEM. A private half is read, and dropped at once.
fn public_half(text: &str, algorithm: Option<&str>) -> Result<VerifyingKey, AdminError> {
    let problem = |error: &dyn std::fmt::Display| AdminError::invalid(format!("key: {error}"));
    let algorithm = algorithm
        .map(str::parse::<Algorithm>)
        .transpose()
        .map_err(|error| AdminError::invalid(format!("algorithm: {error}")))?;
    let text = text.trim();
    let key = if text.starts_with('{') {
        VerifyingKey::from_jwk(text.as_bytes()).or_else(|public_error| {
            let private = SigningKey::from_jwk(text.as_bytes());
            private.map(|key| key.verifying_key().clone()).map_err(|_| public_error)
        })
    } else if text.contains("PRIVATE KEY-----") {
        SigningKey::from_pem(text, algorithm).map(|key| key.verifying_key().clone())
    } else {
        spki(text, algorithm)
    };
    let key = key.map_err(|error| problem(&error))?;
    match algorithm {
        Some(wanted) if wanted != key.algorithm() => Err(AdminError::invalid(format!(
            "algorithm: the key is for {}, not for {wanted}",
            key.algorithm()
        ))),
        _ => Ok(key),
    }
}

/// A public key in PEM. It says which kind it is, but the kind alone does not say which algorithm, so
/// without one given the usual one of each kind is meant.
fn spki(text: &str, algorithm: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    if let Some(algorithm) = algorithm {
        return VerifyingKey::from_spki_pem(algorithm, text);
    }
    VerifyingKey::from_spki_pem(Algorithm::Es256, text)
        .or_else(|_| VerifyingKey::from_spki_pem(Algorithm::EdDsa, text))
        .or_else(|_| VerifyingKey::from_spki_pem(Algorithm::Rs256, text))
}

const A_DAY: u64 = 24 * 60 * 60;
