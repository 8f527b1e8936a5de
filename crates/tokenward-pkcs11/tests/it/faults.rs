//! What an operator can get wrong, and what a token can do to us.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cryptoki::context::{Function, Pkcs11 as Library};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::types::AuthPin;
use serde_json::json;
use tokenward::{Algorithm, IssuerId, KeyId, b64, crypto};
use tokenward_keys::{Custody as _, CustodyError, StoredKey};
use tokenward_pkcs11::{Pkcs11, Pkcs11Error, Setting};
use tokenward_testing::sample::{issuer, row, spec};
use zeroize::Zeroizing;

use crate::softhsm::{LABEL, PIN, add_token, custody, in_softhsm, module, open, open_for};

#[test]
fn a_module_that_is_none_is_named() {
    in_softhsm("faults::a_module_that_is_none_is_named", async || {
        for path in ["/nowhere/libhsm.so", "/etc/hostname"] {
            let pin = Zeroizing::new(PIN.to_owned());
            let opened = Pkcs11::open(PathBuf::from(path), LABEL.to_owned(), pin, "test").await;
            let error = opened.unwrap_err();

            assert_eq!(error.setting(), Some(Setting::Module));
            let line = error.to_string();
            assert!(
                line.starts_with(&format!("{path} is no PKCS #11 library that loads (")),
                "{line}"
            );
            assert!(!line.contains('\n'), "{line}");
        }
    });
}

#[test]
fn a_token_that_is_not_there_is_named_with_those_that_are() {
    in_softhsm("faults::a_token_that_is_not_there_is_named_with_those_that_are", async || {
        let error = open("tokenwart", PIN).await.unwrap_err();

        assert_eq!(error.setting(), Some(Setting::Token));
        assert_eq!(
            error.to_string(),
            "there is no token with the label `tokenwart`; there are `tokenward`: name one of them, or \
             initialize it"
        );
    });
}

#[test]
fn two_tokens_of_one_label_are_not_guessed_between() {
    in_softhsm("faults::two_tokens_of_one_label_are_not_guessed_between", async || {
        add_token(LABEL);
        let error = open(LABEL, PIN).await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "2 tokens have the label `tokenward`: give each a label of its own"
        );
    });
}

#[test]
fn a_wrong_pin_is_said_to_be_wrong() {
    in_softhsm("faults::a_wrong_pin_is_said_to_be_wrong", async || {
        let error = open(LABEL, "4321").await.unwrap_err();

        assert_eq!(error.setting(), Some(Setting::Pin));
        assert_eq!(
            error.to_string(),
            "the token refuses the PIN: set the user's PIN (it locks after a few wrong ones)"
        );
        assert!(!format!("{error:?}").contains("4321"));
    });
}

#[test]
fn a_session_that_was_lost_is_opened_again() {
    in_softhsm("faults::a_session_that_was_lost_is_opened_again", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let signer = custody.signer(&issuer(), &row).await.unwrap();
        signer.sign(b"input").await.unwrap();

        // What the token does to us when it is reset: everybody is logged out, every session closed.
        let token = same_token();
        token.logout().unwrap();
        signer.sign(b"input").await.unwrap();
    });
}

#[test]
fn a_key_that_is_out_of_sight_is_destroyed_all_the_same() {
    in_softhsm("faults::a_key_that_is_out_of_sight_is_destroyed_all_the_same", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let token = same_token();
        token.logout().unwrap();

        custody.destroy(&row).await.unwrap();
        assert_eq!(token.find_objects(&[Attribute::Token(true)]).unwrap(), []);
    });
}

#[test]
fn a_pin_that_was_changed_meanwhile_is_tried_once() {
    in_softhsm("faults::a_pin_that_was_changed_meanwhile_is_tried_once", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let signer = custody.signer(&issuer(), &row).await.unwrap();
        let token = same_token();
        token.set_pin(&AuthPin::from(PIN.to_owned()), &AuthPin::from("9999".to_owned())).unwrap();
        token.logout().unwrap();

        let first = cause(&signer.sign(b"input").await.unwrap_err());
        let second = cause(&signer.sign(b"input").await.unwrap_err());
        assert!(first.starts_with("the token refuses the PIN"), "{first}");
        assert!(
            second.starts_with("the token has refused the PIN, and it is not tried"),
            "{second}"
        );
    });
}

#[test]
fn a_wrong_pin_is_tried_once_by_all_threads_together() {
    in_softhsm("faults::a_wrong_pin_is_tried_once_by_all_threads_together", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let signer = custody.signer(&issuer(), &row).await.unwrap();
        let token = same_token();
        token.set_pin(&AuthPin::from(PIN.to_owned()), &AuthPin::from("9999".to_owned())).unwrap();
        token.logout().unwrap();

        let mut signing = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let signer = Arc::clone(&signer);
            signing.spawn(async move { cause(&signer.sign(b"input").await.unwrap_err()) });
        }
        let said = signing.join_all().await;
        let tried = said.iter().filter(|said| said.starts_with("the token refuses the PIN"));
        assert_eq!(tried.count(), 1, "{said:?}");
    });
}

#[test]
fn a_key_that_can_leave_the_token_does_not_sign() {
    in_softhsm("faults::a_key_that_can_leave_the_token_does_not_sign", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        // The same name on a key that somebody else made.
        let token = same_token();
        let name = private_half(&token, &row.id);
        let id = token.get_attributes(name, &[AttributeType::Id]).unwrap();
        custody.destroy(&row).await.unwrap();
        generate_extractable(&token, &row.id, id);

        let error = custody.signer(&issuer(), &row).await.unwrap_err();
        let id = &row.id;
        assert_eq!(
            error.to_string(),
            format!(
                "key `{id}` is not fit to sign in custody `pkcs11`: it is extractable; `tokenward keys \
                 compromise {id}`, and look for who made it"
            )
        );
    });
}

#[test]
fn a_key_that_is_not_the_published_one_gives_no_signature() {
    in_softhsm("faults::a_key_that_is_not_the_published_one_gives_no_signature", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let token = same_token();
        let old = private_half(&token, &row.id);
        let id = token.get_attributes(old, &[AttributeType::Id]).unwrap();
        let other = new_key(&custody).await;
        let new = private_half(&token, &other.id);
        custody.destroy(&row).await.unwrap();
        let label = Attribute::Label(row.id.as_str().as_bytes().to_vec());
        token.update_attributes(new, &[vec![label], id].concat()).unwrap();

        let signer = custody.signer(&issuer(), &row).await.unwrap();
        let error = signer.sign(b"input").await.unwrap_err();
        assert!(matches!(error, CustodyError::WrongSignature { .. }), "{error}");
    });
}

#[test]
fn whoever_rewrites_the_store_gets_no_signature_for_another_issuer() {
    in_softhsm(
        "faults::whoever_rewrites_the_store_gets_no_signature_for_another_issuer",
        async || {
            let custody = custody().await;
            let row = new_key(&custody).await;
            let other = IssuerId::new("https://other.example.com").unwrap();
            let created = row.created_at.as_millis();
            let context = format!("tokenward pkcs11 v1\n{other}\n{}\nES256\n{created}", row.id);
            let digest = crypto::sha256(context.as_bytes());
            let id = b64::encode(&[[0; 16].as_slice(), &digest].concat());
            let handle =
                json!({ "v": 1, "label": row.id.as_str(), "id": id, "iss": other.as_str() });
            let forged = StoredKey { handle: Some(handle.to_string().into_bytes()), ..row.clone() };

            let error = custody.signer(&other, &forged).await.unwrap_err();
            assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
        },
    );
}

#[test]
fn the_keys_of_another_environment_in_the_same_token_are_neither_used_nor_destroyed() {
    let name =
        "faults::the_keys_of_another_environment_in_the_same_token_are_neither_used_nor_destroyed";
    in_softhsm(name, async || {
        let custody = custody().await;
        let key = new_key(&custody).await;
        let staging = open_for("staging", LABEL, PIN).await.unwrap();

        let error = staging.signer(&issuer(), &key).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains("its label does not begin with `staging-`: restore"), "{said}");
        staging.destroy(&key).await.unwrap_err();
        custody.signer(&issuer(), &key).await.unwrap();
    });
}

#[test]
fn a_public_half_that_the_kid_is_not_made_of_is_damage() {
    in_softhsm("faults::a_public_half_that_the_kid_is_not_made_of_is_damage", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let other = new_key(&custody).await;

        for public in [other.public, String::new()] {
            let row = StoredKey { public, ..row.clone() };
            let error = custody.signer(&issuer(), &row).await.unwrap_err();
            assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
        }
    });
}

#[test]
fn a_token_that_is_gone_ends_in_an_error_and_not_in_a_signature() {
    in_softhsm(
        "faults::a_token_that_is_gone_ends_in_an_error_and_not_in_a_signature",
        async || {
            let custody = custody().await;
            let row = new_key(&custody).await;
            let signer = custody.signer(&issuer(), &row).await.unwrap();
            let config = PathBuf::from(std::env::var_os("SOFTHSM2_CONF").unwrap());
            fs::remove_dir_all(config.with_file_name("tokens")).unwrap();

            signer.sign(b"input").await.unwrap_err();
            custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();
        },
    );
}

#[test]
fn a_token_that_was_away_signs_again_once_it_is_back() {
    in_softhsm("faults::a_token_that_was_away_signs_again_once_it_is_back", async || {
        let (custody, other) = (custody().await, custody().await);
        let (row, others) = (new_key(&custody).await, new_key(&other).await);
        let signer = custody.signer(&issuer(), &row).await.unwrap();
        let beside = other.signer(&issuer(), &others).await.unwrap();
        let config = PathBuf::from(std::env::var_os("SOFTHSM2_CONF").unwrap());
        let [here, away] = ["tokens", "elsewhere"].map(|name| config.with_file_name(name));
        fs::rename(&here, &away).unwrap();
        fs::create_dir(&here).unwrap();

        // It is out of reach, which is not the same as a key that is gone.
        let is_away = async || {
            let error = custody.signer(&issuer(), &row).await.unwrap_err();
            matches!(error, CustodyError::OutOfReach { .. })
        };
        until(is_away).await;
        signer.sign(b"input").await.unwrap_err();

        fs::remove_dir(&here).unwrap();
        fs::rename(&away, &here).unwrap();
        until(async || signer.sign(b"input").await.is_ok()).await;
        // Whoever uses the same library goes on too.
        beside.sign(b"input").await.unwrap();
        custody.signer(&issuer(), &row).await.unwrap();
        new_key(&other).await;
    });
}

#[test]
fn a_key_in_the_token_can_be_read_by_nobody() {
    in_softhsm("faults::a_key_in_the_token_can_be_read_by_nobody", async || {
        let custody = custody().await;
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let made = custody.generate(&spec(algorithm)).await.unwrap();
            let row = row("pkcs11", &made);
            let token = same_token();
            let key = private_half(&token, &row.id);
            let secret =
                [AttributeType::Value, AttributeType::PrivateExponent, AttributeType::Prime1];
            assert_eq!(token.get_attributes(key, &secret).unwrap(), []);
            let open = token.update_attributes(key, &[Attribute::Extractable(true)]);
            assert!(open.is_err(), "{algorithm}");
            let readable = token.update_attributes(key, &[Attribute::Sensitive(false)]);
            assert!(readable.is_err(), "{algorithm}");
        }
    });
}

#[test]
fn both_halves_bear_the_kid_and_nothing_else_is_left() {
    in_softhsm("faults::both_halves_bear_the_kid_and_nothing_else_is_left", async || {
        let custody = custody().await;
        let row = new_key(&custody).await;
        let token = same_token();
        assert!(row.id.as_str().starts_with("test-"));
        let label = Attribute::Label(row.id.as_str().as_bytes().to_vec());
        assert_eq!(token.find_objects(&[label]).unwrap().len(), 2);
        assert_eq!(token.find_objects(&[Attribute::Token(true)]).unwrap().len(), 2);
    });
}

#[test]
fn a_token_that_is_pulled_out_is_out_of_reach_and_one_that_says_no_is_not() {
    // SoftHSM cannot be pulled out, so the answers are made up.
    for (code, is_away) in [
        (RvError::DeviceRemoved, true),
        (RvError::TokenNotPresent, true),
        (RvError::DeviceError, true),
        (RvError::KeyTypeInconsistent, false),
        (RvError::SessionHandleInvalid, false),
    ] {
        let error = Pkcs11Error::from(Error::Pkcs11(code, Function::Sign));
        assert_eq!(error.is_out_of_reach(), is_away, "{error}");
    }
}

#[test]
fn a_locked_pin_is_told_from_a_wrong_one() {
    // SoftHSM never locks, so the answer is made up.
    let error = Pkcs11Error::LockedPin;

    assert_eq!(error.setting(), Some(Setting::Pin));
    assert_eq!(
        error.to_string(),
        "the user's PIN is locked after too many wrong ones: have the security officer set a new one"
    );
}

async fn new_key(custody: &Pkcs11) -> StoredKey {
    let made = custody.generate(&spec(Algorithm::Es256)).await.unwrap();
    row("pkcs11", &made)
}

/// Asks again and again.
async fn until(is_so: impl AsyncFn() -> bool) {
    let asking = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        while !is_so().await {
            pace.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.unwrap();
}

fn private_half(token: &Session, id: &KeyId) -> ObjectHandle {
    let label = Attribute::Label(id.as_str().as_bytes().to_vec());
    let found = token.find_objects(&[label, Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap();
    assert_eq!(found.len(), 1);
    found[0]
}

fn generate_extractable(token: &Session, label: &KeyId, id: Vec<Attribute>) {
    let label = Attribute::Label(label.as_str().as_bytes().to_vec());
    let curve = Attribute::EcParams(vec![0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let public = [Attribute::Token(true), Attribute::Verify(true), curve];
    let private = [
        Attribute::Token(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(true),
        Attribute::Sign(true),
        label,
    ];
    let private = [private.to_vec(), id].concat();
    let how = Mechanism::EccKeyPairGen;
    token.generate_key_pair(&how, &public, &private).unwrap();
}

fn cause(error: &CustodyError) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

/// The token as another part of this process sees it, which shares the login.
fn same_token() -> Session {
    let library = Library::new(module()).unwrap();
    // The custody has initialized it and logged in.
    let slot = library.get_slots_with_initialized_token().unwrap()[0];
    library.open_rw_session(slot).unwrap()
}
