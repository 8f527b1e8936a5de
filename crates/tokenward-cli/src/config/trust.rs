//! What services prove themselves by, and others whose word about them counts.

use std::path::PathBuf;

use tokenward::{Audience, IssuerId};
use tokenward_remote::{Discovery, Endpoint};
use tokenward_sessions::ServiceProof;

use crate::config::authority::all;
use crate::config::reader::Section;

#[cfg(test)]
mod tests;

/// What a service proves itself by in the place of a secret.
#[derive(Debug)]
pub(crate) enum ProofConfig {
    /// The public keys in a file.
    Keys(PathBuf),
    /// Something that stands in the configuration itself.
    Is(ServiceProof),
}

/// `[trust]` and `[[trust_domain]]`.
#[derive(Debug, Default)]
pub(crate) struct TrustConfig {
    /// Certificates that are trusted, besides the system's, where key sets of others are fetched.
    pub(crate) ca: Option<PathBuf>,
    /// The name of each, as `spiffe://example.org`, and its keys.
    pub(crate) domains: Vec<(IssuerId, KeysConfig)>,
    pub(crate) upstreams: Vec<UpstreamConfig>,
}

/// `[[upstream]]`: an OpenID provider whose logins can become sessions.
#[derive(Debug)]
pub(crate) struct UpstreamConfig {
    pub(crate) issuer: IssuerId,
    pub(crate) client_id: Audience,
    pub(crate) audiences: Vec<Audience>,
    pub(crate) subject_prefix: String,
    /// `None`: where the issuer's metadata says.
    pub(crate) keys: Option<Endpoint>,
}

/// Where keys of others are.
#[derive(Debug)]
pub(crate) enum KeysConfig {
    File(PathBuf),
    At(Endpoint),
}

pub(super) fn read(root: &Section<'_>) -> Option<TrustConfig> {
    let section = root.section("trust");
    let ca = section.path("ca");
    section.finish();
    let domains = all(root.sections("trust_domain"), domain);
    let upstreams = all(root.sections("upstream"), upstream);
    Some(TrustConfig { ca, domains: domains?, upstreams: upstreams? })
}

fn upstream(section: &Section<'_>) -> Option<UpstreamConfig> {
    let issuer = section.required("issuer", "\"https://login.example.com\"", |text| {
        let issuer = IssuerId::new(text).map_err(|error| error.to_string())?;
        Discovery::https_or_loopback(issuer.clone()).map_err(|error| error.to_string())?;
        Ok(issuer)
    });
    let client_id = section.required("client_id", "\"our-app\"", |text| {
        Audience::foreign(text).map_err(|error| error.to_string())
    });
    let audiences = section.list("audiences", |text| {
        Audience::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    if audiences.as_ref().is_some_and(Vec::is_empty) {
        section.problem("audiences", "there is none; list those for which its logins count");
    }
    let subject_prefix = section.or("subject_prefix", String::new(), |text| {
        let plain = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic());
        plain
            .then(|| text.to_owned())
            .ok_or_else(|| format!("`{text}` is no prefix; write for example \"acme:\""))
    });
    let keys = section.parsed("jwks_uri", |text| {
        Endpoint::https_or_loopback(text).map_err(|error| error.to_string())
    });
    let audiences = audiences.filter(|audiences| !audiences.is_empty());
    Some(UpstreamConfig {
        issuer: issuer?,
        client_id: client_id?,
        audiences: audiences?,
        subject_prefix: subject_prefix?,
        keys,
    })
}

fn domain(section: &Section<'_>) -> Option<(IssuerId, KeysConfig)> {
    let name = section.required("name", "\"example.org\"", |text| {
        // The rule of the ID decides; a path of one letter makes the name one.
        let Ok(ServiceProof::Spiffe(id)) = ServiceProof::spiffe(&format!("spiffe://{text}/x"))
        else {
            return Err(format!("`{text}` is no trust domain; write for example \"example.org\""));
        };
        Ok(id.trust_domain().clone())
    });
    let keys = keys(section, "bundle");
    Some((name?, keys?))
}

/// `jwks_uri`, or the file that `file` names.
fn keys(section: &Section<'_>, file: &'static str) -> Option<KeysConfig> {
    let path = section.path(file);
    let url = section.parsed("jwks_uri", |text| {
        Endpoint::https_or_loopback(text).map_err(|error| error.to_string())
    });
    if section.has(file) == section.has("jwks_uri") {
        section.whole_problem(format!("set exactly one of {file}, a file, and jwks_uri, a URL"));
        return None;
    }
    path.map(KeysConfig::File).or_else(|| url.map(KeysConfig::At))
}

/// What a `[[service]]` proves itself by, if it has more than secrets.
#[expect(
    clippy::option_option,
    reason = "the outer one says whether it is right, the inner whether there is any"
)]
pub(super) fn proof(section: &Section<'_>) -> Option<Option<ProofConfig>> {
    let path = section.path("jwks");
    let parsed = |key, parse: fn(&str) -> Result<ServiceProof, _>| {
        section.parsed(key, |text| {
            parse(text).map_err(|error: tokenward_sessions::InvalidServiceProof| {
                format!("`{text}` {error}")
            })
        })
    };
    let found = [
        path.map(ProofConfig::Keys),
        parsed("jwks_uri", ServiceProof::keys_at).map(ProofConfig::Is),
        parsed("certificate", ServiceProof::certificate).map(ProofConfig::Is),
        parsed("spiffe", ServiceProof::spiffe).map(ProofConfig::Is),
    ];
    let there = ["jwks", "jwks_uri", "certificate", "spiffe"].map(|key| section.has(key));
    match there.into_iter().filter(|there| *there).count() {
        0 => Some(None),
        1 => found.into_iter().flatten().next().map(Some),
        _ => {
            section.whole_problem("a service proves itself by one of jwks, jwks_uri, certificate and spiffe; delete the others");
            None
        }
    }
}
