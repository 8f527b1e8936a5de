//! Which key-encryption key opens the store. A new one is a few lines here.

use std::path::Path;

use tokenward_aws::{AwsKek, Kms};
use tokenward_keys::{
    Kek, KeyStore, KeyWrap, Passphrase, PassphraseCost, Rewrapped, StoreKey, StoreKeyError,
    WrapContext,
};
use tokenward_vault::VaultKek;

use super::custody::{aws, vault};
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::files;
use crate::secret::{Variables, credential};

/// A key-encryption key that was found, and where.
pub(super) struct KekSource {
    setting: String,
    wrap: Box<dyn KeyWrap>,
}

impl KekSource {
    /// What `config` says.
    pub(super) fn of_config(config: &Config, variables: &Variables) -> Result<Self, Failure> {
        match &config.keys.kek {
            config::Kek::KeyFile(path) => Self::key_file_at(&config.path(path)),
            config::Kek::Credential(name) => {
                Self::key_file_at(&credential(KEY_FILE, name, variables)?)
            }
            config::Kek::Passphrase(secret) => {
                let setting = "keys.passphrase";
                let secret = secret.find(setting, &config.environment, &config.base, variables)?;
                let passphrase = Passphrase::new(secret.expose(), PassphraseCost::DEFAULT)
                    .map_err(|error| Failure::because(setting, &error))?;
                Ok(Self { setting: setting.to_owned(), wrap: Box::new(passphrase) })
            }
            config::Kek::Vault { key, vault } => {
                let client = vault::client(config, vault, variables)?;
                let kek = VaultKek::new(client, vault.mount.clone(), key);
                Ok(Self { setting: "keys.vault_key".to_owned(), wrap: Box::new(kek) })
            }
            config::Kek::Aws { key, aws } => {
                let kms = Kms::new(aws::client(config, aws, variables)?);
                let kek = AwsKek::new(kms, key.clone(), config.environment.as_str());
                Ok(Self { setting: "keys.aws_key".to_owned(), wrap: Box::new(kek) })
            }
        }
    }

    /// The key file with these `bytes`.
    pub(super) fn key_file(setting: String, bytes: &[u8]) -> Result<Self, Failure> {
        let kek = Kek::from_key_file(bytes).map_err(|error| Failure::because(&setting, &error))?;
        Ok(Self { setting, wrap: Box::new(kek) })
    }

    fn key_file_at(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Err(Failure::cannot(format!(
                "{KEY_FILE}: {0} is not there; put it back: a store that was sealed with it opens with nothing else. \
                 For a new store, make one with `head -c 32 /dev/urandom > {0}` and `chmod 600 {0}`",
                path.display()
            )));
        }
        let bytes = files::read_private(path)
            .map_err(|failure| Failure::cannot(format!("{KEY_FILE}: {failure}")))?;
        Self::key_file(format!("{KEY_FILE}: {}", path.display()), &bytes)
    }

    /// Opens the key of `store`, or makes it.
    pub(super) async fn open(
        &self,
        store: &dyn KeyStore,
        context: &WrapContext,
    ) -> Result<StoreKey, Failure> {
        StoreKey::open(store, &*self.wrap, context).await.map_err(|error| self.failure(&error))
    }

    /// Puts `new` in the place of this one.
    pub(super) async fn rewrap(
        &self,
        new: Self,
        store: &dyn KeyStore,
        context: &WrapContext,
    ) -> Result<Rewrapped, Failure> {
        let both = [&*self.wrap, &*new.wrap];
        StoreKey::rewrap(store, both, context).await.map_err(|error| match &error {
            StoreKeyError::NotTaken(_) => {
                Failure::because(format!("--to-config: {}", new.setting), &error)
            }
            _ => self.failure(&error),
        })
    }

    fn failure(&self, error: &StoreKeyError) -> Failure {
        match error {
            StoreKeyError::OtherKind { .. } | StoreKeyError::OtherKek | StoreKeyError::Wrap(_) => {
                Failure::because(&self.setting, error)
            }
            _ => Failure::because("store.url", error),
        }
    }
}

const KEY_FILE: &str = "keys.key_file";
