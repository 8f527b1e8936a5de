//! The accept loops, and the end of them.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokenward_tower::headers::SecurityHeaders;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};

use super::connection::Room;
use super::crew::Crew;
use super::{AtOnce, Listener, ServerLimits, Tls};
use crate::telemetry::{connection_gauge, measure};

/// Listeners, each with its router, that run and end together.
///
/// Every answer gets an `X-Request-Id` of ours and the security headers, whatever router, time-out or
/// panic it comes from.
#[derive(Debug, Default)]
pub struct Server {
    doors: Vec<Door>,
    headers: SecurityHeaders,
    crew: Option<Arc<Crew>>,
}

#[derive(Debug)]
struct Door {
    listener: Listener,
    tls: Option<Tls>,
    router: Router,
    at_once: Option<Arc<dyn AtOnce>>,
    limits: ServerLimits,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stopped {
    /// All that was under way was finished.
    Finished,
    /// Something was still under way after [`ServerLimits::drain`], and was cut off.
    CutOff,
}

impl Server {
    /// A server without listeners.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, but with `headers`: without HSTS under `--dev`, for example.
    #[must_use]
    pub fn with_headers(self, headers: SecurityHeaders) -> Self {
        Self { headers, ..self }
    }

    /// The same, but connections are served by threads of their own, one for each core, and not by the runtime
    /// that [`Self::run`] is called in. For handlers that wait for nobody: they then share nothing but the
    /// processor's caches.
    pub fn on_all_cores(self) -> io::Result<Self> {
        Ok(Self { crew: Some(Arc::new(Crew::of_all_cores()?)), ..self })
    }

    /// Serves `router` on `listener`, with the default limits.
    pub fn add(&mut self, listener: Listener, tls: Option<Tls>, router: Router) -> &mut Self {
        self.add_with_limits(listener, tls, router, ServerLimits::default())
    }

    /// Serves `router` on `listener` within `limits`, which hold for this listener alone: a flood
    /// on the public one leaves the administrator's door open.
    pub fn add_with_limits(
        &mut self,
        listener: Listener,
        tls: Option<Tls>,
        router: Router,
        limits: ServerLimits,
    ) -> &mut Self {
        self.doors.push(Door { listener, tls, router, at_once: None, limits });
        self
    }

    /// As [`Self::add`], with what is asked before `router`.
    pub(crate) fn add_at_once(
        &mut self,
        listener: Listener,
        tls: Option<Tls>,
        router: Router,
        at_once: Arc<dyn AtOnce>,
    ) -> &mut Self {
        let limits = ServerLimits::default();
        self.doors.push(Door { listener, tls, router, at_once: Some(at_once), limits });
        self
    }

    /// Serves until `until` resolves; then accepts nothing more, finishes what is under way and
    /// returns. The sockets listen from the moment they are bound.
    pub async fn run(self, until: impl Future<Output = ()> + Send) -> Stopped {
        let (phase, watcher) = watch::channel(Phase::Open);
        let (alive, mut all_gone) = mpsc::channel::<Gone>(1);
        let drain = self.doors.iter().map(|door| door.limits.drain).max().unwrap_or_default();
        let headers = Arc::new(self.headers);
        for door in self.doors {
            let (headers, phase) = (Arc::clone(&headers), watcher.clone());
            tokio::spawn(accept(door, headers, self.crew.clone(), phase, alive.clone()));
        }
        drop((alive, watcher));
        until.await;
        phase.send_replace(Phase::Draining);
        // Nothing is ever sent: the channel closes when the last connection has dropped its end.
        let finished = timeout(drain, all_gone.recv()).await.is_ok();
        phase.send_replace(Phase::Cut);
        if finished { Stopped::Finished } else { Stopped::CutOff }
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Finished => "all requests were finished",
            Self::CutOff => "some requests were cut off",
        })
    }
}

/// What the connections are told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Phase {
    Open,
    Draining,
    Cut,
}

/// Resolves once the server is ending.
pub(super) async fn draining(phase: watch::Receiver<Phase>) {
    reached(phase, Phase::Draining).await;
}

/// Resolves once nothing is waited for any more.
pub(super) async fn cut(phase: watch::Receiver<Phase>) {
    reached(phase, Phase::Cut).await;
}

async fn reached(mut phase: watch::Receiver<Phase>, wanted: Phase) {
    // An error means that the server itself is gone: later than any phase.
    drop(phase.wait_for(|phase| *phase >= wanted).await);
}

enum Gone {}

async fn accept(
    door: Door,
    headers: Arc<SecurityHeaders>,
    crew: Option<Arc<Crew>>,
    phase: watch::Receiver<Phase>,
    alive: mpsc::Sender<Gone>,
) {
    let Door { listener, tls, router, at_once, limits } = door;
    let permits = Arc::new(Semaphore::new(limits.connections));
    let router = router.layer(axum::middleware::from_fn(measure));
    let room = Room { router, at_once, limits, headers, tls, phase: phase.clone() };
    tokio::select! {
        () = accept_all(&listener, &permits, &room, crew.as_deref(), &alive) => {}
        () = draining(phase) => {}
    }
}

async fn accept_all(
    listener: &Listener,
    permits: &Arc<Semaphore>,
    room: &Room,
    crew: Option<&Crew>,
    alive: &mpsc::Sender<Gone>,
) {
    // The permit comes first: beyond the cap, peers wait in the system's queue and cost us nothing.
    while let Ok(permit) = Arc::clone(permits).acquire_owned().await {
        match listener.accept().await {
            Ok((accepted, peer)) => {
                let (room, alive) = (room.clone(), alive.clone());
                let counted = connection_gauge();
                let serve = async move |accepted| {
                    room.serve(accepted, peer).await;
                    drop((permit, alive, counted));
                };
                let Some(crew) = crew else {
                    tokio::spawn(serve(accepted));
                    continue;
                };
                match accepted.detach() {
                    Ok(detached) => crew.spawn(async move {
                        match detached.attach() {
                            Ok(accepted) => serve(accepted).await,
                            Err(error) => tracing::warn!(%error, "a connection was lost"),
                        }
                    }),
                    Err(error) => tracing::warn!(%listener, %error, "a connection was lost"),
                }
            }
            Err(error) => {
                // Out of files or memory: trying again at once would only burn the processor.
                tracing::warn!(%listener, %error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
