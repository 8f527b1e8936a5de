//! What tests share: a clock they set, the contracts that every store and custody keeps, a load under
//! which keys rotate, and a disk that forgets.
//!
//! A dev-dependency only. A contract is a list of promises, each run on a fresh store of the caller's
//! making, so that every back end is held to the same ones.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "this is test code: a broken promise is a panic"
)]

mod certificates;
mod clock;
mod contract;
pub mod forgetful;
mod load;
mod memory_keys;
mod ports;
mod proofs;
mod pyjwt;
pub mod redis;
pub mod sample;
pub mod sign_times;

pub use certificates::{hexadecimal, told_by};
pub use clock::TestClock;
pub use contract::custody::{CustodyTraits, custody_contract};
pub use contract::events::event_contract;
pub use contract::frames::frame_contract;
pub use contract::keys::key_contract;
pub use contract::revocations::revocation_contract;
pub use contract::services::{admin_token_contract, service_contract};
pub use contract::sessions::session_contract;
pub use contract::statements::statement_contract;
pub use contract::statuses::status_contract;
pub use load::{Rotated, rotates_under_load};
pub use memory_keys::MemoryKeys;
pub use ports::free_port;
pub use proofs::{BadProofCase, ProofFor, ProofMaker};
pub use pyjwt::{pyjwt_objects_to, python};
