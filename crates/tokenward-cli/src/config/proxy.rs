//! Reads `[[proxy]]`, of `tokenward.toml` and `gate.toml` alike.

use crate::config::reader::Section;
use crate::config::{ProxyAuth, ProxyConfig, values};

/// One of them.
pub(super) fn read(section: &Section<'_>) -> Option<ProxyConfig> {
    let name = section.required("name", "\"edge\"", values::name);
    let profile = section.required("profile", "\"nginx\"", values::profile);
    let secret = section.has("secret").then(|| values::secret(section, "secret"));
    let unix = section.flag("unix")?;
    let mtls = section.parsed("mtls", |text| {
        if text.is_empty() {
            Err("is empty; name the proxy's certificate".to_owned())
        } else {
            Ok(text.to_owned())
        }
    });
    let client_certificates = section.flag("client_certificates");
    let chosen =
        [secret.is_some(), unix, mtls.is_some()].into_iter().filter(|chosen| *chosen).count();
    if chosen != 1 {
        section.whole_problem("set exactly one of secret, unix = true, and mtls");
        return None;
    }
    let auth = match secret {
        Some(secret) => ProxyAuth::Secret(secret?),
        None if unix => ProxyAuth::Unix,
        None => ProxyAuth::Mtls(mtls?),
    };
    let client_certificates = client_certificates?;
    Some(ProxyConfig { name: name?, profile: profile?, auth, client_certificates })
}

/// Two proxies that nothing tells apart must be believed alike: the first of them would stand for both.
pub(super) fn check_alike(root: &Section<'_>, proxies: Option<&[ProxyConfig]>) {
    let proxies = proxies.unwrap_or_default();
    for (number, (proxy, section)) in proxies.iter().zip(root.sections("proxy")).enumerate() {
        let differs = |other: &&ProxyConfig| {
            other.profile == proxy.profile
                && other.auth == proxy.auth
                && other.client_certificates != proxy.client_certificates
        };
        if let Some(other) = proxies.iter().take(number).find(differs) {
            section.problem(
                "client_certificates",
                format!(
                    "`{}` proves itself alike with the same profile and has another value; set the same, or tell \
                     the two apart by a secret",
                    other.name
                ),
            );
        }
    }
}
