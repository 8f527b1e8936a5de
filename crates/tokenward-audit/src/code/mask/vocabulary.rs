//! What secrets are called, and what else stands near them.

use crate::rules::names::{plain, words};

/// What a name has in it that is a secret's.
const PARTS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "privatekey",
    "signingkey",
    "accesskey",
    "accountkey",
    "encryptionkey",
    "masterkey",
    "authkey",
    "jwtkey",
    "credential",
];
/// Words that are such a name, or a part of one.
const WORDS: [&str; 7] = ["pwd", "pass", "token", "tokens", "authorization", "psk", "bearer"];
/// Words that make a name that of something about a secret.
const ABOUT: [&str; 52] = [
    "public",
    "name",
    "names",
    "ref",
    "file",
    "path",
    "header",
    "headers",
    "issuer",
    "audience",
    "alg",
    "algorithm",
    "algorithms",
    "expiry",
    "expires",
    "expire",
    "expiration",
    "ttl",
    "uri",
    "url",
    "endpoint",
    "cookie",
    "cookies",
    "location",
    "lifetime",
    "age",
    "enabled",
    "length",
    "size",
    "kid",
    "id",
    "ids",
    "type",
    "types",
    "field",
    "label",
    "placeholder",
    "policy",
    "regex",
    "pattern",
    "method",
    "strategy",
    "provider",
    "storage",
    "count",
    "service",
    "validator",
    "version",
    "prefix",
    "use",
    "format",
    "class",
];
/// Words of calls that are given what they sign or verify with.
const CALLS: [&str; 12] = [
    "sign", "signed", "verify", "encode", "decode", "hmac", "hmac256", "hmac384", "hmac512",
    "signer", "verifier", "key",
];
/// Words of calls whose first argument is a name.
const GETTERS: [&str; 22] = [
    "get", "getenv", "env", "environ", "header", "headers", "cookie", "cookies", "fetch", "config",
    "param", "params", "query", "split", "replace", "item", "property", "require", "import",
    "starts", "ends", "t",
];
/// What is said of keys, and is none.
const NO_SECRETS: [&str; 22] = [
    "utf-8",
    "utf8",
    "hex",
    "ascii",
    "latin1",
    "base64",
    "base64url",
    "binary",
    "none",
    "eddsa",
    "ed25519",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "sha-256",
    "true",
    "false",
    "null",
    "jwt",
    "bearer",
    "basic",
];
/// Before a value that has its name in another part: `{"name": "…", "value": "…"}`.
const NAMING: [&str; 2] = ["name", "key"];

/// What a name says of what it names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Called {
    Secret,
    /// A token, which a class or a function may be called after as well.
    Token,
    Other,
}

pub(super) fn called(name: &str) -> Called {
    let words = words(name);
    let plain = plain(name);
    let is_about = words.iter().any(|word| ABOUT.contains(&word.as_str()));
    if is_about || name.contains(char::is_whitespace) {
        Called::Other
    } else if PARTS.iter().any(|part| plain.contains(part)) {
        Called::Secret
    } else if plain == "auth"
        || words.iter().any(|word| WORDS.contains(&word.as_str())) && !plain.ends_with("key")
    {
        Called::Token
    } else {
        Called::Other
    }
}

/// Whether a call is given what it signs or verifies with.
pub(super) fn is_call(name: &str) -> bool {
    words(name).iter().any(|word| CALLS.contains(&word.as_str()))
}

/// Whether the first argument of a call is the name of what it answers.
pub(super) fn asks(call: &str) -> bool {
    let last = call.rsplit('.').next().unwrap_or_default();
    words(last).iter().any(|word| GETTERS.contains(&word.as_str()))
}

/// Whether what this is set to is a name.
pub(super) fn names_another(name: &str) -> bool {
    NAMING.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Whether a value is a word that everybody may read: `utf-8`, `HS256`, `HmacSHA256`.
pub(super) fn is_no_secret(value: &str) -> bool {
    let lower = value.to_lowercase();
    let bits =
        ["hs", "rs", "ps", "es", "hmacsha"].iter().find_map(|start| lower.strip_prefix(start));
    NO_SECRETS.contains(&lower.as_str())
        || bits.is_some_and(|bits| matches!(bits, "256" | "384" | "512"))
}
