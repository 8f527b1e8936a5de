use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;
use crate::Catalog;

#[test]
fn every_rule_of_a_command_has_its_texts_and_no_text_is_without_a_rule() {
    let catalog = Catalog::built_in().unwrap();
    let texts = |command: &str| -> BTreeMap<String, u8> {
        let of = |rule: &&RuleText| rule.command.as_deref() == Some(command);
        let rules = catalog.rules().iter().filter(of);
        rules.map(|rule| (rule.id.clone(), rule.mistake)).collect()
    };
    let live = LIVE_RULES.iter().map(|rule| (rule.id.to_owned(), rule.mistake)).collect();
    assert_eq!(texts("live"), live);
    assert_eq!(LIVE.matches("[[rule]]").count(), LIVE_RULES.len());

    let code = ["token.rs", "token", "jwks.rs", "jwks", "secret.rs"].map(source).concat();
    let quoted = regex::Regex::new(r#""((?:token|jwks)-[a-z-]+)""#).unwrap();
    let names: BTreeSet<&str> =
        quoted.captures_iter(&code).map(|name| name.extract::<1>().1[0]).collect();
    let mut told = texts("token");
    told.extend(texts("jwks"));
    assert_eq!(told.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
    let numbered = regex::Regex::new(r#""((?:token|jwks)-[a-z-]+)",\s*(\d+)"#).unwrap();
    let mut seen = BTreeSet::new();
    for (_, [name, mistake]) in numbered.captures_iter(&code).map(|found| found.extract()) {
        assert_eq!(told[name].to_string(), mistake, "{name}");
        seen.insert(name);
    }
    assert!(seen.len() + 3 >= told.len(), "{seen:?}");
}

#[test]
fn a_text_says_of_each_rule_what_a_reader_needs() {
    for rule in Catalog::built_in().unwrap().rules() {
        for text in [&rule.title, &rule.why, &rule.fix, &rule.silent] {
            assert!(!text.trim().is_empty(), "{}", rule.id);
        }
        assert!((1..=10).contains(&rule.mistake) && rule.cwe > 0, "{}", rule.id);
        assert_eq!(rule.command.is_some(), rule.source.is_some(), "{}", rule.id);
    }
}

#[test]
fn a_name_that_is_nearly_right_is_answered_with_the_right_one_of_any_command() {
    let catalog = Catalog::built_in().unwrap();
    let told = |name: &str| catalog.no_such_rule(name);
    assert!(told("live_no_hst").contains("`live-no-hsts` is one"));
    assert!(told("token-in-ur").contains("`token-in-url` is one"));
    assert!(told("something-else").contains("lists them"));
}

/// The text of a file, or of all below a folder but tests.
fn source(name: &str) -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name))
}

fn read(path: &Path) -> String {
    if path.is_file() {
        return fs::read_to_string(path).unwrap();
    }
    let mut text = String::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("tests.rs") && !path.ends_with("tests") {
            text += &read(&path);
        }
    }
    text
}
