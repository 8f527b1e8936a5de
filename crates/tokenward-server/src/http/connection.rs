//! One connection, from its handshake to its end.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokenward_tower::headers::SecurityHeaders;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use super::activity::{Activity, Patience};
use super::guard::Guard;
use super::listener::Accepted;
use super::server::{Phase, cut, draining};
use super::stall::Watched;
use super::tls::{ACME, H2};
use super::{AtOnce, Peer, PeerIdentity, ServerLimits};

/// What every connection of a listener shares.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) router: Router,
    pub(super) at_once: Option<Arc<dyn AtOnce>>,
    pub(super) limits: ServerLimits,
    pub(super) headers: Arc<SecurityHeaders>,
    pub(super) tls: Option<super::Tls>,
    pub(super) phase: watch::Receiver<Phase>,
}

impl Room {
    /// Serves one connection to its end.
    pub(super) async fn serve(self, accepted: Accepted, peer: Peer) {
        match accepted {
            Accepted::Tcp(stream) => self.greet(stream, peer).await,
            Accepted::Unix(stream) => self.greet(stream, peer).await,
        }
    }

    async fn greet<T>(self, stream: T, peer: Peer)
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Some(tls) = &self.tls else {
            return self.converse(stream, peer, None, Protocol::Either).await;
        };
        let handshake = shake_hands(tls.acceptor(), stream, self.limits.handshake);
        let stream = tokio::select! {
            stream = handshake => stream,
            () = draining(self.phase.clone()) => return,
        };
        let Some(stream) = stream else {
            tracing::debug!(%peer, "no TLS handshake");
            return;
        };
        let session = stream.get_ref().1;
        let protocol = match session.alpn_protocol() {
            Some(H2) => Protocol::Http2,
            Some(ACME) => return,
            _ => Protocol::Http1,
        };
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        let identity = certificate.and_then(|certificate| PeerIdentity::of(certificate));
        self.converse(stream, peer, identity, protocol).await;
    }

    async fn converse<T>(
        self,
        stream: T,
        peer: Peer,
        identity: Option<PeerIdentity>,
        protocol: Protocol,
    ) where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Self { router, at_once, limits, headers, phase, .. } = self;
        let activity = Activity::new(protocol == Protocol::Http2);
        let io = Watched::new(stream, Arc::clone(&activity), limits.write_stall);
        let builder = builder(protocol, &limits);
        let guard = Guard {
            router,
            at_once,
            limits,
            headers,
            peer,
            identity,
            activity: Arc::clone(&activity),
            phase: phase.clone(),
        };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(io), guard));
        let mut ending = false;
        // Whatever else may happen wakes it by itself: a request must not ask for it each time.
        let mut events = FuturesUnordered::<Pin<Box<dyn Future<Output = Event> + Send>>>::new();
        let look = |ending| {
            let at = next_look(activity.patience(&limits), &limits, ending);
            Box::pin(async move {
                sleep_until(at).await;
                Event::Look
            })
        };
        events.push(look(ending));
        events.push(Box::pin(ended(phase)));
        loop {
            tokio::select! {
                biased;
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%peer, error, "the connection broke off");
                    }
                    return;
                }
                event = events.next() => match event {
                    Some(Event::Draining(phase)) if !ending => {
                        connection.as_mut().graceful_shutdown();
                        ending = true;
                        events.push(Box::pin(after_draining(phase)));
                        events.push(look(ending));
                    }
                    Some(Event::Draining(phase)) => events.push(Box::pin(after_draining(phase))),
                    Some(Event::Look) => {
                        match verdict(activity.patience(&limits), ending) {
                            Verdict::Leave => return,
                            Verdict::Close => {
                                connection.as_mut().graceful_shutdown();
                                ending = true;
                            }
                            Verdict::Stay => {}
                        }
                        events.push(look(ending));
                    }
                    Some(Event::Cut) | None => return,
                },
            }
        }
    }
}

/// What happens to a connection from without.
enum Event {
    /// It is time to see what it is doing.
    Look,
    /// The server is ending.
    Draining(watch::Receiver<Phase>),
    /// Nothing is waited for any more.
    Cut,
}

async fn ended(phase: watch::Receiver<Phase>) -> Event {
    draining(phase.clone()).await;
    Event::Draining(phase)
}

async fn after_draining(phase: watch::Receiver<Phase>) -> Event {
    cut(phase).await;
    Event::Cut
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Protocol {
    Http1,
    Http2,
    /// HTTP/2 if the client begins with its preface (RFC 9113 § 3.3), else HTTP/1.1.
    Either,
}

enum Verdict {
    Stay,
    Close,
    Leave,
}

fn verdict(patience: Patience, ending: bool) -> Verdict {
    let now = Instant::now();
    match patience {
        // Told to end and nothing under way: whatever it is still waiting for, we are not.
        Patience::Head(_) | Patience::Idle(_) if ending => Verdict::Leave,
        Patience::Head(by) if by <= now => Verdict::Leave,
        Patience::Idle(by) if by <= now => Verdict::Close,
        Patience::Busy | Patience::Head(_) | Patience::Idle(_) => Verdict::Stay,
    }
}

/// When to look at the connection again: at its deadline, but often enough that a head which began
/// to arrive meanwhile is seen in time.
fn next_look(patience: Patience, limits: &ServerLimits, ending: bool) -> Instant {
    let now = Instant::now();
    let pace = if ending { ENDING_PACE } else { limits.header_read.min(limits.idle) };
    let next = now.checked_add(pace).unwrap_or(now);
    match patience {
        Patience::Head(by) | Patience::Idle(by) if !ending => by.min(next),
        _ => next,
    }
}

async fn shake_hands<T>(
    acceptor: TlsAcceptor,
    stream: T,
    limit: Duration,
) -> Option<tokio_rustls::server::TlsStream<T>>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    timeout(limit, acceptor.accept(stream)).await.ok()?.ok()
}

fn builder(protocol: Protocol, limits: &ServerLimits) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = match protocol {
        Protocol::Http1 => builder.http1_only(),
        Protocol::Http2 => builder.http2_only(),
        // Waiting to see which of the two it is has no time-out there; that of the first head is ours.
        Protocol::Either => builder,
    };
    let hard = limits.header_bytes.saturating_mul(4).max(HARD_HEADER_BYTES);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(hard)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(hard).unwrap_or(u32::MAX))
        // A peer that vanished without a word is noticed by its missing pong.
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.header_read);
    if limits.headers != HYPER_HEADERS {
        builder.http1().max_headers(limits.headers);
    }
    builder
}

/// hyper's own default; set apart, it costs an allocation per request.
const HYPER_HEADERS: usize = 100;

/// Up to here hyper reads a head, so that we, not it, answer the 431: ours bears all our headers.
const HARD_HEADER_BYTES: usize = 64 * 1_024;

const ENDING_PACE: Duration = Duration::from_millis(250);
