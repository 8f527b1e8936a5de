//! The project's own commands.
//!
//! `cargo xtask test` installs what the tests lack and runs every one of them; `cargo xtask prove`
//! takes the long figures; `cargo xtask bench` compares us with our peers. Nothing here
//! is shipped.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks on its terminal")]

mod bench;
mod fuzz;
mod logs;
mod machine;
mod prove;
mod run;
mod suite;
mod tools;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test            install what is missing, then run every test (at most 40 minutes cold, two cores)
  fuzz [--seconds N] [TARGET...]
                  run the fuzz targets, ten seconds each unless said; fails on a finding
  fuzz seed       make fuzz/corpus/ from the vectors
  wasm [ARG...]   run the core's tests as WebAssembly (wasm32-wasip1), in Node
  prove [NAME]    what takes long: build, serve, wasm, fuzz (an hour), mutants, rotation,
                  revocations (or one by name)
  bench core      the core library beside its peers, in one interleaved run:
                    --quick         rough, in under a minute once it is built
                    --no-languages  Rust alone
                    --json FILE     the figures for a program
                    --write         renew docs/performance.md and its chart
  bench revocation [--quick] [--write]
                  what a check costs while many tokens are revoked, beside other structures and Redis
  bench propagation [--quick] [--write]
                  how long a revocation takes to 1, 8 and 64 verifiers, and a snapshot to load
  bench gate [--quick] [--write]
                  what a verdict costs the gate, beside nginx, Envoy, HAProxy, Apache and jsonwebtoken
  bench audit     the auditor beside semgrep with equivalent rules, on ten thousand files of published
                  packages
  tools           install what the tests need, and nothing else";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args.as_slice() {
        ["test", rest @ ..] => suite::test(rest),
        ["fuzz", rest @ ..] => fuzz::fuzz(rest),
        ["wasm", rest @ ..] => wasm::wasm(rest),
        ["prove", rest @ ..] => prove::prove(rest),
        ["bench", rest @ ..] => bench::bench(rest),
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
