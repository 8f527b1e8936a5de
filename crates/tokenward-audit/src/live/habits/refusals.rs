//! Whether refusals tell an attacker why.

use std::collections::BTreeMap;

use http::header::WWW_AUTHENTICATE;

use crate::finding::Finding;
use crate::live::http::Answer;
use crate::live::probe::Probe;
use crate::live::rules::{DETAILED, TOLD_APART, TRACE};

/// What the common libraries say of a bad token, in small letters.
const OF_LIBRARIES: [&str; 30] = [
    "jwt expired",
    "jwt malformed",
    "jwt must be provided",
    "jwt signature is required",
    "invalid signature",
    "invalid algorithm",
    "signature verification failed",
    "signature has expired",
    "not enough segments",
    "invalid header padding",
    "invalid crypto padding",
    "invalid header string",
    "invalid payload string",
    "the specified alg value is not allowed",
    "token contains an invalid number of segments",
    "signature is invalid",
    "could not base64 decode",
    "token is unverifiable",
    "signing method",
    "jwssignatureverificationfailed",
    "jwsinvalid",
    "err_jws",
    "err_jwt",
    "bad_signature",
    "idx10",
    "invalid compact",
    "jsonwebtokenerror",
    "unsupported algorithm",
    "algorithm not supported",
    "signed jwt rejected",
];

/// What stands in traces and error pages, in small letters.
const OF_TRACES: [&str; 9] = [
    "traceback (most recent call last)",
    "node_modules/",
    "site-packages/",
    "at object.<anonymous>",
    "goroutine 1 [",
    "java.lang.",
    "stack trace",
    "sqlstate",
    "sqlite3.",
];

/// In names of errors that say no more than that a request was refused.
const NEUTRAL: [&str; 13] = [
    "auth",
    "http",
    "forbidden",
    "denied",
    "api",
    "server",
    "service",
    "request",
    "client",
    "invalidtoken",
    "security",
    "internal",
    "access",
];
/// More classes of one answer are a trace.
const MAX_CLASSES: usize = 3;

/// More of a body says no more.
const MAX_TEXT: usize = 16 << 10;

/// The refusals so far: the words of each different one, and the tokens that got it.
#[derive(Default)]
pub(in crate::live) struct Refusals {
    seen: BTreeMap<String, Vec<String>>,
    detailed: BTreeMap<String, String>,
    traces: BTreeMap<String, String>,
}

impl Refusals {
    /// Notes how a token was refused; `token` is the valid one, for servers that repeat what they get.
    pub(in crate::live) fn note(&mut self, probe: &Probe, answer: &Answer, token: &str) {
        let what = probe.what.as_str();
        let body = answer.body.get(..MAX_TEXT).unwrap_or(&answer.body);
        let challenge = answer.header(&WWW_AUTHENTICATE).unwrap_or_default();
        let text = format!("{challenge}\n{}", String::from_utf8_lossy(body));
        // What the service says anyhow, or repeats of the token, is no class of its own.
        for class in classes(&text).take(MAX_CLASSES) {
            self.detailed.entry(class.to_owned()).or_insert_with(|| what.to_owned());
        }
        let text = text.to_lowercase();
        for (known, seen) in
            [(OF_LIBRARIES.as_slice(), &mut self.detailed), (&OF_TRACES, &mut self.traces)]
        {
            for words in known.iter().filter(|words| text.contains(*words)) {
                seen.entry((*words).to_owned()).or_insert_with(|| what.to_owned());
            }
        }
        // A server that takes no header of such a length never came to the token.
        if probe.is_large || matches!(answer.status, 413 | 414 | 429 | 431 | 500..) {
            return;
        }
        let text = text.replace(&token.to_lowercase(), "");
        let look = format!("{} {}", answer.status, steady(&text));
        let tokens = self.seen.entry(look).or_default();
        tokens.push(what.to_owned());
    }

    pub(in crate::live) fn findings(&self, place: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let told = |words: &str, what: &str| format!("`{words}` (for a token {what})");
        if !self.traces.is_empty() {
            let all: Vec<String> = self.traces.iter().map(|(a, b)| told(a, b)).take(3).collect();
            let message = format!("answers show what runs inside: {}", all.join(", "));
            findings.push(TRACE.finding(place, message));
        }
        if !self.detailed.is_empty() {
            let all: Vec<String> = self.detailed.iter().map(|(a, b)| told(a, b)).take(3).collect();
            let message = format!("refusals repeat what the code says: {}", all.join(", "));
            findings.push(DETAILED.finding(place, message));
        } else if self.seen.len() > 1 {
            let examples: Vec<String> = self
                .seen
                .values()
                .filter_map(|tokens| tokens.first())
                .take(3)
                .map(|what| format!("a token {what}"))
                .collect();
            let message = format!(
                "bad tokens are refused in {} ways: {} each get another answer",
                self.seen.len(),
                examples.join(", ")
            );
            findings.push(TOLD_APART.finding(place, message));
        }
        findings
    }
}

/// Names of classes of exceptions that tell what went wrong: `ValueError`, `SignatureDoesNotMatchException`.
fn classes(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| {
        let stem = word.strip_suffix("Error").or_else(|| word.strip_suffix("Exception"));
        let Some(stem) = stem.filter(|stem| (2..=60).contains(&stem.len())) else { return false };
        let is_class = stem.starts_with(|c: char| c.is_ascii_uppercase())
            && stem.contains(|c: char| c.is_ascii_lowercase());
        let stem = stem.to_lowercase();
        is_class && !NEUTRAL.iter().any(|word| stem.contains(word))
    })
}

/// A text without what differs from one answer to the next: numbers, ids, times.
fn steady(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let kept = words.filter(|word| {
        !word.is_empty() && word.len() <= 24 && !word.chars().any(|c| c.is_ascii_digit())
    });
    kept.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_exceptions_are_told_from_errors_that_say_nothing() {
        let found = |text| classes(text).collect::<Vec<_>>();
        assert_eq!(found("{\"detail\": \"ValueError('bad signature')\"}"), ["ValueError"]);
        assert_eq!(found("io.jsonwebtoken.SignatureException: x"), ["SignatureException"]);
        for text in ["{\"error\":\"UnauthorizedError\"}", "Error: no", "HTTPException", "error"] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
