//! A million revocations, none of them lost; and every link cut, with a minute in which a verifier stands
//! still.

use std::process::Command;

use crate::run::{Failure, root, run};

const REVOCATIONS: u64 = 1_000_000;
const PAUSE_SECONDS: u64 = 60;

pub(super) fn prove() -> Result<(), Failure> {
    println!("{REVOCATIONS} revocations, then a pause of {PAUSE_SECONDS} s among the cut links");
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--quiet", "--release", "--locked", "-p", "tokenward-cli", "--test", "e2e"])
        .args(["links::", "--", "--show-output", "--test-threads", "1"])
        .env("TOKENWARD_TEST_REVOCATIONS", REVOCATIONS.to_string())
        .env("TOKENWARD_TEST_PAUSE_SECONDS", PAUSE_SECONDS.to_string()))
}
