use tokenward::SigningKey;

use super::*;

#[test]
fn a_signature_from_elsewhere_leaves_in_the_one_form_of_ours() {
    let key = SigningKey::generate(Algorithm::Es256);
    let ours = key.sign(b"input").unwrap();
    let theirs = with_the_other_s(&ours);
    assert!(theirs != ours && key.verifying_key().verify(b"input", &theirs));

    assert_eq!(taken(&key, theirs).unwrap(), ours);
    assert_eq!(taken(&key, ours.clone()).unwrap(), ours);
}

#[test]
fn a_signature_over_something_else_does_not_leave() {
    let key = SigningKey::generate(Algorithm::Es256);
    let other = key.sign(b"other").unwrap();

    let error = taken(&key, other).unwrap_err();
    assert!(matches!(error, CustodyError::WrongSignature { .. }), "{error}");
}

fn taken(key: &SigningKey, signature: Vec<u8>) -> Result<Vec<u8>, CustodyError> {
    let id = KeyId::new("test-key").unwrap();
    verified("elsewhere", &id, key.verifying_key(), b"input", signature)
}

/// `r || n - s`, which verifies where `r || s` does.
fn with_the_other_s(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let mut other = [r, &P256_ORDER].concat();
    let mut borrow = false;
    for (to, take) in other[32..].iter_mut().zip(s).rev() {
        let (value, under) = to.overflowing_sub(*take);
        let (value, under_again) = value.overflowing_sub(u8::from(borrow));
        *to = value;
        borrow = under || under_again;
    }
    other
}

/// n (SEC 2 § 2.4.2).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
