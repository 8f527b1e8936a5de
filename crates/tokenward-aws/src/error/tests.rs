use super::*;

#[test]
fn each_documented_error_names_its_mend() {
    for (status, code, text, mend) in [
        (400, "ThrottlingException", "", "raise the request quota"),
        (400, "ExpiredTokenException", "", "the credentials in the environment have expired"),
        (
            400,
            "UnrecognizedClientException",
            "",
            "AWS does not know the access key in the environment",
        ),
        (
            400,
            "AccessDeniedException",
            "not authorized",
            "AWS denies kms:Sign: grant it in the policy",
        ),
        (400, "InvalidSignatureException", "The request signature we calculated", "correct it"),
        (
            400,
            "InvalidSignatureException",
            "Credential should be scoped to a valid region.",
            "keys.aws.region",
        ),
        (500, "KMSInternalException", "", "AWS fails at kms:Sign (500)"),
        (400, "UnsupportedOperationException", "no", "UnsupportedOperationException: no"),
        (404, "", "", "is keys.aws.endpoint that of AWS?"),
    ] {
        let said = judged(status, code, text, None).to_string();
        assert!(said.contains(mend), "{code}: {said}");
    }
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much() {
    let text = "Signature expired: 20261125T101112Z is now earlier than 20261125T105612Z";
    let ahead = judged(400, "InvalidSignatureException", text, Some(3_600));
    let behind = judged(400, "RequestTimeTooSkewed", "", Some(-7));
    let unknown = judged(400, "RequestExpired", "", None);

    let begin = "AWS refuses the time of our requests";
    assert_eq!(
        ahead.to_string(),
        format!("{begin}, as the clock here is 3600 s ahead: set the clock of this machine")
    );
    assert_eq!(
        behind.to_string(),
        format!("{begin}, as the clock here is 7 s behind: set the clock of this machine")
    );
    assert_eq!(unknown.to_string(), format!("{begin}: set the clock of this machine"));
}

#[test]
fn the_words_of_another_system_are_one_short_line() {
    let error = judged(400, "ValidationException", &"a\n\u{1b}b".repeat(1_000), None).to_string();

    assert!(error.len() < 400 && !error.chars().any(char::is_control), "{error}");
}

#[test]
fn what_may_have_happened_is_not_asked_for_a_second_time() {
    assert!(judged(400, "ThrottlingException", "", None).is_undone());
    assert!(!judged(500, "KMSInternalException", "", None).is_undone());
    assert!(judged(500, "KMSInternalException", "", None).is_passing());
    assert!(!judged(400, "AccessDeniedException", "", None).is_passing());
}

fn judged(status: u16, code: &str, said: &str, ahead: Option<i64>) -> AwsError {
    let region = Region::new("eu-central-1").unwrap();
    let found_in = "in the environment";
    Refusal { action: "kms:Sign", status, code, said, found_in, region: &region, ahead }.judge()
}
