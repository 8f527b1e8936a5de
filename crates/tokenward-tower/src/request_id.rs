//! The request id: what a user can read out to an operator, who finds the reason in the log by it.
//!
//! **Invariant:** it is always our own. A caller's `X-Request-Id` is dropped, so that nobody can make
//! two requests look like one in the log, or write into it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::HeaderName;
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracing::instrument::{Instrument, Instrumented};

#[cfg(test)]
mod tests;

/// Carries the request id, inwards and outwards.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// 128 random bits, in hexadecimal. In the extensions of every request that passed [`RequestIds`].
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct RequestId([u8; 16]);

impl RequestId {
    /// A fresh id.
    #[must_use]
    pub fn random() -> Self {
        Self(tokenward::crypto::random())
    }

    /// The id as a header's value.
    #[must_use]
    pub fn to_header(self) -> HeaderValue {
        let mut digits = [0; 32];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 0xf)];
        }
        // Hexadecimal digits are visible ASCII, so the fallback is never taken.
        HeaderValue::from_bytes(&digits).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

/// The hexadecimal digit of a number below sixteen.
const fn digit(number: u8) -> u8 {
    let first = if number < 10 { b'0' } else { b'a'.wrapping_sub(10) };
    first.wrapping_add(number)
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Gives every request an id: in its extensions, in its `X-Request-Id`, in the answer's, and in the
/// span `request` around everything that is logged meanwhile.
///
/// Belongs outermost, so that every log line and every answer has the id.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RequestIds;

impl RequestIds {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for RequestIds {
    type Service = RequestIdService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequestIdService { inner }
    }
}

/// What [`RequestIds`] makes of a service.
#[derive(Clone, Debug)]
pub struct RequestIdService<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for RequestIdService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = RequestIdFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Extensions come from layers of this process alone, so an id found there is ours already.
        let id = request.extensions().get().copied().unwrap_or_else(RequestId::random);
        let header = id.to_header();
        request.headers_mut().insert(X_REQUEST_ID, header.clone());
        request.extensions_mut().insert(id);
        // At the level of errors, so that no filter that shows anything at all drops the id.
        let span = tracing::error_span!("request", request_id = %id);
        let future = span.in_scope(|| self.inner.call(request));
        RequestIdFuture { future: future.instrument(span), header }
    }
}

pin_project! {
    /// The answer of a [`RequestIdService`].
    #[derive(Debug)]
    pub struct RequestIdFuture<F> {
        #[pin]
        future: Instrumented<F>,
        header: HeaderValue,
    }
}

impl<F, R, E> Future for RequestIdFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.future.poll(cx))?;
        response.headers_mut().insert(X_REQUEST_ID, this.header.clone());
        Poll::Ready(Ok(response))
    }
}
