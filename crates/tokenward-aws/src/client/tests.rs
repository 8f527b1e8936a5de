use std::sync::atomic::AtomicUsize;

use rustls::RootCertStore;
use tokenward_testing::TestClock;

use super::*;

#[tokio::test]
async fn a_renewal_that_fails_is_not_tried_at_every_call_while_the_credentials_hold() {
    let clock = TestClock::default();
    let asked = Arc::new(AtomicUsize::new(0));
    let (counter, ends_at) = (Arc::clone(&asked), clock.now().saturating_add(AHEAD));
    let source = CredentialSource::named(move || match counter.fetch_add(1, Ordering::SeqCst) {
        0 => AwsCredentials::new("AKIA", "secret", None)
            .map(|credentials| credentials.until(ends_at))
            .map_err(|error| error.to_string()),
        _ => Err("the file is gone".to_owned()),
    });
    let options = AwsOptions::new(Region::new("eu-central-1").unwrap(), no_roots());
    let aws = Aws::new(options, source, Arc::new(clock.clone()));

    for _ in 0..5 {
        aws.inner.credentials().await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    clock.advance(backoff::LONGEST_PUT_OFF);
    aws.inner.credentials().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3, "it is tried again after a while");
    clock.set(ends_at);
    aws.inner.credentials().await.err().unwrap();
}

/// Nobody is asked.
fn no_roots() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}
