//! A KMS key that wraps the key of a store.

use serde_json::{Value, json};
use tokenward::crypto::Secret256;
use tokenward_aws::{AwsKek, KeyArn, Kms};
use tokenward_keys::{KeyWrap as _, WrapContext, WrapError};

use crate::stack::{Stack, chain, policy};

#[tokio::test]
async fn a_store_key_is_wrapped_in_kms_and_opens_in_its_context_alone() {
    for aws in [Stack::start(), Stack::start_moto()] {
        let kek = kek(&aws, &store(&aws));
        let key = Secret256::random();

        let wrapped = kek.wrap(&key, &context("test")).await.unwrap();

        assert_eq!(kek.unwrap(&wrapped, &context("test")).await.unwrap().expose(), key.expose());
        let refused = kek.unwrap(&wrapped, &context("prod")).await.unwrap_err();
        assert!(matches!(refused, WrapError::OtherKey), "{refused}");
    }
}

#[tokio::test]
async fn what_was_altered_opens_nothing() {
    let aws = Stack::start_moto();
    let kek = kek(&aws, &store(&aws));
    let wrapped = kek.wrap(&Secret256::random(), &context("test")).await.unwrap();

    // Before it stands the id of the key, in moto's own form.
    for place in 36..wrapped.len() {
        let mut altered = wrapped.clone();
        altered[place] ^= 1;
        let refused = kek.unwrap(&altered, &context("test")).await.unwrap_err();
        assert!(matches!(refused, WrapError::OtherKey), "{place}: {refused}");
    }
}

#[tokio::test]
async fn what_another_key_wrapped_is_not_opened_though_it_is_named_in_the_ciphertext() {
    let aws = Stack::start();
    let [one, other] = [store(&aws), store(&aws)];
    let wrapped = kek(&aws, &other).wrap(&Secret256::random(), &context("test")).await.unwrap();
    // AWS says so; the emulators open it with whatever key it names, or with none.
    let refused = json!({ "action": "kms:Decrypt", "mode": "status", "status": 400, "code": "IncorrectKeyException" });
    aws.fault_with(&refused);

    let refused = kek(&aws, &one).unwrap(&wrapped, &context("test")).await.unwrap_err();

    assert!(matches!(refused, WrapError::OtherKey), "{refused}");
    let answer = json!({ "action": "kms:Decrypt", "mode": "other_key", "key": one.as_str() });
    aws.fault_with(&answer);
    let refused = kek(&aws, &other).unwrap(&wrapped, &context("test")).await.unwrap_err();
    let said = "the answer to kms:Decrypt makes no sense: is keys.aws.endpoint that of AWS?";
    assert_eq!(chain(&refused), said);
}

#[tokio::test]
async fn what_was_wrapped_before_the_key_was_rotated_still_opens() {
    let aws = Stack::start_moto();
    let arn = store(&aws);
    let kek = kek(&aws, &arn);
    let key = Secret256::random();
    let wrapped = kek.wrap(&key, &context("test")).await.unwrap();
    aws.admin("RotateKeyOnDemand", &json!({ "KeyId": arn.as_str() }));

    assert_eq!(kek.unwrap(&wrapped, &context("test")).await.unwrap().expose(), key.expose());
}

#[tokio::test]
async fn a_key_that_is_not_fit_wraps_nothing_and_is_named_with_the_mend() {
    for (about, then, said) in [
        (
            json!({ "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT" }),
            "",
            "is of spec RSA_2048 for ENCRYPT_DECRYPT, not SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT: name another",
        ),
        (
            json!({ "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC" }),
            "",
            "is of spec HMAC_256 for GENERATE_VERIFY_MAC, not SYMMETRIC_DEFAULT",
        ),
        (json!({}), "DisableKey", "is disabled: `aws kms enable-key --key-id arn:aws:kms:"),
        (
            json!({}),
            "ScheduleKeyDeletion",
            "is to be deleted, and the store with it: `aws kms cancel-key-deletion --key-id arn:",
        ),
        (
            json!({ "Description": "prod-store" }),
            "",
            "has a description that does not begin with `test-`: name a key of this environment",
        ),
    ] {
        let aws = Stack::start();
        let arn = make(&aws, &about);
        if !then.is_empty() {
            aws.admin(then, &json!({ "KeyId": arn.as_str() }));
        }
        let kek = kek(&aws, &arn);
        aws.calls();

        let error = chain(&kek.wrap(&Secret256::random(), &context("test")).await.unwrap_err());

        assert!(error.starts_with(&format!("the KMS key {arn} {said}")), "{error}");
        assert_eq!(aws.calls(), ["kms:DescribeKey"], "{said}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_is_named() {
    let aws = Stack::start();
    let arn = store(&aws);
    let gone = KeyArn::new(&format!("{}0", arn.as_str().trim_end_matches(char::is_alphanumeric)));

    let error = kek(&aws, &gone.unwrap()).unwrap(b"wrapped", &context("test")).await.unwrap_err();

    assert!(chain(&error).ends_with("0 is not there: correct its name"), "{}", chain(&error));
}

#[tokio::test]
async fn each_missing_permission_is_named() {
    for action in ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt"] {
        let aws = Stack::start();
        let arn = store(&aws);
        let kek = kek(&aws, &arn);
        let wrapped = kek.wrap(&Secret256::random(), &context("test")).await.unwrap();
        let policy = policy_for(&arn).replace(action, "kms:Nothing");
        aws.set_policy("store", &policy);

        let wrap = kek.wrap(&Secret256::random(), &context("test")).await.err();
        let unwrap = kek.unwrap(&wrapped, &context("test")).await.err();

        let said: Vec<String> = [wrap, unwrap].iter().flatten().map(|error| chain(error)).collect();
        let denied = format!("AWS denies {action}: grant it in the policy (docs/custody-aws.md)");
        assert!(!said.is_empty() && said.iter().all(|said| said.starts_with(&denied)), "{said:?}");
    }
}

#[tokio::test]
async fn a_kms_that_is_out_of_reach_is_named_with_the_settings() {
    let aws = Stack::start();
    let kek = kek(&aws, &store(&aws));
    let wrapped = kek.wrap(&Secret256::random(), &context("test")).await.unwrap();
    drop(aws);

    let error = kek.unwrap(&wrapped, &context("test")).await.unwrap_err();

    let said = chain(&error);
    assert!(said.contains("look at keys.aws.region, keys.aws.endpoint and the network"), "{said}");
}

#[tokio::test]
async fn no_secret_shows() {
    let aws = Stack::start();

    let shown = format!("{:?}", kek(&aws, &store(&aws)));

    assert!(shown.starts_with("AwsKek { kms: Kms { aws: Aws { region: "), "{shown}");
    assert!(!shown.contains("AKIA") && !shown.contains("ASIA"), "{shown}");
}

/// A key as the page makes one.
fn store(aws: &Stack) -> KeyArn {
    // moto has no usual one.
    make(aws, &json!({ "KeyUsage": "ENCRYPT_DECRYPT" }))
}

fn make(aws: &Stack, about: &Value) -> KeyArn {
    let mut whole = json!({ "Description": "test-store" });
    whole.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    aws.make_key(&whole)
}

/// The key, for whoever has the rights of the page.
fn kek(aws: &Stack, arn: &KeyArn) -> AwsKek {
    aws.set_policy("store", &policy_for(arn));
    AwsKek::new(Kms::new(aws.client()), arn.clone(), "test")
}

/// The policy that the page prints, for the key `arn`.
fn policy_for(arn: &KeyArn) -> String {
    policy("aws-kek-policy").replace("KEY_ID", arn.as_str().rsplit('/').next().unwrap())
}

fn context(environment: &str) -> WrapContext {
    WrapContext::new(environment)
}
