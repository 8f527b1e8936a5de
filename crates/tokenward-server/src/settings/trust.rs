//! Others whose word counts: the trust domains whose workloads are services.

use std::collections::BTreeSet;

use tokenward::{Audience, IssuerId, KeySet, Subject};
use tokenward_remote::{Discovery, Endpoint};
use tokenward_sessions::ServiceProof;

use super::{Settings, SettingsError};

/// Others whose word about services and users counts.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct TrustSettings {
    /// SPIFFE trust domains whose workloads can be services.
    pub domains: Vec<TrustDomain>,
    /// OpenID providers whose logins can become sessions.
    pub upstreams: Vec<UpstreamSettings>,
    /// Certificates (PEM) that are trusted, besides the system's, where key sets of others are fetched.
    pub ca: Option<Vec<u8>>,
}

/// A SPIFFE trust domain.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct TrustDomain {
    /// `spiffe://example.org`.
    pub name: IssuerId,
    /// The keys that its JWT-SVIDs are signed with.
    pub keys: TrustedKeys,
}

/// An OpenID provider whose logins can become sessions.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct UpstreamSettings {
    /// Its issuer identifier, the `iss` of its ID tokens.
    pub issuer: IssuerId,
    /// The `client_id` by which it knows the application, the `aud` of its ID tokens.
    pub client_id: Audience,
    /// The audiences for which its logins count.
    pub audiences: Vec<Audience>,
    /// What is put before its subjects: two providers may call two people the same.
    pub subject_prefix: String,
    /// The keys that its ID tokens are signed with.
    pub keys: TrustedKeys,
}

/// Whose signatures count.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "whoever makes settings must decide which it is")]
pub enum TrustedKeys {
    /// Those of these keys.
    Set(KeySet),
    /// Those of the keys at this URL.
    At(Endpoint),
    /// Those of the keys that this issuer's metadata names.
    Discovered(Discovery),
}

impl Settings {
    pub(super) fn check_trust(&self) -> Result<(), SettingsError> {
        let mut names = BTreeSet::new();
        for domain in &self.trust.domains {
            if !names.insert(domain.name.as_str()) {
                let setting = format!("trust_domain.{}.name", domain.name);
                return Err(SettingsError::new(setting, "is there twice; names are unique"));
            }
        }
        self.check_upstreams()?;
        for service in &self.services {
            let Some(ServiceProof::Spiffe(id)) = &service.proof else { continue };
            if !names.contains(id.trust_domain().as_str()) {
                return Err(SettingsError::new(
                    format!("service.{}.spiffe", service.name),
                    format!("{} is not trusted; add a [[trust_domain]]", id.trust_domain()),
                ));
            }
        }
        Ok(())
    }

    fn check_upstreams(&self) -> Result<(), SettingsError> {
        let (mut names, mut prefixes) = (BTreeSet::new(), Vec::<&str>::new());
        for upstream in &self.trust.upstreams {
            let wrong = |name: &str, problem: String| {
                let setting = format!("upstream.{}.{name}", upstream.issuer);
                Err(SettingsError::new(setting, problem))
            };
            if !names.insert((upstream.issuer.as_str(), upstream.client_id.as_str())) {
                return wrong("client_id", "is there twice for this issuer".to_owned());
            }
            let prefix = upstream.subject_prefix.as_str();
            // Whoever chooses the subjects behind the shorter one could choose the rest of the longer.
            let is_alike = |other: &&str| other.starts_with(prefix) || prefix.starts_with(*other);
            if let Some(other) = prefixes.iter().find(|other| is_alike(other)) {
                return wrong(
                    "subject_prefix",
                    format!(
                        "begins as another upstream's (`{other}`), so their users could be taken for each \
                         other; give each one of its own, such as \"google:\" and \"acme:\""
                    ),
                );
            }
            prefixes.push(prefix);
            if upstream.subject_prefix.starts_with(Subject::CLIENT_PREFIX) {
                return wrong("subject_prefix", "may not begin with `client:`".to_owned());
            }
            if let Some(unknown) = upstream.audiences.iter().find(|a| self.audience(a).is_none()) {
                return wrong(
                    "audiences",
                    format!("{unknown} is not configured; add an [[audience]] of that name"),
                );
            }
        }
        Ok(())
    }
}
