//! `cargo xtask prove java`: the live audit of services on jjwt and on nimbus-jose-jwt.
//!
//! What they need is a download of 434 MB, which no run of all tests should wait for: once fetched, it takes part in
//! those too.

use std::process::Command;

use crate::run::{Failure, has, root, run};
use crate::tools;

/// Fetches the libraries, and runs the tests on them.
pub(super) fn prove() -> Result<(), Failure> {
    if !has("javac") {
        tools::install(&["openjdk-17-jdk-headless"])?;
    }
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--locked", "-p", "tokenward-audit", "--test", "live", "java::"])
        .args(["--", "--show-output"])
        .env("TOKENWARD_TEST_JWT_JARS", tools::jars()?))
}
