//! JSON Web Tokens whose classic mistakes do not compile.
//!
//! A guide by task: [verify](#verify), [with a shared secret](#verify-with-a-shared-secret),
//! [tokens of other issuers](#verify-tokens-of-other-issuers),
//! [without allocations](#verify-without-allocations), [with a cache](#verify-with-a-cache),
//! [claims of your own](#claims-of-your-own), [issue](#issue), [keys](#keys), [key sets](#key-sets),
//! [rotate keys](#rotate-keys), [kinds of tokens](#kinds-of-tokens),
//! [proofs of possession](#proofs-of-possession), [encrypted tokens](#encrypted-tokens),
//! [errors and logs](#errors-and-logs), [a good token is refused](#a-good-token-is-refused),
//! [limits](#limits), [versions](#versions), and
//! [what is enforced, and where](#what-is-enforced-and-where).
//!
//! Those who come from `jsonwebtoken` or `PyJWT` find each line of theirs in `docs/from-jsonwebtoken.md` and
//! `docs/from-pyjwt.md` of the repository.
//!
//! **Invariant:** this crate does no I/O, reads no clock and keeps no globals. Bytes, keys, policy and
//! `now` come in; a value goes out.
//!
//! # Verify
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
//! `now` is any [`UnixTime`]; `std::time::SystemTime::now().into()` is one.
//!
//! A [`Verifier`] is cheap to clone and has no lock. It knows no revocation: whoever holds the
//! revocations asks them about the claims.
//!
//! # Verify with a shared secret
//!
//! ```
//! # let secret = tokenward::crypto::random::<32>();
//! use tokenward::{Algorithm, KeyId, KeySet, VerifyingKey};
//!
//! let key = VerifyingKey::from_secret(Algorithm::Hs256, &secret)?; // 32 random bytes or more
//! let keys = KeySet::from_keys([key.with_key_id(KeyId::new("2026-08")?)])?; // for the builder above
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The name is that of the tokens' `kid`; leave it out for tokens that name no key. The key must be alone
//! in its set. Whoever can verify with it can issue: it is for one service alone.
//!
//! # Verify tokens of other issuers
//!
//! Most issuers do not keep to RFC 9068, which [`Verifier::builder`] asks for. Each has a [`Preset`] that
//! says what its tokens look like and what is given up, and so has any JWT ([`Preset::Plain`]):
//!
//! ```
//! # fn f(jwks: &[u8], token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Preset, Verifier};
//!
//! let verifier = Verifier::foreign(Preset::Cognito)
//!     .issuer(IssuerId::new("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI")?)
//!     .audience(Audience::foreign("1example23456789")?) // one that need not be a plain name
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(token, now)?;
//! println!("{} may {}", claims.subject(), claims.scope());
//! # Ok(())
//! # }
//! ```
//!
//! What to write for issuer and audience, and where the keys are: [`profile::foreign`].
//!
//! # Verify without allocations
//!
//! [`Verifier::verify_in`] gives claims that are slices of a [`Scratch`], which is used again:
//!
//! ```
//! # fn f(verifier: tokenward::Verifier, tokens: &[&str], now: tokenward::UnixTime) {
//! let mut scratch = tokenward::Scratch::default(); // one for each thread, say
//! for token in tokens {
//!     match verifier.verify_in(token, now, &mut scratch) {
//!         Ok(claims) => println!("{}", claims.subject()),
//!         Err(rejected) => eprintln!("{}", rejected.reason()),
//!     }
//! }
//! # }
//! ```
//!
//! Access tokens alone have it.
//!
//! # Verify with a cache
//!
//! Clients send the same token with each request. [`CachedVerifier`] remembers those it has accepted, by
//! all of their bytes, and judges their times anew:
//!
//! ```
//! # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
//! use tokenward::{CacheSize, CachedVerifier};
//!
//! let verifier = CachedVerifier::new(verifier, CacheSize::tokens(10_000)); // once
//! println!("{}", verifier.verify(token, now)?.subject());
//! # Ok(())
//! # }
//! ```
//!
//! # Claims of your own
//!
//! The registered claims have methods and types of their own. The rest is a map in
//! [`AccessClaims::private`], or a type of yours; a token whose claims are not of it is refused.
//!
//! ```
//! # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
//! #[derive(serde::Deserialize)]
//! struct Private {
//!     roles: Vec<String>,
//! }
//!
//! let claims = verifier.verify_as::<Private>(token, now)?;
//! println!("{} is {:?}", claims.subject(), claims.private().roles);
//! # Ok(())
//! # }
//! ```
//!
//! [`AccessClaimsRef::private`] reads a type that borrows. To issue such claims, put their names on the
//! allow-list ([`IssuerBuilder::claims`]) and their values into [`TokenRequest::private_as`]. The strict
//! reader behind it reads other documents too: [`json`].
//!
//! # Issue
//!
//! ```
//! use std::time::Duration;
//!
//! use tokenward::{
//!     AccessLifetime, Algorithm, Audience, ClientId, IssuerId, Issuer, Jti, SigningKey, Subject,
//!     TokenRequest, UnixTime,
//! };
//!
//! let key = SigningKey::generate(Algorithm::Es256);
//! let issuer = Issuer::builder()
//!     .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api")?)
//!     .audience(Audience::new("billing-api")?)
//!     .lifetime(AccessLifetime::new(Duration::from_secs(300))?)
//!     .build();
//! let request = TokenRequest::new(Subject::new("ada")?, ClientId::new("web")?, Jti::random());
//! let token = issuer.issue(request, &key, UnixTime::from_secs(1_800_000_000))?;
//! # assert_eq!(token.split('.').count(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A lifetime over 15 minutes does not parse, `exp` is made from `iat`, and a private claim must be on
//! the allow-list ([`IssuerBuilder::claims`]). A key that comes from PEM, DER or a secret needs a name
//! first ([`SigningKey::named_by_thumbprint`]). [`Issuer::issue_in`] writes into a [`Scratch`]. Keys that
//! live in a vault or an HSM are served by splitting signing: [`Issuer::prepare`] makes the bytes to
//! sign, [`Unsigned::assemble`] the token.
//!
//! # Keys
//!
//! A key has one [`Algorithm`] from the moment it is parsed, and is fit for it: on the curve, long
//! enough, meant for signatures, its halves belonging together.
//!
//! ```
//! use tokenward::{Algorithm, SigningKey, VerifyingKey};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa);
//! let pem = key.verifying_key().to_spki_pem().ok_or("a secret has no public form")?;
//!
//! let read = VerifyingKey::from_spki_pem(Algorithm::EdDsa, &pem)?;
//! assert_eq!(read.thumbprint(), key.verifying_key().thumbprint());
//! let other = VerifyingKey::from_spki_pem(Algorithm::Es256, &pem);
//! assert_eq!(other.unwrap_err().to_string(), "the key is not for ES256, but for EdDSA");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | verify | sign |
//! | --- | --- | --- |
//! | JWK | [`VerifyingKey::from_jwk`], [`VerifyingKey::to_jwk`] | [`SigningKey::from_jwk`], [`SigningKey::to_secret_jwk`] |
//! | PEM | [`VerifyingKey::from_spki_pem`], [`VerifyingKey::to_spki_pem`] | [`SigningKey::from_pem`], [`SigningKey::to_pkcs8_pem`], [`SigningKey::to_sec1_pem`] |
//! | DER | [`VerifyingKey::from_spki_der`], [`VerifyingKey::to_spki_der`] | [`SigningKey::from_pkcs8_der`], [`SigningKey::to_pkcs8_der`] |
//! | a secret | [`VerifyingKey::from_secret`] | [`SigningKey::from_secret`], [`SigningKey::to_secret_bytes`] |
//!
//! Only a JWK holds the key's name (`kid`), by which tokens find it. Other forms get it by `with_key_id` or
//! `named_by_thumbprint`, both halves the same. Keys that encrypt are others, and come as JWK alone: see
//! [`EncryptionKey`].
//!
//! # Key sets
//!
//! ```
//! use tokenward::{Algorithm, KeySet, SigningKey};
//!
//! let [old, new] = [Algorithm::Es256, Algorithm::EdDsa].map(SigningKey::generate);
//! let set = KeySet::from_keys([old.verifying_key().clone(), new.verifying_key().clone()])?;
//! let read = KeySet::parse(set.to_json().as_bytes())?; // what the authority publishes
//! assert_eq!(read.keys().len(), 2);
//! # Ok::<(), tokenward::KeySetError>(())
//! ```
//!
//! A member that cannot be used, or whose private half is in the set, is left out ([`KeySet::skipped`]); two
//! members of one name, or a symmetric key beside another, end the whole set ([`KeySetError`]). Fetching is
//! not done here; the crate `tokenward-remote` does it.
//!
//! # Rotate keys
//!
//! A key is published before it signs, and stays until its last token has expired:
//!
//! ```
//! # fn f(verifier: tokenward::Verifier, token_of_old: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Algorithm, KeySet, SigningKey};
//!
//! let [old, new] = [Algorithm::Es256, Algorithm::Es256].map(SigningKey::generate);
//! let [was, is] = [&old, &new].map(|key| key.verifying_key().clone());
//!
//! // 1. Publish both, and wait until all verifiers have fetched them.
//! let verifier = verifier.with_keys(KeySet::from_keys([was, is.clone()])?);
//! // 2. Sign with `new` alone, and wait for the lifetime of a token and the leeway.
//! // 3. Publish `new` alone. What `old` has signed is refused from now on.
//! let verifier = verifier.with_keys(KeySet::from_keys([is])?);
//! # Ok(())
//! # }
//! ```
//!
//! [`Verifier::with_keys`] gives another verifier with the same policy; put it where the threads find it,
//! behind an `arc_swap::ArcSwap` for example. The crate `tokenward-remote` fetches and swaps by itself.
//!
//! # Kinds of tokens
//!
//! A verifier is for one kind of token, and a token of one kind is none of another, whoever signed it. The
//! module [`profile`] has a table of their types, claims and lifetimes.
//!
//! | kind | begin with |
//! | --- | --- |
//! | access token (RFC 9068) | [`Verifier::builder`] |
//! | the same with `typ: JWT` or none, and without `client_id` | [`VerifierBuilder::accept_type`], which says what is given up |
//! | access token of an issuer that deviates further, or any other JWT | [`Verifier::foreign`] |
//! | ID token (OpenID Connect) | [`Verifier::id_token`] |
//! | logout token (OpenID Connect) | [`Verifier::logout_token`] |
//! | security event (RFC 8417) | [`Verifier::security_event`] |
//! | status list | [`Verifier::status_list`] |
//! | client assertion (RFC 7523), JWT-SVID | [`Verifier::client_assertion`], [`Verifier::jwt_svid`] |
//! | signed key set | [`Verifier::key_set_statement`], or from an offline root: [`root`] |
//!
//! # Proofs of possession
//!
//! A token that is bound to a key ([`TokenRequest::bound_to`]) is worth nothing without a proof by that key
//! (DPoP, RFC 9449): [`Verifier::verify`] refuses it, [`Verifier::verify_bound`] asks for the proof.
//!
//! ```
//! # fn f(verifier: tokenward::Verifier, dpop_header: &str, token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{ProofNonce, ProofRequest, ProofVerifier};
//!
//! let request = ProofRequest::with_token("GET", "https://api.example.com/notes", token)?;
//! let proof = ProofVerifier::new().verify(dpop_header, &request, ProofNonce::NotUsed, now)?;
//! let claims = verifier.verify_bound(token, &proof, now)?;
//! # Ok(())
//! # }
//! ```
//!
//! One that is bound to a client certificate ([`TokenRequest::bound_to_certificate`], RFC 8705) is taken by
//! [`Verifier::verify_shown`], with the certificate of the connection; one that is bound to both, with both.
//!
//! Whether a proof was used before is yours to remember: [`profile::dpop`] says how. [`DpopKey`] is the
//! client's side.
//!
//! # Encrypted tokens
//!
//! ```
//! use tokenward::{ContentType, Curve, Decrypter, DecryptionKey, Encrypter, KeyAlgorithm};
//!
//! let key = DecryptionKey::generate(KeyAlgorithm::EcdhEs(Curve::X25519));
//! let encrypter = Encrypter::new(key.encryption_key().ok_or("it only reads")?);
//! let text = ContentType::new("text/plain")?;
//! let sealed = encrypter.encrypt(b"attack at dawn", Some(&text))?;
//!
//! let decrypter = Decrypter::builder().keys(key.into()).content_type(text).build();
//! assert_eq!(decrypter.decrypt(&sealed)?.as_bytes(), b"attack at dawn");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Encryption says who may read, not who wrote. A token that must be both secret and genuine is a signed
//! one inside an encrypted one, with a policy for each layer: [`NestedVerifier`], and the module [`jwe`].
//!
//! # Errors and logs
//!
//! ```
//! use tokenward::{Reason, Rejected};
//!
//! fn answer(rejected: Rejected) -> String {
//!     eprintln!("refused: {}", rejected.reason()); // for the log; `reason().as_str()` for metrics
//!     rejected.to_string()
//! }
//!
//! assert_eq!(answer(Reason::BadSignature.into()), "invalid token");
//! assert_eq!(answer(Reason::Expired.into()), "invalid token"); // no oracle
//! ```
//!
//! | error | whose fault | what to do |
//! | --- | --- | --- |
//! | [`Rejected`] | the token's | 401 |
//! | [`KeyError`], [`KeySetError`], [`InvalidId`], [`InvalidScope`] | the configuration's, or the publisher's | say it to the operator |
//! | [`IssueError`], [`EncryptError`] | the caller's, each variant says how | mend the request |
//! | [`BackendError`] | nobody's: an outage | 503, and try again |
//!
//! No error and no `Debug` of this crate holds a token, a key's private half or a private claim.
//! [`ErrorChain`] prints an error with its causes on one line.
//!
//! # A good token is refused
//!
//! Log [`Rejected::reason`]. What it often is:
//!
//! | reason | because | remedy |
//! | --- | --- | --- |
//! | [`WrongType`](Reason::WrongType) | a JWT as RFC 7519 alone has it, or of a large issuer | [`Verifier::foreign`] with its [`Preset`] |
//! | [`MissingClaim`](Reason::MissingClaim) | the same, and `accept_type` was tried, which forgives `client_id` alone | the same |
//! | [`UnknownKey`](Reason::UnknownKey) | a key from PEM or a secret has no name; or the set is old | [`VerifyingKey::with_key_id`]; fetch the set |
//! | [`NoKeyId`](Reason::NoKeyId) | the token names no key, and there are several | a `kid` at the issuer, or a set of one |
//! | [`WrongAlgorithm`](Reason::WrongAlgorithm) | an RSA key without `alg` is for RS256 | `alg` in the JWK, [`VerifyingKey::from_jwk_for`], or another [`Algorithm`] for the PEM |
//! | [`WrongIssuer`](Reason::WrongIssuer) | `iss` is compared whole, with its last `/` | the `iss` that the token has |
//! | [`WrongAudience`](Reason::WrongAudience) | it is for another service, or for a URL | [`Audience::foreign`] |
//! | [`LifetimeTooLong`](Reason::LifetimeTooLong) | over 15 minutes | [`VerifierBuilder::max_lifetime`], up to a day |
//! | [`IssuedInFuture`](Reason::IssuedInFuture) | clocks differ | [`VerifierBuilder::leeway`], up to 30 seconds |
//! | [`ProofRequired`](Reason::ProofRequired) | it has `cnf` | [`Verifier::verify_bound`], [`Verifier::verify_shown`], [`Verifier::verify_sealed`] |
//!
//! [`danger::decode_unverified`] shows what a token says.
//!
//! # Limits
//!
//! Every limit on hostile input is a field of [`limits::LIMITS`], with its source, and none can be turned
//! up. Nothing panics on bytes from outside; time and memory grow with the length of the input, which is
//! capped first. There are no Cargo features. What is dangerous lives in [`danger`].
//!
//! `no_std` is not promised. The crate builds where [aws-lc-rs](https://docs.rs/aws-lc-rs) does: as
//! WebAssembly for `wasm32-wasip1`, where its tests run, and not as it is for `wasm32-unknown-unknown`,
//! which lacks the C library that it wants.
//!
//! # Versions
//!
//! Semantic versioning. `SECURITY.md` of the repository says what a version number promises, what a fix
//! may refuse that was accepted, and when the minimum Rust version (`rust-version`, 1.90) may rise. The
//! types of `serde`, `serde_json` and `zeroize` in the public API are those of their version 1.
//!
//! # What is enforced, and where
//!
//! The best current practices of [RFC 8725](https://www.rfc-editor.org/rfc/rfc8725). The tests are files
//! below `vectors/`, in `attacks/` where no folder is named; `vectors/families.toml` lists the public
//! record of each attack.
//!
//! | rule | enforced by | tested by |
//! | --- | --- | --- |
//! | 3.1 Perform algorithm verification | [`VerifyingKey`] has one algorithm, fixed when it is parsed; a header's `alg` can only agree or fail ([`Reason::WrongAlgorithm`]) | `algorithm-confusion`, `jwk-algorithm` |
//! | 3.2 Use appropriate algorithms | [`Algorithm`] and [`KeyAlgorithm`] have no `none`, no RSA 1.5 encryption, no passwords ([`Reason::UnsupportedAlgorithm`]) | `alg-none`, `pbes2`, `jwe/algorithms` |
//! | 3.3 Validate all cryptographic operations | [`Verifier::verify`] gives claims or [`Rejected`], nothing between; [`NestedVerifier`] has a policy for each layer | `several-faults`, `encrypted`, `jwe/nested` |
//! | 3.4 Validate cryptographic inputs | [`KeyError::Malformed`]: points on the curve, RSA of 2048 bits and more, halves that match; [`KeyError::Roca`]; [`Reason::InvalidEphemeralKey`] | `weak-keys`, `mismatched-halves`, `psychic-signature`, `signature-form`, `jwe/ephemeral-key` |
//! | 3.5 Ensure keys have sufficient entropy | [`VerifyingKey::from_secret`] takes as many bytes as the hash has, no text of a key and no word; [`SigningKey::generate`] | `weak-secrets`, `empty-secret`, `key-text-as-secret`, `key-text-encoded` |
//! | 3.6 Avoid compression of encryption inputs | `zip` is refused ([`Reason::CriticalHeader`]), and nothing here compresses | `zip`, `jwe/header` |
//! | 3.7 Use UTF-8 | anything else is [`JsonError::Syntax`], half a surrogate pair [`JsonError::LoneSurrogate`] | `payload-shape`, `duplicate-names` |
//! | 3.8 Validate issuer and subject | [`VerifierBuilder::issuer`] is required and compared whole; keys belong to one issuer; [`Subject`] is required, and parsed; where the subject says what a token is for, [`VerifierBuilder::subject`] is required | `issuer-audience`, `claim-types` |
//! | 3.9 Use and validate audience | [`VerifierBuilder::audience`] is required, and so is `aud` | `issuer-audience` |
//! | 3.10 Do not trust received claims | `kid` is only compared ([`KeyId`]); no token's `jku`, `x5u`, `jwk` or `x5c` is read; the `jwk` of a [proof](profile::dpop) shows that its sender has that key, and nothing else | `key-in-header` |
//! | 3.11 Use explicit typing | each kind of token is a [`profile`] with its own `typ`; what stands in its place where an issuer sets none is said by name ([`TokenType::Jwt`], [`Preset`]); [`NestedType`] for the outer layer | `token-type`, `profiles/*`, `jwe/content-type` |
//! | 3.12 Use mutually exclusive validation rules | a [`profile`] has its own type and claims, an audience its own issuer and keys | `token-type`, `issuer-audience` |
//!
//! What its [successor](https://datatracker.ietf.org/doc/draft-ietf-oauth-rfc8725bis/) adds, as of its draft of August 2026:
//!
//! | point | enforced by | tested by |
//! | --- | --- | --- |
//! | each key with exactly one algorithm, when the operation runs | as 3.1; an RSA key for RS256 verifies no PS256 | `algorithm-confusion` |
//! | allow-lists, not block-lists | [`Algorithm::ALL`] is all there is | `alg-none` |
//! | tell JWS from JWE | [`Reason::Encrypted`], [`Reason::NotEncrypted`] | `encrypted`, `jwe/form` |
//! | the format is legal: letters, digits, `-`, `_`, `.` | canonical base64url ([`b64`]), three parts or five ([`Reason::Malformed`]) | `alphabet`, `json-serialization` |
//! | bounds on PBES2 and on decompression | neither is here | `pbes2`, `zip` |
//! | `typ` without `/` is compared as if `application/` stood before it; `JWT` is no type | [`TokenType`] | `token-type` |
//! | `kid` reaches no query | [`KeyId`]: compared, never interpreted | `key-in-header` |
//! | fully specified algorithms | `Ed25519` is read beside `EdDSA`, which is what is written | `algorithm-confusion` |
//! | deterministic ECDSA, a "should" | **not followed**: the crypto library mixes the key and the message into its randomness, so that a bad generator alone gives nothing away | |
//!
//! Beyond them:
//!
//! | rule | enforced by | tested by |
//! | --- | --- | --- |
//! | one public error | [`Rejected`], [`Reason`] | `jwe/one-answer` |
//! | JSON that all parsers read alike | [`JsonError`] | `duplicate-names`, `deep-json`, `payload-shape` |
//! | a claim of the wrong type never counts as absent | [`Reason::InvalidClaim`] | `claim-types` |
//! | a lifetime is capped | [`VerifierBuilder::max_lifetime`], [`AccessLifetime`] | `times` |
//! | a token bound to a key or a certificate (`cnf`) is worth nothing without its proof, or that certificate. Plain JWKS verifiers elsewhere do not enforce this: they take a stolen bound token for a good one | [`Reason::ProofRequired`], [`Verifier::verify_bound`], [`Verifier::verify_shown`] | `bound-token`, `profiles/bound-access-token`, `profiles/certificate-bound-access-token` |
//! | a token that is sealed under a key is worth nothing without that key, in the open or under another | [`Verifier::verify_sealed`] | `jwe/sealed` |
//! | nothing confidential in what everybody reads | [`IssuerBuilder::claims`] lists what may be said at all; [`Sensitive`] is refused in it ([`IssueError::Confidential`]) | `guard/*` |
//! | no extension that is not understood | [`Reason::CriticalHeader`] | `crit`, `b64` |
//! | limits on everything | [`limits`] | `size`, `deep-json`, `key-sets` |

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
mod missing;
pub mod profile;
mod reject;
pub mod root;
mod scope;
mod time;
mod verify;

pub use alg::{Algorithm, UnknownAlgorithm};
pub use cache::{CacheSize, CachedVerifier, Remembered};
pub use claims::{
    AccessClaims, AccessClaimsRef, Actor, ActorChainTooLong, InvalidActor, RESERVED_CLAIMS,
};
pub use error::{BackendError, BackendErrorKind, ErrorChain};
pub use ids::{
    Audience, CertificateThumbprint, ClientId, InvalidId, IssuerId, Jti, KeyId, LoadBalancerArn,
    SessionId, Subject, Thumbprint, TokenVersion,
};
pub use issue::{
    AccessLifetime, InvalidLifetime, IssueError, Issuer, IssuerBuilder, Sensitive, TokenRequest,
    UnknownSensitive, Unsigned,
};
pub use json::JsonError;
#[doc(inline)]
pub use jwe::{
    ContentType, Curve, Decrypted, Decrypter, DecrypterBuilder, DecryptionKey, DecryptionKeys,
    DecryptionKeysError, EncryptError, Encrypter, EncryptionKey, InvalidContentType, KeyAlgorithm,
    NestedType, NestedVerifier, SealKey,
};
pub use key::{KeyError, SignFailed, SigningKey, VerifyingKey};
pub use keyset::{KeySet, KeySetError, SkippedKey};
pub use missing::{
    HasAddressee, HasContentType, HasDecryptionKeys, HasIssuer, HasKeys, HasLifetime, Missing,
};
pub use profile::client_assertion::{AssertionClaims, ClientAssertion};
pub use profile::dpop::{
    DpopKey, InvalidProofRequest, Proof, ProofNonce, ProofRequest, ProofVerifier,
};
pub use profile::foreign::{ForeignClaims, ForeignToken, Preset};
pub use profile::id_token::{IdClaims, IdToken, Nonce};
pub use profile::key_set_statement::{
    KeySetClaims, KeySetStatement, KeySetVersion, Seen, StatementRequest, Succession,
};
pub use profile::logout_token::{LOGOUT_EVENT, LogoutClaims, LogoutToken};
pub use profile::security_event::{
    EventClaims, SESSION_ESTABLISHED, SESSION_REVOKED, SecurityEvent, SecurityEventRequest,
    SubjectId,
};
pub use profile::status_list::{
    StatusList, StatusListClaims, StatusListRequest, StatusSize, Statuses,
};
pub use profile::{AccessToken, TokenType, UnknownTokenType};
pub use reject::{Reason, Rejected};
pub use scope::{InvalidScope, Scope, ScopeRef};
pub use time::{Clock, UnixTime};
pub use verify::{Scratch, Shown, Unproven, Verified, Verifier, VerifierBuilder};

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
