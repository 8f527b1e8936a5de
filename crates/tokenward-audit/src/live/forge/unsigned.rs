//! Tokens that nobody has signed.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::live::parts::{Parts, encode, text};
use crate::live::probe::Probe;
use crate::live::rules::{NONE, PSYCHIC, SIGNATURE, SPELLING};
use crate::token::BASE64;

pub(super) fn all(parts: &Parts) -> Vec<Probe> {
    let mut all = changed(parts);
    all.extend(none(parts));
    all.extend(odd_algorithms(parts));
    all.extend(zeros(parts));
    all.extend(spelled(parts));
    all
}

/// A signature that does not fit.
fn changed(parts: &Parts) -> Vec<Probe> {
    let [header, payload, signature] = &parts.texts;
    let token = |what: &str, token: String| Probe::token(&SIGNATURE, what, token);
    let mut flipped = parts.signature.clone();
    // The first byte: the last character of base64 may carry bits that do not count.
    if let Some(first) = flipped.first_mut() {
        *first ^= 1;
    }
    let half = parts.signature.get(..parts.signature.len() / 2).unwrap_or_default();
    let claims = parts.claims_with(&[("tokenward_audit", Value::from(true))]);
    vec![
        token(
            "whose signature was changed",
            format!("{header}.{payload}.{}", BASE64.encode(&flipped)),
        ),
        token("whose signature was cut off", format!("{header}.{payload}.")),
        token("without its third part", format!("{header}.{payload}")),
        token("with half of its signature", format!("{header}.{payload}.{}", BASE64.encode(half))),
        token(
            "with another claim under the same signature",
            format!("{header}.{}.{signature}", encode(&claims)),
        ),
        token(
            "with another header under the same signature",
            format!(
                "{}.{payload}.{signature}",
                encode(&parts.header_with(&[("tokenward_audit", Value::from(true))]))
            ),
        ),
    ]
}

/// `none` as it is written, and as careless comparisons let it pass.
fn none(parts: &Parts) -> Vec<Probe> {
    let mut all = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "none ", " none", "none\0", "n\u{43e}ne"] {
        let input = parts.input(&parts.header_with(&[("alg", json!(alg))]));
        let what = format!("whose `alg` is `{}`", alg.escape_debug());
        all.push(Probe::token(&NONE, what.clone(), format!("{input}.")));
        let what = format!("{what}, with a signature");
        all.push(Probe::token(&NONE, what, format!("{input}.{}", parts.texts[2])));
    }
    all
}

/// An `alg` that is no text, is not there, or is there twice.
fn odd_algorithms(parts: &Parts) -> Vec<Probe> {
    let mut all = Vec::new();
    for alg in [Value::Null, json!(""), json!(1), json!([]), json!(["none"])] {
        let input = parts.input(&parts.header_with(&[("alg", alg.clone())]));
        all.push(Probe::token(&NONE, format!("whose `alg` is {alg}"), format!("{input}.")));
    }
    let mut without = parts.header.clone();
    without.remove("alg");
    all.push(Probe::token(&NONE, "without an `alg`", format!("{}.", parts.input(&without))));
    let rest: Vec<String> =
        without.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    for [first, last] in [["none", parts.alg()], [parts.alg(), "none"]] {
        let header =
            format!("{{\"alg\":{},\"alg\":{},{}}}", json!(first), json!(last), rest.join(","));
        let what = format!("with two `alg`, `{first}` and `{last}`");
        all.push(Probe::token(&NONE, what, format!("{}.{}.", text(&header), parts.texts[1])));
    }
    all
}

/// ECDSA signatures of zeros, which fit everything where nobody looks whether they are in range.
fn zeros(parts: &Parts) -> Vec<Probe> {
    let of_key = Some(parts.alg()).filter(|alg| alg.starts_with("ES"));
    let algorithms = [of_key, Some("ES256").filter(|alg| of_key != Some(alg))];
    let mut all = Vec::new();
    for alg in algorithms.into_iter().flatten() {
        let width = match alg {
            "ES512" => 132,
            "ES384" => 96,
            _ => 64,
        };
        let input = parts.input(&parts.header_with(&[("alg", json!(alg))]));
        let der = [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00];
        for (what, signature) in [("zeros", vec![0; width]), ("zeros in DER", der.to_vec())] {
            let token = format!("{input}.{}", BASE64.encode(&signature));
            all.push(Probe::token(&PSYCHIC, format!("signed {alg} with {what}"), token));
        }
    }
    all
}

/// The valid token, written as it should not be.
fn spelled(parts: &Parts) -> Vec<Probe> {
    let [header, payload, signature] = &parts.texts;
    let token = parts.text();
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature });
    let general = json!({
        "payload": payload, "signatures": [{ "protected": header, "signature": signature }],
    });
    [
        ("with a fourth part", format!("{token}.{signature}")),
        ("with a fourth and a fifth part", format!("{token}.AAAA.AAAA")),
        ("as flattened JSON", flattened.to_string()),
        ("as general JSON", general.to_string()),
    ]
    .into_iter()
    .map(|(what, token)| Probe::token(&SPELLING, what, token))
    .collect()
}
