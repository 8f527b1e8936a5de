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

#[tokio::test]
async fn the_same_passphrase_opens_again_whatever_line_end_it_has() {
    let key = Secret256::from_bytes([5; 32]);
    let wrapped = passphrase("correct horse battery").wrap(&key, &prod()).await.unwrap();

    let opened = passphrase("correct horse battery\r\n").unwrap(&wrapped, &prod()).await.unwrap();
    assert_eq!(opened.expose(), key.expose());
    let other = passphrase("correct horse batteri").unwrap(&wrapped, &prod()).await;
    assert!(matches!(other, Err(WrapError::OtherKey)), "{other:?}");
}

#[tokio::test]
async fn a_passphrase_never_makes_the_same_key_twice() {
    let key = Secret256::from_bytes([5; 32]);
    let one = passphrase("correct horse battery").wrap(&key, &prod()).await.unwrap();
    let two = passphrase("correct horse battery").wrap(&key, &prod()).await.unwrap();

    assert_ne!(one[..SALT], two[..SALT]);
    let swapped = [&one[..SALT], &two[SALT..]].concat();
    assert!(passphrase("correct horse battery").unwrap(&swapped, &prod()).await.is_err());
}

#[test]
fn a_short_passphrase_is_refused() {
    let error = Passphrase::new("fourteen chars\n", CHEAP).unwrap_err();
    assert_eq!(error, KekError::ShortPassphrase);
}

#[test]
fn a_passphrase_of_a_few_characters_over_and_over_is_refused() {
    for text in ["aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "1212121212121212"] {
        assert_eq!(Passphrase::new(text, CHEAP).unwrap_err(), KekError::PlainPassphrase, "{text}");
    }
    assert!(Passphrase::new("7204513886210974", CHEAP).is_ok());
}

#[test]
fn a_key_encryption_key_shows_nothing_of_itself() {
    let kek = Kek::from_key_file(&RANDOM).unwrap();

    assert_eq!(format!("{kek:?}"), "Kek { secret: Secret256(..) }");
    assert_eq!(format!("{:?}", passphrase("correct horse battery")), "Passphrase(..)");
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text, CHEAP).unwrap()
}

fn prod() -> WrapContext {
    WrapContext::new("prod")
}

const RANDOM: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 64, passes: 1, lanes: 1 };
