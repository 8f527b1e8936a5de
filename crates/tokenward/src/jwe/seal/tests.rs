use super::*;
use crate::limits::LIMITS;

#[test]
fn a_key_comes_back_from_its_text_alone() {
    let key = SealKey::new(Secret256::from_bytes([7; 32]));
    let text = key.expose();

    assert_eq!(text.len(), TEXT);
    assert_eq!(SealKey::parse(&text).unwrap().expose(), text);
    let shorter: String = text.chars().skip(1).collect();
    // The last character of 43 holds four bits; `B` would hold more.
    let not_canonical: String = text.chars().take(42).chain(['B']).collect();
    let longer = format!("{}A", *text);
    for wrong in ["", &*shorter, &not_canonical, &longer, &"=".repeat(43)] {
        assert!(SealKey::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_sealed_token_is_as_long_as_was_said() {
    let key = SealKey::new(Secret256::random());
    for length in [5, 100, 101, 102, 4_000] {
        let token = format!("a.b.{}", "c".repeat(length - 4));
        assert_eq!(key.seal(&token).unwrap().len(), SealKey::sealed_length(length), "{length}");
    }
}

#[test]
fn a_token_that_would_be_too_long_is_not_sealed() {
    let key = SealKey::new(Secret256::random());
    let token = format!("a.b.{}", "c".repeat(LIMITS.token_bytes * 3 / 4));

    assert_eq!(key.seal(&token), Err(EncryptError::TooLong));
}

#[test]
fn neither_the_name_nor_the_debug_form_tells_the_key() {
    let key = SealKey::new(Secret256::random());

    assert_eq!(format!("{key:?}"), "SealKey(..)");
    assert_ne!(key.name(), *key.expose());
    assert_eq!(key.name(), key.clone().name());
}
