//! The administrator's protocol: JSON over the admin socket or over TCP.
//!
//! | request | body → answer |
//! | --- | --- |
//! | `GET /admin/v1/status` | → [`Status`] |
//! | `GET /admin/v1/posture` | → [`Posture`] |
//! | `GET /admin/v1/keys[?audience=A]` | → `[`[`tokenward_keys::KeyInfo`]`, …]`, as `keys list --format json` prints them |
//! | `GET /admin/v1/keys/history[?audience=A]` | → `[`[`tokenward_keys::KeyHistory`]`, …]` |
//! | `GET /admin/v1/keys/jwks?audience=A` | → the published key set (RFC 7517) |
//! | `GET /admin/v1/keys/feed?audience=A` | → the keys of the revocation feed, now and next (RFC 7517) |
//! | `POST /admin/v1/keys/rotate` | [`RotateKeys`] → [`RotatedKeys`], or 409 [`Problem`] with `ripe_at` |
//! | `GET /admin/v1/keys/rotation[?audience=A]` | → `[`[`PlannedKeys`]`, …]`: what `rotate` would do now |
//! | `POST /admin/v1/keys/compromise` | [`CompromiseKey`] → [`CompromisedKey`] |
//! | `POST /admin/v1/keys/import` | [`ImportKey`] → 201 [`ImportedKey`] |
//! | `GET /admin/v1/sessions[?subject=&audience=&all=true&after=&limit=]` | → [`SessionPage`] |
//! | `GET /admin/v1/sessions/{sid}` | → [`SessionInfo`] |
//! | `POST /admin/v1/sessions/revoke` | [`EndSessions`] → [`EndedSessions`] |
//! | `POST /admin/v1/revocations` | [`Revoke`], at most [`MAX_BATCH`] items → [`Revoked`] |
//! | `POST /admin/v1/revocations/everything` | [`RevokeEverything`] → [`EndedSessions`] |
//! | `POST /admin/v1/subjects/token-version` | [`BumpVersion`] → [`BumpedVersion`] |
//! | `GET /admin/v1/services` | → `[`[`ServiceInfo`]`, …]` |
//! | `POST /admin/v1/services` | [`AddService`] → 201 [`NewSecret`] |
//! | `POST /admin/v1/services/{name}/secret` | [`RotateSecret`] → [`NewSecret`] |
//! | `POST /admin/v1/services/{name}/proof` | [`SetProof`] → 204 |
//! | `DELETE /admin/v1/services/{name}` | → 204 |
//! | `GET /admin/v1/admin-tokens` | → `[`[`AdminTokenInfo`]`, …]` |
//! | `POST /admin/v1/admin-tokens` | [`AddAdminToken`] → 201 [`NewAdminToken`] |
//! | `DELETE /admin/v1/admin-tokens/{label}` | → 204 |
//!
//! Refusals are a [`Problem`]. Times are whole seconds since the Unix epoch. Requests are strict, an unknown member is refused; answers may grow.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most items of one [`Revoke`].
pub const MAX_BATCH: usize = 1_000;

/// The most sessions of one [`SessionPage`].
pub const MAX_PAGE: usize = 500;

macro_rules! wire {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {$(
        #[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[expect(clippy::exhaustive_structs, reason = "a wire form: both ends spell it out")]
        $(#[$meta])*
        pub struct $name { $($body)* }
    )+};
}

mod services;

pub use services::{
    AddService, NewSecret, Proof, RotateSecret, SecretTimes, ServiceInfo, SetProof,
};

wire! {
    /// Why a request was not carried out.
    pub struct Problem {
        /// A code for programs: `invalid_request`, `not_found`, `conflict`, `not_ripe`,
        /// `access_denied`, `invalid_token`, `temporarily_unavailable`.
        pub error: String,
        /// A line for the operator: what is wrong, and the mend.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub error_description: String,
        /// With `not_ripe`: when the same request will succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ripe_at: Option<u64>,
    }

    /// How the authority is.
    pub struct Status {
        /// Its version.
        pub version: String,
        /// Its base URL.
        pub issuer: String,
        /// The name of the deployment.
        pub environment: String,
        /// Whether it runs with `--dev`.
        pub dev: bool,
        /// Its own time.
        pub now: u64,
        /// Whether it can serve at this moment.
        pub ready: bool,
        /// If not, why: a line each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub problems: Vec<String>,
        /// What is wrong, or waits for somebody, though it serves: a line each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub warnings: Vec<String>,
        /// The audiences it mints for.
        pub audiences: Vec<AudienceStatus>,
    }

    /// How one audience is.
    pub struct AudienceStatus {
        /// Its name.
        pub name: String,
        /// Its issuer, the `iss` of its tokens.
        pub issuer: String,
        /// The key that signs now, if one may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signing_key: Option<String>,
        /// How many keys are published.
        pub published_keys: usize,
        /// How many revocations are live.
        pub live_revocations: usize,
    }

    /// The settings by which a deployment can be more or less safe. Durations are whole seconds.
    pub struct Posture {
        /// How often a new key takes over.
        pub rotate_every: u64,
        /// By how much any clock may be wrong.
        pub clock_error: u64,
        /// The age past which a verifier's view of the revocations is stale.
        pub max_staleness: u64,
        /// Whether a stale view still decides.
        pub accepts_when_stale: bool,
        /// A line for each audience.
        pub audiences: Vec<AudiencePosture>,
    }

    /// The same of one audience.
    pub struct AudiencePosture {
        /// Its name.
        pub name: String,
        /// Its issuer, the `iss` of its tokens.
        pub issuer: String,
        /// How long an access token lives.
        pub access_lifetime: u64,
        /// How long an unused refresh token lives.
        pub refresh_lifetime: u64,
        /// How long a session lives, whatever is done with it.
        pub session_lifetime: u64,
        /// Whether tokens are bound to keys of clients: `off`, `offered` or `required`.
        pub dpop: String,
        /// The private claims that its tokens may carry.
        pub claims: Vec<String>,
        /// Which of them may hold what looks confidential.
        pub guard_admits: Vec<String>,
        /// From where its cookies are accepted; none, and it has no cookies.
        pub origins: Vec<String>,
    }

    /// Switch to the ripe standby.
    #[serde(deny_unknown_fields)]
    pub struct RotateKeys {
        /// Of this audience alone; else of all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
    }

    /// What a rotation did.
    pub struct RotatedKeys {
        /// One per audience.
        pub rotated: Vec<RotatedKey>,
    }

    /// What a rotation did in one audience.
    pub struct RotatedKey {
        /// Which.
        pub audience: String,
        /// The key that signs now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub active: Option<String>,
        /// Each step, with its because.
        pub steps: Vec<String>,
    }

    /// What a rotation would do now in one audience.
    pub struct PlannedKeys {
        /// Which.
        pub audience: String,
        /// Each step, in its order.
        pub steps: Vec<PlannedStep>,
        /// If no key may take over yet: from when on one may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ripe_at: Option<u64>,
    }

    /// A step, and why.
    pub struct PlannedStep {
        /// What.
        pub action: String,
        /// Why.
        pub because: String,
    }

    /// What was done about a key that may have leaked, and what remains.
    pub struct CompromisedKey {
        /// Its `kid`.
        pub kid: String,
        /// Its audience.
        pub audience: String,
        /// What was done, each step with its because; none if all was done before.
        pub steps: Vec<PlannedStep>,
        /// The key that signs now, if any may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub active: Option<String>,
        /// The key that will sign next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub standby: Option<String>,
        /// With no active key: when one will be ripe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signs_again_at: Option<u64>,
        /// When other replicas of the authority have ceased to sign with the key, at the latest.
        pub silent_by: u64,
        /// Until when verifiers that are not on the revocation feed may trust the key.
        pub exposed_until: u64,
        /// What the custody could not do yet, and is asked again: a line each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub owed: Vec<String>,
    }

    /// End all trust in a key.
    #[serde(deny_unknown_fields)]
    pub struct CompromiseKey {
        /// Its `kid`.
        pub kid: String,
        /// Its audience; needed only if two audiences had the same `kid`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
    }

    /// The key was imported.
    pub struct ImportedKey {
        /// The `kid` it has here.
        pub kid: String,
        /// Its audience.
        pub audience: String,
        /// The last second at which its tokens verify.
        pub verify_until: u64,
    }

    /// A session, as an administrator may see it: no claims, no confidential data, no tokens.
    pub struct SessionInfo {
        /// Its id, the `sid` of its tokens.
        pub session_id: String,
        /// Who logged in.
        pub subject: String,
        /// For which audience.
        pub audience: String,
        /// Which client refreshes it.
        pub client_id: String,
        /// What its tokens may do.
        pub scope: String,
        /// What the user knows the device by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub device: Option<String>,
        /// `token`, `cookie` or `sealed`.
        pub delivery: String,
        /// The thumbprint of the key that its tokens are bound to (RFC 9449), if they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub dpop_jkt: Option<String>,
        /// When it was made.
        pub created_at: u64,
        /// When it was last refreshed.
        pub last_used_at: u64,
        /// When it ends at the latest.
        pub ends_at: u64,
        /// When it ended before its time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ended_at: Option<u64>,
        /// Why it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ended_why: Option<String>,
    }

    /// Some sessions, by id.
    pub struct SessionPage {
        /// At most `limit` of them.
        pub sessions: Vec<SessionInfo>,
        /// Ask for the rest with `after` = this; absent at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_after: Option<String>,
    }

    /// End one session, or those of a subject. Exactly one of the two.
    #[serde(deny_unknown_fields)]
    pub struct EndSessions {
        /// This one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub session_id: Option<String>,
        /// Those of this subject.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subject: Option<String>,
        /// But for this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub except_session: Option<String>,
        /// In this audience alone; else in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
    }

    /// How many sessions were ended.
    pub struct EndedSessions {
        /// Those that were live.
        pub ended: u64,
    }

    /// Put these in the revocation feed, in one transaction.
    #[serde(deny_unknown_fields)]
    pub struct Revoke {
        /// At most [`MAX_BATCH`].
        pub items: Vec<RevokeItem>,
        /// For the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// In this audience alone; else in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
    }

    /// What was revoked.
    pub struct Revoked {
        /// How many items.
        pub revoked: usize,
    }

    /// Refuse every token and end every session up to now.
    #[serde(deny_unknown_fields)]
    pub struct RevokeEverything {
        /// For the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// In this audience alone; else in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
    }

    /// Raise the token version of a subject: all of its tokens and sessions up to now end.
    #[serde(deny_unknown_fields)]
    pub struct BumpVersion {
        /// Whose.
        pub subject: String,
        /// In this audience alone; else in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audience: Option<String>,
        /// The session that goes on with its next refresh: that in which a password was changed, say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub except_session: Option<String>,
        /// For the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }

    /// The version was raised.
    pub struct BumpedVersion {
        /// The lowest that is accepted now.
        pub token_version: u64,
    }

    /// An administrator's token, without the token.
    pub struct AdminTokenInfo {
        /// What its owner calls it.
        pub label: String,
        /// What it may do: `read`, `keys`, `sessions`, `revocations`, `services`.
        pub scopes: Vec<String>,
        /// When it was made.
        pub created_at: u64,
        /// When it stops being accepted.
        pub ends_at: u64,
    }

    /// Make an administrator's token.
    #[serde(deny_unknown_fields)]
    pub struct AddAdminToken {
        /// What its owner calls it; an earlier one of that label is replaced.
        pub label: String,
        /// What it may do.
        pub scopes: Vec<String>,
        /// How long it is accepted: at most [`MAX_ADMIN_TOKEN_SECONDS`].
        pub lifetime_seconds: u64,
    }
}

/// The longest life of an administrator's token: 90 days.
pub const MAX_ADMIN_TOKEN_SECONDS: u64 = 90 * 24 * 60 * 60;

/// What to revoke.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a wire form: both ends spell it out")]
pub enum RevokeItem {
    /// One token.
    Jti(String),
    /// A session and its tokens.
    Sid(String),
    /// All tokens and sessions of a subject.
    Sub(String),
}

/// Take over a key made elsewhere, as one whose tokens still verify but which signs nothing.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a wire form: both ends spell it out")]
pub struct ImportKey {
    /// The audience whose tokens it signed.
    pub audience: String,
    /// The key as JWK or PEM text, public or private; a private half is dropped.
    pub key: String,
    /// Its algorithm, where the key does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// The `kid` that its tokens carry, if the key does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// For how many seconds its tokens still verify; else a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_seconds: Option<u64>,
    /// The key is a shared secret, HS256, and this is the `iss` of its tokens: they verify at the authority alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_by: Option<String>,
}

impl fmt::Debug for ImportKey {
    /// The key text may hold a private half.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportKey")
            .field("audience", &self.audience)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// An administrator's token, shown this once.
#[derive(Clone, Deserialize, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a wire form: both ends spell it out")]
pub struct NewAdminToken {
    /// What its owner calls it.
    pub label: String,
    /// The token, for `TOKENWARD_ADMIN_TOKEN`.
    pub token: String,
    /// When it stops being accepted.
    pub ends_at: u64,
}

impl fmt::Debug for NewAdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAdminToken").field("label", &self.label).finish_non_exhaustive()
    }
}
