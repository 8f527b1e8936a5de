//! `tokenward sessions`.

use tokenward::UnixTime;
use tokenward_server::admin::api::{EndSessions, EndedSessions, SessionInfo, SessionPage};

use crate::args::{SessionsArgs, SessionsCommand};
use crate::client::{self, AdminClient};
use crate::commands::date;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::output::{Output, shown};

/// The most sessions that one listing prints; a subject has few, and nobody reads a million lines.
const MOST: usize = 100_000;

/// Runs the command.
pub(crate) async fn run(args: SessionsArgs, output: Output) -> Outcome {
    let client = AdminClient::need(&args.admin).await?;
    match args.command {
        SessionsCommand::List { subject } => {
            list(&client, subject.as_ref().map(AsRef::as_ref), output).await
        }
        SessionsCommand::Show { session } => show(&client, session.as_str(), output).await,
        SessionsCommand::Revoke { subject, session, except } => {
            let request = EndSessions {
                session_id: session.map(|id| id.as_str().to_owned()),
                subject: subject.map(|subject| subject.as_str().to_owned()),
                except_session: except.map(|id| id.as_str().to_owned()),
                audience: None,
            };
            let ended: EndedSessions =
                client.post("/admin/v1/sessions/revoke", &request).await.map_err(Failure::from)?;
            output.either(&ended, format!("{} ended", count(ended.ended)))?;
            Ok(if ended.ended == 0 { answer_is_no() } else { GOOD })
        }
    }
}

async fn list(client: &AdminClient, subject: Option<&str>, output: Output) -> Outcome {
    let mut sessions: Vec<SessionInfo> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let path = client::query(
            "/admin/v1/sessions",
            &[("subject", subject), ("after", after.as_deref())],
        );
        let page: SessionPage = client.get(&path).await.map_err(Failure::from)?;
        sessions.extend(page.sessions);
        after = page.next_after;
        if after.is_none() || sessions.len() >= MOST {
            break;
        }
    }
    if output.is_json() {
        output.json(&sessions)?;
    } else {
        let rows: Vec<_> = sessions.iter().map(row).collect();
        let heading =
            ["SESSION", "SUBJECT", "AUDIENCE", "CLIENT", "DEVICE", "TOKENS", "LAST USED", "ENDS"];
        output.table(heading, &rows, "no sessions")?;
    }
    Ok(GOOD)
}

fn row(session: &SessionInfo) -> [String; 8] {
    let at = |secs| date(UnixTime::from_secs(secs));
    [
        session.session_id.clone(),
        session.subject.clone(),
        session.audience.clone(),
        session.client_id.clone(),
        session.device.clone().unwrap_or_else(|| "-".to_owned()),
        tokens(session),
        at(session.last_used_at),
        at(session.ends_at),
    ]
}

/// How the tokens are kept, and whether they are worth anything without a key.
fn tokens(session: &SessionInfo) -> String {
    let bound = if session.dpop_jkt.is_some() { ", bound" } else { "" };
    format!("{}{bound}", session.delivery)
}

async fn show(client: &AdminClient, id: &str, output: Output) -> Outcome {
    let path = format!("/admin/v1/sessions/{}", client::segment(id));
    let session: SessionInfo = client.get(&path).await.map_err(Failure::from)?;
    if output.is_json() {
        output.json(&session)?;
        return Ok(GOOD);
    }
    let at = |secs| date(UnixTime::from_secs(secs));
    let ended = session.ended_at.map_or_else(
        || "no".to_owned(),
        |secs| format!("{} ({})", at(secs), session.ended_why.as_deref().unwrap_or("?")),
    );
    let none = || "-".to_owned();
    for (name, value) in [
        ("session", session.session_id.clone()),
        ("subject", session.subject.clone()),
        ("audience", session.audience.clone()),
        ("client", session.client_id.clone()),
        ("scope", session.scope.clone()),
        ("device", session.device.clone().unwrap_or_else(none)),
        ("delivery", session.delivery.clone()),
        ("bound to", session.dpop_jkt.clone().map_or_else(none, |key| format!("the key {key}"))),
        ("created", at(session.created_at)),
        ("last used", at(session.last_used_at)),
        ("ends", at(session.ends_at)),
        ("ended", ended),
    ] {
        output.line(format!("{name:<10} {}", shown(&value)))?;
    }
    Ok(GOOD)
}

fn count(sessions: u64) -> String {
    if sessions == 1 { "1 session".to_owned() } else { format!("{sessions} sessions") }
}
