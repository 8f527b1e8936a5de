//! Which custody holds the private keys. A new one is a crate, and a few lines here.

pub(super) mod aws;
pub(super) mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use tokenward::Algorithm;
use tokenward_aws::{AwsKms, Kms, SecretsManager};
use tokenward_keys::custody::Pulled;
use tokenward_keys::{Custody, Memory, Sealed, StoreKey};
use tokenward_pkcs11::{Pkcs11, Pkcs11Error, Setting};
use tokenward_vault::{VaultKv, VaultTransit};
use zeroize::Zeroizing;

use crate::config::{self, Config};
use crate::failure::Failure;
use crate::secret::{Secret, Variables};

/// What is needed to open a custody; its secrets are found already.
pub(super) enum CustodySource {
    /// The store itself.
    Sealed,
    /// This process, in development alone.
    Memory,
    /// The transit engine of a vault.
    VaultTransit(VaultTransit),
    /// Documents in the KV engine of a vault.
    VaultKv(Pulled<VaultKv>),
    /// AWS KMS.
    AwsKms(AwsKms),
    /// Secrets in AWS Secrets Manager.
    AwsSecrets(Pulled<SecretsManager>),
    /// A token that speaks PKCS #11.
    Pkcs11 { module: PathBuf, token: String, pin: Secret, environment: String },
}

impl CustodySource {
    /// What `config` says.
    pub(super) fn of_config(config: &Config, variables: &Variables) -> Result<Self, Failure> {
        Self::of(&config.keys.custody, config, variables)
    }

    /// What `config` says of `custody`.
    pub(super) fn of(
        custody: &config::Custody,
        config: &Config,
        variables: &Variables,
    ) -> Result<Self, Failure> {
        let environment = config.environment.as_str();
        match custody {
            config::Custody::Sealed => Ok(Self::Sealed),
            config::Custody::VaultTransit(vault) => {
                let client = vault::client(config, vault, variables)?;
                let custody = VaultTransit::new(client, vault.mount.clone(), environment);
                Ok(Self::VaultTransit(custody))
            }
            config::Custody::VaultKv(vault) => {
                let client = vault::client(config, vault, variables)?;
                let documents = VaultKv::new(client, vault.mount.clone());
                Ok(Self::VaultKv(Pulled::new(documents, environment)))
            }
            config::Custody::AwsKms(aws) => {
                let kms = Kms::new(aws::client(config, aws, variables)?);
                Ok(Self::AwsKms(AwsKms::new(kms, environment)))
            }
            config::Custody::AwsSecrets(aws) => {
                let secrets = SecretsManager::new(aws::client(config, aws, variables)?);
                Ok(Self::AwsSecrets(Pulled::new(secrets, environment)))
            }
            config::Custody::Pkcs11(pkcs11) => Ok(Self::Pkcs11 {
                module: pkcs11.module.clone(),
                token: pkcs11.token.clone(),
                pin: pkcs11.pin.find(
                    "keys.pkcs11.pin",
                    &config.environment,
                    &config.base,
                    variables,
                )?,
                environment: environment.to_owned(),
            }),
            config::Custody::Later(name) => {
                Err(Failure::cannot(format!("keys.custody: \"{name}\" comes with a later version")))
            }
        }
    }

    /// Opens it for real, for keys of `algorithms`. `store_key` seals what stays in the store.
    pub(super) async fn open(
        self,
        store_key: StoreKey,
        algorithms: impl Iterator<Item = Algorithm>,
    ) -> Result<Arc<dyn Custody>, Failure> {
        let custody: Arc<dyn Custody> = match self {
            Self::Sealed => Arc::new(Sealed::new(store_key)),
            Self::Memory => Arc::new(Memory::new()),
            Self::VaultTransit(custody) => {
                custody.keep_logged_in();
                Arc::new(custody)
            }
            Self::VaultKv(custody) => {
                custody.documents().keep_logged_in();
                Arc::new(custody)
            }
            Self::AwsKms(custody) => Arc::new(custody),
            Self::AwsSecrets(custody) => Arc::new(custody),
            Self::Pkcs11 { module, token, pin, environment } => {
                let pin = Zeroizing::new(pin.expose().to_owned());
                let opened = Pkcs11::open(module, token, pin, environment).await;
                Arc::new(opened.map_err(|error| of_pkcs11(&error))?)
            }
        };
        for algorithm in algorithms {
            if !custody.holds(algorithm) {
                return Err(Failure::cannot(format!(
                    "audience.algorithm: custody \"{}\" holds no {algorithm} keys; use \"ES256\"",
                    custody.name()
                )));
            }
        }
        Ok(custody)
    }
}

fn of_pkcs11(error: &Pkcs11Error) -> Failure {
    let setting = match error.setting() {
        Some(Setting::Module) => "keys.pkcs11.module",
        Some(Setting::Token) => "keys.pkcs11.token",
        Some(Setting::Pin) => "keys.pkcs11.pin",
        _ => "keys.pkcs11",
    };
    Failure::because(setting, error)
}
