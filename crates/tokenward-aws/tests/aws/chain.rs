//! Credentials found as AWS's usual chain finds them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokenward_aws::{CredentialSource, Kms, Region, Surroundings};

use crate::stack::{REGION, Stack, chain};

#[tokio::test]
async fn the_role_of_an_instance_is_asked_for_by_the_second_version_of_the_service_alone() {
    let aws = Stack::start();
    // The emulator is set to refuse the first version.
    let client = aws.client_with(usual(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.address)]));

    // The keys that it hands out there are none that it knows elsewhere: KMS was asked with them.
    let said = chain(&Kms::new(client).check().await.unwrap_err());
    assert!(said.starts_with("AWS does not know the access key of the instance's role"), "{said}");
}

#[tokio::test]
async fn a_web_identity_is_read_anew_and_shown_to_sts() {
    let aws = Stack::start();
    let client = aws.client_with(usual(&[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
        ("AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/tokenward"),
        ("AWS_ENDPOINT_URL_STS", &aws.address),
    ]));

    let said = chain(&Kms::new(client).check().await.unwrap_err());
    assert!(said.contains("STS refuses AWS_ROLE_ARN (4"), "{said}");

    let client = aws.client_with(usual(&[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/missing"),
        ("AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/tokenward"),
    ]));
    let said = chain(&Kms::new(client).check().await.unwrap_err());
    assert!(said.contains("AWS_WEB_IDENTITY_TOKEN_FILE: /missing is not there"), "{said}");
}

#[tokio::test]
async fn a_machine_without_a_role_says_what_to_set() {
    let aws = Stack::start();
    let nowhere = "http://127.0.0.1:1";
    let client = aws.client_with(usual(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", nowhere)]));

    let said = chain(&Kms::new(client).check().await.unwrap_err());
    let begin =
        "there are no credentials for AWS: set keys.aws.access_key_id, AWS_ACCESS_KEY_ID, or give";
    assert!(said.starts_with(begin), "{said}");
}

fn usual(set: &[(&str, &str)]) -> CredentialSource {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let around = Set(set.iter().map(own).collect());
    CredentialSource::usual(Arc::new(around), &Region::new(REGION).unwrap()).unwrap()
}

struct Set(BTreeMap<String, String>);

impl Surroundings for Set {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        // No token of anybody: the emulator refuses it.
        if path == Path::new("/token") {
            return Ok("e30.e30.c2ln\n".to_owned());
        }
        Err(format!("{} is not there", path.display()))
    }
}
