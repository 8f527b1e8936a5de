//! Tests, fixtures and examples, told by where they are and what they import.

use std::path::Path;

use crate::language::Language;
use crate::model::{Kind, Model};
use crate::rules::development;

const FOLDERS: [&str; 39] = [
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "example",
    "examples",
    "sample",
    "samples",
    "devtools",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "testdata",
    "testing",
    "mock",
    "mocks",
    "__mocks__",
    "e2e",
    "cypress",
    "docs",
    "documentation",
    "sphinx",
    "doc",
    "docs_src",
    "unittests",
    "integration-tests",
    "__fixtures__",
    "vectors",
    "testvectors",
    "corpus",
    "fuzz",
];
/// Words of which one makes a folder such a place: `oidc-test-env`, `_fixture`.
const WORDS: [&str; 4] = ["test", "tests", "fixture", "fixtures"];

/// Whether a path, seen from the project's top, is that of a test.
pub(super) fn is_test_path(path: &Path) -> bool {
    let mut parts: Vec<String> =
        path.iter().map(|part| part.to_string_lossy().to_lowercase()).collect();
    let name = parts.pop().unwrap_or_default();
    parts.iter().any(|part| {
        FOLDERS.contains(&part.as_str())
            || part.split(['-', '_', '.']).any(|word| WORDS.contains(&word))
    }) || ["test_", "bench_", "benchmark_"].iter().any(|start| name.starts_with(start))
        || name == "conftest.py"
        || matches!(name.as_str(), "test.py" | "tests.py" | "testing.py")
        || [
            "_test.",
            "_bench.",
            ".bench.",
            ".test.",
            ".spec.",
            "_spec.",
            ".e2e-spec.",
            ".stories.",
            ".mock.",
        ]
        .iter()
        .any(|mark| name.contains(mark))
        || is_named_test(path)
        || development::is_path(path)
}

/// `TokensTest.java`, `JWTTests.swift`; not `Attest.java`, nor `Latest.kt`.
fn is_named_test(path: &Path) -> bool {
    let [name, extension] = [path.file_stem(), path.extension()]
        .map(|part| part.unwrap_or_default().to_string_lossy().into_owned());
    matches!(extension.as_str(), "java" | "kt" | "swift" | "cs" | "php")
        && (["Test", "Tests", "TestCase"].iter().any(|end| name.ends_with(end))
            || matches!(name.as_str(), "test" | "tests"))
}

/// Whether a file is a test by what it uses.
pub(super) fn is_test(model: &Model) -> bool {
    let by_import = |path: &str| match model.language {
        Language::Python => {
            matches!(path, "pytest" | "unittest")
                || path.starts_with("unittest.")
                || path.starts_with("pytest.")
        }
        Language::Go => path == "testing",
        Language::Java | Language::Kotlin => {
            ["org.junit", "org.testng", "org.mockito", "kotlin.test", "io.kotest", "io.mockk"]
                .iter()
                .any(|name| path.starts_with(name))
        }
        Language::Php => path.starts_with("PHPUnit."),
        Language::Swift => matches!(path, "XCTest" | "XCTVapor" | "Testing"),
        Language::Dart => matches!(path, "test" | "flutter_test" | "mocktail" | "mockito"),
        Language::CSharp | Language::Ruby | Language::Rust => false,
        _ => [
            "vitest",
            "@jest/globals",
            "mocha",
            "chai",
            "supertest",
            "@playwright/test",
            "node:test",
        ]
        .iter()
        .any(|name| path == *name || path.starts_with(&format!("{name}."))),
    };
    if model.imports().any(|path| by_import(&path)) {
        return true;
    }
    let called = |wanted: &str| {
        model.calls().any(|call| match model.kind(call) {
            Kind::Call { callee, .. } => {
                matches!(model.kind(*callee), Kind::Name(name) if name == wanted)
                    && model.declared(wanted, model.node(call).scope).is_none()
            }
            _ => false,
        })
    };
    model.language.is_script()
        && (called("describe") && (called("it") || called("test")) || extends_assertions(model))
}

/// `Assertion.addMethod("signedWith", …)`, `expect.extend({ … })`: what only tests call.
fn extends_assertions(model: &Model) -> bool {
    model.calls().any(|call| {
        let Kind::Call { callee, .. } = model.kind(call) else { return false };
        let Kind::Member(object, name) = model.kind(*callee) else { return false };
        match name.as_str() {
            "extend" => model.last_name(*object) == Some("expect"),
            "addMethod" | "addProperty" | "addChainableMethod" | "overwriteMethod" => {
                matches!(model.last_name(*object), Some("Assertion" | "utils" | "chai"))
            }
            _ => false,
        }
    })
}
