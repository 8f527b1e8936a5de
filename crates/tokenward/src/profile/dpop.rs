//! Proofs of possession (DPoP, RFC 9449): a client shows, with each request, that it holds the key that
//! its token is bound to, so that a stolen token is worth nothing without the key.
//!
//! A proof is no token of an issuer: it brings its own key, in the header's `jwk`, and says nothing but
//! that the holder of this key makes this request now. [`ProofVerifier`] is therefore not a
//! [`Verifier`], and this is the one place where `jwk` is read. What it checks (§ 4.3):
//!
//! - `typ: dpop+jwt`; an asymmetric `alg`; a public `jwk` by the rules of
//!   [`VerifyingKey::from_jwk`], whose signature it is. A `jwk` that names no algorithm is for that of
//!   the header;
//! - `htm` is the method, `htu` the URI without query and fragment, both in the normal form of RFC 3986
//!   § 6.2.2 and § 6.2.3;
//! - `iat` at most a minute old, unless said otherwise; `jti` is there;
//! - `ath` is the hash of the access token that comes with it, or not there if none does;
//! - `nonce` is one that the server gave out, if it gives out any.
//!
//! What it cannot check, for it keeps nothing: **whether the proof was used before**. Remember the pair
//! of [`Proof::key_thumbprint`] and [`Proof::token_id`] until [`Proof::remember_until`], and refuse it
//! the second time (§ 11.1). The request must have exactly one `DPoP` header (§ 4.3, check 1). Behind a
//! proxy, the URI is the one that the client used.
//!
//! ```
//! # fn f(header: &str, access_token: &str, path: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! # let verifier: tokenward::Verifier = unimplemented!();
//! # let replays: fn(&tokenward::Thumbprint, &tokenward::Jti, tokenward::UnixTime) -> bool = unimplemented!();
//! use tokenward::{ProofNonce, ProofRequest, ProofVerifier};
//!
//! let uri = format!("https://api.example.com{path}");
//! let request = ProofRequest::with_token("GET", &uri, access_token)?;
//! let proof = ProofVerifier::new().verify(header, &request, ProofNonce::NotUsed, now)?;
//! if replays(proof.key_thumbprint(), proof.token_id(), proof.remember_until()) {
//!     return Err("used before".into());
//! }
//! let claims = verifier.verify_bound(access_token, &proof, now)?;
//! println!("{} holds the key", claims.subject());
//! # Ok(())
//! # }
//! ```

mod key;
mod request;
mod uri;

use std::time::Duration;

pub use key::DpopKey;
pub use request::{InvalidProofRequest, ProofRequest};

use super::{Times, is_type};
use crate::alg::Algorithm;
use crate::b64;
use crate::claims::{Fields, required};
use crate::compact::Compact;
use crate::header::Header;
use crate::ids::{Jti, Thumbprint};
use crate::json::{Object, Raw};
use crate::key::VerifyingKey;
use crate::limits::LIMITS;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{LEEWAY, Verified, Verifier, check_signature};

/// The `typ` of a proof (RFC 9449 § 4.2).
const TYPE: &str = "dpop+jwt";

/// Decides about proofs: see the [module](self). Clones are cheap.
///
/// ```
/// use std::time::Duration;
///
/// use tokenward::{Algorithm, ProofVerifier};
///
/// let verifier = ProofVerifier::new()
///     .max_age(Duration::from_secs(30))
///     .algorithms([Algorithm::Es256, Algorithm::EdDsa]);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a verifier does nothing by itself"]
pub struct ProofVerifier {
    max_age: Duration,
    leeway: Duration,
    algorithms: Vec<Algorithm>,
}

/// What a proof has shown: that whoever sent this request holds this key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proof {
    thumbprint: Thumbprint,
    algorithm: Algorithm,
    token_id: Jti,
    issued_at: UnixTime,
    remember_until: UnixTime,
    /// The SHA-256 of the access token that came with it.
    token_hash: Option<[u8; 32]>,
}

/// Which nonces a proof may have (RFC 9449 § 8, § 9).
///
/// ```
/// # use tokenward::{ProofRequest, ProofVerifier, UnixTime};
/// # fn f(header: &str, request: ProofRequest<'_>, current: &str, last: &str, now: UnixTime) {
/// use tokenward::{ProofNonce, Reason};
///
/// match ProofVerifier::new().verify(header, &request, ProofNonce::OneOf(&[current, last]), now) {
///     Ok(proof) => println!("{}", proof.key_thumbprint()),
///     Err(rejected) if *rejected.reason() == Reason::WrongNonce => println!("use_dpop_nonce"),
///     Err(_) => println!("invalid_dpop_proof"),
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a server gives out nonces, or it does not")]
pub enum ProofNonce<'a> {
    /// One of these, which the server gave out: the current one and the one before it, say. Any other
    /// and none are [`Reason::WrongNonce`], to be answered with `use_dpop_nonce` and a new one.
    OneOf(&'a [&'a str]),
    /// The server gives out none. One that is there has come from another server, and says nothing.
    NotUsed,
}

impl ProofVerifier {
    /// The oldest that a proof can be allowed to be.
    pub const MAX_AGE: Duration = Duration::from_secs(5 * 60);

    /// A verifier of proofs by any asymmetric algorithm, at most a minute old.
    pub fn new() -> Self {
        let asymmetric = |algorithm: &Algorithm| !algorithm.is_symmetric();
        Self {
            max_age: Duration::from_secs(60),
            leeway: LEEWAY,
            algorithms: Algorithm::ALL.into_iter().filter(asymmetric).collect(),
        }
    }

    /// How old a proof may be; never over [`Self::MAX_AGE`], to which more is cut.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age.min(Self::MAX_AGE);
        self
    }

    /// How far clocks may differ: 5 seconds unless said, and never over [`Verifier::MAX_LEEWAY`], to
    /// which more is cut.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(Verifier::MAX_LEEWAY);
        self
    }

    /// The algorithms to take (`dpop_signing_alg_values_supported`, RFC 9449 § 5.1). Symmetric ones
    /// among them stay refused.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Verifies the `DPoP` header `proof` of this request, as of `now`.
    pub fn verify(
        &self,
        proof: &str,
        request: &ProofRequest<'_>,
        nonce: ProofNonce<'_>,
        now: UnixTime,
    ) -> Result<Verified<Proof>, Rejected> {
        self.verify_any(proof, std::slice::from_ref(request), nonce, now)
    }

    /// As [`Self::verify`], of a request that is one of these: under each of the names that the server has,
    /// say. None is like none that the proof is for. The signature is checked once.
    ///
    /// ```
    /// # use tokenward::{InvalidProofRequest, ProofNonce, ProofVerifier, Rejected, UnixTime};
    /// # fn f(header: &str, access_token: &str, now: UnixTime) -> Result<(), Box<dyn std::error::Error>> {
    /// use tokenward::ProofRequest;
    ///
    /// let names = ["https://api.example.com/notes", "https://api.example.org/notes"];
    /// let requests: Vec<_> = names
    ///     .into_iter()
    ///     .map(|uri| ProofRequest::with_token("GET", uri, access_token))
    ///     .collect::<Result<_, _>>()?;
    /// let proof = ProofVerifier::new().verify_any(header, &requests, ProofNonce::NotUsed, now)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_any(
        &self,
        proof: &str,
        requests: &[ProofRequest<'_>],
        nonce: ProofNonce<'_>,
        now: UnixTime,
    ) -> Result<Verified<Proof>, Rejected> {
        let proof = Compact::split_within(proof, LIMITS.token_bytes, LIMITS.proof_header_bytes)?;
        proof.check_parts()?;
        let key = self.key_of(&proof)?;
        check_signature(&key, &proof, &mut Vec::new())?;
        let payload = proof.decode_payload()?;
        let payload = Object::parse(&payload).map_err(|_| Reason::InvalidPayload)?;
        let claims = Fields::of_any(&payload);
        let request = request_of(claims, requests)?;
        check_nonce(claims, nonce)?;
        let token_hash = check_token(claims, request)?;
        let (issued_at, remember_until) = self.check_times(claims, now)?;
        let proof = Proof {
            thumbprint: Thumbprint::fitting(key.thumbprint()),
            algorithm: key.algorithm(),
            token_id: claims.required_id("jti", Jti::fits, Jti::fitting)?,
            issued_at,
            remember_until,
            token_hash,
        };
        Ok(Verified::new(proof, None))
    }

    /// The key that the header brings.
    fn key_of(&self, proof: &Compact<'_>) -> Result<VerifyingKey, Reason> {
        let json = proof.decode_header()?;
        let members = Object::parse(&json).map_err(|_| Reason::InvalidHeader)?;
        let header = Header::read(&members)?;
        if !is_type(header.typ.as_deref(), TYPE) {
            return Err(Reason::WrongType);
        }
        let algorithm = header.algorithm;
        if algorithm.is_symmetric() || !self.algorithms.contains(&algorithm) {
            return Err(Reason::UnsupportedAlgorithm);
        }
        let jwk = members.get("jwk").and_then(Raw::as_object_text).ok_or(Reason::BadProofKey)?;
        let key = parse_key(jwk, algorithm).ok_or(Reason::BadProofKey)?;
        if key.algorithm() == algorithm { Ok(key) } else { Err(Reason::WrongAlgorithm) }
    }

    fn check_times(
        &self,
        claims: Fields<'_, '_>,
        now: UnixTime,
    ) -> Result<(UnixTime, UnixTime), Reason> {
        let times = claims.times()?;
        let issued_at = required("iat", times.issued_at)?;
        // `exp` is none of a proof's claims. Where it is, it can only shorten its life.
        let aged = Times { expires_at: None, ..times };
        aged.judge(self.max_age, self.leeway, now)?;
        let end = issued_at.saturating_add(self.max_age);
        let end = times.expires_at.map_or(end, |own| own.min(end)).saturating_add(self.leeway);
        if now < end { Ok((issued_at, end)) } else { Err(Reason::Expired) }
    }
}

impl Default for ProofVerifier {
    fn default() -> Self {
        Self::new()
    }
}

/// The public key in `jwk`. The header and the key come from the same hand, so that nothing is gained by
/// a key that leaves its algorithm to the header; an RSA key as clients write it does.
fn parse_key(jwk: &str, algorithm: Algorithm) -> Option<VerifyingKey> {
    let jwk = jwk.as_bytes();
    let named = Object::parse(jwk).ok()?.has("alg");
    let key = if named {
        VerifyingKey::from_jwk(jwk)
    } else {
        VerifyingKey::from_jwk_for(algorithm, jwk)
    };
    key.ok()
}

/// The one of `requests` that the proof is for.
fn request_of<'r>(
    claims: Fields<'_, '_>,
    requests: &'r [ProofRequest<'r>],
) -> Result<&'r ProofRequest<'r>, Reason> {
    let method = claims.claim("htm").required()?.text()?;
    let uri = claims.claim("htu").required()?.text()?;
    let uri = uri::normalize(&uri).ok_or(Reason::InvalidClaim("htu"))?;
    let is_it = |request: &&ProofRequest<'_>| method == request.method() && uri == request.uri();
    requests.iter().find(is_it).ok_or(Reason::WrongRequest)
}

fn check_nonce(claims: Fields<'_, '_>, expected: ProofNonce<'_>) -> Result<(), Reason> {
    let nonce = claims.text("nonce")?;
    match (expected, nonce) {
        (ProofNonce::NotUsed, _) => Ok(()),
        (ProofNonce::OneOf(given), Some(nonce)) if given.contains(&&*nonce) => Ok(()),
        _ => Err(Reason::WrongNonce),
    }
}

/// The hash of the access token, which must be the `ath` of the proof.
fn check_token(
    claims: Fields<'_, '_>,
    request: &ProofRequest<'_>,
) -> Result<Option<[u8; 32]>, Reason> {
    let own = claims.text("ath")?;
    match (own, request.token_hash()) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Reason::MissingClaim("ath")),
        (Some(own), Some(hash)) if *own == *b64::encode(&hash) => Ok(Some(hash)),
        (Some(_), _) => Err(Reason::WrongProof),
    }
}

impl Proof {
    /// The thumbprint of the key (RFC 7638): what `cnf.jkt` of a bound token must be, and, with
    /// [`Self::token_id`], the name of this proof.
    #[must_use]
    pub const fn key_thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// The algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `jti`: the name that the client gave this one proof.
    #[must_use]
    pub const fn token_id(&self) -> &Jti {
        &self.token_id
    }

    /// `iat`: when the proof was made, by the client's clock.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// Until when the proof must be remembered: from then on it is refused for its age.
    #[must_use]
    pub const fn remember_until(&self) -> UnixTime {
        self.remember_until
    }

    /// Whether this proof was made for `access_token`, by its hash.
    pub(crate) const fn token_hash(&self) -> Option<&[u8; 32]> {
        self.token_hash.as_ref()
    }
}
