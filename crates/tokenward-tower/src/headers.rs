//! The security headers that every answer bears.
//!
//! What an inner service has set itself stays, because it knows its own pages; `nosniff` alone is set
//! whatever it says. The layer belongs outermost, so that answers of other layers pass through it too.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

#[cfg(test)]
mod tests;

/// The policy of an API: nothing loads, nothing frames, nothing submits (ASVS 3.4.3, 3.4.6).
pub const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A year, subdomains too (ASVS 3.4.1, level 2).
pub const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Sets the security headers of every answer.
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    csp: HeaderValue,
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// The headers of an API, with [`HSTS`].
    #[must_use]
    pub fn new() -> Self {
        Self { csp: CSP, hsts: Some(HSTS) }
    }

    /// Leaves `Strict-Transport-Security` out: in development, where a browser would apply it to every
    /// other server on `localhost`.
    #[must_use]
    pub fn without_hsts(self) -> Self {
        Self { hsts: None, ..self }
    }

    /// Another `Strict-Transport-Security`, for example one without `includeSubDomains`.
    #[must_use]
    pub fn hsts(self, value: HeaderValue) -> Self {
        Self { hsts: Some(value), ..self }
    }

    /// Another policy for answers that set none, for a service that serves pages.
    #[must_use]
    pub fn content_security_policy(self, csp: HeaderValue) -> Self {
        Self { csp, ..self }
    }

    /// Sets the headers on an answer that goes out without the layer.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let defaults = [
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (CONTENT_SECURITY_POLICY, self.csp.clone()),
            (OPENER_POLICY, HeaderValue::from_static("same-origin")),
            (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
        ];
        let hsts = self.hsts.clone().map(|value| (STRICT_TRANSPORT_SECURITY, value));
        for (name, value) in defaults.into_iter().chain(hsts) {
            headers.entry(name).or_insert(value);
        }
    }
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for SecurityHeaders {
    type Service = SecurityHeadersService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SecurityHeadersService { inner, headers: self.clone() }
    }
}

/// What [`SecurityHeaders`] makes of a service.
#[derive(Clone, Debug)]
pub struct SecurityHeadersService<S> {
    inner: S,
    headers: SecurityHeaders,
}

impl<S, B, R> Service<Request<B>> for SecurityHeadersService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SecurityHeadersFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        SecurityHeadersFuture { future: self.inner.call(request), headers: self.headers.clone() }
    }
}

pin_project! {
    /// The answer of a [`SecurityHeadersService`].
    #[derive(Debug)]
    pub struct SecurityHeadersFuture<F> {
        #[pin]
        future: F,
        headers: SecurityHeaders,
    }
}

impl<F, R, E> Future for SecurityHeadersFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.future.poll(cx))?;
        this.headers.apply(response.headers_mut());
        Poll::Ready(Ok(response))
    }
}

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
