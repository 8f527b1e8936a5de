//! The one public outcome of a bad token, and its hidden reason.

use std::fmt;

/// A token was refused.
///
/// Displays as `invalid token`, whatever the reason: an answer that told more would be an oracle. The
/// [`Reason`] is for the log and the metrics.
///
/// ```
/// use tokenward::{Reason, Rejected};
///
/// let rejected = Rejected::from_reason(Reason::Expired);
/// assert_eq!(rejected.to_string(), "invalid token"); // for the answer
/// assert_eq!(rejected.reason().to_string(), "it has expired"); // for the log
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("invalid token")]
#[non_exhaustive]
pub struct Rejected {
    reason: Reason,
}

impl Rejected {
    /// A refusal for `reason`.
    #[must_use]
    pub const fn from_reason(reason: Reason) -> Self {
        Self { reason }
    }

    /// Why, for the log and the metrics; never for the answer.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

/// Why a token was refused. It holds nothing that came with the token.
///
/// ```
/// use tokenward::Reason;
///
/// let reason = Reason::MissingClaim("exp");
/// assert_eq!(reason.as_str(), "missing_claim"); // a label for metrics, of a closed list
/// assert_eq!(reason.to_string(), "it has no `exp`");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It is not three parts (JWS, RFC 7515 § 3.1) or five (JWE, RFC 7516 § 3.1) of canonical
    /// base64url.
    Malformed,
    /// It is longer than [`crate::limits::LIMITS`] allow.
    TooLong,
    /// It has the five parts of a JWE where a JWS belongs.
    Encrypted,
    /// It has the three parts of a JWS where a JWE belongs.
    NotEncrypted,
    /// Its header is not JSON as we read it, or a parameter has the wrong type.
    InvalidHeader,
    /// Its header has `crit`, `b64` or `zip`, none of which we support (RFC 7515 § 4.1.11).
    CriticalHeader,
    /// Its header names no algorithm that we have; `none` is one of those.
    UnsupportedAlgorithm,
    /// Its `typ` is not the expected one (RFC 9068 § 4, RFC 8725 § 3.11).
    WrongType,
    /// It names no key, and the set has more than one.
    NoKeyId,
    /// It names a key that the set does not have.
    UnknownKey,
    /// Its `alg` is not that of the key it names.
    WrongAlgorithm,
    /// Its signature does not verify.
    BadSignature,
    /// Its `cty` is not the expected one.
    WrongContentType,
    /// Its `epk` is no public key on the curve of the recipient's (RFC 7518 § 4.6.1.1).
    InvalidEphemeralKey,
    /// It does not decrypt: its encrypted key, its content or its tag is wrong, and nothing tells which
    /// (RFC 7516 § 11.5).
    BadDecryption,
    /// Its payload is not JSON as we read it.
    InvalidPayload,
    /// It lacks this claim.
    MissingClaim(&'static str),
    /// This claim has the wrong JSON type, or a value out of range.
    InvalidClaim(&'static str),
    /// Its `iss` is another.
    WrongIssuer,
    /// Its `aud` is another.
    WrongAudience,
    /// Its `sub` is another.
    WrongSubject,
    /// Its `nonce` is not the one that was sent, is missing, or is there though none was sent
    /// (OpenID Connect Core § 3.1.3.7; RFC 9449 § 8, where the answer is `use_dpop_nonce`).
    WrongNonce,
    /// Its `at_hash` or `c_hash` is of another access token or code (OpenID Connect Core § 3.1.3.6).
    WrongHash,
    /// Its header names another `signer` than the expected load balancer.
    WrongSigner,
    /// Its `exp` has passed.
    Expired,
    /// Its `nbf` has not come yet.
    NotYetValid,
    /// Its `iat` is in the future.
    IssuedInFuture,
    /// Its `exp` is too long after its `iat`.
    LifetimeTooLong,
    /// It is bound (`cnf`) to a key without a proof, to a certificate that was not shown, or to what we do
    /// not know.
    ProofRequired,
    /// The proof that came with it is of another key, or was made for another token (RFC 9449 § 4.3); or the
    /// certificate is another (RFC 8705 § 3).
    WrongProof,
    /// A proof came with it, and it is bound to no key (RFC 9449 § 7.1).
    NotBound,
    /// It is a proof whose `jwk` is no public key that may sign proofs (RFC 9449 § 4.3).
    BadProofKey,
    /// It is a proof for another request: its `htm` or `htu` differ (RFC 9449 § 4.3).
    WrongRequest,
    /// It is a key-set statement older than one that was seen.
    RolledBack,
    /// It is a key-set statement that does not continue the one that was seen: other keys under the
    /// same version, or another `prev`.
    Forked,
    /// Its private claims are not of the type that was asked for.
    InvalidPrivateClaims,
    /// It, its session, its subject, its key or all like it are revoked.
    Revoked,
    /// Its `ver` is lower than the subject's token version.
    OldVersion,
}

impl Reason {
    /// The label for metrics: snake case, one of a closed list.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLong => "too_long",
            Self::Encrypted => "encrypted",
            Self::NotEncrypted => "not_encrypted",
            Self::InvalidHeader => "invalid_header",
            Self::CriticalHeader => "critical_header",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::WrongType => "wrong_type",
            Self::NoKeyId => "no_key_id",
            Self::UnknownKey => "unknown_key",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::BadSignature => "bad_signature",
            Self::WrongContentType => "wrong_content_type",
            Self::InvalidEphemeralKey => "invalid_ephemeral_key",
            Self::BadDecryption => "bad_decryption",
            Self::InvalidPayload => "invalid_payload",
            Self::MissingClaim(_) => "missing_claim",
            Self::InvalidClaim(_) => "invalid_claim",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::WrongSubject => "wrong_subject",
            Self::WrongNonce => "wrong_nonce",
            Self::WrongHash => "wrong_hash",
            Self::WrongSigner => "wrong_signer",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::LifetimeTooLong => "lifetime_too_long",
            Self::ProofRequired => "proof_required",
            Self::WrongProof => "wrong_proof",
            Self::NotBound => "not_bound",
            Self::BadProofKey => "bad_proof_key",
            Self::WrongRequest => "wrong_request",
            Self::RolledBack => "rolled_back",
            Self::Forked => "forked",
            Self::InvalidPrivateClaims => "invalid_private_claims",
            Self::Revoked => "revoked",
            Self::OldVersion => "old_version",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is not compact, in canonical base64url",
            Self::TooLong => "it is too long",
            Self::Encrypted => "it is encrypted, not signed",
            Self::NotEncrypted => "it is not encrypted",
            Self::InvalidHeader => "its header is unreadable",
            Self::CriticalHeader => "its header has `crit`, `b64` or `zip`",
            Self::UnsupportedAlgorithm => "its `alg` is not supported",
            Self::WrongType => "its `typ` is not the expected one",
            Self::NoKeyId => "it names no key, and the key set has several",
            Self::UnknownKey => "its `kid` is not in the key set",
            Self::WrongAlgorithm => "its `alg` is not that of its key",
            Self::BadSignature => "its signature does not verify",
            Self::WrongContentType => "its `cty` is not the expected one",
            Self::InvalidEphemeralKey => "its `epk` is no public key on the curve of its key",
            Self::BadDecryption => "it does not decrypt",
            Self::InvalidPayload => "its payload is unreadable",
            Self::MissingClaim(name) => return write!(f, "it has no `{name}`"),
            Self::InvalidClaim(name) => return write!(f, "its `{name}` is invalid"),
            Self::WrongIssuer => "its `iss` is another issuer",
            Self::WrongAudience => "its `aud` is another audience",
            Self::WrongSubject => "its `sub` is another subject",
            Self::WrongNonce => "its `nonce` is not the one that was sent",
            Self::WrongHash => "its `at_hash` or `c_hash` is of something else",
            Self::WrongSigner => "its `signer` is another load balancer",
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
            Self::IssuedInFuture => "its `iat` is in the future",
            Self::LifetimeTooLong => "its lifetime is too long",
            Self::ProofRequired => "it is bound to a key or a certificate that was not shown",
            Self::WrongProof => {
                "its proof or certificate is another, or its proof is for another token"
            }
            Self::NotBound => "it came with a proof and is bound to no key",
            Self::BadProofKey => "its `jwk` is no public key that may sign proofs",
            Self::WrongRequest => "it is a proof for another request",
            Self::RolledBack => "it is an older key-set statement than one that was seen",
            Self::Forked => {
                "it is a key-set statement that does not continue the one that was seen"
            }
            Self::InvalidPrivateClaims => "its private claims are not of the expected type",
            Self::Revoked => "it is revoked",
            Self::OldVersion => "its token version is old",
        })
    }
}

impl From<Reason> for Rejected {
    fn from(reason: Reason) -> Self {
        Self::from_reason(reason)
    }
}
