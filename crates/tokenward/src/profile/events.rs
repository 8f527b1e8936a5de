//! What logout tokens and security event tokens share: `events` (RFC 8417 § 2.2).

use std::fmt;

use crate::claims::{Fields, NamedText};
use crate::json::{ReadError, from_str};
use crate::reject::Reason;

/// The events of a token: for each kind, the text of the object that says more. At least one.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Events(Vec<NamedText>);

impl Events {
    /// Those in `claims`, which must be an object of objects.
    pub(super) fn read(claims: Fields<'_, '_>) -> Result<Self, Reason> {
        let events = claims.objects("events")?;
        if events.is_empty() { Err(Reason::InvalidClaim("events")) } else { Ok(Self(events)) }
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(kind, _)| kind.as_ref())
    }

    pub(super) fn get<'a, T: serde::Deserialize<'a>>(
        &'a self,
        kind: &str,
    ) -> Option<Result<T, ReadError>> {
        let (_, text) = self.0.iter().find(|(own, _)| **own == *kind)?;
        Some(from_str(text))
    }
}

/// Shows what kinds of events they are, and not what they say.
impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.kinds()).finish()
    }
}
