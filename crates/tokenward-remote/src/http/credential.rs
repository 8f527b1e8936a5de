//! Who we are to the authority.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use tokenward::ClientId;
use zeroize::Zeroizing;

/// The name and secret of a service, sent by HTTP Basic.
///
/// Both are form-encoded first, as RFC 6749 § 2.3.1 asks.
#[derive(Clone)]
pub struct Credential {
    client_id: ClientId,
    header: HeaderValue,
}

impl Credential {
    /// The service `client_id` and its secret.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "cannot happen")]
    #[expect(clippy::expect_used, reason = "base64 is visible ASCII, which every header may hold")]
    pub fn new(client_id: ClientId, secret: &str) -> Self {
        let encode = |text: &str| -> Zeroizing<String> {
            Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
        };
        let id = encode(client_id.as_str());
        let secret = encode(secret);
        let pair = Zeroizing::new([id.as_str(), ":", secret.as_str()].concat());
        let value = Zeroizing::new(["Basic ", &STANDARD.encode(pair.as_bytes())].concat());
        let mut header = HeaderValue::from_str(&value).expect("base64 is visible ASCII");
        header.set_sensitive(true);
        Self { client_id, header }
    }

    pub(crate) const fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
