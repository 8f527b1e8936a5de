//! A connection's bytes, watched: what arrives is noted, and a write that stalls ends it.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::activity::Activity;

pin_project! {
    /// `T`, with every read noted in the connection's [`Activity`] and every write bounded in time:
    /// a peer that sends requests and reads no answer would else hold them in memory for ever.
    pub(super) struct Watched<T> {
        #[pin]
        inner: T,
        activity: Arc<Activity>,
        limit: Duration,
        stalled: Option<Pin<Box<Sleep>>>,
    }
}

impl<T> Watched<T> {
    pub(super) const fn new(inner: T, activity: Arc<Activity>, limit: Duration) -> Self {
        Self { inner, activity, limit, stalled: None }
    }
}

impl<T: AsyncRead> AsyncRead for Watched<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buf.filled().len();
        ready!(this.inner.poll_read(cx, buf))?;
        if buf.filled().len() > before {
            this.activity.bytes_arrived();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite> AsyncWrite for Watched<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let polled = this.inner.poll_write(cx, buf);
        bounded(polled, this.stalled, this.activity, *this.limit, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let polled = this.inner.poll_write_vectored(cx, bufs);
        bounded(polled, this.stalled, this.activity, *this.limit, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let polled = this.inner.poll_flush(cx);
        bounded(polled, this.stalled, this.activity, *this.limit, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let polled = this.inner.poll_shutdown(cx);
        bounded(polled, this.stalled, this.activity, *this.limit, cx)
    }
}

fn bounded<R>(
    polled: Poll<io::Result<R>>,
    stalled: &mut Option<Pin<Box<Sleep>>>,
    activity: &Activity,
    limit: Duration,
    cx: &mut Context<'_>,
) -> Poll<io::Result<R>> {
    if polled.is_ready() {
        if stalled.take().is_some() {
            activity.answer_waits(false);
        }
        return polled;
    }
    if stalled.is_none() {
        activity.answer_waits(true);
    }
    let timer = stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
    ready!(timer.as_mut().poll(cx));
    Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
}
