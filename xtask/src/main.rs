//! The project's own commands.
//!
//! `cargo xtask test` installs what the tests lack and runs every one of them; `cargo xtask prove`
//! takes the long figures. Nothing here is shipped.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on its terminal")]

mod logs;
mod prove;
mod run;
mod suite;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test            install what is missing, then run every test (at most 40 minutes cold, two cores)
  prove [NAME]    the long figures: build, size, memory, start-up, throughput (or one by name)
  tools           install what the tests need, and nothing else";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args.as_slice() {
        ["test", rest @ ..] => suite::test(rest),
        ["prove", rest @ ..] => prove::prove(rest),
        ["tools"] => tools::ensure().map(|_| ()),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(run::Failure::usage(USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}
