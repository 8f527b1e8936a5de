//! Who can take part here, and the programs of those who can.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::worker::Program;
use crate::run::{Failure, has, root, run};
use crate::tools;

/// Names the jar of nimbus-jose-jwt, or a class path that holds it.
const NIMBUS: &str = "TOKENWARD_BENCH_NIMBUS";

/// Installs `packages` unless `found`; whether it is there now.
pub(super) fn ensure(found: impl Fn() -> bool, packages: &[&str]) -> bool {
    if !found()
        && let Err(error) = tools::install(packages)
    {
        println!("{error}");
    }
    found()
}

/// How the program of a language is made or found.
type Find = fn(&Path) -> Result<Command, Failure>;

/// The other languages' programs, and a line for each that cannot take part.
pub(super) fn languages(dir: &Path) -> (Vec<Program>, Vec<String>) {
    let mut programs = Vec::new();
    let mut notes = Vec::new();
    let all: [(&str, Find); 4] = [
        ("PyJWT, joserfc", python),
        ("jose, jsonwebtoken, fast-jwt", node),
        ("golang-jwt", go),
        ("nimbus-jose-jwt", java),
    ];
    for (libraries, command) in all {
        match command(dir) {
            Ok(command) => programs.push(Program { command, versions: Vec::new() }),
            Err(error) => notes.push(format!("{libraries}: not found ({error})")),
        }
    }
    (programs, notes)
}

fn python(dir: &Path) -> Result<Command, Failure> {
    let here = sources("python");
    let python = tools::python(&dir.join("python"), &here.join("requirements.txt"))?;
    let mut command = Command::new(python);
    // joserfc warns of each `EdDSA`, which RFC 9864 deprecates in favor of `Ed25519`.
    command.args(["-W", "ignore"]).arg(here.join("worker.py")).arg(dir);
    Ok(command)
}

fn node(dir: &Path) -> Result<Command, Failure> {
    let (here, home) = (sources("node"), dir.join("node"));
    tools::node(&home, &here.join("package.json"))?;
    // Node looks for packages beside the script.
    fs::copy(here.join("worker.mjs"), home.join("worker.mjs"))?;
    let mut command = Command::new("node");
    command.arg(home.join("worker.mjs")).arg(dir);
    Ok(command)
}

fn go(dir: &Path) -> Result<Command, Failure> {
    if !has("go") {
        return Err(Failure::new("no `go`"));
    }
    let (here, home) = (sources("go"), dir.join("go"));
    fs::create_dir_all(&home)?;
    for file in ["go.mod", "main.go"] {
        fs::copy(here.join(file), home.join(file))?;
    }
    // `mod` writes the checksums, which the sources leave to the proxy's log.
    run(Command::new("go").current_dir(&home).args(["build", "-mod=mod", "-o", "worker", "."]))?;
    let mut command = Command::new(home.join("worker"));
    command.arg(dir);
    Ok(command)
}

fn java(dir: &Path) -> Result<Command, Failure> {
    let path = std::env::var_os(NIMBUS)
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new(format!("no {NIMBUS}, which names its jar")))?;
    if !has("java") {
        return Err(Failure::new("no `java`"));
    }
    let version = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let version = version.strip_prefix("nimbus-jose-jwt-").unwrap_or("?").to_owned();
    let mut command = Command::new("java");
    command.arg("-cp").arg(path).arg(sources("java").join("Worker.java")).arg(dir).arg(version);
    Ok(command)
}

fn sources(language: &str) -> PathBuf {
    root().join("bench/languages").join(language)
}
