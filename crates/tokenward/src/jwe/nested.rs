//! A signed token inside an encrypted one (RFC 7519 § 5.2), with a policy for each layer.

use std::str;

use super::content_type::ContentType;
use super::decrypt::Decrypter;
use super::keys::DecryptionKeys;
use crate::profile::{AccessToken, SelfContained};
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{Verified, Verifier};

/// What the outer layer must say about the token inside it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NestedType {
    /// `at+jwt`: an access token of RFC 9068.
    AccessToken,
    /// `JWT`: any token (RFC 7519 § 5.2). What kind it is, its own `typ` says, to its own verifier.
    Jwt,
}

impl NestedType {
    /// The `cty`.
    #[must_use]
    pub const fn content_type(self) -> ContentType {
        match self {
            Self::AccessToken => ContentType::ACCESS_TOKEN,
            Self::Jwt => ContentType::JWT,
        }
    }
}

/// Decides about signed tokens that come encrypted. Clones are cheap.
///
/// The outer layer must decrypt and say what it holds; the inner one must be a signed token that the
/// [`Verifier`] takes by its own policy. Encryption alone proves nothing: unsigned claims under a
/// public key are anybody's (CVE-2026-29000). A token that comes unencrypted is refused, and so is one
/// that is encrypted twice.
///
/// ```
/// # fn f(jwk: &[u8], verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
/// use tokenward::{DecryptionKey, NestedType, NestedVerifier};
///
/// let keys = DecryptionKey::from_jwk(jwk)?.into();
/// let verifier = NestedVerifier::new(keys, NestedType::AccessToken, verifier);
/// println!("{}", verifier.verify(token, now)?.subject());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct NestedVerifier<P: SelfContained = AccessToken> {
    decrypter: Decrypter,
    verifier: Verifier<P>,
}

impl<P: SelfContained> NestedVerifier<P> {
    /// Decrypts with `keys` what says that it holds `nested`, which `verifier` decides about.
    #[must_use]
    pub fn new(keys: DecryptionKeys, nested: NestedType, verifier: Verifier<P>) -> Self {
        let builder = Decrypter::builder().keys(keys).content_type(nested.content_type());
        Self { decrypter: builder.build(), verifier }
    }

    /// Also takes A128GCM, for senders that make nothing else.
    #[must_use]
    pub const fn accept_a128gcm(mut self) -> Self {
        self.decrypter.accept_a128gcm = true;
        self
    }

    /// Decrypts and verifies `token` as of `now`.
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Verified<P::Claims>, Rejected> {
        let inner = self.decrypter.decrypt(token)?;
        let inner = str::from_utf8(inner.as_bytes()).map_err(|_| Reason::Malformed)?;
        self.verifier.verify(inner, now)
    }

    /// The same policies with other keys to decrypt with: for keys that each session has for itself.
    #[must_use]
    pub fn with_keys(&self, keys: DecryptionKeys) -> Self {
        Self { decrypter: self.decrypter.with_keys(keys), verifier: self.verifier.clone() }
    }

    /// Who decides about the token inside.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier<P> {
        &self.verifier
    }
}

impl<P: SelfContained> Clone for NestedVerifier<P> {
    fn clone(&self) -> Self {
        Self { decrypter: self.decrypter.clone(), verifier: self.verifier.clone() }
    }
}
