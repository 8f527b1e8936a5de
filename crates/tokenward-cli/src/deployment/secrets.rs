//! The secrets of a configuration that are in the vault, read before anything is made of them.

use std::collections::BTreeMap;

use tokenward_vault::{Mount, VaultSecrets};

use super::custody::vault::client;
use crate::config::Config;
use crate::failure::Failure;
use crate::secret::{SecretRef, Variables};

/// `variables`, and what the vault holds of `config`.
pub(super) async fn fetched(config: &Config, variables: &Variables) -> Result<Variables, Failure> {
    let mut found = BTreeMap::new();
    if let Some(vault) = &config.keys.secrets
        && let Some(mount) = &vault.secrets
    {
        let client = client(config, vault, variables)?;
        let secrets = VaultSecrets::new(client, mount.clone(), config.environment.as_str());
        for (setting, secret) in config.secrets() {
            let SecretRef::Vault(place) = secret else { continue };
            let document =
                Mount::new(&place.document).map_err(|error| Failure::because(&setting, &error))?;
            let text = secrets.read(&document, &place.field).await;
            let text = text.map_err(|error| Failure::because(&setting, &error))?;
            found.insert(place.clone(), text);
        }
    }
    Ok(variables.with_vault(found))
}
