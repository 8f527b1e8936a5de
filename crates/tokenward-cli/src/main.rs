//! The binary `tokenward`: it wires everything, and alone reads files, arguments, the environment and
//! the clock.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;

mod args;
mod config;
mod dev;
mod duration;
mod failure;
mod files;
mod logging;
mod output;
mod pki;
mod secret;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.format, cli.color);
    match run(cli, output) {
        Ok(code) => code,
        Err(failure) if failure.is_broken_pipe() => GOOD,
        Err(failure) => {
            output::note(format!("tokenward: {failure}"));
            failure.exit_code()
        }
    }
}

fn run(cli: Cli, output: Output) -> Outcome {
    match cli.command {
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "tokenward", &mut script);
            output.line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(GOOD)
        }
        _ => Err(Failure::cannot("this command is being built")),
    }
}
