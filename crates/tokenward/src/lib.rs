//! JSON Web Tokens whose classic mistakes do not compile.
//!
//! ```
//! # fn f(jwks: &[u8], token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Verifier};
//!
//! let verifier = Verifier::builder()
//!     .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api")?)
//!     .audience(Audience::new("billing-api")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(token, now)?; // or `Rejected`, which says "invalid token"
//! println!("{} may {}", claims.subject(), claims.scope());
//! # Ok(())
//! # }
//! ```
//!
//! Leave out the issuer, the audience or the keys, and there is no `build`. There is no flag that turns
//! a check off. A handler that takes [`Verified`] cannot be reached with a token that nobody verified.
//! What is dangerous lives in [`danger`].
//!
//! **Invariant:** this crate does no I/O, reads no clock and keeps no globals. Bytes, keys, policy and
//! `now` come in; a value goes out. Keys that live in a vault or an HSM are served by splitting
//! signing: [`Issuer::prepare`] makes the bytes to sign, [`Unsigned::assemble`] the token.
//!
//! # Other kinds of tokens
//!
//! [`Verifier::builder`] is for access tokens. ID tokens, logout tokens, security events, status lists,
//! signed key sets and the tokens of issuers that deviate have verifiers of their own: see [`profile`].
//!
//! # What is enforced, and where
//!
//! The best current practices of [RFC 8725](https://www.rfc-editor.org/rfc/rfc8725):
//!
//! | rule | enforced by |
//! | --- | --- |
//! | 3.1 Algorithm verification | [`VerifyingKey`] has one algorithm, fixed when it is parsed; a header's `alg` can only agree or fail ([`Reason::WrongAlgorithm`]) |
//! | 3.2 Appropriate algorithms | [`Algorithm`] has no `none`, no RSA 1.5 encryption, nothing that is broken |
//! | 3.3 Validate all operations | [`Verifier::verify`] gives claims or [`Rejected`], nothing between; [`NestedVerifier`] has a policy for each layer |
//! | 3.4 Cryptographic inputs | [`KeyError::Malformed`]: points on the curve, RSA of 2048 bits and more, halves that match |
//! | 3.5 Entropy of keys | [`VerifyingKey::from_secret`] takes 32 bytes and more, and no text of a key; [`SigningKey::generate`] |
//! | 3.6 No compression before encryption | `zip` is refused ([`Reason::CriticalHeader`]) |
//! | 3.7 UTF-8 | anything else is [`JsonError::Syntax`] |
//! | 3.8 Issuer and subject | [`VerifierBuilder::issuer`] is required and compared whole; keys belong to one issuer; where the subject says what a token is for, [`VerifierBuilder::subject`] is required |
//! | 3.9 Audience | [`VerifierBuilder::audience`] is required |
//! | 3.10 Do not trust received claims | `kid` is only compared; no token's `jku`, `x5u`, `jwk` or `x5c` is read; the `jwk` of a [proof](profile::dpop) shows that its sender has that key, and nothing else |
//! | 3.11 Explicit typing | each kind of token is a [`profile`] with its own `typ`; what stands in its place where an issuer sets none is said by name ([`TokenType::Jwt`], [`Preset`]) |
//! | 3.12 Mutually exclusive rules | no kind of token passes for another, for the same issuer, audience and keys; each has claims of a type of its own; the alphabet of a token is its only one |
//!
//! Beyond them: one public error; strict JSON ([`JsonError`]) with [`limits`] on everything; a token
//! bound to a key (`cnf`) is worth nothing without its proof ([`Reason::ProofRequired`],
//! [`Verifier::verify_bound`]). Plain JWKS verifiers elsewhere do not enforce that last one: they take a
//! stolen bound token for a good one.

mod alg;
pub mod b64;
mod cache;
mod claims;
mod compact;
pub mod crypto;
pub mod danger;
mod error;
mod header;
mod ids;
mod issue;
pub mod json;
pub mod jwe;
mod key;
mod keyset;
pub mod limits;
pub mod profile;
mod reject;
mod scope;
mod time;
mod verify;

pub use alg::{Algorithm, UnknownAlgorithm};
pub use cache::{CacheSize, CachedVerifier};
pub use claims::{AccessClaims, AccessClaimsRef, RESERVED_CLAIMS};
pub use error::{BackendError, BackendErrorKind, ErrorChain};
pub use ids::{
    Audience, ClientId, InvalidId, IssuerId, Jti, KeyId, LoadBalancerArn, SessionId, Subject,
    Thumbprint, TokenVersion,
};
pub use issue::{
    AccessLifetime, InvalidLifetime, IssueError, Issuer, IssuerBuilder, TokenRequest, Unsigned,
};
pub use json::JsonError;
#[doc(inline)]
pub use jwe::{
    ContentType, Curve, Decrypted, Decrypter, DecrypterBuilder, DecryptionKey, DecryptionKeys,
    DecryptionKeysError, EncryptError, Encrypter, EncryptionKey, InvalidContentType, KeyAlgorithm,
    NestedType, NestedVerifier,
};
pub use key::{KeyError, SignFailed, SigningKey, VerifyingKey};
pub use keyset::{KeySet, KeySetError, SkippedKey};
pub use profile::dpop::{
    DpopKey, InvalidProofRequest, Proof, ProofNonce, ProofRequest, ProofVerifier,
};
pub use profile::foreign::{ForeignClaims, ForeignToken, Preset};
pub use profile::id_token::{IdClaims, IdToken, Nonce};
pub use profile::key_set_statement::{
    KeySetClaims, KeySetStatement, KeySetVersion, Seen, Succession,
};
pub use profile::logout_token::{LOGOUT_EVENT, LogoutClaims, LogoutToken};
pub use profile::security_event::{EventClaims, SecurityEvent, SubjectId};
pub use profile::status_list::{StatusList, StatusListClaims};
pub use profile::{AccessToken, TokenType, UnknownTokenType};
pub use reject::{Reason, Rejected};
pub use scope::{InvalidScope, Scope, ScopeRef};
pub use time::{Clock, UnixTime};
pub use verify::{HasAddressee, HasIssuer, HasKeys, Scratch, Verified, Verifier, VerifierBuilder};

/// Marks what a builder has not been told yet, and without which it has no `build`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Missing;

/// The code of the pages compiles, and what they say does not compile does not.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../../../docs/from-jsonwebtoken.md")]
    struct FromJsonwebtoken;

    #[doc = include_str!("../../../docs/from-pyjwt.md")]
    struct FromPyjwt;
}
