//! The layer that sends a policy.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::CACHE_CONTROL;
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{HEADER, Nonce, Policy};

/// Sets a policy on every answer that has none; see [`super::Csp::layer`]. Belongs inside
/// [`crate::SecurityHeaders`], whose policy for other answers it then takes the place of.
#[derive(Clone, Debug)]
pub struct CspLayer {
    pub(super) policy: Arc<Policy>,
}

impl<S> Layer<S> for CspLayer {
    type Service = CspService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CspService { inner, policy: Arc::clone(&self.policy) }
    }
}

/// What [`CspLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct CspService<S> {
    inner: S,
    policy: Arc<Policy>,
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
        let headers = response.headers_mut();
        headers.entry(HEADER).or_insert_with(|| this.policy.clone());
        if *this.shows_nonce {
            // A page that is kept would show everybody the same nonce.
            headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        }
        Poll::Ready(Ok(response))
    }
}
