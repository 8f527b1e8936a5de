//! The custody and its signers.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use tokenward::{Algorithm, Audience, IssuerId, KeyId, SigningKey, VerifyingKey, b64};
use tokenward_keys::custody::verified;
use tokenward_keys::{Custody, CustodyError, KeyOrder, MadeKey, NewKey, Signer, StoredKey};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::error::Pkcs11Error;
use crate::handle::Name;
use crate::sessions::{Failed, Sessions};
use crate::{handle, objects, public};

/// The custody `pkcs11`. It works within a Tokio runtime.
#[derive(Clone, Debug)]
pub struct Pkcs11 {
    sessions: Sessions,
    environment: String,
}

impl Pkcs11 {
    /// Loads the vendor's library `module`, finds the token with the label `token` and logs in, for the keys of
    /// `environment`.
    ///
    /// The library is code: it runs with every right of this process.
    pub async fn open(
        module: PathBuf,
        token: String,
        pin: Zeroizing<String>,
        environment: impl Into<String>,
    ) -> Result<Self, Pkcs11Error> {
        let sessions = spawn_blocking(move || Sessions::open(&module, &token, &pin))
            .await
            .map_err(|_| Pkcs11Error::Thread)??;
        Ok(Self { sessions, environment: environment.into() })
    }

    /// Refuses a key of another environment in the same token: whoever can write to the store must not have us
    /// use, or destroy, what is not ours.
    fn must_be_ours(&self, name: &Name, key: &StoredKey) -> Result<(), CustodyError> {
        let prefix = format!("{}-", self.environment);
        if name.label.starts_with(&prefix) {
            return Ok(());
        }
        let why = format!(
            "its label does not begin with `{prefix}`: restore `environment`, or start with new keys"
        );
        Err(CustodyError::Unfit { custody: NAME, key: key.id.clone(), why })
    }

    fn must_hold(&self, algorithm: Algorithm) -> Result<(), CustodyError> {
        if self.holds(algorithm) {
            Ok(())
        } else {
            Err(CustodyError::Unsupported { custody: NAME, algorithm })
        }
    }
}

#[async_trait]
impl Custody for Pkcs11 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn holds(&self, algorithm: Algorithm) -> bool {
        objects::mechanisms(algorithm)
            .is_some_and(|wanted| wanted.into_iter().all(|one| self.sessions.offers(one)))
    }

    async fn check(&self, _audience: &Audience) -> Result<(), CustodyError> {
        Ok(())
    }

    fn holds_elsewhere(&self) -> bool {
        true
    }

    fn settings(&self) -> &'static str {
        "keys.pkcs11.token and keys.pkcs11.module"
    }

    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError> {
        self.must_hold(spec.algorithm)?;
        let order = spec.clone();
        let begun = AtomicBool::new(false);
        let work = move |session: &Session| {
            // A session that was lost on the way may have left a pair, which nobody would look for once the order
            // is fulfilled.
            if begun.swap(true, Ordering::Relaxed)
                && let Err(error) = objects::destroy_order(session, order.label)
                && !matches!(error, Failed::Bare)
            {
                return Err(error);
            }
            generate(session, &order)
        };
        let (public, name) = self.sessions.with(work).await.map_err(failed)?;
        let handle = name
            .to_handle(&spec.issuer)
            .map_err(|error| CustodyError::Failed { custody: NAME, source: Box::new(error) })?;
        Ok(MadeKey::new(public, handle))
    }

    async fn import(&self, _: &NewKey, _: SigningKey) -> Result<MadeKey, CustodyError> {
        Err(CustodyError::NoImport { custody: NAME })
    }

    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError> {
        self.must_hold(key.algorithm)?;
        let name = Name::of_stored(issuer, key)?;
        self.must_be_ours(&name, key)?;
        let public = public_half(key)?;
        let algorithm = key.algorithm;
        let wanted = name.clone();
        let found = self.sessions.with(move |session| {
            let Some(object) = objects::find(session, &wanted)? else { return Ok(None) };
            Ok(Some((object, objects::flaw(session, object, algorithm)?)))
        });
        let id = key.id.clone();
        match unless_bare(found.await)? {
            None => Err(CustodyError::NoPrivateHalf { key: id }),
            Some((_, Some(flaw))) => {
                let why =
                    format!("{flaw}; `tokenward keys compromise {id}`, and look for who made it");
                Err(CustodyError::Unfit { custody: NAME, key: id, why })
            }
            Some((object, None)) => {
                let key = Arc::new(Key { name, public, object: Mutex::new(Some(object)) });
                Ok(Arc::new(InToken { id, algorithm, key, sessions: self.sessions.clone() }))
            }
        }
    }

    fn name_of_key(&self, key: &StoredKey) -> Option<String> {
        Name::of_ended(key).ok()?.order().map(b64::encode)
    }

    fn name_of_order(&self, order: &KeyOrder) -> Option<String> {
        Some(b64::encode(order.label.as_bytes()))
    }

    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError> {
        let name = Name::of_ended(key)?;
        self.must_be_ours(&name, key)?;
        unless_bare(self.sessions.with(move |session| objects::destroy(session, &name)).await)
    }

    async fn abandon(&self, order: &KeyOrder) -> Result<(), CustodyError> {
        let label = order.label;
        unless_bare(self.sessions.with(move |session| objects::destroy_order(session, label)).await)
    }
}

/// Makes a pair, and leaves nothing behind if it cannot be used.
fn generate(session: &Session, spec: &NewKey) -> Result<(VerifyingKey, Name), Failed> {
    let algorithm = spec.algorithm;
    let unnamed = handle::unnamed(&spec.kid_prefix);
    let pair = objects::make(session, algorithm, &unnamed, spec.label)?;
    let named = || {
        let public = public::read(session, pair.0, algorithm)?;
        let id = spec.key_id(&public).map_err(|_| Pkcs11Error::PublicKey("it has no id"))?;
        let name = Name::of_new(spec, &id);
        objects::rename(session, pair, &name)?;
        Ok((public.with_key_id(id), name))
    };
    named().inspect_err(|_| {
        for object in [pair.0, pair.1] {
            if let Err(error) = session.destroy_object(object) {
                let error = Pkcs11Error::from(error);
                tracing::warn!(%error, label = unnamed, "half a key is left in the token for now");
            }
        }
    })
}

/// The stored public half, if the `kid` is made of it.
fn public_half(key: &StoredKey) -> Result<VerifyingKey, CustodyError> {
    let public = key.public_half()?;
    if key.id.as_str().ends_with(&public.thumbprint()) {
        Ok(public)
    } else {
        Err(CustodyError::Damaged { key: key.id.clone() })
    }
}

/// Signs in the token.
struct InToken {
    id: KeyId,
    algorithm: Algorithm,
    key: Arc<Key>,
    sessions: Sessions,
}

struct Key {
    name: Name,
    public: VerifyingKey,
    /// Where the token has it; found again when the token says that it is not there.
    object: Mutex<Option<ObjectHandle>>,
}

impl Key {
    fn sign(
        &self,
        session: &Session,
        algorithm: Algorithm,
        input: &[u8],
    ) -> Result<Option<Vec<u8>>, Failed> {
        let known = *self.object.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(object) = known {
            match objects::sign(session, object, algorithm, input) {
                Ok(signature) if self.public.verify(input, &signature) => {
                    return Ok(Some(signature));
                }
                // After the last session was lost, the number may be gone, or that of another object.
                _ => self.keep(None),
            }
        }
        let Some(object) = objects::find(session, &self.name)? else { return Ok(None) };
        let signature = objects::sign(session, object, algorithm, input)?;
        self.keep(Some(object));
        Ok(Some(signature))
    }

    fn keep(&self, object: Option<ObjectHandle>) {
        *self.object.lock().unwrap_or_else(PoisonError::into_inner) = object;
    }
}

impl fmt::Debug for InToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InToken").field("id", &self.id).finish_non_exhaustive()
    }
}

#[async_trait]
impl Signer for InToken {
    fn key_id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError> {
        let (key, algorithm, owned) = (Arc::clone(&self.key), self.algorithm, input.to_vec());
        let work = move |session: &Session| key.sign(session, algorithm, &owned);
        let signature = unless_bare(self.sessions.with(work).await)?
            .ok_or_else(|| CustodyError::NoPrivateHalf { key: self.id.clone() })?;
        verified(NAME, &self.id, &self.key.public, input, signature)
    }
}

/// A token that shows no key at all has none, once its library has looked anew.
fn unless_bare<T: Default>(outcome: Result<T, Failed>) -> Result<T, CustodyError> {
    match outcome {
        Err(Failed::Bare) => Ok(T::default()),
        outcome => outcome.map_err(failed),
    }
}

fn failed(error: Failed) -> CustodyError {
    let error = Pkcs11Error::from(error);
    let is_out_of_reach = error.is_out_of_reach();
    let source = Box::new(error);
    if is_out_of_reach {
        CustodyError::OutOfReach { custody: NAME, source }
    } else {
        CustodyError::Failed { custody: NAME, source }
    }
}

const NAME: &str = "pkcs11";
