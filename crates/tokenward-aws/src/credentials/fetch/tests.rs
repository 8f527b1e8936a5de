use std::time::Duration;

use super::*;

/// The form of the answer to `AssumeRoleWithWebIdentity` in the API reference of STS.
#[test]
fn the_answer_of_sts_is_read_to_the_end_of_its_credentials() {
    let body = answer("2026-11-25T11:11:12Z");
    let found = of_xml(StatusCode::OK, body.as_bytes()).unwrap();

    assert_eq!(format!("{found:?}"), "AwsCredentials(ASgeIAIOSFODNN7EXAMPLE)");
    assert_eq!(
        found.session_token.as_ref().unwrap().as_str(),
        "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp=="
    );
    assert_eq!(found.secret.as_str(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY");
    let end = UnixTime::from_secs(1_795_605_072);
    assert!(found.outlive(end.saturating_sub(Duration::from_secs(1)), Duration::ZERO));
    assert!(!found.outlive(end, Duration::ZERO));
}

#[test]
fn an_answer_of_sts_that_makes_no_sense_gives_nothing() {
    let good = answer("2026-11-25T11:11:12Z");
    for bad in [
        answer("soon"),
        answer("1926-11-25T11:11:12Z"),
        good.replace("SecretAccessKey", "X"),
        String::new(),
    ] {
        of_xml(StatusCode::OK, bad.as_bytes()).unwrap_err();
    }
    let refused = "<Error><Code>InvalidIdentityToken</Code><Message>no\nprovider</Message></Error>";
    let why = of_xml(StatusCode::BAD_REQUEST, refused.as_bytes()).unwrap_err();
    assert_eq!(why, "STS refuses AWS_ROLE_ARN (400 Bad Request): no provider");
}

fn answer(end: &str) -> String {
    format!(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
         <SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp==</SessionToken>\
         <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>\
         <Expiration>{end}</Expiration>\
         <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>\
         </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    )
}
