//! What proxies are told about tokens: Envoy, Istio, Kong, `HAProxy`, nginx.

use std::ops::Range;

use super::{hit, read};
use crate::finding::{Confidence, Severity};
use crate::rules::{Elsewhere, Hit};

mod haproxy;
mod kong;
mod nginx;

/// What is wrong in what a file tells a proxy.
pub(super) fn hits(text: &str, settings: &[read::Setting<'_>]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = settings.iter().filter_map(optional).collect();
    hits.extend(settings.iter().filter_map(parameters));
    hits.extend(istio(text));
    hits.extend(kong::hits(text));
    hits.extend(haproxy::hits(text));
    hits.extend(nginx::hits(text));
    hits
}

/// Envoy's `allow_missing_or_failed`.
fn optional(setting: &read::Setting<'_>) -> Option<Hit> {
    if setting.value == "false" {
        return None;
    }
    let fix = "leave it out, and give paths that need no token a rule without `requires`";
    match setting.last() {
        "allow_missing_or_failed" | "allowMissingOrFailed" => Some(hit(
            "token-optional-at-proxy",
            setting.span.clone(),
            Severity::High,
            "the proxy lets requests pass whose token is wrong: whoever is behind it believes that it was checked",
            fix,
        )),
        "allow_missing" | "allowMissing" => Some(hit(
            "token-optional-at-proxy",
            setting.span.clone(),
            Severity::Medium,
            "the proxy lets requests without a token pass: each service behind it has to refuse them itself",
            fix,
        )),
        _ => None,
    }
}

/// Envoy's `from_params`, Istio's `fromParams`.
fn parameters(setting: &read::Setting<'_>) -> Option<Hit> {
    let is_named = matches!(setting.last(), "from_params" | "fromParams");
    let is_empty = matches!(setting.value, "]" | "[]" | "null" | "~");
    (is_named && !is_empty).then(|| in_url(setting.span.clone(), "leave it out"))
}

fn in_url(span: Range<usize>, fix: &str) -> Hit {
    hit(
        "token-in-url-at-proxy",
        span,
        Severity::Medium,
        "the proxy takes tokens from the address, which is logged, kept in histories and sent on as a referrer",
        &format!("{fix}, and take them from the `Authorization` header, or from a cookie"),
    )
}

/// The file that Istio's policies would be in, if all of them were one.
const POLICIES: &str = "kubernetes/policies";
const POLICY: &str = "AuthorizationPolicy";

/// What the file settles for others.
pub(super) fn settles(text: &str) -> Option<(&'static str, &'static str)> {
    let demands = ["requestPrincipals", "notRequestPrincipals", "request.auth."];
    let says = |word: &str| {
        read::lines(text).any(|(_, line)| {
            !line.trim_start().starts_with('#') && read::uncommented(line).contains(word)
        })
    };
    (says(POLICY) && demands.into_iter().any(says)).then_some((POLICIES, POLICY))
}

/// Istio's `RequestAuthentication` refuses wrong tokens and takes requests without one, unless a policy of the
/// same project asks who it is (istio.io, reference of `RequestAuthentication`).
fn istio(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, line) in read::lines(text) {
        if read::uncommented(line) == "kind: RequestAuthentication" {
            let mut found = hit(
                "token-optional-at-proxy",
                start..start.saturating_add(line.len()),
                Severity::Medium,
                "requests without a token pass: `RequestAuthentication` refuses wrong ones alone, and no \
                 `AuthorizationPolicy` of this project asks for `requestPrincipals`",
                "add an AuthorizationPolicy that denies `notRequestPrincipals: [\"*\"]` on every path that is not open",
            );
            found.confidence = Confidence::Medium;
            found.condition.unless =
                vec![Elsewhere { file: POLICIES.to_owned(), function: POLICY.to_owned() }];
            hits.push(found);
        }
    }
    hits
}
