//! A key-encryption key in KMS: it wraps the store key, and never leaves.

use async_trait::async_trait;
use tokenward::crypto::Secret256;
use tokenward_keys::{KeyWrap, WrapContext, WrapError};

use crate::arn::KeyArn;
use crate::error::AwsError;
use crate::kms::Kms;

/// The symmetric KMS key that wraps the key of a store.
///
/// ```no_run
/// use tokenward_aws::{Aws, AwsKek, KeyArn, Kms};
/// use tokenward_keys::{KeyWrap, WrapContext};
///
/// # async fn f(aws: Aws, wrapped: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let key = KeyArn::new("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd")?;
/// let kek = AwsKek::new(Kms::new(aws), key, "prod");
/// let store_key = kek.unwrap(wrapped, &WrapContext::new("prod")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AwsKek {
    kms: Kms,
    key: KeyArn,
    environment: String,
}

impl AwsKek {
    /// The key `key` of `environment`, in `kms`. Nothing is sent yet.
    #[must_use]
    pub fn new(kms: Kms, key: KeyArn, environment: impl Into<String>) -> Self {
        Self { kms, key, environment: environment.into() }
    }

    /// Refuses a key that cannot, or must not, be what a whole store hangs on. What KMS would refuse by itself
    /// is refused here first, with the mend.
    async fn must_be_fit(&self, use_of: Use) -> Result<(), AwsError> {
        let arn = self.key.as_str();
        let info = self.kms.describe(arn).await?.filter(|info| info.arn == arn);
        let prefix = format!("{}-", self.environment);
        let why = match info {
            None => Some("is not there: correct its name".to_owned()),
            Some(info) => info.unfit_to_wrap(use_of).or_else(|| {
                (!info.description.starts_with(&prefix)).then(|| {
                    format!(
                        "has a description that does not begin with `{prefix}`: name a key of this environment, or \
                         `aws kms update-key-description --key-id {arn} --description {prefix}store`"
                    )
                })
            }),
        };
        why.map_or(Ok(()), |why| Err(AwsError::UnfitToWrap { arn: arn.to_owned(), why }))
    }
}

/// What a key-encryption key is wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Use {
    /// A store that does not hang on it yet.
    New,
    /// One that does.
    Held,
}

#[async_trait]
impl KeyWrap for AwsKek {
    fn name(&self) -> &'static str {
        "aws-kms"
    }

    async fn wrap(&self, key: &Secret256, context: &WrapContext) -> Result<Vec<u8>, WrapError> {
        self.must_be_fit(Use::New).await.map_err(WrapError::failed)?;
        self.kms
            .encrypt(self.key.as_str(), key.expose(), &context.pairs())
            .await
            .map_err(WrapError::failed)
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<Secret256, WrapError> {
        self.must_be_fit(Use::Held).await.map_err(WrapError::failed)?;
        match self.kms.decrypt(self.key.as_str(), wrapped, &context.pairs()).await {
            Ok(bytes) => WrapError::key_of(&bytes),
            Err(AwsError::Refused { code, .. }) if OTHER_KEY.contains(&code.as_str()) => {
                Err(WrapError::OtherKey)
            }
            Err(error) => Err(WrapError::failed(error)),
        }
    }
}

/// What KMS says of what another key wrapped, or this one for another context, and of what was altered
/// ("Decrypt", Errors, in its API reference).
const OTHER_KEY: [&str; 2] = ["IncorrectKeyException", "InvalidCiphertextException"];
