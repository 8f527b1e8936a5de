//! Administrators' tokens: add, list, remove. By the socket alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use tokenward_sessions::{AdminScope, AdminToken, AdminTokenRecord};

use super::access::{AUDIT, Admin};
use super::api::{AddAdminToken, AdminTokenInfo, MAX_ADMIN_TOKEN_SECONDS, NewAdminToken};
use super::error::AdminError;
use super::request::Input;
use crate::Authority;

pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
) -> Result<Json<Vec<AdminTokenInfo>>, AdminError> {
    let tokens = authority.admin_tokens().list_admin_tokens().await?;
    Ok(Json(tokens.iter().map(info).collect()))
}

pub(super) async fn add(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<AddAdminToken>,
) -> Result<(StatusCode, Json<NewAdminToken>), AdminError> {
    let label = request.label;
    if !is_label(&label) {
        return Err(AdminError::invalid("label: 1 to 64 letters, digits, `-`, `_`, `.` or `@`"));
    }
    let scopes = request.scopes.iter().map(|name| name.parse::<AdminScope>());
    let scopes = scopes
        .collect::<Result<BTreeSet<_>, _>>()
        .map_err(|error| AdminError::invalid(format!("scopes: {error}")))?;
    if scopes.is_empty() {
        return Err(AdminError::invalid("scopes: name one at least"));
    }
    if !(1..=MAX_ADMIN_TOKEN_SECONDS).contains(&request.lifetime_seconds) {
        return Err(AdminError::invalid("lifetime_seconds: 90 days at most"));
    }
    let (token, now) = (AdminToken::random(), authority.now());
    let ends_at = now.saturating_add(Duration::from_secs(request.lifetime_seconds));
    let record = AdminTokenRecord {
        hash: token.hash(),
        label: label.clone(),
        scopes,
        created_at: now,
        ends_at,
    };
    authority.admin_tokens().add_admin_token(record).await?;
    tracing::info!(
        target: AUDIT, event = "admin_token_added",
        by = admin.by, label, ends_at = %ends_at, "an administrator's token was made"
    );
    let token = token.expose().to_string();
    Ok((StatusCode::CREATED, Json(NewAdminToken { label, token, ends_at: ends_at.as_secs() })))
}

pub(super) async fn remove(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Path(label): Path<String>,
) -> Result<StatusCode, AdminError> {
    if !is_label(&label) || !authority.admin_tokens().remove_admin_token(&label).await? {
        return Err(AdminError::not_found("there is no token of that label"));
    }
    tracing::info!(
        target: AUDIT, event = "admin_token_removed",
        by = admin.by, label, "an administrator's token was removed"
    );
    Ok(StatusCode::NO_CONTENT)
}

fn is_label(label: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    (1..=64).contains(&label.len()) && label.chars().all(plain)
}

fn info(token: &AdminTokenRecord) -> AdminTokenInfo {
    AdminTokenInfo {
        label: token.label.clone(),
        scopes: token.scopes.iter().map(ToString::to_string).collect(),
        created_at: token.created_at.as_secs(),
        ends_at: token.ends_at.as_secs(),
    }
}
