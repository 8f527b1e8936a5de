//! A vault that is down, slow, sealed, throttled, or answers something else than it was asked for.

use std::time::Duration;

use serde_json::json;
use tokenward::Algorithm;
use tokenward_keys::{Custody, CustodyError};
use tokenward_testing::sample::{issuer, new_key, spec};
use tokenward_vault::{Vault, VaultAddress, VaultOptions};

use crate::stand_in::{StandIn, chain, custody, new_signer};

#[tokio::test]
async fn a_vault_that_is_down_is_named_by_its_setting_and_found_again() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    vault.fault("transit/sign", "drop", 3);

    let said = chain(&signer.sign(b"input").await.unwrap_err());
    let begin = "custody `vault-transit` is out of reach: http://127.0.0.1:";
    assert!(said.starts_with(begin) && said.contains("look at keys.vault.address"), "{said}");

    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_named() {
    let vault = StandIn::start();
    let options =
        VaultOptions::new(VaultAddress::new("http://127.0.0.1:1").unwrap(), vault.options().tls);
    let login = vault.app_role();
    let client =
        Vault::new(options, move || Ok(login.clone()), std::sync::Arc::new(vault.clock.clone()));

    let said = chain(&client.check().await.unwrap_err());
    assert!(said.starts_with("http://127.0.0.1:1 cannot be reached: look at keys.vault.address"));
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    vault.fault("transit/sign", "drop", 1);
    vault.fault_with(&json!({ "path": "transit/sign", "mode": "status", "status": 500 }));

    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn a_slow_vault_is_not_waited_for_without_end() {
    let vault = StandIn::start();
    let mut options = vault.options();
    options.answer_timeout = Duration::from_millis(300);
    let login = vault.app_role();
    let clock = std::sync::Arc::new(vault.clock.clone());
    let signer = new_signer(&custody(Vault::new(options, move || Ok(login.clone()), clock))).await;
    vault.fault("transit/sign", "hang", 1);
    vault.calls();

    let said = chain(&signer.sign(b"input").await.unwrap_err());

    assert!(said.ends_with("Vault took longer than 0.3 s (keys.vault.timeout)"), "{said}");
    assert_eq!(vault.calls().len(), 1, "a slow answer is not asked for again");
}

#[tokio::test]
async fn a_sealed_vault_is_named_and_signs_again_when_it_is_open() {
    let vault = StandIn::start();
    let client = vault.client(vault.app_role());
    let signer = new_signer(&custody(client.clone())).await;
    vault.post("sys/seal", &json!({}));

    assert_eq!(chain(&client.check().await.unwrap_err()), "Vault is sealed: unseal it");
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert_eq!(said, "custody `vault-transit` is out of reach: Vault is sealed: unseal it");

    vault.post("sys/unseal", &json!({}));
    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn a_standby_that_passes_requests_on_is_good_and_one_that_does_not_is_named() {
    let vault = StandIn::start();
    let client = vault.client(vault.app_role());
    for (status, said) in [
        (429, ""),
        (473, ""),
        (404, ""),
        (472, "this Vault node is a standby that serves nothing (472"),
        (501, "Vault is not initialized: run `vault operator init`"),
        (500, "Vault answered 500"),
    ] {
        vault.health(status);
        match client.check().await {
            Ok(()) => assert_eq!(said, "", "{status}"),
            Err(error) => assert!(!said.is_empty() && chain(&error).starts_with(said), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_vault_that_throttles_is_left_alone_as_long_as_it_asks() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    let throttle = json!({
        "path": "transit/sign", "mode": "status", "status": 429, "retry_after": 20
    });
    vault.fault_with(&throttle);
    vault.calls();

    for _ in 0..3 {
        let said = chain(&signer.sign(b"input").await.unwrap_err());
        assert!(said.contains("Vault throttles (429): raise the rate limit quota"), "{said}");
    }
    assert_eq!(vault.calls().len(), 1);

    vault.advance(20);
    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn a_short_wait_that_is_asked_for_is_waited() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    vault.fault_with(&json!({ "path": "transit/sign", "mode": "status", "status": 429 }));

    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn garbage_and_endless_answers_are_no_answers() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    vault.fault("transit/sign", "garbage", 1);
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert!(said.contains("makes no sense: is keys.vault.address that of a Vault?"), "{said}");

    vault.fault("transit/sign", "endless", 1);
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert!(said.contains("the answer is longer than 65536 bytes"), "{said}");

    for text in ["", "vault:v1:", "vault:v1", "vault:vx:AA==", "vault:v1:!!", "AA=="] {
        let fault = json!({ "path": "transit/sign", "mode": "other_bytes", "signature": text });
        vault.fault_with(&fault);
        assert!(signer.sign(b"input").await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn what_stands_before_a_vault_and_finds_nothing_says_nothing_of_a_key() {
    let vault = StandIn::start();
    let (transit, kv) = (vault.custody(), vault.kv());
    let rows = [new_key(&transit, Algorithm::Es256).await, new_key(&kv, Algorithm::Es256).await];
    let custodies: [&dyn Custody; 2] = [&transit, &kv];
    for ((custody, path), row) in
        custodies.into_iter().zip(["transit/keys/", "secret/data/"]).zip(rows)
    {
        let page = json!({ "path": path, "mode": "garbage", "status": 404, "count": 3 });
        vault.fault_with(&page);

        let error = custody.signer(&issuer(), &row).await.err().unwrap();
        assert!(matches!(error, CustodyError::OutOfReach { .. }), "{}", chain(&error));
        let said = chain(&error);
        assert!(said.contains("and at what stands before it"), "{said}");

        custody.signer(&issuer(), &row).await.unwrap();
    }
}

#[tokio::test]
async fn a_login_that_is_not_found_says_nothing_of_a_key() {
    let vault = StandIn::start();
    let row = new_key(&vault.custody(), Algorithm::Es256).await;
    for (path, login) in
        [("auth/approle/login", vault.app_role()), ("auth/token/lookup-self", vault.token(100))]
    {
        let custody = custody(vault.client(login));
        vault.fault_with(&json!({ "path": path, "mode": "no_such", "count": 3 }));

        let error = custody.signer(&issuer(), &row).await.err().unwrap();
        assert!(matches!(error, CustodyError::OutOfReach { .. }), "{}", chain(&error));
    }
}

#[tokio::test]
async fn a_wrong_signature_does_not_leave() {
    let vault = StandIn::start();
    let custody = vault.custody();
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa] {
        let key = new_key(&custody, algorithm).await;
        let signer = custody.signer(&issuer(), &key).await.unwrap();
        vault.fault("transit/sign", "wrong_signature", 1);

        let error = signer.sign(b"input").await.unwrap_err();
        assert!(matches!(error, CustodyError::WrongSignature { .. }), "{algorithm}: {error}");
        signer.sign(b"input").await.unwrap();
    }
}

#[tokio::test]
async fn a_signature_of_another_version_does_not_leave() {
    let vault = StandIn::start();
    let signer = new_signer(&vault.custody()).await;
    vault.fault("transit/sign", "wrong_version", 1);
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert!(said.contains("Vault answers with version 2 of `test-api-"), "{said}");

    let other = json!({
        "path": "transit/sign", "mode": "other_bytes", "signature": "vault:v2:AAAA"
    });
    vault.fault_with(&other);
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert!(said.contains("and version 1 was asked for"), "{said}");
}

#[tokio::test]
async fn a_key_is_made_although_the_first_answer_was_lost() {
    let vault = StandIn::start();
    let custody = vault.custody();
    vault.fault("transit/keys/", "drop", 1);

    custody.generate(&spec(Algorithm::EdDsa)).await.unwrap();
}
