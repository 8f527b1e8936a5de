//! JSON Web Tokens whose classic mistakes do not compile.
//!
//! **Invariant:** this crate does no I/O, reads no clock and keeps no globals. Bytes, keys, policy and
//! `now` come in; a value goes out.

pub mod crypto;
mod error;
mod ids;
mod scope;
mod time;

pub use error::{BackendError, BackendErrorKind, ErrorChain};
pub use ids::{
    Audience, ClientId, InvalidId, IssuerId, Jti, KeyId, SessionId, Subject, TokenVersion,
};
pub use scope::{InvalidScope, Scope};
pub use time::{Clock, UnixTime};
