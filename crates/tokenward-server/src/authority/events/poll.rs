//! Receivers that fetch their events (RFC 8936).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokenward::{Audience, Jti};
use tokenward_revocation::OutgoingEvent;

use super::signed::Signed;
use super::{Events, Receiver};
use crate::authority::error::ApiError;
use crate::authority::json::{Fields, invalid};
use crate::authority::respond::json_answer;
use crate::authority::segment::Segment;
use crate::authority::{Authority, body};
use crate::settings::EventDelivery;

/// What a receiver asks for (RFC 8936 § 2.2).
struct Asked {
    most: usize,
    at_once: bool,
    has: Vec<Jti>,
    refuses: Vec<Jti>,
}

/// `POST /events/{receiver}/poll`: what waits, after what the receiver has is forgotten.
pub(in crate::authority) async fn poll(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, content) = request.into_parts();
    let caller = authority.service(&parts).await?;
    let events = authority.events.as_ref().ok_or_else(ApiError::access_denied)?;
    // A receiver that is another's and one that is not there get the same answer.
    let receiver = events.polled_by(&name, caller.name()).ok_or_else(ApiError::access_denied)?;
    let limit = authority.settings.limits.body_bytes;
    let content = body::read(&parts.headers, content, limit).await?;
    let asked = Asked::read(content.optional_json()?)?;
    if !asked.has.is_empty() {
        events.store.settle_events(receiver.name(), asked.has).await?;
    }
    if !asked.refuses.is_empty() {
        let dropped = events.store.settle_events(receiver.name(), asked.refuses).await?;
        if dropped > 0 {
            let name = receiver.name();
            tracing::error!(
                receiver = name,
                dropped,
                "the receiver refuses events; they are given up"
            );
            receiver.count_dropped(dropped);
        }
    }
    if asked.most == 0 {
        let waiting = events.store.events_for(receiver.name(), &receiver.audiences(), 1).await?;
        return Ok(answer(&Map::new(), !waiting.is_empty()));
    }
    // One at a time: whoever asks beside themselves would have the same events signed beside each other.
    let Ok(mut signed) = receiver.signed.try_lock() else {
        return Err(ApiError::too_many_requests(1));
    };
    // The notice is asked for before the store is read, so that none is missed in between.
    let news = receiver.news.notified();
    let (mut sets, mut more) =
        authority.waiting_tokens(events, receiver, asked.most, &mut signed).await?;
    if sets.is_empty() && !asked.at_once {
        let mut stop = authority.stop.subscribe();
        tokio::select! {
            () = news => {}
            () = tokio::time::sleep(LONG_POLL) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
        (sets, more) = authority.waiting_tokens(events, receiver, asked.most, &mut signed).await?;
    }
    Ok(answer(&sets, more))
}

fn answer(sets: &Map<String, Value>, more: bool) -> Response {
    json_answer(StatusCode::OK, &json!({ "sets": sets, "moreAvailable": more }))
}

impl Asked {
    /// Members that we do not know are ignored, as is usual with JSON of others.
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let most = fields.value("maxEvents").map(|value| {
            let number = value.as_u64().ok_or_else(|| invalid("maxEvents", "must be a number"));
            number.map(|number| usize::try_from(number).unwrap_or(PAGE).min(PAGE))
        });
        let at_once = fields.value("returnImmediately").map(|value| {
            value.as_bool().ok_or_else(|| invalid("returnImmediately", "must be true or false"))
        });
        let has = match fields.value("ack") {
            None => Vec::new(),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).filter_map(named).collect()
            }
            Some(_) => return Err(invalid("ack", "must be a list")),
        };
        let refused = fields.object("setErrs")?;
        Ok(Self {
            most: most.transpose()?.unwrap_or(PAGE),
            at_once: at_once.transpose()?.unwrap_or(false),
            has,
            refuses: refused.keys().filter_map(|name| named(name)).collect(),
        })
    }
}

/// What is no name of ours names nothing.
fn named(name: &str) -> Option<Jti> {
    Jti::new(name).ok()
}

impl Events {
    fn polled_by(&self, name: &str, service: &tokenward::ClientId) -> Option<&Receiver> {
        let receiver = self.receivers.iter().find(|receiver| receiver.name() == name)?;
        let EventDelivery::Poll { service: own } = &receiver.settings.delivery else { return None };
        (own == service).then_some(&**receiver)
    }
}

impl Authority {
    /// Up to `most` tokens of what waits, and whether there are more. An audience that nobody signs for keeps
    /// no other's events waiting; 503 if nothing else waits.
    async fn waiting_tokens(
        &self,
        events: &Events,
        receiver: &Receiver,
        most: usize,
        signed: &mut Signed,
    ) -> Result<(Map<String, Value>, bool), ApiError> {
        let (mut audiences, mut failed) = (receiver.audiences(), None);
        loop {
            let limit = most.saturating_add(1);
            let mut waiting = events.store.events_for(receiver.name(), &audiences, limit).await?;
            let more = waiting.len() > most;
            waiting.truncate(most);
            match (self.event_tokens(receiver, &waiting, signed).await, failed) {
                (Err((unsigned, error)), _) => {
                    audiences.retain(|audience| audience != unsigned);
                    failed = Some(error);
                }
                (Ok(sets), Some(error)) if sets.is_empty() => return Err(error),
                (Ok(sets), _) => return Ok((sets, more)),
            }
        }
    }

    /// The tokens of `events`, or an audience of theirs that nobody signs for.
    async fn event_tokens<'a>(
        &self,
        receiver: &Receiver,
        events: &'a [OutgoingEvent],
        signed: &mut Signed,
    ) -> Result<Map<String, Value>, (&'a Audience, ApiError)> {
        let mut sets = Map::new();
        for event in events {
            let published = self.audiences.get(&event.audience).map(|state| state.ring.key_set());
            let known = published.and_then(|published| signed.of(event, &published));
            let token = if let Some(token) = known {
                token
            } else {
                let token = self.event_token(receiver, event).await;
                signed.keep(event, token.map_err(|error| (&event.audience, error))?)
            };
            sets.insert(event.token_id.to_string(), token.into());
        }
        signed.trim(events, PAGE);
        Ok(sets)
    }
}

/// The most events of one answer.
const PAGE: usize = 64;
/// Shorter than any request may take, and than most proxies wait.
const LONG_POLL: Duration = Duration::from_secs(20);
