//! `cargo xtask test`: every test, on what the checkout holds.

use std::process::Command;

use crate::logs;
use crate::run::{Failure, root, run};
use crate::tools::{self, Tools};

/// Installs what is missing, runs every test, then looks for secrets in all that was logged.
///
/// Arguments go to `cargo test`, to run a part; the verifiers of others are then left out.
pub(crate) fn test(rest: &[&str]) -> Result<(), Failure> {
    let tools = tools::ensure()?;
    let log_dir = root().join("target/test-logs");
    logs::clear(&log_dir)?;
    if tools::fetched_jars().is_none() {
        println!(
            "left out: services on jjwt and nimbus, whose jars `cargo xtask prove java` fetches"
        );
    }
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .args(rest)
        // A test that needs one of these fails without it, rather than passing unrun.
        .env("TOKENWARD_TEST_PYTHON", &tools.python)
        .env("TOKENWARD_TEST_NODE_MODULES", &tools.node_modules)
        .env("TOKENWARD_TEST_RUSTY_VAULT", &tools.rusty_vault)
        .env("TOKENWARD_TEST_ENVOY", &tools.envoy)
        .env("TOKENWARD_TEST_SCHEMATHESIS", &tools.schemathesis)
        .env("TOKENWARD_TEST_LOGS", &log_dir))?;
    logs::search(&log_dir)?;
    if rest.is_empty() {
        with_valkey(&tools)?;
        compare_with_peers(&tools)?;
    }
    Ok(())
}

/// Runs the tests with Redis once more, with Valkey in its place. That one is built without TLS.
fn with_valkey(tools: &Tools) -> Result<(), Failure> {
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--locked", "--no-fail-fast", "-p", "tokenward-redis"])
        .args(["--test", "redis", "--", "--skip", "by_tls"])
        .env("TOKENWARD_TEST_REDIS_SERVER", &tools.valkey)
        .env("TOKENWARD_TEST_PYTHON", &tools.python))
}

/// Runs the tests of `interop/differential`, and shows their table.
///
/// They have a workspace of their own, and stand in it for the sake of its settings.
fn compare_with_peers(tools: &Tools) -> Result<(), Failure> {
    run(Command::new(env!("CARGO"))
        .current_dir(root().join("interop/differential"))
        .args(["test", "--locked", "--no-fail-fast", "--", "--show-output"])
        .env("TOKENWARD_TEST_PYTHON", &tools.python)
        .env("TOKENWARD_TEST_NODE_MODULES", &tools.node_modules))
}
