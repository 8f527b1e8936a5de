use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::to_bytes;
use tower::{ServiceExt as _, service_fn};

use super::*;

#[tokio::test]
async fn what_a_refusal_left_unread_is_read_before_the_answer() {
    let sent = Sent::default();

    refuse(sent.body(3, 1000)).await;

    assert_eq!(sent.count(), 3);
}

#[tokio::test]
async fn who_waits_for_100_continue_is_not_asked_for_a_body_that_nobody_wants() {
    let sent = Sent::default();
    let mut request = Request::new(sent.body(3, 1000));
    request.headers_mut().insert(EXPECT, http::HeaderValue::from_static("100-continue"));

    send(request).await;

    assert_eq!(sent.count(), 0);
}

#[tokio::test]
async fn a_handler_that_reads_gets_the_whole_body() {
    let sent = Sent::default();
    let service = ReadUnread::new().layer(service_fn(|request: Request<Body>| async move {
        let body = to_bytes(request.into_body(), 10_000).await.unwrap();
        Ok::<_, Infallible>(Response::new(body.len()))
    }));

    let response = service.oneshot(Request::new(sent.body(3, 1000))).await.unwrap();

    assert_eq!(response.into_body(), 3000);
    assert_eq!(sent.count(), 3);
}

#[tokio::test]
async fn an_endless_body_is_read_to_the_limit_and_no_further() {
    let sent = Sent::default();

    refuse(sent.body(u64::MAX, 1024)).await;

    assert_eq!(sent.count(), MOST / 1024 + 1);
}

#[tokio::test]
async fn a_body_of_empty_frames_comes_to_an_end() {
    let sent = Sent::default();

    refuse(sent.body(u64::MAX, 0)).await;

    assert_eq!(sent.count(), MOST + 1);
}

#[tokio::test]
async fn a_client_that_sends_nothing_more_gets_its_answer() {
    refuse(Body::new(Silent)).await;
}

async fn refuse(body: Body) {
    send(Request::new(body)).await;
}

async fn send(request: Request<Body>) {
    let service = ReadUnread::new()
        .layer(service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::new("no")) }));
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.into_body(), "no");
}

/// How many frames were read.
#[derive(Clone, Debug, Default)]
struct Sent(Arc<AtomicU64>);

impl Sent {
    fn body(&self, frames: u64, bytes: usize) -> Body {
        Body::new(Frames { sent: self.clone(), many: frames, bytes })
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Frames {
    sent: Sent,
    many: u64,
    bytes: usize,
}

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent.count() == self.many {
            return Poll::Ready(None);
        }
        self.sent.0.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![0; self.bytes])))))
    }
}

/// Never ends and never sends.
struct Silent;

impl HttpBody for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}
