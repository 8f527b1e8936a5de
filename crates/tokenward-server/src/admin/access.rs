//! Who is at the administrator's door, and what they may do.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority as HostAndPort;
use tokenward_sessions::{AdminScope, AdminToken};
use tokenward_tower::credentials::{self, Presented};
use tokenward_tower::respond;

use super::error::AdminError;
use crate::Authority;
use crate::http::Peer;

/// How administrators prove who they are at one listener.
#[derive(Clone, Debug)]
pub struct AdminAuth(Door);

#[derive(Clone, Debug)]
enum Door {
    /// The kernel vouches for the user behind the socket.
    Socket { uid: u32 },
    /// `Authorization: Bearer twa_…`, sent to one of these hosts.
    Token { hosts: Arc<[String]> },
}

impl AdminAuth {
    /// By Unix socket: the user that runs this process, and root. Both could read the store anyway.
    #[must_use]
    pub fn socket() -> Self {
        Self(Door::Socket { uid: rustix::process::geteuid().as_raw() })
    }

    /// By an administrator's token, in requests whose `Host` is one of `hosts` (without port): a page
    /// that a browser on this machine has open cannot reach us under a name of its own.
    pub fn token(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(Door::Token { hosts: hosts.into_iter().map(|h| h.to_ascii_lowercase()).collect() })
    }
}

/// An administrator.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    /// Who, for the audit log: a user id, or the label of a token.
    pub(super) by: String,
    /// What the token may do; `None` for whoever came by the socket, who may do everything.
    scopes: Option<BTreeSet<AdminScope>>,
}

impl Admin {
    fn may(&self, need: Need) -> bool {
        match (&self.scopes, need) {
            (None, _) => true,
            (Some(scopes), Need::Scope(scope)) => scopes.contains(&scope),
            (Some(_), Need::Socket) => false,
        }
    }
}

impl fmt::Display for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.by)
    }
}

/// What a route asks of an administrator.
#[derive(Clone, Copy, Debug)]
pub(super) enum Need {
    /// A token with this scope, or the socket.
    Scope(AdminScope),
    /// The socket.
    Socket,
}

/// `router`, for administrators who satisfy `need`.
pub(super) fn needs(router: Router<Arc<Authority>>, need: Need) -> Router<Arc<Authority>> {
    router.route_layer(from_fn(move |request: Request, next: Next| async move {
        match request.extensions().get::<Admin>() {
            Some(admin) if admin.may(need) => next.run(request).await,
            Some(admin) => {
                audit_refusal(&admin.by, "the token lacks the scope");
                AdminError::lacks(need).into_response()
            }
            None => AdminError::access_denied().into_response(),
        }
    }))
}

/// Lets nobody in whom the listener's [`AdminAuth`] does not admit.
pub(super) async fn admit(
    State((authority, auth)): State<(Arc<Authority>, AdminAuth)>,
    request: Request,
    next: Next,
) -> Response {
    // A body cannot be lent over an await, so the head goes alone.
    let (mut parts, body) = request.into_parts();
    let admin = match &auth.0 {
        Door::Socket { uid } => by_socket(*uid, &parts),
        Door::Token { hosts } => by_token(&authority, hosts, &parts).await,
    };
    match admin {
        Ok(admin) => {
            parts.extensions.insert(admin);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => *refusal,
    }
}

fn by_socket(own: u32, parts: &Parts) -> Result<Admin, Box<Response>> {
    match parts.extensions.get::<Peer>() {
        Some(Peer::Unix { uid, .. }) if *uid == own || *uid == 0 => {
            Ok(Admin { by: format!("admin:uid-{uid}"), scopes: None })
        }
        peer => {
            let who = peer.map_or_else(|| "nobody".to_owned(), ToString::to_string);
            audit_refusal(&who, "not the user that runs this process");
            Err(Box::new(AdminError::access_denied().into_response()))
        }
    }
}

async fn by_token(
    authority: &Authority,
    hosts: &[String],
    parts: &Parts,
) -> Result<Admin, Box<Response>> {
    let who = || {
        let peer = parts.extensions.get::<Peer>();
        peer.map_or_else(|| "nobody".to_owned(), ToString::to_string)
    };
    if !host(parts).is_some_and(|host| hosts.contains(&host)) {
        audit_refusal(&who(), "the Host is none of ours");
        return Err(Box::new(AdminError::access_denied().into_response()));
    }
    let token = match credentials::bearer(&parts.headers) {
        Ok(Some(Presented { token, .. })) => AdminToken::parse(token).ok(),
        Ok(None) => return Err(Box::new(respond::no_credentials())),
        Err(_) => return Err(Box::new(respond::invalid_request())),
    };
    let record = match token {
        Some(token) => {
            let hash = token.hash();
            let stored = authority.admin_tokens().admin_token(&hash, authority.now());
            stored.await.map_err(|error| Box::new(AdminError::from(error).into_response()))?
        }
        None => None,
    };
    let Some(record) = record else {
        audit_refusal(&who(), "no such token, or it has ended");
        return Err(Box::new(respond::invalid_token()));
    };
    Ok(Admin { by: format!("admin:{}", record.label), scopes: Some(record.scopes) })
}

/// The host that the request was sent to, without its port.
fn host(parts: &Parts) -> Option<String> {
    let from_header = || -> Option<HostAndPort> {
        let mut values = parts.headers.get_all(HOST).iter();
        let value: &HeaderValue = values.next()?;
        if values.next().is_some() {
            return None;
        }
        value.to_str().ok()?.parse().ok()
    };
    let authority = parts.uri.authority().cloned().or_else(from_header)?;
    Some(authority.host().to_ascii_lowercase())
}

fn audit_refusal(by: &str, reason: &'static str) {
    tracing::warn!(
        target: AUDIT, event = "admin_refused", by, reason, "somebody was not let in"
    );
}

/// The `target` of every line that belongs into the audit log.
pub(super) const AUDIT: &str = "tokenward::audit";
