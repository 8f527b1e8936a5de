use std::collections::BTreeMap;

use super::*;

#[test]
fn the_first_place_of_the_chain_that_is_set_up_is_the_one() {
    let key = [("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/r")];
    let container = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x")];
    let all: Vec<_> = [&key[..], &web, &container].concat();

    for (set, place) in [
        (&all[..], "in AWS_ACCESS_KEY_ID"),
        (&all[2..], "of AWS_ROLE_ARN"),
        (&all[4..], "of the container's role"),
        (&[], "of the instance's role"),
    ] {
        assert_eq!(found(set).unwrap().place(), place);
    }
}

#[test]
fn half_a_credential_names_the_other_half() {
    for (set, said) in [
        (vec![("AWS_ACCESS_KEY_ID", "AKIA1")], "AWS_SECRET_ACCESS_KEY is not; set it"),
        (vec![("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")], "AWS_ROLE_ARN is not; set it"),
        (vec![("AWS_EC2_METADATA_DISABLED", "true")], "set keys.aws.access_key_id"),
        (
            vec![("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "a b")],
            "visible characters",
        ),
    ] {
        let why = found(&set).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn credentials_are_asked_for_on_this_machine_or_over_tls_alone() {
    let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    for good in [
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
        "http://localhost:1/x",
        "https://credentials.example.com/x",
    ] {
        assert!(found(&[(name, good)]).is_ok(), "{good}");
    }
    for bad in ["http://credentials.example.com/x", "http://169.254.170.23.example.com/", "/x", "a"]
    {
        let why = found(&[(name, bad)]).unwrap_err();
        assert!(why.starts_with(name), "{why}");
    }
}

#[test]
fn credentials_that_end_are_replaced_ahead_of_it() {
    let credentials = AwsCredentials::new("AKIA1", "s", Some("t")).unwrap();
    let at = UnixTime::from_secs;
    assert!(credentials.outlive(at(u64::MAX / 1_000), Duration::MAX));

    let ending = credentials.until(at(1_000));
    assert!(ending.outlive(at(699), Duration::from_secs(300)));
    assert!(!ending.outlive(at(700), Duration::from_secs(300)));
}

fn found(set: &[(&'static str, &'static str)]) -> Result<CredentialSource, String> {
    let region = Region::new("eu-central-1").unwrap();
    CredentialSource::usual(Arc::new(Set(set.iter().copied().collect())), &region)
}

struct Set(BTreeMap<&'static str, &'static str>);

impl Surroundings for Set {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        Err(format!("{} is not there", path.display()))
    }
}
