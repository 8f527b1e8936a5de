//! Events about sessions for others' systems (OpenID CAEP 1.0, and two of ours, in SETs as SSF 1.0 profiles them).
//!
//! ```text
//! RevocationStore ──since──▶ collect ──▶ EventStore ──▶ push (RFC 8935) or poll (RFC 8936) ──▶ settled
//! SessionStore ──begun_since──▶┘
//! ```
//!
//! **Invariants.** A revocation or a new session becomes events after it is durable, and is pruned only once it has:
//! nothing is lost over a kill, and a receiver delays nobody. An event has the same `jti` each time it is
//! sent, until its receiver has acknowledged it. What an operator wrote as a reason is in none.

mod begun;
mod collect;
mod poll;
mod push;
mod signed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, gauge};
use serde_json::{Value, json};
use tokenward::{
    Audience, BackendError, Clock, IssuerId, KeyId, SecurityEventRequest, Subject, UnixTime,
};
use tokenward_keys::Signing;
use tokenward_revocation::{EventKind, EventSource, EventStore, OutgoingEvent};
use tokenward_sessions::Session;
use tokio::sync::Notify;

pub(super) use poll::poll;
pub use push::PushSetupError;

use super::Authority;
use super::error::ApiError;
use super::lamp::Lamp;
use super::start::StartError;
use crate::settings::{EventDelivery, ReceiverSettings, Settings};
use push::Push;
use signed::Signed;

/// The events of an authority, and whom they are for.
pub(super) struct Events {
    store: Arc<dyn EventStore>,
    receivers: Vec<Arc<Receiver>>,
    lamp: Lamp,
}

/// One receiver.
struct Receiver {
    settings: ReceiverSettings,
    /// How events are brought; `None` for a receiver that fetches them.
    push: Option<Push>,
    /// There may be something new.
    news: Notify,
    /// What was signed for a receiver that fetches; held by the one request that is answered.
    signed: tokio::sync::Mutex<Signed>,
}

/// An event as it is sent.
#[derive(Debug)]
struct Token {
    text: String,
    /// The key that signed it.
    key: KeyId,
}

impl Events {
    /// The events of these settings; `None` where there is no receiver. What waits for one that is gone, or
    /// tells of an audience that a receiver is not told of any more, is forgotten.
    pub(super) async fn of(
        store: Arc<dyn EventStore>,
        settings: &Settings,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Self>, StartError> {
        let wanted = settings.receivers.iter().flat_map(|receiver| {
            let audiences = receiver.audiences.iter();
            audiences.map(|audience| (receiver.name.clone(), audience.clone()))
        });
        let forgotten = store.retain_events(&wanted.collect::<Vec<_>>()).await;
        let what = "the events cannot be read or written";
        match forgotten.map_err(|source| StartError::Store { what, source })? {
            0 => {}
            forgotten => tracing::warn!(forgotten, "no receiver wants these events any more"),
        }
        let receivers = settings.receivers.iter().map(|receiver| {
            let push = match &receiver.delivery {
                EventDelivery::Push(push) => Some(Push::new(push, Arc::clone(clock))?),
                EventDelivery::Poll { .. } => None,
            };
            let (news, signed) = (Notify::new(), tokio::sync::Mutex::default());
            Ok(Arc::new(Receiver { settings: receiver.clone(), push, news, signed }))
        });
        let receivers = receivers.collect::<Result<Vec<_>, PushSetupError>>()?;
        let lamp = Lamp::new("revocations do not become events");
        Ok((!receivers.is_empty()).then_some(Self { store, receivers, lamp }))
    }

    /// Drops what nobody will take any more, and counts what waits.
    async fn tidy(&self, now: UnixTime) -> Result<(), BackendError> {
        for receiver in &self.receivers {
            let name = receiver.name();
            let dropped = self.store.drop_events(name, now.saturating_sub(LONGEST), MOST).await?;
            if dropped > 0 {
                tracing::error!(
                    receiver = name,
                    dropped,
                    "events were given up: they waited for longer than a week, or more than 100,000 \
                     waited; see receiver.push or receiver.poll"
                );
                receiver.count_dropped(dropped);
            }
            let waiting = self.store.count_events(name).await?;
            let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
            gauge!("tokenward_events_waiting", "receiver" => name.to_owned())
                .set(f64::from(waiting));
        }
        Ok(())
    }
}

impl Receiver {
    fn name(&self) -> &str {
        &self.settings.name
    }

    /// Counts events that it never gets.
    fn count_dropped(&self, count: u64) {
        counter!("tokenward_events_dropped_total", "receiver" => self.name().to_owned())
            .increment(count);
    }

    /// Whether it is told of this kind.
    fn wants(&self, kind: EventKind) -> bool {
        self.settings.events.contains(&kind)
    }

    /// The audiences that it is told of today. One that was taken from it may be none of its business.
    fn audiences(&self) -> Vec<Audience> {
        self.settings.audiences.clone()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("name", &self.name()).finish_non_exhaustive()
    }
}

impl Authority {
    /// The security event token of `event`, signed by whoever signs for its audience now: a key that signed
    /// it days ago may have left the key set.
    async fn event_token(
        &self,
        receiver: &Receiver,
        event: &OutgoingEvent,
    ) -> Result<Token, ApiError> {
        let audience = self.audiences.get(&event.audience).ok_or_else(ApiError::server_error)?;
        let parse = |text: &str| serde_json::from_str::<Value>(text).ok();
        let (subject_id, said) =
            parse(&event.subject_id).zip(parse(&event.event)).ok_or_else(ApiError::server_error)?;
        // What stems from one fact has one name (CAEP 1.0 § 2), and a session's number is no revocation's.
        let transaction = match event.kind.source() {
            EventSource::Sessions => format!("s{}", event.seq),
            _ => event.seq.to_string(),
        };
        let request = SecurityEventRequest {
            issuer: &audience.issuer_id,
            audience: &receiver.settings.recipient,
            token_id: &event.token_id,
            issued_at: event.issued_at,
            happened_at: Some(event.happened_at),
            transaction: Some(&transaction),
            subject_id: &subject_id,
            kind: event.kind.uri(),
            event: &said,
        };
        let prepare = |signing: &Signing| {
            let prepared = request.prepare(signing.signer.key_id(), signing.signer.algorithm());
            prepared.map_err(|error| {
                tracing::error!(receiver = receiver.name(), %error, "an event cannot be a token");
                ApiError::server_error()
            })
        };
        let (text, key) = audience.sign(self.clock.now(), prepare).await?;
        Ok(Token { text, key })
    }

    /// Forgets old events; see [`Events::tidy`].
    pub(super) async fn tidy_events(&self) -> Result<(), BackendError> {
        match &self.events {
            Some(events) => events.tidy(self.clock.now()).await,
            None => Ok(()),
        }
    }
}

/// A complex subject (SSF 1.0 § 3.2): the event applies to every session that matches all of it.
fn subject_id(issuer: &IssuerId, subject: &Subject, session: Option<&Session>) -> String {
    let mut id = json!({ "format": "complex" });
    if let Some(members) = id.as_object_mut() {
        if let Some(session) = session {
            let session = json!({ "format": "opaque", "id": session.id.as_str() });
            members.insert("session".to_owned(), session);
        }
        let user = json!({
            "format": "iss_sub", "iss": issuer.as_str(), "sub": subject.as_str(),
        });
        members.insert("user".to_owned(), user);
    }
    id.to_string()
}

/// Older events are news to nobody; our own verifier takes none that are.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);
/// So many events of one audience wait for one receiver at the most: some 50 MiB. Of one audience, because
/// whoever may revoke within one must not be able to push out what another says.
const MOST: usize = 100_000;
