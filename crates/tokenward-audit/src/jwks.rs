//! `audit jwks`: a key set as its verifiers get it.

use std::collections::BTreeSet;

use crate::finding::{Finding, Severity};
use crate::live::{Address, shown_url};
use crate::token::{Members, listed};
use set::Set;

mod algorithm;
mod edwards;
mod point;
mod roca;
mod rsa;
mod set;
mod state;
#[cfg(test)]
mod tests;

pub use state::{JwksState, JwksStateError};

/// How a key set was come by, where that was over HTTP.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct JwksSource {
    /// The address that was asked for.
    pub url: Option<String>,
    /// The `Cache-Control` of the answer.
    pub cache_control: Option<String>,
    /// Where the answer sent us, if it was a redirect.
    pub redirect: Option<String>,
}

/// The text is no key set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// It is no JSON.
    #[error("not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It has no list of keys, and is no key itself.
    #[error("no key set: it has no `keys`, and no `kty`")]
    NotKeys,
}

/// Looks at a key set, or a single key; `name` is what findings call it.
///
/// # Examples
///
/// ```
/// use tokenward_audit::{JwksSource, audit_jwks};
///
/// let set = br#"{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"1"}]}"#;
/// let findings = audit_jwks("jwks.json", set, &JwksSource::default())?;
/// assert!(findings.iter().any(|finding| finding.rule == "jwks-private-key"));
/// # Ok::<(), tokenward_audit::JwksError>(())
/// ```
pub fn audit_jwks(name: &str, text: &[u8], source: &JwksSource) -> Result<Vec<Finding>, JwksError> {
    let name = &shown(name);
    let mut findings = Vec::new();
    answered(name, source, &mut findings);
    // The keys are elsewhere.
    if source.redirect.is_some() {
        return Ok(findings);
    }
    let set = Set::read(text)?;
    whole(name, &set, &mut findings);
    for (at, key) in set.keys.iter().enumerate() {
        let what = match key.as_ref().and_then(|key| key.text("kid")) {
            Some(kid) => format!("{name}: key `{kid}`"),
            None => format!("{name}: key {}", at.saturating_add(1)),
        };
        let mut told = Told { what: &what, findings: &mut findings };
        match key {
            Some(key) => of_key(key, &mut told),
            None => told.tell(
                ("jwks-broken-key", 7),
                Severity::Medium,
                "it stands among the keys, and is no JSON object: verifiers may refuse the whole set",
                "",
            ),
        }
    }
    Ok(findings)
}

/// What findings call a set: an address, or a file.
fn shown(name: &str) -> String {
    if name.contains("://") { shown_url(name) } else { name.to_owned() }
}

/// Where findings about one thing go.
struct Told<'f> {
    what: &'f str,
    findings: &'f mut Vec<Finding>,
}

impl Told<'_> {
    fn tell(
        &mut self,
        which: (&'static str, u8),
        severity: Severity,
        message: impl Into<String>,
        fix: &str,
    ) {
        self.findings.push(Finding::about(self.what, which, severity, message, fix));
    }
}

fn whole(name: &str, set: &Set, findings: &mut Vec<Finding>) {
    let mut told = Told { what: name, findings };
    if set.is_doubled {
        told.tell(
            ("jwks-doubled-member", 2),
            Severity::High,
            "there more than once: `keys`; one program reads the first list, another the last",
            "one list; whoever made the set wrote JSON by hand",
        );
    }
    if set.keys.len() < set.count {
        told.tell(
            ("jwks-many-keys", 8),
            Severity::Medium,
            format!(
                "{} keys, of which the first {} were looked at: nobody knows what is in the others, and no verifier wants to try so many",
                set.count,
                set.keys.len()
            ),
            "take out the keys whose tokens have ended",
        );
    }
    match set.count {
        0 => told.tell(
            ("jwks-empty", 8),
            Severity::High,
            "the set has no key: nothing verifies",
            "",
        ),
        1 => told.tell(
            ("jwks-single-key", 8),
            Severity::Low,
            "one key alone: either none is prepared to follow it, or the last change cut off every token of the one before",
            "publish the next key before it signs, and keep the last one until its tokens have ended",
        ),
        _ => {}
    }
    let mut seen = BTreeSet::new();
    let ids = set.keys.iter().flatten().filter_map(|key| key.text("kid"));
    let doubled: BTreeSet<&str> = ids.filter(|id| !seen.insert(*id)).collect();
    if let Some(names) = listed(&doubled) {
        told.tell(
            ("jwks-doubled-key-id", 8),
            Severity::Medium,
            format!(
                "names of more than one key: {names}; which of them verifies is left to the library"
            ),
            "name each key once, for instance by its thumbprint (RFC 7638)",
        );
    }
}

/// Members that only a private or a secret key has (RFC 7518, section 6).
pub(crate) const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

fn of_key(key: &Members, told: &mut Told<'_>) {
    let kind = key.text("kty").unwrap_or_default();
    if let Some(names) = listed(&key.doubled()) {
        told.tell(
            ("jwks-doubled-member", 2),
            Severity::High,
            format!("there more than once: {names}; one program reads the first, another the last"),
            "each member once; whoever made the set wrote JSON by hand",
        );
    }
    let private: Vec<&str> = PRIVATE.into_iter().filter(|name| key.get(name).is_some()).collect();
    if !private.is_empty() || kind == "oct" {
        let by = if private.is_empty() { vec!["oct"] } else { private };
        told.tell(
            ("jwks-private-key", 7),
            Severity::Critical,
            format!(
                "the key that signs is here (`{}`): whoever reads the set can make tokens",
                by.join("`, `")
            ),
            "replace the key now; publish its public half alone",
        );
    }
    if key.text("kid").is_none_or(str::is_empty) {
        told.tell(
            ("jwks-without-key-id", 8),
            Severity::Medium,
            "the key has no `kid`: a token cannot name it, and a verifier has to try them all",
            "name each key, for instance by its thumbprint (RFC 7638)",
        );
    }
    algorithm::check(key, told);
    if key.text("use").is_none() && key.get("key_ops").is_none() {
        told.tell(
            ("jwks-without-use", 3),
            Severity::Low,
            "the key does not say whether it is for signatures or for encryption",
            "`use`: `sig`, or `enc`",
        );
    }
    match kind {
        "RSA" => rsa::check(key, told),
        "EC" => point::of_curve(key, told),
        "OKP" => point::of_pair(key, told),
        "AKP" => point::of_lattice(key, told),
        "oct" => {}
        _ => told.tell(
            ("jwks-unknown-key", 8),
            Severity::Low,
            "`kty` is none that JOSE knows, or missing: verifiers pass the key over",
            "`EC`, `OKP` or `RSA`, as it is",
        ),
    }
}

/// What the answer that brought the set says.
fn answered(name: &str, source: &JwksSource, findings: &mut Vec<Finding>) {
    let mut tell = |rule, mistake, severity, message: String, fix: &str| {
        findings.push(Finding::about(name, (rule, mistake), severity, message, fix));
    };
    let Some(url) = &source.url else { return };
    let is_plain = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    if is_plain && !Address::parse(&shown_url(url)).is_ok_and(|address| address.is_local()) {
        tell(
            "jwks-over-plain-http",
            9,
            Severity::High,
            "the set is fetched over plain HTTP: whoever is on the way can put a key of their own into it".to_owned(),
            "https",
        );
    }
    if let Some(to) = &source.redirect {
        tell(
            "jwks-redirect",
            9,
            Severity::Medium,
            format!(
                "the address answers with a redirect to {}: verifiers that follow none get no keys",
                shown_url(to)
            ),
            "give verifiers the address that answers",
        );
        return;
    }
    match &source.cache_control {
        None => tell(
            "jwks-cache",
            8,
            Severity::Low,
            "no `Cache-Control`: every verifier guesses how long a key is good".to_owned(),
            "Cache-Control: public, max-age=900",
        ),
        Some(value) => {
            let age = value.to_lowercase();
            let age =
                age.split(',').find_map(|one| one.trim().strip_prefix("max-age=")?.parse().ok());
            if age.is_some_and(|age: u64| age > 86_400) {
                tell(
                    "jwks-cache",
                    8,
                    Severity::Medium,
                    format!(
                        "`Cache-Control: {value}`: a key that has leaked stays trusted for more than a day"
                    ),
                    "Cache-Control: public, max-age=900",
                );
            }
        }
    }
}
