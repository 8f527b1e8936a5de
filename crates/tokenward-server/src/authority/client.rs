//! Which service is calling.
//!
//! **Invariants:** an unknown name and a wrong secret get the same answer for the same work. A request
//! proves who it is in one way alone (RFC 6749 § 2.3); nothing is read from the query.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use tokenward::{Audience, ClientId, Scope};
use tokenward_sessions::{May, Service, ServiceSecret, authenticate};
use zeroize::Zeroizing;

use super::Authority;
use super::error::ApiError;
use super::form::Form;
use super::log;
use super::rate::owner;
use crate::http::Peer;

#[cfg(test)]
mod tests;

/// A service that has proved who it is, or a public client that has named itself.
#[derive(Debug)]
pub(super) struct Caller {
    service: Service,
}

impl Caller {
    /// Its name, the `client_id`.
    pub(super) const fn name(&self) -> &ClientId {
        &self.service.name
    }

    /// Refuses unless the service may do `what`.
    pub(super) fn require(&self, what: May) -> Result<(), ApiError> {
        if self.service.may(what) { Ok(()) } else { Err(ApiError::access_denied()) }
    }

    /// Whether the service may do `what`.
    pub(super) fn may(&self, what: May) -> bool {
        self.service.may(what)
    }

    /// Whether the service works for `audience`.
    pub(super) fn serves(&self, audience: &Audience) -> bool {
        self.service.serves(audience)
    }

    /// Whether the service may ask for `scope` in a token of its own.
    pub(super) fn may_have(&self, scope: &Scope) -> bool {
        self.service.scopes.allow(scope)
    }

    /// The audiences within which its calls work: a fence for the store.
    pub(super) fn audiences(&self) -> Vec<Audience> {
        self.service.audiences.iter().cloned().collect()
    }
}

/// What a request says about who sends it.
enum Claim {
    /// A name and a secret.
    Secret(String, Zeroizing<String>),
    /// A name alone.
    Name(String),
}

impl Authority {
    /// The service that calls a `/v1` route, by HTTP Basic.
    pub(super) async fn service(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
    ) -> Result<Caller, ApiError> {
        let claim = basic(headers)?;
        self.authenticate(claim, false, peer).await
    }

    /// The client that calls an OAuth endpoint, by HTTP Basic or by the form (RFC 6749 § 2.3.1).
    ///
    /// With `public`, a public client may name itself without a secret.
    pub(super) async fn client(
        &self,
        headers: &HeaderMap,
        form: &Form,
        public: bool,
        peer: Option<&Peer>,
    ) -> Result<Caller, ApiError> {
        let claim = oauth_claim(headers, form)?;
        self.authenticate(claim, public, peer).await
    }

    async fn authenticate(
        &self,
        claim: Option<Claim>,
        public: bool,
        peer: Option<&Peer>,
    ) -> Result<Caller, ApiError> {
        let now = self.clock.now();
        let (name, secret) = match claim {
            None => (None, None),
            Some(Claim::Name(name)) => (ClientId::new(name).ok(), None),
            Some(Claim::Secret(name, secret)) => (ClientId::new(name).ok(), Some(secret)),
        };
        let service = match &name {
            Some(name) => self.services.service(name).await?,
            None => None,
        };
        let good = match &secret {
            // A text that is no secret of ours is compared all the same, as one that nobody has.
            Some(text) => {
                let secret = ServiceSecret::parse(text).unwrap_or_else(|_| ServiceSecret::random());
                authenticate(service.as_ref(), &secret, now)
            }
            None => public && service.as_ref().is_some_and(|service| service.public),
        };
        match service {
            Some(service) if good => {
                if service.public && secret.is_none() {
                    self.limit_address(peer)?;
                }
                self.by_client.take(service.name.as_str(), now)?;
                Ok(Caller { service })
            }
            _ => {
                // Limited before it is logged, so that nobody can flood the log either.
                self.limit_address(peer)?;
                log::client_refused(name.as_ref(), peer);
                Err(ApiError::invalid_client())
            }
        }
    }

    /// Takes one unauthenticated call from the allowance of the peer's address.
    pub(super) fn limit_address(&self, peer: Option<&Peer>) -> Result<(), ApiError> {
        self.take_of_address("a call", peer)
    }

    /// Takes one of `what` from what the peer's address may have; each kind has an allowance of its own.
    pub(super) fn take_of_address(
        &self,
        what: &'static str,
        peer: Option<&Peer>,
    ) -> Result<(), ApiError> {
        let address = match peer {
            Some(Peer::Tcp(address)) => owner(address.ip()),
            // A proxy on the Unix socket stands for callers that we cannot tell apart: to limit them
            // together would let one lock out the others. The proxy has to.
            Some(Peer::Unix { .. }) => return Ok(()),
            None => 0,
        };
        self.by_address.take((what, address), self.clock.now())
    }
}

fn oauth_claim(headers: &HeaderMap, form: &Form) -> Result<Option<Claim>, ApiError> {
    if form.get("client_assertion").is_some() || form.get("client_assertion_type").is_some() {
        // RFC 6749 § 5.2: "unsupported authentication method" is `invalid_client`.
        return Err(ApiError::invalid_client());
    }
    let name = form.get("client_id").map(str::to_owned);
    let secret = form.get("client_secret").map(|text| Zeroizing::new(text.to_owned()));
    match (basic(headers)?, name, secret) {
        (Some(_), _, Some(_)) => {
            Err(ApiError::invalid_request("the client authenticates in two ways at once"))
        }
        (Some(Claim::Secret(basic, _)), Some(form), _) if basic != form => {
            Err(ApiError::invalid_request("client_id: is not the client that authenticates"))
        }
        (Some(claim), _, None) => Ok(Some(claim)),
        (None, Some(name), Some(secret)) => Ok(Some(Claim::Secret(name, secret))),
        (None, Some(name), None) => Ok(Some(Claim::Name(name))),
        (None, None, _) => Ok(None),
    }
}

/// The name and secret of `Authorization: Basic`, if that is there (RFC 7617, RFC 6749 § 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<Claim>, ApiError> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = match (lines.next(), lines.next()) {
        (None, _) => return Ok(None),
        (Some(line), None) => line,
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid_request("Authorization stands there twice"));
        }
    };
    // Another scheme, or one that cannot be read, is a failed authentication: 401, not 400.
    basic_pair(line.as_bytes()).map(Some).ok_or_else(ApiError::invalid_client)
}

fn basic_pair(line: &[u8]) -> Option<Claim> {
    let (scheme, rest) = line.split_at_checked("Basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(rest.trim_ascii()).ok()?);
    let pair = std::str::from_utf8(&bytes).ok()?;
    let (name, secret) = pair.split_once(':')?;
    Some(Claim::Secret(form_decoded(name)?, Zeroizing::new(form_decoded(secret)?)))
}

/// RFC 6749 § 2.3.1 has both halves form-encoded; what needs no encoding reads the same either way.
fn form_decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
