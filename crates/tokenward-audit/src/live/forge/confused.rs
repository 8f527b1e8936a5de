//! Tokens signed with a secret that is none: the public key, or what everybody can guess.

use base64::Engine as _;
use serde_json::json;

use crate::live::keys::hmac;
use crate::live::parts::Parts;
use crate::live::probe::Probe;
use crate::live::public;
use crate::live::rules::{CONFUSION, WEAK_SECRET};
use crate::token::{BASE64, Members};

/// A public key taken for a shared secret, in every form it comes in.
pub(super) fn public_key(parts: &Parts, keys: &[Members]) -> Vec<Probe> {
    let mut all = Vec::new();
    for (form, secret) in keys.iter().flat_map(public::as_secrets) {
        for alg in ["HS256", "HS384", "HS512"] {
            // The longer hashes with the form that programs hold a key in; the others are as good with one.
            if alg != "HS256" && !form.contains("its PEM") {
                continue;
            }
            let what = format!("signed {alg} with the public key as secret ({form})");
            all.extend(
                token(parts, alg, &secret).map(|token| Probe::token(&CONFUSION, what, token)),
            );
        }
    }
    all
}

/// Secrets that need no search.
pub(super) fn guessed(parts: &Parts, host: &str) -> Vec<Probe> {
    let alg = if parts.alg().starts_with("HS") { parts.alg() } else { "HS256" };
    let fixed = [
        ("nothing", ""),
        ("a zero byte", "\0"),
        ("`null`", "null"),
        ("`undefined`", "undefined"),
        ("`secret`", "secret"),
        ("the name of the algorithm", alg),
        ("the name of the host", host),
    ];
    let of_token = parts.kid().map(|kid| ("the `kid`", kid));
    // Each secret once: two names for one would pass for two mistakes.
    let of_token = of_token.filter(|(_, kid)| fixed.iter().all(|(_, secret)| secret != kid));
    fixed
        .into_iter()
        .chain(of_token)
        .filter_map(|(what, secret)| {
            let token = token(parts, alg, secret.as_bytes())?;
            Some(Probe::token(&WEAK_SECRET, format!("signed {alg} with {what} as secret"), token))
        })
        .collect()
}

fn token(parts: &Parts, alg: &str, secret: &[u8]) -> Option<String> {
    let input = parts.input(&parts.header_with(&[("alg", json!(alg))]));
    let signature = hmac(alg, secret, input.as_bytes())?;
    Some(format!("{input}.{}", BASE64.encode(signature)))
}
