//! What an operator decides, typed and checked once.
//!
//! Whoever reads the configuration file makes a [`Settings`]; [`Settings::check`] then refuses what
//! would be unsafe or could not work, in one line that names the setting and the mend.
//!
//! **Invariant:** nothing in this crate reads a file, the environment or the command line, and no
//! secret stands here in the clear but what has to be shown to others: a proxy's secret comes in as its
//! SHA-256, a receiver's authorization as a header that no log shows.

use std::collections::BTreeSet;
use std::time::Duration;

use http::HeaderValue;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, IssuerId, RESERVED_CLAIMS, Sensitive,
};
use tokenward_keys::TimingSettings;
use tokenward_remote::Endpoint;
pub use tokenward_revocation::{EventKind, UnknownEventKind, WhenStale};
use tokenward_sessions::{RefreshLifetime, Service, SessionLifetime};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::certificate::Forwarded;
use tokenward_tower::cookies::SameSite;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::DpopSettings;

use crate::gate::{Login, Rules};

mod limits;
mod services;
#[cfg(test)]
mod tests;
mod trust;

pub use limits::{Failures, Limits, Rate};
pub use trust::{TrustDomain, TrustSettings, TrustedKeys, UpstreamSettings};

/// Everything that an authority must be told.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct Settings {
    /// The name of the deployment, for example `prod`; the prefix of every `kid`.
    pub environment: String,
    /// Development alone: no HSTS, any loopback caller is a proxy, keys ripen at once.
    pub dev: bool,
    /// The authority's base URL, without a trailing slash. Audiences are issuers below it.
    pub issuer: IssuerId,
    /// Where clients that show a certificate find the authority, without a trailing slash: the public address of
    /// its listener with client certificates, for `mtls_endpoint_aliases` (RFC 8705 § 5).
    pub mtls_url: Option<IssuerId>,
    /// The services that accept tokens.
    pub audiences: Vec<AudienceSettings>,
    /// The machine clients that the configuration declares. Secrets given here are accepted besides
    /// those in the store; usually there are none. A declared service that is declared no longer is
    /// removed.
    pub services: Vec<Service>,
    /// The times of the keys' life cycle.
    pub keys: KeySettings,
    /// How verifiers treat an old view of the revocations.
    pub revocation: RevocationSettings,
    /// Others' systems that are told which sessions ended.
    pub receivers: Vec<ReceiverSettings>,
    /// Who may ask the forward-auth endpoint.
    pub proxies: Vec<ProxySettings>,
    /// What a good token is good for there.
    pub rules: Rules,
    /// Others whose word about services and users counts.
    pub trust: TrustSettings,
    /// What one caller may use up.
    pub limits: Limits,
}

/// One audience: a service that accepts tokens, with its own keys and policy.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct AudienceSettings {
    /// Its name, the `aud` of its tokens.
    pub name: Audience,
    /// What its keys are made for.
    pub algorithm: Algorithm,
    /// How long an access token lives: 30 s to 15 min.
    pub access_lifetime: Duration,
    /// How long an unused refresh token lives: at most 24 h, renewed at every refresh.
    pub refresh_lifetime: Duration,
    /// How long a session lives, whatever is done with it.
    pub session_lifetime: Duration,
    /// The private claims that its tokens may carry; anything else is refused at issuance.
    pub claims: Vec<String>,
    /// What those may hold although it looks confidential: the claim, and what of.
    pub guard_admits: Vec<(String, Sensitive)>,
    /// Whether its tokens name a status list, for verifiers that are not on the feed
    /// (draft-ietf-oauth-status-list): one more write for each token.
    pub status_list: bool,
    /// Whether its tokens are bound to keys of its clients.
    pub dpop: DpopSettings,
    /// Whether its tokens are bound to the client certificate of the connection that they are asked for over
    /// (RFC 8705).
    pub mtls: BindingPolicy,
    /// The `Origin`s from which its cookies are accepted. An audience without one has no cookies.
    pub origins: Vec<String>,
    /// Where the forward-auth endpoint leads a browser that has no good token.
    pub login: Option<Login>,
    /// What its cookies come along with, if `SameSite=Strict` does not do.
    pub same_site: Option<RelaxedSameSite>,
}

/// `SameSite` other than `Strict`, of the cookies with the access token or its key. The refresh token's stays
/// `Strict`: only the site's own pages renew.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct RelaxedSameSite {
    /// What instead.
    pub to: SameSite,
    /// Why, in the operator's words; shown at the start.
    pub reason: String,
}

/// The times of the key life cycle that all audiences share; [`Timing`](tokenward_keys::Timing) checks
/// the rules between them.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct KeySettings {
    /// C: how long a verifier may use a key set it fetched.
    pub key_set_max_age: Duration,
    /// D: how long a new key set takes to reach every place that serves it.
    pub propagation: Duration,
    /// S: by how much any clock may be wrong.
    pub clock_error: Duration,
    /// W: how long after its end a verifier may still accept a token; at most 30 s.
    pub leeway: Duration,
    /// L: how long a signer may go on without having read the store.
    pub signer_lease: Duration,
    /// R: how often a new key takes over.
    pub rotate_every: Duration,
}

impl KeySettings {
    /// The times of an audience whose tokens live for `token_life`, not yet checked.
    #[must_use]
    pub const fn timing(&self, token_life: Duration) -> TimingSettings {
        let Self { key_set_max_age, propagation, clock_error, leeway, signer_lease, rotate_every } =
            *self;
        TimingSettings {
            key_set_max_age,
            propagation,
            clock_error,
            leeway,
            signer_lease,
            rotate_every,
            token_life,
        }
    }
}

/// How verifiers that follow the feed treat an old view of it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct RevocationSettings {
    /// The age past which a view is stale.
    pub max_staleness: Duration,
    /// What to do then.
    pub when_stale: WhenStale,
    /// Which of its feed keys each audience signs with: 1 at first, one more with each change.
    pub feed_key: u32,
}

/// A system of others that is told what happens to sessions (OpenID CAEP 1.0).
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct ReceiverSettings {
    /// Its name, in the store and in metrics.
    pub name: String,
    /// The `aud` of its events.
    pub recipient: Audience,
    /// The audiences whose sessions it is told of.
    pub audiences: Vec<Audience>,
    /// What it is told of them.
    pub events: Vec<EventKind>,
    /// How it gets them.
    pub delivery: EventDelivery,
}

/// How events get to a receiver.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is no third standard")]
pub enum EventDelivery {
    /// They are brought (RFC 8935).
    Push(PushSettings),
    /// It fetches them (RFC 8936).
    Poll {
        /// The service that it authenticates as.
        service: ClientId,
    },
}

/// Where events are brought.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct PushSettings {
    /// The receiver's URL.
    pub to: Endpoint,
    /// The `Authorization` that it wants to see, marked as sensitive.
    pub authorization: Option<HeaderValue>,
    /// Certificates (PEM) that are trusted there besides the system's.
    pub ca: Option<Vec<u8>>,
}

/// A proxy that may ask the forward-auth endpoint.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct ProxySettings {
    /// Its name, for the log.
    pub name: String,
    /// Which proxy it is, so which headers describe the original request.
    pub profile: Profile,
    /// How it proves that it is the proxy.
    pub auth: ProxyAuth,
    /// Whether it tells of its clients' certificates, in the header of its profile, and overwrites what they send
    /// there. Where it does not, that header is not read.
    pub client_certificates: bool,
}

/// The proxies we speak with; each reads one set of original-request headers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Profile {
    /// nginx `auth_request`: `X-Original-Method`, `X-Original-URI`.
    Nginx,
    /// Traefik `forwardAuth`: `X-Forwarded-*`.
    Traefik,
    /// Caddy `forward_auth`: `X-Forwarded-*`.
    Caddy,
    /// HAProxy with its auth-request script: `X-Forwarded-*`.
    Haproxy,
    /// Envoy `ext_authz` over HTTP: the request itself.
    Envoy,
}

impl Profile {
    /// Every profile, in the order of the documentation.
    pub const ALL: [Self; 5] =
        [Self::Nginx, Self::Traefik, Self::Caddy, Self::Haproxy, Self::Envoy];

    /// The name that stands in the configuration and in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
        }
    }

    /// How it tells of its client's certificate.
    #[must_use]
    pub const fn certificate(self) -> Forwarded {
        match self {
            Self::Nginx => Forwarded::EscapedPem,
            Self::Traefik => Forwarded::Chain,
            Self::Caddy | Self::Haproxy => Forwarded::ClientCert,
            Self::Envoy => Forwarded::Xfcc,
        }
    }

    /// The profile called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }
}

/// How a proxy proves that it is the proxy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ProxyAuth {
    /// A shared secret in a header; here is its SHA-256.
    SecretHash([u8; 32]),
    /// It comes through the Unix socket.
    Unix,
    /// It shows a certificate with this name.
    Mtls(String),
}

/// A setting has a value that is unsafe or cannot work.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{setting}: {problem}")]
#[non_exhaustive]
pub struct SettingsError {
    /// The setting as it is called in `tokenward.toml`, for example `audience.billing-api.claims`.
    pub setting: String,
    /// What is wrong, and how to mend it.
    pub problem: String,
}

impl SettingsError {
    pub(crate) fn new(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { setting: setting.into(), problem: problem.into() }
    }
}

impl Settings {
    /// The issuer of `audience`: every audience is an issuer of its own, so that a key of one never
    /// verifies for another, in any library.
    pub fn issuer_of(&self, audience: &Audience) -> Result<IssuerId, SettingsError> {
        IssuerId::new(format!("{}/audiences/{audience}", self.issuer))
            .map_err(|error| SettingsError::new("issuer", error.to_string()))
    }

    /// The audience called `name`, if there is one.
    #[must_use]
    pub fn audience(&self, name: &Audience) -> Option<&AudienceSettings> {
        self.audiences.iter().find(|audience| audience.name == *name)
    }

    /// Refuses settings that are unsafe or cannot work; says what to write instead.
    pub fn check(&self) -> Result<(), SettingsError> {
        check_base("issuer", &self.issuer)?;
        if self.environment.is_empty() || !self.environment.chars().all(plain) {
            return Err(SettingsError::new(
                "environment",
                "must be letters, digits, `-` or `_`, for example \"prod\"",
            ));
        }
        if self.audiences.is_empty() {
            return Err(SettingsError::new("audience", "none is configured; add an [[audience]]"));
        }
        let mut names = BTreeSet::new();
        for audience in &self.audiences {
            if !names.insert(&audience.name) {
                return Err(SettingsError::new(
                    setting(audience, "name"),
                    "is there twice; names are unique",
                ));
            }
            audience.check()?;
        }
        self.check_mtls()?;
        self.check_services()?;
        self.check_receivers()?;
        self.check_trust()?;
        self.check_origins()?;
        self.limits.check()
    }

    /// Clients that show certificates find out where.
    fn check_mtls(&self) -> Result<(), SettingsError> {
        let Some(url) = &self.mtls_url else {
            let bound = self.audiences.iter().find(|one| one.mtls != BindingPolicy::Off);
            return bound.map_or(Ok(()), |audience| {
                let problem =
                    "needs listen.mtls_url, where clients show their certificates; set it";
                Err(SettingsError::new(setting(audience, "mtls"), problem))
            });
        };
        check_base("listen.mtls_url", url)
    }

    fn check_receivers(&self) -> Result<(), SettingsError> {
        let mut names = BTreeSet::new();
        for receiver in &self.receivers {
            let setting = |name: &str| format!("receiver.{}.{name}", receiver.name);
            if receiver.name.is_empty() || !receiver.name.chars().all(plain) {
                let problem = "must be letters, digits, `-` or `_`";
                return Err(SettingsError::new(setting("name"), problem));
            }
            if !names.insert(&receiver.name) {
                let problem = "is there twice; names are unique";
                return Err(SettingsError::new(setting("name"), problem));
            }
            if let Some(unknown) = receiver.audiences.iter().find(|a| self.audience(a).is_none()) {
                let problem =
                    format!("{unknown} is not configured; add an [[audience]] of that name");
                return Err(SettingsError::new(setting("audiences"), problem));
            }
        }
        Ok(())
    }

    /// Cookies are kept per host, so two cookie audiences on one host would overwrite each other.
    fn check_origins(&self) -> Result<(), SettingsError> {
        let mut owners: Vec<(&str, &AudienceSettings)> = Vec::new();
        for audience in &self.audiences {
            for origin in &audience.origins {
                let host = origin_host(origin);
                if let Some((_, other)) =
                    owners.iter().find(|(owned, by)| *owned == host && by.name != audience.name)
                {
                    return Err(SettingsError::new(
                        setting(audience, "origins"),
                        format!(
                            "{host} already belongs to audience {}; one cookie audience per host",
                            other.name
                        ),
                    ));
                }
                owners.push((host, audience));
            }
        }
        Ok(())
    }
}

impl AudienceSettings {
    fn check(&self) -> Result<(), SettingsError> {
        if self.algorithm.is_symmetric() {
            // Whoever could verify with it could also forge.
            return Err(SettingsError::new(
                setting(self, "algorithm"),
                format!("{} cannot be published; choose ES256", self.algorithm),
            ));
        }
        if AccessLifetime::new(self.access_lifetime).is_err() {
            let problem = format!("{:?} is out of range; choose 30s to 15m", self.access_lifetime);
            return Err(SettingsError::new(setting(self, "access_lifetime"), problem));
        }
        RefreshLifetime::new(self.refresh_lifetime)
            .and_then(|_| SessionLifetime::new(self.session_lifetime))
            .map_err(|error| SettingsError::new(setting(self, error.what), error.to_string()))?;
        for claim in &self.claims {
            // `act` (RFC 8693 § 4.1) would say that somebody acts for the subject.
            let reserved = RESERVED_CLAIMS.contains(&claim.as_str()) || claim == "act";
            if claim.is_empty() || claim.len() > 128 || reserved {
                return Err(SettingsError::new(
                    setting(self, "claims"),
                    format!("{claim:?} cannot be a private claim; the authority sets it itself"),
                ));
            }
        }
        if let Some((claim, _)) =
            self.guard_admits.iter().find(|(claim, _)| !self.claims.contains(claim))
        {
            return Err(SettingsError::new(
                setting(self, "guard_admits"),
                format!("{claim:?} is not among the claims; list it there, or remove it here"),
            ));
        }
        if self.status_list && self.claims.iter().any(|claim| claim == "status") {
            return Err(SettingsError::new(
                setting(self, "claims"),
                "\"status\" names the status list here; remove it from the list",
            ));
        }
        if self.same_site.as_ref().is_some_and(|relaxed| relaxed.reason.trim().is_empty()) {
            let problem = "is empty; say why SameSite=Strict does not do";
            return Err(SettingsError::new(setting(self, "same_site_reason"), problem));
        }
        if self.origins.is_empty() && (self.login.is_some() || self.same_site.is_some()) {
            let problem = "is empty, and login and same_site are for cookies; list the sites";
            return Err(SettingsError::new(setting(self, "origins"), problem));
        }
        match Origins::new(&self.origins) {
            Ok(_) => Ok(()),
            Err(error) => Err(SettingsError::new(setting(self, "origins"), error.to_string())),
        }
    }
}

/// A URL below which the routes begin.
fn check_base(setting: &str, url: &IssuerId) -> Result<(), SettingsError> {
    let rest = url.as_str().strip_prefix("https://").unwrap_or_default();
    if rest.is_empty() {
        return Err(SettingsError::new(
            setting,
            "must be an https URL, for example \"https://auth.example.com\"",
        ));
    }
    if rest.contains(['/', '?', '#', '@']) {
        // The routes begin at the root, and RFC 8414 puts a path behind the well-known one.
        return Err(SettingsError::new(
            setting,
            "must have no path, trailing slash, query, fragment or user name",
        ));
    }
    Ok(())
}

fn setting(audience: &AudienceSettings, name: &str) -> String {
    format!("audience.{}.{name}", audience.name)
}

fn origin_host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}
