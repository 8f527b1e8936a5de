use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use super::support::{Running, hasty, read_all, read_until};
use crate::http::{ServerLimits, Stopped};

#[tokio::test]
async fn what_was_begun_is_finished() {
    let gate = Arc::new(Gate::default());
    let server = Running::start(gate.router(), ServerLimits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    gate.entered.notified().await;

    let ending = server.stop();
    gate.open.notify_one();

    assert!(read_all(&mut stream).await.ends_with("done"));
    assert_eq!(ending.wait().await, Stopped::Finished);
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let gate = Arc::new(Gate::default());
    let limits = ServerLimits { request: ServerLimits::default().request, ..hasty() };
    let server = Running::start(gate.router(), limits).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    gate.entered.notified().await;

    assert_eq!(server.stop().wait().await, Stopped::CutOff);
    assert_eq!(read_all(&mut stream).await, "");
}

#[tokio::test]
async fn an_event_stream_ends_at_once_and_whole() {
    let server = Running::start(events(), ServerLimits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    read_until(&mut stream, "data: first\n\n").await;

    let ending = server.stop();

    // The last chunk of a chunked body: the end is one that was meant.
    assert!(read_all(&mut stream).await.ends_with("0\r\n\r\n"));
    assert_eq!(ending.wait().await, Stopped::Finished);
}

#[tokio::test]
async fn an_idle_or_dawdling_connection_does_not_hold_the_shutdown_up() {
    let server = Running::start(events(), ServerLimits::default()).await;
    let idle = server.connect().await;
    let mut dawdling = server.connect().await;
    dawdling.write_all(b"GET / HT").await.unwrap();

    assert_eq!(server.stop().wait().await, Stopped::Finished);
    drop((idle, dawdling));
}

#[tokio::test]
async fn a_reader_who_is_slow_but_reads_gets_the_whole_answer() {
    const SIZE: usize = 16 << 20;
    let router = Router::new().route("/large", get(|| async { vec![b'x'; SIZE] }));
    let server = Running::start(router, ServerLimits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    read_until(&mut stream, "\r\n\r\n").await;

    // Longer than an idle connection would be waited for.
    let ending = tokio::spawn(server.stop().wait());
    let looking_away = tokio::time::timeout(Duration::from_millis(600), ending);
    assert!(looking_away.await.is_err(), "the shutdown did not wait for the reader");

    assert_eq!(read_all(&mut stream).await.len(), SIZE);
}

#[derive(Debug, Default)]
struct Gate {
    entered: Notify,
    open: Notify,
}

impl Gate {
    fn router(self: &Arc<Self>) -> Router {
        let gate = Arc::clone(self);
        Router::new().route(
            "/slow",
            get(move || async move {
                gate.entered.notify_one();
                gate.open.notified().await;
                "done"
            }),
        )
    }
}

fn events() -> Router {
    let first = futures_util::stream::iter([Ok::<_, Infallible>(Event::default().data("first"))]);
    let events = move || async { Sse::new(first.chain(futures_util::stream::pending())) };
    Router::new().route("/events", get(events))
}
