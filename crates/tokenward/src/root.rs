//! The offline root: keys that never meet a network say who may sign key sets.
//!
//! ```text
//! root keys, m of n, offline ──sign──▶ delegation ──names──▶ signer ──signs──▶ key set, as a statement
//! ```
//!
//! A verifier that pins the root ([`PinnedRoot`]) takes a key set only on the word of a signer that the
//! root has delegated: whoever owns the web server, the CDN or the DNS can neither add a key nor bring an
//! old set back.
//!
//! # The file
//!
//! A [`RootChain`] is one JSON object with no other members than these:
//!
//! ```text
//! {"roots":      [{"payload": BASE64URL, "signatures": [JWS, …]}, …],
//!  "delegation":  {"payload": BASE64URL, "signatures": [JWS, …]}}
//! ```
//!
//! Each signature is a compact JWS with detached content (RFC 7515, appendix F): `header..signature` over
//! `header.payload`. Its header is exactly `{"alg":"EdDSA","kid":THUMBPRINT,"typ":TYPE}`, encoded, and is
//! compared and never read; the type is `tokenward-root+jws` or `tokenward-delegation+jws`, so that no
//! document passes for another (RFC 8725 § 3.11). The payloads:
//!
//! | document | members |
//! | --- | --- |
//! | root | `version`, `threshold`, `keys` (JWKs, Ed25519, named by their thumbprints), `iat`, `exp` |
//! | delegation | `root` (the SHA-256 of the root's payload, base64url), `signer` (a JWK), `issuers`, `algorithms`, `iat`, `nbf`, `exp` |
//!
//! Root N + 1 is signed by thresholds of both N and N + 1 (The Update Framework, § 5.3). A root that came
//! to an end may still be followed to the next one; the last of the chain must be alive. A delegation names
//! the root that it is of, which must be the last: a rotation ends it, whichever keys stay.
//!
//! ```
//! use std::time::Duration;
//!
//! use tokenward::root::{NewDelegation, NewRoot, PinnedRoot, RootChain, TrustState};
//! use tokenward::{Algorithm, IssuerId, KeySet, SigningKey, StatementRequest, UnixTime};
//!
//! let now = UnixTime::from_secs(1_800_000_000);
//! let days = |number: u64| Duration::from_secs(number * 86_400);
//!
//! // Offline: three keys, any two of them.
//! let holders = [(); 3].map(|()| SigningKey::generate(Algorithm::EdDsa));
//! let keys = holders.iter().map(|key| key.verifying_key().clone()).collect();
//! let mut root = RootChain::init(&NewRoot { threshold: 2, keys, issued_at: now, lifetime: days(365) })?;
//! root.sign(&holders[0])?;
//! root.sign(&holders[1])?;
//! let pinned = PinnedRoot::parse(root.to_json().as_bytes())?;
//!
//! // Offline: the signer of key sets, for ninety days.
//! let (signer, issuer) = (SigningKey::generate(Algorithm::Es256), IssuerId::new("https://a.example")?);
//! let mut chain = root.delegate(&NewDelegation {
//!     signer: signer.verifying_key().clone(),
//!     issuers: vec![issuer.clone()],
//!     algorithms: vec![Algorithm::Es256],
//!     issued_at: now,
//!     not_before: now,
//!     lifetime: days(90),
//! })?;
//! chain.sign(&holders[0])?;
//! chain.sign(&holders[2])?;
//!
//! // Online: the key set, signed.
//! let token_key = SigningKey::generate(Algorithm::Es256);
//! let key_set = KeySet::from_keys([token_key.verifying_key().clone()])?.to_json();
//! let request = StatementRequest {
//!     issuer: &issuer, key_set: &key_set, version: 1, previous: None, issued_at: now, lifetime: days(1),
//! };
//! let kid = signer.key_id().ok_or("a generated key has a name")?;
//! let unsigned = request.prepare(kid, signer.algorithm())?;
//! let signature = signer.sign(unsigned.signing_input())?;
//! let statement = unsigned.assemble(&signature);
//!
//! // The verifier.
//! let trusted = pinned.verify(chain.to_json().as_bytes(), &statement, &issuer, &TrustState::default(), now)?;
//! assert_eq!(trusted.key_set().keys().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod delegation;
mod document;
mod error;
mod pinned;
mod signed;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use chain::RootChain;
pub use delegation::{Delegation, NewDelegation};
pub use document::{NewRoot, Root};
pub use error::{Distrust, RootError};
pub use pinned::{PinnedRoot, TrustedKeys};
pub use signed::Signatures;
pub use state::TrustState;

use crate::json::{Object, Raw};
use crate::profile::DAY;
use crate::time::UnixTime;

/// The longest life of a root: three years. Who holds a key for longer has lost track of it.
pub const LONGEST_ROOT: Duration = DAY.saturating_mul(3 * 366);
/// The longest life of a delegation: a year.
pub const LONGEST_DELEGATION: Duration = DAY.saturating_mul(366);

/// An object with exactly the members `names`, none of them missing but those that `may_lack`.
fn exactly<'a>(json: &'a [u8], names: &[&str], may_lack: &[&str]) -> Option<Object<'a>> {
    let object = Object::parse(json).ok()?;
    let known = object.iter().all(|member| names.contains(&&*member.name.to_str()));
    let whole = names.iter().all(|name| object.has(name) || may_lack.contains(name));
    (known && whole).then_some(object)
}

fn time(object: &Object<'_>, name: &str) -> Option<UnixTime> {
    object.get(name).and_then(Raw::as_date)
}
