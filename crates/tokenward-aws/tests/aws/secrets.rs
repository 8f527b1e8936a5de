//! Private keys as secrets: how they are made, and what is refused.

use serde_json::{Value, json};
use tokenward::Algorithm;
use tokenward_keys::custody::Pulled;
use tokenward_keys::{Custody as _, CustodyError, StoredKey};
use tokenward_testing::sample::{api, issuer, new_key, spec};

use crate::stack::{Stack, chain, policy};

#[tokio::test]
async fn a_key_is_pending_until_it_was_read_again() {
    let aws = Stack::start();
    let custody = aws.secrets();
    aws.calls();
    let row = new_key(&custody, Algorithm::Es256).await;

    let get = "secretsmanager:GetSecretValue";
    let calls = aws.calls();
    let [create, put, first, rest @ ..] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(
        [create, put, first].map(|call| call.rsplit(':').next().unwrap()),
        ["CreateSecret", "PutSecretValue", "GetSecretValue"]
    );
    assert_eq!(rest, ["secretsmanager:UpdateSecretVersionStage", get]);
    let (name, version) = of(&row);
    assert!(name.starts_with("test-api-"), "{name}");
    let about = aws.secrets_admin("DescribeSecret", &json!({ "SecretId": name }));
    let stages = about["VersionIdsToStages"].as_object().unwrap();
    assert!(stages[&version].as_array().unwrap().contains(&json!("AWSCURRENT")), "{about}");
    assert_eq!(stages.len(), 2, "{about}");
}

#[tokio::test]
async fn a_key_whose_rotation_stops_half_way_leaves_no_secret_behind() {
    for step in ["PutSecretValue", "GetSecretValue", "UpdateSecretVersionStage"] {
        let aws = Stack::start();
        let custody = aws.secrets();
        let action = format!("secretsmanager:{step}");
        let refused = json!({ "action": action, "mode": "status", "count": 1, "status": 400, "code": "DecryptionFailure" });
        aws.fault_with(&refused);

        custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();

        let left = aws.secrets_admin("ListSecrets", &json!({}));
        assert_eq!(left["SecretList"], json!([]), "{step}");
    }
}

#[tokio::test]
async fn a_secret_that_somebody_else_rotates_is_refused() {
    let aws = Stack::start();
    let custody = aws.secrets();
    let row = new_key(&custody, Algorithm::Es256).await;
    let (name, _) = of(&row);
    aws.secrets_admin("PutSecretValue", &json!({ "SecretId": name, "SecretString": "another" }));

    let said = chain(&custody.signer(&issuer(), &row).await.unwrap_err());
    assert!(
        said.contains("has another version that is AWSCURRENT: turn its rotation off"),
        "{said}"
    );
}

#[tokio::test]
async fn a_retired_key_is_deleted_without_a_way_back() {
    let aws = Stack::start();
    let custody = aws.secrets();
    let row = new_key(&custody, Algorithm::Es256).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();
    custody.destroy(&row).await.unwrap();

    assert_eq!(aws.secrets_admin("ListSecrets", &json!({}))["SecretList"], json!([]));
    let error = signer.sign(b"input").await.unwrap_err();
    assert!(matches!(error, CustodyError::NoPrivateHalf { .. }), "{error}");
}

#[tokio::test]
async fn the_document_of_another_key_is_refused() {
    let aws = Stack::start();
    let custody = aws.secrets();
    let row = new_key(&custody, Algorithm::Es256).await;
    let other = new_key(&custody, Algorithm::Es256).await;
    let text = String::from_utf8(row.handle.clone().unwrap()).unwrap();
    let ((name, version), (other_name, other_version)) = (of(&row), of(&other));
    let text = text.replace(&version, &other_version);
    let mut swapped: Value = serde_json::from_str(&text).unwrap();
    let theirs: Value = serde_json::from_slice(other.handle.as_deref().unwrap()).unwrap();
    (swapped["name"], swapped["address"]) = (json!(other_name), theirs["address"].clone());
    assert_ne!(name, other_name);
    let text = swapped.to_string();
    let swapped = StoredKey { handle: Some(text.into_bytes()), ..row };

    let said = chain(&custody.signer(&issuer(), &swapped).await.unwrap_err());
    assert!(said.contains("holds another key, or none: restore it, or rotate"), "{said}");
}

#[tokio::test]
async fn a_secret_is_asked_for_by_its_arn() {
    let aws = Stack::start();
    let custody = aws.secrets();
    let row = new_key(&custody, Algorithm::Es256).await;
    let handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    let about = aws.secrets_admin("DescribeSecret", &json!({ "SecretId": of(&row).0 }));
    assert_eq!(handle["address"], about["ARN"]);

    // The same name in another account is another secret, and that of another name is not read at all.
    let other = new_key(&custody, Algorithm::Es256).await;
    let other: Value = serde_json::from_slice(other.handle.as_deref().unwrap()).unwrap();
    let mut altered = handle.clone();
    altered["address"] = other["address"].clone();
    let altered = StoredKey { handle: Some(altered.to_string().into_bytes()), ..row };
    aws.calls();
    let said = chain(&custody.signer(&issuer(), &altered).await.unwrap_err());
    assert!(said.contains("is that of another secret"), "{said}");
    custody.destroy(&altered).await.unwrap_err();
    assert_eq!(aws.calls(), [""; 0]);
}

#[tokio::test]
async fn a_secret_of_another_environment_is_neither_read_nor_deleted() {
    let aws = Stack::start();
    let row = new_key(&aws.secrets(), Algorithm::Es256).await;
    let staging = Pulled::new(aws.secrets_manager(), "staging");
    aws.calls();

    let said = chain(&staging.signer(&issuer(), &row).await.unwrap_err());
    assert!(
        said.contains("its name does not begin with `staging-api-`: restore `environment`"),
        "{said}"
    );
    staging.destroy(&row).await.unwrap_err();
    assert_eq!(aws.calls(), [""; 0]);
}

#[tokio::test]
async fn each_permission_of_the_policy_is_looked_for_before_it_is_needed() {
    let aws = Stack::start();
    let whole = policy("aws-secrets-policy");
    aws.secrets().check(&api()).await.unwrap();
    for step in ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage", "DeleteSecret"] {
        let action = format!("secretsmanager:{step}");
        let less = whole.replace(&format!("\"{action}\""), "\"secretsmanager:Nothing\"");
        aws.set_policy("aws-secrets-policy", &less);

        let said = chain(&aws.secrets().check(&api()).await.unwrap_err());
        assert!(said.contains(&format!("AWS denies {action}: grant it in the policy")), "{said}");
    }
}

/// The name of the secret of `row`, and the version.
fn of(row: &StoredKey) -> (String, String) {
    let handle: Value = serde_json::from_slice(row.handle.as_deref().unwrap()).unwrap();
    let text = |member: &str| handle[member].as_str().unwrap().to_owned();
    (text("name"), text("version"))
}
