//! Tokens that are encrypted to the issuer's public key, and signed by nobody: whoever decrypts and asks no more
//! believes anybody (RFC 8725, section 3.1; RFC 7519, section 11.2).

use base64::Engine as _;
use serde_json::{Map, Value, json};

use crate::crypto::{self, SECRET};
use crate::live::parts::{Parts, encode};
use crate::live::probe::Probe;
use crate::live::public;
use crate::live::rules::SIGNATURE;
use crate::token::{BASE64, Members};

/// A JWE (RFC 7516, section 7.1) of the claims, and of an unsigned token with them, for each RSA key; and both under
/// a secret of zeros.
pub(super) fn all(parts: &Parts, keys: &[Members]) -> Vec<Probe> {
    let unsigned = format!("{}.{}.", encode(&object(&[("alg", json!("none"))])), parts.texts[1]);
    let claims = Value::from(parts.claims.clone()).to_string();
    let insides =
        [("of bare claims", None, claims), ("of an unsigned token", Some("JWT"), unsigned)];
    let mut all = Vec::new();
    for (what, cty, inside) in &insides {
        let header = |alg: &str, kid: Option<&str>| {
            let mut header = object(&[("alg", json!(alg)), ("enc", json!("A256GCM"))]);
            header.extend(cty.map(|cty| ("cty".to_owned(), json!(cty))));
            header.extend(kid.map(|kid| ("kid".to_owned(), json!(kid))));
            header
        };
        for key in keys {
            let Some(spki) = public::rsa(key) else { continue };
            let header = header("RSA-OAEP-256", key.text("kid").or_else(|| parts.kid()));
            let token = to_key(&header, &spki, inside.as_bytes());
            let what = format!("encrypted to the public key, {what}, and signed by nobody");
            all.extend(token.map(|token| Probe::token(&SIGNATURE, what, token)));
        }
        let token = seal(&header("dir", parts.kid()), &[0; SECRET], b"", inside.as_bytes());
        let what = format!("encrypted with a secret of zeros, {what}");
        all.extend(token.map(|token| Probe::token(&SIGNATURE, what, token)));
    }
    all
}

fn object(members: &[(&str, Value)]) -> Map<String, Value> {
    members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn to_key(header: &Map<String, Value>, spki: &[u8], inside: &[u8]) -> Option<String> {
    let (secret, sealed) = crypto::secret_for(spki)?;
    seal(header, &secret, &sealed, inside)
}

/// The five parts (RFC 7516, section 3.1).
fn seal(
    header: &Map<String, Value>,
    secret: &[u8; SECRET],
    sealed: &[u8],
    inside: &[u8],
) -> Option<String> {
    let header = encode(header);
    let [nonce, text, tag] = crypto::seal(secret, &header, inside)?;
    let parts = [sealed, &nonce, &text, &tag].map(|part| BASE64.encode(part));
    Some(format!("{header}.{}", parts.join(".")))
}
