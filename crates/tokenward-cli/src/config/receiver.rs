//! `[[receiver]]`: others' systems that are told what happens to sessions.

use std::path::PathBuf;

use tokenward::{Audience, ClientId};
use tokenward_remote::Endpoint;
use tokenward_server::settings::{EventKind, UnknownEventKind};

use crate::config::reader::Section;
use crate::config::values;
use crate::secret::SecretRef;

#[cfg(test)]
mod tests;

/// A receiver of events.
#[derive(Debug)]
pub(crate) struct ReceiverConfig {
    pub(crate) name: String,
    /// The `aud` of its events.
    pub(crate) recipient: Audience,
    pub(crate) audiences: Vec<Audience>,
    pub(crate) events: Vec<EventKind>,
    pub(crate) delivery: Delivery,
}

/// How it gets them.
#[derive(Debug)]
pub(crate) enum Delivery {
    Push { to: Endpoint, authorization: Option<SecretRef>, ca: Option<PathBuf> },
    Poll { service: ClientId },
}

impl Delivery {
    /// The secret that a receiver wants to see.
    pub(super) const fn authorization(&self) -> Option<&SecretRef> {
        match self {
            Self::Push { authorization, .. } => authorization.as_ref(),
            Self::Poll { .. } => None,
        }
    }
}

pub(super) fn read(section: &Section<'_>) -> Option<ReceiverConfig> {
    let name = section.required("name", "\"crm\"", |text| {
        values::name(text)?;
        Ok(text.to_owned())
    });
    let audiences = section.list("audiences", |text| {
        Audience::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let events = events(section);
    let push = section.parsed("push", |text| {
        let to = Endpoint::https_or_loopback(text).map_err(|error| error.to_string())?;
        Ok((text.to_owned(), to))
    });
    let poll = section.parsed("poll", |text| ClientId::new(text).map_err(|e| e.to_string()));
    let recipient = section.parsed("recipient", recipient);
    let authorization =
        section.has("authorization").then(|| values::secret(section, "authorization"));
    let ca = section.path("ca");
    if section.has("push") == section.has("poll") {
        section.whole_problem("set exactly one of push, a URL, and poll, the name of a service");
        return None;
    }
    if section.has("poll") {
        for key in ["authorization", "ca"].into_iter().filter(|key| section.has(key)) {
            section.problem(key, "is for events that are pushed; delete it");
        }
        let Some(recipient) = recipient else {
            if !section.has("recipient") {
                section.problem("recipient", "is missing; write whom the events are for, for example \"https://crm.example.com\"");
            }
            return None;
        };
        let delivery = Delivery::Poll { service: poll? };
        let (name, audiences, events) = (name?, audiences?, events?);
        return Some(ReceiverConfig { name, recipient, audiences, events, delivery });
    }
    let (url, to) = push?;
    let recipient = match recipient {
        Some(recipient) => recipient,
        None => Audience::foreign(url).ok()?,
    };
    let authorization = match authorization {
        Some(secret) => Some(secret?),
        None => None,
    };
    let delivery = Delivery::Push { to, authorization, ca };
    let (name, audiences, events) = (name?, audiences?, events?);
    Some(ReceiverConfig { name, recipient, audiences, events, delivery })
}

/// What it is told; of the ends of sessions alone, if nothing is said.
fn events(section: &Section<'_>) -> Option<Vec<EventKind>> {
    if !section.has("events") {
        return Some(vec![EventKind::SessionRevoked]);
    }
    let kinds = section.list("events", |text| {
        text.parse().map_err(|error: UnknownEventKind| format!("`{text}` {error}"))
    })?;
    if kinds.is_empty() {
        section.problem("events", "is empty, so it would be told nothing; name one, or delete it");
        return None;
    }
    Some(kinds)
}

fn recipient(text: &str) -> Result<Audience, String> {
    Audience::foreign(text).map_err(|error| error.to_string())
}
