//! Revocations become events.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokenward::{Audience, BackendError, BackendErrorKind, IssuerId, Jti, Subject, UnixTime};
use tokenward_revocation::{OutgoingEvent, Revocation, Scope, Seq};
use tokenward_sessions::{EndReason, Session};

use super::super::Authority;
use super::Events;

/// Revocations as events.
struct Slice {
    /// The last of them.
    to: Seq,
    told: Vec<OutgoingEvent>,
    /// There was no more when they were read.
    is_last: bool,
}

/// What a revocation ended, as events name it.
struct Ended {
    /// `None`: every session of the subject.
    session: Option<Session>,
    subject: Subject,
}

impl Authority {
    /// Lets every revocation that is in the store become events. The clockwork does this four times a second,
    /// and before old revocations are forgotten.
    pub async fn collect_events(&self) -> Result<(), BackendError> {
        let Some(events) = &self.events else { return Ok(()) };
        let collected = self.collect(events).await;
        events.lamp.show(&collected);
        collected
    }

    async fn collect(&self, events: &Events) -> Result<(), BackendError> {
        loop {
            let from = events.store.events_head().await?;
            let Some(slice) = self.slice(events, from).await? else { return Ok(()) };
            let news = !slice.told.is_empty();
            if let Err(error) = events.store.add_events(from, slice.to, slice.told).await {
                // Another replica was faster, and may have added less than we would have.
                let outrun = error.kind() == BackendErrorKind::Conflict
                    && events.store.events_head().await? != from;
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
                    let subject_id = ended.subject_id(&state.issuer_id).to_string();
                    // An order to end a session is two rows: its end, and that its tokens are refused even
                    // where no such session is known. The second knows who gave it. Of orders about all
                    // sessions of a subject the last ends those, too, that began after the first.
                    let same = (receiver.name().to_owned(), audience.clone(), subject_id.clone());
                    let place = *places.entry(same).or_insert(told.len());
                    let event = event((receiver.name(), audience), row, &ended, subject_id, now);
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

    /// A complex subject (SSF 1.0 § 3.2): the event applies to every session that matches all of it.
    fn subject_id(&self, issuer: &IssuerId) -> Value {
        let mut id = json!({ "format": "complex" });
        if let Some(members) = id.as_object_mut() {
            if let Some(session) = &self.session {
                let session = json!({ "format": "opaque", "id": session.id.as_str() });
                members.insert("session".to_owned(), session);
            }
            let user = json!({
                "format": "iss_sub", "iss": issuer.as_str(), "sub": self.subject.as_str(),
            });
            members.insert("user".to_owned(), user);
        }
        id
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
        token_id: Jti::random(),
        seq: row.seq,
        happened_at: row.at,
        issued_at: now,
        subject_id,
        event: said(row, ended.why(row)),
    }
}

/// What an event says of a revocation (CAEP 1.0 § 2).
fn said(row: &Revocation, why: Option<EndReason>) -> String {
    let mut said = json!({
        "event_timestamp": row.at.as_secs(),
        "initiating_entity": initiator(row, why),
    });
    // Only what we say ourselves: an operator's words are for nobody else.
    if let (Some(why), Some(members)) = (why, said.as_object_mut()) {
        members.insert("reason_admin".to_owned(), json!({ "en": in_english(why) }));
    }
    said.to_string()
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

/// Revocations that are read at a time.
const PAGE: usize = 512;
