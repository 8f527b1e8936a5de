//! One audience as it runs: an issuer of its own, with its own keys, policy and feed.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokenward::{Audience, Issuer, IssuerId};
use tokenward_keys::{FormerSecrets, KeyRing};
use tokenward_remote::LiveVerifier;
use tokenward_sessions::{RefreshLifetime, SessionLifetime};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::cookies::SameSite;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::Dpop;

use super::former::Known;
use super::lamp::Lamp;
use super::stating::Stated;
use super::status::StatusLists;
use crate::gate::Login;

/// Everything that a request for one audience needs.
pub(super) struct AudienceState {
    pub(super) name: Audience,
    /// The `iss` of its tokens.
    pub(super) issuer_id: IssuerId,
    /// Makes its tokens.
    pub(super) issuer: Issuer,
    /// Signs them.
    pub(super) ring: Arc<KeyRing>,
    /// Verifies them, with what is revoked.
    pub(super) verifier: Arc<LiveVerifier>,
    /// The published key set that the verifier has.
    pub(super) known_keys: Mutex<Arc<str>>,
    /// How far clocks may be apart.
    pub(super) leeway: Duration,
    /// The secret that its tokens were signed with before, if it was imported.
    pub(super) former: FormerSecrets,
    /// The former secret that the verifier has.
    pub(super) known_former: Known,
    /// Whether the former secret could be read.
    pub(super) former_lamp: Lamp,
    /// Whether the keys could be looked after.
    pub(super) lamp: Lamp,
    /// Whether the last signature came: a custody can be lost while its key is open.
    pub(super) signing_lamp: Lamp,
    /// Its signed key set, if there is a root.
    pub(super) stated: Option<Stated>,
    /// The status lists that its tokens name, if they do.
    pub(super) status_lists: Option<StatusLists>,
    pub(super) refresh_lifetime: RefreshLifetime,
    pub(super) session_lifetime: SessionLifetime,
    /// Whether its tokens are bound to keys.
    pub(super) dpop: BindingPolicy,
    /// Whether its tokens are bound to client certificates.
    pub(super) certificates: BindingPolicy,
    /// Takes proofs at the gate, if there are any.
    pub(super) gate_dpop: Option<Dpop>,
    /// From where its cookies are accepted; none for an audience without cookies.
    pub(super) origins: Origins,
    /// Where the gate leads a browser that has no good token.
    pub(super) login: Option<Login>,
    /// What its access cookie comes along with.
    pub(super) same_site: SameSite,
    /// The metadata document, which never changes while we run.
    pub(super) metadata: String,
}

impl AudienceState {
    /// Whether its sessions may live in cookies.
    pub(super) fn has_cookies(&self) -> bool {
        !self.origins.is_empty()
    }
}

impl fmt::Debug for AudienceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudienceState").field("name", &self.name).finish_non_exhaustive()
    }
}
