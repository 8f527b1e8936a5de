//! How long a build from nothing takes, and how large the binary is.

use std::fs;
use std::process::Command;

use crate::run::{Failure, root, run};

pub(super) fn prove() -> Result<(), Failure> {
    let target = root().join("target/prove-build");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let start = super::server::now();
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--quiet", "--release", "--locked", "--bin", "tokenward"])
        .env("CARGO_TARGET_DIR", &target))?;
    println!(
        "cold release build: {:.0} s (sources already fetched)",
        start.elapsed().as_secs_f64()
    );
    let size = fs::metadata(target.join("release/tokenward"))?.len();
    println!("binary: {} KiB", size / 1024);
    fs::remove_dir_all(&target)?;
    Ok(())
}
