//! How a service proves who it is, where it has no secret to share.
//!
//! **Invariant:** nothing here is secret: whoever reads it all, out of the store or the configuration, can
//! prove nothing with it.

use std::fmt;
use std::str::FromStr;

use tokenward::{ErrorChain, IssuerId, KeyError, KeySet, Subject};

#[cfg(test)]
mod tests;

/// What a service proves itself by, besides secrets.
///
/// As a text, which a store keeps, it is a word and what belongs to it: `jwks {"keys":[…]}`,
/// `jwks_uri https://…`, `certificate NAME`, `spiffe spiffe://…`.
///
/// ```
/// use tokenward_sessions::ServiceProof;
///
/// let proof = ServiceProof::spiffe("spiffe://example.org/invoices")?;
/// assert_eq!(proof.to_string().parse(), Ok(proof));
/// # Ok::<(), tokenward_sessions::InvalidServiceProof>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServiceProof {
    /// An assertion signed with one of these keys (`private_key_jwt`, RFC 7523).
    Keys(PublicKeys),
    /// The same, with the keys that stand at this URL (RFC 7591 § 2, `jwks_uri`).
    KeysAt(Box<str>),
    /// A client certificate with this name among its subject alternative names (`tls_client_auth`,
    /// RFC 8705 § 2.1).
    Certificate(Box<str>),
    /// A JWT-SVID of this workload.
    Spiffe(SpiffeId),
}

/// The public keys of a service, as a JWK set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKeys(Box<str>);

/// The SPIFFE ID of a workload: `spiffe://TRUST-DOMAIN/PATH`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SpiffeId {
    id: Subject,
    domain: IssuerId,
}

/// A text is nothing that a service can prove itself by.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
#[non_exhaustive]
pub struct InvalidServiceProof(pub String);

/// A service needs two keys while one is being replaced; more are for several instances.
const KEYS: usize = 16;

impl ServiceProof {
    /// By keys, given as a JWK set or a single JWK, of public halves alone.
    pub fn keys(json: &str) -> Result<Self, InvalidServiceProof> {
        PublicKeys::parse(json).map(Self::Keys)
    }

    /// By the keys at `url`, which must be `https`, or `http` to this very machine.
    pub fn keys_at(url: &str) -> Result<Self, InvalidServiceProof> {
        let local = ["http://localhost:", "http://127.0.0.1:", "http://[::1]:"];
        let local = local.iter().find_map(|local| url.strip_prefix(local));
        let rest = url.strip_prefix("https://").or(local).unwrap_or_default();
        let plain = url.len() <= 2_000 && rest.bytes().all(|byte| byte.is_ascii_graphic());
        if rest.is_empty() || rest.starts_with('/') || !plain || rest.contains(['@', '#']) {
            return Err(invalid("must be an https URL, without a user name or fragment"));
        }
        Ok(Self::KeysAt(url.into()))
    }

    /// By a certificate with the subject alternative name `name`.
    pub fn certificate(name: &str) -> Result<Self, InvalidServiceProof> {
        if name.is_empty() || name.len() > 512 || !name.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(invalid("must be a subject alternative name: a DNS name, say, or a URI"));
        }
        Ok(Self::Certificate(name.into()))
    }

    /// By JWT-SVIDs of the workload `id`.
    pub fn spiffe(id: &str) -> Result<Self, InvalidServiceProof> {
        SpiffeId::parse(id).map(Self::Spiffe)
    }

    /// The method's name, as OAuth's registries have it.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Keys(_) | Self::KeysAt(_) => "private_key_jwt",
            Self::Certificate(_) => "tls_client_auth",
            Self::Spiffe(_) => "spiffe_jwt",
        }
    }
}

impl fmt::Display for ServiceProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(keys) => write!(f, "jwks {}", keys.0),
            Self::KeysAt(url) => write!(f, "jwks_uri {url}"),
            Self::Certificate(name) => write!(f, "certificate {name}"),
            Self::Spiffe(id) => write!(f, "spiffe {}", id.id),
        }
    }
}

impl FromStr for ServiceProof {
    type Err = InvalidServiceProof;

    fn from_str(text: &str) -> Result<Self, InvalidServiceProof> {
        match text.split_once(' ') {
            Some(("jwks", keys)) => Self::keys(keys),
            Some(("jwks_uri", url)) => Self::keys_at(url),
            Some(("certificate", name)) => Self::certificate(name),
            Some(("spiffe", id)) => Self::spiffe(id),
            _ => Err(invalid("is no proof that is known")),
        }
    }
}

impl PublicKeys {
    fn parse(json: &str) -> Result<Self, InvalidServiceProof> {
        let value: serde_json::Value =
            serde_json::from_str(json).map_err(|_| invalid("is no JSON"))?;
        // A text that is read in two ways would be two things, so it is read strictly from what is kept.
        let json = if value.get("keys").is_some() {
            json.trim().to_owned()
        } else {
            format!("{{\"keys\":[{}]}}", json.trim())
        };
        let set = read(&json)?;
        if let Some(skipped) = set.skipped().first() {
            return Err(match &skipped.why {
                KeyError::PrivateMembers => invalid(
                    "holds a private key: give the public half alone, and replace that key, for it was \
                     shown",
                ),
                why => invalid(format!(
                    "key {} cannot be used: {}",
                    skipped.index,
                    ErrorChain::new(why)
                )),
            });
        }
        if set.keys().iter().any(|key| key.algorithm().is_symmetric()) {
            return Err(invalid(
                "holds a symmetric key: a service signs with a key that nobody else has",
            ));
        }
        if set.keys().len() > 1 && set.keys().iter().any(|key| key.key_id().is_none()) {
            return Err(invalid("holds several keys, so each needs a name of its own (`kid`)"));
        }
        if set.keys().len() > KEYS {
            return Err(invalid(format!("holds more than {KEYS} keys")));
        }
        Ok(Self(set.to_json().into()))
    }

    /// The set, ready to verify with.
    pub fn key_set(&self) -> Result<KeySet, InvalidServiceProof> {
        read(&self.0)
    }
}

impl SpiffeId {
    fn parse(text: &str) -> Result<Self, InvalidServiceProof> {
        let wrong = || invalid("must be a SPIFFE ID, for example spiffe://example.org/invoices");
        let rest = text.strip_prefix("spiffe://").ok_or_else(wrong)?;
        let (domain, path) = rest.split_once('/').ok_or_else(wrong)?;
        // SPIFFE-ID § 2.1 and § 2.2.
        let in_domain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
        let in_path = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let segment = |segment: &str| {
            !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(in_path)
        };
        if domain.is_empty() || !domain.bytes().all(in_domain) || !path.split('/').all(segment) {
            return Err(wrong());
        }
        let domain = IssuerId::new(format!("spiffe://{domain}")).map_err(|_| wrong())?;
        Ok(Self { id: Subject::new(text).map_err(|_| wrong())?, domain })
    }

    /// The whole ID.
    #[must_use]
    pub const fn id(&self) -> &Subject {
        &self.id
    }

    /// Its trust domain, as `spiffe://example.org`.
    #[must_use]
    pub const fn trust_domain(&self) -> &IssuerId {
        &self.domain
    }
}

fn read(json: &str) -> Result<KeySet, InvalidServiceProof> {
    KeySet::parse(json.as_bytes()).map_err(|error| invalid(ErrorChain::new(&error).to_string()))
}

fn invalid(why: impl Into<String>) -> InvalidServiceProof {
    InvalidServiceProof(why.into())
}
