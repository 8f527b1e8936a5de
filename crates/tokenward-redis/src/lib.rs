//! The revocation feed in Redis: for verifiers, and for programs in any language.
//!
//! ```text
//! authority ──Outgoing──▶ RedisFeed ──one script──▶ keys, head, stream ──▶ RedisSource ──▶ verifiers
//!               (never waits)   ▲                          │
//!                     the store ┘ repairs                  └──GET──▶ programs in other languages
//! ```
//!
//! The truth stays in the store. Redis is a copy that may lose what it acknowledged, be flushed, or be
//! another server after a fail-over; each write says what it relies on, and where that is not so,
//! Redis is brought up to date from the store first.
//!
//! **Invariant:** `head` in Redis never claims more than its keys hold: both are written by one script,
//! the head last.
//!
//! **Invariant:** whatever Redis does, the authority goes on serving, and nothing waits for Redis.
//!
//! **Invariant:** a key that is there stays at least as long, and refuses at least as much.

mod address;
mod error;
mod feed;
mod layout;
mod link;
mod script;
mod source;

pub use address::{BadAddress, RedisAddress, RedisSecrets};
pub use error::RedisFault;
pub use feed::{RedisFeed, RedisFeedConfig};
pub use layout::RESERVED_NAMES;
pub use source::RedisSource;
