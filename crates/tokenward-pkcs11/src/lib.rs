//! The custody `pkcs11`: keys that are made in a hardware token and never leave it.
//!
//! It speaks PKCS #11 (OASIS, versions 2.40 and 3.0) to the vendor's library, which is loaded into the
//! process. Keys are sensitive, not extractable, and may sign, nothing else.
//!
//! **Invariant:** a signature leaves this crate only after the public half has verified it. A library that
//! mixes up sessions, a token that was swapped and a worn-out chip all end in an error, never in a token.
//!
//! **Invariant:** the PIN is tried once. A token locks itself after a few wrong ones, and whoever tries
//! again and again takes away the operator's last try.

mod custody;
mod error;
mod handle;
mod module;
mod objects;
mod public;
mod sessions;

pub use custody::Pkcs11;
pub use error::{Pkcs11Error, Setting};
