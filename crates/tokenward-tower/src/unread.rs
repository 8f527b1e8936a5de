//! Reads what an answer left unread of its request.
//!
//! A server may answer before it has seen the whole request, and a refusal does. Over HTTP/2 that resets
//! the stream, and some clients (curl before 8, which Debian 12 has) then report an error in the framing
//! layer in the place of the answer that they got. Over HTTP/1 it ends the connection, and what arrives
//! after the end can make the client's system forget the answer. So a short rest is read first.
//!
//! **Invariant:** what is read here is thrown away, at most [`MOST`] bytes and for at most [`PATIENCE`];
//! then the answer goes out whatever the client does. A client that waits for `100 Continue` is not asked
//! for a body that nobody wants.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::EXPECT;
use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tower_layer::Layer;
use tower_service::Service;

#[cfg(test)]
mod tests;

/// The longest rest that is read: the authority's own limit of a body. A longer one is an attack or an
/// upload, and neither is worth the traffic.
pub const MOST: u64 = 64 * 1024;
/// How long an answer waits for the rest: several round trips.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Reads what an answer left unread; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ReadUnread;

impl ReadUnread {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for ReadUnread {
    type Service = ReadUnreadService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ReadUnreadService { inner }
    }
}

/// What [`ReadUnread`] makes of a service.
#[derive(Clone, Debug)]
pub struct ReadUnreadService<S> {
    inner: S,
}

impl<S, R> Service<Request<Body>> for ReadUnreadService<S>
where
    S: Service<Request<Body>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    R: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.headers().contains_key(EXPECT) || request.body().is_end_stream() {
            return Box::pin(self.inner.call(request));
        }
        let rest = Rest::default();
        let left = rest.clone();
        let answer =
            self.inner.call(request.map(|body| Body::new(Lent { body, over: false, left })));
        Box::pin(async move {
            let response = answer.await?;
            // Nothing is left where the whole was read, or where the answer still reads.
            if let Some(body) = rest.take() {
                // Whether the rest came or not, the answer goes out.
                drop(tokio::time::timeout(PATIENCE, throw_away(body)).await);
            }
            Ok(response)
        })
    }
}

/// Where a body goes when nobody reads it any more.
#[derive(Clone, Debug, Default)]
struct Rest(Arc<Mutex<Option<Body>>>);

impl Rest {
    fn take(&self) -> Option<Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, body: Body) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }
}

/// The request's body, which comes back when it is dropped before its end.
struct Lent {
    body: Body,
    over: bool,
    left: Rest,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // After an error there is nothing that could be read.
        self.over = !matches!(frame, Some(Ok(_)));
        // The cause itself: axum looks two wrappers deep for a length limit, to answer 413.
        Poll::Ready(frame.map(|result| result.map_err(axum::Error::into_inner)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.over && !self.body.is_end_stream() {
            self.left.put(std::mem::take(&mut self.body));
        }
    }
}

async fn throw_away(body: Body) {
    // With a `Content-Length` this is known before the first byte.
    if body.size_hint().lower() > MOST {
        return;
    }
    let mut read = 0_u64;
    let mut body = pin!(body);
    while read <= MOST {
        let frame = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await;
        let Some(Ok(frame)) = frame else { return };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        // An empty frame counts, too: nobody can send them for ever.
        read = read.saturating_add(u64::try_from(bytes).unwrap_or(MOST).max(1));
    }
}
