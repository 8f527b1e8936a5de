//! What is no token at all, or more of one than anybody needs.

use serde_json::{Value, json};

use crate::live::parts::{Parts, encode, text};
use crate::live::probe::Probe;
use crate::live::rules::SIGNATURE;

/// Deeper than readers of JSON go that count, and than those stand that do not.
const DEPTH: usize = 2_000;
/// More than a server need take in a header.
const LARGE: usize = 100 << 10;

pub(super) fn all(parts: &Parts) -> Vec<Probe> {
    let [header, payload, signature] = &parts.texts;
    let deep = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let alg = Value::from(parts.alg());
    let longer = parts.claims_with(&[("tokenward_audit", Value::from("x".repeat(LARGE)))]);
    [
        ("whose header is no base64url", format!("!{header}.{payload}.{signature}")),
        ("whose header is no JSON", format!("{}.{payload}.{signature}", text("{\"alg\""))),
        ("whose header is a list", format!("{}.{payload}.{signature}", text("[]"))),
        ("whose header is no UTF-8", format!("_____w.{payload}.{signature}")),
        ("whose payload is a list", format!("{header}.{}.{signature}", text("[]"))),
        (
            "whose header is nested 2000 deep",
            format!("{}.{payload}.{signature}", text(&format!("{{\"alg\":{alg},\"x\":{deep}}}"))),
        ),
        (
            "whose `typ` is an object",
            format!("{}.{payload}.{signature}", encode(&parts.header_with(&[("typ", json!({}))]))),
        ),
        ("of dots alone", "..".to_owned()),
    ]
    .into_iter()
    .map(|(what, token)| Probe::token(&SIGNATURE, what, token))
    .chain([Probe::token(
        &SIGNATURE,
        "of 100 KiB",
        format!("{header}.{}.{signature}", encode(&longer)),
    )
    .large()])
    .collect()
}
