//! Somebody between a verifier and its authority, who does to the feed what networks and attackers do.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::world::until;
use crate::client::{Call, Client};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What can be done to a stream, once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It breaks in the midst of a frame.
    Drop,
    /// A byte of a frame is another one.
    Tamper,
    /// A frame never arrives.
    Omit,
    /// A frame arrives after the one that follows it.
    Swap,
    /// Everything comes again.
    Replay,
    /// A byte of a frame is another one, and the snapshot that heals it is cut short.
    CutSnapshot,
}

impl Fault {
    pub(super) const ALL: [Self; 6] =
        [Self::Drop, Self::Tamper, Self::Omit, Self::Swap, Self::Replay, Self::CutSnapshot];
}

/// A server on this machine that passes everything on to an authority.
pub(super) struct Middle {
    pub(super) url: String,
    orders: Arc<Orders>,
    _tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Orders {
    next: Mutex<Option<Fault>>,
    /// How many heartbeats, and what lies between them, are held back.
    behind: AtomicUsize,
}

impl Middle {
    pub(super) async fn before(authority: &str, client: Client) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let orders = Arc::<Orders>::default();
        let way = Way { authority: authority.to_owned(), client, orders: Arc::clone(&orders) };
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::new(way)));
        Self { url, orders, _tasks: tasks }
    }

    /// Does it to what comes next.
    pub(super) async fn does(&self, fault: Fault) {
        *self.orders.next.lock().unwrap() = Some(fault);
        until(&format!("{fault:?}"), || self.orders.next.lock().unwrap().is_none()).await;
    }

    /// From now on the stream is so many heartbeats behind.
    pub(super) fn holds_back(&self, heartbeats: usize) {
        self.orders.behind.store(heartbeats, Ordering::SeqCst);
    }
}

impl Orders {
    /// Whether this is to be done now; then it is done.
    fn take(&self, fault: Fault) -> bool {
        let mut next = self.next.lock().unwrap();
        let now = *next == Some(fault);
        if now {
            *next = None;
        }
        now
    }

    fn is_next(&self, fault: Fault) -> bool {
        *self.next.lock().unwrap() == Some(fault)
    }
}

async fn serve(listener: TcpListener, way: Arc<Way>) {
    let mut connections = JoinSet::new();
    loop {
        let (tcp, _) = listener.accept().await.unwrap();
        let way = Arc::clone(&way);
        connections.spawn(async move {
            let service = service_fn(|request| {
                let way = Arc::clone(&way);
                async move { Ok::<_, Infallible>(way.answer(request).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(tcp), service);
            // It ends as the verifier, or a fault, wants it to.
            drop(connection.await);
        });
    }
}

struct Way {
    authority: String,
    client: Client,
    orders: Arc<Orders>,
}

impl Way {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        let mut call = Call::get(&format!("{}{path}", self.authority));
        for name in ["authorization", "last-event-id"] {
            if let Some(value) = request.headers().get(name) {
                call = call.header(name, value.to_str().unwrap());
            }
        }
        let Ok(answer) = self.client.open(call).await else {
            return reply(StatusCode::BAD_GATEWAY, Bytes::new());
        };
        let (parts, body) = answer.into_parts();
        if path.ends_with("/feed") && parts.status == StatusCode::OK {
            return Response::from_parts(parts, self.stream(body));
        }
        let Ok(body) = body.collect().await else {
            return reply(StatusCode::BAD_GATEWAY, Bytes::new());
        };
        let mut body = body.to_bytes();
        if path.ends_with("/snapshot") && self.orders.take(Fault::CutSnapshot) {
            body.truncate(body.len() - 1);
        }
        let mut answer = reply(parts.status, body);
        if let Some(kind) = parts.headers.get("content-type") {
            answer.headers_mut().insert("content-type", kind.clone());
        }
        answer
    }

    fn stream(&self, body: Incoming) -> Body {
        let (sender, receiver) = unbounded_channel();
        let line = Line { orders: Arc::clone(&self.orders), sender, past: Vec::new(), kept: None };
        tokio::spawn(line.pass(body));
        let events = stream::unfold(receiver, |mut receiver| async move {
            let event: Bytes = receiver.recv().await?;
            Some((Ok(Frame::data(event)), receiver))
        });
        StreamBody::new(events).boxed_unsync()
    }
}

/// One stream on its way.
struct Line {
    orders: Arc<Orders>,
    sender: UnboundedSender<Bytes>,
    past: Vec<Bytes>,
    /// A frame whose place the next one takes.
    kept: Option<Bytes>,
}

impl Line {
    /// Passes events on until either side ends the stream.
    async fn pass(mut self, mut body: Incoming) {
        let (mut text, mut held) = (Vec::new(), VecDeque::new());
        while let Some(Ok(frame)) = body.frame().await {
            text.extend_from_slice(&frame.into_data().unwrap_or_default());
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let rest = text.split_off(end + 2);
                held.push_back(Bytes::from(std::mem::replace(&mut text, rest)));
            }
            let behind = self.orders.behind.load(Ordering::SeqCst);
            let beats = |held: &VecDeque<Bytes>| held.iter().filter(|one| !is_frame(one)).count();
            while behind == 0 || beats(&held) > behind {
                let Some(event) = held.pop_front() else { break };
                if self.pass_one(event).is_none() {
                    return;
                }
            }
        }
    }

    /// `None` ends the stream.
    fn pass_one(&mut self, event: Bytes) -> Option<()> {
        let orders = Arc::clone(&self.orders);
        if is_frame(&event) {
            if orders.take(Fault::Drop) {
                self.send(event.slice(..event.len() / 2));
                return None;
            }
            // What is forged is followed by the request for a snapshot.
            if orders.take(Fault::Tamper) || orders.is_next(Fault::CutSnapshot) {
                return self.send(tampered(&event));
            }
            if orders.take(Fault::Omit) {
                return Some(());
            }
            if self.kept.is_none() && orders.is_next(Fault::Swap) {
                self.kept = Some(event);
                return Some(());
            }
        }
        self.past.push(event.clone());
        self.send(event)?;
        if let Some(kept) = self.kept.take() {
            orders.take(Fault::Swap);
            self.send(kept)?;
        }
        if orders.take(Fault::Replay) {
            for event in self.past.clone() {
                self.send(event)?;
            }
        }
        Some(())
    }

    fn send(&self, event: Bytes) -> Option<()> {
        self.sender.send(event).ok()
    }
}

fn is_frame(event: &[u8]) -> bool {
    event.starts_with(b"event: frame")
}

/// One letter of the payload is another one.
fn tampered(event: &[u8]) -> Bytes {
    let mut event = event.to_vec();
    let dot = event.iter().position(|byte| *byte == b'.').unwrap();
    let letter = &mut event[dot + 10];
    *letter = if *letter == b'A' { b'B' } else { b'A' };
    Bytes::from(event)
}

fn reply(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut reply = Response::new(Full::new(body).boxed_unsync());
    *reply.status_mut() = status;
    reply
}
