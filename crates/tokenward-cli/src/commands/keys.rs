//! `tokenward keys`.

use std::time::Duration;

use serde_json::Value;
use tokenward::UnixTime;
use tokenward_keys::{KeyHistory, KeyInfo};
use tokenward_server::admin::api::{
    CompromiseKey, CompromisedKey, ImportKey, ImportedKey, PlannedKeys, PlannedStep, RotateKeys,
    RotatedKeys, Status,
};
use zeroize::Zeroize as _;

use crate::args::{KeysArgs, KeysCommand};
use crate::client::{self, AdminClient, CallError};
use crate::clock;
use crate::commands::{date, offline, rewrap};
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Output};
use crate::serve;

/// Runs the command.
pub(crate) async fn run(mut args: KeysArgs, output: Output) -> Outcome {
    if let (Some(config), None) = (&args.config, &args.admin.data) {
        args.admin.data = Some(serve::folder_of(config));
    }
    let audience = args.audience.as_ref().map(AsRef::as_ref);
    match &args.command {
        KeysCommand::List => list(&args, audience, output).await,
        KeysCommand::Rotate { dry_run: true, .. } => dry_run(&args, audience, output).await,
        KeysCommand::Rotate { wait, .. } => rotate(&args, audience, *wait, output).await,
        KeysCommand::History => {
            let client = AdminClient::need(&args.admin).await?;
            let path = client::query("/admin/v1/keys/history", &[("audience", audience)]);
            let keys: Vec<KeyHistory> = client.get(&path).await.map_err(Failure::from)?;
            show_history(&keys, output)
        }
        KeysCommand::Compromise { kid } => {
            let client = AdminClient::need(&args.admin).await?;
            let request = CompromiseKey {
                kid: kid.as_str().to_owned(),
                audience: audience.map(str::to_owned),
            };
            let done: CompromisedKey =
                client.post("/admin/v1/keys/compromise", &request).await.map_err(Failure::from)?;
            show_compromised(&done, output)
        }
        KeysCommand::Import { file, until, kid, alg, shared_by } => {
            let client = AdminClient::need(&args.admin).await?;
            let text = files::read_or_stdin(file)?;
            let kinds = match shared_by {
                None => "neither PEM nor JWK",
                Some(_) => "no text; write its bytes as a JWK, {\"kty\":\"oct\",\"k\":\"…\"}",
            };
            let key = str::from_utf8(&text)
                .map_err(|_| Failure::cannot(format!("{}: {kinds}", file.display())))?;
            let mut request = ImportKey {
                audience: the_audience(&client, audience).await?,
                key: key.to_owned(),
                algorithm: alg.clone(),
                kid: kid.as_ref().map(|kid| kid.as_str().to_owned()),
                verify_seconds: until.map(|until| until.as_secs()),
                shared_by: shared_by.as_ref().map(|issuer| issuer.as_str().to_owned()),
            };
            let made = client.post("/admin/v1/keys/import", &request).await;
            // It may hold a private half.
            request.key.zeroize();
            let made: ImportedKey = made.map_err(Failure::from)?;
            let until = date(UnixTime::from_secs(made.verify_until));
            output.either(&made, format!("{} verifies until {until}", made.kid))?;
            Ok(GOOD)
        }
        KeysCommand::Rewrap { to_config } => rewrap::run(&args, to_config, output).await,
        KeysCommand::Signer { new, algorithm } => {
            offline::signer(&args, *new, *algorithm, output).await
        }
        KeysCommand::Jwks { feed } => {
            let client = AdminClient::need(&args.admin).await?;
            let audience = the_audience(&client, audience).await?;
            let path = if *feed { "/admin/v1/keys/feed" } else { "/admin/v1/keys/jwks" };
            let path = client::query(path, &[("audience", Some(&audience))]);
            let jwks: Value = client.get(&path).await.map_err(Failure::from)?;
            output.json(&jwks)?;
            Ok(GOOD)
        }
    }
}

async fn list(args: &KeysArgs, audience: Option<&str>, output: Output) -> Outcome {
    let Some(client) = AdminClient::find(&args.admin).await? else {
        return offline::list(args, audience, output).await;
    };
    let path = client::query("/admin/v1/keys", &[("audience", audience)]);
    let keys: Vec<KeyInfo> = client.get(&path).await.map_err(Failure::from)?;
    // What waits for somebody; a token that may not ask for it gets the keys all the same.
    if let Ok(status) = client.get::<Status>("/admin/v1/status").await {
        status.warnings.iter().for_each(output::note);
    }
    show(&keys, output)
}

async fn dry_run(args: &KeysArgs, audience: Option<&str>, output: Output) -> Outcome {
    let Some(client) = AdminClient::find(&args.admin).await? else {
        return offline::dry_run(args, audience, output).await;
    };
    let path = client::query("/admin/v1/keys/rotation", &[("audience", audience)]);
    let planned: Vec<PlannedKeys> = client.get(&path).await.map_err(Failure::from)?;
    show_planned(&planned, output)
}

async fn rotate(args: &KeysArgs, audience: Option<&str>, wait: bool, output: Output) -> Outcome {
    let Some(client) = AdminClient::find(&args.admin).await? else {
        return offline::rotate(args, audience, wait, output).await;
    };
    let request = RotateKeys { audience: audience.map(str::to_owned) };
    loop {
        let ripe_at = match client.post("/admin/v1/keys/rotate", &request).await {
            Ok(rotated) => return show_rotated(&rotated, output),
            Err(CallError::Refused { problem, .. }) if problem.ripe_at.is_some() => {
                problem.ripe_at.map(UnixTime::from_secs).unwrap_or_default()
            }
            Err(error) => return Err(error.into()),
        };
        if !wait {
            return Err(not_ripe(ripe_at));
        }
        wait_until(ripe_at).await;
    }
}

/// What `rotate` says when there is no ripe key.
pub(crate) fn not_ripe(ripe_at: UnixTime) -> Failure {
    Failure::no(format!("no standby key is ripe before {}; --wait waits for it", date(ripe_at)))
}

/// Waits for a key to ripen, and says so to whoever watches.
pub(crate) async fn wait_until(ripe_at: UnixTime) {
    let wait = ripe_at.since(clock::system().now()).max(Duration::from_millis(50));
    let bar = indicatif::ProgressBar::new_spinner()
        .with_message(format!("waiting for a ripe key until {}", date(ripe_at)));
    if wait > Duration::from_secs(1) {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    tokio::time::sleep(wait).await;
    bar.finish_and_clear();
}

/// Prints what a rotation did.
pub(crate) fn show_rotated(rotated: &RotatedKeys, output: Output) -> Outcome {
    if output.is_json() {
        output.json(rotated)?;
        return Ok(GOOD);
    }
    for one in &rotated.rotated {
        let active = one.active.as_deref().unwrap_or("no key");
        output.line(format!("{}: {active} signs now", one.audience))?;
        for step in &one.steps {
            output.line(format!("  {step}"))?;
        }
    }
    Ok(GOOD)
}

/// Prints what a rotation would do.
pub(crate) fn show_planned(planned: &[PlannedKeys], output: Output) -> Outcome {
    // As `rotate` itself would end.
    let would = planned.iter().all(|one| one.ripe_at.is_none());
    let answer = if would { GOOD } else { answer_is_no() };
    if output.is_json() {
        output.json(&planned)?;
        return Ok(answer);
    }
    for one in planned {
        match one.ripe_at.map(UnixTime::from_secs) {
            Some(at) => output.line(format!(
                "{}: would not rotate, because no standby key is ripe before {}",
                one.audience,
                date(at)
            ))?,
            None => output.line(format!("{}: would rotate", one.audience))?,
        }
        show_steps(&one.steps, output)?;
    }
    Ok(answer)
}

fn show_compromised(done: &CompromisedKey, output: Output) -> Outcome {
    if output.is_json() {
        output.json(done)?;
        return Ok(GOOD);
    }
    output.line(format!("{}: {} is trusted no more", done.audience, done.kid))?;
    show_steps(&done.steps, output)?;
    match (&done.active, done.signs_again_at) {
        (Some(active), _) if done.owed.is_empty() => {
            output.line(format!("  {active} signs now"))?;
        }
        (Some(active), _) => output.line(format!("  {active} is to sign now"))?,
        (None, Some(at)) => {
            output.line(format!("  nothing signs until {}", date(UnixTime::from_secs(at))))?;
        }
        (None, None) => output.line("  nothing signs: see `tokenward keys list`")?,
    }
    if !done.owed.is_empty() {
        output.line("not done yet, and tried again:")?;
        for owed in &done.owed {
            output.line(format!("  {owed}"))?;
        }
    }
    let until = |secs| date(UnixTime::from_secs(secs));
    output.line("still exposed:")?;
    output.line(format!(
        "  verifiers without the feed accept what it signed until {}; those on the feed refuse it now",
        until(done.exposed_until)
    ))?;
    output.line(format!(
        "  other replicas of this authority may sign with it until {}",
        until(done.silent_by)
    ))?;
    Ok(GOOD)
}

fn show_steps(steps: &[PlannedStep], output: Output) -> Result<(), Failure> {
    for step in steps {
        output.line(format!("  {}, because {}", step.action, step.because))?;
    }
    Ok(())
}

/// Prints keys as a table or as JSON.
pub(crate) fn show(keys: &[KeyInfo], output: Output) -> Outcome {
    if output.is_json() {
        output.json(&keys)?;
        return Ok(GOOD);
    }
    let rows: Vec<_> = keys.iter().map(row).collect();
    let heading =
        ["KID", "AUDIENCE", "ALG", "STATE", "CREATED", "ACTIVATES", "RETIRES", "WITHDRAWS"];
    output.table(heading, &rows, "no keys")?;
    Ok(GOOD)
}

fn row(key: &KeyInfo) -> [String; 8] {
    [
        key.kid.clone(),
        key.audience.clone(),
        key.alg.clone(),
        key.state.clone(),
        at(Some(key.created_at)),
        at(key.activates_at),
        at(key.retires_at),
        at(key.withdraws_at),
    ]
}

fn show_history(keys: &[KeyHistory], output: Output) -> Outcome {
    if output.is_json() {
        output.json(&keys)?;
        return Ok(GOOD);
    }
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            [
                key.kid.clone(),
                key.audience.clone(),
                if key.imported { format!("{}, imported", key.state) } else { key.state.clone() },
                at(Some(key.published_at)),
                at(key.activated_at),
                at(key.retired_at),
                at(key.withdrawn_at),
                at(key.compromised_at),
            ]
        })
        .collect();
    let heading = [
        "KID",
        "AUDIENCE",
        "STATE",
        "PUBLISHED",
        "ACTIVATED",
        "RETIRED",
        "WITHDRAWN",
        "COMPROMISED",
    ];
    output.table(heading, &rows, "no keys")?;
    Ok(GOOD)
}

fn at(secs: Option<u64>) -> String {
    secs.map_or_else(|| "-".to_owned(), |secs| date(UnixTime::from_secs(secs)))
}

/// The audience that was named, or the only one there is.
async fn the_audience(client: &AdminClient, named: Option<&str>) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let status: Status = client.get("/admin/v1/status").await.map_err(Failure::from)?;
    match status.audiences.as_slice() {
        [only] => Ok(only.name.clone()),
        _ => Err(Failure::cannot("there are several audiences; name one with --audience")),
    }
}
