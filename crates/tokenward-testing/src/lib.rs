//! What tests share: a clock they set, the contracts that every store and custody keeps, and a disk that
//! forgets.
//!
//! A dev-dependency only. A contract is a list of promises, each run on a fresh store of the caller's
//! making, so that every back end is held to the same ones.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this is test code: a broken promise is a panic"
)]

mod clock;
mod contract;
pub mod forgetful;
mod pyjwt;

pub use clock::TestClock;
pub use contract::custody::{CustodyTraits, custody_contract};
pub use contract::keys::key_contract;
pub use contract::revocations::revocation_contract;
pub use contract::services::{admin_token_contract, service_contract};
pub use contract::sessions::session_contract;
pub use pyjwt::{pyjwt_objects_to, python};
