//! Distinct tokens of a running authority: those that a service gets for itself.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Error;
use crate::client::{Connection, Dev, Target};

const CONNECTIONS: usize = 8;

/// The authority gives a service two thousand a second, and no more.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Answer {
    access_token: String,
}

/// Writes `count` tokens, a line each, and the key set that they are verified with beside them.
pub(crate) async fn fetch(dev: &Arc<Dev>, count: usize, file: PathBuf) -> Result<(), Error> {
    let target = Target::tls(dev)?;
    let mut workers = JoinSet::new();
    for worker in 0..CONNECTIONS {
        let (dev, mut connection) = (Arc::clone(dev), target.connect().await?);
        let rest = usize::from(worker < count % CONNECTIONS);
        let share = (count / CONNECTIONS).saturating_add(rest);
        workers.spawn(async move {
            let mut lines = String::new();
            for _ in 0..share {
                writeln!(lines, "{}", token(&mut connection, &dev).await?)?;
            }
            Ok::<_, Error>(lines)
        });
    }
    let mut lines = String::new();
    while let Some(worker) = workers.join_next().await {
        lines.push_str(&worker??);
    }
    let place = format!("/audiences/{}/jwks.json", dev.audience);
    let mut connection = target.connect().await?;
    let (status, keys) = connection.send("GET", &place, &[], String::new()).await?;
    if !status.is_success() {
        return Err(format!("{place} answered {status}").into());
    }
    fs::write(file.with_extension("jwks"), keys)?;
    fs::write(file, lines)?;
    Ok(())
}

async fn token(connection: &mut Connection, dev: &Dev) -> Result<String, Error> {
    let basic = dev.basic();
    let headers =
        [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let audience = &dev.audience;
    let body = format!("grant_type=client_credentials&audience={audience}&scope=demo%3Aread");
    let (status, answer) = loop {
        let sent = connection.send("POST", "/oauth2/token", &headers, body.clone()).await?;
        if sent.0 != StatusCode::TOO_MANY_REQUESTS {
            break sent;
        }
        sleep(PAUSE).await;
    };
    if !status.is_success() {
        let said = String::from_utf8_lossy(&answer);
        return Err(format!("/oauth2/token answered {status}: {said}").into());
    }
    Ok(serde_json::from_slice::<Answer>(&answer)?.access_token)
}
