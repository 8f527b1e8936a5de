//! The secret that an audience's tokens were signed with before there was an authority.
//!
//! **Invariant:** only verdicts of this process rest on it: the gate's, and those of introspection and
//! revocation. No key set, no feed and no session does.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokenward::{Audience, IssuerId, KeyId, KeySet, TokenType, UnixTime, Verifier};
use tokenward_keys::{FormerError, FormerSecret, KeyInfo};
use tokenward_remote::Former;

use super::Authority;
use super::audience::AudienceState;
use super::keys::KeyActionError;

/// What the verifier of an audience has of a former secret.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Whoever reads the store first also changes the verifier first: what was just distrusted must not come back.
    turn: tokio::sync::Mutex<()>,
    /// Its name, and its end.
    what: Mutex<Option<(KeyId, UnixTime)>>,
}

impl Authority {
    /// Takes in the secret that tokens of `audience` were signed with by `issuer`: they verify in this process
    /// until `until`.
    pub async fn import_former(
        &self,
        audience: &Audience,
        secret: &[u8],
        issuer: IssuerId,
        id: Option<KeyId>,
        until: UnixTime,
    ) -> Result<KeyId, KeyActionError> {
        let audience = self.keys_of(audience)?;
        let now = self.clock.now();
        let imported = audience.former.import(secret, issuer, id, until, now).await?;
        audience.take_former(now).await?;
        Ok(imported.id)
    }

    /// Ends all trust in the former secret `id` of `audience`; answers whether there was such a one.
    pub async fn distrust_former(
        &self,
        audience: &Audience,
        id: &KeyId,
    ) -> Result<bool, KeyActionError> {
        let audience = self.keys_of(audience)?;
        let found = audience.former.distrust(id).await?;
        audience.take_former(self.clock.now()).await?;
        Ok(found)
    }

    /// The former secret of `audience`, as it is listed.
    pub async fn former_info(
        &self,
        audience: &Audience,
    ) -> Result<Option<KeyInfo>, KeyActionError> {
        Ok(self.keys_of(audience)?.former.info(self.clock.now()).await?)
    }

    /// When the last token that exists at `now`, and that a former secret may have signed, is refused.
    pub(super) fn former_until(&self, now: UnixTime) -> Option<UnixTime> {
        let ends = self.audiences.values().filter_map(|audience| audience.former_end());
        let end = ends.filter(|end| *end > now).max()?;
        Some(end.min(now.saturating_add(LONGEST_LIFE).saturating_add(MARGIN)))
    }
}

impl AudienceState {
    /// Gives the verifier the former secret that counts at `now`, or takes away one that does no more.
    pub(super) async fn take_former(&self, now: UnixTime) -> Result<(), FormerError> {
        let _turn = self.known_former.turn.lock().await;
        let read = self.former.current(now).await;
        let fresh = match &read {
            Ok(secret) => secret.as_ref(),
            // What cannot be read is not trusted; what is out of reach was, and has an end.
            Err(FormerError::Store(_)) => return read.map(drop),
            Err(_) => None,
        };
        let name = fresh.map(|secret| (secret.id.clone(), secret.until));
        let mut known = self.known_former.what.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != name {
            self.verifier.set_former(fresh.and_then(|secret| self.former_of(secret)));
            *known = name;
        }
        drop(known);
        read.map(drop)
    }

    fn former_of(&self, secret: &FormerSecret) -> Option<Former> {
        // A key alone in its set: a symmetric one stands beside no other.
        let keys = KeySet::from_keys([secret.key.clone()]).ok()?;
        let verifier = Verifier::builder()
            .issuer(secret.issuer.clone())
            .audience(self.name.clone())
            .keys(keys)
            .leeway(self.leeway)
            .max_lifetime(LONGEST_LIFE)
            .accept_type(TokenType::Jwt)
            .build();
        Some(Former { verifier, until: secret.until })
    }

    fn former_end(&self) -> Option<UnixTime> {
        let known = self.known_former.what.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(_, until)| *until)
    }
}

/// Of a token, from `iat` to `exp`: the longest that the core takes.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// The leeway and rounding, together.
const MARGIN: Duration = Duration::from_secs(60);
