//! What builders must be told before they have a `build`, and what the compiler says where they were not.
//!
//! Each thing that matters has a trait, which the type of that thing has and [`Missing`] has not. A `build`
//! that were merely absent would make the compiler say that there is no such method, and not what to do.

use crate::ids::{Audience, IssuerId, Subject};
use crate::issue::AccessLifetime;
use crate::jwe::{ContentType, DecryptionKeys};
use crate::keyset::KeySet;

/// Marks what a builder has not been told yet, and without which it has no `build`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Missing;

/// That a builder was told the issuer.
#[diagnostic::on_unimplemented(
    message = "nobody has said who issues the tokens",
    label = "call `.issuer(…)` before `.build()`",
    note = "a verifier that takes tokens of any issuer would take an attacker's, and a token without one is nobody's"
)]
pub trait HasIssuer {
    #[doc(hidden)]
    fn into_issuer(self) -> IssuerId;
}

impl HasIssuer for IssuerId {
    fn into_issuer(self) -> IssuerId {
        self
    }
}

/// That a builder was told whom tokens are for, or what they are about.
#[diagnostic::on_unimplemented(
    message = "nobody has said the {A} of the tokens",
    label = "call `.audience(…)` before `.build()`, or `.subject(…)` if that is what it needs",
    note = "a verifier that takes tokens for any audience takes those that another service was given"
)]
pub trait HasAddressee<A> {
    #[doc(hidden)]
    fn into_addressee(self) -> A;
}

impl HasAddressee<Self> for Audience {
    fn into_addressee(self) -> Self {
        self
    }
}

impl HasAddressee<Self> for Subject {
    fn into_addressee(self) -> Self {
        self
    }
}

/// That the builder of a verifier was told the keys.
#[diagnostic::on_unimplemented(
    message = "this verifier has no keys",
    label = "call `.keys(…)` before `.build()`",
    note = "without keys there is no signature to check"
)]
pub trait HasKeys {
    #[doc(hidden)]
    fn into_keys(self) -> KeySet;
}

impl HasKeys for KeySet {
    fn into_keys(self) -> KeySet {
        self
    }
}

/// That the builder of an issuer was told how long its tokens live.
#[diagnostic::on_unimplemented(
    message = "nobody has said how long the tokens live",
    label = "call `.lifetime(…)` before `.build()`",
    note = "a token that is stolen is good until it ends: there is no lifetime that suits everybody"
)]
pub trait HasLifetime {
    #[doc(hidden)]
    fn into_lifetime(self) -> AccessLifetime;
}

impl HasLifetime for AccessLifetime {
    fn into_lifetime(self) -> AccessLifetime {
        self
    }
}

/// That the builder of a decrypter was told the keys.
#[diagnostic::on_unimplemented(
    message = "this decrypter has no keys",
    label = "call `.keys(…)` before `.build()`",
    note = "one key is a set of keys by `.into()`"
)]
pub trait HasDecryptionKeys {
    #[doc(hidden)]
    fn into_decryption_keys(self) -> DecryptionKeys;
}

impl HasDecryptionKeys for DecryptionKeys {
    fn into_decryption_keys(self) -> DecryptionKeys {
        self
    }
}

/// That the builder of a decrypter was told what the content is.
#[diagnostic::on_unimplemented(
    message = "this decrypter does not know what the content is",
    label = "call `.content_type(…)` before `.build()`, or `.no_content_type()`, which says what it gives up",
    note = "what was encrypted to the same keys for another end would be taken for what is expected"
)]
pub trait HasContentType {
    #[doc(hidden)]
    fn into_content_type(self) -> Option<ContentType>;
}

impl HasContentType for Option<ContentType> {
    fn into_content_type(self) -> Self {
        self
    }
}
