//! What a project's manifest says that it is: an emulator is for development alone, whatever its files are called.

use std::fs;
use std::path::{Path, PathBuf};

use super::source;
use crate::rules::development;

/// What a description says of a program that plays another one.
const PLAYS: [&str; 13] = [
    "emulate",
    "emulator",
    "simulator",
    "conformance test",
    "test tool",
    "test framework",
    "penetration test",
    "pentest",
    "red team",
    "mock server",
    "fake server",
    "for local development",
    "for local testing",
];
/// As much of a manifest as is looked at, in lines.
const MAX_LINES: usize = 200;

/// Whether the project at `root` is one for development alone.
pub(super) fn is_for_development(root: &Path) -> bool {
    folders(root).iter().any(|folder| {
        ["package.json", "pyproject.toml", "PKG-INFO", "Cargo.toml"].iter().any(|name| {
            let bytes = source::read(&folder.join(name)).unwrap_or_default();
            says_so(name, &String::from_utf8_lossy(&bytes))
        })
    })
}

/// The root, and the one folder in it, which archives are packed in.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut inside = fs::read_dir(root).into_iter().flatten().flatten().map(|one| one.path());
    let only = match (inside.next(), inside.next()) {
        (Some(one), None) if one.is_dir() => Some(one),
        _ => None,
    };
    std::iter::once(root.to_owned()).chain(only).collect()
}

fn says_so(file: &str, text: &str) -> bool {
    let (name, description) = if file == "package.json" { json(text) } else { lines(text) };
    let description = description.to_lowercase();
    development::is_name(&name) || PLAYS.iter().any(|words| description.contains(words))
}

fn json(text: &str) -> (String, String) {
    let read: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let member = |key: &str| {
        read.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    (member("name"), member("description"))
}

/// `name = "…"`, `Name: …`; the first one counts.
fn lines(text: &str) -> (String, String) {
    let value = |keys: [&str; 2]| {
        let mut lines = text.lines().take(MAX_LINES);
        lines.find_map(|line| {
            let (key, value) = line.split_once(['=', ':'])?;
            keys.contains(&key.trim()).then(|| value.trim().to_owned())
        })
    };
    let name = value(["name", "Name"]).unwrap_or_default();
    (name, value(["description", "Summary"]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::says_so;

    #[test]
    fn an_emulator_is_known_by_its_name_or_by_what_it_says_of_itself() {
        for (file, text) in [
            ("package.json", r#"{"name": "@shop/login-simulator"}"#),
            ("package.json", r#"{"name": "shop-offline", "description": "Emulate the gateway"}"#),
            ("pyproject.toml", "[project]\nname = \"mock-login\"\n"),
            ("PKG-INFO", "Name: shop\nSummary: A mock server for logins\n"),
            ("Cargo.toml", "[package]\nname = \"shop\"\ndescription = \"A token emulator\"\n"),
        ] {
            assert!(says_so(file, text), "{text}");
        }
        for (file, text) in [
            ("package.json", r#"{"name": "shop", "description": "Login for shops"}"#),
            ("package.json", "{"),
            ("package.json", r#"{"name": 4}"#),
            ("pyproject.toml", "[tool.mock]\nname = \"shop\"\n"),
            ("PKG-INFO", ""),
        ] {
            assert!(!says_so(file, text), "{text}");
        }
    }
}
