//! The loads: each runs the same request on every connection until the time is over.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Error;
use crate::client::{Connection, Dev, Target};

/// How hard and how long.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

impl Plan {
    #[expect(clippy::arithmetic_side_effects, reason = "seconds from now")]
    fn until(&self) -> Instant {
        Instant::now() + self.time
    }
}

/// What one connection, or all of them, did: the sessions it holds, and how long each answer took.
type Worked = (Vec<Held>, Vec<Duration>);

/// What a load measured.
#[derive(Serialize)]
pub(crate) struct Figures {
    answers: u32,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Server>,
}

/// What the answers cost the server.
#[derive(Serialize)]
struct Server {
    cpu_s_per_100k: f64,
    resident_kib: u64,
}

impl Figures {
    fn of(mut times: Vec<Duration>, over: Duration) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = times.len().saturating_mul(percent) / 100;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
        };
        let answers = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let per_second = f64::from(answers) / over.as_secs_f64();
        Self { answers, per_second, p50_ms: at(50), p99_ms: at(99), server: None }
    }

    /// The same, with what the server's process used meanwhile.
    pub(crate) fn with_server(self, cpu_seconds: f64, resident_kib: u64) -> Self {
        let cpu_s_per_100k = cpu_seconds / f64::from(self.answers) * 100_000.0;
        Self { server: Some(Server { cpu_s_per_100k, resident_kib }), ..self }
    }
}

/// A session that a load created.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) access: String,
    refresh: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: String,
}

/// Creates sessions of distinct subjects.
pub(crate) async fn sessions(
    dev: &Arc<Dev>,
    target: &Target,
    plan: Plan,
) -> Result<(Figures, Vec<Held>), Error> {
    let mut workers = JoinSet::new();
    let until = plan.until();
    for worker in 0..plan.connections {
        let (dev, mut connection) = (Arc::clone(dev), target.connect().await?);
        workers.spawn(async move {
            let basic = dev.basic();
            let (mut held, mut times) = (Vec::new(), Vec::new());
            while Instant::now() < until {
                let subject = format!("load-{worker}-{}", held.len());
                let body = serde_json::json!({
                    "subject": subject, "audience": dev.audience, "scope": "demo:read", "delivery": "token",
                });
                let start = Instant::now();
                let headers =
                    [("authorization", basic.as_str()), ("content-type", "application/json")];
                held.push(token(&mut connection, "/v1/sessions", &headers, body.to_string()).await?);
                times.push(start.elapsed());
            }
            Ok::<_, Error>((held, times))
        });
    }
    let (held, times) = gather(workers).await?;
    Ok((Figures::of(times, plan.time), held))
}

/// Refreshes the sessions, each connection its own, with the newest token each time.
pub(crate) async fn refreshes(
    dev: &Arc<Dev>,
    target: &Target,
    plan: Plan,
    held: Vec<Held>,
) -> Result<Figures, Error> {
    let mut workers = JoinSet::new();
    let until = plan.until();
    for part in parts(held, plan.connections) {
        let (dev, mut connection) = (Arc::clone(dev), target.connect().await?);
        workers.spawn(async move {
            let (basic, mut part, mut times) = (dev.basic(), part, Vec::new());
            'load: loop {
                for session in &mut part {
                    if Instant::now() >= until {
                        break 'load;
                    }
                    let body =
                        format!("grant_type=refresh_token&refresh_token={}", session.refresh);
                    let start = Instant::now();
                    let headers = [
                        ("authorization", basic.as_str()),
                        ("content-type", "application/x-www-form-urlencoded"),
                    ];
                    *session = token(&mut connection, "/oauth2/token", &headers, body).await?;
                    times.push(start.elapsed());
                }
            }
            Ok::<_, Error>((Vec::new(), times))
        });
    }
    let (_, times) = gather(workers).await?;
    Ok(Figures::of(times, plan.time))
}

/// Asks the gate about distinct tokens.
pub(crate) async fn gate(
    dev: &Arc<Dev>,
    target: &Target,
    plan: Plan,
    tokens: Vec<String>,
    proxy_secret: &str,
) -> Result<Figures, Error> {
    let path = format!("/auth/nginx/{}", dev.audience);
    let mut workers = JoinSet::new();
    let until = plan.until();
    for part in parts(tokens, plan.connections) {
        let (path, secret) = (path.clone(), proxy_secret.to_owned());
        let mut connection = target.connect().await?;
        workers.spawn(async move {
            let mut times = Vec::new();
            for token in part.iter().cycle() {
                if Instant::now() >= until {
                    break;
                }
                let bearer = format!("Bearer {token}");
                let headers = [
                    ("authorization", bearer.as_str()),
                    ("x-original-method", "GET"),
                    ("x-original-uri", "/"),
                    ("x-proxy-secret", secret.as_str()),
                ];
                let start = Instant::now();
                let (status, _) = connection.send("GET", &path, &headers, String::new()).await?;
                if status != 200 {
                    return Err(format!("the gate answered {status}").into());
                }
                times.push(start.elapsed());
            }
            Ok::<_, Error>((Vec::new(), times))
        });
    }
    let (_, times) = gather(workers).await?;
    Ok(Figures::of(times, plan.time))
}

async fn token(
    connection: &mut Connection,
    path: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Result<Held, Error> {
    let (status, answer) = connection.send("POST", path, headers, body).await?;
    if !status.is_success() {
        return Err(
            format!("{path} answered {status}: {}", String::from_utf8_lossy(&answer)).into()
        );
    }
    let answer: Answer = serde_json::from_slice(&answer)?;
    Ok(Held { access: answer.access_token, refresh: answer.refresh_token })
}

async fn gather(mut workers: JoinSet<Result<Worked, Error>>) -> Result<Worked, Error> {
    let (mut held, mut times) = (Vec::new(), Vec::new());
    while let Some(worker) = workers.join_next().await {
        let (more, took) = worker??;
        held.extend(more);
        times.extend(took);
    }
    Ok((held, times))
}

fn parts<T>(all: Vec<T>, count: usize) -> Vec<Vec<T>> {
    let mut parts: Vec<Vec<T>> = std::iter::repeat_with(Vec::new).take(count).collect();
    for (index, item) in all.into_iter().enumerate() {
        let part = index.checked_rem(count).and_then(|index| parts.get_mut(index));
        if let Some(part) = part {
            part.push(item);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
