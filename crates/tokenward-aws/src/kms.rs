//! The few calls of KMS, and what their answers must look like.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use tokenward::{Algorithm, VerifyingKey};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::client::{Aws, Call, Service};
use crate::error::AwsError;
use crate::kek::Use;
use crate::signature::Kind;

/// The key management service of one region. Clones share the client.
///
/// A key is named by its ARN alone: an alias may be pointed at another key at any time.
#[derive(Clone, Debug)]
pub struct Kms {
    aws: Aws,
}

impl Kms {
    /// The service, asked through `aws`.
    #[must_use]
    pub const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    pub(crate) const fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Whether KMS is reached in this region, and knows who we are. Nothing is made.
    pub async fn check(&self) -> Result<(), AwsError> {
        let call = Call::new(Service::Kms, "kms:GenerateRandom", &json!({ "NumberOfBytes": 1 }));
        match self.aws.call::<IgnoredAny>(&call).await {
            // Whoever is told that this is denied is known, in the right place and at the right time.
            Ok(_) | Err(AwsError::Denied { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a key to sign with, called `description`.
    pub(crate) async fn create(
        &self,
        kind: &Kind,
        description: &str,
        tags: [(&str, &str); 2],
    ) -> Result<KeyInfo, AwsError> {
        let body = json!({
            "KeySpec": kind.made,
            "KeyUsage": SIGN_VERIFY,
            "Description": description,
            "Tags": tags.map(|(key, value)| json!({ "TagKey": key, "TagValue": value })),
        });
        let call = Call::new(Service::Kms, "kms:CreateKey", &body).once();
        self.aws.call::<Described>(&call).await.map(|answer| answer.key_metadata)
    }

    /// What KMS says of the key, if it has it.
    pub(crate) async fn describe(&self, arn: &str) -> Result<Option<KeyInfo>, AwsError> {
        let call = Call::new(Service::Kms, "kms:DescribeKey", &json!({ "KeyId": arn }));
        match self.aws.call::<Described>(&call).await {
            Ok(answer) => Ok(Some(answer.key_metadata)),
            Err(AwsError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The public half of the key, which must be of `algorithm`.
    pub(crate) async fn public_key(
        &self,
        arn: &str,
        algorithm: Algorithm,
    ) -> Result<VerifyingKey, AwsError> {
        let action = "kms:GetPublicKey";
        let call = Call::new(Service::Kms, action, &json!({ "KeyId": arn }));
        let answer: Public = self.aws.call(&call).await?;
        STANDARD
            .decode(&answer.public_key)
            .ok()
            .filter(|_| answer.key_id == arn)
            .and_then(|der| VerifyingKey::from_spki_der(algorithm, &der).ok())
            .ok_or(AwsError::Garbage { action })
    }

    /// The key's signature over `input`, in the form of a JWS. Not yet verified.
    pub(crate) async fn sign(
        &self,
        arn: &str,
        kind: &Kind,
        input: &[u8],
    ) -> Result<Vec<u8>, AwsError> {
        let action = "kms:Sign";
        let (message, form) = kind.message(input).ok_or_else(|| AwsError::Refused {
            action,
            code: "ValidationException".to_owned(),
            said: format!("{} bytes are too many for {}", input.len(), kind.algorithm),
        })?;
        let body = json!({
            "KeyId": arn,
            "Message": STANDARD.encode(message),
            "MessageType": form,
            "SigningAlgorithm": kind.algorithm,
        });
        let answer: Signature = self.aws.call(&Call::new(Service::Kms, action, &body)).await?;
        STANDARD
            .decode(&answer.signature)
            .ok()
            .filter(|_| answer.key_id == arn)
            .and_then(|signature| kind.jose(signature))
            .ok_or(AwsError::Garbage { action })
    }

    /// `secret`, encrypted under the symmetric key and bound to `context`.
    pub(crate) async fn encrypt(
        &self,
        arn: &str,
        secret: &[u8],
        context: &[(&str, &str)],
    ) -> Result<Vec<u8>, AwsError> {
        let action = "kms:Encrypt";
        let mut body = json!({
            "KeyId": arn,
            "EncryptionContext": pairs(context),
            "Plaintext": STANDARD.encode(secret),
        });
        let call = Call::new(Service::Kms, action, &body);
        if let Some(Value::String(text)) = body.get_mut("Plaintext") {
            text.zeroize();
        }
        let answer: Encrypted = self.aws.call(&call).await?;
        Some(answer)
            .filter(|answer| answer.key_id == arn)
            .and_then(|answer| STANDARD.decode(&answer.ciphertext_blob).ok())
            .ok_or(AwsError::Garbage { action })
    }

    /// What [`Self::encrypt`] encrypted with the same `context`.
    pub(crate) async fn decrypt(
        &self,
        arn: &str,
        encrypted: &[u8],
        context: &[(&str, &str)],
    ) -> Result<Zeroizing<Vec<u8>>, AwsError> {
        let action = "kms:Decrypt";
        let body = json!({
            // Without it KMS takes whichever key the ciphertext names.
            "KeyId": arn,
            "EncryptionContext": pairs(context),
            "CiphertextBlob": STANDARD.encode(encrypted),
        });
        let answer: Decrypted = self.aws.call(&Call::new(Service::Kms, action, &body)).await?;
        Some(&answer)
            .filter(|answer| answer.key_id == arn)
            .and_then(|answer| STANDARD.decode(&answer.plaintext).ok())
            .map(Zeroizing::new)
            .ok_or(AwsError::Garbage { action })
    }

    /// Has the key deleted after the shortest time that there is; it signs nothing from now on. Safe to
    /// repeat.
    pub(crate) async fn destroy(&self, arn: &str) -> Result<(), AwsError> {
        let days = json!({ "KeyId": arn, "PendingWindowInDays": SHORTEST_WAIT });
        let delete = Call::new(Service::Kms, "kms:ScheduleKeyDeletion", &days);
        let Err(error) = self.done(arn, &delete).await else { return Ok(()) };
        // What may not be deleted is at least stopped.
        let disable = Call::new(Service::Kms, "kms:DisableKey", &json!({ "KeyId": arn }));
        self.done(arn, &disable).await?;
        Err(error)
    }

    /// Does `call`; or the key is to be deleted already, or is gone.
    async fn done(&self, arn: &str, call: &Call) -> Result<(), AwsError> {
        match self.aws.call(call).await {
            Ok(Ignored) | Err(AwsError::Missing { .. }) => Ok(()),
            // There are other states in which KMS refuses, and they pass: the key would sign again.
            Err(error @ AwsError::WrongState { .. }) => match self.describe(arn).await? {
                Some(info) if !info.is_ending() => Err(error),
                _ => Ok(()),
            },
            Err(error) => Err(error),
        }
    }

    /// Destroys whatever keys have this description. KMS finds none by it, so each key of the account is
    /// looked at: this is for what a killed process left, and for nothing that anybody waits for.
    pub(crate) async fn destroy_all_called(&self, description: &str) -> Result<(), AwsError> {
        let mut marker: Option<String> = None;
        loop {
            let body = match marker {
                None => json!({ "Limit": PAGE }),
                Some(marker) => json!({ "Limit": PAGE, "Marker": marker }),
            };
            let page: Keys = self.aws.call(&Call::new(Service::Kms, "kms:ListKeys", &body)).await?;
            for Listed { key_arn } in page.keys {
                let info = match self.describe(&key_arn).await {
                    // Somebody else's.
                    Err(AwsError::Denied { .. }) => continue,
                    described => described?,
                };
                if info.is_some_and(|info| info.description == description && !info.is_ending()) {
                    self.destroy(&key_arn).await?;
                }
            }
            match page.next_marker {
                Some(next) => marker = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// What KMS says of a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyInfo {
    pub(crate) arn: String,
    #[serde(default)]
    pub(crate) description: String,
    key_state: String,
    key_spec: String,
    key_usage: String,
    origin: String,
}

impl KeyInfo {
    /// Whether the key is to be deleted.
    pub(crate) fn is_ending(&self) -> bool {
        matches!(self.key_state.as_str(), "PendingDeletion" | "PendingReplicaDeletion")
    }

    /// Why the key must not sign, and the mend.
    pub(crate) fn unfit(&self, kind: &Kind) -> Option<String> {
        let arn = &self.arn;
        let found = crate::error::words;
        let why = if !kind.fit.contains(&self.key_spec.as_str()) {
            format!("is of spec {}, not {}", found(&self.key_spec), kind.made)
        } else if self.key_usage != SIGN_VERIFY {
            format!("is for {}, not {SIGN_VERIFY}", found(&self.key_usage))
        } else if self.origin == "EXTERNAL" {
            "was imported, so its private half was elsewhere".to_owned()
        } else if self.key_state == "Disabled" {
            return Some(format!("{arn} is disabled: `aws kms enable-key --key-id {arn}`"));
        } else if self.key_state != "Enabled" {
            return Some(format!("{arn} is in the state {}: look into it", found(&self.key_state)));
        } else {
            return None;
        };
        Some(format!("{arn} {why}: `tokenward keys rotate`, and delete it"))
    }

    /// Why the key must not wrap the key of a store, and the mend.
    pub(crate) fn unfit_to_wrap(&self, use_of: Use) -> Option<String> {
        let arn = &self.arn;
        let found = crate::error::words;
        if self.key_spec != SYMMETRIC || self.key_usage != ENCRYPT_DECRYPT {
            let (spec, usage) = (found(&self.key_spec), found(&self.key_usage));
            return Some(format!(
                "is of spec {spec} for {usage}, not {SYMMETRIC} for {ENCRYPT_DECRYPT}: name another"
            ));
        }
        match self.key_state.as_str() {
            "Enabled" => {}
            "Disabled" => {
                return Some(format!("is disabled: `aws kms enable-key --key-id {arn}`"));
            }
            _ if self.is_ending() => {
                return Some(format!(
                    "is to be deleted, and the store with it: `aws kms cancel-key-deletion --key-id {arn}`"
                ));
            }
            state => return Some(format!("is in the state {}: look into it", found(state))),
        }
        // Its material can be taken away by one call, and is elsewhere too. A store that hangs on it already
        // opens all the same, so that it can be rewrapped.
        (use_of == Use::New && self.origin == "EXTERNAL")
            .then(|| "was imported, so its secret is elsewhere too: name another".to_owned())
    }
}

/// An encryption context.
fn pairs(context: &[(&str, &str)]) -> Map<String, Value> {
    context.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    key_metadata: KeyInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: Vec<Listed>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    key_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Public {
    key_id: String,
    public_key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Signature {
    key_id: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    key_id: String,
    ciphertext_blob: String,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct Decrypted {
    key_id: String,
    plaintext: String,
}

/// The answer to what is done is empty, or says nothing that is needed.
pub(crate) struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

const SYMMETRIC: &str = "SYMMETRIC_DEFAULT";
const ENCRYPT_DECRYPT: &str = "ENCRYPT_DECRYPT";
const SIGN_VERIFY: &str = "SIGN_VERIFY";
/// The most keys that KMS lists at once.
const PAGE: u16 = 1000;
/// In days.
const SHORTEST_WAIT: u8 = 7;
