//! Every attack of `vectors/families.toml` is answered: by vectors, by a line of the workspace, or because
//! what it needs is not here.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[test]
fn every_known_attack_is_answered() {
    let families = families();
    assert!(families.len() >= 36, "only {} families", families.len());

    let mut ids = BTreeSet::new();
    for family in &families {
        for id in &family.ids {
            assert!(ids.insert(id), "{id} is in two families");
        }
    }
    let wrong: Vec<String> = families.iter().flat_map(complaints).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_record_of_a_vector_is_a_known_attack() {
    let known: BTreeSet<String> = families().into_iter().flat_map(|family| family.ids).collect();
    for (file, records) in vector_files() {
        for record in records {
            let public = ["CVE-", "GHSA-", "RUSTSEC-"].iter().any(|kind| record.starts_with(kind));
            assert!(!public || known.contains(&record), "{file}: {record} is in no family");
        }
    }
}

#[test]
fn the_table_of_what_is_enforced_names_vectors_that_are_there() {
    let files = vector_files();
    let guide = std::fs::read_to_string(root().join("crates/tokenward/src/lib.rs")).unwrap();
    let (_, tables) = guide.split_once("# What is enforced, and where").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    let tested = rows.filter_map(|row| Some(row.rsplit_once(" | ")?.1));
    let named: Vec<&str> = tested.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();

    assert!(named.len() > 40, "only {} names", named.len());
    let is_there = |name: &&&str| match name.strip_suffix('*') {
        Some(folder) => files.keys().any(|file| file.starts_with(folder)),
        None => files.contains_key(**name),
    };
    let missing: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn an_attack_that_nothing_answers_is_found_out() {
    let found = |toml: &str| {
        let Families { family } = toml::from_str(toml).unwrap();
        family.iter().flat_map(complaints).collect::<Vec<_>>()
    };
    let family = |more: &str| format!("[[family]]\nwhat = \"x\"\nids = [\"CVE-1\"]\n{more}");

    assert_eq!(found(&family("")), ["x: nothing answers it"]);
    assert_eq!(found(&family("files = [\"zip\"]")), ["x: CVE-1 is in no record of its files"]);
    assert_eq!(found(&family("files = [\"nowhere\"]")).len(), 2);
    assert_eq!(found(&family("held_by = [\"Cargo.toml: no such line\"]")).len(), 1);
    assert_eq!(found(&family("never = [\"VerifyingKey\"]\nwhy = \"y\"")).len(), 1);
    assert!(found(&family("held_by = [\"Cargo.toml: [workspace]\"]")).is_empty());
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Families {
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    what: String,
    ids: Vec<String>,
    /// Files of vectors whose `records` have the ids.
    #[serde(default)]
    files: Vec<String>,
    /// `path: text`: a file of the workspace, and what must stand in it.
    #[serde(default)]
    held_by: Vec<String>,
    /// Words that the code of the core must not have.
    #[serde(default)]
    never: Vec<String>,
    /// Why without those words there is no such attack.
    why: Option<String>,
}

/// What is wrong with the answer to this attack.
fn complaints(family: &Family) -> Vec<String> {
    let mut wrong = Vec::new();
    let records = vector_files();
    let all = |name: &String| records.get(name).cloned().unwrap_or_default();
    let held: Vec<String> = family.files.iter().flat_map(all).collect();
    for id in &family.ids {
        if !family.files.is_empty() && !held.contains(id) {
            wrong.push(format!("{id} is in no record of its files"));
        }
    }
    for name in family.files.iter().filter(|name| !records.contains_key(*name)) {
        wrong.push(format!("there is no file {name}"));
    }
    for line in &family.held_by {
        let (path, text) = line.split_once(": ").unwrap();
        if !std::fs::read_to_string(root().join(path)).is_ok_and(|file| file.contains(text)) {
            wrong.push(format!("{path} does not say {text}"));
        }
    }
    let code = code(&root().join("crates/tokenward/src"));
    for word in family.never.iter().filter(|word| code.contains(word.as_str())) {
        wrong.push(format!("the code says {word}"));
    }
    if family.never.is_empty() != family.why.is_none() {
        wrong.push("`never` and `why` belong together".to_owned());
    }
    if family.files.is_empty() && family.held_by.is_empty() && family.never.is_empty() {
        wrong.push("nothing answers it".to_owned());
    }
    wrong.iter().map(|complaint| format!("{}: {complaint}", family.what)).collect()
}

fn families() -> Vec<Family> {
    let list = std::fs::read_to_string(root().join("vectors/families.toml")).unwrap();
    toml::from_str::<Families>(&list).unwrap().family
}

/// The records of each file of `vectors/attacks`, by its name, and of `vectors/jwe` and
/// `vectors/profiles`, as `jwe/name` and `profiles/name`.
fn vector_files() -> BTreeMap<String, Vec<String>> {
    #[derive(Deserialize)]
    struct File {
        records: Vec<String>,
    }
    let mut files = BTreeMap::new();
    for (folder, prefix) in
        [("attacks", ""), ("guard", "guard/"), ("jwe", "jwe/"), ("profiles", "profiles/")]
    {
        let entries = std::fs::read_dir(root().join("vectors").join(folder));
        let paths = entries.into_iter().flatten().map(|entry| entry.unwrap().path());
        for path in paths.filter(|path| path.is_file()) {
            let file: File = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy();
            files.insert(format!("{prefix}{name}"), file.records);
        }
    }
    files
}

/// All lines below `folder` that are no comments.
fn code(folder: &Path) -> String {
    let mut code = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            code.push_str(&self::code(&path));
        } else {
            let text = std::fs::read_to_string(path).unwrap();
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                code.push_str(line);
                code.push('\n');
            }
        }
    }
    code
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
