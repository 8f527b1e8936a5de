//! The keys of a run: for each algorithm one that all trust, and one that nobody knows.

use serde_json::{Map, Value, json};
use tokenward::{
    Algorithm, Audience, IssuerId, KeyId, KeySet, SigningKey, TokenType, Verifier, b64,
};

use crate::question::{AUDIENCE, Accept, ISSUER};

/// The name that tokens call a trusted key by.
pub(crate) const KEY_ID: &str = "key-1";

/// The keys of one algorithm.
#[derive(Debug)]
pub struct Keys {
    /// The one algorithm.
    pub algorithm: Algorithm,
    /// Signs, and is trusted.
    pub trusted: SigningKey,
    /// Signs, and is not trusted, under the same name.
    pub stranger: SigningKey,
    /// What verifies, as a JWK; for HMAC the secret.
    pub jwk: Value,
}

impl Keys {
    /// Our verifier of this key alone.
    ///
    /// # Panics
    ///
    /// If the core refuses its own key.
    #[must_use]
    pub fn verifier(&self, accept: Accept) -> Verifier {
        let keys = KeySet::from_keys([self.trusted.verifying_key().clone()]).expect("one key");
        Verifier::builder()
            .issuer(IssuerId::new(ISSUER).expect("an issuer"))
            .audience(Audience::new(AUDIENCE).expect("an audience"))
            .keys(keys)
            .accept_type(match accept {
                Accept::AccessToken => TokenType::AccessToken,
                Accept::AnyJwt => TokenType::Jwt,
            })
            .build()
    }
}

/// The keys of all algorithms.
#[derive(Debug)]
pub struct KeyRing(Vec<Keys>);

impl KeyRing {
    /// Fresh keys for each of `algorithms`.
    #[must_use]
    pub fn generate(algorithms: &[Algorithm]) -> Self {
        let mut all: Vec<Keys> = Vec::new();
        // From the end, where the longest secret is, since it serves the shorter HMACs too.
        for algorithm in algorithms.iter().rev() {
            let trusted = pick(&all, *algorithm, |keys| &keys.trusted);
            let stranger = pick(&all, *algorithm, |keys| &keys.stranger);
            let jwk = Value::Object(jwk(&trusted));
            all.push(Keys { algorithm: *algorithm, trusted, stranger, jwk });
        }
        all.reverse();
        Self(all)
    }

    /// The keys of each algorithm.
    pub fn iter(&self) -> impl Iterator<Item = &Keys> {
        self.0.iter()
    }
}

/// The key material of another algorithm if it serves this one too, so that only the name stands
/// between an RSA key for PKCS #1 and its use for PSS; otherwise a fresh key.
fn pick(made: &[Keys], algorithm: Algorithm, which: impl Fn(&Keys) -> &SigningKey) -> SigningKey {
    let id = KeyId::new(KEY_ID).expect("a key id");
    let mut same_kind =
        made.iter().filter(|keys| keys.algorithm.is_symmetric() == algorithm.is_symmetric());
    same_kind
        .find_map(|keys| as_key_of(which(keys), algorithm))
        .unwrap_or_else(|| SigningKey::generate(algorithm))
        .with_key_id(id)
}

/// The same private half for another algorithm, if it can be one.
pub(crate) fn as_key_of(key: &SigningKey, algorithm: Algorithm) -> Option<SigningKey> {
    let secret = key.to_secret_bytes().ok()?;
    SigningKey::from_secret_bytes(algorithm, &secret).ok()
}

fn jwk(key: &SigningKey) -> Map<String, Value> {
    let public = key.verifying_key().to_jwk();
    public.unwrap_or_else(|| {
        let secret = key.to_secret_bytes().expect("a secret has bytes");
        let jwk = json!({"kty": "oct", "k": b64::encode(&secret), "alg": key.algorithm().as_str(), "use": "sig", "kid": KEY_ID});
        jwk.as_object().expect("an object").clone()
    })
}
