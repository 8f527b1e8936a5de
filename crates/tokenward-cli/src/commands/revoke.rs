//! `tokenward revoke`: one thing, everything, or a file of many.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _, Seek as _};
use std::path::Path;
use std::time::Duration;

use http::StatusCode;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokenward_server::admin::api::{
    BumpVersion, BumpedVersion, EndedSessions, Revoke, RevokeEverything, RevokeItem, Revoked,
};
use tokio::time::sleep;

use crate::args::RevokeArgs;
use crate::client::{AdminClient, CallError};
use crate::clock;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::output::{self, Output, note};
use doubts::Doubts;
use lines::Lines;

mod doubts;
mod lines;

/// How often a batch is sent while the authority is out of reach, each time after a longer wait: for half a
/// minute in all.
const ATTEMPTS: u32 = 6;

/// What helps where the authority could not be asked.
const AGAIN: &str = "; run it again, revoking twice does no harm";

/// Runs the command.
pub(crate) async fn run(args: RevokeArgs, output: Output) -> Outcome {
    // Here, because an argument that is one of a group hides from the parser that another goes with it.
    if args.except_session.is_some() && args.subject.is_none() {
        return Err(Failure::cannot(
            "--except-session goes with --subject alone; nothing was revoked",
        ));
    }
    if args.yes && !args.everything {
        return Err(Failure::cannot("--yes goes with --everything alone; nothing was revoked"));
    }
    let one = one_of(&args)?;
    if args.everything && !args.yes && !confirmed(args.audience.as_ref().map(AsRef::as_ref))? {
        note("nothing was revoked");
        return Ok(answer_is_no());
    }
    let client = AdminClient::need(&args.admin).await?;
    let audience = args.audience.map(|name| name.as_str().to_owned());
    let reason = args.reason;
    if args.everything {
        let order = RevokeEverything { reason, audience };
        let ended: EndedSessions = client.post("/admin/v1/revocations/everything", &order).await?;
        let said = format!("every token up to now is revoked; {} sessions ended", ended.ended);
        output.either(&json!({ "everything": true, "sessions": ended.ended }), said)?;
        return Ok(GOOD);
    }
    if let (Some(subject), Some(except)) = (&args.subject, args.except_session) {
        let subject = subject.clone();
        let except_session = Some(except.as_str().to_owned());
        let order = BumpVersion { subject, audience, except_session, reason };
        let raised: BumpedVersion = client.post("/admin/v1/subjects/token-version", &order).await?;
        let said = format!(
            "revoked; that session goes on with its next refresh (token version {})",
            raised.token_version
        );
        output.either(&raised, said)?;
        return Ok(GOOD);
    }
    let sender = Sender { client, reason, audience };
    let mut doubts = Doubts::at(clock::system().now());
    let revoked = match (one, args.file) {
        (Some(item), _) => {
            let items = vec![item];
            doubts.see(&items);
            sender.send(items).await?
        }
        (None, Some(file)) => from_file(&sender, &file, &mut doubts).await?,
        (None, None) => return Err(Failure::cannot("name what to revoke")),
    };
    output.either(&json!({ "revoked": revoked }), format!("{revoked} revoked"))?;
    doubts.tell();
    Ok(GOOD)
}

/// The one thing that the arguments name, if they name one. What they say is not repeated: it may be a token.
fn one_of(args: &RevokeArgs) -> Result<Option<RevokeItem>, Failure> {
    let (flag, item) = if let Some(id) = &args.jti {
        ("jti", RevokeItem::Jti(id.clone()))
    } else if let Some(id) = &args.sid {
        ("sid", RevokeItem::Sid(id.clone()))
    } else if let Some(id) = &args.subject {
        ("subject", RevokeItem::Sub(id.clone()))
    } else {
        return Ok(None);
    };
    let bad = |error: String| Failure::cannot(format!("--{flag}: {error}; nothing was revoked"));
    lines::check(&item).map_err(bad)?;
    Ok(Some(item))
}

/// Asks whoever sits at the terminal; where nobody does, `--yes` has to say it.
fn confirmed(audience: Option<&str>) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::cannot(
            "--everything makes all users log in again; add --yes where nobody can be asked",
        ));
    }
    let of = audience.map_or_else(|| "every audience".to_owned(), |name| format!("`{name}`"));
    output::ask(&format!("Refuse every token and end every session of {of}?"))
}

struct Sender {
    client: AdminClient,
    reason: Option<String>,
    audience: Option<String>,
}

impl Sender {
    async fn send(&self, items: Vec<RevokeItem>) -> Result<usize, CallError> {
        let request =
            Revoke { items, reason: self.reason.clone(), audience: self.audience.clone() };
        let answer: Revoked = self.client.post("/admin/v1/revocations", &request).await?;
        Ok(answer.revoked)
    }

    /// As [`Self::send`], again and again while the authority restarts or its store is away: revoking twice
    /// does no harm.
    async fn send_patiently(&self, items: &[RevokeItem]) -> Result<usize, CallError> {
        let mut wait = Duration::from_secs(1);
        for _ in 1..ATTEMPTS {
            match self.send(items.to_vec()).await {
                Err(error) if passes(&error) => sleep(wait).await,
                answer => return answer,
            }
            wait = wait.saturating_mul(2);
        }
        self.send(items.to_vec()).await
    }
}

const fn passes(error: &CallError) -> bool {
    match error {
        CallError::Failed(_) => true,
        CallError::Refused { status, .. } => matches!(*status, StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Revokes what the lines of `file` name, after all of them have been read: a mistake in the last must not
/// leave the first half done.
async fn from_file(sender: &Sender, file: &Path, doubts: &mut Doubts) -> Result<usize, Failure> {
    let stdin = file.as_os_str() == "-";
    let name = if stdin { "standard input".to_owned() } else { file.display().to_string() };
    let failed = |error: io::Error| Failure::because(&name, &error);
    let mut source = if stdin { spooled() } else { File::open(file) }.map_err(failed)?;
    let found = check(&source, &name)?;
    source.rewind().map_err(failed)?;

    let progress = progress(found.bytes, "revoking");
    let mut lines = Lines::new(BufReader::new(&source));
    let mut total: usize = 0;
    loop {
        let before = lines.number().saturating_add(1);
        let stopped = |why: String, again: &str| {
            Failure::cannot(format!(
                "{name}: {total} of {} were revoked; line {before} and what follows were not: {why}{again}",
                found.items
            ))
        };
        let (batch, read) = lines.batch().map_err(|why| stopped(why, ""))?;
        if batch.is_empty() {
            break;
        }
        let sent = sender.send_patiently(&batch).await;
        let sent = sent.map_err(|error| {
            let again = if passes(&error) { AGAIN } else { "" };
            stopped(Failure::from(error).to_string(), again)
        })?;
        total = total.saturating_add(sent);
        doubts.see(&batch);
        progress.inc(read);
    }
    progress.finish_and_clear();
    Ok(total)
}

/// Standard input as a file without a name, which can be read twice and takes no memory.
fn spooled() -> io::Result<File> {
    let mut spool = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut spool)?;
    spool.rewind()?;
    Ok(spool)
}

/// What a file holds.
struct Found {
    items: usize,
    bytes: u64,
}

/// Reads every line, and revokes nothing.
fn check(file: &File, name: &str) -> Result<Found, Failure> {
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    let progress = progress(bytes, "reading");
    let mut lines = Lines::new(BufReader::new(file));
    let mut items: usize = 0;
    let mut bytes: u64 = 0;
    loop {
        let (batch, read) = lines.batch().map_err(|message| {
            let number = lines.number();
            Failure::cannot(format!("{name}:{number}: {message}; nothing was revoked"))
        })?;
        if batch.is_empty() {
            break;
        }
        items = items.saturating_add(batch.len());
        bytes = bytes.saturating_add(read);
        progress.inc(read);
    }
    progress.finish_and_clear();
    if items == 0 {
        return Err(Failure::cannot(format!("{name}: holds no id; nothing was revoked")));
    }
    Ok(Found { items, bytes })
}

/// Draws on standard error, and nothing at all where that is no terminal.
fn progress(bytes: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {percent}% {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(bytes).with_style(style).with_message(what)
}
