//! The form of every message: a compact JWS with one header and no other.

use tokenward::{KeyId, VerifyingKey, b64};

/// What kind of message. One never passes for another (RFC 8725 § 3.11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Frame,
    Heartbeat,
    Snapshot,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Frame, Self::Heartbeat, Self::Snapshot];

    const fn typ(self) -> &'static str {
        match self {
            Self::Frame => "revocation-frame+jwt",
            Self::Heartbeat => "revocation-heartbeat+jwt",
            Self::Snapshot => "revocation-snapshot+jwt",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Heartbeat => "heartbeat",
            Self::Snapshot => "snapshot",
        }
    }
}

/// The header of messages of `kind` by the key `id`, encoded. There is one spelling.
pub(super) fn header(id: &KeyId, kind: Kind) -> String {
    // No character that a key id may hold needs an escape in JSON.
    b64::encode(format!(r#"{{"alg":"EdDSA","kid":"{id}","typ":"{}"}}"#, kind.typ()).as_bytes())
}

/// A message in its three parts, about which nothing is known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    /// `header.payload`.
    input: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn split(jws: &'a str) -> Option<Self> {
        let (input, signature) = jws.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        Some(Self { header, payload, input, signature })
    }

    /// Whether `key` has signed this.
    pub(super) fn is_by(&self, key: &VerifyingKey) -> bool {
        b64::decode(self.signature)
            .is_ok_and(|signature| key.verify(self.input.as_bytes(), &signature))
    }
}
