//! The bytes of a good signature, written another way.

use std::rc::Rc;

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::EcGroup;
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;

use crate::change::{Change, Edit};
use crate::token::Context;

const KIND: &str = "signature in another form";

pub(super) fn all() -> Vec<Change> {
    let form = |name: &str, edit: fn(&mut Vec<u8>, &Context<'_>)| {
        Change::new(KIND, name, Edit::Signature(Rc::new(edit)))
    };
    vec![
        form("without its last byte", |bytes, _| bytes.truncate(bytes.len().saturating_sub(1))),
        form("without its first byte", |bytes, _| drop(bytes.drain(..bytes.len().min(1)))),
        form("half of it", |bytes, _| bytes.truncate(bytes.len() / 2)),
        form("with a zero after", |bytes, _| bytes.push(0)),
        form("with a zero before", |bytes, _| bytes.insert(0, 0)),
        form("twice", |bytes, _| bytes.extend_from_within(..)),
        form("empty", |bytes, _| bytes.clear()),
        form("all zeros", |bytes, _| bytes.fill(0)),
        form("all ones", |bytes, _| bytes.fill(0xff)),
        form("one zero", |bytes, _| *bytes = vec![0]),
        form("a bit of the first byte", |bytes, _| flip(bytes.first_mut(), 1)),
        form("a bit of the last byte", |bytes, _| flip(bytes.last_mut(), 1)),
        form("the high bit of the last byte", |bytes, _| flip(bytes.last_mut(), 0x80)),
        form("backwards", |bytes, _| bytes.reverse()),
        form("halves exchanged", |bytes, _| {
            let half = bytes.len() / 2;
            bytes.rotate_left(half);
        }),
        form("a zero first half", |bytes, _| {
            let half = bytes.len() / 2;
            bytes[..half].fill(0);
        }),
        form("a zero second half", |bytes, _| {
            let half = bytes.len() / 2;
            bytes[half..].fill(0);
        }),
        form("as hexadecimal", |bytes, _| {
            *bytes = bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        }),
        form("as DER", |bytes, context| replace(bytes, context, |_, r, s| der(&r, &s))),
        form("the other s", |bytes, context| {
            replace(bytes, context, |curve, r, s| fixed(curve, &r, &minus(&curve.order, &s)));
        }),
        form("s and the order", |bytes, context| {
            replace(bytes, context, |curve, r, s| fixed(curve, &r, &plus(&curve.order, &s)));
        }),
        form("r and the order", |bytes, context| {
            replace(bytes, context, |curve, r, s| fixed(curve, &plus(&curve.order, &r), &s));
        }),
        form("r is the order", |bytes, context| {
            replace(bytes, context, |curve, _, s| fixed(curve, &curve.order, &s));
        }),
        form("S and the order of Ed25519", |bytes, context| {
            if context.keys.algorithm.as_str() == "EdDSA" && bytes.len() == 64 {
                bytes[32..].reverse();
                let sum = plus(&ed25519_order(), &number(&bytes[32..]));
                bytes.truncate(32);
                bytes.extend(sum.to_vec_padded(32).expect("32 bytes").into_iter().rev());
            }
        }),
    ]
}

fn flip(byte: Option<&mut u8>, bits: u8) {
    if let Some(byte) = byte {
        *byte ^= bits;
    }
}

/// The curve of an ECDSA algorithm.
struct Curve {
    order: BigNum,
    /// Bytes of each half.
    width: i32,
}

impl Curve {
    fn of(context: &Context<'_>) -> Option<Self> {
        let (nid, width) = match context.keys.algorithm.as_str() {
            "ES256" => (Nid::X9_62_PRIME256V1, 32),
            "ES384" => (Nid::SECP384R1, 48),
            "ES512" => (Nid::SECP521R1, 66),
            _ => return None,
        };
        let mut order = BigNum::new().ok()?;
        let mut scratch = BigNumContext::new().ok()?;
        EcGroup::from_curve_name(nid).ok()?.order(&mut order, &mut scratch).ok()?;
        Some(Self { order, width })
    }
}

/// Writes an ECDSA signature anew from its numbers, if that is possible in its length.
fn replace(
    bytes: &mut Vec<u8>,
    context: &Context<'_>,
    form: fn(&Curve, BigNum, BigNum) -> Option<Vec<u8>>,
) {
    let Some(curve) = Curve::of(context) else { return };
    let (r, s) = bytes.split_at(bytes.len() / 2);
    if let Some(other) = form(&curve, number(r), number(s)) {
        *bytes = other;
    }
}

fn der(r: &BigNum, s: &BigNum) -> Option<Vec<u8>> {
    let copy = |number: &BigNum| BigNum::from_slice(&number.to_vec()).ok();
    EcdsaSig::from_private_components(copy(r)?, copy(s)?).ok()?.to_der().ok()
}

fn fixed(curve: &Curve, r: &BigNum, s: &BigNum) -> Option<Vec<u8>> {
    Some([r.to_vec_padded(curve.width).ok()?, s.to_vec_padded(curve.width).ok()?].concat())
}

fn number(bytes: &[u8]) -> BigNum {
    BigNum::from_slice(bytes).expect("a number")
}

fn plus(a: &BigNum, b: &BigNum) -> BigNum {
    a + b
}

fn minus(a: &BigNum, b: &BigNum) -> BigNum {
    a - b
}

/// 2²⁵² + 27742317777372353535851937790883648493 (RFC 8032 § 5.1).
fn ed25519_order() -> BigNum {
    let order = "7237005577332262213973186563042994240857116359379907606001950938285454250989";
    BigNum::from_dec_str(order).expect("a number")
}
