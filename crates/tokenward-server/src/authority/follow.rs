//! `GET /revocations/{aud}/snapshot` and `…/feed`, for services with `revocations:read`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, request};
use tokenward::Audience;
use tokenward_revocation::Seq;
use tokenward_revocation::feed::SNAPSHOT_TYPE;
use tokenward_sessions::May;
use tokio::sync::watch;
use tokio::time::Sleep;

use super::Authority;
use super::client::Caller;
use super::error::ApiError;
use super::feed::{Following, Hub, NoPlace};
use super::segment::Segment;

/// After this long a follower has to come back and show its credentials again, so that a service that
/// was removed does not listen for ever.
const ONE_SITTING: Duration = Duration::from_secs(900);

/// `GET /revocations/{aud}/snapshot`.
pub(super) async fn snapshot(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let (_, audience) = allowed(&authority, &name, &parts).await?;
    let body = authority.hub.snapshot(&audience).await?.ok_or_else(ApiError::not_found)?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SNAPSHOT_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /revocations/{aud}/feed`: server-sent events, resumable by `Last-Event-ID`.
pub(super) async fn feed(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let (caller, audience) = allowed(&authority, &name, &parts).await?;
    let after = last_event(&parts.headers)?;
    let following = match authority.hub.follow(&audience, caller.name(), after).await {
        Ok(following) => following.ok_or_else(ApiError::not_found)?,
        Err(NoPlace::Full) => return Err(ApiError::too_many_requests(5)),
        Err(NoPlace::Forgotten) => return Err(ApiError::gone(FORGOTTEN)),
        Err(NoPlace::Store(error)) => return Err(error.into()),
    };
    let events = Events {
        hub: Arc::clone(&authority.hub),
        following,
        sitting: Box::pin(tokio::time::sleep(ONE_SITTING)),
        stop: authority.stop.subscribe(),
    };
    let body = Body::from_stream(stream::unfold(events, |mut events| async move {
        let event = events.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event), events))
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would hold events back until its buffer is full.
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

async fn allowed(
    authority: &Authority,
    name: &str,
    request: &request::Parts,
) -> Result<(Caller, Audience), ApiError> {
    let caller = authority.service(request).await?;
    caller.require(May::RevocationsRead)?;
    // An audience that is not the caller's and one that is not there get the same answer.
    match Audience::new(name) {
        Ok(audience) if caller.serves(&audience) => Ok((caller, audience)),
        _ => Err(ApiError::access_denied()),
    }
}

fn last_event(headers: &HeaderMap) -> Result<Option<Seq>, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    number
        .map(|number| Some(Seq::new(number)))
        .ok_or_else(|| ApiError::invalid_request("Last-Event-ID: must be a number of this feed"))
}

/// One follower's events: what it missed, a greeting, then what happens.
struct Events {
    hub: Arc<Hub>,
    following: Following,
    sitting: Pin<Box<Sleep>>,
    stop: watch::Receiver<bool>,
}

impl Events {
    /// The next event; `None` ends the stream, and the follower comes back with its `Last-Event-ID`.
    async fn next(&mut self) -> Option<Bytes> {
        let missed = self.hub.missed(&mut self.following).await.ok()?;
        if !missed.is_empty() {
            return Some(missed);
        }
        if let Some(greeting) = self.following.greeting.take() {
            return Some(greeting);
        }
        tokio::select! {
            event = self.following.next() => event,
            _ = self.stop.wait_for(|stop| *stop) => None,
            () = &mut self.sitting => None,
        }
    }
}

const FORGOTTEN: &str = "Last-Event-ID: the frames after it are kept no longer; take a snapshot";
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
