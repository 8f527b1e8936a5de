//! Which transit keys sign, and which are refused, each by its name and with its mend.

use serde_json::{Value, json};
use tokenward::Algorithm;
use tokenward_keys::{Custody as _, CustodyError, StoredKey};
use tokenward_testing::sample::{issuer, new_key, spec};
use tokenward_vault::VaultTransit;

use crate::stand_in::{StandIn, chain, name_of};

#[tokio::test]
async fn a_key_is_made_that_cannot_leave_and_does_not_turn() {
    let vault = StandIn::start();
    let row = new_key(&vault.custody(), Algorithm::Es256).await;
    let name = name_of(&row);

    assert!(name.starts_with("test-api-"), "{name}");
    let key = &vault.get(&format!("transit/keys/{name}"))["data"];
    assert_eq!(key["type"], json!("ecdsa-p256"));
    for (member, value) in [
        ("exportable", json!(false)),
        ("allow_plaintext_backup", json!(false)),
        ("auto_rotate_period", json!(0)),
    ] {
        assert_eq!(key[member], value, "{member}");
    }
}

#[tokio::test]
async fn a_key_that_became_exportable_is_refused() {
    refused_after(&json!({ "exportable": true }), "is exportable, which cannot be undone").await;
}

#[tokio::test]
async fn a_key_that_may_be_backed_up_in_the_clear_is_refused() {
    let change = json!({ "allow_plaintext_backup": true });
    refused_after(&change, "may be backed up in the clear, which cannot be undone").await;
}

#[tokio::test]
async fn a_key_that_rotates_by_itself_is_refused() {
    let change = json!({ "auto_rotate_period": "1h" });
    refused_after(&change, "rotates by itself (auto_rotate_period): `vault write").await;
}

#[tokio::test]
async fn a_key_of_another_type_is_refused() {
    let vault = StandIn::start();
    let custody = vault.custody();
    let row = new_key(&custody, Algorithm::Es256).await;
    // Somebody deletes the key and makes one of the same name.
    custody.destroy(&row).await.unwrap();
    vault.post(&format!("transit/keys/{}", name_of(&row)), &json!({ "type": "ed25519" }));

    assert!(refusal(&custody, &row).await.contains("is of type `ed25519`, not ecdsa-p256"));
}

#[tokio::test]
async fn a_key_that_was_replaced_is_refused() {
    let vault = StandIn::start();
    let custody = vault.custody();
    let row = new_key(&custody, Algorithm::Es256).await;
    custody.destroy(&row).await.unwrap();
    vault.post(&format!("transit/keys/{}", name_of(&row)), &json!({ "type": "ecdsa-p256" }));

    assert!(refusal(&custody, &row).await.contains("has another public half"));
}

#[tokio::test]
async fn a_version_that_somebody_made_does_not_sign() {
    let vault = StandIn::start();
    let custody = vault.custody();
    let row = new_key(&custody, Algorithm::Es256).await;
    vault.post(&format!("transit/keys/{}/rotate", name_of(&row)), &json!({}));

    // The newest version would sign if the call named none, and its signature would verify nowhere.
    custody.signer(&issuer(), &row).await.unwrap().sign(b"input").await.unwrap();

    let floor = json!({ "min_encryption_version": 2 });
    vault.post(&format!("transit/keys/{}/config", name_of(&row)), &floor);
    assert!(refusal(&custody, &row).await.contains("no longer signs with version 1"));
}

#[tokio::test]
async fn the_keys_of_another_environment_are_neither_used_nor_deleted() {
    let vault = StandIn::start();
    let row = new_key(&vault.custody(), Algorithm::Es256).await;
    let mount = tokenward_vault::Mount::new("transit").unwrap();
    let staging = VaultTransit::new(vault.client(vault.app_role()), mount, "staging");

    let said = refusal(&staging, &row).await;
    assert!(said.contains("its name does not begin with `staging-api-`: restore `environment`"));
    staging.destroy(&row).await.unwrap_err();
    vault.get(&format!("transit/keys/{}", name_of(&row)));
}

#[tokio::test]
async fn a_key_in_another_mount_is_refused() {
    let vault = StandIn::start();
    let row = new_key(&vault.custody(), Algorithm::Es256).await;
    let mount = tokenward_vault::Mount::new("transit2").unwrap();
    let other = VaultTransit::new(vault.client(vault.app_role()), mount, "test");

    assert!(refusal(&other, &row).await.contains("it is in `transit`: restore keys.vault.mount"));
}

#[tokio::test]
async fn a_deleted_key_is_gone_from_the_vault() {
    let vault = StandIn::start();
    let custody = vault.custody();
    let row = new_key(&custody, Algorithm::Es256).await;
    // The answer to the first attempt is lost after the vault has done it.
    vault.fault(&format!("transit/keys/{}", name_of(&row)), "none", 2);
    vault.fault(&format!("transit/keys/{}", name_of(&row)), "drop", 1);

    custody.destroy(&row).await.unwrap();

    let error = custody.signer(&issuer(), &row).await.unwrap_err();
    assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
}

#[tokio::test]
async fn a_key_that_comes_out_unfit_is_deleted_again() {
    let vault = StandIn::start();
    let custody = vault.custody();
    // The vault makes the key; what it then says of it is no answer.
    vault.fault("transit/keys/", "none", 1);
    vault.fault("transit/keys/", "garbage", 1);
    vault.calls();

    let error = custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();

    assert!(chain(&error).contains("makes no sense: is keys.vault.address that of a Vault?"));
    assert!(vault.calls().iter().any(|call| call.starts_with("DELETE transit/keys/test-api-")));
}

async fn refused_after(change: &Value, why: &str) {
    let vault = StandIn::start();
    let custody = vault.custody();
    let row = new_key(&custody, Algorithm::Es256).await;
    custody.signer(&issuer(), &row).await.unwrap();
    vault.post(&format!("transit/keys/{}/config", name_of(&row)), change);

    let said = refusal(&custody, &row).await;
    assert!(said.contains(why), "{said}");
}

/// Why `custody` refuses `row`: its name, and one line.
async fn refusal(custody: &VaultTransit, row: &StoredKey) -> String {
    let error = custody.signer(&issuer(), row).await.unwrap_err();
    let said = chain(&error);
    let begin = format!("key `{}` is not fit to sign in custody `vault-transit`: ", row.id);
    assert!(said.starts_with(&begin) && !said.contains('\n'), "{said}");
    said
}
