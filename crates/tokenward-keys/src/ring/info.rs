//! Keys as operators see them.

use serde::{Deserialize, Serialize};
use tokenward::UnixTime;

use crate::lifecycle::AnyKey;
use crate::timing::Timing;

/// A key as `keys list --format json` prints it. Times are whole seconds since the Unix epoch; those that
/// lie ahead are what the plan foresees.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyInfo {
    /// Its id.
    pub kid: String,
    /// The audience whose tokens it signs.
    pub audience: String,
    /// Its algorithm.
    pub alg: String,
    /// Its state, in lower case.
    pub state: String,
    /// When it was made or imported.
    pub created_at: u64,
    /// When it began to sign; of a standby, from when on it may.
    pub activates_at: Option<u64>,
    /// When it ceased to sign; of the active key, when it is due.
    pub retires_at: Option<u64>,
    /// When it left, or will leave, the published key set.
    pub withdraws_at: Option<u64>,
    /// The custody of its private half; `none` for an imported key.
    pub custody: String,
}

impl KeyInfo {
    pub(super) fn of(key: &AnyKey, timing: &Timing) -> Self {
        let stored = key.stored();
        let past = |time: Option<UnixTime>| time.map(UnixTime::as_secs);
        let mut activates_at = past(stored.activated_at);
        let mut retires_at = past(stored.retired_at);
        let mut withdraws_at = past(stored.withdrawn_at);
        match key {
            AnyKey::Standby(key) => activates_at = Some(ceil_secs(key.ripe_at(timing))),
            AnyKey::Active(key) => {
                let due = key.due_at(timing);
                retires_at = Some(ceil_secs(due));
                withdraws_at = Some(ceil_secs(due.saturating_add(timing.token_outlives())));
            }
            AnyKey::Retiring(key) => {
                withdraws_at = Some(ceil_secs(key.verify_until(timing)));
            }
            AnyKey::Retired(_) => {}
            AnyKey::Compromised(key) => {
                let end = key.since().as_secs();
                retires_at = retires_at.or_else(|| activates_at.map(|_| end));
                withdraws_at = withdraws_at.or(Some(end));
            }
        }
        Self {
            kid: stored.id.to_string(),
            audience: stored.audience.to_string(),
            alg: stored.algorithm.to_string(),
            state: stored.state.to_string(),
            created_at: stored.created_at.as_secs(),
            activates_at,
            retires_at,
            withdraws_at,
            custody: stored.custody.clone(),
        }
    }
}

/// A key with its public half and everything that happened to it, for `keys history`: with it, an old
/// token can be checked long after its key was withdrawn. Times are whole seconds since the Unix epoch.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyHistory {
    /// Its id.
    pub kid: String,
    /// The audience whose tokens it signed.
    pub audience: String,
    /// Its state now.
    pub state: String,
    /// Whether it was made elsewhere.
    pub imported: bool,
    /// When it was made or imported.
    pub created_at: u64,
    /// When it joined the published key set.
    pub published_at: u64,
    /// When it began to sign.
    pub activated_at: Option<u64>,
    /// When it ceased to sign.
    pub retired_at: Option<u64>,
    /// When it left the published key set.
    pub withdrawn_at: Option<u64>,
    /// When an operator said that it may have leaked: nothing it signed proves anything.
    pub compromised_at: Option<u64>,
    /// The last second at which a token of it was accepted, once that is known.
    pub verify_until: Option<u64>,
    /// The public half, a JWK.
    pub public: serde_json::Value,
}

impl KeyHistory {
    pub(super) fn of(key: &AnyKey) -> Self {
        let stored = key.stored();
        let past = |time: Option<UnixTime>| time.map(UnixTime::as_secs);
        Self {
            kid: stored.id.to_string(),
            audience: stored.audience.to_string(),
            state: stored.state.to_string(),
            imported: stored.imported,
            created_at: stored.created_at.as_secs(),
            published_at: stored.published_at.as_secs(),
            activated_at: past(stored.activated_at),
            retired_at: past(stored.retired_at),
            withdrawn_at: past(stored.withdrawn_at),
            compromised_at: past(stored.compromised_at),
            verify_until: past(stored.verify_until),
            public: serde_json::from_str(&stored.public).unwrap_or_default(),
        }
    }
}

/// The first whole second that is not before `time`: who waits for it does not come too early.
fn ceil_secs(time: UnixTime) -> u64 {
    time.as_millis().div_ceil(1_000)
}
