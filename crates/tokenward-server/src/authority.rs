//! The authority: it mints, renews, revokes and publishes what others need in order to verify.
//!
//! ```text
//! request ──▶ router ──▶ client (who calls) ──▶ route ──▶ store (durable) ──▶ mint ──▶ answer
//!                                                           └──▶ feed ──▶ views, followers
//! ```
//!
//! **Invariants.** An answer follows the durable commit of what it says. A service reaches no further
//! than its audiences and its permissions. Everything outside is a trait object in [`Parts`]; the time
//! comes from its clock.

mod audience;
mod binding;
mod body;
mod browser;
mod client;
mod create;
mod devices;
mod discovery;
mod dpop;
mod error;
mod events;
mod exchange;
mod feed;
mod follow;
mod form;
mod former;
mod idempotency;
mod json;
mod keys;
mod keysets;
mod lamp;
mod lockout;
mod log;
mod mint;
mod oauth;
mod ops;
mod passkeys;
mod rate;
mod refresh;
mod respond;
mod routes;
mod script;
mod segment;
mod shared;
mod start;
mod stating;
mod status;
mod upstream;
mod v1;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokenward::crypto::Secret256;
use tokenward::{Audience, Clock, UnixTime};
use tokenward_keys::{Custody, KeyStore};
use tokenward_revocation::{
    Carrier, DenseIds, EventStore, FrameStore, RevocationStore, StatusStore,
};
use tokenward_sessions::{AdminTokenStore, ChallengeKey, PasskeyStore, ServiceStore, SessionStore};
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::Nonces;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use events::PushSetupError;
pub use keys::KeyActionError;
pub use ops::Target;
pub(crate) use ops::unbroken;
pub use start::StartError;
pub use stating::KeySetSigning;

use crate::http::Peer;
use crate::settings::Settings;
use audience::AudienceState;
use events::Events;
use feed::Hub;
use keysets::KeySets;
use lamp::Lamp;
use lockout::{Lockout, Locks};
use rate::Buckets;

/// What an authority is made of.
#[expect(clippy::exhaustive_structs, reason = "whoever starts an authority must give every part")]
pub struct Parts {
    /// What the operator decided.
    pub settings: Settings,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where keys are kept.
    pub keys: Arc<dyn KeyStore>,
    /// Where private keys live.
    pub custody: Arc<dyn Custody>,
    /// Where sessions are kept.
    pub sessions: Arc<dyn SessionStore>,
    /// Where passkeys are kept: in the store of the sessions.
    pub passkeys: Arc<dyn PasskeyStore>,
    /// Where services are kept.
    pub services: Arc<dyn ServiceStore>,
    /// Where revocations are kept.
    pub revocations: Arc<dyn RevocationStore>,
    /// Where the frames of the feeds are kept: beside the revocations.
    pub frames: Arc<dyn FrameStore>,
    /// Where the tokens on status lists are kept.
    pub statuses: Arc<dyn StatusStore>,
    /// Where events wait for their receivers.
    pub events: Arc<dyn EventStore>,
    /// Who carries the revocation feed elsewhere, if anybody does.
    pub carrier: Option<Arc<dyn Carrier>>,
    /// Where administrators' tokens are kept.
    pub admin_tokens: Arc<dyn AdminTokenStore>,
    /// Who signs the key sets for verifiers that pin an offline root, if anybody does.
    pub key_sets: Option<KeySetSigning>,
    /// Seals what the authority keeps beside keys: confidential session data, answers to be repeated,
    /// the feeds' secrets. The same over restarts and in all replicas.
    pub data_key: Secret256,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The running authority.
pub struct Authority {
    settings: Settings,
    clock: Arc<dyn Clock>,
    sessions: Arc<dyn SessionStore>,
    passkeys: Arc<dyn PasskeyStore>,
    services: Arc<dyn ServiceStore>,
    revocations: Arc<dyn RevocationStore>,
    frames: Arc<dyn FrameStore>,
    admin_tokens: Arc<dyn AdminTokenStore>,
    carrier: Option<Arc<dyn Carrier>>,
    /// `None` without receivers.
    events: Option<Events>,
    audiences: BTreeMap<Audience, Arc<AudienceState>>,
    /// The origins of all cookie audiences.
    all_origins: Origins,
    data_key: Secret256,
    /// For proofs of possession; the same in all replicas.
    nonces: Nonces,
    /// For passkeys; the same in all replicas.
    challenges: ChallengeKey,
    hub: Arc<Hub>,
    /// The names of all tokens.
    ids: DenseIds,
    key_sets: KeySets,
    by_client: Buckets,
    by_address: Buckets,
    by_session: Buckets,
    /// By session, what is asked with less than a refresh takes: whoever has one of its tokens can use it up, and
    /// nothing else with it.
    by_attempt: Buckets,
    by_subject: Buckets,
    /// Who fails to be the client that they say they are.
    lockout: Lockout,
    /// Refresh tokens that came to nothing, by hash and client.
    dead_tokens: Locks,
    /// How long after it was made the last access token is surely refused by everybody.
    token_outlives: Duration,
    /// Becomes true when the authority shuts down.
    stop: watch::Sender<bool>,
    store_lamp: Lamp,
    frame_lamp: Lamp,
    tidy_lamp: Lamp,
    shard_lamp: Lamp,
    /// The clockwork.
    tasks: Mutex<JoinSet<()>>,
}

impl Authority {
    /// What the operator decided.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The clock that everything here goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The time by that clock.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Where sessions are kept. To end one, use [`Authority::end_session`], which tells the feed too.
    #[must_use]
    pub fn sessions(&self) -> &Arc<dyn SessionStore> {
        &self.sessions
    }

    /// Where services are kept.
    #[must_use]
    pub fn services(&self) -> &Arc<dyn ServiceStore> {
        &self.services
    }

    /// Where administrators' tokens are kept.
    #[must_use]
    pub fn admin_tokens(&self) -> &Arc<dyn AdminTokenStore> {
        &self.admin_tokens
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// Whoever is connected; absent where a router is called in the same process.
fn peer_of(extensions: &http::Extensions) -> Option<&Peer> {
    extensions.get::<Peer>()
}
