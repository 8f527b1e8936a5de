use base64::Engine as _;
use base64::engine::general_purpose;
use proptest::prelude::*;

use super::*;

#[test]
fn the_vectors_of_rfc_4648_hold() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg"),
        ("fo", "Zm8"),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(encode(bytes.as_bytes()), text);
        assert_eq!(decode(text).unwrap(), bytes.as_bytes());
    }
}

#[test]
fn anything_but_the_canonical_form_is_refused() {
    for text in ["Zg==", "Zg=", "Zh", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Z", "Zm9vY", "Zm9\u{e9}"]
    {
        assert_eq!(decode(text), Err(InvalidBase64), "{text:?}");
    }
}

proptest! {
    #[test]
    fn every_text_that_decodes_is_the_encoding_of_its_bytes(text in "[A-Za-z0-9_-]{0,40}") {
        if let Ok(bytes) = decode(&text) {
            prop_assert_eq!(encode(&bytes), text);
        }
    }

    #[test]
    fn every_text_decodes_as_the_library_for_every_alphabet_decodes_it(text in "[A-Za-z0-9_=+/. -]{0,40}") {
        prop_assert_eq!(decode(&text).ok(), general_purpose::URL_SAFE_NO_PAD.decode(&text).ok());
    }

    #[test]
    fn bytes_come_out_as_they_went_in(bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
    }
}
