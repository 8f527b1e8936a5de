//! The form of a vector file, and the tokens that it stands for. See `vectors/README.md`.

mod sign;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::{Algorithm, Audience, IssuerId, KeySet, SigningKey, UnixTime, Verifier, b64};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) title: String,
    pub(crate) records: Vec<String>,
    pub(crate) license: String,
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    #[default]
    Token,
    Jwk,
    KeySet,
    Secret,
    Jws,
    Thumbprint,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) kind: Kind,
    pub(crate) verdict: String,

    token: Option<Value>,
    header: Option<Value>,
    payload: Option<Value>,
    payload_base64: Option<String>,
    #[serde(default)]
    claims: Map<String, Value>,
    #[serde(default)]
    raw_claims: BTreeMap<String, String>,
    #[serde(default)]
    without: Vec<String>,
    append_claims: Option<String>,
    sign: Option<Value>,
    #[serde(default)]
    mangle: Mangle,
    keys: Option<Vec<String>>,
    accept_type: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
    now: Option<u64>,
    leeway: Option<u64>,

    jwk: Option<Value>,
    #[serde(default, rename = "as", deserialize_with = "is_signing")]
    pub(crate) signing: bool,
    pub(crate) key_set: Option<Value>,
    pub(crate) usable: Option<usize>,
    pub(crate) skipped: Option<usize>,
    algorithm: Option<String>,
    text: Option<String>,
    base64: Option<String>,
    #[serde(default)]
    pub(crate) deterministic: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Mangle {
    before: String,
    after: String,
    header_after: String,
    payload_after: String,
    signature_after: String,
    last_bits: bool,
}

impl Case {
    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now.unwrap_or(1_000_000))
    }

    pub(crate) fn jwk_text(&self) -> String {
        text(self.jwk.as_ref().unwrap())
    }

    /// The algorithm that a secret is meant for.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm.as_deref().unwrap_or("HS256").parse().unwrap()
    }

    pub(crate) fn secret(&self) -> Vec<u8> {
        match (&self.text, &self.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(bytes)) => b64::decode(bytes).unwrap(),
            _ => panic!("{}: text or base64", self.name),
        }
    }

    pub(crate) fn verifier(&self) -> Verifier {
        let all = ["es256", "rs256", "ed25519"].map(str::to_owned).to_vec();
        let names = self.keys.clone().unwrap_or(all);
        let keys = names.iter().map(|name| key(name).verifying_key().clone());
        let mut builder = Verifier::builder()
            .issuer(IssuerId::new(self.issuer.as_deref().unwrap_or(ISSUER)).unwrap())
            .audience(Audience::foreign(self.audience.as_deref().unwrap_or(AUDIENCE)).unwrap())
            .keys(KeySet::from_keys(keys).unwrap());
        if let Some(accept) = &self.accept_type {
            builder = builder.accept_type(accept.parse().unwrap());
        }
        if let Some(leeway) = self.leeway {
            builder = builder.leeway(Duration::from_secs(leeway));
        }
        builder.build()
    }

    pub(crate) fn token(&self) -> String {
        if let Some(token) = &self.token {
            return text(token);
        }
        let good = json!({"alg": "ES256", "kid": "es256", "typ": "at+jwt"});
        let header = b64::encode(text(self.header.as_ref().unwrap_or(&good)).as_bytes());
        let payload = match &self.payload_base64 {
            Some(encoded) => encoded.clone(),
            None => b64::encode(self.payload_text().as_bytes()),
        };
        let input = format!("{header}.{payload}");
        let signature = sign::sign(self.sign.as_ref(), input.as_bytes());
        self.mangle.apply(&header, &payload, b64::encode(&signature))
    }

    fn payload_text(&self) -> String {
        if let Some(payload) = &self.payload {
            return text(payload);
        }
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "client_id": "web", "jti": "t-1",
            "iat": 1_000_000, "exp": 1_000_300, "sid": "s-1", "scope": "read", "ver": 1,
            "auth_time": 999_000,
        });
        let claims = claims.as_object_mut().unwrap();
        claims.extend(self.claims.clone());
        claims
            .retain(|name, _| !self.without.contains(name) && !self.raw_claims.contains_key(name));
        let written = claims.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
        let raw = self.raw_claims.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
        let members: Vec<_> = written.chain(raw).chain(self.append_claims.clone()).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl Mangle {
    fn apply(&self, header: &str, payload: &str, mut signature: String) -> String {
        if self.last_bits {
            // 64 bytes end in a character of which four bits are nothing.
            let last = signature.pop().unwrap();
            signature.push(match last {
                'A' => 'B',
                'Q' => 'R',
                'g' => 'h',
                _ => 'x',
            });
        }
        let Self { before, after, header_after, payload_after, signature_after, .. } = self;
        format!(
            "{before}{header}{header_after}.{payload}{payload_after}.{signature}{signature_after}{after}"
        )
    }
}

const ISSUER: &str = "https://auth.example.com/audiences/billing-api";
const AUDIENCE: &str = "billing-api";

/// The key `name` of `vectors/keys`.
fn key(name: &str) -> SigningKey {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    SigningKey::from_jwk(&std::fs::read(root.join(format!("{name}.json"))).unwrap()).unwrap()
}

/// The text that `value` stands for.
pub(crate) fn text(value: &Value) -> String {
    if let Value::String(text) = value {
        return text.clone();
    }
    let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    match value.get("times").and_then(Value::as_u64) {
        Some(times) => {
            let middle = part("repeat").repeat(usize::try_from(times).unwrap());
            format!("{}{middle}{}", part("head"), part("tail"))
        }
        None => value.to_string(),
    }
}

fn is_signing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "signing" => Ok(true),
        "verifying" => Ok(false),
        _ => Err(serde::de::Error::custom("`as` is signing or verifying")),
    }
}
