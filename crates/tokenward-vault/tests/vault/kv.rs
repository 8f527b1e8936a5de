//! Private keys as documents in the KV engine: how they are kept, and what is refused.

use serde_json::{Value, json};
use tokenward::Algorithm;
use tokenward_keys::custody::Pulled;
use tokenward_keys::{Custody as _, CustodyError, StoredKey};
use tokenward_testing::sample::{api, issuer, new_key, spec};
use tokenward_vault::{Mount, VaultKv};

use crate::stand_in::{StandIn, chain};

#[tokio::test]
async fn a_key_is_a_document_that_says_whose_it_is() {
    let vault = StandIn::start();
    let row = new_key(&vault.kv(), Algorithm::Es256).await;
    let (name, version) = of(&row);

    assert!(name.starts_with("test-api-"), "{name}");
    assert_eq!(version, "1");
    let read = vault.get(&format!("secret/data/{name}"));
    let text = read["data"]["data"]["document"].as_str().unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    assert_eq!(document["kid"], row.id.as_str());
    assert_eq!(document["iss"], issuer().as_str());
    assert_eq!([&document["alg"], &document["v"]], [&json!("ES256"), &json!(1)]);
}

#[tokio::test]
async fn a_version_that_somebody_wrote_does_not_sign() {
    let vault = StandIn::start();
    let custody = vault.kv();
    let row = new_key(&custody, Algorithm::Es256).await;
    vault.post(&format!("secret/data/{}", of(&row).0), &json!({ "data": { "document": "x" } }));

    // The version that the handle names is the one that was published.
    custody.signer(&issuer(), &row).await.unwrap().sign(b"input").await.unwrap();
}

#[tokio::test]
async fn each_member_of_the_document_must_be_that_of_the_row() {
    let vault = StandIn::start();
    let custody = vault.kv();
    let row = new_key(&custody, Algorithm::Es256).await;
    let (name, _) = of(&row);
    let read = vault.get(&format!("secret/data/{name}"));
    let text = read["data"]["data"]["document"].as_str().unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    let other = new_key(&custody, Algorithm::Es256).await;
    let other = vault.get(&format!("secret/data/{}", of(&other).0));
    let other: Value =
        serde_json::from_str(other["data"]["data"]["document"].as_str().unwrap()).unwrap();

    for (member, value) in [
        ("v", json!(2)),
        ("iss", json!("https://other.example.com")),
        ("kid", other["kid"].clone()),
        ("alg", json!("ES384")),
        ("created", json!(1)),
        ("key", other["key"].clone()),
        ("key", json!("")),
    ] {
        let mut changed = document.clone();
        changed[member] = value;
        let body = json!({ "data": { "document": changed.to_string() } });
        let written = vault.post(&format!("secret/data/{name}"), &body);
        let said = refusal(&custody, &with_version(&row, &written["data"]["version"])).await;
        assert!(
            said.contains("holds another key, or none: restore it, or rotate"),
            "{member}: {said}"
        );
    }
}

#[tokio::test]
async fn a_retired_key_is_deleted_with_all_its_versions() {
    let vault = StandIn::start();
    let custody = vault.kv();
    let row = new_key(&custody, Algorithm::Es256).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();
    vault.calls();
    custody.destroy(&row).await.unwrap();

    let calls = vault.calls();
    assert!(calls.contains(&format!("DELETE secret/metadata/{}", of(&row).0)), "{calls:?}");
    let error = signer.sign(b"input").await.unwrap_err();
    assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
}

#[tokio::test]
async fn a_document_whose_version_is_deleted_is_a_key_that_is_gone() {
    let vault = StandIn::start();
    let custody = vault.kv();
    let row = new_key(&custody, Algorithm::Es256).await;
    vault.delete(&format!("secret/data/{}", of(&row).0));

    let error = custody.signer(&issuer(), &row).await.unwrap_err();
    assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
}

#[tokio::test]
async fn a_key_that_is_not_read_as_it_was_written_is_deleted_again() {
    let vault = StandIn::start();
    let custody = vault.kv();
    vault.fault("secret/data/", "none", 1);
    vault.fault("secret/data/", "garbage", 1);
    vault.calls();

    let error = custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();

    assert!(chain(&error).contains("makes no sense: is keys.vault.address that of a Vault?"));
    assert!(vault.calls().iter().any(|call| call.starts_with("DELETE secret/metadata/test-api-")));
}

#[tokio::test]
async fn documents_of_another_environment_are_neither_read_nor_deleted() {
    let vault = StandIn::start();
    let row = new_key(&vault.kv(), Algorithm::Es256).await;
    let mount = Mount::new("secret").unwrap();
    let staging = Pulled::new(VaultKv::new(vault.client(vault.app_role()), mount), "staging");
    vault.calls();

    let said = refusal(&staging, &row).await;
    assert!(
        said.contains("its name does not begin with `staging-api-`: restore `environment`"),
        "{said}"
    );
    staging.destroy(&row).await.unwrap_err();
    assert_eq!(vault.calls(), [""; 0]);
}

#[tokio::test]
async fn the_wrong_engine_or_version_of_it_is_found_before_it_is_needed() {
    let vault = StandIn::start();
    vault.kv().check(&api()).await.unwrap();
    vault.post("sys/mounts/old", &json!({ "type": "kv" }));
    for (mount, kind) in [("old", "kv-v1"), ("transit", "transit")] {
        let grant = format!("path \"{mount}/data/test-*\" {{ capabilities = [\"read\"] }}");
        vault.post("sys/policies/acl/tokenward", &json!({ "policy": grant }));
        let kv = VaultKv::new(vault.client(vault.app_role()), Mount::new(mount).unwrap());

        let said = chain(&Pulled::new(kv, "test").check(&api()).await.unwrap_err());
        let mend =
            format!("the engine at `{mount}` is `{kind}`, not `kv-v2`: correct keys.vault.mount");
        assert!(said.contains(&mend), "{said}");
    }
}

#[tokio::test]
async fn each_capability_of_the_policy_is_looked_for_before_it_is_needed() {
    let vault = StandIn::start();
    for (path, capability) in [("data", "read"), ("data", "update"), ("metadata", "delete")] {
        let less = crate::stand_in::policy_of("vault-kv-policy")
            .replace(&format!("\"{capability}\""), "\"list\"");
        vault.post("sys/policies/acl/tokenward", &json!({ "policy": less }));

        let said = chain(&vault.kv().check(&api()).await.unwrap_err());
        assert!(
            said.contains(&format!("Vault denies `{capability}` on `secret/{path}/test-api-")),
            "{said}"
        );
    }
}

/// The name of the document of `row`, and the version.
fn of(row: &StoredKey) -> (String, String) {
    let handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    let text = |member: &str| handle[member].as_str().unwrap().to_owned();
    (text("name"), text("version"))
}

fn with_version(row: &StoredKey, version: &Value) -> StoredKey {
    let mut handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    handle["version"] = json!(version.to_string());
    StoredKey { handle: Some(handle.to_string().into_bytes()), ..row.clone() }
}

async fn refusal(custody: &Pulled<VaultKv>, row: &StoredKey) -> String {
    let said = chain(&custody.signer(&issuer(), row).await.unwrap_err());
    let begin = format!("key `{}` is not fit to sign in custody `vault-kv`: ", row.id);
    assert!(said.starts_with(&begin) && !said.contains('\n'), "{said}");
    said
}
