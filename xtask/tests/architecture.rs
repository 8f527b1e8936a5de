//! The rules of `ARCHITECTURE.md` that a machine can check.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]
#![expect(clippy::expect_used, reason = "a test that cannot read its input has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// The rows of the layout, lowest first. A crate may use the rows below its own.
const ROWS: [(&str, u8); 15] = [
    ("tokenward", 0),
    ("tokenward-audit", 0),
    ("tokenward-keys", 1),
    ("tokenward-revocation", 1),
    ("tokenward-sessions", 1),
    ("tokenward-aws", 2),
    ("tokenward-pkcs11", 2),
    ("tokenward-redis", 2),
    ("tokenward-sqlite", 2),
    ("tokenward-vault", 2),
    ("tokenward-remote", 3),
    ("tokenward-tower", 3),
    ("tokenward-server", 3),
    ("tokenward-cli", 4),
    ("axum-api", 4),
];

/// Edges inside a row, or into the test crate, that the layout allows by name.
const ALSO: [(&str, &str); 3] = [
    ("tokenward-server", "tokenward-tower"),
    ("tokenward-server", "tokenward-remote"),
    ("tokenward-tower", "tokenward-remote"),
];

/// The test crate may use the domain and the core alone.
const TESTING_MAY_USE: u8 = 1;

#[test]
fn no_crate_uses_its_own_row_or_one_above() {
    let rows: BTreeMap<&str, u8> = ROWS.into_iter().collect();
    for package in metadata().workspace_packages() {
        for used in inner_dependencies(package, &rows) {
            let (user, row) = (package.name.as_str(), rows.get(package.name.as_str()));
            let below = match row {
                Some(row) => rows[used] < *row && !is_back_end_edge(user, used),
                None if user == "tokenward-testing" => rows[used] <= TESTING_MAY_USE,
                None => true,
            };
            assert!(
                below || ALSO.contains(&(user, used)),
                "{user} uses {used}: not a row below it (ARCHITECTURE.md, layout)"
            );
        }
    }
}

#[test]
fn nothing_that_is_shipped_uses_the_test_crate() {
    for package in metadata().workspace_packages() {
        let mut used = package.dependencies.iter().filter(|one| one.name == "tokenward-testing");
        let only_in_tests = used.all(|one| one.kind == DependencyKind::Development);
        assert!(only_in_tests, "{} ships tokenward-testing", package.name);
    }
}

#[test]
fn every_path_on_the_map_is_there() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let paths: Vec<&str> = map.split('`').skip(1).step_by(2).filter(|text| is_path(text)).collect();
    assert!(paths.len() > 20, "the map names {} paths", paths.len());
    for path in paths {
        assert!(root().join(path).exists(), "ARCHITECTURE.md: {path} is not there");
    }
}

#[test]
fn every_library_crate_stands_in_a_row() {
    let rows: BTreeMap<&str, u8> = ROWS.into_iter().collect();
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        let tool = matches!(name, "xtask" | "tokenward-testing" | "tokenward-bench");
        assert!(
            tool || rows.contains_key(name),
            "{name} has no row in xtask/tests/architecture.rs"
        );
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}: add `[lints] workspace = true`",
            package.manifest_path
        );
    }
}

#[test]
fn only_the_core_names_the_crypto_library() {
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        let uses = package.dependencies.iter().any(|dependency| dependency.name == "aws-lc-rs");
        // The auditor stands on no crate of ours, and forges.
        let allowed = matches!(name, "tokenward" | "tokenward-audit");
        assert!(!uses || allowed, "{name} depends on aws-lc-rs");
    }
    for file in
        sources().filter(|file| !file.starts_with(root().join("crates/tokenward/src/crypto")))
    {
        let text = fs::read_to_string(&file).expect("a source file");
        let names = text.replace("rustls::crypto::aws_lc_rs::", "").contains("aws_lc_rs::");
        // The peers' workspace measures the primitive itself.
        let allowed = file.ends_with("crypto.rs")
            || file.ends_with("architecture.rs")
            || file.starts_with(root().join("bench/peers"));
        assert!(!names || allowed, "{} names aws_lc_rs", file.display());
    }
}

/// Where a MAC is made outside `crypto`, each time to name something, to find it again, to sign a request
/// to AWS, or to try whether a forgery is taken. Comparing one takes `crypto`, whose comparison is in constant time.
const MAKE_MACS: [&str; 7] = [
    "crates/tokenward-audit/src/live/keys.rs",
    "crates/tokenward-aws/src/sigv4.rs",
    "crates/tokenward-cli/src/doctor/forge.rs",
    "crates/tokenward/src/jwe/key/encryption.rs",
    "crates/tokenward/src/key/verifying.rs",
    "crates/tokenward-revocation/src/fingerprint.rs",
    "crates/tokenward-server/src/authority/idempotency.rs",
];

#[test]
fn a_mac_outside_crypto_is_made_in_a_few_places_that_compare_none() {
    let crypto = root().join("crates/tokenward/src/crypto");
    let mut makers: Vec<PathBuf> = Vec::new();
    for file in sources().filter(|file| !file.starts_with(&crypto) && !is_test(file)) {
        let text = fs::read_to_string(&file).expect("a source file");
        if [concat!("hmac_", "sha256("), concat!(".ma", "c("), concat!("Hma", "c::<")]
            .iter()
            .any(|call| text.contains(call))
        {
            makers.push(file);
        }
    }
    makers.sort();
    let mut allowed = MAKE_MACS.map(|file| root().join(file));
    allowed.sort();
    assert_eq!(makers, allowed, "see `MAKE_MACS` in xtask/tests/architecture.rs");
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for file in sources().filter(|file| !is_test(file)) {
        let text = fs::read_to_string(&file).expect("a source file");
        assert!(text.starts_with("//!"), "{} has no module docs", file.display());
    }
}

#[test]
fn no_source_file_is_longer_than_five_hundred_lines() {
    for file in sources() {
        let lines = fs::read_to_string(&file).expect("a source file").lines().count();
        assert!(lines <= 500, "{} has {lines} lines", file.display());
    }
}

#[test]
fn a_todo_has_an_issue_number() {
    let mark = concat!("TO", "DO");
    for file in sources() {
        let text = fs::read_to_string(&file).expect("a source file");
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.contains(mark)) {
            let numbered = line.contains(&format!("{mark}(#"));
            assert!(numbered, "{}:{}: {mark} without an issue", file.display(), index + 1);
        }
    }
}

fn is_path(text: &str) -> bool {
    ["crates/", "vectors/", "xtask/", "examples/", "interop/", "bench/", "docs/"]
        .iter()
        .any(|place| text.starts_with(place))
}

/// Stores and custodies are above the domain and below the edge, yet no edge may name one.
fn is_back_end_edge(user: &str, dependency: &str) -> bool {
    let back_ends = [
        "tokenward-aws",
        "tokenward-pkcs11",
        "tokenward-redis",
        "tokenward-sqlite",
        "tokenward-vault",
    ];
    back_ends.contains(&dependency) && user != "tokenward-cli"
}

fn inner_dependencies<'a>(
    package: &'a Package,
    rows: &'a BTreeMap<&str, u8>,
) -> impl Iterator<Item = &'a str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.as_str())
        .filter(|name| rows.contains_key(name))
}

fn metadata() -> Metadata {
    MetadataCommand::new().no_deps().current_dir(root()).exec().expect("cargo metadata")
}

fn sources() -> impl Iterator<Item = PathBuf> {
    ["crates", "examples", "xtask", "bench"]
        .into_iter()
        .flat_map(|dir| rust_files(&root().join(dir)))
        // What the auditor reads is no source of ours.
        .filter(|file| !file.starts_with(root().join("crates/tokenward-audit/rules")))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("a folder entry").path()) {
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}
