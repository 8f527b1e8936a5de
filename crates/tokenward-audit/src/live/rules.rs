//! What can be wrong with a running service: for each, which mistake it is, how bad, and what mends it.

use crate::finding::{Finding, Severity};

/// A thing that is looked for.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) mistake: u8,
    pub(crate) severity: Severity,
    /// What it comes to, after the list of what was accepted.
    pub(super) means: &'static str,
    pub(crate) fix: &'static str,
}

impl Rule {
    /// A finding at `place`.
    pub(super) fn finding(&self, place: &str, message: impl Into<String>) -> Finding {
        let which = (self.id, self.mistake);
        Finding::about(place, which, self.severity, message, self.fix)
    }
}

macro_rules! rules {
    ($($name:ident = $id:literal, $mistake:literal, $severity:ident, $means:literal, $fix:literal;)*) => {
        $(pub(super) const $name: Rule = Rule {
            id: $id, mistake: $mistake, severity: Severity::$severity, means: $means, fix: $fix,
        };)*

        /// All of them, by mistake.
        pub(crate) const ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    NO_CSP = "live-no-csp", 1, Low,
        "", "Content-Security-Policy with script-src, so that a script that got in cannot run";
    COOKIE_READABLE = "live-cookie-readable", 1, High,
        "", "HttpOnly on every cookie with a token";
    SIGNATURE = "live-signature-ignored", 2, Critical,
        "anybody can write a token for anybody",
        "verify the signature of every token, before anything of it is used, and refuse it if that fails";
    SPELLING = "live-token-spelling", 2, Low,
        "what compares, caches or blocks tokens by their text sees another one",
        "take the compact serialization with three parts alone (RFC 7515, section 7.1)";
    AUDIENCE = "live-audience-ignored", 2, High,
        "a token for any other service opens this one",
        "name the audience that this service is, and demand it (RFC 8725, section 3.9)";
    ISSUER = "live-issuer-ignored", 2, High,
        "whoever else signs with this key is believed",
        "name the issuer, and demand it (RFC 8725, section 3.8)";
    TYPE = "live-type-ignored", 2, Medium,
        "one kind of token passes for another: an ID token, a refresh token, a logout token",
        "demand the `typ` of access tokens, `at+jwt` (RFC 9068; RFC 8725, section 3.11)";
    DOUBLED = "live-doubled-members", 2, Low,
        "one program reads the first, another the last",
        "refuse tokens with members that are there twice (RFC 7519, section 4)";
    NONE = "live-algorithm-none", 3, Critical,
        "anybody can write a token for anybody",
        "name the one algorithm that this service takes; never let the token say that it needs no signature";
    CONFUSION = "live-algorithm-confusion", 3, Critical,
        "the public key is taken for a shared secret, and everybody has it",
        "name the one algorithm of the key, and refuse tokens that say another (RFC 8725, section 3.1)";
    PSYCHIC = "live-zero-signature", 3, Critical,
        "a signature of zeros fits every token (CVE-2022-21449)",
        "update the runtime or the library that checks ECDSA signatures";
    EMBEDDED = "live-embedded-key", 3, Critical,
        "the token brings the key that it is verified with",
        "take keys from your own key set alone; ignore `jwk` and `x5c` in the header";
    ADDRESS = "live-key-address", 3, Critical,
        "the token says where its key is fetched",
        "take keys from your own key set alone; ignore `jku` and `x5u` in the header";
    KID = "live-key-id-injection", 3, Critical,
        "the token's `kid` is used as a path, a query or a command",
        "look `kid` up in a map of your own keys, and refuse what is not in it";
    CRITICAL = "live-critical-ignored", 3, Medium,
        "an extension that was to be understood is passed over",
        "refuse tokens with a `crit` that the library does not know (RFC 7515, section 4.1.11)";
    FAMILY = "live-algorithm-not-pinned", 3, Low,
        "the token chooses among algorithms",
        "name the one algorithm that this service takes (RFC 8725, section 3.1)";
    EXPIRY = "live-expiry-ignored", 4, High,
        "a stolen token works for ever",
        "demand `exp`, and refuse what has ended, with a leeway of a minute at most";
    NO_EXPIRY = "live-expiry-not-required", 4, Medium,
        "a token without an end is good for ever",
        "demand `exp` in every token";
    NOT_BEFORE = "live-not-before-ignored", 4, Low,
        "a token made for later works now",
        "check `nbf` (RFC 7519, section 4.1.5)";
    LOGOUT = "live-logout-keeps-token", 5, High,
        "whoever has stolen it stays in",
        "tell verifiers of the end of a session: a deny list by `jti` or `sid`, asked at every request";
    ENDED = "live-end-keeps-token", 5, High,
        "whoever has stolen it stays in",
        "end the sessions of an account with its password, and tell verifiers of it";
    EVADED = "live-revocation-evaded", 5, High,
        "the deny list knows tokens by their text, and a token has several",
        "name revoked tokens by `jti` or `sid`, never by the text or its hash";
    REUSED = "live-refresh-reused", 5, High,
        "a stolen refresh token is as good as its owner's, and nobody notices",
        "a new refresh token at every use, and the old one refused (RFC 9700, section 4.14.2)";
    FAMILY_LIVES = "live-refresh-family-lives", 5, Medium,
        "the thief, or the owner, goes on with what came after",
        "end the whole session when a refresh token comes back (RFC 9700, section 4.14.2)";
    WEAK_SECRET = "live-weak-secret", 7, Critical,
        "everybody can guess the secret",
        "a secret of 32 random bytes, or better a key pair";
    PLAIN = "live-plain-http", 9, High,
        "", "https alone; redirect plain HTTP before anything is read";
    NO_REDIRECT = "live-no-redirect", 9, Medium,
        "", "answer plain HTTP with 301 or 308 to https, and set no cookie there";
    NO_HSTS = "live-no-hsts", 9, Low,
        "", "Strict-Transport-Security: max-age=31536000; includeSubDomains";
    COOKIE_PLAIN = "live-cookie-plain", 9, High,
        "", "Secure on every cookie with a token, and the prefix `__Host-`";
    COOKIE_SITE = "live-cookie-cross-site", 9, Low,
        "", "SameSite=Lax or Strict";
    IN_URL = "live-token-in-url", 9, Medium,
        "addresses end up in logs, histories and referrers",
        "take tokens from the Authorization header or a cookie alone (RFC 9700, section 4.3.2)";
    CORS = "live-cors-any-origin", 9, High,
        "", "name the origins that may read answers; never repeat the one that asks";
    CACHED = "live-answer-cached", 9, Medium,
        "", "Cache-Control: no-store, or private";
    DETAILED = "live-detailed-refusal", 10, Medium,
        "", "one answer to all bad tokens; the reason goes into the log";
    TOLD_APART = "live-refusals-differ", 10, Low,
        "", "one answer to all bad tokens; the reason goes into the log";
    TRACE = "live-trace-shown", 10, High,
        "", "switch debug output off, and answer errors with a fixed text";
    FAILED = "live-server-error", 10, Low,
        "bad tokens reach code that does not expect them",
        "treat every failure while a token is read as a refusal: 401";
}
