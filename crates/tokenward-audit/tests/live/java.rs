//! Services on jjwt and on nimbus-jose-jwt, as they should be, and with a mistake that such services make.
//!
//! Their jars come in a download of 434 MB, so these run where `TOKENWARD_TEST_JWT_JARS` names a folder with them, or
//! where `cargo xtask prove java` has put them; elsewhere the tests say that they were left out.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::server::{Server, servers, tool};

#[test]
fn jjwt_as_it_should_be_is_left_alone() {
    let Some(server) = started("Jjwt", "") else { return };

    assert_eq!(server.found(&server.well_armed()), BTreeSet::new());
}

#[test]
fn nimbus_as_it_should_be_is_left_alone() {
    let Some(server) = started("Nimbus", "") else { return };

    assert_eq!(server.found(&server.well_armed()), BTreeSet::new());
}

#[test]
fn what_a_service_on_jjwt_does_wrong_is_found() {
    each(
        "Jjwt",
        &[
            ("decoded", "live-signature-ignored"),
            ("unsecured", "live-algorithm-none"),
            ("confused", "live-algorithm-confusion"),
            ("embedded", "live-embedded-key"),
            ("expiry", "live-expiry-ignored"),
            ("endless", "live-expiry-not-required"),
            ("audience", "live-audience-ignored"),
            ("issuer", "live-issuer-ignored"),
            ("type", "live-type-ignored"),
            ("doubled", "live-doubled-members"),
            ("detailed", "live-detailed-refusal"),
            ("trace", "live-trace-shown"),
        ],
    );
}

#[test]
fn what_a_service_on_nimbus_does_wrong_is_found() {
    each(
        "Nimbus",
        &[
            ("parsed", "live-signature-ignored"),
            ("plain", "live-algorithm-none"),
            ("confused", "live-algorithm-confusion"),
            ("embedded", "live-embedded-key"),
            ("claims", "live-expiry-ignored"),
            ("claims", "live-audience-ignored"),
            ("claims", "live-issuer-ignored"),
            ("type", "live-type-ignored"),
            ("detailed", "live-detailed-refusal"),
            ("trace", "live-trace-shown"),
        ],
    );
}

fn each(program: &str, faults: &[(&str, &str)]) {
    for (fault, rule) in faults {
        let Some(server) = started(program, fault) else { return };

        let found = server.found(&server.well_armed());
        assert!(found.contains(rule), "{fault}: {found:?}");
    }
}

/// A program of `servers/java`, where there is a Java and its libraries.
fn started(program: &str, fault: &str) -> Option<Server> {
    static CLASSES: OnceLock<Option<String>> = OnceLock::new();
    let path = CLASSES.get_or_init(compiled).as_ref()?;
    let mut command = Command::new("java");
    command.args(["-XX:TieredStopAtLevel=1", "-cp", path, program, fault]);
    Some(Server::start(command))
}

/// Where Java finds the compiled programs and what they use.
fn compiled() -> Option<String> {
    let jars = tool("TOKENWARD_TEST_JWT_JARS", "java/jars");
    if env::var_os("TOKENWARD_TEST_JWT_JARS").is_none() && !jars.exists() {
        skipped(
            "services on jjwt and nimbus: TOKENWARD_TEST_JWT_JARS names no folder with their jars",
        );
        return None;
    }
    let classes = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-java");
    let path = format!("{}/*:{}", jars.display(), classes.display());
    let programs = ["Jjwt", "Nimbus", "Shared"].map(source);
    let mut javac = Command::new("javac");
    let built = javac.arg("-d").arg(&classes).args(["-cp", &path]).args(programs).status().unwrap();
    assert!(built.success(), "javac");
    Some(path)
}

fn source(class: &str) -> PathBuf {
    servers().join("java").join(class).with_extension("java")
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was not run")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
