//! The secret that a team signed with before it had an authority, as a key that verifies until a date.
//!
//! It is in no key set, signs nothing, and stands in the store sealed, bound to its audience, its issuer and
//! its end: whoever can write to the store can neither lengthen its life nor move it to another audience.
//!
//! **Invariant:** a former secret never leaves this process: what verifies with it is in it.
//! **Invariant:** one whose end has come, or that is distrusted, is gone from the store too.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenward::crypto::{self, Secret256};
use tokenward::{
    Algorithm, Audience, BackendError, BackendErrorKind, IssuerId, KeyError, KeyId, UnixTime,
    VerifyingKey, b64,
};
use zeroize::Zeroizing;

use crate::ring::KeyInfo;
use crate::stored::{KeyState, KeyStore};

/// A former secret. It has no way to be shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FormerSecret {
    /// What it is called here, and the `kid` of its tokens if they carry one.
    pub id: KeyId,
    /// The `iss` of its tokens.
    pub issuer: IssuerId,
    /// From then on nothing verifies by it.
    pub until: UnixTime,
    /// The key, HS256.
    pub key: VerifyingKey,
}

/// The former secret of one audience, at most one at a time.
pub struct FormerSecrets {
    audience: Audience,
    /// The authority: what it issues, or its audiences do, no former secret may vouch for.
    authority: IssuerId,
    environment: String,
    store: Arc<dyn KeyStore>,
    seal: Secret256,
}

impl FormerSecrets {
    /// The longest time for which a secret can be taken in: 31 days. That is a release of every service and 24
    /// hours, the longest life of a token, some ten times over; and all the while each of its holders can mint
    /// for all others. Who needs more decides so again.
    pub const LONGEST: Duration = Duration::from_secs(31 * 24 * 60 * 60);

    /// What `store` has for `audience`, sealed under a key derived from `data_key`. Nothing is read yet.
    #[must_use]
    pub fn new(
        store: Arc<dyn KeyStore>,
        data_key: &Secret256,
        audience: Audience,
        authority: IssuerId,
        environment: impl Into<String>,
    ) -> Self {
        let seal = data_key.derive(b"tokenward former secret v1");
        Self { audience, authority, environment: environment.into(), store, seal }
    }

    /// Takes in `secret`: tokens that it signed for this audience, as `issuer`, verify here until `until`.
    ///
    /// `id` is the `kid` that they carry; without it they must carry none. The secret that counts already, with
    /// the same issuer and the same `kid` if one is given, is to end sooner.
    pub async fn import(
        &self,
        secret: &[u8],
        issuer: IssuerId,
        id: Option<KeyId>,
        until: UnixTime,
        now: UnixTime,
    ) -> Result<FormerSecret, FormerError> {
        if until <= now || until > now.saturating_add(Self::LONGEST) {
            return Err(FormerError::EndDate);
        }
        let ours = self.authority.as_str();
        if issuer
            .as_str()
            .strip_prefix(ours)
            .is_some_and(|rest| matches!(rest.chars().next(), None | Some('/')))
        {
            return Err(FormerError::OwnIssuer { issuer });
        }
        if let Some(id) = id.as_ref().filter(|id| is_of_another(id, &self.environment)) {
            return Err(FormerError::OtherEnvironment { id: id.clone() });
        }
        let known = self.read().await?;
        let current = known.as_ref().filter(|(_, row)| row.sealed.is_some() && row.until() > now);
        let (id, created) = match current {
            None => (id.map_or_else(|| self.fresh_id(), Ok)?, now),
            Some((_, row)) => {
                let same = self.secret_of(row).is_some_and(|known| known.as_slice() == secret)
                    && row.iss == issuer.as_str()
                    && id.as_ref().is_none_or(|id| row.kid == id.as_str());
                if !same || until >= row.until() {
                    return Err(FormerError::Another);
                }
                let id = KeyId::new(row.kid.as_str()).map_err(|_| FormerError::Damaged)?;
                (id, UnixTime::from_millis(row.created_ms))
            }
        };
        let key = VerifyingKey::from_secret(Algorithm::Hs256, secret)?.with_key_id(id.clone());
        let mut row = Row {
            v: FORM,
            kid: id.as_str().to_owned(),
            iss: issuer.as_str().to_owned(),
            created_ms: created.as_millis(),
            until_ms: until.as_millis(),
            sealed: None,
        };
        row.sealed = Some(b64::encode(&self.seal.seal(&self.bound_to(&row), secret)));
        self.write(known.map(|(text, _)| text), &row).await?;
        Ok(FormerSecret { id, issuer, until, key })
    }

    /// The secret that counts at `now`, if there is one. One whose end has come is taken out of the store.
    pub async fn current(&self, now: UnixTime) -> Result<Option<FormerSecret>, FormerError> {
        let Some((text, row)) = self.read().await? else { return Ok(None) };
        if row.sealed.is_none() {
            return Ok(None);
        }
        let until = row.until();
        if until <= now {
            self.write(Some(text), &row.without_secret()).await?;
            return Ok(None);
        }
        let opened = self.secret_of(&row).ok_or(FormerError::Damaged)?;
        let damaged = |_| FormerError::Damaged;
        let id = KeyId::new(row.kid).map_err(damaged)?;
        let issuer = IssuerId::new(row.iss).map_err(damaged)?;
        let key = VerifyingKey::from_secret(Algorithm::Hs256, &opened)?.with_key_id(id.clone());
        Ok(Some(FormerSecret { id, issuer, until, key }))
    }

    /// Ends all trust in the secret called `id`; answers whether there was such a one.
    pub async fn distrust(&self, id: &KeyId) -> Result<bool, FormerError> {
        match self.read().await? {
            Some((text, row)) if row.kid == id.as_str() => {
                if row.sealed.is_some() {
                    self.write(Some(text), &row.without_secret()).await?;
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// How it is listed among the keys, if there is or was one.
    pub async fn info(&self, now: UnixTime) -> Result<Option<KeyInfo>, FormerError> {
        let Some((_, row)) = self.read().await? else { return Ok(None) };
        let state = match row.sealed {
            _ if row.until() <= now => KeyState::Retired,
            Some(_) => KeyState::Retiring,
            None => KeyState::Compromised,
        };
        Ok(Some(KeyInfo {
            kid: row.kid,
            audience: self.audience.to_string(),
            alg: Algorithm::Hs256.to_string(),
            state: state.to_string(),
            created_at: UnixTime::from_millis(row.created_ms).as_secs(),
            activates_at: None,
            retires_at: None,
            withdraws_at: Some(row.until_ms.div_ceil(1_000)),
            custody: "store".to_owned(),
        }))
    }

    fn fresh_id(&self) -> Result<KeyId, FormerError> {
        let random = b64::encode(&crypto::random::<8>());
        KeyId::new(format!("{}{OURS}{random}", self.environment)).map_err(|_| FormerError::Damaged)
    }

    /// The secret in `row`, if it is there and was not altered.
    fn secret_of(&self, row: &Row) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = b64::decode(row.sealed.as_deref()?).ok()?;
        self.seal.open(&self.bound_to(row), &sealed)
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Row)>, FormerError> {
        let Some(text) = self.store.secret(&self.name()).await? else { return Ok(None) };
        let row: Row = serde_json::from_slice(&text)
            .ok()
            .filter(|row: &Row| row.v == FORM)
            .ok_or(FormerError::Damaged)?;
        Ok(Some((text, row)))
    }

    /// Writes `row` in the place of `known`.
    async fn write(&self, known: Option<Vec<u8>>, row: &Row) -> Result<(), FormerError> {
        let fresh = serde_json::to_vec(row).map_err(|_| FormerError::Damaged)?;
        let name = self.name();
        let written = match known {
            Some(known) => self.store.replace_secret(&name, &known, fresh).await,
            // Of two at once, the slower is told.
            None => match self.store.sealed_secret(&name, fresh.clone()).await? {
                there if there == fresh => Ok(()),
                _ => return Err(FormerError::Another),
            },
        };
        written.map_err(|error| match error.kind() {
            BackendErrorKind::Conflict => FormerError::Another,
            _ => FormerError::Store(error),
        })
    }

    fn name(&self) -> String {
        format!("former:{}", self.audience)
    }

    /// Whatever is said of a secret is part of its seal.
    fn bound_to(&self, row: &Row) -> Vec<u8> {
        let Row { kid, iss, created_ms, until_ms, .. } = row;
        let audience = &self.audience;
        // None of these can hold a line end.
        format!("{audience}\n{kid}\n{iss}\n{created_ms}\n{until_ms}").into_bytes()
    }
}

impl fmt::Debug for FormerSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormerSecrets").field("audience", &self.audience).finish_non_exhaustive()
    }
}

/// A former secret was not taken in, or could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormerError {
    /// Its end has passed, or is too far away.
    #[error("the end of a shared secret must lie ahead, 31 days at most")]
    EndDate,
    /// A secret that others hold must not vouch for what the authority issues.
    #[error("`{issuer}` is the authority's own issuer: name that of the old tokens")]
    OwnIssuer {
        /// The issuer that was named.
        issuer: IssuerId,
    },
    /// The text is too weak to be a secret, or is none.
    #[error(transparent)]
    Weak(#[from] KeyError),
    /// The audience has one that counts, which is another one, or is to end before that.
    #[error(
        "the audience has a shared secret already: import it again to end sooner, or end it with `tokenward keys compromise`"
    )]
    Another,
    /// The secret is one of another environment.
    #[error("`{id}` is of another environment: what was let in there must not verify here")]
    OtherEnvironment {
        /// What it is called there.
        id: KeyId,
    },
    /// What is stored was altered, or sealed in another store.
    #[error("the stored secret is damaged: end it with `tokenward keys compromise`")]
    Damaged,
    /// The store did not answer.
    #[error("the store failed")]
    Store(#[from] BackendError),
}

/// How it stands in the store, as JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The version of this form.
    v: u8,
    kid: String,
    iss: String,
    created_ms: u64,
    until_ms: u64,
    /// The secret, sealed, in base64url; none once it counts no more.
    sealed: Option<String>,
}

impl Row {
    const fn until(&self) -> UnixTime {
        UnixTime::from_millis(self.until_ms)
    }

    fn without_secret(self) -> Self {
        Self { sealed: None, ..self }
    }
}

/// Whether `id` is what another environment calls a secret that it has let in.
fn is_of_another(id: &KeyId, ours: &str) -> bool {
    id.as_str().split_once(OURS).is_some_and(|(environment, _)| environment != ours)
}

const FORM: u8 = 1;
/// Between the environment and the rest, where nobody has said what a secret is called.
const OURS: &str = "-former-";
