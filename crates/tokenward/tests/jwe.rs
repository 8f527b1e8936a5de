//! Walks the files under `vectors/jwe`: every attack is refused for the right reason, every example holds.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use tokenward::{
    Audience, ContentType, Curve, Decrypter, DecryptionKey, DecryptionKeys, EncryptionKey,
    IssuerId, KeyAlgorithm, KeyError, KeySet, NestedType, NestedVerifier, Rejected, SealKey,
    SigningKey, UnixTime, Verifier, VerifyingKey,
};

#[test]
fn every_encrypted_vector_has_its_verdict() {
    let mut wrong = Vec::new();
    let files = files();
    assert!(files.len() >= 15, "only {} files", files.len());
    for (name, file) in &files {
        assert!(!file.title.is_empty() && !file.license.is_empty(), "{name}");
        assert!(!file.records.is_empty() && !file.cases.is_empty(), "{name}");
        for case in &file.cases {
            let outcome = case.outcome();
            if outcome != case.verdict {
                wrong.push(format!("{name}: {}: {outcome}, not {}", case.name, case.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_reason_of_an_encrypted_token_has_a_vector() {
    let verdicts: BTreeSet<String> =
        files().into_iter().flat_map(|(_, file)| file.cases).map(|case| case.verdict).collect();
    for reason in [
        "malformed",
        "too_long",
        "encrypted",
        "not_encrypted",
        "invalid_header",
        "critical_header",
        "unsupported_algorithm",
        "no_key_id",
        "unknown_key",
        "wrong_algorithm",
        "wrong_content_type",
        "invalid_ephemeral_key",
        "bad_decryption",
    ] {
        assert!(verdicts.contains(reason), "no vector is {reason}");
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    records: Vec<String>,
    license: String,
    cases: Vec<Case>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Token,
    Nested,
    Sealed,
    Jwk,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    kind: Kind,
    verdict: String,
    #[serde(default)]
    keys: Vec<Value>,
    #[serde(rename = "for")]
    pinned: Option<String>,
    token: Option<Value>,
    content_type: Option<String>,
    #[serde(default)]
    accept_a128gcm: bool,
    content: Option<String>,
    #[serde(default)]
    seals: Vec<String>,
    jwk: Option<Value>,
    #[serde(rename = "as")]
    role: Option<String>,
}

impl Case {
    fn outcome(&self) -> String {
        match self.kind {
            Kind::Token => self.decrypt(),
            Kind::Nested => self.verify(),
            Kind::Sealed => self.open(),
            Kind::Jwk => self.read(),
        }
    }

    fn decrypt(&self) -> String {
        let builder = Decrypter::builder().keys(self.decryption_keys());
        let builder = match &self.content_type {
            Some(content_type) => builder.content_type(ContentType::new(content_type).unwrap()),
            None => builder.no_content_type(),
        };
        let builder = if self.accept_a128gcm { builder.accept_a128gcm() } else { builder };
        match builder.build().decrypt(&self.token()) {
            Ok(decrypted) => {
                let content = String::from_utf8(decrypted.as_bytes().to_vec()).unwrap();
                assert_eq!(Some(&content), self.content.as_ref(), "{}", self.name);
                "accepted".to_owned()
            }
            Err(rejected) => reason(&rejected),
        }
    }

    fn verify(&self) -> String {
        let nested = match self.content_type.as_deref() {
            Some("JWT") => NestedType::Jwt,
            _ => NestedType::AccessToken,
        };
        let verifier = NestedVerifier::new(self.decryption_keys(), nested, signature_verifier());
        match verifier.verify(&self.token(), UnixTime::from_secs(1_000_000)) {
            Ok(claims) => claims.subject().to_string(),
            Err(rejected) => reason(&rejected),
        }
    }

    fn open(&self) -> String {
        let seals: Vec<_> = self.seals.iter().map(|key| SealKey::parse(key).unwrap()).collect();
        let verifier = signature_verifier();
        match verifier.verify_sealed(&self.token(), &seals, UnixTime::from_secs(1_000_000)) {
            Ok(claims) => claims.subject().to_string(),
            Err(rejected) => reason(&rejected),
        }
    }

    fn read(&self) -> String {
        let json = text(&derived(self.jwk.as_ref().unwrap()));
        let json = json.as_bytes();
        let pinned = self.pinned.as_deref().map(algorithm);
        let read = match (self.role.as_deref().unwrap(), pinned) {
            ("encryption", None) => EncryptionKey::from_jwk(json).map(|key| public(&key)),
            ("encryption", Some(pinned)) => {
                EncryptionKey::from_jwk_for(pinned, json).map(|key| public(&key))
            }
            ("decryption", None) => DecryptionKey::from_jwk(json).map(|key| private(&key)),
            ("decryption", Some(pinned)) => {
                DecryptionKey::from_jwk_for(pinned, json).map(|key| private(&key))
            }
            ("verifying", _) => VerifyingKey::from_jwk(json).map(|key| key.algorithm().to_string()),
            ("signing", _) => SigningKey::from_jwk(json).map(|key| key.algorithm().to_string()),
            (role, _) => panic!("no role {role}"),
        };
        read.unwrap_or_else(|error| variant(&error))
    }

    fn decryption_keys(&self) -> DecryptionKeys {
        DecryptionKeys::new(self.keys.iter().map(|key| {
            let json = match key {
                Value::String(name) => read(&format!("jwe/keys/{name}.json")),
                jwk => jwk.to_string().into_bytes(),
            };
            match &self.pinned {
                Some(name) => DecryptionKey::from_jwk_for(algorithm(name), &json).unwrap(),
                None => DecryptionKey::from_jwk(&json).unwrap(),
            }
        }))
        .unwrap()
    }

    fn token(&self) -> String {
        text(self.token.as_ref().unwrap())
    }
}

fn reason(rejected: &Rejected) -> String {
    assert_eq!(rejected.to_string(), "invalid token");
    rejected.reason().as_str().to_owned()
}

/// The algorithm of a key that was read, which also comes back from what it writes.
fn public(key: &EncryptionKey) -> String {
    if let Some(jwk) = key.to_jwk() {
        assert!(!jwk.contains_key("d") && !jwk.contains_key("k"), "a private member got out");
        let again = EncryptionKey::from_jwk(Value::Object(jwk).to_string().as_bytes()).unwrap();
        assert_eq!(again.thumbprint(), key.thumbprint());
        assert_eq!(again.algorithm(), key.algorithm());
    }
    key.algorithm().to_string()
}

fn private(key: &DecryptionKey) -> String {
    let bytes = key.to_secret_bytes().unwrap();
    let again = DecryptionKey::from_secret_bytes(key.algorithm(), &bytes).unwrap();
    let thumbprint = |key: &DecryptionKey| key.encryption_key().map(|key| key.thumbprint());
    assert_eq!(thumbprint(&again), thumbprint(key));
    key.encryption_key().map_or_else(|| "read alone".to_owned(), |key| public(&key))
}

fn variant(error: &KeyError) -> String {
    let error = format!("{error:?}");
    error.split(['(', ' ']).next().unwrap().to_owned()
}

fn algorithm(name: &str) -> KeyAlgorithm {
    let all = [
        KeyAlgorithm::Dir,
        KeyAlgorithm::EcdhEs(Curve::P256),
        KeyAlgorithm::EcdhEs(Curve::X25519),
        KeyAlgorithm::EcdhEsA256Kw(Curve::P256),
        KeyAlgorithm::EcdhEsA256Kw(Curve::X25519),
        KeyAlgorithm::RsaOaep256,
    ];
    all.into_iter().find(|algorithm| algorithm.to_string() == name).unwrap()
}

/// The JWK that `value` stands for: itself, or a key of `vectors/jwe/keys` with some members changed.
fn derived(value: &Value) -> Value {
    let Some(name) = value.get("of").and_then(Value::as_str) else { return value.clone() };
    let mut jwk: Map<String, Value> =
        serde_json::from_slice(&read(&format!("jwe/keys/{name}.json"))).unwrap();
    if value["half"] == "public" {
        jwk.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    }
    for name in value["without"].as_array().into_iter().flatten() {
        jwk.remove(name.as_str().unwrap());
    }
    jwk.extend(value["with"].as_object().cloned().unwrap_or_default());
    Value::Object(jwk)
}

/// The text that `value` stands for.
fn text(value: &Value) -> String {
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

/// What decides about the token inside, as for the vectors that are only signed.
fn signature_verifier() -> Verifier {
    let key = SigningKey::from_jwk(&read("keys/es256.json")).unwrap();
    Verifier::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build()
}

fn files() -> Vec<(String, File)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("jwe"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let file = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = serde_json::from_slice(&std::fs::read(path).unwrap());
        (name.clone(), file.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    paths.iter().map(file).collect()
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(root().join(path)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}
