use super::*;

#[test]
fn the_orders_have_the_widths_of_their_halves() {
    for (alg, width) in [("ES256", 32), ("ES384", 48), ("ES512", 66)] {
        let (_, order) = ORDERS.iter().find(|(name, _)| *name == alg).unwrap();

        assert_eq!(hex(order).unwrap().len(), width, "{alg}");
    }
}

#[test]
fn the_second_signature_of_the_second_is_the_first() {
    for (alg, width) in [("ES256", 32), ("ES384", 48), ("ES512", 66)] {
        let mut signature = vec![0x5a; 2 * width];
        signature[width] = 0;

        let second = second_signature(alg, &signature).unwrap();

        assert_ne!(second, signature);
        assert_eq!(second[..width], signature[..width]);
        assert_eq!(second_signature(alg, &second).unwrap(), signature);
    }
}

#[test]
fn what_is_no_signature_of_the_curve_has_no_second() {
    for (alg, signature) in [
        ("RS256", vec![1; 64]),
        ("ES256", vec![1; 63]),
        ("ES256", vec![1; 65]),
        ("ES256", vec![0xff; 64]),
        ("ES384", vec![1; 64]),
        ("ES256", Vec::new()),
    ] {
        assert_eq!(second_signature(alg, &signature), None, "{alg} {}", signature.len());
    }
}

#[test]
fn a_difference_borrows_from_the_byte_before() {
    assert_eq!(difference(&[2, 0, 0], &[0, 0, 1]), [1, 255, 255]);
    assert_eq!(difference(&[1, 0], &[0, 255]), [0, 1]);
}

#[test]
fn spare_bits_are_changed_and_the_bytes_stay() {
    let other = spare_bits("AAE").unwrap();

    assert_ne!(other, "AAE");
    assert_eq!(spare_bits("AAAA"), None);
}
