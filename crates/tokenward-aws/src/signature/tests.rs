use super::*;

#[test]
fn numbers_are_padded_and_lose_their_sign() {
    // r = 1, s = 0x80: the one is short, the other has a zero before its first bit.
    let der = [0x30, 0x07, 0x02, 0x01, 0x01, 0x02, 0x02, 0x00, 0x80];

    assert_eq!(concatenated(&der, 4), Some(vec![0, 0, 0, 1, 0, 0, 0, 0x80]));
}

#[test]
fn a_long_sequence_has_a_longer_length() {
    let number = [[0x02, 0x42].as_slice(), &[7; 66]].concat();
    let der = [[0x30, 0x81, 0x88].as_slice(), &number, &number].concat();

    assert_eq!(concatenated(&der, 66), Some(vec![7; 132]));
}

#[test]
fn what_is_no_signature_is_none_and_panics_nowhere() {
    let good = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
    assert_eq!(concatenated(&good, 1), Some(vec![1, 2]));
    for length in 0..good.len() {
        assert_eq!(concatenated(&good[..length], 1), None, "{length}");
    }
    for at in 0..good.len() {
        let mut changed = good;
        changed[at] ^= 0x40;
        assert_ne!(concatenated(&changed, 1), Some(vec![1, 2]), "{at}");
    }
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(concatenated(&longer, 1), None);
    let too_large = [0x30, 0x07, 0x02, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
    assert_eq!(concatenated(&too_large, 1), None);
}

#[test]
fn what_is_too_long_for_kms_is_hashed_here_if_it_can_be() {
    let kind = |algorithm| Kind::of(algorithm).unwrap();
    let sent = |algorithm, length: usize| kind(algorithm).message(&vec![7; length]);

    assert_eq!(sent(Algorithm::Es256, 4096).unwrap(), (vec![7; 4096], "RAW"));
    let (digest, form) = sent(Algorithm::Es512, 4097).unwrap();
    assert_eq!((digest.len(), form), (64, "DIGEST"));
    assert_eq!(sent(Algorithm::EdDsa, 4096).unwrap().1, "RAW");
    assert_eq!(sent(Algorithm::EdDsa, 4097), None);
}
