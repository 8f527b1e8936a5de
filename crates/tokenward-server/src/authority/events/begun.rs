//! Sessions that began become events: each, and those on a new device.

use serde_json::{Map, Value, json};
use tokenward::{Audience, BackendError, Jti, UnixTime};
use tokenward_revocation::{EventKind, OutgoingEvent, Seq};
use tokenward_sessions::{Begun, EndReason};

use super::super::Authority;
use super::collect::{PAGE, Slice};
use super::{Events, LONGEST, subject_id};

impl Authority {
    /// The sessions that began after that with the number `from`; `None` if none did.
    pub(super) async fn begun_slice(
        &self,
        events: &Events,
        from: Option<Seq>,
    ) -> Result<Option<Slice>, BackendError> {
        let Some(from) = from else {
            // As with revocations: what was before the first receiver is no news.
            let to = Seq::new(self.sessions.begun_head().await?);
            return Ok(Some(Slice { to, told: Vec::new(), is_last: true }));
        };
        let begun = self.sessions.begun_since(from.get(), PAGE).await?;
        let Some(to) = begun.last().map(|begun| Seq::new(begun.number)) else { return Ok(None) };
        let told = begun.iter().flat_map(|begun| self.events_of_begun(events, begun)).collect();
        Ok(Some(Slice { to, told, is_last: begun.len() < PAGE }))
    }

    fn events_of_begun(&self, events: &Events, begun: &Begun) -> Vec<OutgoingEvent> {
        let (now, session) = (self.clock.now(), &begun.session);
        let nobody_held_it = session.ended.is_some_and(|ended| ended.why == EndReason::Undelivered);
        let is_old = session.created_at < now.saturating_sub(LONGEST);
        let Some(audience) = self.audiences.get(&session.audience) else { return Vec::new() };
        if nobody_held_it || is_old {
            return Vec::new();
        }
        let subject_id = subject_id(&audience.issuer_id, &session.subject, Some(session));
        let told_of = events
            .receivers
            .iter()
            .filter(|one| one.settings.audiences.contains(&session.audience));
        told_of
            .flat_map(|receiver| {
                let kinds = [EventKind::SessionEstablished, EventKind::NewDevice];
                kinds.into_iter().filter(|kind| receiver.wants(*kind)).filter_map(|kind| {
                    let event = said(kind, begun)?.to_string();
                    let to = (receiver.name(), &session.audience);
                    Some(outgoing(to, kind, begun, (subject_id.clone(), event), now))
                })
            })
            .collect()
    }
}

fn outgoing(
    (receiver, audience): (&str, &Audience),
    kind: EventKind,
    begun: &Begun,
    (subject_id, event): (String, String),
    now: UnixTime,
) -> OutgoingEvent {
    OutgoingEvent {
        receiver: receiver.to_owned(),
        audience: audience.clone(),
        kind,
        token_id: Jti::random(),
        seq: Seq::new(begun.number),
        happened_at: begun.session.created_at,
        issued_at: now,
        subject_id,
        event,
    }
}

/// What an event says of a session that began; `None` if it is no such event.
fn said(kind: EventKind, begun: &Begun) -> Option<Value> {
    let session = &begun.session;
    let mut said = Map::new();
    said.insert("event_timestamp".to_owned(), session.created_at.as_secs().into());
    said.insert("initiating_entity".to_owned(), "user".into());
    if kind == EventKind::NewDevice {
        said.insert("known_devices".to_owned(), begun.new_device_beside?.into());
        said.insert("device".to_owned(), json!(session.device));
        said.insert("client_id".to_owned(), session.client_id.as_str().into());
    } else {
        // Of the members of CAEP 1.0 § 3.6 those that we know: addresses are not kept here.
        let known =
            ["acr", "amr"].into_iter().filter_map(|name| session.claims.get_key_value(name));
        said.extend(known.map(|(name, value)| (name.clone(), value.clone())));
    }
    Some(Value::Object(said))
}
