//! Keys, tokens and password hashes: what opens something to whoever reads it.

use serde_json::{Map, Value};

/// Whether the name says that the value is secret.
pub(super) fn is_telling(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "secret",
        "privatekey",
        "apikey",
        "accesskey",
        "accesstoken",
        "refreshtoken",
        "creditcard",
        "cardnumber",
        "securitycode",
    ];
    const WHOLE: &[&str] = &["pwd", "pin", "cvv", "cvc", "cvv2", "ssn", "pan", "otp", "iban"];
    if name.is_empty() {
        return false;
    }
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    // A secretary is nobody's secret.
    let name = name.replace("secretar", "");
    PARTS.iter().any(|part| name.contains(part)) || WHOLE.contains(&name.as_str())
}

/// Modular crypt format, PHC strings, LDAP schemes.
pub(super) fn is_password_hash(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "$1$",
        "$2a$",
        "$2b$",
        "$2x$",
        "$2y$",
        "$5$",
        "$6$",
        "$7$",
        "$y$",
        "$argon2",
        "$scrypt",
        "$pbkdf2",
        "{SSHA",
        "{SHA",
        "pbkdf2_sha256$",
    ];
    text.starts_with(['$', '{', 'p']) && PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// PEM with a private key, wherever it stands, and the forms of some tools.
pub(super) fn is_private_key(text: &str) -> bool {
    let pem = |text: &str| text.contains("-----BEGIN ") && text.contains("PRIVATE KEY");
    (text.len() > 20 && pem(text))
        || text.starts_with("AGE-SECRET-KEY-1")
        || text.starts_with("PuTTY-User-Key-File-")
}

/// A JWK with its private member (RFC 7518 § 6), or a symmetric one.
pub(super) fn is_private_jwk(members: &Map<String, Value>) -> bool {
    members.contains_key("kty") && ["d", "k", "priv"].iter().any(|name| members.contains_key(*name))
}

/// A JWT, one of our own secrets, or a key of a large service, by its prefix and its length.
pub(super) fn is_token(text: &str) -> bool {
    let text = ["Bearer ", "bearer ", "Basic ", "DPoP "]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .map_or(text, str::trim_start);
    is_jwt(text) || is_aws_key_id(text) || KNOWN.iter().any(|known| known.is(text))
}

fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() >= 3
}

/// An access key of AWS: its kind and sixteen characters of base32.
fn is_aws_key_id(text: &str) -> bool {
    let Some((kind, rest)) = text.split_at_checked(4) else { return false };
    matches!(kind, "AKIA" | "ASIA" | "ABIA" | "ACCA")
        && rest.len() == 16
        && rest.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

/// A secret that says by its beginning what it is.
struct Known {
    prefix: &'static str,
    /// How many characters follow at least.
    rest: usize,
}

impl Known {
    const fn new(prefix: &'static str, rest: usize) -> Self {
        Self { prefix, rest }
    }

    fn is(&self, text: &str) -> bool {
        text.strip_prefix(self.prefix).is_some_and(|rest| {
            let fits = |b: u8| {
                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'/' | b'+')
            };
            rest.len() >= self.rest && rest.bytes().all(fits)
        })
    }
}

/// Ours, and those whose makers publish the form for secret scanners.
const KNOWN: &[Known] = &[
    Known::new("twr_", 0),
    Known::new("tws_", 0),
    Known::new("twa_", 0),
    Known::new("ghp_", 36),
    Known::new("gho_", 36),
    Known::new("ghu_", 36),
    Known::new("ghs_", 36),
    Known::new("ghr_", 36),
    Known::new("github_pat_", 36),
    Known::new("glpat-", 20),
    Known::new("xoxa-", 10),
    Known::new("xoxb-", 10),
    Known::new("xoxe-", 10),
    Known::new("xoxp-", 10),
    Known::new("xoxr-", 10),
    Known::new("xoxs-", 10),
    Known::new("xapp-", 10),
    Known::new("sk_live_", 16),
    Known::new("sk_test_", 16),
    Known::new("rk_live_", 16),
    Known::new("whsec_", 16),
    Known::new("AIza", 35),
    Known::new("ya29.", 20),
    Known::new("npm_", 36),
    Known::new("pypi-AgEI", 20),
    Known::new("SG.", 40),
    Known::new("sk-ant-", 20),
    Known::new("sk-proj-", 20),
    Known::new("hvs.", 24),
    Known::new("hvb.", 24),
    Known::new("dop_v1_", 32),
    Known::new("shpat_", 32),
];
