//! The binary `tokenward`: it wires everything, and alone reads files, arguments, the environment and
//! the clock.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command, GateArgs, TokenCommand};
use crate::failure::{Failure, GOOD, Outcome};
use crate::output::Output;

mod acme;
mod args;
mod check;
mod client;
mod clock;
mod commands;
mod config;
mod demo;
mod deployment;
mod dev;
mod doctor;
mod duration;
mod failure;
mod files;
mod init;
mod logging;
mod memory;
mod output;
mod pki;
mod secret;
mod serve;
mod tls;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.format, cli.color);
    if output.is_for_audits() && !matches!(cli.command, Command::Audit(_)) {
        let failure = Failure::cannot("--format: `tokenward audit` alone reports in this one");
        output::note(format!("tokenward: {failure}"));
        return failure.exit_code();
    }
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
    memory::keep_out_of_dumps()?;
    if cli.command.handles_keys() {
        // As far as the user's limit lets us: a command says nothing of it, the authority does.
        let _unsaid = memory::keep_out_of_swap();
    }
    // Whatever speaks TLS in this process does it with one library.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err(Failure::cannot("TLS cannot be set up"));
    }
    match cli.command {
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "tokenward", &mut script);
            output.line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(GOOD)
        }
        Command::Keys(args) => block_on(commands::keys::run(args, output)),
        Command::AdminTokens(args) => block_on(commands::admin_tokens::run(args, output)),
        Command::Token(args) => match args.command {
            TokenCommand::Issue(args) => commands::token::issue(&args, output),
            TokenCommand::Verify(args) => block_on(commands::token::verify(args, output)),
            TokenCommand::Inspect(args) => commands::token::inspect(&args, output),
        },
        Command::Audit(args) => block_on(commands::audit::run(args, output)),
        Command::Root(args) => commands::root::run(&args.command, output),
        Command::Sessions(args) => block_on(commands::sessions::run(args, output)),
        Command::Revoke(args) => block_on(commands::revoke::run(args, output)),
        Command::Services(args) => block_on(commands::services::run(args, output)),
        Command::Serve(args) => {
            let tap = args.dev.then(demo::Tap::default);
            logging::start(args.log_format, cli.color, tap.clone())?;
            let runtime = tokio::runtime::Builder::new_multi_thread();
            serve_on(runtime, serve::run(args, output, tap.unwrap_or_default()))
        }
        Command::Init(args) => block_on(init::run(args, output)),
        Command::Check(args) => block_on(check::run(args, output)),
        Command::Doctor(args) => block_on(doctor::run(args, output)),
        Command::Gate(GateArgs { command: Some(command), .. }) => {
            commands::gate::explain(&command, output)
        }
        Command::Gate(args) => {
            logging::start(args.log_format, cli.color, None)?;
            // Connections have threads of their own there.
            let runtime = tokio::runtime::Builder::new_current_thread();
            serve_on(runtime, commands::gate::run(args, output))
        }
    }
}

/// Runs a server.
fn serve_on(
    mut runtime: tokio::runtime::Builder,
    command: impl Future<Output = Outcome>,
) -> Outcome {
    let runtime =
        runtime.enable_all().build().map_err(|error| Failure::because("the runtime", &error))?;
    let outcome = runtime.block_on(command);
    // A thread that is stuck in the store must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    outcome
}

/// Runs a command that waits for others: one thread is enough for it.
fn block_on(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::because("the runtime", &error))?;
    runtime.block_on(command)
}
