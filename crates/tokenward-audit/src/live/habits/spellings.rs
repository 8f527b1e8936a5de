//! Other texts of a valid token, which its verifier may take for it: whoever blocks a token by its text blocks one.

use base64::Engine as _;

use crate::live::parts::Parts;
use crate::token::BASE64;

#[cfg(test)]
mod tests;

/// The orders of the curves' groups (SEC 2, sections 2.4.2, 2.5.1 and 2.6.1).
const ORDERS: [(&str, &str); 3] = [
    ("ES256", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    (
        "ES384",
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
    (
        "ES512",
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
         51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
];

/// How each is written, and the text.
pub(super) fn spellings(token: &str) -> Vec<(&'static str, String)> {
    let Some((input, signature)) = token.rsplit_once('.') else { return Vec::new() };
    let mut all =
        vec![("with padding", format!("{token}=")), ("with padding", format!("{token}=="))];
    if let Some(other) = spare_bits(signature) {
        all.push(("with other spare bits in its last character", format!("{input}.{other}")));
    }
    let second =
        Parts::read(token).and_then(|parts| second_signature(parts.alg(), &parts.signature));
    if let Some(second) = second {
        let token = format!("{input}.{}", BASE64.encode(second));
        all.push(("with the second signature that ECDSA has for it (n - s)", token));
    }
    all
}

/// The last character of a text that does not fill its bytes has bits that do not count.
fn spare_bits(signature: &str) -> Option<String> {
    if signature.len().is_multiple_of(4) {
        return None;
    }
    let bytes = BASE64.decode(signature).ok()?;
    let mut start = signature.to_owned();
    start.pop();
    let last = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').map(char::from);
    last.map(|last| format!("{start}{last}"))
        .find(|other| other != signature && BASE64.decode(other).is_ok_and(|same| same == bytes))
}

/// With `s`, `n - s` is good for the same message, and nobody needs the key to make it.
fn second_signature(alg: &str, signature: &[u8]) -> Option<Vec<u8>> {
    let (_, order) = ORDERS.iter().find(|(name, _)| *name == alg)?;
    let order = hex(order)?;
    let (first, second) = signature.split_at_checked(order.len())?;
    (second.len() == order.len() && second < order.as_slice())
        .then(|| [first, &difference(&order, second)].concat())
}

/// `larger` less `smaller`, of as many bytes.
fn difference(larger: &[u8], smaller: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut bytes: Vec<u8> = larger
        .iter()
        .zip(smaller)
        .rev()
        .map(|(larger, smaller)| {
            let (once, first) = larger.overflowing_sub(*smaller);
            let (twice, second) = once.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            twice
        })
        .collect();
    bytes.reverse();
    bytes
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let bytes = digits?;
    bytes
        .chunks(2)
        .map(|pair| {
            let [high, low] = *pair else { return None };
            u8::try_from((high << 4) | low).ok()
        })
        .collect()
}
