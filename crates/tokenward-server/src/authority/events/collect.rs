//! What has happened becomes events; here, revocations do.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tokenward::{Audience, BackendError, BackendErrorKind, Jti, Subject, UnixTime};
use tokenward_revocation::{EventKind, EventSource, OutgoingEvent, Revocation, Scope, Seq};
use tokenward_sessions::{EndReason, Session};

use super::super::Authority;
use super::{Events, subject_id};

/// Some facts of one source as events.
pub(super) struct Slice {
    /// The last of them.
    pub(super) to: Seq,
    pub(super) told: Vec<OutgoingEvent>,
    /// There was no more when they were read.
    pub(super) is_last: bool,
}

/// What a revocation ended, as events name it.
struct Ended {
    /// `None`: every session of the subject.
    session: Option<Session>,
    subject: Subject,
}

impl Authority {
    /// Lets every revocation and every new session that is in the store become events. The clockwork does this
    /// four times a second, and before old ones are forgotten.
    pub async fn collect_events(&self) -> Result<(), BackendError> {
        let Some(events) = &self.events else { return Ok(()) };
        // Sessions first: who is told of both hears of the beginning before the end.
        let mut collected = self.collect(events, EventSource::Sessions).await;
        if collected.is_ok() {
            collected = self.collect(events, EventSource::Revocations).await;
        }
        events.lamp.show(&collected);
        collected
    }

    async fn collect(&self, events: &Events, source: EventSource) -> Result<(), BackendError> {
        loop {
            let from = events.store.events_head(source).await?;
            let slice = match source {
                EventSource::Sessions => self.begun_slice(events, from).await?,
                _ => self.slice(events, from).await?,
            };
            let Some(slice) = slice else { return Ok(()) };
            let news = !slice.told.is_empty();
            if let Err(error) = events.store.add_events(source, from, slice.to, slice.told).await {
                // Another replica was faster, and may have added less than we would have.
                let outrun = error.kind() == BackendErrorKind::Conflict
                    && events.store.events_head(source).await? != from;
                if outrun {
                    continue;
                }
                return Err(error);
            }
            if news {
                for receiver in &events.receivers {
                    receiver.news.notify_one();
                }
            }
            if slice.is_last {
                return Ok(());
            }
        }
    }

    /// What comes after `from`; `None` if nothing does.
    async fn slice(
        &self,
        events: &Events,
        from: Option<Seq>,
    ) -> Result<Option<Slice>, BackendError> {
        let Some(from) = from else {
            // Receivers are new here: what was revoked before is no news to anybody.
            let to = self.revocations.head().await?;
            return Ok(Some(Slice { to, told: Vec::new(), is_last: true }));
        };
        let rows = self.revocations.since(from, PAGE).await?;
        let Some(to) = rows.last().map(|row| row.seq) else { return Ok(None) };
        let told = self.events_of(events, &rows).await?;
        Ok(Some(Slice { to, told, is_last: rows.len() < PAGE }))
    }

    async fn events_of(
        &self,
        events: &Events,
        rows: &[Revocation],
    ) -> Result<Vec<OutgoingEvent>, BackendError> {
        let now = self.clock.now();
        let (mut told, mut places) = (Vec::<OutgoingEvent>::new(), BTreeMap::new());
        for row in rows {
            let Some(ended) = self.ended(row).await? else { continue };
            for receiver in &events.receivers {
                let audiences = receiver.settings.audiences.iter();
                for audience in audiences.filter(|name| row.concerns(name) && ended.is_of(name)) {
                    let Some(state) = self.audiences.get(audience) else { continue };
                    let session = ended.session.as_ref();
                    let subject_id = subject_id(&state.issuer_id, &ended.subject, session);
                    let to = (receiver.name(), audience);
                    if receiver.wants(EventKind::RefreshReuse) && ended.is_theft(row) {
                        told.push(reuse(to, row, &ended, subject_id.clone(), now));
                    }
                    if !receiver.wants(EventKind::SessionRevoked) {
                        continue;
                    }
                    // An order to end a session is two rows: its end, and that its tokens are refused even
                    // where no such session is known. The second knows who gave it. Of orders about all
                    // sessions of a subject the last ends those, too, that began after the first.
                    let same = (receiver.name().to_owned(), audience.clone(), subject_id.clone());
                    let place = *places.entry(same).or_insert(told.len());
                    let event = event(to, row, &ended, subject_id, now);
                    match told.get_mut(place) {
                        None => told.push(event),
                        Some(known) if ended.session.is_none() || is_by_admin(row) => {
                            *known = event;
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        Ok(told)
    }

    /// Which sessions a revocation ends; `None` where it is about something else.
    async fn ended(&self, row: &Revocation) -> Result<Option<Ended>, BackendError> {
        Ok(match &row.scope {
            Scope::Session(id) => {
                // Whoever may revoke may name what was never a session, as often as they like.
                let session = self.sessions.session(id).await?;
                session
                    .filter(|session| why_of(session) != Some(EndReason::Undelivered))
                    .map(Ended::of)
            }
            Scope::Subject { subject, .. } | Scope::Version { subject, .. } => {
                Some(Ended { session: None, subject: subject.clone() })
            }
            _ => None,
        })
    }
}

impl Ended {
    fn of(session: Session) -> Self {
        Self { subject: session.subject.clone(), session: Some(session) }
    }

    /// Whether anything of `audience` ended: a service of another one may name a session, and learns nothing
    /// of it.
    fn is_of(&self, audience: &Audience) -> bool {
        self.session.as_ref().is_none_or(|session| session.audience == *audience)
    }

    /// Why the session store ended it; `None` where somebody gave an order. The row tells of an order, but not
    /// why: a service may be called what the store calls itself, and give any reason.
    fn why(&self, row: &Revocation) -> Option<EndReason> {
        self.session.as_ref().filter(|_| row.by == "sessions").and_then(why_of)
    }

    /// Whether the row ended it because two held its refresh token, or the passkey that signs for it.
    fn is_theft(&self, row: &Revocation) -> bool {
        matches!(self.why(row), Some(EndReason::RefreshReused | EndReason::PasskeyCopied))
    }
}

/// That two had what a refresh takes. Which of them was the thief nobody can tell.
fn reuse(
    to: (&str, &Audience),
    row: &Revocation,
    ended: &Ended,
    subject_id: String,
    now: UnixTime,
) -> OutgoingEvent {
    let device = ended.session.as_ref().and_then(|session| session.device.as_deref());
    let mut said = said(row, ended.why(row));
    said.insert("device".to_owned(), json!(device));
    OutgoingEvent {
        kind: EventKind::RefreshReuse,
        event: Value::Object(said).to_string(),
        ..event(to, row, ended, subject_id, now)
    }
}

fn event(
    (receiver, audience): (&str, &Audience),
    row: &Revocation,
    ended: &Ended,
    subject_id: String,
    now: UnixTime,
) -> OutgoingEvent {
    OutgoingEvent {
        receiver: receiver.to_owned(),
        audience: audience.clone(),
        kind: EventKind::SessionRevoked,
        token_id: Jti::random(),
        seq: row.seq,
        happened_at: row.at,
        issued_at: now,
        subject_id,
        event: Value::Object(said(row, ended.why(row))).to_string(),
    }
}

/// What an event says of a revocation (CAEP 1.0 § 2).
fn said(row: &Revocation, why: Option<EndReason>) -> Map<String, Value> {
    let mut said = Map::new();
    said.insert("event_timestamp".to_owned(), json!(row.at.as_secs()));
    said.insert("initiating_entity".to_owned(), json!(initiator(row, why)));
    // Only what we say ourselves: an operator's words are for nobody else.
    if let Some(why) = why {
        said.insert("reason_admin".to_owned(), json!({ "en": in_english(why) }));
    }
    said
}

fn why_of(session: &Session) -> Option<EndReason> {
    session.ended.as_ref().map(|ended| ended.why)
}

/// `initiating_entity` (CAEP 1.0 § 2).
fn initiator(row: &Revocation, why: Option<EndReason>) -> &'static str {
    match why {
        Some(EndReason::LoggedOut | EndReason::TokenRevoked) => "user",
        Some(EndReason::Administrator) => "admin",
        Some(EndReason::RefreshReused | EndReason::PasskeyCopied) => "policy",
        _ if is_by_admin(row) => "admin",
        _ => "system",
    }
}

/// A service may be called `admin-ui`.
fn is_by_admin(row: &Revocation) -> bool {
    row.by.starts_with("admin:")
}

fn in_english(why: EndReason) -> &'static str {
    match why {
        EndReason::LoggedOut => "logged out",
        EndReason::Administrator => "ended by an administrator",
        EndReason::RefreshReused => "a refresh token was used twice",
        EndReason::VersionBumped => "the token version was raised",
        EndReason::TokenRevoked => "the refresh token was revoked",
        EndReason::PasskeyRemoved => "its passkey was removed",
        EndReason::PasskeyCopied => "its passkey was copied",
        _ => "ended by a service",
    }
}

/// Facts that are read at a time.
pub(super) const PAGE: usize = 512;
