//! `cargo xtask test`: every test, on what the checkout holds.

use std::process::Command;

use crate::run::{Failure, root, run};
use crate::{logs, tools};

/// Installs what is missing, runs every test, then looks for secrets in all that was logged.
///
/// Arguments go to `cargo test`, to run a part.
pub(crate) fn test(rest: &[&str]) -> Result<(), Failure> {
    let tools = tools::ensure()?;
    let log_dir = root().join("target/test-logs");
    logs::clear(&log_dir)?;
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .args(rest)
        // A test that needs one of these fails without it, rather than passing unrun.
        .env("TOKENWARD_TEST_PYTHON", &tools.python)
        .env("TOKENWARD_TEST_NODE_MODULES", &tools.node_modules)
        .env("TOKENWARD_TEST_LOGS", &log_dir))?;
    logs::search(&log_dir)
}
