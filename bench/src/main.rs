//! Loads for a running authority and gate.
//!
//! `tokenward-bench DEV_JSON [--gate ADDR] [--seconds N] [--connections N]` creates sessions, refreshes
//! them and asks the gate about the tokens, each for N seconds, and prints one JSON object: per load the
//! answers a second and the latency's median and 99th percentile. The load shares the machine with the
//! server, so the steady figure is the server's CPU time per request, which the caller reads.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on its terminal")]

mod client;
mod load;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use client::{Dev, Target};
use load::{Figures, Plan};

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let outcome = options().and_then(|options| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(measure(options))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(2)
        }
    }
}

struct Options {
    dev_json: PathBuf,
    gate: Option<String>,
    plan: Plan,
    only: Option<String>,
}

fn options() -> Result<Options, Error> {
    let mut args = std::env::args().skip(1);
    let dev_json =
        args.next().ok_or("usage: tokenward-bench DEV_JSON [--gate ADDR] [--only LOAD]")?;
    let plan = Plan { connections: 32, time: Duration::from_secs(10) };
    let mut options = Options { dev_json: dev_json.into(), gate: None, plan, only: None };
    while let Some(flag) = args.next() {
        let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--gate" => options.gate = Some(value),
            "--only" => options.only = Some(value),
            "--seconds" => options.plan.time = Duration::from_secs(value.parse()?),
            "--connections" => options.plan.connections = value.parse()?,
            _ => return Err(format!("unknown option {flag}").into()),
        }
    }
    Ok(options)
}

async fn measure(options: Options) -> Result<(), Error> {
    let dev = Arc::new(Dev::read(&options.dev_json)?);
    let authority = Target::tls(&dev)?;
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut report = serde_json::Map::new();

    let (figures, sessions) = load::sessions(&dev, &authority, options.plan).await?;
    if wanted("sessions") {
        add(&mut report, "sessions", &figures)?;
    }
    let tokens = sessions.iter().map(|session| session.access.clone()).collect::<Vec<_>>();
    if wanted("refreshes") {
        let figures = load::refreshes(&dev, &authority, options.plan, sessions).await?;
        add(&mut report, "refreshes", &figures)?;
    }
    if wanted("gate") {
        let target = match &options.gate {
            Some(address) => Target::plain(address)?,
            None => authority,
        };
        add(&mut report, "gate", &load::gate(&dev, &target, options.plan, tokens).await?)?;
    }
    println!("{}", serde_json::Value::Object(report));
    Ok(())
}

fn add(
    report: &mut serde_json::Map<String, serde_json::Value>,
    name: &str,
    figures: &Figures,
) -> Result<(), Error> {
    report.insert(name.to_owned(), serde_json::to_value(figures)?);
    Ok(())
}
