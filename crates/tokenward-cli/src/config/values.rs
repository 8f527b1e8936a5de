//! Single values of a configuration, each parsed to its type with the mend in the error.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokenward::IssuerId;
use tokenward_server::settings::Profile;
use tokenward_sessions::May;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::{Dpop, DpopSettings};
use tokenward_vault::Mount;

use crate::config::Address;
use crate::config::reader::Section;
use crate::secret::{InVault, SecretRef};

/// `127.0.0.1:8443` or `[::1]:8443`.
pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "`{text}` is no address; write an IP address and a port, for example \"0.0.0.0:8443\""
        )
    })
}

/// A socket address, or `unix:` and a path.
pub(super) fn address(text: &str) -> Result<Address, String> {
    match text.strip_prefix("unix:") {
        Some("") => Err("names no path; write for example \"unix:/run/tokenward.sock\"".to_owned()),
        Some(path) => Ok(Address::Unix(PathBuf::from(path))),
        None => socket(text).map(Address::Tcp),
    }
}

/// An issuer of ours: an `https` URL without query, fragment or slash at its end (RFC 8414 § 2).
pub(super) fn issuer(text: &str) -> Result<IssuerId, String> {
    let bad =
        |why: &str| Err(format!("`{text}` {why}; write for example \"https://auth.example.com\""));
    let Some(rest) = text.strip_prefix("https://") else { return bad("is no https URL") };
    if rest.contains(['?', '#', '@']) {
        return bad("has a query, a fragment or a user");
    }
    if rest.ends_with('/') || rest.is_empty() {
        return bad("ends in a slash");
    }
    IssuerId::new(text).map_err(|error| error.to_string())
}

/// An origin as a browser sends it: scheme, host, and a port that is not the default (RFC 6454 § 6.1).
pub(super) fn origin(text: &str) -> Result<String, String> {
    let bad =
        |why: &str| Err(format!("`{text}` {why}; write for example \"https://app.example.com\""));
    let Some(host) = text.strip_prefix("https://") else { return bad("is no https origin") };
    if host.is_empty() || host.contains(['/', '?', '#', '@', '*', ' ']) {
        return bad("is more than scheme, host and port");
    }
    if host.chars().any(|c| c.is_ascii_uppercase() || !c.is_ascii()) {
        return bad("is not as browsers send it: lower case, punycode");
    }
    if host.ends_with(":443") {
        return bad("names the default port, which browsers leave out");
    }
    Ok(text.to_owned())
}

/// A signing algorithm that this version brings.
pub(super) fn algorithm(text: &str) -> Result<String, String> {
    // Not ML-DSA: its tokens are longer than a cookie may be.
    let known = [
        "ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
        "HS256",
    ];
    one_of(text, &known)
}

/// A forward-auth profile.
pub(super) fn profile(text: &str) -> Result<Profile, String> {
    Profile::from_name(text).ok_or_else(|| unknown(text, &Profile::ALL.map(Profile::as_str)))
}

/// A permission of a service.
pub(super) fn may(text: &str) -> Result<May, String> {
    text.parse().map_err(|_| unknown(text, &May::ALL.map(May::as_str)))
}

/// One of the words `known`.
pub(super) fn one_of(text: &str, known: &[&str]) -> Result<String, String> {
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(unknown(text, known))
}

fn unknown(text: &str, known: &[&str]) -> String {
    let known: Vec<_> = known.iter().map(|word| format!("\"{word}\"")).collect();
    format!("`{text}` is not known here; choose one of {}", known.join(", "))
}

/// A short plain name.
pub(super) fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 128 || !text.chars().all(plain) {
        return Err(format!("`{text}` must be 1 to 128 letters, digits, `-`, `_` and `.`"));
    }
    Ok(text.to_owned())
}

/// A secret, by where it is found; `None` if it is absent or wrong.
pub(super) fn secret(section: &Section<'_>, key: &'static str) -> Option<SecretRef> {
    const MEND: &str = "a secret never stands in the file; write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }";
    let table = section.inline(key, MEND)?;
    let env = table.parsed("env", env_name);
    let file = table.path("file");
    let credential = table.parsed("credential", name);
    let vault = table.parsed("vault", in_vault);
    let known = ["env", "file", "credential", "vault"];
    let named = known.into_iter().filter(|key| table.has(key)).count();
    table.finish();
    if named != 1 {
        section.problem(
            key,
            "names no secret, or more than one; write exactly one of env, file, credential and vault",
        );
        return None;
    }
    env.map(SecretRef::Env)
        .or_else(|| file.map(SecretRef::File))
        .or_else(|| credential.map(SecretRef::Credential))
        .or_else(|| vault.map(SecretRef::Vault))
}

fn in_vault(text: &str) -> Result<InVault, String> {
    let parts = text
        .split_once('#')
        .filter(|(document, field)| Mount::new(document).is_ok() && name(field).is_ok());
    let (document, field) = parts.ok_or_else(|| {
        format!("`{text}` names no field of a document; write for example \"edge#password\"")
    })?;
    Ok(InVault { document: document.to_owned(), field: field.to_owned() })
}

fn env_name(text: &str) -> Result<String, String> {
    let shape = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if text.is_empty() || !text.chars().all(shape) || text.starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(format!("`{text}` is no name of a variable; use capitals, digits and `_`"));
    }
    Ok(text.to_owned())
}

/// `dpop` or `mtls` of an audience, in `tokenward.toml` and `gate.toml` alike.
pub(super) fn binding(
    section: &Section<'_>,
    key: &'static str,
    otherwise: BindingPolicy,
) -> Option<BindingPolicy> {
    section.or(key, otherwise, |text| {
        text.parse().map_err(|_| unknown(text, &BindingPolicy::ALL.map(BindingPolicy::as_str)))
    })
}

/// `dpop` and `dpop_sites` of an audience, in `tokenward.toml` and `gate.toml` alike.
pub(super) fn dpop(section: &Section<'_>) -> Option<DpopSettings> {
    let policy = binding(section, "dpop", BindingPolicy::Offered);
    let sites = section.list("dpop_sites", |text| {
        Dpop::new([text]).map(|_| text.to_owned()).map_err(|error| error.to_string())
    });
    if policy == Some(BindingPolicy::Off) && sites.as_ref().is_some_and(|sites| !sites.is_empty()) {
        section.problem("dpop_sites", "is for an audience with DPoP; set dpop, or delete it");
    }
    Some(DpopSettings { policy: policy?, sites: sites? })
}
