//! What "revoked" means, and how a verifier knows of it in time.
//!
//! ```text
//! RevocationStore ──since──▶ FeedSigner ──▶ FrameStore ──▶ Follower (FeedTrust) ──▶ View ──▶ verdict
//!  the truth                 signs frames    the chain      no I/O                   Set + age
//! ```
//!
//! A revocation is a fact about a token id, a session, a subject, a key, an audience or an issuer. It
//! ends when the last token it concerns has expired, so what is live is bounded by time.
//!
//! **Invariant:** nothing here does I/O or reads a clock; carriers live in other crates.
//!
//! **Invariant:** a verifier that reports the age *a* knows everything that was revoked more than *a*
//! ago. Ages come from the store's time inside the messages, never from the time of receipt.

mod carrier;
mod chain;
mod dense;
mod event;
pub mod feed;
mod fingerprint;
mod follower;
mod record;
mod set;
mod status;
mod store;
mod view;

pub use carrier::{Carrier, Message, Outgoing, SealedFrame, SealedHeartbeat, Source, Subscription};
pub use chain::{FrameStore, StoredFrame};
pub use dense::{DenseId, DenseIds, ShardLease, ShardRequest};
pub use event::{EventKind, EventSource, EventStore, OutgoingEvent, UnknownEventKind};
pub use fingerprint::{Fingerprint, Fingerprints, InvalidFingerprint};
pub use follower::{Follower, NeedSnapshot, Progress, Why};
pub use record::{NewRevocation, Revocation, Scope, Seq};
pub use set::{BadBody, Facts, Memo, RevokedBy, Set};
pub use status::{InvalidStatusListId, StatusEntry, StatusListId, StatusStore};
pub use store::RevocationStore;
pub use view::{FreshnessPolicy, Stale, View, WhenStale};
