//! Builds the programs that take part.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::worker::Program;
use super::{Effort, tools};
use crate::run::{Failure, has, root, run};

/// What was built.
#[derive(Debug)]
pub(super) struct Built {
    /// Everybody who takes part; the one with the primitives first.
    pub(super) commands: Vec<Program>,
    /// The program with the primitives, tokenward and what shares their process.
    pub(super) core: PathBuf,
    /// The programs that count allocations.
    pub(super) counting: Vec<PathBuf>,
    /// Who does not take part, and why.
    pub(super) notes: Vec<String>,
}

/// Builds everything, and makes the keys and tokens in `dir`.
pub(super) fn build(effort: Effort, dir: &Path) -> Result<Built, Failure> {
    let mut notes = Vec::new();
    let mut crates = vec!["core"];
    if tools::ensure(has_openssl, &["libssl-dev", "pkg-config"]) {
        crates.push("openssl");
        notes.push(format!("josekit stands on OpenSSL {}", openssl_version()?));
    } else {
        notes.push("josekit: not found (no OpenSSL to build against)".to_owned());
    }
    for name in &crates {
        cargo(name, !effort.quick)?;
    }
    let counting = if effort.quick {
        notes.push("allocations: not counted in a quick run".to_owned());
        Vec::new()
    } else {
        crates.iter().map(|name| binary(&format!("{name}-allocations"))).collect()
    };
    if effort.quick {
        notes.push("jwt-simple, BoringSSL: not in a quick run".to_owned());
    } else if boring() {
        crates.push("boring");
    } else {
        notes.push("jwt-simple, BoringSSL: not found (it takes cmake and libclang)".to_owned());
    }
    run(Command::new(binary("core")).arg(dir).arg("keys"))?;
    let versions = versions()?;
    let mut commands: Vec<Program> = crates
        .iter()
        .map(|name| {
            let mut command = Command::new(binary(name));
            command.arg(dir).arg("serve");
            Program { command, versions: versions.clone() }
        })
        .collect();
    if effort.languages {
        let (programs, missing) = tools::languages(dir);
        commands.extend(programs);
        notes.extend(missing);
    }
    Ok(Built { commands, core: binary("core"), counting, notes })
}

/// Builds the program that measures checks for revocation.
pub(super) fn revocation() -> Result<PathBuf, Failure> {
    cargo("revocation", true)?;
    Ok(binary("revocation"))
}

/// Builds the program with the servers that a gate is compared with.
pub(super) fn gate() -> Result<PathBuf, Failure> {
    cargo("gate", true)?;
    Ok(binary("gate"))
}

/// Builds the crate `peers-NAME`, all of it or its program of that name alone.
fn cargo(name: &str, all: bool) -> Result<(), Failure> {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(home())
        .args(["build", "--release", "--locked", "--target-dir", "target"])
        .args(["--package", &format!("peers-{name}")]);
    if !all {
        command.args(["--bin", name]);
    }
    run(&mut command)
}

fn has_openssl() -> bool {
    let asked = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    asked.is_ok_and(|status| status.success())
}

fn openssl_version() -> Result<String, Failure> {
    let asked = Command::new("pkg-config").args(["--modversion", "openssl"]).output()?;
    Ok(String::from_utf8_lossy(&asked.stdout).trim().to_owned())
}

/// Whether `BoringSSL` is, or could be, built.
fn boring() -> bool {
    let packages = ["cmake", "g++", "libclang-dev"];
    tools::ensure(|| has("cmake"), &packages) && cargo("boring", true).is_ok()
}

fn binary(name: &str) -> PathBuf {
    home().join("target/release").join(name)
}

fn home() -> PathBuf {
    root().join("bench/peers")
}

/// The crates of the lock file, but for ours: a path has no version worth telling.
fn versions() -> Result<Vec<(String, String)>, Failure> {
    let lock = fs::read_to_string(home().join("Cargo.lock"))?;
    let field = |package: &str, name: &str| {
        let prefix = format!("{name} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(&prefix));
        line.map(|rest| rest.trim_end_matches('"').to_owned())
    };
    Ok(lock
        .split("[[package]]")
        .filter(|package| package.contains("source = "))
        .filter_map(|package| Some((field(package, "name")?, field(package, "version")?)))
        .collect())
}
