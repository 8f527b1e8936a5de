//! Which custody holds the private keys. A new one is a crate, and a few lines here.

mod vault;

use std::sync::Arc;

use tokenward_keys::{Custody, Kek, Sealed};
use tokenward_vault::VaultTransit;

use crate::config::{self, Config};
use crate::failure::Failure;
use crate::secret::Variables;

/// What is needed to open a custody; its secrets are found already.
pub(super) enum CustodySource {
    /// The store itself.
    Sealed,
    /// The transit engine of a vault.
    VaultTransit(VaultTransit),
}

impl CustodySource {
    /// What `config` says.
    pub(super) fn of_config(config: &Config, variables: &Variables) -> Result<Self, Failure> {
        match &config.keys.custody {
            config::Custody::Sealed => Ok(Self::Sealed),
            config::Custody::VaultTransit(vault) => {
                vault::custody(config, vault, variables).map(Self::VaultTransit)
            }
            config::Custody::Pkcs11(_) => {
                Err(Failure::cannot("keys.custody: \"pkcs11\" comes with a later version"))
            }
            config::Custody::Later(name) => {
                Err(Failure::cannot(format!("keys.custody: \"{name}\" comes with a later version")))
            }
        }
    }

    /// Opens it for real. `kek` seals what stays in the store.
    #[expect(clippy::unused_async, reason = "whoever holds keys elsewhere connects")]
    pub(super) async fn open(self, kek: Kek) -> Result<Arc<dyn Custody>, Failure> {
        match self {
            Self::Sealed => Ok(Arc::new(Sealed::new(kek))),
            Self::VaultTransit(custody) => {
                custody.keep_logged_in();
                Ok(Arc::new(custody))
            }
        }
    }
}
