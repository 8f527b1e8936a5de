//! Which KMS keys sign, and which are refused, each by its name and with its mend.

use serde_json::json;
use tokenward::Algorithm;
use tokenward_aws::{AwsKms, Kms};
use tokenward_keys::custody::names;
use tokenward_keys::{Custody as _, CustodyError, KeyLabel, KeyOrder, StoredKey};
use tokenward_testing::sample::{issuer, new_key, row, spec};

use crate::stack::{Stack, arn_of, chain};

#[tokio::test]
async fn a_key_is_made_that_says_whose_it_is() {
    let aws = Stack::start();
    let row = new_key(&aws.kms(), Algorithm::Es256).await;

    let key = json!({ "KeyId": arn_of(&row) });
    let about = &aws.admin("DescribeKey", &key)["KeyMetadata"];
    assert_eq!([&about["KeySpec"], &about["KeyUsage"]], ["ECC_NIST_P256", "SIGN_VERIFY"]);
    assert!(about["Description"].as_str().unwrap().starts_with("test-api-"), "{about}");
    let tags = &aws.admin("ListResourceTags", &key)["Tags"];
    assert_eq!(tags[0], json!({ "TagKey": "tokenward:environment", "TagValue": "test" }));
    assert_eq!(tags[1], json!({ "TagKey": "tokenward:audience", "TagValue": "api" }));
}

#[tokio::test]
async fn what_is_too_long_for_kms_is_signed_as_a_digest() {
    let aws = Stack::start();
    let custody = aws.kms();
    for algorithm in [Algorithm::Es256, Algorithm::Ps384, Algorithm::Rs512] {
        let row = new_key(&custody, algorithm).await;
        let signer = custody.signer(&issuer(), &row).await.unwrap();

        // The custody itself verifies it, with the whole input.
        signer.sign(&[7; 4097]).await.unwrap();
    }
    let row = new_key(&custody, Algorithm::EdDsa).await;
    let signer = custody.signer(&issuer(), &row).await.unwrap();
    let said = chain(&signer.sign(&[7; 4097]).await.unwrap_err());
    assert!(said.contains("4097 bytes are too many for ED25519_SHA_512"), "{said}");
}

#[tokio::test]
async fn a_key_that_is_disabled_is_refused_with_the_command_that_mends_it() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    aws.admin("DisableKey", &json!({ "KeyId": arn_of(&row) }));

    let said = refusal(&custody, &row).await;
    assert!(said.contains("is disabled: `aws kms enable-key --key-id arn:aws:kms:"), "{said}");
}

#[tokio::test]
async fn the_key_of_another_row_is_refused_though_it_is_ours() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    let other = new_key(&custody, Algorithm::Es256).await;

    let said = refusal(&custody, &as_if(&custody, &row, &other)).await;
    assert!(said.contains("has another public half: restore it, or rotate"), "{said}");
}

#[tokio::test]
async fn a_key_of_another_type_is_refused() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    let other = new_key(&custody, Algorithm::EdDsa).await;

    let said = refusal(&custody, &as_if(&custody, &row, &other)).await;
    assert!(said.contains("is of spec ECC_NIST_EDWARDS25519, not ECC_NIST_P256"), "{said}");
}

#[tokio::test]
async fn an_alias_is_no_name_of_a_key() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    let alias = "arn:aws:kms:eu-central-1:000000000000:alias/signing";

    for arn in [alias, "alias/signing", "arn:aws:s3:eu-central-1:1:key/a", ""] {
        let error = custody.signer(&issuer(), &with_arn(&row, arn)).await.unwrap_err();
        assert!(matches!(error, CustodyError::Damaged { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_keys_of_another_environment_are_neither_used_nor_destroyed() {
    let aws = Stack::start();
    let row = new_key(&aws.kms(), Algorithm::Es256).await;
    let staging = AwsKms::new(Kms::new(aws.client()), "staging");

    let said = refusal(&staging, &row).await;
    assert!(said.contains("its description does not begin with `staging-api-`"), "{said}");
    staging.destroy(&row).await.unwrap_err();
    aws.kms().signer(&issuer(), &row).await.unwrap();
}

#[tokio::test]
async fn an_order_in_the_store_that_names_a_key_in_use_is_known_as_such() {
    let aws = Stack::start();
    let custody = aws.kms();
    let spec = spec(Algorithm::Es256);
    let key = row("aws-kms", &custody.generate(&spec).await.unwrap());
    let order = |label| KeyOrder {
        label,
        audience: spec.audience.clone(),
        custody: "aws-kms".to_owned(),
        created_at: spec.created_at,
        given_up_at: None,
    };

    assert_eq!(custody.name_of_order(&order(spec.label)), custody.name_of_key(&key));
    assert_ne!(custody.name_of_order(&order(KeyLabel::random())), custody.name_of_key(&key));
    // Whoever writes another name beside the key's ARN does not get it used, or destroyed.
    let name = custody.name_of_key(&key).unwrap();
    let other = names::of("test", "api", KeyLabel::random());
    let handle = String::from_utf8(key.handle.clone().unwrap()).unwrap().replace(&name, &other);
    let forged = StoredKey { handle: Some(handle.into_bytes()), ..key.clone() };
    let said = refusal(&custody, &forged).await;
    assert!(said.contains(&format!("its description is not `{other}`: restore it")), "{said}");
    custody.destroy(&forged).await.unwrap_err();
    custody.signer(&issuer(), &key).await.unwrap();
}

#[tokio::test]
async fn a_key_in_another_region_names_the_setting() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    let elsewhere = arn_of(&row).replace("eu-central-1", "eu-west-1");

    let said = refusal(&custody, &with_arn(&row, &elsewhere)).await;
    assert!(said.contains("it is in eu-west-1: restore keys.aws.region"), "{said}");
}

#[tokio::test]
async fn a_destroyed_key_waits_for_its_deletion_the_shortest_time() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    custody.destroy(&row).await.unwrap();
    aws.calls();
    custody.destroy(&row).await.unwrap();

    // The second time there is nothing left to do.
    assert_eq!(aws.calls(), ["kms:DescribeKey"]);
    let about = &aws.admin("DescribeKey", &json!({ "KeyId": arn_of(&row) }))["KeyMetadata"];
    assert_eq!(about["KeyState"], "PendingDeletion");
    let days = about["DeletionDate"].as_u64().unwrap() - crate::stack::now().as_secs();
    assert!((6 * 86_400..=7 * 86_400).contains(&days), "{days} s");
}

#[tokio::test]
async fn a_key_in_a_state_that_passes_is_not_taken_for_a_deleted_one() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    // As of a key store that is cut off for a moment.
    for action in ["kms:ScheduleKeyDeletion", "kms:DisableKey"] {
        aws.fault_with(&json!({ "action": action, "mode": "status", "count": 1, "status": 400, "code": "KMSInvalidStateException" }));
    }

    custody.destroy(&row).await.unwrap_err();
    custody.destroy(&row).await.unwrap();
    let about = &aws.admin("DescribeKey", &json!({ "KeyId": arn_of(&row) }))["KeyMetadata"];
    assert_eq!(about["KeyState"], "PendingDeletion");
}

#[tokio::test]
async fn a_key_that_may_not_be_deleted_is_at_least_disabled() {
    let aws = Stack::start();
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    let policy = crate::stack::policy("aws-kms-policy");
    aws.set_policy("aws-kms-policy", &policy.replace("kms:ScheduleKeyDeletion", "kms:Nothing"));

    let said = chain(&custody.destroy(&row).await.unwrap_err());

    assert!(said.contains("AWS denies kms:ScheduleKeyDeletion"), "{said}");
    let about = &aws.admin("DescribeKey", &json!({ "KeyId": arn_of(&row) }))["KeyMetadata"];
    assert_eq!(about["KeyState"], "Disabled");
}

#[tokio::test]
async fn a_key_whose_public_half_makes_no_sense_is_ended_at_once() {
    let aws = Stack::start();
    let custody = aws.kms();
    aws.fault("kms:GetPublicKey", "garbage", 1);
    aws.calls();

    let error = custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();

    assert!(chain(&error).contains("makes no sense: is keys.aws.endpoint that of AWS?"));
    let calls = aws.calls();
    assert!(calls.contains(&"kms:ScheduleKeyDeletion".to_owned()), "{calls:?}");
}

/// `row`, with a handle that names the KMS key of `other`, its description too.
fn as_if(custody: &AwsKms, row: &StoredKey, other: &StoredKey) -> StoredKey {
    let row_with_arn = with_arn(row, &arn_of(other));
    let [own, theirs] = [row, other].map(|row| custody.name_of_key(row).unwrap());
    let handle = String::from_utf8(row_with_arn.handle.unwrap()).unwrap().replace(&own, &theirs);
    StoredKey { handle: Some(handle.into_bytes()), ..row.clone() }
}

/// `row`, with a handle that names another KMS key.
fn with_arn(row: &StoredKey, arn: &str) -> StoredKey {
    let handle = String::from_utf8(row.handle.clone().unwrap()).unwrap();
    let handle = handle.replace(&arn_of(row), arn);
    StoredKey { handle: Some(handle.into_bytes()), ..row.clone() }
}

/// Why `custody` refuses `row`: its name, and one line.
async fn refusal(custody: &AwsKms, row: &StoredKey) -> String {
    let error = custody.signer(&issuer(), row).await.unwrap_err();
    let said = chain(&error);
    let begin = format!("key `{}` is not fit to sign in custody `aws-kms`: ", row.id);
    assert!(said.starts_with(&begin) && !said.contains('\n'), "{said}");
    said
}
