//! The layer that sends a policy.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, LAST_MODIFIED};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{HEADER, Nonce, Policy};

/// Sets a policy on every answer that has none; see [`super::Csp::layer`]. Belongs inside
/// [`crate::SecurityHeaders`], whose policy for other answers it then takes the place of.
#[derive(Clone, Debug)]
pub struct CspLayer {
    pub(super) policy: Arc<Policy>,
    pub(super) endpoints: Option<HeaderValue>,
}

impl<S> Layer<S> for CspLayer {
    type Service = CspService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CspService { inner, policy: Arc::clone(&self.policy), endpoints: self.endpoints.clone() }
    }
}

/// What [`CspLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct CspService<S> {
    inner: S,
    policy: Arc<Policy>,
    endpoints: Option<HeaderValue>,
}

impl<S, B, R> Service<Request<B>> for CspService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = CspFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let nonce = Nonce::random();
        request.extensions_mut().insert(nonce);
        CspFuture {
            future: self.inner.call(request),
            policy: self.policy.with(nonce),
            shows_nonce: self.policy.shows_nonce(),
            endpoints: self.endpoints.clone(),
        }
    }
}

pin_project! {
    /// The answer of a [`CspService`].
    #[derive(Debug)]
    pub struct CspFuture<F> {
        #[pin]
        future: F,
        policy: HeaderValue,
        shows_nonce: bool,
        endpoints: Option<HeaderValue>,
    }
}

impl<F, R, E> Future for CspFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.future.poll(cx))?;
        let status = response.status();
        let headers = response.headers_mut();
        if *this.shows_nonce {
            if status == StatusCode::NOT_MODIFIED {
                // The body is one of before, and so is its nonce.
                return Poll::Ready(Ok(response));
            }
            forbid_keeping(headers);
        }
        headers.entry(HEADER).or_insert_with(|| this.policy.clone());
        if let Some(endpoints) = this.endpoints.take() {
            headers.append(REPORTING_ENDPOINTS, endpoints);
        }
        Poll::Ready(Ok(response))
    }
}

/// A page that is kept would show its nonce again, to somebody else (public caches) or under the policy of
/// another one (a 304). What is no page shows none, and may be kept by the word of its handler.
fn forbid_keeping(headers: &mut HeaderMap) {
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let has = |kind: &[u8], part: &[u8]| kind.windows(part.len()).any(|found| found == part);
    if kind.is_none_or(|kind| has(&kind, b"html") || has(&kind, b"xml")) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.remove(ETAG);
        headers.remove(LAST_MODIFIED);
    } else {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

/// The places for reports, by name (Reporting API § 3.2).
const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");
