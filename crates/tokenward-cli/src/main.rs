//! The binary `tokenward`: it wires everything, and alone reads files, arguments, the environment and
//! the clock.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command, TokenCommand};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;

mod args;
mod client;
mod clock;
mod commands;
mod config;
mod dev;
mod duration;
mod failure;
mod files;
mod logging;
mod output;
mod pki;
mod roots;
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
        Command::Keys(args) => block_on(commands::keys::run(args, output)),
        Command::Token(args) => match args.command {
            TokenCommand::Issue(args) => commands::token::issue(&args, output),
            TokenCommand::Verify(args) => block_on(commands::token::verify(args, output)),
            TokenCommand::Inspect(args) => commands::token::inspect(&args, output),
        },
        Command::Sessions(args) => block_on(commands::sessions::run(args, output)),
        Command::Revoke(args) => block_on(commands::revoke::run(args, output)),
        Command::Services(args) => block_on(commands::services::run(args, output)),
        _ => Err(Failure::cannot("this command is being built")),
    }
}

/// Runs a command that waits for others: one thread is enough for it.
fn block_on(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::because("the runtime", &error))?;
    runtime.block_on(command)
}
