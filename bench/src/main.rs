//! Loads for a running authority and gate.
//!
//! `tokenward-bench DEV_JSON [--gate ADDR] [--gate-secret S] [--authority-pid PID] [--gate-pid PID] [--seconds N]
//! [--connections N]` creates sessions, refreshes them and asks the gate about the tokens, each for N
//! seconds, and prints a JSON object per load: answers a second, and the latency's median and 99th
//! percentile. The load shares the machine with the server, so the steady figure is the server's CPU
//! time for 100,000 answers, taken where its process id is given.
//!
//! `tokenward-bench propagation JSON [--redis URL] [--verifiers N,N] [--per-second N] [--seconds N]
//! [--authority-pid PID]` measures how long revocations take to every verifier, and `tokenward-bench snapshot N`
//! how long a snapshot of N of them takes to load; both print lines that `cargo xtask bench propagation` reads.
//!
//! `tokenward-bench tokens JSON N FILE` has N distinct tokens made, and `tokenward-bench ask ADDRESS --tokens FILE
//! …` asks a server about them, for `cargo xtask bench gate`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on its terminal")]

mod ask;
mod client;
mod load;
mod process;
mod propagation;
mod snapshot;
mod tokens;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use client::{Dev, Target};
use load::{Figures, Plan};

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    // Who asks has one core, and a thread of its own would only be in the way.
    let mut runtime = match std::env::args().nth(1).as_deref() {
        Some("ask") => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let outcome = runtime
        .enable_all()
        .build()
        .map_err(Error::from)
        .and_then(|runtime| runtime.block_on(run()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("propagation") => propagation::measure(&propagation::Options::parse(args)?).await,
        Some("snapshot") => {
            let count = args.next().ok_or("snapshot needs a number")?;
            snapshot::measure(count.parse()?)
        }
        Some("ask") => ask::measure(ask::Options::parse(args)?).await,
        Some("tokens") => {
            let json = args.next().ok_or("tokens needs a file that names the authority")?;
            let count = args.next().ok_or("tokens needs a number")?.parse()?;
            let file = args.next().ok_or("tokens needs a file to write")?.into();
            tokens::fetch(&Arc::new(Dev::read(&PathBuf::from(json))?), count, file).await
        }
        _ => measure(options()?).await,
    }
}

struct Options {
    dev_json: PathBuf,
    gate: Option<String>,
    gate_secret: String,
    authority_pid: Option<u32>,
    gate_pid: Option<u32>,
    plan: Plan,
}

fn options() -> Result<Options, Error> {
    let mut args = std::env::args().skip(1);
    let dev_json = args.next().ok_or("usage: tokenward-bench DEV_JSON [OPTION VALUE]...")?.into();
    let plan = Plan { connections: 32, time: Duration::from_secs(10) };
    let (gate, gate_secret) = (None, String::new());
    let mut options =
        Options { dev_json, gate, gate_secret, authority_pid: None, gate_pid: None, plan };
    while let Some(flag) = args.next() {
        let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--gate" => options.gate = Some(value),
            "--gate-secret" => options.gate_secret = value,
            "--authority-pid" => options.authority_pid = Some(value.parse()?),
            "--gate-pid" => options.gate_pid = Some(value.parse()?),
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
    let (plan, authority_pid) = (options.plan, options.authority_pid);

    let before = process::cpu_seconds(authority_pid)?;
    let (figures, sessions) = load::sessions(&dev, &authority, plan).await?;
    print("sessions", figures, authority_pid, before)?;

    let tokens = sessions.iter().map(|session| session.access.clone()).collect::<Vec<_>>();
    let before = process::cpu_seconds(authority_pid)?;
    let figures = load::refreshes(&dev, &authority, plan, sessions).await?;
    print("refreshes", figures, authority_pid, before)?;

    let (target, pid) = match &options.gate {
        Some(address) => (Target::plain(address)?, options.gate_pid),
        None => (authority, authority_pid),
    };
    let before = process::cpu_seconds(pid)?;
    let figures = load::gate(&dev, &target, plan, tokens, &options.gate_secret).await?;
    print("gate", figures, pid, before)
}

fn print(load: &str, figures: Figures, pid: Option<u32>, before: f64) -> Result<(), Error> {
    let figures = match pid {
        Some(_) => {
            figures.with_server(process::cpu_seconds(pid)? - before, process::resident_kib(pid)?)
        }
        None => figures,
    };
    println!("{load}: {}", serde_json::to_string(&figures)?);
    Ok(())
}
