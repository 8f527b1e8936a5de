//! `cargo xtask prove`: the long figures, on the release binary.
//!
//! `fuzz` looks for an hour for what hostile bytes could do; `mutants` shows that the tests of the way to
//! a verdict notice what is changed on it; `rotation` has the keys of every custody rotate under load;
//! `revocations` loses none of a million, and cuts every link, with a minute in which a verifier stands still.
//!
//! `tls` has testssl.sh look at an authority and a gate; `java` has the auditor look at services on libraries of Java.
//!
//! `build` compiles from nothing and weighs the binary; `serve` starts it and takes start-up time,
//! memory and throughput. Machines are noisy: the CPU time of the server per request is the steady
//! figure, the rest is what this machine did today. `wasm` runs the core's tests as WebAssembly.

mod build;
mod fuzz;
mod java;
mod mutants;
mod revocations;
mod rotation;
mod server;
mod tls;

use crate::machine;
use crate::run::Failure;
use crate::wasm;

/// A figure's name, and what takes it.
type Proof = (&'static str, fn() -> Result<(), Failure>);

const PROOFS: [Proof; 9] = [
    ("build", build::prove),
    ("serve", server::prove),
    ("wasm", wasm::prove),
    ("fuzz", fuzz::prove),
    ("mutants", mutants::prove),
    ("rotation", rotation::prove),
    ("revocations", revocations::prove),
    ("tls", tls::prove),
    ("java", java::prove),
];

/// Takes the figures named, or all of them.
pub(crate) fn prove(names: &[&str]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| PROOFS.iter().all(|(known, _)| known != *name))
    {
        let known = PROOFS.map(|(name, _)| name).join(", ");
        return Err(Failure::usage(&format!("prove knows {known}, not `{unknown}`")));
    }
    println!("{}", machine::describe()?);
    for (name, proof) in PROOFS {
        if names.is_empty() || names.contains(&name) {
            println!("\n## {name}");
            proof()?;
        }
    }
    Ok(())
}
