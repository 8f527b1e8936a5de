//! The few calls of the KV engine, version 2: a private key is a document of its own.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward_keys::custody::{DocumentError, Documents, Kept, secret_json};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::address::Mount;
use crate::client::Vault;
use crate::error::VaultError;
use crate::http::Call;

/// A KV engine of version 2, for the custody `vault-kv`. Clones share the client.
#[derive(Clone, Debug)]
pub struct VaultKv {
    vault: Vault,
    mount: Mount,
}

impl VaultKv {
    /// The engine at `mount`. Nothing is sent yet.
    #[must_use]
    pub const fn new(vault: Vault, mount: Mount) -> Self {
        Self { vault, mount }
    }

    /// Renews the login in the background for as long as a clone of the client is there, so that a rotation
    /// need not log in first.
    pub fn keep_logged_in(&self) {
        self.vault.keep_logged_in();
    }

    fn write(&self, name: &str, document: &str, over: u64) -> Result<Call, VaultError> {
        let path = format!("{}/data/{name}", self.mount);
        // What is there already, of whatever version, is not written over.
        let body = Write { options: Options { cas: over }, data: Document { document } };
        // As JSON in JSON, a quotation mark takes two bytes.
        let room = document.len().saturating_mul(2).saturating_add(ROOM);
        match secret_json(&body, room) {
            Ok(body) => Ok(Call::post_bytes(path, body)),
            Err(_) => Err(VaultError::TooMuch { path, room }),
        }
    }

    fn all_of(&self, name: &str) -> Call {
        Call::delete(format!("{}/metadata/{name}", self.mount))
    }

    async fn read(&self, name: &str, version: &str) -> Result<Option<Read>, VaultError> {
        let call = Call::get(format!("{}/data/{name}?version={version}", self.mount));
        match self.vault.data(&self.mount, &call).await {
            Ok(read) => Ok(Some(read)),
            // It is deleted, or was never there.
            Err(VaultError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Documents for VaultKv {
    fn custody(&self) -> &'static str {
        "vault-kv"
    }

    fn place(&self) -> (String, &'static str) {
        (self.mount.as_str().to_owned(), "keys.vault.mount")
    }

    fn settings(&self) -> &'static str {
        "keys.vault.address and keys.vault.namespace"
    }

    async fn check(&self, name: &str) -> Result<(), DocumentError> {
        self.vault.check().await?;
        self.vault.must_be(&self.mount, "kv-v2").await?;
        self.read(name, "1").await?;
        // Over a version that is not there nothing is written.
        for call in [self.write(name, "check", 1)?, self.all_of(name)] {
            match self.vault.call(&self.mount, &call).await {
                Ok(_) | Err(VaultError::Refused { .. } | VaultError::Missing { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn is_out_of_reach(&self, error: &DocumentError) -> bool {
        error.downcast_ref().is_some_and(VaultError::is_out_of_reach)
    }

    async fn put(&self, name: &str, document: &str) -> Result<Kept, DocumentError> {
        let call = self.write(name, document, 0)?;
        let written: Written = self.vault.data(&self.mount, &call).await?;
        Ok(Kept { version: written.version.to_string(), address: None })
    }

    async fn get(
        &self,
        name: &str,
        kept: &Kept,
    ) -> Result<Option<Zeroizing<String>>, DocumentError> {
        let version = kept.version.as_str();
        // It becomes a part of the URL.
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let Some(read) = self.read(name, version).await? else { return Ok(None) };
        let got = read.metadata.version;
        if got.to_string() != version {
            let wanted = version.parse().unwrap_or_default();
            return Err(VaultError::OtherVersion { name: name.to_owned(), wanted, got }.into());
        }
        let Read { mut data, .. } = read;
        Ok(Some(Zeroizing::new(std::mem::take(&mut data.document))))
    }

    async fn delete(&self, name: &str, _address: Option<&str>) -> Result<(), DocumentError> {
        match self.vault.call(&self.mount, &self.all_of(name)).await {
            Ok(_) | Err(VaultError::Missing { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(Serialize)]
struct Write<'a> {
    options: Options,
    data: Document<'a>,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    document: &'a str,
}

#[derive(Deserialize)]
struct Written {
    version: u64,
}

#[derive(Deserialize)]
struct Read {
    data: Held,
    metadata: Written,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct Held {
    document: String,
}

/// What stands around a document.
const ROOM: usize = 128;
