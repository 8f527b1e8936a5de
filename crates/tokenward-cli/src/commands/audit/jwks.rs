//! `tokenward audit jwks`.

use std::path::Path;

use tokenward_audit::report::Report;
use tokenward_audit::{Audit, Finding, JwksSource, JwksState, audit_jwks, shown_url};
use tokenward_remote::FetchError;

use super::{show, subject, verdict};
use crate::args::AuditJwksArgs;
use crate::clock;
use crate::commands::key_set;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::output::Output;

pub(super) async fn run(args: &AuditJwksArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let is_url = key_set::is_url(&args.jwks);
    let name = if is_url { shown_url(&args.jwks) } else { args.jwks.clone() };
    let (text, source) = if is_url {
        fetch(&name, &args.jwks, args.ca_file.as_deref()).await?
    } else {
        (files::read_or_stdin(Path::new(&args.jwks))?.to_vec(), JwksSource::default())
    };
    let mut findings =
        audit_jwks(&name, &text, &source).map_err(|error| Failure::because(&name, &error))?;
    if let Some(path) = &args.state {
        findings.extend(over_time(path, args, &text, start.as_secs())?);
    }
    let mut audit = Audit::default();
    audit.findings = findings;
    audit.files = 1;
    let of = subject(name, start, false);
    show(&Report { audit: &audit, took: clock.now().since(start), of: &of }, output)?;
    Ok(verdict(&audit, args.fail_on))
}

/// Looks at the set beside what the file remembers of it, and remembers it.
fn over_time(
    path: &Path,
    args: &AuditJwksArgs,
    text: &[u8],
    now: u64,
) -> Result<Vec<Finding>, Failure> {
    let mut state = if path.exists() {
        let text = files::read_text(path)?;
        JwksState::parse(&text).map_err(|error| Failure::because(path.display(), &error))?
    } else {
        JwksState::default()
    };
    let findings = state.look(&args.jwks, text, now, args.max_age);
    let text = state.to_json().map_err(|error| Failure::because(path.display(), &error))?;
    files::replace_public(path, (text + "\n").as_bytes())?;
    Ok(findings)
}

/// Asks at `url`; a failure calls it `name`, which has no secrets.
async fn fetch(
    name: &str,
    url: &str,
    ca_file: Option<&Path>,
) -> Result<(Vec<u8>, JwksSource), Failure> {
    let mut source = JwksSource::default();
    source.url = Some(url.to_owned());
    let answer = match key_set::try_fetch(name, url, ca_file).await? {
        Ok(answer) => answer,
        Err(FetchError::Redirected { location, .. }) => {
            source.redirect = Some(location.unwrap_or_else(|| "nowhere".to_owned()));
            return Ok((Vec::new(), source));
        }
        Err(error) => return Err(Failure::because(name, &error)),
    };
    let cache = answer.headers.get("cache-control");
    source.cache_control = cache.and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok((answer.body.to_vec(), source))
}
