//! The custody `vault-transit`: the vault makes the keys, keeps them and signs.
//!
//! Each signing key is a transit key of its own, with one version. (The engine's own rotation would make a
//! new version the signer at once, before any verifier has seen it.)

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey, VerifyingKey};
use tokenward_keys::custody::{names, verified};
use tokenward_keys::{Custody, CustodyError, KeyOrder, MadeKey, NewKey, Signer, StoredKey};

use crate::address::Mount;
use crate::client::Vault;
use crate::error::VaultError;
use crate::transit::{KeyInfo, Kind, Transit};

/// The custody `vault-transit`. It works within a Tokio runtime.
///
/// Every signature, so every token, is a call to the vault and back.
#[derive(Clone)]
pub struct VaultTransit {
    transit: Transit,
    environment: String,
}

impl VaultTransit {
    /// The keys of `environment` in the transit engine at `mount`. Nothing is sent yet.
    #[must_use]
    pub fn new(vault: Vault, mount: Mount, environment: impl Into<String>) -> Self {
        Self { transit: Transit::new(vault, mount), environment: environment.into() }
    }

    /// Renews the login in the background for as long as this custody is there, so that it does not end
    /// while nobody signs.
    pub fn keep_logged_in(&self) {
        self.transit.vault().keep_logged_in();
    }

    /// Whether the vault is reached, unsealed, lets us in, has a transit engine at the mount, and grants what
    /// keys of `audience` take. Nothing is made or changed: the calls are about a key that is not there.
    pub async fn check(&self, audience: &Audience) -> Result<(), VaultError> {
        let vault = self.transit.vault();
        vault.check().await?;
        vault.must_be(self.transit.mount(), "transit").await?;
        self.transit.must_grant(&names::fresh(&self.environment, audience.as_str())).await
    }

    /// What the vault made under `name`, if it is fit to sign.
    async fn made(
        &self,
        spec: &NewKey,
        name: String,
        kind: &Kind,
    ) -> Result<MadeKey, CustodyError> {
        let path = || format!("{}/keys/{name}", self.transit.mount());
        let info = self.transit.read(&name).await.map_err(of_vault)?;
        let info = info.ok_or_else(|| failed(VaultError::Missing { path: path() }))?;
        let public = info
            .public(FIRST, spec.algorithm)
            .ok_or_else(|| failed(VaultError::Garbage { path: path() }))?;
        let id = spec.key_id(&public).map_err(failed)?;
        must_be_fit(&info, &name, FIRST, kind, &id)?;
        let handle = Handle {
            v: FORM,
            kid: id.as_str().to_owned(),
            iss: spec.issuer.as_str().to_owned(),
            mount: self.transit.mount().as_str().to_owned(),
            name,
            version: FIRST,
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
        if handle.mount != self.transit.mount().as_str() {
            let why = format!("it is in `{}`: restore keys.vault.mount", handle.mount);
            return Err(unfit(&key.id, why));
        }
        // Whoever can write to the store must not have us use, or delete, any other key.
        if !names::is_ours(&handle.name, &self.environment, key.audience.as_str()) {
            let why = format!(
                "its name does not begin with `{}`: restore `environment`, or start with new keys",
                names::prefix(&self.environment, key.audience.as_str())
            );
            return Err(unfit(&key.id, why));
        }
        Ok(handle)
    }
}

#[async_trait]
impl Custody for VaultTransit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn holds(&self, algorithm: Algorithm) -> bool {
        Kind::of(algorithm).is_some()
    }

    async fn check(&self, audience: &Audience) -> Result<(), CustodyError> {
        Self::check(self, audience).await.map_err(of_vault)
    }

    fn holds_elsewhere(&self) -> bool {
        true
    }

    fn settings(&self) -> &'static str {
        "keys.vault.address and keys.vault.namespace"
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let algorithm = spec.algorithm;
        let kind =
            Kind::of(algorithm).ok_or(CustodyError::Unsupported { custody: NAME, algorithm })?;
        let name = names::of(&self.environment, spec.audience.as_str(), spec.label);
        let made = match self.transit.create(&name, kind).await {
            Ok(()) => self.made(spec, name.clone(), kind).await,
            Err(error) => Err(of_vault(error)),
        };
        if made.is_err()
            && let Err(error) = self.transit.destroy(&name).await
        {
            let error = tokenward::ErrorChain::new(&error).to_string();
            tracing::warn!(key = name, error, "a transit key is left over for now");
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
        let Handle { name, version, iss, .. } = self.handle(key, text)?;
        if iss != issuer.as_str() {
            return Err(CustodyError::OtherIssuer { key: id.clone(), made_for: iss });
        }
        let kind =
            Kind::of(algorithm).ok_or(CustodyError::Unsupported { custody: NAME, algorithm })?;
        let public = key.public_half()?;
        let info = self.transit.read(&name).await.map_err(of_vault)?;
        let info = info.ok_or_else(|| CustodyError::NoPrivateHalf { key: id.clone() })?;
        must_be_fit(&info, &name, version, kind, id)?;
        let held = info.public(version, algorithm).map(|held| held.thumbprint());
        if held.as_ref() != Some(&public.thumbprint()) {
            let why =
                format!("transit key `{name}` has another public half: restore it, or rotate");
            return Err(unfit(id, why));
        }
        let transit = self.transit.clone();
        Ok(Arc::new(InVault { id: id.clone(), public, name, version, kind, transit }))
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
        self.transit.destroy(&handle.name).await.map_err(of_vault)
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        let name = names::of(&self.environment, order.audience.as_str(), order.label);
        self.transit.destroy(&name).await.map_err(of_vault)
    }
}

impl fmt::Debug for VaultTransit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultTransit")
            .field("mount", self.transit.mount())
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// Has the vault sign, and believes it nothing.
struct InVault {
    id: KeyId,
    public: VerifyingKey,
    name: String,
    version: u64,
    kind: &'static Kind,
    transit: Transit,
}

impl fmt::Debug for InVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InVault").field("id", &self.id).finish_non_exhaustive()
    }
}

impl InVault {
    /// A vault refuses the name of a key that is gone in words of its own, so the key itself is asked for:
    /// another replica may have retired it, and then whoever issues turns to the next signer.
    async fn explained(&self, error: VaultError) -> CustodyError {
        let is_gone = matches!(error, VaultError::Refused { .. })
            && matches!(self.transit.read(&self.name).await, Ok(None));
        if is_gone { CustodyError::NoPrivateHalf { key: self.id.clone() } } else { of_vault(error) }
    }
}

#[async_trait]
impl Signer for InVault {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let signature = match self.transit.sign(&self.name, self.version, self.kind, input).await {
            Ok(signature) => signature,
            Err(error) => return Err(self.explained(error).await),
        };
        verified(NAME, &self.id, &self.public, input, signature)
    }
}

/// The handle of a key in a vault, as JSON. It is no secret: whoever has it still needs the vault's leave.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Handle {
    /// The version of this form.
    v: u8,
    /// The `kid` of the key.
    kid: String,
    /// The issuer that the key signs for.
    iss: String,
    /// Where the engine is mounted.
    mount: String,
    /// The name of the transit key.
    name: String,
    /// Its version.
    version: u64,
}

fn must_be_fit(
    info: &KeyInfo,
    name: &str,
    version: u64,
    kind: &Kind,
    id: &KeyId,
) -> Result<(), CustodyError> {
    info.unfit(name, version, kind).map_or(Ok(()), |why| Err(unfit(id, why)))
}

fn unfit(key: &KeyId, why: String) -> CustodyError {
    CustodyError::Unfit { custody: NAME, key: key.clone(), why }
}

/// What passes by itself is told from what somebody has to mend.
fn of_vault(error: VaultError) -> CustodyError {
    if error.is_out_of_reach() {
        CustodyError::OutOfReach { custody: NAME, source: Box::new(error) }
    } else {
        failed(error)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CustodyError {
    CustodyError::Failed { custody: NAME, source: Box::new(error) }
}

const NAME: &str = "vault-transit";
const FORM: u8 = 1;
/// Each key has one version.
const FIRST: u64 = 1;
