//! `tokenward check`: opens everything that the configuration names, for real, and lists what is wrong.

use serde_json::json;
use tokenward_keys::Timing;
use tokenward_server::KeySetSigning;

use crate::args::{AdminArgs, CheckArgs};
use crate::client::AdminClient;
use crate::clock;
use crate::config::Config;
use crate::deployment::Deployment;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::output::{self, Output};
use crate::secret::Variables;
use crate::serve;
use crate::tls::client_authorities;

/// What was found.
#[derive(Default)]
struct Found {
    problems: Vec<String>,
    /// What is no problem, and yet to be known.
    notes: Vec<String>,
}

impl Found {
    fn take(&mut self, result: Result<(), Failure>) {
        self.problems.extend(result.err().map(|failure| failure.to_string()));
    }
}

/// Runs the command.
pub(crate) async fn run(args: CheckArgs, output: Output) -> Outcome {
    let Found { problems, notes } = look(&args).await;
    if output.is_json() {
        output.json(&json!({ "problems": problems, "notes": notes }))?;
    } else {
        notes.iter().for_each(output::note);
        for problem in &problems {
            output.line(problem)?;
        }
        if problems.is_empty() {
            output.line(format!("{}: good", args.config.display()))?;
        }
    }
    Ok(if problems.is_empty() { GOOD } else { answer_is_no() })
}

async fn look(args: &CheckArgs) -> Found {
    let mut found = Found::default();
    let config = match Config::load(&args.config) {
        Ok(config) => config,
        Err(problems) => {
            found.problems.extend(problems.iter().map(ToString::to_string));
            return found;
        }
    };
    for audience in &config.audiences {
        if let Ok(timing) = Timing::new(config.keys.times.timing(audience.access_lifetime)) {
            found.notes.push(format!("the keys of {}: {timing}", audience.name));
        }
        found.notes.extend(audience.same_site.as_ref().map(|relaxed| {
            let (name, to) = (&audience.name, relaxed.to.as_str());
            format!("the access cookie of {name} is SameSite={to}, because: {}", relaxed.reason)
        }));
    }
    let data = serve::data_of(&config, args.data.as_deref());
    let certificate = serve::certificate_of(&config, &data);
    match certificate.and_then(|found| found.map_or(Ok(None), |found| found.check())) {
        Ok(note) => found.notes.extend(note.map(str::to_owned)),
        Err(failure) => found.take(Err(failure)),
    }
    if let Some(path) = &config.client_ca {
        found.take(client_authorities("tls.client_ca", &config.path(path)).map(drop));
    }
    let admin = AdminArgs { data: Some(data.clone()), admin_url: None, ca_file: None };
    let running = AdminClient::find(&admin).await.is_ok_and(|client| client.is_some());
    match Deployment::of_config(&config, &data, &Variables::of_process()).await {
        Err(failure) => found.take(Err(failure)),
        Ok(deployment) => {
            if !deployment.has_store() {
                found
                    .notes
                    .push("there is no store yet: the start makes one, with first keys".to_owned());
            }
            let stores = stores(deployment, &mut found.notes).await;
            found.take(stores);
            if running {
                found.notes.push(
                    "an authority runs on this folder: its listeners are not opened a second time"
                        .to_owned(),
                );
            } else {
                for result in serve::try_listeners(&config).await {
                    found.take(result);
                }
            }
        }
    }
    found
}

async fn stores(deployment: Deployment, notes: &mut Vec<String>) -> Result<(), Failure> {
    deployment.settings.check().map_err(|error| Failure::because_of(&error))?;
    let folder =
        tempfile::tempdir().map_err(|error| Failure::because("a folder to look in", &error))?;
    let opened = deployment.on_a_copy(folder.path()).await?.open().await?;
    let waiting = opened.check_signer().await?;
    notes.extend(waiting.as_ref().map(KeySetSigning::waits));
    opened.check_feed().await?;
    for ring in opened.rings()? {
        let audience = ring.audience().clone();
        ring.probe(clock::system().now())
            .await
            .map_err(|error| Failure::because(format!("the keys of {audience}"), &error))?;
    }
    Ok(())
}
