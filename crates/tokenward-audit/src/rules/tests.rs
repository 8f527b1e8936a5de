//! Walks every rule's folder: each bad example has exactly the findings that it marks, each good one has none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::RULES;
use super::catalog::Catalog;
use crate::{Language, Options, audit_text};

/// As many as each language of a rule has of either kind.
const AT_LEAST: usize = 5;

#[test]
fn every_example_has_the_findings_that_it_marks_and_no_other() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for file in examples(rule.id) {
            let text = fs::read_to_string(&file).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let found = found(rule.id, name, &text, Language::of(&file).unwrap());
            let marked = if name.starts_with("good_") { BTreeMap::new() } else { marked(&text) };
            assert!(name.starts_with("good_") || !marked.is_empty(), "{}: no mark", file.display());
            if !agree(&marked, &found) {
                wrong.push(format!("{}: marked {marked:?}, found {found:?}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_five_examples_of_either_kind_in_each_of_its_languages() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let mut counts: BTreeMap<(String, bool), usize> = BTreeMap::new();
        for file in examples(rule.id) {
            let language = file.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
            let good = file.file_name().unwrap().to_str().unwrap().starts_with("good_");
            *counts.entry((language.clone(), good)).or_default() += 1;
            counts.entry((language, !good)).or_default();
        }
        if counts.is_empty() || counts.values().any(|count| *count < AT_LEAST) {
            wrong.push(format!("{}: {counts:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_says_what_it_is_about_in_its_folder() {
    let catalog = Catalog::built_in().unwrap();
    let told: Vec<_> =
        catalog.rules().iter().map(|rule| (rule.id.as_str(), rule.mistake)).collect();
    let made: Vec<_> = RULES.iter().map(|rule| (rule.id, rule.mistake)).collect();
    assert_eq!(told, made);
    let folders = fs::read_dir(folder()).unwrap().count();
    assert_eq!(folders, RULES.len(), "a folder without a rule");
}

fn agree(marked: &BTreeMap<usize, String>, found: &BTreeMap<usize, String>) -> bool {
    marked.keys().eq(found.keys())
        && marked.iter().all(|(line, severity)| severity.is_empty() || &found[line] == severity)
}

fn found(rule: &str, name: &str, text: &str, language: Language) -> BTreeMap<usize, String> {
    audit_text(name, text, language, &Options::default())
        .into_iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| (finding.line, finding.severity.to_string()))
        .collect()
}

/// The lines that end in `finding`, or `finding: severity`, in a comment.
fn marked(text: &str) -> BTreeMap<usize, String> {
    let mut marks = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let comment = line.rsplit_once("// finding").or_else(|| line.rsplit_once("# finding"));
        if let Some((_, severity)) = comment {
            marks.insert(
                index.saturating_add(1),
                severity.trim_start_matches(':').trim().to_owned(),
            );
        }
    }
    marks
}

fn examples(rule: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(languages) = fs::read_dir(folder().join(rule).join("examples")) else { return files };
    for language in languages {
        let entries = fs::read_dir(language.unwrap().path()).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.sort();
    files
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}
