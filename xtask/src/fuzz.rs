//! `cargo xtask fuzz`: hostile bytes by the million, against what `fuzz/targets/` asserts about them.
//!
//! The targets are libFuzzer's. They are built by the compiler that is here, and nothing is installed:
//! the counters that guide the fuzzer are LLVM's, which any rustc can put in. There is no sanitizer:
//! it would find misuse of memory, and what is fuzzed has no unsafe code.

mod seed;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::available_parallelism;

use crate::run::{Failure, root, run};

/// How long each target runs if nobody says.
const SMOKE: u64 = 10;

/// What makes libFuzzer see where an input leads, in every crate.
const COUNTERS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    // The pass loses counters that it has put in several units of one crate.
    "-Ccodegen-units=1",
];

/// `[seed | [--seconds N] [TARGET…]]`.
pub(crate) fn fuzz(args: &[&str]) -> Result<(), Failure> {
    match args {
        ["seed"] => seed::write(),
        ["--seconds", seconds, names @ ..] => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds > 0);
            run_all(seconds.ok_or_else(|| Failure::usage("--seconds wants a number"))?, names)
        }
        names => run_all(SMOKE, names),
    }
}

/// Runs every target, so that all of them together take `total` seconds.
pub(crate) fn split(total: u64) -> Result<(), Failure> {
    let rounds = targets()?.len().div_ceil(at_once()?).max(1);
    run_all(total.checked_div(rounds.try_into().unwrap_or(u64::MAX)).unwrap_or(SMOKE), &[])
}

fn run_all(seconds: u64, names: &[&str]) -> Result<(), Failure> {
    let mut chosen = targets()?;
    if let Some(unknown) = names.iter().find(|name| chosen.iter().all(|known| known != *name)) {
        let known = chosen.join(", ");
        return Err(Failure::usage(&format!("the targets are {known}, not `{unknown}`")));
    }
    chosen.retain(|target| names.is_empty() || names.contains(&target.as_str()));
    let binaries = build(&chosen)?;
    let mut failed = Vec::new();
    for batch in chosen.chunks(at_once()?) {
        let started = batch.iter().map(|name| Run::start(name, &binaries, seconds));
        for run in started.collect::<Result<Vec<_>, _>>()? {
            failed.extend(run.finish()?);
        }
    }
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(Failure::new(format!("findings by {}", failed.join(", ")))),
    }
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, Failure> {
    let files = fs::read_dir(root().join("fuzz/targets"))?.collect::<Result<Vec<_>, _>>()?;
    let stem = |file: &fs::DirEntry| Some(file.path().file_stem()?.to_str()?.to_owned());
    let mut names: Vec<String> = files.iter().filter_map(stem).collect();
    names.sort();
    Ok(names)
}

/// As many targets at a time as there are cores.
fn at_once() -> Result<usize, Failure> {
    Ok(available_parallelism()?.get())
}

/// Builds `chosen`, all at once, and says where they are.
fn build(chosen: &[String]) -> Result<PathBuf, Failure> {
    let rustc = Command::new("rustc").arg("-vV").output()?;
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::new("rustc does not say what it builds for"))?;
    let home = home();
    run(Command::new(env!("CARGO"))
        .current_dir(root().join("fuzz"))
        // With a target named, build scripts and macros get no counters, which they could not link.
        .args(["build", "--quiet", "--release", "--locked", "--target", host])
        .args(chosen.iter().flat_map(|name| ["--bin", name]))
        .env("CARGO_TARGET_DIR", &home)
        .env("RUSTFLAGS", COUNTERS.join(" ")))?;
    Ok(home.join(host).join("release"))
}

/// Where everything is that a run leaves: binaries, inputs, logs and findings.
fn home() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    target.map_or_else(|| root().join("target"), PathBuf::from).join("fuzz")
}

/// A target that is running.
struct Run<'a> {
    name: &'a str,
    child: Child,
    log: PathBuf,
}

impl<'a> Run<'a> {
    fn start(name: &'a str, binaries: &Path, seconds: u64) -> Result<Self, Failure> {
        let (inputs, findings, logs) =
            (home().join("inputs").join(name), home().join("findings"), home().join("logs"));
        for dir in [&inputs, &findings, &logs] {
            fs::create_dir_all(dir)?;
        }
        let log = logs.join(name);
        let child = Command::new(binaries.join(name))
            // What is new goes into the first folder; the second is what the checkout holds.
            .args([&inputs, &root().join("fuzz/corpus").join(name)])
            .arg(format!("-dict={}", root().join("fuzz/jose.dict").display()))
            .arg(format!("-artifact_prefix={}/{name}-", findings.display()))
            .arg(format!("-max_total_time={seconds}"))
            // Longer than any limit on a token or a key; one input may take this many seconds.
            .args(["-max_len=20000", "-timeout=20", "-rss_limit_mb=1024"])
            .stderr(File::create(&log)?)
            .spawn()?;
        Ok(Self { name, child, log })
    }

    /// Waits for the end, and gives the name of a target that has found something.
    fn finish(mut self) -> Result<Option<&'a str>, Failure> {
        let fine = self.child.wait()?.success();
        let log = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let done = log.lines().rev().find(|line| line.contains("DONE")).unwrap_or_default();
        let figures = done.split_whitespace().collect::<Vec<_>>().join(" ");
        if fine {
            println!("{:10} {figures}", self.name);
            return Ok(None);
        }
        let telling =
            ["panicked at", "assertion", " left:", "right:", "ERROR:", "Test unit written"];
        println!("{:10} FOUND SOMETHING, log: {}", self.name, self.log.display());
        for line in log.lines().filter(|line| telling.iter().any(|part| line.contains(part))) {
            println!("    {line}");
        }
        Ok(Some(self.name))
    }
}
