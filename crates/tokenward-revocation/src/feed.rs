//! What travels from the authority to its verifiers: signed messages.
//!
//! | message | `typ` | carried as | says |
//! | --- | --- | --- | --- |
//! | [`Snapshot`] | `revocation-snapshot+jwt` | `GET /revocations/{aud}/snapshot` | everything live, up to a frame |
//! | [`Frame`] | `revocation-frame+jwt` | SSE `event: frame`, `id: SEQ_TO` | what was revoked in a range of numbers |
//! | [`Heartbeat`] | `revocation-heartbeat+jwt` | SSE `event: heartbeat`, once a second | nothing was revoked beyond this frame |
//!
//! Each is a compact JWS (RFC 7515 § 3.1) by the feed key of its audience ([`FeedSigner`]), an Ed25519
//! key that signs nothing else, so that a stolen token key can neither take a revocation back nor hide
//! its own end. The protected header is exactly `{"alg":"EdDSA","kid":KID,"typ":TYP}`, encoded; it is
//! compared and never read ([`FeedTrust`]).
//!
//! Frames of one audience are a chain: each names the SHA-256 of the one before, and its numbers begin
//! right behind it. Numbers are the store's; a frame covers a range of them and leaves out what concerns
//! other audiences. A frame is made once and kept ([`FrameStore`]), so that every replica and every
//! carrier sends the same bytes. A heartbeat stands outside the chain: any replica signs it.
//!
//! **Invariant, for whoever sends:** the `time` of a snapshot or heartbeat is read from the clock
//! *before* the store is read, so that everything committed before it is covered. A time read
//! afterwards would let a verifier claim a freshness that it does not have.
//!
//! **Invariant, for whoever reads:** no member of a message counts before its signature has.
//!
//! Unknown members are ignored, but an unknown kind of fact makes the whole message unreadable: a
//! verifier that cannot understand a revocation must not go on as if it had not been sent.
//!
//! [`FrameStore`]: crate::FrameStore

use tokenward::b64;
use tokenward::crypto::sha256;

mod item;
mod jws;
mod message;
mod signer;
mod trust;
mod wire;

#[cfg(test)]
mod tests;

pub use item::{Fact, Item};
pub use message::{Frame, FrameHash, Heartbeat, InvalidHash, Snapshot};
pub use signer::{BadFeedKey, FeedSigner};
pub use trust::{BadMessage, FeedTrust};

/// The name of the SSE event that carries a [`Frame`].
pub const EVENT_FRAME: &str = "frame";
/// The name of the SSE event that carries a [`Heartbeat`].
pub const EVENT_HEARTBEAT: &str = "heartbeat";
/// The media type of a [`Snapshot`]: a line of text, then bytes.
pub const SNAPSHOT_TYPE: &str = "application/vnd.tokenward.revocations";

/// The longest snapshot, in bytes: its signed line, of some KiB, and the body of a set that could not hold more
/// of anything.
pub const SNAPSHOT_BYTES: usize = crate::set::LONGEST + (64 << 10);

/// The most items that one frame should carry, so that no single event grows without bound.
pub const FRAME_ITEMS: usize = 4_096;

/// The digest of a published key set by which a heartbeat tells that it has changed: SHA-256 of the
/// body that `jwks.json` answers, in base64url.
#[must_use]
pub fn keys_digest(body: &[u8]) -> String {
    b64::encode(&sha256(body))
}
