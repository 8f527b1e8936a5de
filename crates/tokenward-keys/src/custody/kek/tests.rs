use super::*;

#[test]
fn a_key_file_holds_32_bytes_and_no_other_number() {
    assert!(Kek::from_key_file(&RANDOM).is_ok());
    assert_eq!(
        Kek::from_key_file(&RANDOM[..31]).unwrap_err().to_string(),
        "a key file holds exactly 32 random bytes, this one 31: make one with `tokenward init`"
    );
    assert!(Kek::from_key_file(&[]).is_err());
    assert!(Kek::from_key_file(&[RANDOM, RANDOM].concat()).is_err());
}

#[test]
fn an_unfilled_key_file_is_no_key() {
    assert_eq!(Kek::from_key_file(&[0; 32]).unwrap_err(), KekError::KeyFileConstant);
}

#[test]
fn the_same_passphrase_and_salt_give_the_same_key() {
    let kek = |passphrase, salt| Kek::from_passphrase(passphrase, salt, CHEAP).unwrap();
    let one = kek("correct horse battery", [1; 16]);

    assert_eq!(one.id(), kek("correct horse battery\n", [1; 16]).id());
    assert_ne!(one.id(), kek("correct horse battery", [2; 16]).id());
    assert_ne!(one.id(), kek("correct horse batteri", [1; 16]).id());
}

#[test]
fn a_short_passphrase_is_refused() {
    let error = Kek::from_passphrase("fourteen chars\n", [1; 16], CHEAP).unwrap_err();
    assert_eq!(error, KekError::ShortPassphrase);
}

#[test]
fn a_key_encryption_key_shows_nothing_of_itself() {
    let kek = Kek::from_key_file(&RANDOM).unwrap();

    assert_eq!(
        format!("{kek:?}"),
        format!("Kek {{ secret: Secret256(..), id: \"{}\" }}", kek.id())
    );
    assert_eq!(kek.id().len(), 8);
}

const RANDOM: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 64, passes: 1, lanes: 1 };
