//! The public key of a service, in every form in which a careless verifier could take it for a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::der;
use crate::token::{BASE64, Members};

/// OIDs of RFC 3279 and RFC 8410, with their tags.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// As many keys of a set as could have signed the token.
const MAX_KEYS: usize = 4;

/// Keys of a set that could verify a token of this `kid`: the one of its name, else all for signatures.
pub(super) fn candidates(set: &[u8], kid: Option<&str>) -> Vec<Members> {
    let Ok(set) = serde_json::from_slice::<Set>(set) else { return Vec::new() };
    let mut keys = set.keys;
    if let Some(at) = keys.iter().position(|key| kid.is_some() && key.text("kid") == kid) {
        return vec![keys.swap_remove(at)];
    }
    keys.retain(|key| key.text("use") != Some("enc"));
    keys.truncate(MAX_KEYS);
    keys
}

#[derive(serde::Deserialize)]
struct Set {
    keys: Vec<Members>,
}

/// What an attacker tries as the secret: a name for people, and the bytes.
pub(super) fn as_secrets(key: &Members) -> Vec<(&'static str, Vec<u8>)> {
    let mut all: Vec<(&'static str, Vec<u8>)> = Vec::new();
    if let Some((spki, raw)) = encoded(key) {
        all.extend(pems(&spki, "PUBLIC KEY", PUBLIC));
        all.push(("its DER", spki.clone()));
        all.push(("its DER in base64", STANDARD.encode(&spki).into_bytes()));
        if key.text("kty") == Some("RSA") {
            all.extend(pems(&raw, "RSA PUBLIC KEY", PKCS1));
        }
        all.push(("its bare bytes", raw));
    }
    if let Some(certificate) = certificate(key) {
        all.extend(pems(&certificate, "CERTIFICATE", CERTIFICATE));
        all.push(("its certificate (DER)", certificate));
    }
    for name in ["n", "x"] {
        if let Some(text) = key.text(name) {
            all.push(("the text of its number in the JWK", text.as_bytes().to_vec()));
            if let Ok(number) = BASE64.decode(text) {
                all.push(("the number of its JWK", number));
            }
        }
    }
    all.push(("its JWK", written(key, None)));
    all.push((
        "its JWK as RFC 7638 has it",
        written(key, Some(&["crv", "e", "kty", "n", "x", "y"])),
    ));
    all
}

type Names = [&'static str; 3];
const PUBLIC: Names = ["its PEM", "its PEM without the last line end", "its PEM with CRLF"];
const PKCS1: Names =
    ["its PKCS#1 PEM", "its PKCS#1 PEM without the last line end", "its PKCS#1 PEM with CRLF"];
const CERTIFICATE: Names = [
    "its certificate (PEM)",
    "its certificate (PEM) without the last line end",
    "its certificate (PEM) with CRLF",
];

fn pems(der: &[u8], label: &str, names: Names) -> [(&'static str, Vec<u8>); 3] {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
    let [plain, bare, crlf] = names;
    [
        (bare, pem.trim_end().as_bytes().to_vec()),
        (crlf, pem.replace('\n', "\r\n").into_bytes()),
        (plain, pem.into_bytes()),
    ]
}

/// An RSA key as `SubjectPublicKeyInfo` (RFC 5280, section 4.1).
pub(super) fn rsa(key: &Members) -> Option<Vec<u8>> {
    (key.text("kty") == Some("RSA")).then(|| encoded(key)).flatten().map(|(spki, _)| spki)
}

/// The key as `SubjectPublicKeyInfo` (RFC 5280), and as what stands inside of that.
fn encoded(key: &Members) -> Option<(Vec<u8>, Vec<u8>)> {
    let number = |name| BASE64.decode(key.text(name)?).ok();
    let (algorithm, raw): (Vec<&[u8]>, Vec<u8>) = match key.text("kty")? {
        "RSA" => {
            let (n, e) = (der::integer(&number("n")?), der::integer(&number("e")?));
            (vec![RSA], der::sequence(&[&n, &e]))
        }
        "EC" => {
            let curve = match key.text("crv")? {
                "P-256" => P256,
                "P-384" => P384,
                "P-521" => P521,
                _ => return None,
            };
            (vec![EC, curve], [vec![4], number("x")?, number("y")?].concat())
        }
        "OKP" if key.text("crv")? == "Ed25519" => (vec![ED25519], number("x")?),
        _ => return None,
    };
    let spki = der::sequence(&[&der::sequence(&algorithm), &der::bit_string(&raw)]);
    Some((spki, raw))
}

fn certificate(key: &Members) -> Option<Vec<u8>> {
    STANDARD.decode(key.get("x5c")?.get(0)?.as_str()?).ok()
}

/// The members in their order, or those of `only` alone, as compact JSON.
fn written(key: &Members, only: Option<&[&str]>) -> Vec<u8> {
    let member = |name: &str, value: &Value| format!("{}:{value}", Value::from(name));
    let members: Vec<String> = match only {
        None => key.0.iter().map(|(name, value)| member(name, value)).collect(),
        Some(names) => names.iter().filter_map(|name| Some(member(name, key.get(name)?))).collect(),
    };
    format!("{{{}}}", members.join(",")).into_bytes()
}
