//! The machine, without which no figure means anything.

use std::fmt;
use std::process::Command;

use serde::Serialize;

use crate::run::Failure;

/// What a figure was taken on, and when.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// The processor, as it calls itself.
    pub(crate) model: String,
    pub(crate) cores: usize,
    /// Name and release of the system's kernel.
    pub(crate) system: String,
    pub(crate) rustc: String,
    /// The day, in UTC.
    pub(crate) date: String,
}

/// This machine, today.
pub(crate) fn describe() -> Result<Machine, Failure> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors.lines().find(|line| line.starts_with("model name")).unwrap_or_default();
    Ok(Machine {
        model: model.split(':').nth(1).unwrap_or("?").trim().to_owned(),
        cores: std::thread::available_parallelism()?.get(),
        system: first_line("uname", &["-sr"])?,
        rustc: first_line("rustc", &["--version"])?,
        date: first_line("date", &["-u", "+%Y-%m-%d"])?,
    })
}

fn first_line(program: &str, args: &[&str]) -> Result<String, Failure> {
    let output = Command::new(program).args(args).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, cores, system, rustc, date } = self;
        write!(f, "{date}; {model}, {cores} cores, {system}; {rustc}")
    }
}
