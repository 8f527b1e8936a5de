//! Secrets in settings, private keys and tokens in the tree.

use base64::Engine as _;

use super::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;
use crate::token::BASE64;

/// Names of settings that are about a secret, and are none.
const OTHER: [&str; 22] = [
    "public", "pub", "name", "ref", "file", "path", "header", "issuer", "audience", "alg", "expir",
    "ttl", "uri", "url", "cookie", "location", "lifetime", "enabled", "length", "size", "keyid",
    "kid",
];
/// Names that are those of a secret that signs tokens, whatever is around them.
const NAMES: [&str; 9] = [
    "jwtsecret",
    "jwtsecretkey",
    "jwtsigningkey",
    "jwtkey",
    "jwtprivatekey",
    "accesstokensecret",
    "refreshtokensecret",
    "tokensecret",
    "nextauthsecret",
];

/// `JWT_SECRET=…`, `jwt.secret: …`, with a value that is one.
pub(super) fn secret(setting: &read::Setting<'_>) -> Option<Hit> {
    if !is_named(setting) || !is_value(setting.value) {
        return None;
    }
    Some(hit(
        "secret-in-config",
        setting.span.clone(),
        Severity::High,
        "the secret that signs tokens lies in the tree: whoever reads it can sign them",
        "give it to the process from outside (a secret store, a file that git ignores), and replace this one",
    ))
}

/// Whether a setting's name is that of a secret that signs tokens.
pub(super) fn is_named(setting: &read::Setting<'_>) -> bool {
    let simple: Vec<String> = setting
        .path
        .split(['.', ':'])
        .map(|part| {
            part.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        })
        .collect();
    let Some(last) = simple.last() else { return false };
    // The part before counts too: `jwt.secret`, `Jwt:Key`.
    let two = simple.iter().rev().take(2).rev().map(String::as_str).collect::<String>();
    let is_secret = NAMES.iter().any(|name| last.ends_with(name) || two.ends_with(name));
    is_secret && !OTHER.iter().any(|word| last.contains(word))
}

/// Whether a value is a secret, or a variable that holds one.
pub(super) fn is_given(value: &str) -> bool {
    let is_variable =
        value.len() > 1 && value.starts_with('$') && !value.contains(char::is_whitespace);
    is_variable || is_value(value)
}

/// Whether a value is the secret itself, and not where it is, or that it is missing.
fn is_value(value: &str) -> bool {
    let lower = value.to_lowercase();
    let stands_for_another = [
        "$",
        "<",
        "{{",
        "%",
        "enc(",
        "vault:",
        "file:",
        "classpath:",
        "http",
        "/",
        "./",
        "!",
        "*",
        "arn:",
        "projects/",
        "op://",
        "|",
        ">",
    ]
    .iter()
    .any(|start| lower.starts_with(start));
    let is_name = value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let is_placeholder = ["your", "xxx", "...", "todo", "placeholder", "replace"]
        .iter()
        .any(|word| lower.contains(word));
    let is_file = [".pem", ".key", ".jwk", ".json", ".p8"].iter().any(|end| lower.ends_with(end));
    let is_nothing =
        matches!(lower.as_str(), "null" | "none" | "true" | "false" | "~" | "{}" | "[]");
    value.len() >= 4
        && !value.contains(char::is_whitespace)
        && !(stands_for_another || is_name || is_placeholder || is_file || is_nothing)
}

/// PEM and JWK with a private half, and tokens.
pub(super) fn keys_and_tokens(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, line) in read::lines(text) {
        let span = start..start.saturating_add(line.len());
        let is_pem = line.contains("-----BEGIN ")
            && line.contains("PRIVATE KEY-----")
            && !line.contains("ENCRYPTED");
        if is_pem {
            hits.push(private(span));
        } else if let Some(token) = token(line) {
            hits.push(hit(
                "token-in-tree",
                span,
                Severity::Medium,
                format!(
                    "a token lies in the tree (`{}…`): whoever reads it can use it until it ends",
                    token.get(..12).unwrap_or_default()
                ),
                "take it out, revoke it, and let whoever needs one get their own",
            ));
        }
    }
    let is_jwk = text.contains("\"kty\"") && (text.contains("\"d\"") || text.contains("\"oct\""));
    if let (true, Some(at)) = (is_jwk, text.find("\"d\"").or_else(|| text.find("\"k\""))) {
        let end = text.get(at..).and_then(|rest| rest.find('\n')).unwrap_or(3);
        hits.push(private(at..at.saturating_add(end)));
    }
    hits
}

fn private(span: std::ops::Range<usize>) -> Hit {
    hit(
        "private-key-in-tree",
        span,
        Severity::High,
        "a private key lies in the tree: whoever reads it, now or in the history, can act for its owner",
        "take it out, replace it, and keep the next one where only the process reads it",
    )
}

/// The first token in a line; one that anybody may have is none.
fn token(line: &str) -> Option<&str> {
    let start = line.find("eyJ")?;
    let rest = line.get(start..)?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
        .unwrap_or(rest.len());
    let token = rest.get(..end)?;
    let mut parts = token.split('.');
    let (_, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = BASE64.decode(payload).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    let is_public = claims.get("role").and_then(serde_json::Value::as_str) == Some("anon");
    (claims.is_object() && !is_public && signature.len() >= 20 && parts.next().is_none())
        .then_some(token)
}
