//! JSON Web Tokens whose classic mistakes do not compile.
//!
//! **Invariant:** this crate does no I/O, reads no clock and keeps no globals. Bytes, keys, policy and
//! `now` come in; a value goes out.

mod alg;
pub mod b64;
mod claims;
mod compact;
pub mod crypto;
pub mod danger;
mod error;
mod header;
mod ids;
mod issue;
mod json;
mod key;
mod keyset;
pub mod limits;
mod reject;
mod scope;
mod time;
mod verify;

pub use alg::{Algorithm, UnknownAlgorithm};
pub use claims::{AccessClaims, RESERVED_CLAIMS};
pub use error::{BackendError, BackendErrorKind, ErrorChain};
pub use header::{TokenType, UnknownTokenType};
pub use ids::{
    Audience, ClientId, InvalidId, IssuerId, Jti, KeyId, SessionId, Subject, TokenVersion,
};
pub use issue::{
    AccessLifetime, InvalidLifetime, IssueError, Issuer, IssuerBuilder, TokenRequest, Unsigned,
};
pub use json::JsonError;
pub use key::{KeyError, SignFailed, SigningKey, VerifyingKey};
pub use keyset::{KeySet, KeySetError, SkippedKey};
pub use reject::{Reason, Rejected};
pub use scope::{InvalidScope, Scope};
pub use time::{Clock, UnixTime};
pub use verify::{Verified, Verifier, VerifierBuilder};

/// Marks what a builder has not been told yet, and without which it has no `build`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Missing;
