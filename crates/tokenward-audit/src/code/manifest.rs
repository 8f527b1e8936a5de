//! What a project's manifest says that it is: an emulator is for development alone, whatever its files are called.

use std::fs;
use std::path::{Path, PathBuf};

use super::source;
use crate::rules::development;

/// What a description calls a program that plays another one.
const PLAYS: [&str; 11] = [
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
];
/// What the description of such a program ends with.
const ENDS: [&str; 2] = ["for local development", "for local testing"];
/// Words before another thing, with which this one has to do.
const BEFORE: [&str; 9] = ["on", "in", "against", "via", "to", "for", "with", "by", "of"];
/// As much of a manifest as is looked at, in lines.
const MAX_LINES: usize = 200;

/// The manifest that says that the project at `root` is one for development alone.
pub(super) fn for_development(root: &Path) -> Option<PathBuf> {
    let names = ["package.json", "pyproject.toml", "PKG-INFO", "Cargo.toml"];
    let all =
        folders(root).into_iter().flat_map(|folder| names.map(|name| (name, folder.join(name))));
    let mut all = all.filter(|(name, path)| {
        let bytes = source::read(path).unwrap_or_default();
        says_so(name, &String::from_utf8_lossy(&bytes))
    });
    all.next().map(|(_, path)| path)
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
    development::is_name(&name) || is_play(&description)
}

/// Whether a description calls its program one that plays another. What it says besides is about something else.
fn is_play(description: &str) -> bool {
    let description = description.trim_matches(['"', '\'']).to_lowercase();
    let first =
        description.split([';', '.', ',', ':', '(', '\n']).next().unwrap_or_default().trim();
    let is_it = |words: &&str| {
        first.split_once(words).is_some_and(|(before, _)| {
            let mut near = before.split_whitespace().rev().take(3);
            !near.any(|word| BEFORE.contains(&word))
        })
    };
    let ends = ENDS.iter().any(|end| first.ends_with(end)) && !first.contains(" is ");
    ends || PLAYS.iter().any(is_it)
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
            ("Cargo.toml", "name = \"shop\"\ndescription = \"A login for local development.\"\n"),
        ] {
            assert!(says_so(file, text), "{text}");
        }
        for (file, text) in [
            ("package.json", r#"{"name": "shop", "description": "Login for shops"}"#),
            (
                "package.json",
                r#"{"description": "Payments API; docker-compose.yml is for local development"}"#,
            ),
            ("package.json", r#"{"description": "Payments API. Run ./up for local testing"}"#),
            ("package.json", r#"{"description": "docker-compose is for local development"}"#),
            ("package.json", r#"{"description": "Payments API tested on the Android emulator"}"#),
            ("package.json", r#"{"description": "Payments API (comes with a mock server)"}"#),
            ("package.json", "{"),
            ("package.json", r#"{"name": 4}"#),
            ("pyproject.toml", "[tool.mock]\nname = \"shop\"\n"),
            ("PKG-INFO", ""),
        ] {
            assert!(!says_so(file, text), "{text}");
        }
    }
}
