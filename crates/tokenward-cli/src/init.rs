//! `tokenward init`: a commented configuration, the key that opens the store, and the first signing keys if they
//! can be made before anything is filled in.

use std::path::Path;

use clap::ValueEnum as _;
use serde_json::json;
use tokenward::crypto;
use zeroize::Zeroizing;

use crate::args::{InitArgs, InitCustody};
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
    let (table, lines) = table_of(args.custody);
    // Before anything is written: what a failed start leaves is in the way of the next.
    Config::of_text(&path, &text(&args, &filled_in(&lines)))
        .map_err(|problems| config::refusal(&problems))?;
    files::create_dir(&args.data)?;
    let kek = Zeroizing::new(crypto::random::<32>());
    files::create_private(&args.data.join(KEK), kek.as_slice())?;
    files::create_private(&path, text(&args, &lines).as_bytes())?;
    let keys = match table {
        None => first_keys(&path, &args.data).await?,
        // Where they are to be made is not known yet.
        Some(_) => Vec::new(),
    };
    let summary = json!({ "config": path, "key_file": args.data.join(KEK), "keys": keys });
    output.either(&summary, next_steps(&path, table, &keys))?;
    Ok(GOOD)
}

/// The table that a custody needs below `keys`, and its lines: what must be filled in stands behind a `#`.
fn table_of(custody: InitCustody) -> (Option<&'static str>, String) {
    let vault = |mount: &str| include_str!("init/vault.toml").replace("{mount}", mount);
    match custody {
        InitCustody::Sealed | InitCustody::Memory => (None, String::new()),
        InitCustody::VaultTransit => (Some("keys.vault"), vault("transit")),
        InitCustody::VaultKv => (Some("keys.vault"), vault("secret")),
        InitCustody::AwsKms | InitCustody::AwsSecretsManager => {
            (Some("keys.aws"), include_str!("init/aws.toml").to_owned())
        }
        InitCustody::Pkcs11 => (Some("keys.pkcs11"), include_str!("init/pkcs11.toml").to_owned()),
    }
}

fn text(args: &InitArgs, table: &str) -> String {
    let name = args.custody.to_possible_value();
    let name = name.as_ref().map_or("sealed", |name| name.get_name());
    let custody = format!(
        "{:<40}# where private keys live: docs/custody.md",
        format!("custody         = \"{name}\"")
    );
    TEMPLATE
        .replace("{custody}", &custody)
        .replace("{custody_table}", table)
        .replace("{issuer}", args.issuer.as_str())
        .replace("{audience}", args.audience.as_str())
}

/// The lines as they are once somebody has filled them in.
fn filled_in(lines: &str) -> String {
    let is_setting =
        |line: &str| line.split_once(" = ").is_some_and(|(key, _)| !key.trim().contains(' '));
    let filled = lines.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if is_setting(setting) => setting,
        _ => line,
    });
    filled.flat_map(|line| [line, "\n"]).collect()
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

fn next_steps(path: &Path, table: Option<&str>, keys: &[String]) -> String {
    let path = path.display();
    let (made, first) = match table {
        None => {
            (format!("with {KEK} and a store of {} keys beside it", keys.len()), "Set".to_owned())
        }
        Some(table) => (
            format!("with {KEK} beside it; the first start makes the store and the first keys"),
            format!("Fill in [{table}], whose settings stand behind a # so far, and set"),
        ),
    };
    format!(
        "{path} is written, {made}.\n\
         Next:\n  \
         1. {first} the certificate, the audiences and the services in {path}.\n  \
         2. Keep a copy of {KEK} apart from the store: without it the store is worth nothing.\n  \
         3. tokenward check --config {path}\n  \
         4. tokenward serve --config {path}"
    )
}
