//! `tokenward doctor`: the ten mistakes, graded against the running deployment, with what was seen.
//!
//! It reads what the authority says of itself, asks its public listener as a stranger would, with tokens that
//! must be refused, and looks at the files beside it. Nothing is changed: no session is made and none ended.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::args::{AdminArgs, DoctorArgs};
use crate::client::{AdminClient, Site, data_dir};
use crate::dev::DevFile;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::Output;
use seen::Seen;
use verdict::{Grade, Line, Verdict};

mod forge;
mod judge;
mod modes;
mod public;
mod seen;
#[cfg(test)]
mod tests;
mod verdict;

/// As long as the authority may take to tell of itself.
const WAIT: Duration = Duration::from_secs(10);

/// Runs the command.
pub(crate) async fn run(args: DoctorArgs, output: Output) -> Outcome {
    if let Some(named) = &args.config {
        // Whoever names one wants what lies beside it judged, and no report without it.
        files::read(named)?;
    }
    let dir = data_dir(args.admin.data.as_deref());
    let dev = dev_file(&dir);
    let ca_file = args.admin.ca_file.clone().or_else(|| Some(dev.as_ref()?.ca_file.clone()));
    let admin = AdminArgs { ca_file: ca_file.clone(), ..args.admin.clone() };
    let client = AdminClient::need(&admin).await?;
    let mut seen = seen_in_time(&client, WAIT).await?;
    let url = args.url.as_deref().unwrap_or(&seen.status.issuer);
    let site = Site::parse("--url", url, ca_file.as_deref(), |_| false)?;
    seen.look_from_outside(&site).await;
    if args.admin.admin_url.is_none() {
        let config = args.config.clone().or_else(|| Some(dir.join("tokenward.toml")));
        let config = config.as_deref().filter(|path| path.exists());
        seen.look_at_files(&dir, config).await?;
    }
    let verdicts = judge::all(&seen);
    let avoided = verdicts.iter().filter(|verdict| verdict.grade() == Grade::Good).count();
    if output.is_json() {
        output.json(&json!({
            "issuer": seen.status.issuer,
            "environment": seen.status.environment,
            "version": seen.status.version,
            "avoided": avoided,
            "demanded": args.at_least,
            "mistakes": verdicts,
        }))?;
    } else {
        print(&seen, &verdicts, avoided, output)?;
    }
    Ok(if avoided >= usize::from(args.at_least) { GOOD } else { answer_is_no() })
}

/// What the authority says of itself; one that says nothing, or little at a time, is not waited for.
async fn seen_in_time(client: &AdminClient, wait: Duration) -> Result<Seen, Failure> {
    let late = |_| {
        let seconds = wait.as_secs();
        Failure::cannot(format!("the authority did not tell of itself within {seconds} s"))
    };
    timeout(wait, Seen::of(client)).await.map_err(late)?
}

/// What `serve --dev` wrote down, if that is what runs here.
fn dev_file(dir: &Path) -> Option<DevFile> {
    serde_json::from_slice(&files::read_private(&dir.join("dev.json")).ok()?).ok()
}

fn print(seen: &Seen, verdicts: &[Verdict], avoided: usize, output: Output) -> Result<(), Failure> {
    let status = &seen.status;
    output.line(format!(
        "{avoided} of 10 mistakes are avoided by {} (environment {})",
        status.issuer, status.environment
    ))?;
    for verdict in verdicts {
        let grade = verdict.grade();
        let shown = format!("{:<7}", grade.name());
        let shown = if output.is_colored() {
            format!("\x1b[{}m{shown}\x1b[0m", grade.color())
        } else {
            shown
        };
        output.line(format!("\n{:>3}  {shown} {}", verdict.mistake, verdict.title))?;
        for Line { grade, says, mend } in &verdict.lines {
            let mark = if *grade == Grade::Good { "" } else { grade.name() };
            let gap = if mark.is_empty() { "" } else { ": " };
            output.line(format!("       {mark}{gap}{says}"))?;
            if let Some(mend) = mend {
                output.line(format!("         → {mend}"))?;
            }
        }
    }
    Ok(())
}
