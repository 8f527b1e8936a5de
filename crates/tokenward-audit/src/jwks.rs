//! `audit jwks`: a key set as its verifiers get it.

use serde_json::Value;

use base64::Engine as _;

use crate::finding::{Finding, Severity};
use crate::token::{BASE64, Members};

mod roca;
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

/// As many keys as a set is looked at for.
const MAX_KEYS: usize = 1_000;

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
    let mut findings = Vec::new();
    answered(name, source, &mut findings);
    // The keys are elsewhere.
    if source.redirect.is_some() {
        return Ok(findings);
    }
    let set: Members = serde_json::from_slice(text).map_err(JwksError::NotJson)?;
    let keys: Vec<Value> = match set.get("keys") {
        Some(Value::Array(keys)) => keys.iter().take(MAX_KEYS).cloned().collect(),
        _ if set.get("kty").is_some() => vec![Value::Object(set.0.into_iter().collect())],
        _ => return Err(JwksError::NotKeys),
    };
    whole(name, &keys, &mut findings);
    for (at, key) in keys.iter().enumerate() {
        let kid = key.get("kid").and_then(Value::as_str);
        let what = match kid {
            Some(kid) => format!("{name}: key `{kid}`"),
            None => format!("{name}: key {}", at.saturating_add(1)),
        };
        of_key(&what, key, &mut findings);
    }
    Ok(findings)
}

fn whole(name: &str, keys: &[Value], findings: &mut Vec<Finding>) {
    let mut tell = |rule, severity, message: String, fix: &str| {
        findings.push(Finding::about(name, (rule, 8), severity, message, fix));
    };
    if keys.is_empty() {
        tell("jwks-empty", Severity::High, "the set has no key: nothing verifies".to_owned(), "");
    }
    if keys.len() == 1 {
        tell(
            "jwks-single-key",
            Severity::Low,
            "one key alone: either none is prepared to follow it, or the last change cut off every token of the one before".to_owned(),
            "publish the next key before it signs, and keep the last one until its tokens have ended",
        );
    }
    let ids: Vec<&str> =
        keys.iter().filter_map(|key| key.get("kid").and_then(Value::as_str)).collect();
    for (at, id) in ids.iter().enumerate() {
        if ids.iter().take(at).any(|earlier| earlier == id) {
            tell(
                "jwks-doubled-key-id",
                Severity::Medium,
                format!(
                    "`{id}` names more than one key: which of them verifies is left to the library"
                ),
                "name each key once, for instance by its thumbprint (RFC 7638)",
            );
        }
    }
}

/// Members that only a private or a secret key has (RFC 7518, section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn of_key(what: &str, key: &Value, findings: &mut Vec<Finding>) {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let mut tell = |rule, mistake, severity, message: String, fix: &str| {
        findings.push(Finding::about(what, (rule, mistake), severity, message, fix));
    };
    let private: Vec<&str> = PRIVATE.into_iter().filter(|name| key.get(*name).is_some()).collect();
    if !private.is_empty() || text("kty") == Some("oct") {
        tell(
            "jwks-private-key",
            7,
            Severity::Critical,
            format!(
                "the key that signs is here (`{}`): whoever reads the set can make tokens",
                private.join("`, `")
            ),
            "replace the key now; publish its public half alone",
        );
    }
    if text("kid").is_none_or(str::is_empty) {
        tell(
            "jwks-without-key-id",
            8,
            Severity::Medium,
            "the key has no `kid`: a token cannot name it, and a verifier has to try them all"
                .to_owned(),
            "name each key, for instance by its thumbprint (RFC 7638)",
        );
    }
    match text("alg") {
        None => tell(
            "jwks-without-algorithm",
            3,
            Severity::Low,
            "the key does not say which algorithm it is for: the token, or the library, chooses"
                .to_owned(),
            "`alg`: the one algorithm that it signs with",
        ),
        Some(alg) if alg.eq_ignore_ascii_case("none") || alg == "RSA1_5" => tell(
            "jwks-bad-algorithm",
            3,
            Severity::High,
            format!("the key is published for `{alg}`"),
            "ES256, EdDSA or RS256",
        ),
        Some(_) => {}
    }
    if text("use").is_none() && key.get("key_ops").is_none() {
        tell(
            "jwks-without-use",
            3,
            Severity::Low,
            "the key does not say whether it is for signatures or for encryption".to_owned(),
            "`use`: `sig`, or `enc`",
        );
    }
    if text("kty") == Some("RSA") {
        rsa(what, text("n"), text("e"), findings);
    }
}

fn rsa(what: &str, n: Option<&str>, e: Option<&str>, findings: &mut Vec<Finding>) {
    let mut tell = |rule, severity, message: String, fix: &str| {
        findings.push(Finding::about(what, (rule, 7), severity, message, fix));
    };
    let number = |text: Option<&str>| {
        let bytes = BASE64.decode(text?).ok()?;
        let start = bytes.iter().position(|byte| *byte != 0)?;
        bytes.get(start..).map(<[u8]>::to_vec)
    };
    let Some(modulus) = number(n) else {
        tell(
            "jwks-broken-key",
            Severity::Medium,
            "the key has no modulus that can be read".to_owned(),
            "",
        );
        return;
    };
    let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits =
        modulus.len().saturating_mul(8).saturating_sub(usize::try_from(zeros).unwrap_or_default());
    if bits < 2048 {
        let severity = if bits < 1024 { Severity::Critical } else { Severity::High };
        tell(
            "jwks-short-key",
            severity,
            format!("RSA of {bits} bits: NIST SP 800-131A asks for 2048 at least"),
            "a new key of 3072 bits, or ES256",
        );
    }
    if roca::is_weak(&modulus) {
        tell(
            "jwks-roca",
            Severity::Critical,
            "the modulus has the form of ROCA (CVE-2017-15361): its private half can be computed"
                .to_owned(),
            "replace the key now, with one that other software made",
        );
    }
    if number(e).is_some_and(|e| e.as_slice() != [1, 0, 1] && e.len() <= 3) {
        tell(
            "jwks-odd-exponent",
            Severity::Low,
            "the exponent is smaller than 65537".to_owned(),
            "a new key with the exponent 65537 (AQAB)",
        );
    }
}

/// What the answer that brought the set says.
fn answered(name: &str, source: &JwksSource, findings: &mut Vec<Finding>) {
    let mut tell = |rule, mistake, severity, message: String, fix: &str| {
        findings.push(Finding::about(name, (rule, mistake), severity, message, fix));
    };
    let Some(url) = &source.url else { return };
    let rest = url.strip_prefix("http://");
    let is_local = rest.is_some_and(|rest| {
        ["localhost", "127.", "[::1]"].iter().any(|host| rest.starts_with(host))
    });
    if rest.is_some() && !is_local {
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
                "the address answers with a redirect to {to}: verifiers that follow none get no keys"
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
