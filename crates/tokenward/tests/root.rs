//! Walks the files under `vectors/root/`: a key set is trusted on the word of a pinned root, and on no other.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};
use tokenward::crypto::sha256;
use tokenward::root::{PinnedRoot, TrustState};
use tokenward::{Algorithm, IssuerId, SigningKey, UnixTime, b64};

#[test]
fn every_case_has_its_verdict() {
    let files = files();
    assert!(files.len() >= 3, "only {} files", files.len());

    let mut wrong = Vec::new();
    for (path, file) in &files {
        assert!(!file.title.is_empty() && !file.license.is_empty(), "{path}");
        assert!(!file.records.is_empty() && file.cases.len() >= 3, "{path}");
        for case in &file.cases {
            let outcome = outcome(&file.good, case);
            if outcome != case.verdict {
                wrong.push(format!("{path}: {}: {outcome}, not {}", case.name, case.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_vector_that_should_fail_does_fail() {
    let files = files();
    let case = Case { verdict: "root_expired".to_owned(), ..Case::default() };

    assert_eq!(outcome(&files[0].1.good, &case), "accepted");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    records: Vec<String>,
    license: String,
    /// What is trusted.
    good: Value,
    cases: Vec<Case>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    name: String,
    verdict: String,
    /// What differs from the good one, as a merge patch (RFC 7396).
    patch: Value,
    /// The whole chain, as text, in the place of what the patch makes.
    chain: Option<String>,
}

fn files() -> Vec<(String, File)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/root");
    let mut files: Vec<(String, File)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let file = serde_json::from_slice(&std::fs::read(&path).unwrap());
            (name, file.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect();
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

fn outcome(good: &Value, case: &Case) -> String {
    let mut scene = good.clone();
    merge(&mut scene, &case.patch);
    let chain = case.chain.clone().unwrap_or_else(|| chain(&scene).to_string());
    let number = |name: &str| scene[name].as_u64().unwrap();
    // The pin is what was brought by hand, so it is never what an attacker has changed.
    let roots: Vec<Value> = good["roots"].as_object().unwrap().values().map(root).collect();
    let count = usize::try_from(number("pin")).unwrap();
    let mut pin = json!({ "roots": roots[..count] });
    if !scene["pinned"].is_null() {
        pin["delegation"] = delegation(&scene["pinned"], roots[..count].last().unwrap());
    }
    let pin = pin.to_string();
    let seen = TrustState::parse(seen(&scene["seen"]).to_string().as_bytes()).unwrap();
    let issuer = IssuerId::new(scene["issuer"].as_str().unwrap()).unwrap();
    let (statement, now) = (statement(&scene["statement"]), UnixTime::from_secs(number("now")));

    let pinned = PinnedRoot::parse(pin.as_bytes()).unwrap();
    match pinned.verify(chain.as_bytes(), &statement, &issuer, &seen, now) {
        Ok(_) => "accepted".to_owned(),
        Err(distrust) => distrust.as_str().to_owned(),
    }
}

fn chain(scene: &Value) -> Value {
    let roots: Vec<Value> = scene["roots"].as_object().unwrap().values().map(root).collect();
    let mut chain = json!({ "roots": roots });
    if !scene["delegation"].is_null() {
        let by = scene["delegation"]["of"].as_str().map(|name| root(&scene["roots"][name]));
        let by = by.as_ref().or_else(|| roots.last()).unwrap();
        chain["delegation"] = delegation(&scene["delegation"], by);
    }
    merge(&mut chain, &scene["extra"]);
    chain
}

fn root(says: &Value) -> Value {
    let mut payload = json!({
        "version": says["version"],
        "threshold": says["threshold"],
        "keys": names(&says["keys"]).map(jwk).collect::<Vec<_>>(),
        "iat": says["iat"],
        "exp": says["exp"],
    });
    merge(&mut payload, &says["extra"]);
    signed(&payload, says, "tokenward-root+jws")
}

/// The delegation that `says` describes, `by` a root: the last one, or the one that it is `of`.
fn delegation(says: &Value, by: &Value) -> Value {
    let root = sha256(&b64::decode(by["payload"].as_str().unwrap()).unwrap());
    let mut payload = json!({
        "root": b64::encode(&root),
        "signer": jwk(says["signer"].as_str().unwrap()),
        "issuers": says["issuers"],
        "algorithms": says["algorithms"],
        "iat": says["iat"],
        "nbf": says["nbf"],
        "exp": says["exp"],
    });
    merge(&mut payload, &says["extra"]);
    signed(&payload, says, "tokenward-delegation+jws")
}

/// The document `payload` with the signatures that `says` asks for: `by` names of keys, each perhaps with
/// another name in its header (`a as b`), under the `typ` that belongs or another, with the members of the
/// header in the usual order or `around`.
fn signed(payload: &Value, says: &Value, typ: &str) -> Value {
    let payload = b64::encode(payload.to_string().as_bytes());
    let typ = says["typ"].as_str().unwrap_or(typ);
    let sign = |by: &str| {
        let (key, named) = by.split_once(" as ").unwrap_or((by, by));
        let kid = key_named(named).verifying_key().thumbprint();
        let header = if says["around"] == true {
            format!(r#"{{"kid":"{kid}","alg":"EdDSA","typ":"{typ}"}}"#)
        } else {
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{typ}"}}"#)
        };
        let header = b64::encode(header.as_bytes());
        let input = format!("{header}.{payload}");
        let signature = key_named(key).sign(input.as_bytes()).unwrap();
        format!("{header}..{}", b64::encode(&signature))
    };
    let signatures: Vec<_> = names(&says["by"]).map(sign).collect();
    let payload = match says["later"].as_object() {
        // What was signed is not what stands there.
        Some(later) => {
            let mut changed: Value =
                serde_json::from_slice(&b64::decode(&payload).unwrap()).unwrap();
            merge(&mut changed, &json!(later));
            b64::encode(changed.to_string().as_bytes())
        }
        None => payload,
    };
    json!({ "payload": payload, "signatures": signatures })
}

fn statement(says: &Value) -> String {
    let keys: Vec<_> = names(&says["keys"]).map(jwk).collect();
    let mut payload = json!({
        "iss": says["iss"], "sub": says["sub"], "iat": says["iat"], "exp": says["exp"], "keys": keys,
    });
    if !says["version"].is_null() {
        payload["version"] = says["version"].clone();
    }
    if !says["prev"].is_null() {
        payload["prev"] = b64::encode(&hash(&says["prev"])).into();
    }
    let (key, kid) = (says["by"].as_str().unwrap(), says["kid"].as_str());
    let kid = key_named(kid.unwrap_or(key)).verifying_key().thumbprint();
    let key = key_named(key);
    let mut header = json!({ "alg": key.algorithm().as_str(), "kid": kid, "typ": says["typ"] });
    merge(&mut header, &says["header"]);
    let header = b64::encode(header.to_string().as_bytes());
    let input = format!("{header}.{}", b64::encode(payload.to_string().as_bytes()));
    let signature = b64::encode(&key.sign(input.as_bytes()).unwrap());
    if says["injected"].is_null() {
        return format!("{input}.{signature}");
    }
    let keys: Vec<_> = names(&says["injected"]).map(jwk).collect();
    payload["keys"] = keys.into();
    format!("{header}.{}.{signature}", b64::encode(payload.to_string().as_bytes()))
}

/// What was seen: the text that a verifier keeps, whose hash is given as the names of the keys, and the
/// signer by its own.
fn seen(says: &Value) -> Value {
    let mut state = says.clone();
    if !says["hash"].is_null() {
        state["hash"] = b64::encode(&hash(&says["hash"])).into();
    }
    if let Some(signer) = says["signer"].as_str() {
        state["signer"] = key_named(signer).verifying_key().thumbprint().into();
    }
    state
}

fn hash(keys: &Value) -> [u8; 32] {
    let keys: Vec<_> = names(keys).map(jwk).collect();
    sha256(json!(keys).to_string().as_bytes())
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap())
}

fn jwk(name: &str) -> Value {
    Value::Object(key_named(name).verifying_key().to_jwk().unwrap())
}

fn key_named(name: &str) -> &'static SigningKey {
    static KEYS: LazyLock<BTreeMap<&str, SigningKey>> = LazyLock::new(|| {
        let key = |(name, algorithm)| (name, SigningKey::generate(algorithm));
        let ed = ["a", "b", "c", "d", "stranger", "ed-token"].map(|name| (name, Algorithm::EdDsa));
        let es = ["signer", "old-signer", "token", "next-token", "attacker", "es-root"]
            .map(|name| (name, Algorithm::Es256));
        ed.into_iter().chain(es).map(key).collect()
    });
    KEYS.get(name).unwrap_or_else(|| panic!("no key is called {name}"))
}

/// RFC 7396 § 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        if !patch.is_null() {
            *target = patch.clone();
        }
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in patch {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(name);
        } else {
            merge(&mut target[name], value);
        }
    }
}
