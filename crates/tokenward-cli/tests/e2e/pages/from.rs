//! The pages for those who come from another library: both sides' code, on each other's tokens.

use std::fs;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Clock as _, Issuer, IssuerId, Jti, KeySet,
    SigningKey, Subject, TokenRequest, Verifier,
};
use tokenward_remote::SystemClock;

use crate::markdown::tested;
use crate::process::run;
use crate::shell::python_program;

const ISSUER: &str = "https://auth.example.com/audiences/billing-api";

#[tokio::test]
async fn pyjwt_reads_our_tokens_with_the_code_of_the_page() {
    let key = SigningKey::generate(Algorithm::Es256);
    let pem = key.verifying_key().to_spki_pem().unwrap();
    let issuer = Issuer::builder()
        .issuer(IssuerId::new(ISSUER).unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .build();
    let client = ClientId::new("web").unwrap();
    let request = TokenRequest::new(Subject::new("ada").unwrap(), client, Jti::random());
    let token = issuer.issue(request, &key, SystemClock::new().now()).unwrap();
    let stranger = SigningKey::generate(Algorithm::Es256).verifying_key().to_spki_pem().unwrap();

    let page = tested("from-pyjwt-verify");
    assert_eq!(python(&page, "subject", [&token, &pem]).await.as_deref(), Some("ada"));
    assert_eq!(python(&page, "subject", [&token, &stranger]).await, None);
}

#[tokio::test]
async fn we_read_the_tokens_that_pyjwt_makes_with_the_code_of_the_page() {
    let key = SigningKey::generate(Algorithm::Es256);
    let (pem, id) = (key.to_pkcs8_pem().unwrap(), key.key_id().unwrap());
    let verifier = Verifier::builder()
        .issuer(IssuerId::new(ISSUER).unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build();

    let page = tested("from-pyjwt-issue");
    let token = python(&page, "login", [&pem, id.as_str()]).await.unwrap();
    let claims = verifier.verify(&token, SystemClock::new().now()).unwrap();
    assert_eq!(claims.subject().as_str(), "ada");
    assert_eq!(claims.private()["roles"][0], "admin");
}

/// What `function` of `page` returns for two texts; `None` if it raises.
async fn python(page: &str, function: &str, arguments: [&str; 2]) -> Option<String> {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("page.py");
    fs::write(&script, format!("{page}\nimport sys\nprint({function}(*sys.argv[1:]))\n")).unwrap();
    let output = run(Command::new(python_program()).arg(script).args(arguments)).await;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}
