//! Subjects, services, sessions and refresh families: what they are, and what a store must promise.
//!
//! ```text
//! subject ──1:n── session ──1:n── refresh token     (the refresh family: one current, the rest spent)
//!    └─ token version                               (bumping it ends every family of the subject)
//! ```
//!
//! **Invariants**
//!
//! - No refresh token ever yields two different successors, and a family has at most one current token.
//!   [`decide`] is the only place that judges a presented refresh token; stores call it inside their
//!   transaction and carry out what it says.
//! - A plaintext token is never stored: only its hash, and inside the window of ten seconds the successor,
//!   sealed under a key that the presented token alone yields.
//! - Nothing here does I/O or reads a clock.

mod admin;
mod allowed;
mod lifetime;
mod opaque;
mod refresh;
mod service;
mod session;
mod store;

pub use admin::{AdminScope, AdminTokenRecord, AdminTokenStore};
pub use allowed::{AllowedScopes, InvalidAllowedScopes};
pub use lifetime::{InvalidLifetime, REFRESH_WINDOW, RefreshLifetime, SessionLifetime};
pub use opaque::{AdminToken, InvalidToken, RefreshToken, ServiceSecret};
pub use refresh::{
    ClientCheck, Decision, KnownToken, REUSE_MEMORY, RefreshAttempt, RefreshInvalid,
    RefreshOutcome, Rotation, decide,
};
pub use service::{
    InvalidServiceProof, May, PublicKeys, Service, ServiceProof, ServiceStore, SpiffeId,
    StoredSecret, UnknownMay, authenticate,
};
pub use session::{
    Begun, Created, DEVICE_MEMORY, DEVICES, Delivery, DeviceMark, EndReason, Ended, Idempotency,
    NewSession, RefreshMode, Session, UnknownName,
};
pub use store::{BumpVersion, SessionFilter, SessionStore};
