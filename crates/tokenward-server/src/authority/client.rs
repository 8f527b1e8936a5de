//! Which service is calling.
//!
//! **Invariants:** an unknown name, a wrong secret and a place that is locked get the same answer for the same
//! work; how long to wait, if that is said, goes by what failed before, not by whether there is such a name (but for a
//! service whose keys cannot be fetched: no failures of its are counted meanwhile). A request proves who it is in one
//! way alone (RFC 6749 § 2.3); nothing is read from the query.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use tokenward::{Audience, ClientId, ErrorChain, Scope, UnixTime};
use tokenward_sessions::{May, Service, ServiceProof, ServiceSecret, authenticate};
use zeroize::Zeroizing;

use super::error::ApiError;
use super::form::Form;
use super::lockout::Place;
use super::log;
use super::rate::owner;
use super::{Authority, peer_of};
use crate::http::{Peer, PeerIdentity};

mod assertion;
#[cfg(test)]
mod tests;

use assertion::{Assertion, Proven};

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
    /// Something that was signed for this server.
    Assertion(Assertion),
    /// A certificate, and nothing else.
    Certificate,
    /// A name and a secret.
    Secret(String, Zeroizing<String>),
    /// A name alone.
    Name(String),
}

impl Authority {
    /// The service that calls a `/v1` route: by HTTP Basic, as `Bearer` by an assertion, or by its certificate.
    pub(super) async fn service(&self, parts: &Parts) -> Result<Caller, ApiError> {
        let claim = match bearer(&parts.headers) {
            Some(assertion) => Some(Claim::Assertion(assertion)),
            None => basic(&parts.headers)?,
        };
        let shown = parts.extensions.get::<PeerIdentity>();
        let claim = claim.or_else(|| shown.map(|_| Claim::Certificate));
        self.authenticate(claim, false, parts).await
    }

    /// The client that calls an OAuth endpoint, by HTTP Basic or by the form (RFC 6749 § 2.3.1), by an
    /// assertion (RFC 7521 § 4.2), or by its certificate and its `client_id` (RFC 8705 § 2.1).
    ///
    /// With `public`, a public client may name itself without a secret.
    pub(super) async fn client(
        &self,
        parts: &Parts,
        form: &Form,
        public: bool,
    ) -> Result<Caller, ApiError> {
        let claim = oauth_claim(&parts.headers, form)?;
        self.authenticate(claim, public, parts).await
    }

    async fn authenticate(
        &self,
        claim: Option<Claim>,
        public: bool,
        parts: &Parts,
    ) -> Result<Caller, ApiError> {
        let (now, peer) = (self.clock.now(), peer_of(&parts.extensions));
        let shown = parts.extensions.get::<PeerIdentity>();
        let name = match &claim {
            None => None,
            Some(Claim::Name(name) | Claim::Secret(name, _)) => ClientId::new(name.as_str()).ok(),
            Some(Claim::Assertion(assertion)) => assertion.client().cloned(),
            Some(Claim::Certificate) => self.named_in(shown).await?,
        };
        let service = match &name {
            Some(name) => self.services.service(name).await?,
            None => None,
        };
        let place = name.as_ref().map(|name| Place::new(name.as_str(), peer));
        let closed = place.and_then(|place| self.lockout.closed(place, now));
        // As good as unknown, for the same work. A public client has nothing that could be guessed.
        let service = service.filter(|service| closed.is_none() || (public && service.public));
        let proven = match &claim {
            // A text that is no secret of ours is compared all the same, as one that nobody has.
            Some(Claim::Secret(_, text)) => {
                let secret = ServiceSecret::parse(text).unwrap_or_else(|_| ServiceSecret::random());
                self.has_secret(service.as_ref(), &secret, now).await.into()
            }
            Some(Claim::Assertion(assertion)) => {
                self.is_proven(service.as_ref(), assertion, now).await?
            }
            Some(Claim::Name(_) | Claim::Certificate) | None => {
                let is_it = |service: &Service| {
                    (public && service.public) || has_certificate(service, shown)
                };
                service.as_ref().is_some_and(is_it).into()
            }
        };
        match service {
            Some(service) if proven == Proven::Yes => {
                if service.public {
                    self.limit_address(peer)?;
                } else if let Some(place) = place {
                    self.lockout.succeeded(place, now);
                }
                self.by_client.take(service.name.as_str(), now)?;
                Ok(Caller { service })
            }
            _ => {
                // Limited before it is logged, so that nobody can flood the log either.
                self.limit_address(peer)?;
                // What is not looked at is no failure: a lock does not grow by those who wait for its end, and an
                // outage of where a service's keys are locks nobody out.
                let place = place.filter(|_| proven == Proven::No);
                let failed = || place.and_then(|place| self.lockout.failed(place, now));
                let wait = closed.or_else(failed);
                log::client_refused(name.as_ref(), peer, wait);
                Err(ApiError::invalid_client().after(wait))
            }
        }
    }

    /// The one service that is registered with a name in the certificate that was shown.
    async fn named_in(&self, shown: Option<&PeerIdentity>) -> Result<Option<ClientId>, ApiError> {
        let services = self.services.list_services().await?;
        let mut named = services.iter().filter(|service| has_certificate(service, shown));
        // A certificate of two services says of neither that it is the one.
        let (Some(only), None) = (named.next(), named.next()) else { return Ok(None) };
        Ok(Some(only.name.clone()))
    }

    async fn has_secret(
        &self,
        service: Option<&Service>,
        secret: &ServiceSecret,
        now: UnixTime,
    ) -> bool {
        let stored = authenticate(service, secret, now);
        if let (Some(service), Some(stored)) = (service, stored)
            && stored.is_use_news(now)
        {
            let noted = self.services.note_secret_use(&service.name, &stored.hash, now).await;
            if let Err(error) = noted {
                // The call itself needs no write, so it does not fail for this one.
                tracing::warn!(error = %ErrorChain::new(&error), "the use of a secret is not written down");
            }
        }
        stored.is_some()
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

/// Whether a name in the certificate that was shown is that of `service`.
fn has_certificate(service: &Service, shown: Option<&PeerIdentity>) -> bool {
    match (&service.proof, shown) {
        (Some(ServiceProof::Certificate(name)), Some(shown)) => shown.is(name),
        _ => false,
    }
}

fn oauth_claim(headers: &HeaderMap, form: &Form) -> Result<Option<Claim>, ApiError> {
    if let Some(assertion) = Assertion::of_form(form)? {
        // RFC 6749 § 2.3: one way of authentication in each request.
        if headers.contains_key(AUTHORIZATION) || form.get("client_secret").is_some() {
            return Err(ApiError::invalid_request("the client authenticates in two ways at once"));
        }
        return Ok(Some(Claim::Assertion(assertion)));
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

/// The assertion of `Authorization: Bearer`, if that alone is there.
fn bearer(headers: &HeaderMap) -> Option<Assertion> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| Assertion::signed_by_client(token.trim()))
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
