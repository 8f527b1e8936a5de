//! AWS as a custody: private keys that never leave its key management service, or secrets of their own in
//! its Secrets Manager.
//!
//! [`Aws`] is a client for the few calls that this takes: who we are, as a configuration names it or as AWS's
//! usual chain finds it, a signature on each request, and what to do while AWS throttles or is out of reach.
//! [`AwsKms`] is the custody on top of it; [`SecretsManager`] makes one together with
//! [`Pulled`](tokenward_keys::custody::Pulled); [`AwsKek`] is a key-encryption key for what stays in the store.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tokenward::{Audience, Clock};
//! use tokenward_aws::{Aws, AwsCredentials, AwsKms, AwsOptions, CredentialSource, Kms, Region};
//! use tokenward_keys::Custody as _;
//!
//! # async fn f(
//! #     tls: rustls::ClientConfig, clock: Arc<dyn Clock>,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let options = AwsOptions::new(Region::new("eu-central-1")?, tls);
//! let credentials = AwsCredentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", None)?;
//! let source = CredentialSource::named(move || Ok(credentials.clone()));
//! let custody = AwsKms::new(Kms::new(Aws::new(options, source, clock)), "prod");
//! // What `tokenward check` asks: reached, known, in this region, at this time.
//! custody.check(&Audience::new("billing-api")?).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** https alone, but for a loopback address and the link-local ones at which AWS serves
//! credentials; no redirect is followed; no answer is read beyond a limit; nothing is waited for without an
//! end.
//! **Invariant:** no secret is in an error, a log line or a `Debug`; each is overwritten when it is let go.
//! (What the TLS library and the allocator copied on the way is out of reach.)
//! **Invariant:** a key is named by its ARN, never by an alias, and a signature leaves this crate after the
//! public half of its key has verified it.

mod address;
mod arn;
mod client;
mod credentials;
mod custody;
mod error;
mod http;
mod kek;
mod kms;
mod secrets;
mod signature;
mod sigv4;

pub use address::{BadEndpoint, BadRegion, Endpoint, Region};
pub use arn::{BadKeyArn, KeyArn};
pub use client::{Aws, AwsOptions};
pub use credentials::{AwsCredentials, BadCredentials, CredentialSource, Surroundings};
pub use custody::AwsKms;
pub use error::AwsError;
pub use kek::AwsKek;
pub use kms::Kms;
pub use secrets::SecretsManager;
