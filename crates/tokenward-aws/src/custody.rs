//! The custody `aws-kms`: KMS makes the keys, keeps them and signs.
//!
//! Each signing key is a KMS key of its own. (KMS turns no asymmetric keys, and an alias that is pointed at
//! another key would make it the signer at once, before any verifier has seen it.)

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward::{Algorithm, Audience, ErrorChain, IssuerId, KeyId, SigningKey, VerifyingKey};
use tokenward_keys::custody::{names, verified};
use tokenward_keys::{Custody, CustodyError, KeyOrder, MadeKey, NewKey, Signer, StoredKey};

use crate::arn::KeyArn;
use crate::error::AwsError;
use crate::kms::{KeyInfo, Kms};
use crate::signature::Kind;

/// The custody `aws-kms`. It works within a Tokio runtime.
///
/// Every signature, so every token, is a call to KMS and back, and counts against the account's quota.
#[derive(Clone)]
pub struct AwsKms {
    kms: Kms,
    environment: String,
}

impl AwsKms {
    /// The keys of `environment` in `kms`. Nothing is sent yet.
    #[must_use]
    pub fn new(kms: Kms, environment: impl Into<String>) -> Self {
        Self { kms, environment: environment.into() }
    }

    /// The key that KMS has just made, once its public half is known.
    async fn made(&self, spec: &NewKey, info: &KeyInfo) -> Result<MadeKey, CustodyError> {
        let public = self.kms.public_key(&info.arn, spec.algorithm).await.map_err(of_aws)?;
        let id = spec.key_id(&public).map_err(failed)?;
        let handle = Handle {
            v: FORM,
            kid: id.as_str().to_owned(),
            iss: spec.issuer.as_str().to_owned(),
            arn: info.arn.clone(),
            name: names::of(&self.environment, spec.audience.as_str(), spec.label),
        };
        let handle = serde_json::to_vec(&handle).map_err(failed)?;
        Ok(MadeKey::new(public.with_key_id(id), handle))
    }

    /// The handle of `key`, if it is that of this very key, and one of ours here.
    fn handle(&self, key: &StoredKey, text: &[u8]) -> Result<Handle, CustodyError> {
        let handle: Handle = serde_json::from_slice(text)
            .ok()
            .filter(|handle: &Handle| handle.v == FORM && handle.kid == key.id.as_str())
            .ok_or_else(|| CustodyError::Damaged { key: key.id.clone() })?;
        // An alias, or anything else that could come to mean another key, is no ARN of one.
        let arn =
            KeyArn::new(&handle.arn).map_err(|_| CustodyError::Damaged { key: key.id.clone() })?;
        if arn.region() == self.kms.aws().region() {
            return Ok(handle);
        }
        Err(unfit(&key.id, format!("it is in {}: restore keys.aws.region", arn.region())))
    }

    /// Refuses what is not called as we call the keys of this environment and audience: whoever can write
    /// to the store must not have us use, or delete, any other key.
    fn must_be_ours(
        &self,
        key: &StoredKey,
        handle: &Handle,
        description: &str,
    ) -> Result<(), CustodyError> {
        let audience = key.audience.as_str();
        if names::is_ours(description, &self.environment, audience) {
            if description == handle.name {
                return Ok(());
            }
            // By it, orders are told from keys in use.
            let why = format!("its description is not `{}`: restore it, or rotate", handle.name);
            return Err(unfit(&key.id, why));
        }
        let why = format!(
            "its description does not begin with `{}`: restore it or `environment`, or start with new keys",
            names::prefix(&self.environment, audience)
        );
        Err(unfit(&key.id, why))
    }
}

#[async_trait]
impl Custody for AwsKms {
    fn name(&self) -> &'static str {
        NAME
    }

    fn holds(&self, algorithm: Algorithm) -> bool {
        Kind::of(algorithm).is_some()
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        self.kms.check().await.map_err(of_aws)
    }

    fn holds_elsewhere(&self) -> bool {
        true
    }

    fn settings(&self) -> &'static str {
        "keys.aws.access_key_id, or the role that is found without it"
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let algorithm = spec.algorithm;
        let kind =
            Kind::of(algorithm).ok_or(CustodyError::Unsupported { custody: NAME, algorithm })?;
        let name = names::of(&self.environment, spec.audience.as_str(), spec.label);
        let audience = names::plain(spec.audience.as_str());
        let tags = [
            ("tokenward:environment", self.environment.as_str()),
            ("tokenward:audience", &audience),
        ];
        let info = self.kms.create(kind, &name, tags).await.map_err(of_aws)?;
        let made = self.made(spec, &info).await;
        if made.is_err()
            && let Err(error) = self.kms.destroy(&info.arn).await
        {
            let error = ErrorChain::new(&error).to_string();
            tracing::warn!(key = info.arn, error, "a KMS key is left over for now");
        }
        made
    }

    async fn import(&self, _spec: &NewKey, _key: SigningKey) -> Result<MadeKey, CustodyError> {
        Err(CustodyError::NoImport { custody: NAME })
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        let (id, algorithm) = (&key.id, key.algorithm);
        let text =
            key.handle.as_deref().ok_or_else(|| CustodyError::NoPrivateHalf { key: id.clone() })?;
        let handle = self.handle(key, text)?;
        if handle.iss != issuer.as_str() {
            return Err(CustodyError::OtherIssuer { key: id.clone(), made_for: handle.iss });
        }
        let arn = &handle.arn;
        let kind =
            Kind::of(algorithm).ok_or(CustodyError::Unsupported { custody: NAME, algorithm })?;
        let public = key.public_half()?;
        let info = self.kms.describe(arn).await.map_err(of_aws)?;
        let info = info
            .filter(|info| info.arn == *arn && !info.is_ending())
            .ok_or_else(|| CustodyError::NoPrivateHalf { key: id.clone() })?;
        self.must_be_ours(key, &handle, &info.description)?;
        if let Some(why) = info.unfit(kind) {
            return Err(unfit(id, why));
        }
        let held = self.kms.public_key(arn, algorithm).await.map_err(of_aws)?;
        if held.thumbprint() != public.thumbprint() {
            return Err(unfit(id, format!("{arn} has another public half: restore it, or rotate")));
        }
        let signer =
            InKms { id: id.clone(), public, arn: arn.clone(), kind, kms: self.kms.clone() };
        // What is denied shows now, not with the first token. It is no signing input of a JWS: no dot.
        signer.sign(b"tokenward").await?;
        Ok(Arc::new(signer))
    }

    fn name_of_key(&self, key: &StoredKey) -> Option<String> {
        Some(self.handle(key, key.handle.as_deref()?).ok()?.name)
    }

    fn name_of_order(&self, order: &KeyOrder) -> Option<String> {
        Some(names::of(&self.environment, order.audience.as_str(), order.label))
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        let Some(text) = key.handle.as_deref() else { return Ok(()) };
        let handle = self.handle(key, text)?;
        let Some(info) = self.kms.describe(&handle.arn).await.map_err(of_aws)? else {
            return Ok(());
        };
        self.must_be_ours(key, &handle, &info.description)?;
        if info.is_ending() {
            return Ok(());
        }
        self.kms.destroy(&handle.arn).await.map_err(of_aws)
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        let name = names::of(&self.environment, order.audience.as_str(), order.label);
        self.kms.destroy_all_called(&name).await.map_err(of_aws)
    }
}

impl fmt::Debug for AwsKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsKms")
            .field("region", self.kms.aws().region())
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// Has KMS sign, and believes it nothing.
struct InKms {
    id: KeyId,
    public: VerifyingKey,
    arn: String,
    kind: &'static Kind,
    kms: Kms,
}

impl fmt::Debug for InKms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InKms").field("id", &self.id).finish_non_exhaustive()
    }
}

impl InKms {
    /// Why there is no signature: a key that was destroyed meanwhile is told from one that is refused.
    async fn why(&self, error: AwsError) -> CustodyError {
        if matches!(error, AwsError::WrongState { .. } | AwsError::Missing { .. })
            && let Ok(info) = self.kms.describe(&self.arn).await
            && info.is_none_or(|info| info.is_ending())
        {
            return CustodyError::NoPrivateHalf { key: self.id.clone() };
        }
        of_aws(error)
    }
}

#[async_trait]
impl Signer for InKms {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let signature = match self.kms.sign(&self.arn, self.kind, input).await {
            Ok(signature) => signature,
            Err(error) => return Err(self.why(error).await),
        };
        verified(NAME, &self.id, &self.public, input, signature)
    }
}

/// The handle of a key in KMS, as JSON. It is no secret: whoever has it still needs AWS's leave.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Handle {
    /// The version of this form.
    v: u8,
    /// The `kid` of the key.
    kid: String,
    /// The issuer that the key signs for.
    iss: String,
    /// The ARN of the KMS key.
    arn: String,
    /// Its description, by which what a killed process left is found.
    name: String,
}

fn unfit(key: &KeyId, why: String) -> CustodyError {
    CustodyError::Unfit { custody: NAME, key: key.clone(), why }
}

/// What passes by itself is told from what somebody has to mend.
fn of_aws(error: AwsError) -> CustodyError {
    if error.is_out_of_reach() {
        CustodyError::OutOfReach { custody: NAME, source: Box::new(error) }
    } else {
        failed(error)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CustodyError {
    CustodyError::Failed { custody: NAME, source: Box::new(error) }
}

const NAME: &str = "aws-kms";
const FORM: u8 = 2;
