//! Secrets that an operator has put into the KV engine, version 2.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::address::Mount;
use crate::client::Vault;
use crate::error::VaultError;
use crate::http::Call;

/// The secrets of one environment in a KV engine, version 2.
///
/// ```no_run
/// use tokenward_vault::{Mount, Vault, VaultSecrets};
///
/// # async fn f(vault: Vault) -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = VaultSecrets::new(vault, Mount::new("secret")?, "prod");
/// // What `vault kv put secret/prod/edge password=…` put there.
/// let password = secrets.read(&Mount::new("edge")?, "password").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct VaultSecrets {
    vault: Vault,
    mount: Mount,
    environment: String,
}

impl VaultSecrets {
    /// What stands below `environment` in the engine at `mount`. Nothing is sent yet.
    #[must_use]
    pub fn new(vault: Vault, mount: Mount, environment: impl Into<String>) -> Self {
        Self { vault, mount, environment: environment.into() }
    }

    /// The text in `field` of the newest version of `document`.
    pub async fn read(
        &self,
        document: &Mount,
        field: &str,
    ) -> Result<Zeroizing<String>, VaultError> {
        let path = format!("{}/data/{}/{document}", self.mount, self.environment);
        let read: Read = self.vault.data(&self.mount, &Call::get(path.clone())).await?;
        let mut found = None;
        // All fields of the document came, and none may stay behind.
        for (name, value) in read.data {
            let Value::String(text) = value else { continue };
            let text = Zeroizing::new(text);
            if name == field {
                found = Some(text);
            }
        }
        found.ok_or_else(|| VaultError::NoField { path, field: field.to_owned() })
    }
}

#[derive(Deserialize)]
struct Read {
    data: BTreeMap<String, Value>,
}
