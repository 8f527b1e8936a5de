//! Services: add, list, give a new secret, remove.
//!
//! **Invariant:** a secret is in one answer, to whoever made it, and nowhere else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use tokenward::{ClientId, UnixTime};
use tokenward_sessions::{
    AllowedScopes, InvalidServiceProof, May, Service, ServiceProof, ServiceSecret, StoredSecret,
};

use super::access::{AUDIT, Admin};
use super::api::{AddService, NewSecret, Proof, RotateSecret, SecretTimes, ServiceInfo, SetProof};
use super::error::AdminError;
use super::request::{Input, audience};
use crate::Authority;

pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
) -> Result<Json<Vec<ServiceInfo>>, AdminError> {
    let now = authority.now();
    let services = authority.services().list_services().await?;
    Ok(Json(services.iter().map(|service| info(service, now)).collect()))
}

pub(super) async fn add(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<AddService>,
) -> Result<(StatusCode, Json<NewSecret>), AdminError> {
    let lifetime = secret_lifetime(request.lifetime_seconds)?;
    let mut service = read(&authority, request)?;
    if authority.services().service(&service.name).await?.is_some() {
        return Err(AdminError::conflict(format!(
            "there is a service `{}` already: remove it first, or give it a new secret",
            service.name
        )));
    }
    let secret = (!service.public && service.proof.is_none()).then(ServiceSecret::random);
    let now = authority.now();
    service.secrets.extend(secret.iter().map(|secret| StoredSecret::new(secret, now, lifetime)));
    let name = service.name.clone();
    authority.services().put_service(service).await?;
    tracing::info!(
        target: AUDIT, event = "service_added", by = admin.by, service = %name, "a service was added"
    );
    Ok((StatusCode::CREATED, Json(shown(&name, secret.as_ref()))))
}

pub(super) async fn rotate_secret(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Path(name): Path<String>,
    Input(request): Input<RotateSecret>,
) -> Result<Json<NewSecret>, AdminError> {
    let overlap = Duration::from_secs(request.overlap_seconds);
    if overlap > MAX_OVERLAP {
        return Err(AdminError::invalid("overlap_seconds: 30 days at most"));
    }
    let lifetime = secret_lifetime(request.lifetime_seconds)?;
    let service = known(&authority, &name).await?;
    if service.public {
        return Err(AdminError::conflict("a public service has no secret"));
    }
    if let Some(proof) = &service.proof {
        return Err(AdminError::conflict(format!(
            "`{name}` has no secret, but {}: see `tokenward services rotate-key`",
            proof.method()
        )));
    }
    let (secret, now) = (ServiceSecret::random(), authority.now());
    let name = service.name;
    let end = now.saturating_add(overlap);
    if !authority
        .services()
        .add_secret(&name, StoredSecret::new(&secret, now, lifetime), end)
        .await?
    {
        return Err(missing(name.as_str()));
    }
    tracing::info!(
        target: AUDIT, event = "service_secret_rotated",
        by = admin.by, service = %name, overlap_seconds = request.overlap_seconds,
        "a service got a new secret"
    );
    Ok(Json(shown(&name, Some(&secret))))
}

pub(super) async fn set_proof(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Path(name): Path<String>,
    Input(request): Input<SetProof>,
) -> Result<StatusCode, AdminError> {
    let overlap = Duration::from_secs(request.overlap_seconds);
    if overlap > MAX_OVERLAP {
        return Err(AdminError::invalid("overlap_seconds: 30 days at most"));
    }
    let service = known(&authority, &name).await?;
    if service.declared {
        return Err(AdminError::conflict(format!(
            "`{name}` stands in the config file, which says what it proves itself by: change it there"
        )));
    }
    if service.public {
        return Err(AdminError::conflict("a public service proves nothing"));
    }
    let Some(proof) = proof(&authority, &request.proof)? else {
        return Err(AdminError::invalid("proof: name one; to go back to a secret, add it anew"));
    };
    let (method, end) = (proof.method(), authority.now().saturating_add(overlap));
    if !authority.services().set_proof(&service.name, Some(proof), end).await? {
        return Err(missing(&name));
    }
    tracing::info!(
        target: AUDIT, event = "service_proof_set",
        by = admin.by, service = %service.name, method, "a service proves itself by something else"
    );
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Path(name): Path<String>,
) -> Result<StatusCode, AdminError> {
    let service = known(&authority, &name).await?;
    if service.declared {
        return Err(AdminError::conflict(format!(
            "`{name}` stands in the config file and would be back at the next start: remove it there"
        )));
    }
    if !authority.services().remove_service(&service.name).await? {
        return Err(missing(&name));
    }
    tracing::info!(
        target: AUDIT, event = "service_removed",
        by = admin.by, service = %service.name, "a service was removed"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// What is asked for as a service, without secrets yet.
fn read(authority: &Arc<Authority>, request: AddService) -> Result<Service, AdminError> {
    let name = ClientId::new(request.name)?;
    let may = request.may.iter().map(|may| may.parse::<May>());
    let may = may
        .collect::<Result<BTreeSet<_>, _>>()
        .map_err(|error| AdminError::invalid(format!("may: {error}")))?;
    if request.public && !may.is_empty() {
        return Err(AdminError::invalid(
            "may: a public service proves nothing, so it may nothing; leave `may` or `public` out",
        ));
    }
    let audiences = request.audiences.iter().map(|name| audience(authority, name));
    let audiences = audiences.collect::<Result<BTreeSet<_>, _>>()?;
    if audiences.is_empty() {
        return Err(AdminError::invalid("audiences: name one at least"));
    }
    let scopes = AllowedScopes::from_names(&request.scopes)
        .map_err(|error| AdminError::invalid(format!("scopes: {error}")))?;
    if request.public && !scopes.is_none() {
        return Err(AdminError::invalid(
            "scopes: a public service gets no tokens of its own; leave `scopes` or `public` out",
        ));
    }
    let public = request.public;
    let proof = proof(authority, &request.proof)?;
    if request.public && proof.is_some() {
        return Err(AdminError::invalid(
            "proof: a public service proves nothing; leave `proof` or `public` out",
        ));
    }
    if request.lifetime_seconds.is_some() && (request.public || proof.is_some()) {
        return Err(AdminError::invalid("lifetime_seconds: it gets no secret; leave it out"));
    }
    let secrets = Vec::new();
    Ok(Service { name, may, audiences, scopes, public, secrets, proof, declared: false })
}

/// What is asked for as a proof; `None` if nothing is.
fn proof(authority: &Authority, asked: &Proof) -> Result<Option<ServiceProof>, AdminError> {
    let Proof { jwks, jwks_uri, certificate, spiffe } = asked;
    let wrong =
        |name: &str, why: InvalidServiceProof| AdminError::invalid(format!("proof.{name}: {why}"));
    let proof = match (jwks, jwks_uri, certificate, spiffe) {
        (None, None, None, None) => return Ok(None),
        (Some(keys), None, None, None) => {
            ServiceProof::keys(keys).map_err(|why| wrong("jwks", why))
        }
        (None, Some(url), None, None) => {
            ServiceProof::keys_at(url).map_err(|why| wrong("jwks_uri", why))
        }
        (None, None, Some(name), None) => {
            ServiceProof::certificate(name).map_err(|why| wrong("certificate", why))
        }
        (None, None, None, Some(id)) => {
            ServiceProof::spiffe(id).map_err(|why| wrong("spiffe", why))
        }
        _ => Err(AdminError::invalid("proof: name one of jwks, jwks_uri, certificate and spiffe")),
    }?;
    if let ServiceProof::Spiffe(id) = &proof {
        let domains = &authority.settings().trust.domains;
        if domains.iter().all(|domain| domain.name != *id.trust_domain()) {
            return Err(AdminError::invalid(format!(
                "proof.spiffe: {} is not trusted; add a [[trust_domain]] to the config file",
                id.trust_domain()
            )));
        }
    }
    Ok(Some(proof))
}

fn secret_lifetime(seconds: Option<u64>) -> Result<Option<Duration>, AdminError> {
    let Some(seconds) = seconds else { return Ok(None) };
    let lifetime = Duration::from_secs(seconds);
    if lifetime < SHORTEST_SECRET || lifetime > LONGEST_SECRET {
        return Err(AdminError::invalid("lifetime_seconds: an hour at least, two years at most"));
    }
    Ok(Some(lifetime))
}

async fn known(authority: &Arc<Authority>, name: &str) -> Result<Service, AdminError> {
    let service = authority.services().service(&ClientId::new(name)?).await?;
    service.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> AdminError {
    AdminError::not_found(format!("there is no service `{name}`: see `tokenward services list`"))
}

fn shown(name: &ClientId, secret: Option<&ServiceSecret>) -> NewSecret {
    let client_secret = secret.map(|secret| secret.expose().to_string());
    NewSecret { client_id: name.to_string(), client_secret }
}

fn info(service: &Service, now: UnixTime) -> ServiceInfo {
    let valid = service.secrets.iter().filter(|secret| secret.is_valid(now));
    let secret_times: Vec<_> = valid.map(times).collect();
    let proof = service.proof.as_ref();
    ServiceInfo {
        name: service.name.to_string(),
        may: service.may.iter().map(ToString::to_string).collect(),
        audiences: service.audiences.iter().map(ToString::to_string).collect(),
        scopes: service.scopes.names().map(str::to_owned).collect(),
        public: service.public,
        declared: service.declared,
        secrets: secret_times.len(),
        secret_times,
        auth_method: proof.map(|proof| proof.method().to_owned()),
        proof: proof.map(ToString::to_string),
    }
}

fn times(secret: &StoredSecret) -> SecretTimes {
    SecretTimes {
        created_at: secret.created_at.as_secs(),
        ends_at: secret.ends_at.map(UnixTime::as_secs),
        last_used_at: secret.last_used_at.map(UnixTime::as_secs),
    }
}

const SHORTEST_SECRET: Duration = Duration::from_secs(60 * 60);
const LONGEST_SECRET: Duration = Duration::from_secs(2 * 366 * 24 * 60 * 60);
const MAX_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);
