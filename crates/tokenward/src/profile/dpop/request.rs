//! The request that a proof is about.

use std::fmt;

use super::uri;
use crate::crypto::sha256;

/// A request as a proof describes it: method, URI, and the access token that it carries, if any.
///
/// ```
/// use tokenward::ProofRequest;
///
/// let request = ProofRequest::without_token("POST", "HTTPS://Auth.Example.com:443/a/../token?x=1")?;
/// assert_eq!(request.uri(), "https://auth.example.com/token");
/// # Ok::<(), tokenward::InvalidProofRequest>(())
/// ```
#[derive(Clone)]
pub struct ProofRequest<'a> {
    method: &'a str,
    uri: Box<str>,
    access_token: Option<&'a str>,
}

/// The method is no HTTP method, or the URI no absolute `http` or `https` URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a proof is about an HTTP method and an absolute http or https URI")]
#[non_exhaustive]
pub struct InvalidProofRequest;

impl<'a> ProofRequest<'a> {
    /// A request to an API, with its access token: the proof must have the hash of that token.
    ///
    /// ```
    /// # fn f(access_token: &str) -> Result<(), tokenward::InvalidProofRequest> {
    /// use tokenward::ProofRequest;
    ///
    /// let request = ProofRequest::with_token("GET", "https://api.example.com/notes", access_token)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_token(
        method: &'a str,
        uri: &str,
        access_token: &'a str,
    ) -> Result<Self, InvalidProofRequest> {
        Self::new(method, uri, Some(access_token))
    }

    /// A request without an access token, as to a token endpoint (RFC 9449 § 5).
    pub fn without_token(method: &'a str, uri: &str) -> Result<Self, InvalidProofRequest> {
        Self::new(method, uri, None)
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &str {
        self.method
    }

    /// The URI in its normal form, without query and fragment.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The SHA-256 of the access token.
    pub(super) fn token_hash(&self) -> Option<[u8; 32]> {
        self.access_token.map(|token| sha256(token.as_bytes()))
    }

    fn new(
        method: &'a str,
        uri: &str,
        access_token: Option<&'a str>,
    ) -> Result<Self, InvalidProofRequest> {
        let is_method = !method.is_empty() && method.len() <= 32 && method.bytes().all(is_token);
        let uri = uri::normalize(uri).filter(|_| is_method).ok_or(InvalidProofRequest)?;
        Ok(Self { method, uri: uri.into(), access_token })
    }
}

/// `tchar` of RFC 9110 § 5.6.2.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// Shows whether there is a token, and not the token.
impl fmt::Debug for ProofRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofRequest")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("with_token", &self.access_token.is_some())
            .finish_non_exhaustive()
    }
}
