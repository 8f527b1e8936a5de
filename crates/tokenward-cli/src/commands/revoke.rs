//! `tokenward revoke`: one thing, or a file of many.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokenward::{Jti, SessionId, Subject};
use tokenward_server::admin::api::{MAX_BATCH, Revoke, RevokeItem, Revoked};

use crate::args::RevokeArgs;
use crate::client::AdminClient;
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;

#[cfg(test)]
mod tests;

/// Longer than any line that names an id.
const MAX_LINE: usize = 4_096;

/// Runs the command.
pub(crate) async fn run(args: RevokeArgs, output: Output) -> Outcome {
    let client = AdminClient::need(&args.admin).await?;
    let sender = Sender {
        client,
        reason: args.reason,
        audience: args.audience.map(|name| name.as_str().to_owned()),
    };
    let one = args
        .jti
        .map(|id| RevokeItem::Jti(id.as_str().to_owned()))
        .or_else(|| args.sid.map(|id| RevokeItem::Sid(id.as_str().to_owned())))
        .or_else(|| args.subject.map(|id| RevokeItem::Sub(id.as_str().to_owned())));
    let revoked = match (one, args.file) {
        (Some(item), _) => sender.send(vec![item]).await?,
        (None, Some(file)) => from_file(&sender, &file).await?,
        (None, None) => return Err(Failure::cannot("name what to revoke")),
    };
    output.either(&json!({ "revoked": revoked }), format!("{revoked} revoked"))?;
    Ok(GOOD)
}

struct Sender {
    client: AdminClient,
    reason: Option<String>,
    audience: Option<String>,
}

impl Sender {
    async fn send(&self, items: Vec<RevokeItem>) -> Result<usize, Failure> {
        let request =
            Revoke { items, reason: self.reason.clone(), audience: self.audience.clone() };
        let answer: Revoked = self.client.post("/admin/v1/revocations", &request).await?;
        Ok(answer.revoked)
    }
}

async fn from_file(sender: &Sender, file: &Path) -> Result<usize, Failure> {
    let name =
        if file.as_os_str() == "-" { "standard input".into() } else { file.display().to_string() };
    let (reader, bytes): (Box<dyn BufRead>, Option<u64>) = if file.as_os_str() == "-" {
        (Box::new(io::stdin().lock()), None)
    } else {
        let opened = File::open(file).map_err(|error| Failure::because(&name, &error))?;
        let bytes = opened.metadata().ok().map(|meta| meta.len());
        (Box::new(BufReader::new(opened)), bytes)
    };
    let progress = progress(bytes);
    let mut lines = Lines { reader, number: 0 };
    let mut total: usize = 0;
    loop {
        let (batch, read) = lines.batch().map_err(|message| {
            let done = if total == 0 { "nothing" } else { "what stands before it" };
            Failure::cannot(format!("{name}:{}: {message}; {done} was revoked", lines.number))
        })?;
        if batch.is_empty() {
            break;
        }
        total = total.saturating_add(sender.send(batch).await?);
        progress.inc(read);
    }
    progress.finish_and_clear();
    Ok(total)
}

struct Lines {
    reader: Box<dyn BufRead>,
    number: usize,
}

impl Lines {
    /// The next items, at most as many as one request takes, and the bytes they stood in.
    fn batch(&mut self) -> Result<(Vec<RevokeItem>, u64), String> {
        let mut items = Vec::new();
        let mut read: u64 = 0;
        let mut line = Vec::new();
        while items.len() < MAX_BATCH {
            line.clear();
            let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
            let mut capped = io::Read::take(&mut self.reader, most);
            let taken = capped.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
            if taken == 0 {
                break;
            }
            self.number = self.number.saturating_add(1);
            read = read.saturating_add(u64::try_from(taken).unwrap_or(0));
            if taken == MAX_LINE && line.last() != Some(&b'\n') {
                return Err(format!("the line is longer than {MAX_LINE} bytes"));
            }
            let text =
                std::str::from_utf8(&line).map_err(|_| "this is no UTF-8 text".to_owned())?;
            items.extend(item(text)?);
        }
        Ok((items, read))
    }
}

/// One line: `jti ID`, `sid ID`, `sub ID`, or the same as JSON; `None` for an empty one or a comment.
fn item(line: &str) -> Result<Option<RevokeItem>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let item = if line.starts_with('{') {
        serde_json::from_str(line).map_err(|_| "write for example {\"sid\": \"ID\"}".to_owned())?
    } else {
        match line.split_once(char::is_whitespace).map(|(kind, id)| (kind, id.trim().to_owned())) {
            Some(("jti", id)) => RevokeItem::Jti(id),
            Some(("sid", id)) => RevokeItem::Sid(id),
            Some(("sub", id)) => RevokeItem::Sub(id),
            _ => return Err("write `jti ID`, `sid ID` or `sub ID`".to_owned()),
        }
    };
    // Checked here, so that a bad line is known by its number and not by its batch.
    match &item {
        RevokeItem::Jti(id) => Jti::new(id.as_str()).map(drop),
        RevokeItem::Sid(id) => SessionId::new(id.as_str()).map(drop),
        RevokeItem::Sub(id) => Subject::new(id.as_str()).map(drop),
    }
    .map_err(|error| error.to_string())?;
    Ok(Some(item))
}

fn progress(bytes: Option<u64>) -> ProgressBar {
    // Draws on standard error, and nothing at all where that is no terminal.
    match bytes {
        Some(bytes) => ProgressBar::new(bytes).with_style(
            ProgressStyle::with_template("{bar:40} {percent}% {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        None => ProgressBar::new_spinner(),
    }
}
