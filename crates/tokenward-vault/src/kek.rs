//! A key-encryption key in the transit engine: it wraps the store key, and never leaves.

use async_trait::async_trait;
use tokenward::crypto::Secret256;
use tokenward_keys::{KeyWrap, WrapContext, WrapError};

use crate::address::Mount;
use crate::client::Vault;
use crate::error::VaultError;
use crate::transit::Transit;

/// The transit key that wraps the key of a store.
///
/// ```no_run
/// use tokenward_keys::{KeyWrap, WrapContext};
/// use tokenward_vault::{Mount, Vault, VaultKek};
///
/// # async fn f(vault: Vault, wrapped: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let kek = VaultKek::new(vault, Mount::new("transit")?, "prod-store");
/// let store_key = kek.unwrap(wrapped, &WrapContext::new("prod")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct VaultKek {
    transit: Transit,
    name: String,
}

impl VaultKek {
    /// The transit key `name` in the engine at `mount`. Nothing is sent yet.
    #[must_use]
    pub fn new(vault: Vault, mount: Mount, name: impl Into<String>) -> Self {
        Self { transit: Transit::new(vault, mount), name: name.into() }
    }

    /// Refuses a key that could leave the vault, or be lost by one call, before anything hangs on it.
    async fn must_be_fit(&self) -> Result<(), VaultError> {
        let path = || format!("{}/keys/{}", self.transit.mount(), self.name);
        let info = self.transit.read(&self.name).await?;
        // `encrypt` would make a key of that name, if the policy is wide enough.
        let info = info.ok_or_else(|| VaultError::Missing { path: path() })?;
        match info.unfit_to_wrap() {
            Some(why) => Err(VaultError::UnfitToWrap { path: path(), why }),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl KeyWrap for VaultKek {
    fn name(&self) -> &'static str {
        "vault-transit"
    }

    async fn wrap(&self, key: &Secret256, context: &WrapContext) -> Result<Vec<u8>, WrapError> {
        self.must_be_fit().await.map_err(WrapError::failed)?;
        let bound = self.transit.encrypt(&self.name, key.expose(), &context.bytes()).await;
        let text = bound.map_err(WrapError::failed)?;
        // Vaults before 1.9 do not know associated data, and say nothing.
        match self.transit.decrypt(&self.name, &text, b"another context").await {
            Err(VaultError::Refused { .. }) => Ok(text.into_bytes()),
            Err(error) => Err(WrapError::failed(error)),
            Ok(_) => Err(WrapError::failed(VaultError::NotBound)),
        }
    }

    /// Takes the right to decrypt, and no other: a start must not hang on what is asked of a new key.
    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<Secret256, WrapError> {
        let text = str::from_utf8(wrapped).map_err(|_| WrapError::OtherKey)?;
        let opened = self.transit.decrypt(&self.name, text, &context.bytes()).await;
        WrapError::key_of(&opened.map_err(WrapError::failed)?)
    }
}
