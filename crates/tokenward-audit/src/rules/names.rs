//! Names, as people give them: `accessToken`, `ACCESS_TOKEN`, `access-token` are one.

/// A name in lower case without its joints.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
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

/// How surely a name is that of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Credential {
    Surely,
    /// `token`, and no more.
    Perhaps,
    No,
}

/// Reads the name of a place where something is kept.
pub(super) fn credential(name: &str) -> Credential {
    let name = plain(name);
    if OTHER_TOKENS.iter().any(|word| name.contains(word)) {
        return Credential::No;
    }
    if TOKENS.iter().any(|word| name.contains(word)) {
        return Credential::Surely;
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
