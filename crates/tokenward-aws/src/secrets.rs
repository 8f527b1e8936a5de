//! The few calls of Secrets Manager: a private key is a secret of its own.
//!
//! The first version of such a secret holds no key. The key is written as AWSPENDING, read again, and only
//! then becomes AWSCURRENT: a secret that is half made has no key that anybody would take for one.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokenward::crypto;
use tokenward_keys::custody::{DocumentError, Documents, Kept, secret_json};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::client::{Aws, Call, Service};
use crate::error::AwsError;
use crate::kms::Ignored;

/// Secrets Manager in one region, for the custody `aws-secrets-manager`. Clones share the client.
#[derive(Clone, Debug)]
pub struct SecretsManager {
    aws: Aws,
}

impl SecretsManager {
    /// The service, asked through `aws`.
    #[must_use]
    pub const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    async fn call(&self, action: &'static str, body: &Value) -> Result<(), AwsError> {
        let call = Call::new(Service::SecretsManager, action, body);
        self.aws.call::<Ignored>(&call).await.map(|Ignored| ())
    }

    /// What the secret `name` is asked for by: its ARN, if it is known. Under the same name, another account has
    /// another secret, or none.
    fn id_of<'a>(&self, name: &'a str, arn: Option<&'a str>) -> Result<&'a str, DocumentError> {
        let Some(arn) = arn else { return Ok(name) };
        if is_arn_of(arn, name, self.aws.region().as_str()) {
            return Ok(arn);
        }
        Err(format!("the ARN that is stored of `{name}` is that of another secret: restore a backup, or rotate").into())
    }

    /// The value of a version, and its staging labels.
    async fn value(&self, name: &str, version: &str) -> Result<Option<SecretValue>, AwsError> {
        let body = json!({ "SecretId": name, "VersionId": version });
        let call = Call::new(Service::SecretsManager, GET, &body);
        match self.aws.call(&call).await {
            Ok(value) => Ok(Some(value)),
            // It is to be deleted, or is.
            Err(AwsError::WrongState { .. } | AwsError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Documents for SecretsManager {
    fn custody(&self) -> &'static str {
        "aws-secrets-manager"
    }

    fn place(&self) -> (String, &'static str) {
        (self.aws.region().as_str().to_owned(), "keys.aws.region")
    }

    fn settings(&self) -> &'static str {
        "keys.aws.access_key_id, or the role that is found without it"
    }

    async fn check(&self, name: &str) -> Result<(), DocumentError> {
        let id = json!({ "SecretId": name });
        let put =
            json!({ "SecretId": name, "SecretString": "check", "ClientRequestToken": fresh() });
        let stage = json!({ "SecretId": name, "VersionStage": CURRENT });
        for (action, body) in [(GET, &id), (PUT, &put), (MOVE, &stage), (DELETE, &id)] {
            match self.call(action, body).await {
                // Granted, and there is no such secret.
                Ok(()) | Err(AwsError::Missing { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn is_out_of_reach(&self, error: &DocumentError) -> bool {
        error.downcast_ref().is_some_and(AwsError::is_out_of_reach)
    }

    async fn put(&self, name: &str, document: &str) -> Result<Kept, DocumentError> {
        let version = fresh();
        let body = json!({
            "Name": name,
            "Description": "A signing key of tokenward. It rotates and deletes it.",
            "ClientRequestToken": fresh(),
            "SecretString": "{}",
        });
        let call = Call::new(Service::SecretsManager, CREATE, &body);
        let Created { arn, version_id: empty } = self.aws.call(&call).await?;
        let name = self.id_of(name, Some(&arn))?;
        let body = Put {
            secret_id: name,
            client_request_token: &version,
            secret_string: document,
            version_stages: [PENDING],
        };
        // As JSON in JSON, a quotation mark takes two bytes.
        let room = document.len().saturating_mul(2).saturating_add(ROOM);
        let call = Call::with(Service::SecretsManager, PUT, secret_json(&body, room)?);
        let Ignored = self.aws.call(&call).await?;
        let pending = self.value(name, &version).await?;
        if pending.is_none_or(|value| value.secret_string != document) {
            return Err(format!("`{name}` is not read as it was written").into());
        }
        let body = json!({
            "SecretId": name,
            "VersionStage": CURRENT,
            "MoveToVersionId": version,
            "RemoveFromVersionId": empty,
        });
        self.call(MOVE, &body).await?;
        Ok(Kept { version, address: Some(arn) })
    }

    async fn get(
        &self,
        name: &str,
        kept: &Kept,
    ) -> Result<Option<Zeroizing<String>>, DocumentError> {
        let version = kept.version.as_str();
        let name = self.id_of(name, kept.address.as_deref())?;
        let Some(mut value) = self.value(name, version).await? else { return Ok(None) };
        if !value.version_stages.iter().any(|stage| stage == CURRENT) {
            // Somebody rotated it, and a key that nobody published must not come to sign.
            return Err(format!(
                "`{name}` has another version that is {CURRENT}: turn its rotation off, and move the label back to {version}"
            )
            .into());
        }
        Ok(Some(Zeroizing::new(std::mem::take(&mut value.secret_string))))
    }

    async fn delete(&self, name: &str, address: Option<&str>) -> Result<(), DocumentError> {
        let name = self.id_of(name, address)?;
        // A recovery window would leave the private key there for a week, for whoever may restore it.
        let body = json!({ "SecretId": name, "ForceDeleteWithoutRecovery": true });
        match self.call(DELETE, &body).await {
            Ok(()) | Err(AwsError::Missing { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    secret_id: &'a str,
    client_request_token: &'a str,
    secret_string: &'a str,
    version_stages: [&'static str; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    #[serde(rename = "ARN")]
    arn: String,
    version_id: String,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct SecretValue {
    secret_string: String,
    #[serde(default)]
    version_stages: Vec<String>,
}

/// Whether `arn` is that of a secret called `name`, to which Secrets Manager adds six characters of its own.
fn is_arn_of(arn: &str, name: &str, region: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    let ["arn", _, "secretsmanager", found, _, "secret", resource] = parts.as_slice() else {
        return false;
    };
    let suffix = resource.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    let fits =
        |suffix: &str| suffix.len() == 6 && suffix.bytes().all(|b| b.is_ascii_alphanumeric());
    *found == region && suffix.is_some_and(fits)
}

/// The token of a request, which becomes the id of the version that it makes: 32 characters at least.
fn fresh() -> String {
    format!("{:032x}", u128::from_le_bytes(crypto::random()))
}

const CREATE: &str = "secretsmanager:CreateSecret";
const PUT: &str = "secretsmanager:PutSecretValue";
const GET: &str = "secretsmanager:GetSecretValue";
const MOVE: &str = "secretsmanager:UpdateSecretVersionStage";
const DELETE: &str = "secretsmanager:DeleteSecret";
const PENDING: &str = "AWSPENDING";
const CURRENT: &str = "AWSCURRENT";
/// What stands around a document, with a name of the longest.
const ROOM: usize = 2 * 1024;
