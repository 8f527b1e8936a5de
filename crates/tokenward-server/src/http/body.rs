//! Bodies in both directions, wrapped so that limits and the shutdown reach them.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::activity::Busy;

pin_project! {
    /// A request body that tells whether it has been read to its end.
    pub(super) struct Tracked<B> {
        #[pin]
        inner: B,
        read: Arc<AtomicBool>,
    }
}

impl<B: HttpBody> Tracked<B> {
    /// `inner`, and the flag that turns true at its end.
    pub(super) fn new(inner: B) -> (Self, Arc<AtomicBool>) {
        let read = Arc::new(AtomicBool::new(inner.is_end_stream()));
        (Self { inner, read: Arc::clone(&read) }, read)
    }
}

impl<B> HttpBody for Tracked<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.inner.as_mut().poll_frame(cx));
        if frame.is_none() || this.inner.is_end_stream() {
            this.read.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

pin_project! {
    /// An answer's body: its request counts as under way until this is dropped, and an endless
    /// stream ends with `stop`.
    pub(super) struct Served {
        #[pin]
        inner: Body,
        stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
        busy: Busy,
    }
}

impl Served {
    pub(super) fn new(inner: Body, busy: Busy) -> Self {
        Self { inner, stop: None, busy }
    }

    /// Ends the body when `stop` resolves, wherever it is.
    pub(super) fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { stop: Some(Box::pin(stop)), ..self }
    }
}

impl HttpBody for Served {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.project();
        if let Some(stop) = this.stop
            && stop.as_mut().poll(cx).is_ready()
        {
            *this.stop = Some(Box::pin(std::future::ready(())));
            return Poll::Ready(None);
        }
        this.inner.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
