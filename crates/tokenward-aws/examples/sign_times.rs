//! How long a signature takes in KMS, beside one in memory: `sign_times REGION [ENDPOINT]`, with an access
//! key in the environment. It makes four keys, and has them deleted.
#![expect(clippy::print_stdout, reason = "a command talks on its terminal")]

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::{ClientConfig, RootCertStore};
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, UnixTime};
use tokenward_aws::{
    Aws, AwsCredentials, AwsKms, AwsOptions, CredentialSource, Endpoint, Kms, Region,
};
use tokenward_keys::{Custody, Sealed, StoreKey};
use tokenward_testing::sign_times;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let region = arguments.next().ok_or("usage: sign_times REGION [ENDPOINT]")?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let mut options = AwsOptions::new(Region::new(&region)?, tls);
    options.endpoint = arguments.next().map(|text| Endpoint::new(&text)).transpose()?;
    let token = env::var("AWS_SESSION_TOKEN").ok();
    let [id, secret] = [env::var("AWS_ACCESS_KEY_ID")?, env::var("AWS_SECRET_ACCESS_KEY")?];
    let credentials = AwsCredentials::new(&id, &secret, token.as_deref())?;
    let source = CredentialSource::named(move || Ok(credentials.clone()));
    let kms = AwsKms::new(Kms::new(Aws::new(options, source, Arc::new(now))), "bench");
    let sealed = Sealed::new(StoreKey::new(Secret256::random()));
    println!("{}", sign_times::HEAD);
    let custodies: [&dyn Custody; 2] = [&sealed, &kms];
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        for custody in custodies {
            println!("{}", sign_times::row(custody, algorithm).await?);
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "requests are signed with the time")]
fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_secs(since.as_secs())
}
