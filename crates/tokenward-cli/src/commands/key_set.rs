//! A key set that a command is told to fetch.

use std::path::Path;

use tokenward::ErrorChain;
use tokenward_remote::{Answer, Endpoint, FetchError, HttpClient, HttpOptions};

use crate::failure::Failure;
use crate::{clock, files};

/// Above any key set: 64 keys of 4096-bit RSA, with their certificates.
const MAX_KEY_SET: usize = 1 << 20;

/// Whether it is to be fetched, and no file.
pub(super) fn is_url(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// What stands at `url`. A failure names it as `name`.
pub(super) async fn fetch(
    name: &str,
    url: &str,
    ca_file: Option<&Path>,
) -> Result<Answer, Failure> {
    let answer = try_fetch(name, url, ca_file).await?;
    answer.map_err(|error| Failure::cannot(format!("{name}: {}", ErrorChain::new(&error))))
}

/// The same, where what went wrong is an answer too.
pub(super) async fn try_fetch(
    name: &str,
    url: &str,
    ca_file: Option<&Path>,
) -> Result<Result<Answer, FetchError>, Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::cannot(format!("{name}: {error}"));
    let endpoint = Endpoint::https_or_loopback(url).map_err(|error| bad(&error))?;
    let mut options = HttpOptions::default();
    options.extra_ca = ca_file.map(files::read).transpose()?;
    let client = HttpClient::new(&options, clock::system())
        .map_err(|error| bad(&ErrorChain::new(&error)))?;
    Ok(client.get(&endpoint, None, MAX_KEY_SET).await)
}
