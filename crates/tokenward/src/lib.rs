//! JSON Web Tokens whose classic mistakes do not compile.
//!
//! **Invariant:** this crate does no I/O, reads no clock and keeps no globals. Bytes, keys, policy and
//! `now` come in; a value goes out.

mod alg;
pub mod b64;
pub mod crypto;
mod error;
mod header;
mod ids;
mod json;
mod key;
mod keyset;
pub mod limits;
mod scope;
mod time;

pub use alg::{Algorithm, UnknownAlgorithm};
pub use error::{BackendError, BackendErrorKind, ErrorChain};
pub use ids::{
    Audience, ClientId, InvalidId, IssuerId, Jti, KeyId, SessionId, Subject, TokenVersion,
};
pub use json::JsonError;
pub use key::{KeyError, SignFailed, SigningKey, VerifyingKey};
pub use keyset::{KeySet, KeySetError, SkippedKey};
pub use scope::{InvalidScope, Scope};
pub use time::{Clock, UnixTime};
