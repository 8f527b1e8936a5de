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
use tokenward_sessions::{AllowedScopes, May, Service, ServiceSecret, StoredSecret};

use super::access::{AUDIT, Admin};
use super::api::{AddService, NewSecret, RotateSecret, ServiceInfo};
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
    let mut service = read(&authority, request)?;
    if authority.services().service(&service.name).await?.is_some() {
        return Err(AdminError::conflict(format!(
            "there is a service `{}` already: remove it first, or give it a new secret",
            service.name
        )));
    }
    let secret = (!service.public).then(ServiceSecret::random);
    service.secrets.extend(secret.as_ref().map(|secret| stored(secret, authority.now())));
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
    let service = known(&authority, &name).await?;
    if service.public {
        return Err(AdminError::conflict("a public service has no secret"));
    }
    let (secret, now) = (ServiceSecret::random(), authority.now());
    let name = service.name;
    let end = now.saturating_add(overlap);
    if !authority.services().add_secret(&name, stored(&secret, now), end).await? {
        return Err(missing(name.as_str()));
    }
    tracing::info!(
        target: AUDIT, event = "service_secret_rotated",
        by = admin.by, service = %name, overlap_seconds = request.overlap_seconds,
        "a service got a new secret"
    );
    Ok(Json(shown(&name, Some(&secret))))
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
    Ok(Service { name, may, audiences, scopes, public, secrets: Vec::new(), declared: false })
}

async fn known(authority: &Arc<Authority>, name: &str) -> Result<Service, AdminError> {
    let service = authority.services().service(&ClientId::new(name)?).await?;
    service.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> AdminError {
    AdminError::not_found(format!("there is no service `{name}`: see `tokenward services list`"))
}

fn stored(secret: &ServiceSecret, now: UnixTime) -> StoredSecret {
    StoredSecret { hash: secret.hash(), created_at: now, ends_at: None }
}

fn shown(name: &ClientId, secret: Option<&ServiceSecret>) -> NewSecret {
    let client_secret = secret.map(|secret| secret.expose().to_string());
    NewSecret { client_id: name.to_string(), client_secret }
}

fn info(service: &Service, now: UnixTime) -> ServiceInfo {
    let accepted = |secret: &&StoredSecret| secret.ends_at.is_none_or(|ends_at| now < ends_at);
    ServiceInfo {
        name: service.name.to_string(),
        may: service.may.iter().map(ToString::to_string).collect(),
        audiences: service.audiences.iter().map(ToString::to_string).collect(),
        scopes: service.scopes.names().map(str::to_owned).collect(),
        public: service.public,
        declared: service.declared,
        secrets: service.secrets.iter().filter(accepted).count(),
    }
}

const MAX_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);
