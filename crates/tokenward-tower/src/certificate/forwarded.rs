//! What proxies tell of their clients' certificates, each in a form of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;
use tokenward::CertificateThumbprint;

/// How a proxy tells of the certificate that its client has shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Forwarded {
    /// PEM, escaped as in a URL, in `X-Client-Cert`: nginx's `$ssl_client_escaped_cert`.
    EscapedPem,
    /// The bytes between colons, in `Client-Cert` (RFC 9440 § 2.2): HAProxy, Caddy.
    ClientCert,
    /// `Hash=`, the SHA-256, in Envoy's `X-Forwarded-Client-Cert`.
    Xfcc,
    /// Base64 of the whole chain, separated by commas, in Traefik's `X-Forwarded-Tls-Client-Cert`.
    Chain,
}

/// The header about the client's certificate cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCertificate {
    /// It stands there more than once, so the client's own came along.
    #[error("the header of the client's certificate stands more than once")]
    Repeated,
    /// It is longer than any certificate.
    #[error("the header of the client's certificate is too long")]
    TooLong,
    /// It is not in its form.
    #[error("the header of the client's certificate is not in the form of this proxy")]
    Malformed,
}

impl BadCertificate {
    /// The reason as a metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repeated => "two_certificates",
            Self::TooLong => "certificate_too_long",
            Self::Malformed => "bad_certificate",
        }
    }
}

impl Forwarded {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EscapedPem, Self::ClientCert, Self::Xfcc, Self::Chain];

    /// The header that it stands in.
    #[must_use]
    pub const fn header(self) -> HeaderName {
        HeaderName::from_static(match self {
            Self::EscapedPem => "x-client-cert",
            Self::ClientCert => "client-cert",
            Self::Xfcc => "x-forwarded-client-cert",
            Self::Chain => "x-forwarded-tls-client-cert",
        })
    }

    /// The certificate in `headers`; `None` of a client that has shown none.
    ///
    /// # Security
    ///
    /// For headers from a proxy that is known, and that overwrites what its clients send under this name. Nothing
    /// about the certificate is verified.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use tokenward_tower::certificate::Forwarded;
    ///
    /// assert_eq!(Forwarded::ClientCert.read(&HeaderMap::new()), Ok(None));
    /// ```
    pub fn read(
        self,
        headers: &HeaderMap,
    ) -> Result<Option<CertificateThumbprint>, BadCertificate> {
        let mut lines = headers.get_all(self.header()).iter();
        let Some(line) = lines.next() else { return Ok(None) };
        if lines.next().is_some() {
            return Err(BadCertificate::Repeated);
        }
        if line.len() > LONGEST {
            return Err(BadCertificate::TooLong);
        }
        let text = line.to_str().map_err(|_| BadCertificate::Malformed)?;
        let none = match self {
            // As Caddy writes what it has none of.
            Self::ClientCert => text.is_empty() || text == "::",
            _ => text.is_empty(),
        };
        if none {
            return Ok(None);
        }
        self.thumbprint(text).map(Some).ok_or(BadCertificate::Malformed)
    }

    fn thumbprint(self, text: &str) -> Option<CertificateThumbprint> {
        match self {
            Self::EscapedPem => of_der(&pem(&percent_decode_str(text).decode_utf8().ok()?)?),
            Self::ClientCert => of_base64(text.strip_prefix(':')?.strip_suffix(':')?),
            // The client's own is the first of the chain.
            Self::Chain => {
                let mut chain = text.split(',').map(of_base64);
                let own = chain.next()??;
                chain.all(|other| other.is_some()).then_some(own)
            }
            Self::Xfcc => xfcc(text),
        }
    }
}

/// Beyond what any certificate comes to in any of the forms, and what our listeners take of a head.
const LONGEST: usize = 16 * 1_024;

fn of_base64(text: &str) -> Option<CertificateThumbprint> {
    of_der(&STANDARD.decode(text).ok()?)
}

/// The thumbprint of what is, from its first byte to its last, one DER value of the kind that a certificate is.
/// What is inside is for whoever vouches for it.
fn of_der(der: &[u8]) -> Option<CertificateThumbprint> {
    const SEQUENCE: u8 = 0x30;
    let (length, rest) = match der {
        // The shortest form is the only one (X.690 § 10.1), and what is longer than two bytes of length can say
        // we take from nobody.
        [SEQUENCE, 0x81, length, rest @ ..] if *length >= 0x80 => (usize::from(*length), rest),
        [SEQUENCE, 0x82, high, low, rest @ ..] if *high > 0 => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    (rest.len() == length).then(|| CertificateThumbprint::of(der))
}

/// The bytes of the one certificate that `text` is, with nothing around it (RFC 7468 § 5).
fn pem(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let body = text.strip_prefix("-----BEGIN CERTIFICATE-----\n")?;
    let body = body.strip_suffix("\n-----END CERTIFICATE-----")?;
    STANDARD.decode(body.replace('\n', "")).ok()
}

/// The hash in the one element of the header: of several, another proxy added one.
fn xfcc(text: &str) -> Option<CertificateThumbprint> {
    let mut hash = None;
    let mut rest = text;
    loop {
        let (key, after) = rest.split_once('=')?;
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let (value, after) = value(after)?;
        if key.eq_ignore_ascii_case("Hash") && hash.replace(hexadecimal(value)?).is_some() {
            return None;
        }
        match after.strip_prefix(';') {
            Some(next) => rest = next,
            // A comma would begin the element of another proxy.
            None => {
                return if after.is_empty() {
                    Some(CertificateThumbprint::of_hash(&hash?))
                } else {
                    None
                };
            }
        }
    }
}

/// A value, quoted or not, and what stands after it.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', '"']).unwrap_or(text.len());
        return text.split_at_checked(end);
    };
    let mut escaped = false;
    let end = quoted.find(|one: char| {
        let ends = one == '"' && !escaped;
        escaped = one == '\\' && !escaped;
        ends
    })?;
    let (value, after) = quoted.split_at_checked(end)?;
    Some((value, after.strip_prefix('"')?))
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok()
}
