//! Tokens that only a key of the issuer can make: good signatures over what should be refused all the same.

use serde_json::{Map, Value, json};

use crate::live::keys::Key;
use crate::live::parts::{Parts, encode, signed, text};
use crate::live::probe::Probe;
use crate::live::rules::{
    AUDIENCE, CRITICAL, DOUBLED, EXPIRY, FAMILY, ISSUER, NO_EXPIRY, NOT_BEFORE, Rule, TYPE,
};

const DAY: u64 = 86_400;

/// The token as it is, for five more minutes: what should be accepted if the key is the right one.
pub(in crate::live) fn fresh(parts: &Parts, key: &Key, now: u64) -> Option<String> {
    token(&parts.header, &live(parts, now, &[]), key)
}

/// All of them, as of `now` in seconds since 1970.
pub(super) fn all(parts: &Parts, key: &Key, now: u64) -> Vec<Probe> {
    let mut all = Vec::new();
    let mut with = |rule: &'static Rule, what: &str, header: Map<String, Value>, claims| {
        all.extend(token(&header, &claims, key).map(|token| Probe::token(rule, what, token)));
    };
    let header = || parts.header.clone();
    let (past, ahead) = (now.saturating_sub(DAY), now.saturating_add(DAY));
    for (rule, what, changes) in [
        (&EXPIRY, "that ended a day ago", vec![("exp", json!(past))]),
        (&EXPIRY, "that ended ten minutes ago", vec![("exp", json!(now.saturating_sub(600)))]),
        (&EXPIRY, "that ended, by an `exp` that is a text", vec![("exp", json!(past.to_string()))]),
        (&EXPIRY, "that ended before 1970", vec![("exp", json!(-1))]),
        (&NOT_BEFORE, "that is for tomorrow", vec![("nbf", json!(ahead))]),
        (&AUDIENCE, "for another audience", vec![("aud", json!("https://audit.invalid"))]),
        (&AUDIENCE, "for nobody, as an empty list", vec![("aud", json!([]))]),
        (&ISSUER, "of another issuer", vec![("iss", json!("https://audit.invalid"))]),
    ] {
        with(rule, what, header(), live(parts, now, &changes));
    }
    for (rule, what, name) in [
        (&NO_EXPIRY, "without an `exp`", "exp"),
        (&AUDIENCE, "without an `aud`", "aud"),
        (&ISSUER, "without an `iss`", "iss"),
    ] {
        let mut claims = live(parts, now, &[]);
        if claims.remove(name).is_some() {
            with(rule, what, header(), claims);
        }
    }
    for typ in ["logout+jwt", "dpop+jwt"] {
        let header = parts.header_with(&[("typ", json!(typ))]);
        with(&TYPE, &format!("whose `typ` is `{typ}`"), header, live(parts, now, &[]));
    }
    let unknown = [("crit", json!(["tokenward-audit"])), ("tokenward-audit", json!(true))];
    with(&CRITICAL, "with an unknown `crit`", parts.header_with(&unknown), live(parts, now, &[]));
    all.extend(doubled(parts, key, now));
    all.extend(other_hash(parts, key, now));
    all
}

/// A claim that is there twice, with the right value first.
fn doubled(parts: &Parts, key: &Key, now: u64) -> Option<Probe> {
    let claims = Value::from(live(parts, now, &[])).to_string();
    let claims = format!("{},\"exp\":{}}}", claims.strip_suffix('}')?, now.saturating_add(200));
    let input = format!("{}.{}", encode(&parts.header), text(&claims));
    Some(Probe::token(&DOUBLED, "with two `exp`", signed(&input, key)?))
}

/// The right secret under another hash.
fn other_hash(parts: &Parts, key: &Key, now: u64) -> Option<Probe> {
    let alg = if key.algorithm() == "HS512" { "HS384" } else { "HS512" };
    let key = Key::Secret { secret: key.secret()?.to_vec(), alg };
    let header = parts.header_with(&[("alg", json!(alg))]);
    let token = token(&header, &live(parts, now, &[]), &key)?;
    Some(Probe::token(&FAMILY, format!("signed {alg} with the right secret"), token))
}

/// The claims, good for five more minutes, with `changes`.
fn live(parts: &Parts, now: u64, changes: &[(&str, Value)]) -> Map<String, Value> {
    let mut claims = parts.claims_with(&[("exp", json!(now.saturating_add(300)))]);
    if claims.contains_key("iat") {
        claims.insert("iat".to_owned(), json!(now));
    }
    claims.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    claims
}

fn token(header: &Map<String, Value>, claims: &Map<String, Value>, key: &Key) -> Option<String> {
    signed(&format!("{}.{}", encode(header), encode(claims)), key)
}
