//! Signatures as vectors want them: good, forged, or in another form.

use serde_json::Value;
use tokenward::crypto::sha256;
use tokenward::{SigningKey, b64};

/// The signature of `input` that `how` describes; a good one by `es256` if it does not.
pub(super) fn sign(how: Option<&Value>, input: &[u8]) -> Vec<u8> {
    let Some(how) = how else { return super::key("es256").sign(input).unwrap() };
    let text = |name: &str| how.get(name).and_then(Value::as_str);
    if let Some(bytes) = text("bytes") {
        return b64::decode(bytes).unwrap();
    }
    if let Some(jwk) = how.get("jwk") {
        return SigningKey::from_jwk(jwk.to_string().as_bytes()).unwrap().sign(input).unwrap();
    }
    if let Some(secret) = how.get("hmac") {
        let secret = match secret.get("base64").and_then(Value::as_str) {
            Some(bytes) => b64::decode(bytes).unwrap(),
            None => secret["text"].as_str().unwrap().as_bytes().to_vec(),
        };
        return mac(&secret, input);
    }
    let signature = super::key(text("key").unwrap()).sign(input).unwrap();
    form(signature, text("form").unwrap_or("as it is"))
}

/// HMAC-SHA-256 under any bytes at all (RFC 2104 § 2), which no key of ours would be.
fn mac(secret: &[u8], input: &[u8]) -> Vec<u8> {
    let mut key = if secret.len() > 64 { sha256(secret).to_vec() } else { secret.to_vec() };
    key.resize(64, 0);
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let inner = sha256(&[&padded(0x36), input].concat());
    sha256(&[padded(0x5c).as_slice(), &inner].concat()).to_vec()
}

/// The same signature in another form.
#[expect(clippy::arithmetic_side_effects, reason = "the numbers are bytes")]
fn form(mut signature: Vec<u8>, form: &str) -> Vec<u8> {
    match form {
        "as it is" => {}
        "cut" => {
            signature.pop();
        }
        "zero_after" => signature.push(0),
        "zero_before" => signature.insert(0, 0),
        "high_s" => {
            let s: [u8; 32] = signature[32..].try_into().unwrap();
            assert!(s < half(&P256_ORDER), "our signatures have the lower s");
            signature[32..].copy_from_slice(&subtract(P256_ORDER, s));
        }
        "der" => signature = der(&signature),
        "plus_order" => {
            let mut carry = 0;
            for (byte, order) in signature[32..].iter_mut().zip(ED25519_ORDER) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                *byte = u8::try_from(sum & 0xff).unwrap();
                carry = sum >> 8;
            }
        }
        other => panic!("no form {other}"),
    }
    signature
}

/// The two halves as ASN.1 integers, for numbers of up to 48 bytes each.
fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).expect("numbers that are not 0");
        let mut contents = bytes[start..].to_vec();
        if contents[0] >= 0x80 {
            contents.insert(0, 0);
        }
        let length = u8::try_from(contents.len()).unwrap();
        [vec![0x02, length], contents].concat()
    };
    let both = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(both.len()).unwrap()], both].concat()
}

#[expect(clippy::arithmetic_side_effects, reason = "the numbers are bytes")]
fn subtract(from: [u8; 32], take: [u8; 32]) -> [u8; 32] {
    let mut borrow = 0;
    let mut result = [0; 32];
    for at in (0..32).rev() {
        let difference = i16::from(from[at]) - i16::from(take[at]) - borrow;
        borrow = i16::from(difference < 0);
        result[at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    result
}

fn half(number: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    number.map(|byte| {
        let value = (byte >> 1) | (carry << 7);
        carry = byte & 1;
        value
    })
}

/// SEC 2 § 2.4.2, big-endian.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// RFC 8032 § 5.1, little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
