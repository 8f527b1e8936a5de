//! A device that signs as WebAuthn says, or in the ways that `vectors/passkeys/` describes.
//!
//! It speaks the JSON of the browser's side, so that what a test sends is what a page would send.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokenward::crypto::{random, sha256};
use tokenward::{Algorithm, SigningKey, b64};

/// One device with one passkey.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a test looks at and changes all of it")]
pub struct Device {
    /// The id of its passkey.
    pub id: Vec<u8>,
    /// Its key.
    pub key: Arc<SigningKey>,
    /// Its counter: one more with each signature, or always 0.
    pub count: u32,
    /// What it was told to call its user.
    pub user_handle: Option<String>,
}

/// What a case does otherwise than a device, or a browser, would.
#[derive(Clone, Debug, Default)]
pub struct Otherwise(Map<String, Value>);

impl Otherwise {
    /// By the members of `case`, which the walkers of `vectors/passkeys/` have in common.
    ///
    /// # Panics
    ///
    /// If it is no object.
    #[must_use]
    pub fn new(case: &Value) -> Self {
        Self(case.as_object().unwrap().clone())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str().unwrap())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).map(|value| value.as_i64().unwrap())
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.text(name).map(hex)
    }
}

/// The cases of `vectors/passkeys/{file}`.
///
/// # Panics
///
/// If the file is not of the form that `vectors/README.md` describes.
#[must_use]
pub fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/passkeys").join(file);
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(file["title"].is_string() && file["license"].is_string());
    file["cases"].as_array().unwrap().clone()
}

impl Device {
    /// A new device whose key is for `algorithm`: `ES256`, `EdDSA` or `RS256`.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        let key = Arc::new(SigningKey::generate(algorithm));
        Self { id: random::<16>().to_vec(), key, count: 0, user_handle: None }
    }

    /// Its answer to `options`, the `PublicKeyCredentialCreationOptionsJSON` that a page on `origin` was given.
    ///
    /// # Panics
    ///
    /// If these are no such options.
    pub fn create(&mut self, options: &Value, origin: &str, otherwise: &Otherwise) -> Value {
        self.user_handle = Some(options["user"]["id"].as_str().unwrap().to_owned());
        let client = client_data("webauthn.create", options, origin, otherwise);
        let rp_id = options["rp"]["id"].as_str().unwrap();
        let data = self.data(rp_id, 0x45, otherwise);
        let data = otherwise.bytes("authenticator_data").unwrap_or(data);
        let object = otherwise.bytes("attestation_object").unwrap_or_else(|| {
            let statement = self.statement(&data, &client, otherwise);
            let format = text(otherwise.text("fmt").unwrap_or("none"));
            [
                vec![0xa3],
                text("fmt"),
                format,
                text("attStmt"),
                statement,
                text("authData"),
                bytes(&data),
            ]
            .concat()
        });
        let response = json!({
            "clientDataJSON": b64::encode(&client),
            "attestationObject": b64::encode(&object),
            "transports": ["internal", "hybrid", "carrier-pigeon"],
            "publicKeyAlgorithm": -7,
        });
        self.credential(response, otherwise)
    }

    /// Its answer to `options`, the `PublicKeyCredentialRequestOptionsJSON` that a page on `origin` was given.
    ///
    /// # Panics
    ///
    /// If these are no such options.
    pub fn get(&mut self, options: &Value, origin: &str, otherwise: &Otherwise) -> Value {
        let client = client_data("webauthn.get", options, origin, otherwise);
        let rp_id = options["rpId"].as_str().unwrap();
        let data = self.data(rp_id, 0x05, otherwise);
        let data = otherwise.bytes("authenticator_data").unwrap_or(data);
        let mut signature = self.sign(&data, &client, otherwise);
        if otherwise.text("signature_form") == Some("raw") {
            signature = self.key.sign(&[&data[..], &sha256(&client)].concat()).unwrap();
        }
        let sent = match otherwise.text("changed") {
            Some("authenticator data") => changed(&data, 33),
            _ => data,
        };
        let client = match otherwise.text("changed") {
            Some("client data") => [client, b" ".to_vec()].concat(),
            _ => client,
        };
        let response = json!({
            "clientDataJSON": b64::encode(&client),
            "authenticatorData": b64::encode(&sent),
            "signature": b64::encode(&signature),
            "userHandle": self.user_handle,
        });
        self.credential(response, otherwise)
    }

    fn credential(&self, mut response: Value, otherwise: &Otherwise) -> Value {
        merge(&mut response, otherwise.0.get("response"));
        let id = b64::encode(&self.id);
        let mut credential = json!({
            "id": id, "rawId": id, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
        });
        merge(&mut credential, otherwise.0.get("credential"));
        credential
    }

    /// Authenticator data with these flags, and the new credential if they say so.
    fn data(&mut self, rp_id: &str, flags: i64, otherwise: &Otherwise) -> Vec<u8> {
        let flags = u8::try_from(otherwise.number("flags").unwrap_or(flags)).unwrap();
        if self.count > 0 {
            self.count += 1;
        }
        let count = otherwise.number("sign_count").map(|count| u32::try_from(count).unwrap());
        let rp_id = otherwise.text("rp_id").unwrap_or(rp_id);
        let mut data = sha256(rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(count.unwrap_or(self.count).to_be_bytes());
        if flags & 0x40 != 0 {
            data.extend([0; 16]);
            let id = otherwise.bytes("attested_id").unwrap_or_else(|| self.id.clone());
            data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
            data.extend(id);
            data.extend(otherwise.bytes("public_key").unwrap_or_else(|| self.cose(otherwise)));
        }
        data.extend(otherwise.bytes("extensions").unwrap_or_default());
        data
    }

    /// Its public key (RFC 9053 § 7).
    fn cose(&self, otherwise: &Otherwise) -> Vec<u8> {
        let jwk = self.key.verifying_key().to_jwk().unwrap();
        let member = |name: &str| bytes(&b64::decode(jwk[name].as_str().unwrap()).unwrap());
        let (kty, rest) = match self.key.algorithm() {
            Algorithm::Es256 => {
                let (x, y) = (member("x"), member("y"));
                (2, vec![integer(-1), integer(1), integer(-2), x, integer(-3), y])
            }
            Algorithm::EdDsa => (1, vec![integer(-1), integer(6), integer(-2), member("x")]),
            _ => (3, vec![integer(-1), member("n"), integer(-2), member("e")]),
        };
        let usual = number_of(self.key.algorithm());
        let alg = otherwise.number("cose_alg").unwrap_or(usual);
        let pairs = u8::try_from(2 + rest.len() / 2).unwrap();
        let head =
            [vec![0xa0 | pairs], integer(1), integer(kty), integer(3), integer(alg)].concat();
        [head, rest.concat()].concat()
    }

    fn statement(&self, data: &[u8], client: &[u8], otherwise: &Otherwise) -> Vec<u8> {
        let own = || {
            let alg = otherwise
                .number("statement_alg")
                .unwrap_or_else(|| number_of(self.key.algorithm()));
            let signature = self.sign(data, client, otherwise);
            [vec![0xa2], text("alg"), integer(alg), text("sig"), bytes(&signature)].concat()
        };
        match otherwise.bytes("statement") {
            Some(statement) => statement,
            None if otherwise.text("fmt") == Some("packed") => own(),
            None => vec![0xa0],
        }
    }

    fn sign(&self, data: &[u8], client: &[u8], otherwise: &Otherwise) -> Vec<u8> {
        let stranger = SigningKey::generate(Algorithm::Es256);
        let key =
            if otherwise.text("signed") == Some("by another") { &stranger } else { &self.key };
        let signature = key.sign(&[data, &sha256(client)].concat()).unwrap();
        if key.algorithm() == Algorithm::Es256 { der(&signature) } else { signature }
    }
}

/// The algorithm in COSE (RFC 9053 § 2, RFC 8812 § 2).
fn number_of(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::Es256 => -7,
        Algorithm::EdDsa => -8,
        Algorithm::Rs256 => -257,
        other => panic!("no authenticator has {other}"),
    }
}

fn client_data(kind: &str, options: &Value, origin: &str, otherwise: &Otherwise) -> Vec<u8> {
    if let Some(text) = otherwise.text("client_data_text") {
        let challenge = options["challenge"].as_str().unwrap();
        return text.replace("{challenge}", challenge).into_bytes();
    }
    let mut said = json!({
        "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false,
        "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
    });
    merge(&mut said, otherwise.0.get("client_data"));
    said.to_string().into_bytes()
}

/// Sets the members of `changes`; one that is null goes.
fn merge(object: &mut Value, changes: Option<&Value>) {
    let object = object.as_object_mut().unwrap();
    for (name, value) in changes.into_iter().flat_map(|changes| changes.as_object().unwrap()) {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}

fn changed(data: &[u8], at: usize) -> Vec<u8> {
    let mut data = data.to_vec();
    data[at + 3] ^= 1;
    data
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn integer(value: i64) -> Vec<u8> {
    let (major, value) = if value < 0 { (1, -1 - value) } else { (0, value) };
    head(major, u64::try_from(value).unwrap())
}

fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, u64::try_from(content.len()).unwrap()), content.to_vec()].concat()
}

fn text(content: &str) -> Vec<u8> {
    [head(3, u64::try_from(content.len()).unwrap()), content.as_bytes().to_vec()].concat()
}

/// The head of a value (RFC 8949 § 3).
fn head(major: u8, value: u64) -> Vec<u8> {
    match u8::try_from(value) {
        Ok(small @ ..=23) => vec![major << 5 | small],
        Ok(byte) => vec![major << 5 | 0x18, byte],
        Err(_) => {
            [vec![major << 5 | 0x19], u16::try_from(value).unwrap().to_be_bytes().to_vec()].concat()
        }
    }
}

/// `r || s` in the DER of RFC 3279 § 2.2.3.
fn der(signature: &[u8]) -> Vec<u8> {
    let number = |half: &[u8]| {
        let plain: Vec<u8> = half.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign = if plain[0] >= 0x80 { vec![0] } else { vec![] };
        let content = [sign, plain].concat();
        [vec![2, u8::try_from(content.len()).unwrap()], content].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let both = [number(r), number(s)].concat();
    [vec![0x30, u8::try_from(both.len()).unwrap()], both].concat()
}
