//! An AWS that is down, slow, throttled, denies, or answers something else than it was asked for.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokenward::Algorithm;
use tokenward_aws::{Aws, AwsCredentials, AwsKms, CredentialSource, Endpoint, Kms};
use tokenward_keys::{Custody as _, CustodyError, Signer};
use tokenward_testing::sample::{api, issuer, new_key, spec};

use crate::stack::{Stack, chain, now, policy};

#[tokio::test]
async fn what_passes_by_itself_is_tried_again() {
    let aws = Stack::start();
    let signer = signer(&aws).await;
    for (status, code) in [(400, "ThrottlingException"), (500, "KMSInternalException"), (503, "")] {
        aws.fault_with(&json!({ "action": "kms:Sign", "mode": "status", "count": 2, "status": status, "code": code }));
        aws.calls();
        signer.sign(b"input").await.unwrap();
        assert_eq!(aws.calls(), ["kms:Sign"; 3], "{code}");
    }
    aws.fault("kms:Sign", "drop", 2);
    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn a_quota_that_stays_exhausted_is_named_after_three_attempts() {
    let aws = Stack::start();
    let signer = signer(&aws).await;
    let throttled = json!({ "action": "kms:Sign", "mode": "status", "count": 9, "status": 400, "code": "ThrottlingException" });
    aws.fault_with(&throttled);
    aws.calls();

    let error = signer.sign(b"input").await.unwrap_err();

    assert!(matches!(error, CustodyError::OutOfReach { .. }), "it passes: {error}");
    let said = chain(&error);
    assert!(said.contains("AWS throttles kms:Sign: raise the request quota"), "{said}");
    assert_eq!(aws.calls().len(), 3);
}

#[tokio::test]
async fn a_wrong_signature_and_that_of_another_key_never_leave() {
    let aws = Stack::start();
    let signer = signer(&aws).await;
    aws.fault("kms:Sign", "wrong_signature", 1);
    let error = signer.sign(b"input").await.unwrap_err();
    assert!(matches!(error, CustodyError::WrongSignature { .. }), "{error}");

    aws.fault_with(&json!({ "action": "kms:Sign", "mode": "other_key", "key": "arn:aws:kms:eu-central-1:1:key/2" }));
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    assert!(said.contains("the answer to kms:Sign makes no sense"), "{said}");

    signer.sign(b"input").await.unwrap();
}

#[tokio::test]
async fn answers_that_are_none_are_refused() {
    let aws = Stack::start();
    let signer = signer(&aws).await;
    for (mode, mend) in [
        ("garbage", "makes no sense: is keys.aws.endpoint that of AWS?"),
        ("endless", "is longer than 262144 bytes: is keys.aws.endpoint that of AWS?"),
    ] {
        aws.fault("kms:Sign", mode, 1);
        let said = chain(&signer.sign(b"input").await.unwrap_err());
        assert!(said.contains(mend), "{said}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_the_wait() {
    let aws = Stack::start();
    let mut options = aws.options();
    options.answer_timeout = Duration::from_millis(300);
    let credentials = aws.credentials();
    let client =
        Aws::new(options, CredentialSource::named(move || Ok(credentials.clone())), Arc::new(now));
    aws.fault("kms:GenerateRandom", "hang", 9);

    let error = Kms::new(client).check().await.unwrap_err();

    assert_eq!(error.to_string(), "AWS took longer than 0.3 s (keys.aws.timeout)");
}

#[tokio::test]
async fn an_unreachable_address_names_the_settings() {
    let aws = Stack::start();
    let mut options = aws.options();
    options.endpoint = Some(Endpoint::new("http://127.0.0.1:1").unwrap());
    let credentials = aws.credentials();
    let client =
        Aws::new(options, CredentialSource::named(move || Ok(credentials.clone())), Arc::new(now));

    let said = check(client).await;

    let mend = "http://127.0.0.1:1 cannot be reached: look at keys.aws.region, keys.aws.endpoint and the network";
    assert!(said.contains(mend), "{said}");
}

#[tokio::test]
async fn a_clock_that_is_off_by_an_hour_is_told() {
    let aws = Stack::start();
    check_good(aws.client()).await;
    aws.clock_ahead(3_600);
    let said = check(aws.client()).await;
    assert!(said.contains("AWS refuses the time of our requests"), "{said}");
    assert!(said.contains("set the clock of this machine"), "{said}");

    aws.clock_ahead(-3_600);
    let said = check(aws.client()).await;
    assert!(said.contains("set the clock of this machine"), "{said}");
}

#[tokio::test]
async fn credentials_that_are_wrong_name_their_setting() {
    let aws = Stack::start();
    let good = aws.credentials();
    let id = format!("{good:?}").replace("AwsCredentials(", "").replace(')', "");
    for (id, secret, mend) in [
        ("AKIAIOSFODNN7EXAMPLE", "s", "AWS does not know the access key in keys.aws.access_key_id"),
        (id.as_str(), "s", "in keys.aws.access_key_id"),
    ] {
        let wrong = AwsCredentials::new(id, secret, None).unwrap();
        let client = aws.client_with(CredentialSource::named(move || Ok(wrong.clone())));
        let said = check(client).await;
        assert!(said.contains(mend), "{said}");
    }
}

#[tokio::test]
async fn credentials_that_have_expired_are_asked_for_once_more() {
    let aws = Stack::start();
    let expired = json!({ "action": "kms:Sign", "mode": "status", "count": 1, "status": 400, "code": "ExpiredTokenException" });
    let signer = signer(&aws).await;
    aws.fault_with(&expired);
    signer.sign(b"input").await.unwrap();

    aws.fault_with(&expired);
    aws.fault_with(&expired);
    let said = chain(&signer.sign(b"input").await.unwrap_err());
    let mend = "the credentials in keys.aws.access_key_id have expired: replace them";
    assert!(said.contains(mend), "{said}");
}

#[tokio::test]
async fn each_permission_of_the_policy_is_needed_and_named_where_it_is_missing() {
    let aws = Stack::start();
    let whole = policy("aws-kms-policy");
    // The emulator does not ask for kms:TagResource where a key is made with tags, as AWS does.
    for action in ["kms:CreateKey", "kms:GetPublicKey", "kms:DescribeKey", "kms:Sign"] {
        // A name that no action has takes the place of the one.
        aws.set_policy(
            "aws-kms-policy",
            &whole.replace(&format!("\"{action}\""), "\"kms:Nothing\""),
        );
        let custody = aws.kms();

        let said = match custody.generate(&spec(Algorithm::Es256)).await {
            Err(error) => chain(&error),
            Ok(made) => {
                let row = tokenward_keys::lifecycle::Key::publish(made, &api(), "aws-kms", now());
                let row = row.unwrap().stored().clone();
                chain(&custody.signer(&issuer(), &row).await.unwrap_err())
            }
        };
        assert!(
            said.contains(&format!("AWS denies {action}: grant it in the policy")),
            "{action}: {said}"
        );
    }
}

#[tokio::test]
async fn a_key_is_not_made_twice_when_the_answer_is_lost() {
    let aws = Stack::start();
    let custody = aws.kms();
    aws.fault("kms:CreateKey", "drop", 1);
    aws.calls();

    custody.generate(&spec(Algorithm::Es256)).await.unwrap_err();

    assert_eq!(aws.calls(), ["kms:CreateKey"]);
}

async fn signer(aws: &Stack) -> Arc<dyn Signer> {
    let custody = aws.kms();
    let row = new_key(&custody, Algorithm::Es256).await;
    custody.signer(&issuer(), &row).await.unwrap()
}

/// What `check` says, in one line.
async fn check(client: Aws) -> String {
    let custody = AwsKms::new(Kms::new(client), "test");
    let said = chain(&custody.check(&api()).await.unwrap_err());
    assert!(!said.contains('\n'), "{said}");
    said
}

async fn check_good(client: Aws) {
    AwsKms::new(Kms::new(client), "test").check(&api()).await.unwrap();
}
