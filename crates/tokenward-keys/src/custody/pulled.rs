//! Private keys as documents in another system: pulled into memory to sign, deleted there when they retire.
//!
//! Each key is a document of its own, with a name that nobody could guess and a version that the handle
//! pins. In the document stands whose key it is, and before it signs, it must be the very key of its row:
//! issuer, `kid`, algorithm, time and public half.
//!
//! **Invariant:** the store holds no private half, nor anything to open one with.
//! **Invariant:** a key that is destroyed is deleted in the other system, and no signer of this process
//! signs with it any more.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokenward::{Audience, ErrorChain, IssuerId, KeyId, SigningKey, b64};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::in_process::{self, InProcess};
use super::{Custody, CustodyError, MadeKey, NewKey, Signer, names};
use crate::order::KeyOrder;
use crate::stored::StoredKey;

/// What the other system says when it does not do what it is asked, with the mend.
pub type DocumentError = Box<dyn Error + Send + Sync>;

/// A system that keeps secret documents by name, each in versions.
#[async_trait]
pub trait Documents: fmt::Debug + Send + Sync + 'static {
    /// The custody that they make up, as `keys.custody` names it.
    fn custody(&self) -> &'static str;

    /// Where they are, a mount or a region, and the setting that says so.
    fn place(&self) -> (String, &'static str);

    /// The settings that say which system it is, for whoever has to correct them.
    fn settings(&self) -> &'static str;

    /// Whether the system is reached and grants what a document called `name` takes. It is not there, and is
    /// not made.
    async fn check(&self, name: &str) -> Result<(), DocumentError>;

    /// Whether `error` passes without any setting being changed.
    fn is_out_of_reach(&self, _error: &DocumentError) -> bool {
        false
    }

    /// Writes a document that was not there, and answers where it is.
    async fn put(&self, name: &str, document: &str) -> Result<Kept, DocumentError>;

    /// Reads that version of it, if it is there.
    async fn get(
        &self,
        name: &str,
        kept: &Kept,
    ) -> Result<Option<Zeroizing<String>>, DocumentError>;

    /// Deletes it with all its versions, wherever it is, or at this `address` alone. Safe to repeat.
    async fn delete(&self, name: &str, address: Option<&str>) -> Result<(), DocumentError>;
}

/// Where the other system has put a document.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever keeps documents must decide on all of it")]
pub struct Kept {
    /// The version of the document, in the other system's words.
    pub version: String,
    /// What the other system tells the document by from one of the same name in another account, if it does.
    pub address: Option<String>,
}

/// The custody of keys in `D`. It works within a Tokio runtime.
pub struct Pulled<D> {
    documents: D,
    environment: String,
    /// Who signs in this process, by the names of their documents.
    open: Mutex<BTreeMap<String, Vec<Weak<InProcess>>>>,
}

impl<D: Documents> Pulled<D> {
    /// The keys of `environment` in `documents`. Nothing is asked yet.
    #[must_use]
    pub fn new(documents: D, environment: impl Into<String>) -> Self {
        Self { documents, environment: environment.into(), open: Mutex::default() }
    }

    /// The documents.
    pub const fn documents(&self) -> &D {
        &self.documents
    }

    async fn keep(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        let (custody, algorithm) = (self.documents.custody(), key.algorithm());
        let id = spec.key_id(key.verifying_key()).map_err(|error| self.failed(error))?;
        let key = key.with_key_id(id.clone());
        let private = key
            .to_pkcs8_der()
            .filter(|_| !algorithm.is_symmetric())
            .ok_or(CustodyError::Unsupported { custody, algorithm })?;
        let document = Document {
            v: FORM,
            iss: spec.issuer.as_str().to_owned(),
            kid: id.as_str().to_owned(),
            alg: algorithm.as_str().to_owned(),
            created: spec.created_at.as_millis(),
            key: b64::encode(&private),
        };
        let document = document.text().map_err(|error| self.failed(error))?;
        let name = names::of(&self.environment, spec.audience.as_str(), spec.label);
        let Kept { version, address } = match self.write(&name, &document).await {
            Ok(kept) => kept,
            Err(source) => {
                self.clear_away(&name).await;
                return Err(self.refused(source));
            }
        };
        let handle = Handle {
            v: FORM,
            kid: id.as_str().to_owned(),
            iss: spec.issuer.as_str().to_owned(),
            place: self.documents.place().0,
            name,
            version,
            address,
        };
        let handle = serde_json::to_vec(&handle).map_err(|error| self.failed(error))?;
        Ok(MadeKey::new(key.verifying_key().clone(), handle))
    }

    /// Writes a document, and looks whether it can be read again.
    async fn write(&self, name: &str, document: &str) -> Result<Kept, DocumentError> {
        let kept = self.documents.put(name, document).await?;
        let read = self.documents.get(name, &kept).await?;
        if read.is_some_and(|read| read.as_str() == document) {
            Ok(kept)
        } else {
            Err(format!("`{name}` is not read as it was written: look for a fault there").into())
        }
    }

    async fn clear_away(&self, name: &str) {
        if let Err(error) = self.documents.delete(name, None).await {
            let error = ErrorChain::new(&*error).to_string();
            tracing::warn!(key = name, error, "a private key is left over for now");
        }
    }

    /// The handle of `key`, if it is that of this very key, and one of ours here.
    fn handle(&self, key: &StoredKey, text: &[u8]) -> Result<Handle, CustodyError> {
        let handle: Handle = serde_json::from_slice(text)
            .ok()
            .filter(|handle: &Handle| handle.v == FORM && handle.kid == key.id.as_str())
            .ok_or_else(|| CustodyError::Damaged { key: key.id.clone() })?;
        let (place, setting) = self.documents.place();
        if handle.place != place {
            let why = format!("it is in `{}`: restore {setting}", handle.place);
            return Err(self.unfit(&key.id, why));
        }
        // Whoever can write to the store must not have us read, or delete, any other secret.
        let audience = key.audience.as_str();
        if !names::is_ours(&handle.name, &self.environment, audience) {
            let why = format!(
                "its name does not begin with `{}`: restore `environment`, or start with new keys",
                names::prefix(&self.environment, audience)
            );
            return Err(self.unfit(&key.id, why));
        }
        Ok(handle)
    }

    fn remember(&self, name: String, signer: &Arc<InProcess>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, signers| signers.iter().any(|one| one.strong_count() > 0));
        open.entry(name).or_default().push(Arc::downgrade(signer));
    }

    /// Takes the key away from everybody here who signs with it.
    fn forget(&self, name: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for signer in open.remove(name).unwrap_or_default().iter().filter_map(Weak::upgrade) {
            signer.forget();
        }
    }

    fn unfit(&self, key: &KeyId, why: String) -> CustodyError {
        CustodyError::Unfit { custody: self.documents.custody(), key: key.clone(), why }
    }

    fn failed(&self, error: impl Error + Send + Sync + 'static) -> CustodyError {
        self.refused(Box::new(error))
    }

    fn refused(&self, source: DocumentError) -> CustodyError {
        let custody = self.documents.custody();
        if self.documents.is_out_of_reach(&source) {
            CustodyError::OutOfReach { custody, source }
        } else {
            CustodyError::Failed { custody, source }
        }
    }
}

#[async_trait]
impl<D: Documents> Custody for Pulled<D> {
    fn name(&self) -> &'static str {
        self.documents.custody()
    }

    async fn check(&self, audience: &Audience) -> Result<(), CustodyError> {
        let name = names::fresh(&self.environment, audience.as_str());
        self.documents.check(&name).await.map_err(|error| self.refused(error))
    }

    fn holds_elsewhere(&self) -> bool {
        true
    }

    fn settings(&self) -> &'static str {
        self.documents.settings()
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        let algorithm = spec.algorithm;
        if algorithm.is_symmetric() {
            let custody = self.documents.custody();
            return Err(CustodyError::Unsupported { custody, algorithm });
        }
        let key = in_process::generate(algorithm).await.map_err(|error| self.failed(error))?;
        self.keep(spec, key).await
    }

    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError> {
        self.keep(spec, key).await
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        let gone = || CustodyError::NoPrivateHalf { key: key.id.clone() };
        let handle = self.handle(key, key.handle.as_deref().ok_or_else(gone)?)?;
        if handle.iss != issuer.as_str() {
            return Err(CustodyError::OtherIssuer { key: key.id.clone(), made_for: handle.iss });
        }
        let kept = Kept { version: handle.version, address: handle.address };
        let document = self.documents.get(&handle.name, &kept).await;
        let document = document.map_err(|error| self.refused(error))?.ok_or_else(gone)?;
        let open = private_of(issuer, key, &document).ok_or_else(|| {
            let why =
                format!("`{}` holds another key, or none: restore it, or rotate", handle.name);
            self.unfit(&key.id, why)
        })?;
        let signer = Arc::new(InProcess::new(self.documents.custody(), key.id.clone(), open));
        self.remember(handle.name, &signer);
        Ok(signer)
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
        self.forget(&handle.name);
        let address = handle.address.as_deref();
        let deleted = self.documents.delete(&handle.name, address).await;
        deleted.map_err(|error| self.refused(error))
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        let name = names::of(&self.environment, order.audience.as_str(), order.label);
        self.documents.delete(&name, None).await.map_err(|error| self.refused(error))
    }
}

impl<D: Documents> fmt::Debug for Pulled<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulled")
            .field("documents", &self.documents)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// The private key in a document, if it is the one of `key`.
fn private_of(issuer: &IssuerId, key: &StoredKey, text: &str) -> Option<SigningKey> {
    let document: Document = serde_json::from_str(text).ok()?;
    let same = document.v == FORM
        && document.iss == issuer.as_str()
        && document.kid == key.id.as_str()
        && document.alg == key.algorithm.as_str()
        && document.created == key.created_at.as_millis();
    let der = b64::decode(&document.key).ok().map(Zeroizing::new).filter(|_| same)?;
    let private = SigningKey::from_pkcs8_der(key.algorithm, &der).ok()?;
    let public = key.public_half().ok()?;
    let is_it = private.verifying_key().thumbprint() == public.thumbprint();
    is_it.then(|| private.with_key_id(key.id.clone()))
}

/// The handle of a pulled key, as JSON. It is no secret.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Handle {
    /// The version of this form.
    v: u8,
    /// The `kid` of the key.
    kid: String,
    /// The issuer that the key signs for.
    iss: String,
    /// Where the document is.
    place: String,
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// Its address, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// The document of a key, as JSON.
#[derive(Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The version of this form.
    v: u8,
    /// The issuer that the key signs for.
    iss: String,
    /// The `kid` of the key.
    kid: String,
    /// Its algorithm.
    alg: String,
    /// The time of its order, in milliseconds since 1970.
    created: u64,
    /// The private key (PKCS #8, RFC 5958), base64url.
    key: String,
}

impl Document {
    fn text(&self) -> Result<Zeroizing<String>, serde_json::Error> {
        // The room is taken at once, so that no copy of the key stays behind where a smaller one was.
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *bytes, self)?;
        let text = std::str::from_utf8(&bytes).map_err(serde::ser::Error::custom)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

const FORM: u8 = 1;
/// An RSA key of 4096 bits takes some 3 KiB.
const ROOM: usize = 16 * 1024;
