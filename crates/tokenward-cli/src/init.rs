//! `tokenward init`: a commented configuration, the key that seals keys, and the first signing keys.

use std::path::Path;

use serde_json::json;
use tokenward::crypto;
use zeroize::Zeroizing;

use crate::args::InitArgs;
use crate::clock;
use crate::config::{self, Config};
use crate::deployment::Deployment;
use crate::failure::{Failure, GOOD, Outcome};
use crate::files;
use crate::output::Output;
use crate::secret::Variables;

/// The configuration that is written, with places for what the command line says.
const TEMPLATE: &str = include_str!("init/tokenward.toml");
const KEK: &str = "kek.key";

/// Runs the command.
pub(crate) async fn run(args: InitArgs, output: Output) -> Outcome {
    let path = args.data.join("tokenward.toml");
    for taken in [&path, &args.data.join(KEK)] {
        if taken.exists() {
            return Err(Failure::cannot(format!(
                "{} exists already; nothing was written",
                taken.display()
            )));
        }
    }
    let text = TEMPLATE
        .replace("{issuer}", args.issuer.as_str())
        .replace("{audience}", args.audience.as_str());
    // Before anything is written: what a failed start leaves is in the way of the next.
    Config::of_text(&path, &text).map_err(|problems| config::refusal(&problems))?;
    files::create_dir(&args.data)?;
    let kek = Zeroizing::new(crypto::random::<32>());
    files::create_private(&args.data.join(KEK), kek.as_slice())?;
    files::create_private(&path, text.as_bytes())?;
    let keys = first_keys(&path, &args.data).await?;
    let summary = json!({ "config": path, "key_file": args.data.join(KEK), "keys": keys });
    output.either(&summary, next_steps(&path, &keys))?;
    Ok(GOOD)
}

/// Publishes the first keys, so that they are ripe by the time the first token is asked for.
async fn first_keys(path: &Path, data: &Path) -> Result<Vec<String>, Failure> {
    let config = Config::load(path).map_err(|problems| config::refusal(&problems))?;
    let opened =
        Deployment::of_config(&config, data, &Variables::of_process()).await?.open().await?;
    let mut keys = Vec::new();
    for ring in opened.rings()? {
        ring.tick(clock::system().now())
            .await
            .map_err(|error| Failure::because("the first keys", &error))?;
        keys.extend(ring.list().iter().map(|key| key.kid.clone()));
    }
    Ok(keys)
}

fn next_steps(path: &Path, keys: &[String]) -> String {
    let path = path.display();
    format!(
        "{path} is written, with {KEK} and a store of {} keys beside it.\n\
         Next:\n  \
         1. Set the certificate, the audiences and the services in {path}.\n  \
         2. Keep a copy of {KEK} apart from the store: without it the store is worth nothing.\n  \
         3. tokenward check --config {path}\n  \
         4. tokenward serve --config {path}",
        keys.len()
    )
}
