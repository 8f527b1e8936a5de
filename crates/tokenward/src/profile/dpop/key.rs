//! The client's side: a key that makes proofs.

use serde_json::json;

use super::{ProofRequest, TYPE};
use crate::b64;
use crate::ids::{Jti, Thumbprint};
use crate::key::{KeyError, SignFailed, SigningKey};
use crate::time::UnixTime;

/// A client's key for proofs (RFC 9449 § 4.2). Make one per client or session, and keep it where it
/// cannot be copied from.
///
/// ```
/// use tokenward::{Algorithm, DpopKey, ProofNonce, ProofRequest, ProofVerifier, SigningKey, UnixTime};
///
/// let key = DpopKey::new(SigningKey::generate(Algorithm::Es256))?;
/// let request = ProofRequest::without_token("POST", "https://auth.example.com/token")?;
/// let now = UnixTime::from_secs(1_000_000);
/// let header = key.proof(&request, None, now)?;
///
/// let proof = ProofVerifier::new().verify(&header, &request, ProofNonce::NotUsed, now)?;
/// assert_eq!(proof.key_thumbprint(), key.thumbprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DpopKey {
    key: SigningKey,
    /// The encoded header of its proofs.
    header: Box<str>,
    thumbprint: Thumbprint,
}

impl DpopKey {
    /// A key for proofs, which must not be symmetric ([`KeyError::Unsupported`]).
    pub fn new(key: SigningKey) -> Result<Self, KeyError> {
        let mut jwk = key.verifying_key().to_jwk().ok_or(KeyError::Unsupported)?;
        // The key of a proof needs no name and no use: it is there, and this is what it does.
        jwk.remove("kid");
        jwk.remove("use");
        let header = json!({ "typ": TYPE, "alg": key.algorithm().as_str(), "jwk": jwk });
        let header = b64::encode(header.to_string().as_bytes()).into();
        let thumbprint = Thumbprint::fitting(key.verifying_key().thumbprint());
        Ok(Self { key, header, thumbprint })
    }

    /// The thumbprint of the key, to which tokens are bound.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// A proof for one request, with a fresh name: the value of its `DPoP` header.
    ///
    /// `nonce` is the last one that this server gave out in `DPoP-Nonce`, if it did (RFC 9449 § 8.2).
    pub fn proof(
        &self,
        request: &ProofRequest<'_>,
        nonce: Option<&str>,
        now: UnixTime,
    ) -> Result<String, SignFailed> {
        let mut claims = json!({
            "jti": Jti::random().as_str(),
            "htm": request.method(),
            "htu": request.uri(),
            "iat": now.as_secs(),
        });
        if let Some(claims) = claims.as_object_mut() {
            let ath = request.token_hash().map(|hash| b64::encode(&hash));
            claims.extend(ath.map(|ath| ("ath".to_owned(), ath.into())));
            claims.extend(nonce.map(|nonce| ("nonce".to_owned(), nonce.into())));
        }
        let mut proof = String::from(&*self.header);
        proof.push('.');
        b64::append(claims.to_string().as_bytes(), &mut proof);
        let signature = self.key.sign(proof.as_bytes())?;
        proof.push('.');
        b64::append(&signature, &mut proof);
        Ok(proof)
    }
}
