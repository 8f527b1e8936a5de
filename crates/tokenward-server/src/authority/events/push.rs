//! Bringing events to receivers (RFC 8935).

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};
use metrics::counter;
use serde_json::Value;
use tokenward::{BackendError, Clock, ErrorChain};
use tokenward_keys::custody::backoff::Backoff;
use tokenward_remote::{Endpoint, FetchError, HttpClient, HttpOptions, HttpSetupError};
use tokenward_revocation::OutgoingEvent;

use super::{Events, Receiver};
use crate::authority::Authority;
use crate::authority::lamp::Lamp;
use crate::settings::PushSettings;

/// Events cannot be brought to a receiver.
#[derive(Debug, thiserror::Error)]
#[error("no connection can be made to {to}")]
#[non_exhaustive]
pub struct PushSetupError {
    to: String,
    #[source]
    source: HttpSetupError,
}

/// The way to one receiver.
pub(super) struct Push {
    client: HttpClient,
    to: Endpoint,
    headers: Vec<(HeaderName, HeaderValue)>,
    lamp: Lamp,
}

/// A receiver did not take an event.
#[derive(Debug, thiserror::Error)]
enum Untaken {
    #[error(transparent)]
    Unreachable(#[from] FetchError),
    #[error("the store cannot be read or written")]
    Store(#[from] BackendError),
    #[error("the event cannot be signed")]
    Unsigned,
    /// RFC 8935 § 2.3.
    #[error("the receiver refuses the event: {0}")]
    Refused(&'static str),
    #[error("the receiver answered {0}; RFC 8935 asks for 202")]
    Status(StatusCode),
}

impl Push {
    pub(super) fn new(
        settings: &PushSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PushSetupError> {
        let mut options = HttpOptions::default();
        options.extra_ca.clone_from(&settings.ca);
        let to = settings.to.clone();
        let client = HttpClient::new(&options, clock)
            .map_err(|source| PushSetupError { to: to.to_string(), source })?;
        let fixed = |name, value| (name, HeaderValue::from_static(value));
        let mut headers = vec![fixed(CONTENT_TYPE, SET_TYPE), fixed(ACCEPT, "application/json")];
        headers.extend(settings.authorization.clone().map(|value| (AUTHORIZATION, value)));
        Ok(Self { client, to, headers, lamp: Lamp::new("events do not reach their receiver") })
    }

    async fn send(&self, token: String) -> Result<(), Untaken> {
        let body = Bytes::from(token);
        let (status, answer) = self.client.post(&self.to, &self.headers, body, ANSWER).await?;
        match status {
            StatusCode::ACCEPTED => Ok(()),
            StatusCode::BAD_REQUEST => Err(Untaken::Refused(error_code(&answer.body))),
            status => Err(Untaken::Status(status)),
        }
    }
}

impl Events {
    /// Sets one task going for each receiver that events are brought to: a dead one keeps nobody waiting.
    pub(in crate::authority) fn set_going(authority: &Arc<Authority>) {
        let Some(events) = &authority.events else { return };
        for receiver in events.receivers.iter().filter(|receiver| receiver.push.is_some()) {
            let (weak, receiver) = (Arc::downgrade(authority), Arc::clone(receiver));
            let mut stop = authority.stop.subscribe();
            authority.tasks().spawn(async move {
                tokio::select! {
                    // What was not acknowledged is sent again, so it may be cut off anywhere.
                    () = bring(weak, receiver) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            });
        }
    }
}

async fn bring(authority: Weak<Authority>, receiver: Arc<Receiver>) {
    let waits = || Backoff::from(FIRST_WAIT).up_to(LONGEST_WAIT);
    let mut backoff = waits();
    loop {
        let Some(now_there) = authority.upgrade() else { return };
        let brought = now_there.bring_all(&receiver).await;
        drop(now_there);
        if let Err(error) = &brought {
            tracing::debug!(receiver = receiver.name(), error = %ErrorChain::new(error), "an event waits");
            counter!("tokenward_events_failed_total", "receiver" => receiver.name().to_owned())
                .increment(1);
        }
        // The receiver is there, if all that failed was a signature.
        if matches!(brought, Ok(()) | Err(Untaken::Unsigned)) {
            backoff = waits();
            // A notice that came while we were busy is kept.
            let _timed_out = tokio::time::timeout(IDLE, receiver.news.notified()).await;
        } else {
            tokio::time::sleep(backoff.failed()).await;
        }
    }
}

impl Authority {
    /// Brings a receiver everything that waits for it and can be signed, in its order, up to the first that it
    /// does not take.
    async fn bring_all(&self, receiver: &Receiver) -> Result<(), Untaken> {
        let (Some(events), Some(push)) = (&self.events, &receiver.push) else { return Ok(()) };
        let (mut audiences, mut round) = (receiver.audiences(), Ok(()));
        loop {
            let waiting = events.store.events_for(receiver.name(), &audiences, PAGE).await?;
            for event in &waiting {
                if !audiences.contains(&event.audience) {
                    continue;
                }
                let brought = self.bring_one(receiver, push, event).await;
                if matches!(brought, Err(Untaken::Unsigned)) {
                    // Whoever signs for one audience may be away, and another's events need not wait for that.
                    audiences.retain(|audience| *audience != event.audience);
                    round = brought;
                    continue;
                }
                push.lamp.show(&brought);
                brought?;
                let settled = vec![event.token_id.clone()];
                events.store.settle_events(receiver.name(), settled).await?;
            }
            if waiting.len() < PAGE {
                return round;
            }
        }
    }

    async fn bring_one(
        &self,
        receiver: &Receiver,
        push: &Push,
        event: &OutgoingEvent,
    ) -> Result<(), Untaken> {
        let token = self.event_token(receiver, event).await.map_err(|_| Untaken::Unsigned)?;
        match push.send(token.text).await {
            Err(Untaken::Refused(INVALID_REQUEST)) => {
                // It will never be taken, and must not keep the others waiting.
                tracing::error!(
                    receiver = receiver.name(), id = %event.token_id,
                    "the receiver says that an event is invalid; it is given up"
                );
                receiver.count_dropped(1);
                Ok(())
            }
            other => other,
        }
    }
}

/// The code of a refusal, out of the registry's: nothing that a peer says goes into the log.
fn error_code(body: &[u8]) -> &'static str {
    let said: Option<Value> = serde_json::from_slice(body).ok();
    let said = said.as_ref().and_then(|said| said.get("err")?.as_str()).unwrap_or_default();
    CODES.into_iter().find(|code| *code == said).unwrap_or("an unknown code")
}

/// RFC 8935 § 7.1.2.
const CODES: [&str; 6] = [
    INVALID_REQUEST,
    "invalid_key",
    "invalid_issuer",
    "invalid_audience",
    "authentication_failed",
    "access_denied",
];
const INVALID_REQUEST: &str = "invalid_request";
const SET_TYPE: &str = "application/secevent+jwt";
/// The most that is read of an answer.
const ANSWER: usize = 16 << 10;
/// Events that are read at a time.
const PAGE: usize = 64;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// A receiver that is back hears of it within this.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Another replica may have collected what we are not told of.
const IDLE: Duration = Duration::from_secs(5);
