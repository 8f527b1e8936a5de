//! Keys that were made elsewhere: their tokens verify until a date, and they sign nothing.

use std::time::Duration;

use tokenward::{KeyId, UnixTime, VerifyingKey};

use super::error::{ImportError, RingError};
use super::{AUDIT, Imported, KeyRing};
use crate::lifecycle::{AnyKey, Key};
use crate::stored::KeyChange;

impl KeyRing {
    /// Takes in a key that was made elsewhere: its tokens verify until `verify_until`, it never signs.
    ///
    /// Of a private key, give the verifying half; the private half has no use here and should be destroyed
    /// where it is. A key without id is named as our own are. One that was imported before is to end sooner.
    pub async fn import(
        &self,
        key: &VerifyingKey,
        verify_until: UnixTime,
        now: UnixTime,
    ) -> Result<Imported, ImportError> {
        if key.algorithm().is_symmetric() {
            return Err(ImportError::Symmetric);
        }
        if verify_until <= now || verify_until > now.saturating_add(MAX_IMPORT) {
            return Err(ImportError::EndDate);
        }
        let ours = format!("{}-{}", self.environment, key.thumbprint());
        let id = match key.key_id() {
            Some(id) if is_of_another(id, &ours, &key.thumbprint()) => {
                return Err(ImportError::OtherEnvironment { id: id.clone() });
            }
            Some(id) => id.clone(),
            None => KeyId::new(ours).map_err(|error| RingError::Bug(error.to_string()))?,
        };
        let named = key.clone().with_key_id(id.clone());
        let change =
            if let Some(change) = ended_sooner(self.load(now).await?, &named, verify_until)? {
                change
            } else {
                let import = Key::import(&named, &self.audience, verify_until, now);
                import.ok_or(ImportError::Symmetric)?.into_insert()
            };
        self.store.apply(&self.audience, vec![change]).await.map_err(RingError::Store)?;
        tracing::info!(
            target: AUDIT, audience = %self.audience, key = %id, until = %verify_until, "key imported"
        );
        let now = self.later(now);
        self.load(now).await?;
        Ok(Imported { key: id, trusted_from: now.saturating_add(self.timing.ripening()) })
    }
}

/// Whether `id` is what another environment calls the key that we would call `ours`.
fn is_of_another(id: &KeyId, ours: &str, thumbprint: &str) -> bool {
    id.as_str() != ours
        && id.as_str().strip_suffix(thumbprint).is_some_and(|env| env.ends_with('-'))
}

/// The change by which `key`, which `keys` know as imported, ends at `until`; `None` if it may join them.
fn ended_sooner(
    keys: Vec<AnyKey>,
    key: &VerifyingKey,
    until: UnixTime,
) -> Result<Option<KeyChange>, ImportError> {
    let is_public = |key: &&AnyKey| key.stored().imported && key.stored().state.is_published();
    let imported = keys.iter().filter(is_public).count();
    for known in keys {
        let stored = known.stored();
        // The same public key under another name is the same key: a compromised one must not come back.
        let same = VerifyingKey::from_jwk(stored.public.as_bytes())
            .is_ok_and(|known| known.thumbprint() == key.thumbprint());
        let (id, state) = (stored.id.clone(), stored.state);
        let is_named_so = Some(&id) == key.key_id();
        match known {
            AnyKey::Retiring(known) if same && is_named_so && known.stored().imported => {
                let end = known.stored().verify_until.unwrap_or_default();
                let sooner = known.end_sooner(until).map(Key::into_replacement);
                return sooner.map(Some).ok_or(ImportError::NotSooner { id, until: end });
            }
            _ if same || is_named_so => return Err(ImportError::Known { id, state }),
            _ => {}
        }
    }
    if imported >= MAX_IMPORTED { Err(ImportError::TooMany) } else { Ok(None) }
}

/// How long an imported key may verify: a year. Who needs more has not moved, and should import again.
const MAX_IMPORT: Duration = Duration::from_secs(366 * 86_400);

/// Imported keys public at once, so that a key set stays far below what verifiers refuse.
pub(crate) const MAX_IMPORTED: usize = 16;
