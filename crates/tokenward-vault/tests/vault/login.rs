//! Tokens and `AppRole`: how long they last, and what is said when they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokenward::Clock as _;
use tokenward_testing::sample::api;
use tokenward_vault::{Login, Mount, Vault, VaultError, VaultSecret, VaultTransit};

use crate::stand_in::{StandIn, chain, custody, new_signer};

#[tokio::test]
async fn the_policy_of_the_page_is_enough() {
    let vault = StandIn::start();

    vault.custody().check(&api()).await.unwrap();
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let vault = StandIn::start();
    let signer = new_signer(&custody(vault.client(vault.token(100)))).await;
    vault.calls();

    for _ in 0..5 {
        vault.advance(80);
        signer.sign(b"input").await.unwrap();
    }

    let calls = vault.calls();
    let renewals = calls.iter().filter(|call| *call == "POST auth/token/renew-self").count();
    assert_eq!(renewals, 5, "{calls:?}");
}

#[tokio::test]
async fn a_renewal_that_fails_costs_no_signature_while_the_token_holds() {
    let vault = StandIn::start();
    let signer = new_signer(&custody(vault.client(vault.token(100)))).await;
    vault.advance(80);
    vault.fault_with(&json!({ "path": "auth/", "mode": "status", "status": 500, "count": 1 }));

    signer.sign(b"input").await.unwrap();

    vault.calls();
    signer.sign(b"input").await.unwrap();
    assert_eq!(vault.calls().len(), 1, "the renewal is not tried at every signature");
    vault.advance(10);
    signer.sign(b"input").await.unwrap();
    assert!(vault.calls().contains(&"POST auth/token/renew-self".to_owned()));
}

#[tokio::test]
async fn an_app_role_logs_in_again_when_its_tokens_longest_life_is_near() {
    let vault = StandIn::start();
    vault.role(
        &json!({ "token_policies": "tokenward", "token_ttl": "100s", "token_max_ttl": "120s" }),
    );
    let signer = new_signer(&vault.custody()).await;
    vault.calls();

    vault.advance(80);
    signer.sign(b"input").await.unwrap();
    vault.advance(80);
    signer.sign(b"input").await.unwrap();

    assert!(vault.calls().contains(&"POST auth/approle/login".to_owned()));
}

#[tokio::test]
async fn an_app_role_logs_in_again_when_the_vault_no_longer_knows_its_token() {
    let vault = StandIn::start();
    let app_role = vault.app_role();
    let signer = new_signer(&custody(vault.client(app_role))).await;
    // The clocks differ by an hour: the token has expired there, and seems to hold here.
    let before = vault.clock.now();
    vault.advance(4_000);
    vault.clock.set(before);

    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn a_token_that_was_replaced_on_disk_is_found() {
    let vault = StandIn::start();
    let tokens = [vault.token(100), vault.token(3_600)];
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let login = move || Ok(tokens[counter.fetch_add(1, Ordering::SeqCst).min(1)].clone());
    let client = Vault::new(vault.options(), login, Arc::new(vault.clock.clone()));
    let signer = new_signer(&custody(client)).await;

    vault.advance(200);
    signer.sign(b"input").await.unwrap();

    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_that_has_ended_is_named_and_not_shown() {
    let vault = StandIn::start();
    let custody = custody(vault.client(vault.token(100)));
    custody.check(&api()).await.unwrap();
    vault.advance(200);

    let error = custody.check(&api()).await.unwrap_err();
    assert!(matches!(error, VaultError::BadToken), "{error}");
    assert!(chain(&error).contains("set keys.vault.token to a fresh one"));
}

#[tokio::test]
async fn a_wrong_secret_id_is_named_and_not_shown() {
    let vault = StandIn::start();
    let Login::AppRole { mount, role_id, .. } = vault.app_role() else { panic!("no role") };
    let secret_id = VaultSecret::new("wrong-secret-id").unwrap();
    let custody = custody(vault.client(Login::AppRole { mount, role_id, secret_id }));

    let error = custody.check(&api()).await.unwrap_err();
    let said = format!("{} {error:?} {custody:?}", chain(&error));
    assert!(said.contains("set keys.vault.secret_id") && !said.contains("wrong-secret"), "{said}");
}

#[tokio::test]
async fn a_missing_permission_a_wrong_mount_and_a_wrong_engine_are_told_apart() {
    let vault = StandIn::start();
    vault.post("sys/mounts/other", &json!({ "type": "transit" }));
    let policy = "path \"transit/keys/test-*\" { capabilities = [\"read\"] }\n\
                  path \"secret/data/x\" { capabilities = [\"read\"] }\n\
                  path \"gone/*\" { capabilities = [\"read\", \"update\"] }";
    vault.post("sys/policies/acl/tokenward", &json!({ "policy": policy }));

    let said = async |mount: &str| {
        let mount = Mount::new(mount).unwrap();
        let custody = VaultTransit::new(vault.client(vault.app_role()), mount, "test");
        let spec = tokenward_testing::sample::spec(tokenward::Algorithm::Es256);
        let made = tokenward_keys::Custody::generate(&custody, &spec).await;
        chain(&made.unwrap_err())
    };
    let denied = said("transit").await;
    assert!(denied.contains("Vault denies `update` on `transit/keys/test-api-"), "{denied}");
    let unseen = said("other").await;
    assert!(unseen.contains("Vault shows no engine at `other`: correct keys.vault.mount"));
    let gone = said("gone").await;
    assert!(gone.contains("or `vault secrets enable -path=gone transit`"), "{gone}");

    let kv = Mount::new("secret").unwrap();
    let error = VaultTransit::new(vault.client(vault.app_role()), kv, "test").check(&api()).await;
    let said = chain(&error.unwrap_err());
    assert_eq!(said, "the engine at `secret` is `kv-v2`, not `transit`: correct keys.vault.mount");
}

#[tokio::test]
async fn what_the_policy_does_not_grant_is_found_before_a_key_is_needed() {
    for (path, capability, missing) in [
        ("transit/sign/test-*", "update", "update` on `transit/sign/test-api-"),
        ("transit/keys/test-*", "read", "read` on `transit/keys/test-api-"),
        ("transit/keys/test-*", "update", "update` on `transit/keys/test-api-"),
        ("transit/keys/test-*", "delete", "delete` on `transit/keys/test-api-"),
    ] {
        let vault = StandIn::start();
        let policy = crate::stand_in::policy();
        let (before, at) = policy.split_once(&format!("\"{path}\"")).unwrap();
        let less = at.replacen(&format!("\"{capability}\""), "\"list\"", 1);
        let policy = json!({ "policy": format!("{before}\"{path}\"{less}") });
        vault.post("sys/policies/acl/tokenward", &policy);

        let said = chain(&vault.custody().check(&api()).await.unwrap_err());
        assert!(said.starts_with(&format!("Vault denies `{missing}")), "{said}");
    }
}

#[tokio::test]
async fn every_call_names_the_namespace() {
    let vault = StandIn::start();
    let mut options = vault.options();
    options.namespace = Some(Mount::new("teams/login").unwrap());
    let login = vault.app_role();
    let client = Vault::new(options, move || Ok(login.clone()), Arc::new(vault.clock.clone()));
    vault.raw_calls();

    new_signer(&custody(client)).await;

    let calls = vault.raw_calls();
    assert!(calls.len() >= 4);
    assert!(calls.iter().all(|call| call["namespace"] == json!("teams/login")), "{calls:?}");
}

#[tokio::test]
async fn a_credential_that_cannot_be_read_says_why() {
    let vault = StandIn::start();
    let clock = Arc::new(vault.clock.clone());
    let client =
        Vault::new(vault.options(), || Err("keys.vault.token: t is not there".into()), clock);

    let said = chain(&client.check().await.unwrap_err());
    assert_eq!(
        said,
        "the credential for Vault could not be read: keys.vault.token: t is not there"
    );
}
