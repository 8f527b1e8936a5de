use super::*;

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
