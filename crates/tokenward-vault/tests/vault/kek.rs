//! A transit key that wraps the key of a store.

use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward_keys::{KeyWrap as _, WrapContext, WrapError};
use tokenward_vault::{Mount, VaultKek};

use crate::stand_in::{StandIn, chain};

#[tokio::test]
async fn a_store_key_is_wrapped_in_the_vault_and_opens_in_its_context_alone() {
    let vault = vault();
    let kek = kek(&vault);
    let key = Secret256::random();

    let wrapped = kek.wrap(&key, &context("test")).await.unwrap();

    assert!(wrapped.starts_with(b"vault:v1:"));
    assert_eq!(kek.unwrap(&wrapped, &context("test")).await.unwrap().expose(), key.expose());
    let refused = kek.unwrap(&wrapped, &context("prod")).await.unwrap_err();
    assert_eq!(
        chain(&refused),
        "Vault refuses `transit/decrypt/test-store`: cipher: message authentication failed"
    );
}

#[tokio::test]
async fn what_an_older_version_wrapped_still_opens() {
    let vault = vault();
    let kek = kek(&vault);
    let key = Secret256::random();
    let wrapped = kek.wrap(&key, &context("test")).await.unwrap();
    vault.post("transit/keys/test-store/rotate", &json!({}));

    assert_eq!(kek.unwrap(&wrapped, &context("test")).await.unwrap().expose(), key.expose());
    let fresh = kek.wrap(&key, &context("test")).await.unwrap();
    assert!(fresh.starts_with(b"vault:v2:"));
}

#[tokio::test]
async fn a_key_that_is_not_there_is_not_made() {
    let vault = StandIn::start();
    let error = wrap(&vault).await;

    assert_eq!(error, "Vault holds nothing at `transit/keys/test-store`");
    assert!(!vault.calls().iter().any(|call| call.contains("encrypt")));
}

#[tokio::test]
async fn a_key_that_could_leave_the_vault_or_be_lost_wraps_nothing() {
    for (made, configured, said) in [
        (json!({ "exportable": true }), Value::Null, "is exportable, which cannot be undone"),
        (json!({ "allow_plaintext_backup": true }), Value::Null, "may be backed up in the clear"),
        (json!({ "type": "ed25519" }), Value::Null, "is of type `ed25519`, not aes256-gcm96"),
        (json!({}), json!({ "deletion_allowed": true }), "may be deleted, and the store with it"),
    ] {
        let vault = StandIn::start();
        vault.post("transit/keys/test-store", &made);
        if !configured.is_null() {
            vault.post("transit/keys/test-store/config", &configured);
        }
        let error = wrap(&vault).await;
        assert!(error.contains(said), "{error}");
        assert!(!vault.calls().iter().any(|call| call.contains("encrypt")), "{said}");
    }
}

#[tokio::test]
async fn a_vault_that_ignores_the_context_wraps_nothing() {
    let vault = vault();
    vault.fault("transit/", "no_associated_data", 9);

    assert_eq!(wrap(&vault).await, "Vault ignores associated_data: it takes version 1.9 or later");
}

#[tokio::test]
async fn what_is_no_ciphertext_of_the_vault_is_not_sent_there() {
    let vault = vault();
    let kek = kek(&vault);
    vault.calls();

    for wrapped in [&b"vault:v1:\",\"x\":\""[..], b"\xff\xfe"] {
        let error = kek.unwrap(wrapped, &context("test")).await.unwrap_err();
        assert!(matches!(error, WrapError::Failed(_) | WrapError::OtherKey), "{error}");
    }
    assert_eq!(vault.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn neither_the_key_nor_the_token_shows() {
    let vault = vault();
    let kek = kek(&vault);

    let shown = format!("{kek:?}");

    assert!(shown.starts_with("VaultKek { transit: Transit { vault: Vault"), "{shown}");
    assert!(!shown.contains("hvs."), "{shown}");
}

/// One with the key, and the rights of the page.
fn vault() -> StandIn {
    let vault = StandIn::start();
    vault.post("transit/keys/test-store", &json!({ "type": "aes256-gcm96" }));
    vault
}

fn kek(vault: &StandIn) -> VaultKek {
    let policy = json!({ "policy": kek_policy() });
    vault.post("sys/policies/acl/store", &policy);
    vault.role(&json!({ "token_policies": "store" }));
    VaultKek::new(vault.client(vault.app_role()), Mount::new("transit").unwrap(), "test-store")
}

/// Why `wrap` fails.
async fn wrap(vault: &StandIn) -> String {
    let kek = kek(vault);
    vault.calls();
    chain(&kek.wrap(&Secret256::random(), &context("test")).await.unwrap_err())
}

fn context(environment: &str) -> WrapContext {
    WrapContext::new(environment)
}

/// The policy that the page prints, for the environment of the tests.
fn kek_policy() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/custody-vault.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("<!-- test: vault-kek-policy -->\n```hcl\n").unwrap();
    rest.split_once("```").unwrap().0.replace("prod-", "test-")
}
