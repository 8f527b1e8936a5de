//! Vault (and `OpenBao`) as a custody: private keys that never leave its transit engine.
//!
//! Or private keys that are documents there: [`VaultKv`], together with
//! [`Pulled`](tokenward_keys::custody::Pulled).
//!
//! [`Vault`] is a client for the few calls that this takes: who we are (a token, or an `AppRole`), how long
//! that lasts, and what to do while the vault is sealed, slow or gone. [`VaultTransit`] is the custody on
//! top of it, [`VaultKek`] a key-encryption key for what stays in the store, [`VaultSecrets`] what an operator
//! keeps there.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tokenward::{Audience, Clock};
//! use tokenward_vault::{Login, Mount, Vault, VaultAddress, VaultOptions, VaultSecret, VaultTransit};
//!
//! # async fn f(
//! #     tls: rustls::ClientConfig, clock: Arc<dyn Clock>,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let address = VaultAddress::new("https://vault.example.com:8200")?;
//! let login = Login::AppRole {
//!     mount: Mount::new("approle")?,
//!     role_id: VaultSecret::new("4b7c…")?,
//!     secret_id: VaultSecret::new("9f01…")?,
//! };
//! let vault = Vault::new(VaultOptions::new(address, tls), move || Ok(login.clone()), clock);
//! let custody = VaultTransit::new(vault, Mount::new("transit")?, "prod");
//! // What `tokenward check` asks: reached, unsealed, let in, a transit engine, and the policy that it takes.
//! custody.check(&Audience::new("billing-api")?).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** https alone, but for a loopback address; no redirect is followed; no answer is read beyond
//! a limit; nothing is waited for without an end.
//! **Invariant:** no token and no secret is in an error, a log line or a `Debug`; each is overwritten when it
//! is let go. (What the TLS library and the allocator copied on the way is out of reach.)
//! **Invariant:** a signature leaves this crate after the public half of its key has verified it.

mod address;
mod client;
mod custody;
mod error;
mod http;
mod kek;
mod kv;
mod lease;
mod login;
mod secrets;
mod transit;

pub use address::{BadAddress, BadMount, Mount, VaultAddress};
pub use client::{Vault, VaultOptions};
pub use custody::VaultTransit;
pub use error::VaultError;
pub use kek::VaultKek;
pub use kv::VaultKv;
pub use login::{BadSecret, Login, LoginError, VaultSecret};
pub use secrets::VaultSecrets;
