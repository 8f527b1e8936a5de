use super::{AgreementPrivate, AgreementPublic, DerivationInfo, concat_kdf};
use crate::b64;

#[test]
fn a_key_is_derived_as_in_rfc_7518_appendix_c() {
    let alice = p256("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
    let bob = p256("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");

    let sent = alice.derive(&bob.public().unwrap(), INFO, 16).unwrap();
    let received = bob.derive(&alice.public().unwrap(), INFO, 16).unwrap();

    assert_eq!(b64::encode(&sent), "VqqN6vgjbSBcIijNcacQGg");
    assert_eq!(sent, received);
}

#[test]
fn x25519_agrees_as_in_rfc_8037_appendix_a_6() {
    let ephemeral = x25519("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo");
    let bob = bytes("3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08");
    let shared = bytes("Sl2dW6TOLeFyjjv0gDUPJeB-IclH0Z4zdvCbPB4WF0I");

    let derived = ephemeral.derive(&AgreementPublic::x25519(&bob).unwrap(), INFO, 32);

    assert_eq!(
        b64::encode(ephemeral.public().unwrap().bytes()),
        "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"
    );
    assert_eq!(derived.unwrap(), concat_kdf(&shared, INFO, 32).unwrap());
}

#[test]
fn each_part_of_the_information_changes_the_key() {
    let key = |algorithm, party_u, party_v, length| {
        concat_kdf(&[7; 32], DerivationInfo { algorithm, party_u, party_v }, length).unwrap()
    };
    let whole = key("A256GCM", b"Alice", b"Bob", 32);

    assert_ne!(whole, key("A128GCM", b"Alice", b"Bob", 32));
    assert_ne!(whole, key("A256GCM", b"", b"Bob", 32));
    assert_ne!(whole, key("A256GCM", b"Alice", b"", 32));
    // Lengths stand before the parts, so no byte can move from one to the next.
    assert_ne!(whole, key("A256GCM", b"AliceB", b"ob", 32));
    assert_ne!(whole[..16], key("A256GCM", b"Alice", b"Bob", 16)[..]);
}

#[test]
fn a_point_off_the_curve_is_no_key() {
    let x = bytes("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0");
    let mut y = bytes("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps");
    assert!(AgreementPublic::p256(&x, &y).is_some());
    y[31] ^= 1;
    assert!(AgreementPublic::p256(&x, &y).is_none());
    assert!(AgreementPublic::p256(&[0; 32], &[0; 32]).is_none());
    assert!(AgreementPublic::p256(&[0xff; 32], &y).is_none());
}

#[test]
fn a_scalar_out_of_range_is_no_key() {
    assert!(AgreementPrivate::p256(&[0; 32]).is_none());
    assert!(AgreementPrivate::p256(&[0xff; 32]).is_none());
}

#[test]
fn a_point_of_small_order_gives_no_key() {
    let key = x25519("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo");
    let mut one = [0; 32];
    one[0] = 1;
    for u in [[0; 32], one] {
        let peer = AgreementPublic::x25519(&u).unwrap();
        assert!(key.derive(&peer, INFO, 32).is_none());
    }
}

#[test]
fn keys_of_two_curves_do_not_agree() {
    let (p256, x25519) =
        (AgreementPrivate::generate_p256().unwrap(), AgreementPrivate::generate_x25519().unwrap());
    assert!(p256.derive(&x25519.public().unwrap(), INFO, 32).is_none());
    assert!(x25519.derive(&p256.public().unwrap(), INFO, 32).is_none());
}

const INFO: DerivationInfo<'_> =
    DerivationInfo { algorithm: "A128GCM", party_u: b"Alice", party_v: b"Bob" };

fn p256(d: &str) -> AgreementPrivate {
    AgreementPrivate::p256(&bytes(d)).unwrap()
}

fn x25519(d: &str) -> AgreementPrivate {
    AgreementPrivate::x25519(&bytes(d)).unwrap()
}

fn bytes(text: &str) -> [u8; 32] {
    b64::decode(text).unwrap().try_into().unwrap()
}
