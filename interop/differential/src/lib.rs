//! The verifier of `tokenward` beside those that others wrote, on the same tokens.
//!
//! **Law:** what we accept, every peer accepts, and reads the same subject in it, but for what
//! `exceptions.toml` lists. The converse is counted, by kind of change.
//!
//! ```text
//! Change ──┐
//! Keys ────┼─ token ─▶ Question ─▶ our verdict, each Peer's ─▶ Comparison ─▶ law, table
//! now ─────┘
//! ```
//!
//! A token is a good one with [`Change`]s, and signed after the change wherever it is in what a
//! signature covers, so that the rule alone decides and not the signature.

pub mod change;
mod comparison;
mod exceptions;
mod keys;
mod members;
pub mod peer;
mod question;
mod table;
mod token;

pub use change::Change;
pub use comparison::{Comparison, Violation};
pub use exceptions::{Exception, Exceptions};
pub use keys::{KeyRing, Keys};
pub use question::{AUDIENCE, Accept, ISSUER, LEEWAY, Question, Time, now};
pub use token::{Context, token};
