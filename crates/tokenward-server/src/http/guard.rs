//! What stands between a connection and its router, for every request.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures_util::FutureExt as _;
use futures_util::future::Either;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Request, Response, Version};
use http_body::Body as _;
use http_body_util::Limited;
use hyper::body::Incoming;
use hyper::service::Service;
use tokenward_tower::ReadUnread;
use tokenward_tower::headers::SecurityHeaders;
use tokenward_tower::request_id::{RequestId, X_REQUEST_ID};
use tokenward_tower::respond;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::{Layer as _, ServiceExt as _};
use tracing::Instrument as _;

use super::activity::Activity;
use super::body::{Served, Tracked};
use super::redirect::InTheClear;
use super::server::{Phase, draining};
use super::{AtOnce, Peer, PeerIdentity, ServerLimits, answers};

/// The service of one connection.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) router: Router,
    pub(super) at_once: Option<Arc<dyn AtOnce>>,
    pub(super) limits: ServerLimits,
    pub(super) headers: Arc<SecurityHeaders>,
    pub(super) peer: Peer,
    pub(super) identity: Option<PeerIdentity>,
    pub(super) activity: Arc<Activity>,
    pub(super) phase: watch::Receiver<Phase>,
}

impl Service<Request<Incoming>> for Guard {
    type Response = Response<Served>;
    type Error = Infallible;
    type Future = Either<Ready<Answer>, Pin<Box<dyn Future<Output = Answer> + Send>>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let busy = self.activity.begin(request.version() == Version::HTTP_2);
        let id = RequestId::random();
        let request = match self.at_once(request) {
            ControlFlow::Break(response) => {
                let response = self.finished(response, id);
                return Either::Left(ready(Ok(response.map(|body| Served::new(body, busy)))));
            }
            ControlFlow::Continue(request) => request,
        };
        let guard = self.clone();
        // At the level of errors, so that no filter that shows anything at all drops the id.
        let span = tracing::error_span!("request", request_id = %id);
        let answer = async move {
            let response = guard.answer(request, id).await;
            let endless = is_event_stream(response.headers());
            Ok(response.map(|body| {
                let served = Served::new(body, busy);
                if endless { served.until(draining(guard.phase)) } else { served }
            }))
        };
        Either::Right(Box::pin(answer.instrument(span)))
    }
}

type Answer = Result<Response<Served>, Infallible>;

impl Guard {
    async fn answer(&self, mut request: Request<Incoming>, id: RequestId) -> Response<Body> {
        // A layer inside that gives ids finds this one and keeps it.
        request.extensions_mut().insert(id);
        let response = match refusal(&request, &self.limits) {
            Some(refusal) => refusal,
            None => self.route(request).await,
        };
        self.finished(response, id)
    }

    /// The answer to what can be answered on the spot; else the request, for the router.
    fn at_once(
        &self,
        request: Request<Incoming>,
    ) -> ControlFlow<Response<Body>, Request<Incoming>> {
        let Some(at_once) = &self.at_once else { return ControlFlow::Continue(request) };
        if !request.body().is_end_stream() || refusal(&request, &self.limits).is_some() {
            return ControlFlow::Continue(request);
        }
        let (parts, body) = request.into_parts();
        // After a panic the router is asked; whatever panics there gets its 500.
        let asked = || at_once.answer(self.peer, self.identity.as_ref(), &parts);
        match catch_unwind(AssertUnwindSafe(asked)).ok().flatten() {
            Some(response) => ControlFlow::Break(response),
            None => ControlFlow::Continue(Request::from_parts(parts, body)),
        }
    }

    fn finished(&self, mut response: Response<Body>, id: RequestId) -> Response<Body> {
        let in_the_clear = response.extensions().get::<InTheClear>().is_some();
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, id.to_header());
        if in_the_clear {
            SecurityHeaders::clone(&self.headers).without_hsts().apply(headers);
        } else {
            self.headers.apply(headers);
        }
        response
    }

    async fn route(&self, request: Request<Incoming>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(self.peer);
        if let Some(identity) = &self.identity {
            parts.extensions.insert(identity.clone());
        }
        let before_http2 = parts.version < Version::HTTP_2;
        let (body, read) = Tracked::new(Limited::new(body, self.limits.body_bytes));
        let request = Request::from_parts(parts, Body::new(body));
        let router = ReadUnread::new().layer(self.router.clone());
        let answer = AssertUnwindSafe(router.oneshot(request)).catch_unwind();
        match timeout(self.limits.request, answer).await {
            // The connection may end with what was left unread. A client that is not told so sends its
            // next request into it, and must not repeat that one if it changes something.
            Ok(Ok(Ok(refusal)))
                if before_http2
                    && !read.load(Ordering::Relaxed)
                    && !refusal.status().is_success() =>
            {
                answers::closing(refusal)
            }
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            // The payload may quote what the peer sent; the panic hook has printed the place.
            Ok(Err(_payload)) => {
                tracing::error!(peer = %self.peer, "a handler panicked; the request got a 500");
                respond::server_error()
            }
            Err(_elapsed) if !read.load(Ordering::Relaxed) => answers::too_slow(),
            Err(_elapsed) => {
                tracing::error!(peer = %self.peer, "a handler took too long; the request got a 503");
                respond::unavailable(BUSY_RETRY)
            }
        }
    }
}

/// Refuses what no route should see.
fn refusal(request: &Request<Incoming>, limits: &ServerLimits) -> Option<Response<Body>> {
    let headers = request.headers();
    if head_bytes(request) > limits.header_bytes || headers.len() > limits.headers {
        return Some(answers::header_too_large());
    }
    // Two answers to "where does this request end?" are a smuggled second request.
    let two_lengths =
        headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH);
    if two_lengths || !one_host(request) {
        return Some(answers::bad_request());
    }
    let announced = headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse::<usize>().ok()?;
    (announced > limits.body_bytes).then(answers::body_too_large)
}

/// RFC 9112 § 3.2: exactly one `Host` in HTTP/1.1; HTTP/2 has `:authority`, HTTP/1.0 may have none.
fn one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(HOST).iter().count();
    match request.version() {
        Version::HTTP_11 => hosts == 1,
        Version::HTTP_2 => hosts <= 1 && (hosts == 1 || request.uri().authority().is_some()),
        _ => hosts <= 1,
    }
}

fn head_bytes(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    request.headers().iter().fold(target, |sum, (name, value)| {
        // ": " and the line's end.
        sum.saturating_add(name.as_str().len()).saturating_add(value.len()).saturating_add(4)
    })
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

const BUSY_RETRY: Duration = Duration::from_secs(1);
