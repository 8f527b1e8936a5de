//! Every store in one embedded file: runs with nothing else installed.
//!
//! ```text
//! commands ──▶ writer thread ──▶ WAL ──▶ file        (one fsync per group of commands, then the answers)
//! reads    ──▶ a few reading connections
//!              checkpoint thread: copies the WAL back while both go on
//! ```
//!
//! **Invariants**
//!
//! - An answer leaves only once what it says is durable: `synchronous=FULL`, and no answer before the
//!   commit has returned.
//! - One process at a time has the file; a second one is told so in one line.
//! - What is deleted is overwritten (`secure_delete`), and when a key's private half is destroyed the log
//!   is emptied before the answer.

mod admin;
mod events;
mod fault;
mod frames;
mod keys;
mod open;
mod orders;
mod passkeys;
mod readers;
mod revocations;
mod services;
mod sessions;
mod shards;
mod statements;
mod statuses;
mod store;
mod value;
mod writer;

pub use open::OpenError;
pub use store::{Options, SqliteStore, Stats};
