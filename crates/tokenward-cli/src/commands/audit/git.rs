//! What git says of a project that may be anybody's.

use std::process::{Command, Stdio};

use crate::failure::Failure;

/// What git prints; `wanted_by` is the option that asks, for the operator.
pub(super) fn git(wanted_by: &str, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .args(["-c", "core.quotePath=false"])
        // A project's own settings could name a program to run here.
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments)
        // What it says is read.
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::because(format!("{wanted_by}: git"), &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or("git failed").to_owned();
        return Err(Failure::cannot(format!("{wanted_by}: {first}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
