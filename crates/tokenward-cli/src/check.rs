//! `tokenward check`: opens everything that the configuration names, for real, and lists what is wrong.

use serde_json::json;
use tokenward_keys::Timing;

use crate::args::{AdminArgs, CheckArgs};
use crate::client::AdminClient;
use crate::clock;
use crate::config::Config;
use crate::deployment::Deployment;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::output::{self, Output};
use crate::secret::Variables;
use crate::serve;

/// Runs the command.
pub(crate) async fn run(args: CheckArgs, output: Output) -> Outcome {
    let problems = problems(&args).await;
    if output.is_json() {
        output.json(&json!({ "problems": problems }))?;
    } else if problems.is_empty() {
        output.line(format!("{}: good", args.config.display()))?;
    } else {
        for problem in &problems {
            output.line(problem)?;
        }
    }
    Ok(if problems.is_empty() { GOOD } else { answer_is_no() })
}

async fn problems(args: &CheckArgs) -> Vec<String> {
    let config = match Config::load(&args.config) {
        Ok(config) => config,
        Err(problems) => return problems.iter().map(ToString::to_string).collect(),
    };
    for audience in &config.audiences {
        if let Ok(timing) = Timing::new(config.keys.times.timing(audience.access_lifetime)) {
            output::note(format!("the keys of {}: {timing}", audience.name));
        }
    }
    let data = serve::data_of(&config, args.data.as_deref());
    let mut problems = Vec::new();
    let mut note = |result: Result<(), Failure>| {
        problems.extend(result.err().map(|failure| failure.to_string()));
    };
    note(serve::certificate_of(&config, &data).and_then(|files| {
        files.map_or(Ok(()), |files| files.load(clock::system().now()).map(drop))
    }));
    let admin = AdminArgs { data: Some(data.clone()), admin_url: None, ca_file: None };
    let running = AdminClient::find(&admin).await.is_ok_and(|client| client.is_some());
    match Deployment::of_config(&config, &data, &Variables::of_process()).await {
        Err(failure) => note(Err(failure)),
        Ok(_) if running => output::note(
            "an authority runs on this folder: its store and listeners are not opened a second time",
        ),
        Ok(deployment) => {
            note(stores(deployment).await);
            for result in serve::try_listeners(&config).await {
                note(result);
            }
        }
    }
    problems
}

async fn stores(deployment: Deployment) -> Result<(), Failure> {
    deployment.settings.check().map_err(|error| Failure::because_of(&error))?;
    let opened = deployment.open().await?;
    opened.check_signer().await?;
    opened.check_feed().await?;
    for ring in opened.rings()? {
        let audience = ring.audience().clone();
        ring.probe()
            .await
            .map_err(|error| Failure::because(format!("the keys of {audience}"), &error))?;
    }
    Ok(())
}
