//! Ten minutes of the load under which keys rotate, on every custody that the suite knows.

use std::process::Command;

use crate::run::{Failure, root, run};
use crate::tools;

const SECONDS: u64 = 10 * 60;

pub(super) fn prove() -> Result<(), Failure> {
    let tools = tools::ensure()?;
    println!("each custody for {SECONDS} s, one after the other");
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--quiet", "--workspace", "--locked", "--no-fail-fast", "under_load"])
        .args(["--", "--show-output"])
        .env("TOKENWARD_TEST_PYTHON", &tools.python)
        .env("TOKENWARD_TEST_LOAD_SECONDS", SECONDS.to_string()))
}
