//! `keys rewrap`: the store under another key-encryption key. The store itself keeps a second process out.

use std::path::Path;

use serde_json::json;
use tokenward_keys::Rewrapped;

use crate::args::KeysArgs;
use crate::client;
use crate::config::{self, Config};
use crate::deployment::Deployment;
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;
use crate::secret::Variables;
use crate::serve;

/// Runs the command.
pub(crate) async fn run(args: &KeysArgs, to: &Path, output: Output) -> Outcome {
    let beside = client::data_dir(args.admin.data.as_deref()).join("tokenward.toml");
    let from = args.config.as_ref().unwrap_or(&beside);
    let [old, new] = [from.as_path(), to].map(load);
    let (old, new) = (old?, new?);
    let data = serve::data_of(&old, args.admin.data.as_deref());
    let variables = Variables::of_process();
    let old = Deployment::of_config(&old, &data, &variables).await?;
    let new = Deployment::of_config(&new, &data, &variables)
        .await
        .map_err(|failure| Failure::cannot(format!("--to-config: {failure}")))?;
    let rewrapped = old.rewrap(new).await?;
    let (from, to) = (from.display(), to.display());
    let text = match rewrapped {
        Rewrapped::BySame => format!(
            "the store is sealed anew, under the key-encryption key that it had; keep that: {to} names no other"
        ),
        Rewrapped::ByAnother => format!(
            "the store is sealed under the key-encryption key of {to} now, and under no other\n\
             Next:\n  \
             1. mv {to} {from}\n  \
             2. tokenward check --config {from}\n  \
             3. Destroy the old key-encryption key: it still opens copies of the store from before, and with \
             it and such a copy later ones are open too."
        ),
        Rewrapped::Before => {
            format!(
                "nothing to do: the store is sealed under the key-encryption key of {to} already"
            )
        }
    };
    let rewrapped = rewrapped == Rewrapped::ByAnother;
    output.either(&json!({ "rewrapped": rewrapped }), text)?;
    Ok(GOOD)
}

fn load(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|problems| config::refusal(&problems))
}
