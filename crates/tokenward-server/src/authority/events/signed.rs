//! The tokens of events that a receiver fetches, each signed once.
//!
//! A receiver may ask for the same events again and again, and a signature can cost a call of a custody
//! elsewhere that everybody's tokens need too.

use std::collections::BTreeMap;

use tokenward::{Jti, KeySet};
use tokenward_revocation::OutgoingEvent;

use super::Token;

/// What was signed for one receiver and may be asked for again.
#[derive(Debug, Default)]
pub(super) struct Signed(BTreeMap<Jti, Token>);

impl Signed {
    /// The token of `event`, if the key that signed it is among `published`.
    pub(super) fn of(&self, event: &OutgoingEvent, published: &KeySet) -> Option<String> {
        let token = self.0.get(&event.token_id)?;
        published.find(&token.key)?;
        Some(token.text.clone())
    }

    /// Keeps the token of `event`, and gives it back.
    pub(super) fn keep(&mut self, event: &OutgoingEvent, token: Token) -> String {
        let text = token.text.clone();
        self.0.insert(event.token_id.clone(), token);
        text
    }

    /// Forgets all but the tokens of `events` once there are more than `most`: whoever does not settle events
    /// gets the same ones again.
    pub(super) fn trim(&mut self, events: &[OutgoingEvent], most: usize) {
        if self.0.len() > most {
            let named = |id: &Jti| events.iter().any(|event| event.token_id == *id);
            self.0.retain(|id, _| named(id));
        }
    }
}
