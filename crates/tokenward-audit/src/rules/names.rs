//! Names, as people give them: `accessToken`, `ACCESS_TOKEN`, `access-token` are one.

/// A name in lower case without its joints.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The words of a name, in lower case: `isDevMode`, `IS_DEV_MODE`, `is-dev-mode`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    let mut was_lower = false;
    for c in name.chars().take(200) {
        if !c.is_alphanumeric() {
            is_open = false;
            continue;
        }
        if !is_open || was_lower && c.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (is_open, was_lower) = (true, c.is_lowercase());
    }
    words
}

/// Whether a text has one of these words in it.
pub(crate) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Parts of words for tokens that are for one errand, and end with it: mails, log-ins that go by another host.
const ERRANDS: [&str; 9] =
    ["state", "reset", "verif", "confirm", "activat", "invit", "unsubscribe", "magic", "download"];

/// Whether a name in lower case says that a token is for one errand.
pub(super) fn is_errand(name: &str) -> bool {
    has(name, &ERRANDS)
}

/// Whether an algorithm, by its name in JOSE, is one that no secret is for.
pub(super) fn is_asymmetric(algorithm: &str) -> bool {
    ["RS", "PS", "ES", "Ed"].iter().any(|family| algorithm.starts_with(family))
}

/// Words that make a token another kind of token: one that is no credential, or not the user's.
const OTHER_TOKENS: [&str; 17] = [
    "payload",
    "csrf",
    "xsrf",
    "device",
    "push",
    "fcm",
    "apns",
    "captcha",
    "invite",
    "design",
    "theme",
    "mapbox",
    "stripe",
    "publishable",
    "cancel",
    "expir",
    "count",
];
const TOKENS: [&str; 9] = [
    "jwt",
    "accesstoken",
    "authtoken",
    "idtoken",
    "refreshtoken",
    "bearer",
    "sessiontoken",
    "usertoken",
    "authorization",
];

/// Ends of names of what is kept beside a token, and is none: `jwt_provider`, `accessTokenType`.
const BESIDE: [&str; 9] =
    ["provider", "type", "method", "redirect", "id", "scope", "status", "source", "issuer"];

/// How surely a name is that of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Credential {
    Surely,
    /// `token`, and no more.
    Perhaps,
    /// `jwt_provider`: by its end, what is kept beside one. The value may say otherwise.
    Beside,
    No,
}

/// Whether no word of a name makes it that of another kind of token.
pub(super) fn is_no_other(name: &str) -> bool {
    let name = plain(name);
    !OTHER_TOKENS.iter().any(|word| name.contains(word))
}

/// Whether a name is that of a credential, or of something called `token`.
pub(crate) fn is_credential(name: &str) -> bool {
    matches!(credential(name), Credential::Surely | Credential::Perhaps)
}

/// Reads the name of a place where something is kept.
pub(crate) fn credential(name: &str) -> Credential {
    if !is_no_other(name) {
        return Credential::No;
    }
    let is_beside = words(name).last().is_some_and(|last| BESIDE.contains(&last.as_str()));
    let name = plain(name);
    if TOKENS.iter().any(|word| name.contains(word)) {
        return if is_beside { Credential::Beside } else { Credential::Surely };
    }
    let bare = matches!(
        name.as_str(),
        "token"
            | "tokens"
            | "tokenkey"
            | "keytoken"
            | "tokenstoragekey"
            | "apitoken"
            | "logintoken"
            | "mytoken"
    );
    if bare { Credential::Perhaps } else { Credential::No }
}
