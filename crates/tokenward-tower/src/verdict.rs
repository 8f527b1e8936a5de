//! The future of the layers that either refuse at once or pass a request on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, VARY};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;

use crate::{csrf, respond};

pin_project! {
    /// The answer of [`crate::verify::VerifyService`] and [`crate::claims::RequireScopeService`].
    pub struct VerdictFuture<F> {
        #[pin]
        state: State<F>,
        vary: bool,
        private: bool,
    }
}

pin_project! {
    #[project = StateProjected]
    enum State<F> {
        Passed { #[pin] future: F },
        Refused { response: Option<Response> },
    }
}

impl<F> VerdictFuture<F> {
    pub(crate) fn passed(future: F) -> Self {
        Self { state: State::Passed { future }, vary: false, private: false }
    }

    pub(crate) fn refused(response: Response) -> Self {
        Self { state: State::Refused { response: Some(response) }, vary: false, private: false }
    }

    /// Whether the answer depends on the headers that the CSRF check reads.
    pub(crate) fn vary(self, vary: bool) -> Self {
        Self { vary, ..self }
    }

    /// Whether the answer is for one user, by a cookie.
    pub(crate) fn private(self, private: bool) -> Self {
        Self { private, ..self }
    }
}

impl<F, R, E> Future for VerdictFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = match this.state.project() {
            StateProjected::Passed { future } => ready!(future.poll(cx))?.map(Body::new),
            // Nobody polls a future after its end; if somebody does, an answer is better than a panic.
            StateProjected::Refused { response } => {
                response.take().unwrap_or_else(respond::server_error)
            }
        };
        let headers = response.headers_mut();
        if *this.vary {
            headers.append(VARY, csrf::VARY);
        }
        if *this.private {
            // Shared caches keep answers to `Authorization` back by themselves (RFC 9111 § 3.5), but
            // not answers to cookies.
            headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
        }
        Poll::Ready(Ok(response))
    }
}

impl<F> std::fmt::Debug for VerdictFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerdictFuture").finish_non_exhaustive()
    }
}
