//! `tokenward audit jwks`.

use std::path::Path;

use tokenward_audit::report::Report;
use tokenward_audit::{Audit, JwksSource, audit_jwks};

use super::{show, verdict};
use crate::args::AuditJwksArgs;
use crate::clock;
use crate::commands::key_set;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::output::Output;

pub(super) async fn run(args: &AuditJwksArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let (text, source) = if key_set::is_url(&args.jwks) {
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
    let answer = key_set::fetch(url, url, ca_file).await?;
    let mut source = JwksSource::default();
    source.url = Some(url.to_owned());
    let cache = answer.headers.get("cache-control");
    source.cache_control = cache.and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok((answer.body.to_vec(), source))
}
