//! How long it takes from the API's answer to the refusal in every one of many verifiers.
//!
//! The verifiers are tasks of this process, each with a connection of its own to a real authority, or to a
//! Redis that it writes to. Revocations are asked for one by one, at a steady rate. A thread of its own
//! looks after them: every half millisecond it asks each verifier that has learned something about the ids
//! that it did not refuse yet. The signature of a token is not checked again each time, because that costs
//! the same before and after.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokenward::{Audience, ClientId, Clock as _, IssuerId};
use tokenward_redis::{RedisAddress, RedisSecrets, RedisSource};
use tokenward_remote::{Credential, Remote, RemoteConfig, SystemClock};
use tokenward_revocation::DenseId;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::Error;
use crate::client::{Dev, Target};
use crate::process;
use watch::{Answered, Watch};

mod watch;

/// As many calls as may be under way at once.
const CONNECTIONS: usize = 32;
/// How long anything may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is measured.
pub(crate) struct Options {
    dev: Dev,
    redis: Option<String>,
    verifiers: Vec<usize>,
    per_second: u32,
    time: Duration,
    authority_pid: Option<u32>,
}

impl Options {
    /// Of the arguments that follow `propagation`.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Error> {
        let file = args.next().ok_or("propagation needs a JSON file")?;
        let mut options = Self {
            dev: Dev::read(file.as_ref())?,
            redis: None,
            verifiers: vec![1, 8, 64],
            per_second: 1_000,
            time: Duration::from_secs(10),
            authority_pid: None,
        };
        while let Some(flag) = args.next() {
            let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
            match flag.as_str() {
                "--redis" => options.redis = Some(value),
                "--verifiers" => {
                    options.verifiers =
                        value.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--per-second" => options.per_second = value.parse()?,
                "--seconds" => options.time = Duration::from_secs(value.parse()?),
                "--authority-pid" => options.authority_pid = Some(value.parse()?),
                _ => return Err(format!("unknown option {flag}").into()),
            }
        }
        Ok(options)
    }

    fn carrier(&self) -> &'static str {
        if self.redis.is_some() { "Redis" } else { "SSE" }
    }
}

/// Prints a line for each number of verifiers: `propagation`, the carrier, the verifiers, how many were
/// revoked in a second, then median, 99th percentile and longest of the time to the last verifier's refusal,
/// median and 99th percentile of the API's answers (all in ms), and the cores that this process and the
/// authority used.
pub(crate) async fn measure(options: &Options) -> Result<(), Error> {
    for &count in &options.verifiers {
        let remotes = follow(options, count).await?;
        let begun = [Some(std::process::id()), options.authority_pid].map(process::cpu_seconds);
        let start = Instant::now();
        let mut spread = revoke(options, &remotes).await?;
        let over = start.elapsed().as_secs_f64();
        let ended = [Some(std::process::id()), options.authority_pid].map(process::cpu_seconds);
        let mut figures = Vec::new();
        for (begun, ended) in begun.into_iter().zip(ended) {
            figures.push((ended? - begun?) / over);
        }
        let [p50, p99, max] = [50, 99, 100].map(|percent| at(&mut spread.times, percent));
        let [a50, a99] = [50, 99].map(|percent| at(&mut spread.answers, percent));
        let rate = spread.per_second;
        let cores: Vec<_> = figures.iter().map(|cores| format!("{cores:.2}")).collect();
        println!(
            "propagation\t{}\t{count}\t{rate:.0}\t{p50:.1}\t{p99:.1}\t{max:.1}\t{a50:.1}\t{a99:.1}\t{}",
            options.carrier(),
            cores.join("\t"),
        );
    }
    Ok(())
}

/// What came of it.
struct Spread {
    per_second: f64,
    times: Vec<Duration>,
    answers: Vec<Duration>,
}

async fn follow(options: &Options, count: usize) -> Result<Vec<Remote>, Error> {
    let dev = &options.dev;
    let issuer = IssuerId::new(format!("{}/audiences/{}", dev.base_url, dev.audience))?;
    let audience = Audience::new(&*dev.audience)?;
    let credential = Credential::new(ClientId::new(&*dev.client_id)?, &dev.client_secret);
    let mut config =
        RemoteConfig::new(issuer, audience, credential).extra_ca(std::fs::read(&dev.ca_file)?);
    if let Some(redis) = &options.redis {
        let source = RedisSource::new(RedisAddress::new(redis)?, RedisSecrets::default(), "dev");
        config = config.feed_source(Arc::new(source));
    }
    let mut remotes = Vec::new();
    for _ in 0..count {
        remotes.push(Remote::connect(&config, Arc::new(SystemClock::new())).await?);
    }
    let end = after(PATIENCE);
    while !remotes.iter().all(|remote| remote.status().following) {
        if Instant::now() > end {
            return Err("a verifier does not follow".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(remotes)
}

/// Revokes at the rate that was asked for, and waits until every verifier refuses all of it.
async fn revoke(options: &Options, remotes: &[Remote]) -> Result<Spread, Error> {
    let target = Target::tls(&options.dev)?;
    let count = u64::from(options.per_second).saturating_mul(options.time.as_secs());
    let answered = Arc::<Answered>::default();
    let watch = Watch::start(remotes, &answered);
    let (mut workers, next) = (JoinSet::new(), Arc::<AtomicU64>::default());
    let answers = Arc::<Mutex<Vec<Duration>>>::default();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(target.connect().await?);
    }
    let start = Instant::now();
    let ids = Ids::now();
    for mut connection in connections {
        let (basic, next) = (options.dev.basic(), Arc::clone(&next));
        let (answered, answers) = (Arc::clone(&answered), Arc::clone(&answers));
        let (per_second, ids) = (options.per_second, ids);
        workers.spawn(async move {
            let headers = [("authorization", &*basic), ("content-type", "application/json")];
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<_, Error>(());
                }
                let due = number.saturating_mul(1_000_000).checked_div(per_second.into());
                let due = Duration::from_micros(due.unwrap_or_default());
                sleep_until(start.checked_add(due).unwrap_or(start)).await;
                let id = ids.name(number);
                let body = format!("{{\"jti\":\"{id}\"}}");
                let sent = Instant::now();
                let (status, text) =
                    connection.send("POST", "/v1/revocations", &headers, body).await?;
                if !status.is_success() {
                    return Err(format!("{status}: {}", String::from_utf8_lossy(&text)).into());
                }
                answered.push(id);
                answers.lock().unwrap_or_else(PoisonError::into_inner).push(sent.elapsed());
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    let per_second = count_of(count) / start.elapsed().as_secs_f64();
    let times = watch.all_refused(PATIENCE).await?;
    let answers = std::mem::take(&mut *answers.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Spread { per_second, times, answers })
}

/// Ids of the authority's own form, none of which it has minted itself.
#[derive(Clone, Copy)]
struct Ids {
    minute: u32,
    first: u32,
}

impl Ids {
    fn now() -> Self {
        let now = SystemClock::new().now();
        let ends_at = now.saturating_add(Duration::from_secs(900));
        // So that what two runs of one minute revoke differs.
        let first = u32::try_from(now.as_millis() % 60_000).unwrap_or_default();
        Self { minute: DenseId::minute_of(ends_at), first: first.saturating_mul(16_384) }
    }

    fn name(self, number: u64) -> tokenward::Jti {
        let index = self.first.saturating_add(u32::try_from(number).unwrap_or(u32::MAX));
        DenseId { minute: self.minute, shard: u16::MAX, index }.name()
    }
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let index = times.len().saturating_mul(percent) / 100;
    let index = index.min(times.len().saturating_sub(1));
    times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

fn after(wait: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now)
}

fn count_of(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
