//! `tokenward audit jwks`.

use std::path::Path;

use tokenward::ErrorChain;
use tokenward_audit::report::Report;
use tokenward_audit::{Audit, JwksSource, audit_jwks};
use tokenward_remote::{Endpoint, HttpClient, HttpOptions};

use super::{show, verdict};
use crate::args::AuditJwksArgs;
use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::output::Output;

/// More than any key set has.
const MAX_KEY_SET: usize = 1 << 20;

pub(super) async fn run(args: &AuditJwksArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let is_url = args.jwks.starts_with("https://") || args.jwks.starts_with("http://");
    let (text, source) = if is_url {
        fetch(&args.jwks, args.ca_file.as_deref()).await?
    } else {
        (files::read_or_stdin(Path::new(&args.jwks))?.to_vec(), JwksSource::default())
    };
    let findings = audit_jwks(&args.jwks, &text, &source)
        .map_err(|error| Failure::because(&args.jwks, &error))?;
    let mut audit = Audit::default();
    audit.findings = findings;
    audit.files = 1;
    show(&Report { audit: &audit, took: clock.now().since(start) }, output)?;
    Ok(verdict(&audit, args.fail_on))
}

async fn fetch(url: &str, ca_file: Option<&Path>) -> Result<(Vec<u8>, JwksSource), Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::cannot(format!("{url}: {error}"));
    let endpoint = Endpoint::https_or_loopback(url).map_err(|error| bad(&error))?;
    let mut options = HttpOptions::default();
    options.extra_ca = ca_file.map(files::read).transpose()?;
    let client = HttpClient::new(&options, clock::system())
        .map_err(|error| bad(&ErrorChain::new(&error)))?;
    let answer = client
        .get(&endpoint, None, MAX_KEY_SET)
        .await
        .map_err(|error| bad(&ErrorChain::new(&error)))?;
    let mut source = JwksSource::default();
    source.url = Some(url.to_owned());
    let cache = answer.headers.get("cache-control");
    source.cache_control = cache.and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok((answer.body.to_vec(), source))
}
