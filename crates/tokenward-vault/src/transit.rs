//! The few calls of the transit engine, and what their answers must look like.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::{Algorithm, VerifyingKey, b64};
use zeroize::Zeroizing;

use crate::address::Mount;
use crate::client::Vault;
use crate::error::VaultError;
use crate::http::Call;

#[cfg(test)]
mod tests;

/// A transit engine.
#[derive(Clone, Debug)]
pub(crate) struct Transit {
    vault: Vault,
    mount: Mount,
}

impl Transit {
    pub(crate) const fn new(vault: Vault, mount: Mount) -> Self {
        Self { vault, mount }
    }

    pub(crate) const fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) const fn mount(&self) -> &Mount {
        &self.mount
    }

    /// Makes the key `name`. Safe to repeat.
    pub(crate) async fn create(&self, name: &str, kind: &Kind) -> Result<(), VaultError> {
        let body = json!({
            "type": kind.made,
            "exportable": false,
            "allow_plaintext_backup": false,
            "auto_rotate_period": 0,
        });
        // Two primes of 1536 bits take seconds of a busy core, and nobody's token waits for them.
        let call = Call { effort: 10, ..Call::post(self.key(name), &body) };
        self.vault.call(&self.mount, &call).await.map(drop)
    }

    /// What the engine says of the key `name`, if it has it.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<KeyInfo>, VaultError> {
        match self.vault.data(&self.mount, &Call::get(self.key(name))).await {
            Ok(info) => Ok(Some(info)),
            Err(VaultError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The signature of `version` of the key `name` over `input`, in the form of a JWS. Not yet verified.
    pub(crate) async fn sign(
        &self,
        name: &str,
        version: u64,
        kind: &Kind,
        input: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let mut path = format!("{}/sign/{name}", self.mount);
        // Without it the newest version signs, which may be one that nobody has published.
        let mut body = Map::from_iter([
            ("key_version".to_owned(), version.into()),
            ("input".to_owned(), STANDARD.encode(input).into()),
        ]);
        body.extend(kind.options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        if let Some(hash) = kind.hash {
            path = format!("{path}/{hash}");
        }
        let answer: Signature =
            self.vault.data(&self.mount, &Call::post(path, &body.into())).await?;
        answer.read(name, version, kind)
    }

    /// `plaintext` encrypted under the newest version of the key `name` and bound to `context`: the text
    /// `vault:vVERSION:BASE64`.
    pub(crate) async fn encrypt(
        &self,
        name: &str,
        plaintext: &[u8],
        context: &[u8],
    ) -> Result<String, VaultError> {
        let path = format!("{}/encrypt/{name}", self.mount);
        let plaintext = Zeroizing::new(STANDARD.encode(plaintext));
        let call = bound_call(path, "plaintext", &plaintext, context);
        let answer: Ciphertext = self.vault.data(&self.mount, &call).await?;
        if answer.ciphertext.starts_with("vault:v") {
            return Ok(answer.ciphertext);
        }
        Err(VaultError::Garbage { path: call.path })
    }

    /// What [`Self::encrypt`] made with the same `context`.
    pub(crate) async fn decrypt(
        &self,
        name: &str,
        ciphertext: &str,
        context: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let path = format!("{}/decrypt/{name}", self.mount);
        if !ciphertext.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":+/=".contains(&byte)) {
            return Err(VaultError::Garbage { path });
        }
        let call = bound_call(path, "ciphertext", ciphertext, context);
        let answer: Plaintext = self.vault.data(&self.mount, &call).await?;
        let text = Zeroizing::new(answer.plaintext);
        STANDARD
            .decode(text.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Garbage { path: call.path })
    }

    /// Destroys the key `name`, all versions of it. Safe to repeat.
    pub(crate) async fn destroy(&self, name: &str) -> Result<(), VaultError> {
        if self.read(name).await?.is_none() {
            return Ok(());
        }
        let allow =
            Call::post(format!("{}/config", self.key(name)), &json!({ "deletion_allowed": true }));
        let deleted = match self.vault.call(&self.mount, &allow).await {
            Ok(_) => self.vault.call(&self.mount, &Call::delete(self.key(name))).await.map(drop),
            Err(error) => Err(error),
        };
        match deleted {
            // Whoever was faster has done it, or our own call whose answer was lost.
            Err(VaultError::Refused { .. } | VaultError::Missing { .. })
                if self.read(name).await?.is_none() =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// Whether a key that is called `name`, and is not there, could be read, changed, used and deleted.
    pub(crate) async fn must_grant(&self, name: &str) -> Result<(), VaultError> {
        self.read(name).await?;
        let sign = json!({ "input": STANDARD.encode("check") });
        for call in [
            Call::post(format!("{}/config", self.key(name)), &json!({})),
            Call::post(format!("{}/sign/{name}", self.mount), &sign),
            Call::delete(self.key(name)),
        ] {
            match self.vault.call(&self.mount, &call).await {
                // Granted, and there is no such key.
                Ok(_) | Err(VaultError::Refused { .. } | VaultError::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn key(&self, name: &str) -> String {
        format!("{}/keys/{name}", self.mount)
    }
}

/// How the engine holds the keys of an algorithm, and is asked to sign with them.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The type that we make.
    made: &'static str,
    /// The types that are fit.
    fit: &'static [&'static str],
    /// The hash, as a part of the path.
    hash: Option<&'static str>,
    /// What else is asked for: without it the form of the signature is not that of a JWS.
    options: &'static [(&'static str, &'static str)],
    /// Whether the signature comes in base64url, as in a JWS.
    jws: bool,
}

impl Kind {
    /// How keys of `algorithm` are held, if they can be.
    pub(crate) const fn of(algorithm: Algorithm) -> Option<&'static Self> {
        Some(match algorithm {
            Algorithm::Es256 => &ES256,
            Algorithm::Es384 => &ES384,
            Algorithm::Es512 => &ES512,
            Algorithm::Rs256 => &RS256,
            Algorithm::Rs384 => &RS384,
            Algorithm::Rs512 => &RS512,
            Algorithm::Ps256 => &PS256,
            Algorithm::Ps384 => &PS384,
            Algorithm::Ps512 => &PS512,
            Algorithm::EdDsa => &ED25519,
            _ => return None,
        })
    }
}

/// What the engine says of a key. What decides whether a key is fit must be there.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "these are the engine's own words")]
pub(crate) struct KeyInfo {
    #[serde(rename = "type")]
    kind: String,
    exportable: bool,
    allow_plaintext_backup: bool,
    latest_version: u64,
    /// In seconds; vaults before 1.10 rotate no key by themselves, and do not say so.
    #[serde(default)]
    auto_rotate_period: u64,
    #[serde(default)]
    derived: bool,
    #[serde(default)]
    imported_key: bool,
    #[serde(default)]
    soft_deleted: bool,
    #[serde(default)]
    min_encryption_version: u64,
    #[serde(default)]
    deletion_allowed: bool,
    keys: BTreeMap<String, Value>,
}

impl KeyInfo {
    /// The public half of `version`, which must be of `algorithm`.
    pub(crate) fn public(&self, version: u64, algorithm: Algorithm) -> Option<VerifyingKey> {
        let text = self.keys.get(&version.to_string())?.get("public_key")?.as_str()?;
        if algorithm != Algorithm::EdDsa {
            return VerifyingKey::from_spki_pem(algorithm, text).ok();
        }
        // This one alone comes as bare bytes, which have the form of a JWK (RFC 8037 § 2).
        let x = b64::encode(&STANDARD.decode(text).ok()?);
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": x });
        VerifyingKey::from_jwk(jwk.to_string().as_bytes()).ok()
    }

    /// Why the key must not wrap the key of a store, and the mend.
    pub(crate) fn unfit_to_wrap(&self) -> Option<String> {
        let mend = "make another";
        let found: String = self.kind.chars().filter(char::is_ascii_graphic).take(40).collect();
        if !["aes256-gcm96", "chacha20-poly1305"].contains(&found.as_str()) {
            return Some(format!("is of type `{found}`, not aes256-gcm96: {mend}"));
        }
        let why = if self.exportable {
            "is exportable, which cannot be undone"
        } else if self.allow_plaintext_backup {
            "may be backed up in the clear, which cannot be undone"
        } else if self.derived {
            "derives its keys from a context"
        } else if self.soft_deleted {
            "is deleted"
        } else if self.deletion_allowed {
            return Some(
                "may be deleted, and the store with it: set deletion_allowed=false in its config"
                    .to_owned(),
            );
        } else {
            return None;
        };
        Some(format!("{why}: {mend}"))
    }

    /// Why `version` of the key must not sign, and the mend.
    pub(crate) fn unfit(&self, name: &str, version: u64, kind: &Kind) -> Option<String> {
        let why = if !kind.fit.contains(&self.kind.as_str()) {
            let found: String = self.kind.chars().filter(char::is_ascii_graphic).take(40).collect();
            format!("is of type `{found}`, not {}", kind.made)
        } else if self.exportable {
            "is exportable, which cannot be undone".to_owned()
        } else if self.allow_plaintext_backup {
            "may be backed up in the clear, which cannot be undone".to_owned()
        } else if self.imported_key {
            "was imported, so its private half was elsewhere".to_owned()
        } else if self.derived {
            "derives its keys from a context".to_owned()
        } else if self.auto_rotate_period > 0 {
            return Some(format!(
                "transit key `{name}` rotates by itself (auto_rotate_period): `vault write \
                 MOUNT/keys/{name}/config auto_rotate_period=0`"
            ));
        } else if self.min_encryption_version > version {
            return Some(format!(
                "transit key `{name}` no longer signs with version {version} \
                 (min_encryption_version): `vault write MOUNT/keys/{name}/config \
                 min_encryption_version=0`"
            ));
        } else if self.soft_deleted || self.latest_version < version {
            "is deleted".to_owned()
        } else {
            return None;
        };
        Some(format!("transit key `{name}` {why}: `tokenward keys rotate`, and delete it"))
    }
}

/// A call with `value`, which needs no escape in JSON, as its member `name`. It is written without copies.
fn bound_call(path: String, name: &str, value: &str, context: &[u8]) -> Call {
    let context = STANDARD.encode(context);
    let parts = ["{\"", name, "\":\"", value, "\",\"associated_data\":\"", &context, "\"}"];
    let mut body = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    body.extend(parts);
    Call::post_text(path, body)
}

/// The answer to a request to encrypt.
#[derive(Deserialize)]
struct Ciphertext {
    ciphertext: String,
}

/// The answer to a request to decrypt. The caller wraps it at once in what is overwritten.
#[derive(Deserialize)]
struct Plaintext {
    plaintext: String,
}

/// The answer to a request to sign.
#[derive(Deserialize)]
struct Signature {
    signature: String,
    key_version: Option<u64>,
}

impl Signature {
    /// The bytes in `vault:vVERSION:BASE64`.
    fn read(&self, name: &str, wanted: u64, kind: &Kind) -> Result<Vec<u8>, VaultError> {
        let garbage = || VaultError::Garbage { path: format!("sign/{name}") };
        let (version, text) = self
            .signature
            .strip_prefix("vault:v")
            .and_then(|rest| rest.split_once(':'))
            .ok_or_else(garbage)?;
        let version = version.parse().map_err(|_| garbage())?;
        for got in [Some(version), self.key_version].into_iter().flatten() {
            if got != wanted {
                return Err(VaultError::OtherVersion { name: name.to_owned(), wanted, got });
            }
        }
        if kind.jws {
            b64::decode(text).map_err(|_| garbage())
        } else {
            STANDARD.decode(text).map_err(|_| garbage())
        }
    }
}

/// `r ‖ s`, as RFC 7518 § 3.4 asks, where ASN.1 is the engine's habit.
const fn ecdsa(kind: &'static [&'static str; 1], hash: &'static str) -> Kind {
    let options = &[("marshaling_algorithm", "jws")];
    Kind { made: kind[0], fit: kind, hash: Some(hash), options, jws: true }
}

/// Made with 3072 bits, as by every custody.
const fn rsa(hash: &'static str, options: &'static [(&'static str, &'static str)]) -> Kind {
    let fit = &["rsa-2048", "rsa-3072", "rsa-4096"];
    Kind { made: "rsa-3072", fit, hash: Some(hash), options, jws: false }
}

const PKCS1: &[(&str, &str)] = &[("signature_algorithm", "pkcs1v15")];
/// RFC 7518 § 3.5: the salt is as long as the digest. The engine's habit is the longest that fits.
const PSS: &[(&str, &str)] = &[("signature_algorithm", "pss"), ("salt_length", "hash")];

static ES256: Kind = ecdsa(&["ecdsa-p256"], "sha2-256");
static ES384: Kind = ecdsa(&["ecdsa-p384"], "sha2-384");
static ES512: Kind = ecdsa(&["ecdsa-p521"], "sha2-512");
static RS256: Kind = rsa("sha2-256", PKCS1);
static RS384: Kind = rsa("sha2-384", PKCS1);
static RS512: Kind = rsa("sha2-512", PKCS1);
static PS256: Kind = rsa("sha2-256", PSS);
static PS384: Kind = rsa("sha2-384", PSS);
static PS512: Kind = rsa("sha2-512", PSS);
static ED25519: Kind =
    Kind { made: "ed25519", fit: &["ed25519"], hash: None, options: &[], jws: false };
