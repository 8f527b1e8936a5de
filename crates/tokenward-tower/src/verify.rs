//! The layer that lets a request pass only with a good token, and puts its claims beside it.
//!
//! ```text
//! RequestIds ▶ SecurityHeaders ▶ VerifyLayer ▶ RequireScope ▶ handler(Claims)
//! ```
//!
//! **Invariant:** behind the layer the request's extensions hold claims that this layer verified, or
//! none; claims that an outer layer verified for another audience do not shine through.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::OriginalUri;
use axum::response::Response;
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap};
use http_body::Body as HttpBody;
use tokenward::{AccessClaims, Clock, Verified};
use tokenward_remote::LiveVerifier;
use tower_layer::Layer;
use tower_service::Service;

use crate::access::{Access, Granted, Refused};
use crate::binding::BindingPolicy;
use crate::certificate::ClientCertificate;
use crate::claims::RevocationAge;
use crate::credentials::By;
use crate::csrf::Origins;
use crate::dpop::{DPOP, Dpop};
use crate::verdict::VerdictFuture;

/// Verifies the token of every request; see the [module](self).
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    access: Access,
    optional: bool,
}

impl VerifyLayer {
    /// Requires a bearer token that `verifier` accepts.
    #[must_use]
    pub fn new(verifier: Arc<LiveVerifier>, clock: Arc<dyn Clock>) -> Self {
        Self { access: Access::new(verifier, clock), optional: false }
    }

    /// Takes the access cookie too, and sealed tokens with their key in a cookie; changes by cookie must come from this origin or from `origins`.
    #[must_use]
    pub fn cookies(self, origins: Origins) -> Self {
        Self { access: self.access.cookies(origins), ..self }
    }

    /// Takes tokens that are bound to a key too, with their proofs (RFC 9449), for requests to the sites that
    /// `dpop` names. The path is the one that the client sent, also inside a nested router.
    ///
    /// ```
    /// # fn f(layer: tokenward_tower::VerifyLayer) -> Result<(), tokenward_tower::dpop::InvalidSite> {
    /// use tokenward_tower::dpop::Dpop;
    ///
    /// let layer = layer.dpop(Dpop::new(["https://api.example.com"])?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dpop(self, dpop: Dpop) -> Self {
        Self { access: self.access.dpop(dpop), ..self }
    }

    /// Takes tokens that are bound to client certificates too (RFC 8705), or these alone, with a
    /// [`ClientCertificate`] in the request's extensions: whoever accepts TLS connections puts it there.
    ///
    /// ```
    /// # fn f(layer: tokenward_tower::VerifyLayer) {
    /// use tokenward_tower::binding::BindingPolicy;
    ///
    /// let layer = layer.certificates(BindingPolicy::Required);
    /// # }
    /// ```
    #[must_use]
    pub fn certificates(self, policy: BindingPolicy) -> Self {
        Self { access: self.access.certificates(policy), ..self }
    }

    /// Lets requests without a token pass, without claims. A bad token is refused all the same: it is
    /// never taken for none.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// Decides, and leaves the claims in the extensions.
    fn admit<B>(&self, request: &mut Request<B>) -> Result<Option<By>, Refused> {
        request.extensions_mut().remove::<Verified<AccessClaims>>();
        request.extensions_mut().remove::<RevocationAge>();
        hide_credentials(request.headers_mut());
        request.extensions_mut().insert(Asked);
        // A router that is nested in another sees the rest of the path alone.
        let original = request.extensions().get::<OriginalUri>().map(|OriginalUri(uri)| uri);
        let uri = original.unwrap_or_else(|| request.uri());
        let certificate = request.extensions().get::<ClientCertificate>();
        let certificate = certificate.map(ClientCertificate::thumbprint);
        match self.access.decide(request.method(), uri, request.headers(), certificate) {
            Ok(Granted { claims, by, revocation_age }) => {
                request.extensions_mut().insert(claims);
                request.extensions_mut().insert(RevocationAge(revocation_age));
                Ok(Some(by))
            }
            Err(
                Refused::NoCredentials
                | Refused::NoProvenCredentials
                | Refused::LinkFromAnotherSite,
            ) if self.optional => Ok(None),
            Err(refused) => Err(refused),
        }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = VerifyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        VerifyService { inner, layer: self.clone() }
    }
}

/// What [`VerifyLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct VerifyService<S> {
    inner: S,
    layer: VerifyLayer,
}

impl<S, B, R> Service<Request<B>> for VerifyService<S>
where
    S: Service<Request<B>, Response = http::Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = VerdictFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let vary = self.layer.access.reads_cookies();
        match self.layer.admit(&mut request) {
            Ok(by) => VerdictFuture::passed(self.inner.call(request))
                .vary(vary)
                .private(matches!(by, Some(By::Cookie | By::Sealed))),
            Err(refused) => {
                refused.record();
                VerdictFuture::refused(refused.response()).vary(vary)
            }
        }
    }
}

/// In the extensions of every request that a [`VerifyLayer`] has seen, so that a handler behind none is
/// told apart from a request without a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked;

/// Keeps tokens out of whatever logs headers by `Debug`.
fn hide_credentials(headers: &mut HeaderMap) {
    for name in [AUTHORIZATION, COOKIE, DPOP] {
        if let http::header::Entry::Occupied(mut entry) = headers.entry(name) {
            entry.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
}
