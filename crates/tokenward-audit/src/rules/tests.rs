//! Walks every rule's folder: each bad example has exactly the findings that it marks, each good one has none.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::catalog::{Catalog, RuleText};
use super::{Calls, Context, RULES};
use crate::finding::Confidence;
use crate::report::rule::GROUPS;
use crate::{Finding, Language, Options, audit_project, audit_text, config, lower};

/// The mark of what is told on demand alone.
const UNCERTAIN: &str = "uncertain";
/// As many as each language of a rule has of either kind.
const AT_LEAST: usize = 5;

#[test]
fn every_example_has_the_findings_that_it_marks_and_no_other() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for file in examples(rule.id) {
            let text = fs::read_to_string(&file).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let language = Language::of(&file).unwrap();
            // Examples hold what is only told on demand, too.
            let options = Options { include_uncertain: true, ..Options::default() };
            let findings = audit_text(name, &text, language, &options);
            wrong.extend(disagreement(rule.id, &file, &text, findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_secret_is_to_be_read_under_the_name_that_the_code_has_for_it_already() {
    let suggested = |key: &str| {
        let text = format!(
            "const jwt = require('jsonwebtoken');\njwt.sign(claims, {key}, {{ keyid, expiresIn }});\n"
        );
        let findings = audit_text("a.js", &text, Language::JavaScript, &Options::default());
        findings.iter().find_map(|one| one.fix.clone()).unwrap_or_default()
    };
    for (key, name) in [
        ("process.env.SHOP_SECRET || 'hunter2'", "process.env.SHOP_SECRET;"),
        ("process.env['AUTH_KEY'] ?? 'hunter2'", "process.env.AUTH_KEY;"),
        ("config.get('JWT_SECRET') || 'HUNTERKEY2'", "process.env.JWT_SECRET;"),
        ("'HUNTERKEY2'", "process.env.JWT_KEY;"),
        ("options.key || Buffer.from('HUNTERKEY2')", "process.env.JWT_KEY;"),
        (
            "config.get('jwt.a', 'HUNTERKEY1') || config.get('jwt.b', 'KEY2')",
            "process.env.JWT_KEY;",
        ),
    ] {
        assert!(suggested(key).contains(name), "{key}: {}", suggested(key));
    }
}

#[test]
fn a_lifetime_that_a_setting_may_change_says_so() {
    let told = |text: &str| {
        let findings = audit_text("conf.py", text, Language::Python, &Options::default());
        let told = findings.into_iter().find(|one| one.rule == "long-lifetime").unwrap();
        told.message.contains("unless a setting says otherwise")
    };
    for text in [
        "class Settings(BaseSettings):\n    access_token_expire_days: int = 7\n",
        "import os\nACCESS_TOKEN_EXPIRE_DAYS = int(os.getenv('DAYS', 7))\n",
    ] {
        assert!(told(text), "{text}");
    }
    assert!(!told("ACCESS_TOKEN_EXPIRE_DAYS = 7\n"));
}

#[test]
fn every_example_of_settings_has_the_findings_that_it_marks_and_no_other() {
    let mut wrong = Vec::new();
    for (rule, _) in config::RULES {
        let files = examples(rule);
        assert!(files.len() >= 2 * AT_LEAST, "{rule}: {}", files.len());
        for file in files {
            assert!(config::is_config(&file), "{}", file.display());
            let text = fs::read_to_string(&file).unwrap();
            let findings = audit_project(std::slice::from_ref(&file), &Options::default()).findings;
            wrong.extend(disagreement(rule, &file, &text, findings));
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
    let of_files = catalog.rules().iter().filter(|rule| rule.command.is_none());
    let told: Vec<_> = of_files.map(|rule| (rule.id.as_str(), rule.mistake)).collect();
    let made: Vec<_> =
        RULES.iter().map(|rule| (rule.id, rule.mistake)).chain(config::RULES).collect();
    assert_eq!(told, made);
    let entries = fs::read_dir(folder()).unwrap();
    let folders = entries.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(folders, made.len(), "a folder without a rule");
}

#[test]
fn a_word_is_sought_once_in_a_file_and_not_in_its_comments() {
    let read = lower::read("import jwt  # emulated\nTTL = 5\n", Language::Python).unwrap();
    let library = Calls::read(&read.model);
    let context = Context::new(&read, &read.code, "a.py", &library);
    let sought = Cell::new(0);
    let has_ttl = || {
        context.once("a word", |text| {
            sought.set(sought.get() + 1);
            text.contains("ttl")
        })
    };
    assert!(has_ttl() && has_ttl());
    assert_eq!(sought.get(), 1);
    assert!(!context.says("emulat") && context.says("jwt"));
}

fn agree(marked: &BTreeMap<usize, String>, found: &BTreeMap<usize, [String; 2]>) -> bool {
    marked.keys().eq(found.keys())
        && marked.iter().all(|(line, mark)| mark.is_empty() || found[line].contains(mark))
}

/// What is wrong with an example: its name says whether it should have findings, its comments which.
fn disagreement(rule: &str, file: &Path, text: &str, findings: Vec<Finding>) -> Option<String> {
    let is_good = file.file_name().unwrap().to_str().unwrap().starts_with("good_");
    let found = findings
        .into_iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| {
            let severity = finding.severity.to_string();
            let confidence = if finding.confidence == Confidence::Low { UNCERTAIN } else { "" };
            (finding.line, [severity.as_str(), confidence].map(str::to_owned))
        })
        .collect();
    let marked = if is_good { BTreeMap::new() } else { marked(text) };
    assert!(is_good || !marked.is_empty(), "{}: no mark", file.display());
    (!agree(&marked, &found))
        .then(|| format!("{}: marked {marked:?}, found {found:?}", file.display()))
}

#[test]
fn an_unverified_decode_is_told_without_being_asked_for_but_where_its_mark_says_otherwise() {
    let rule = "unverified-decode";
    let mut wrong = Vec::new();
    for file in examples(rule) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let language = Language::of(&file).unwrap();
        let found: BTreeSet<usize> = audit_text(name, &text, language, &Options::default())
            .iter()
            .filter(|finding| finding.rule == rule)
            .map(|finding| finding.line)
            .collect();
        let lines = text.lines().zip(1..);
        let told: BTreeSet<usize> = lines
            .filter(|(line, _)| mark(line).is_some_and(|mark| mark != UNCERTAIN))
            .map(|(_, number)| number)
            .collect();
        if found != told {
            wrong.push(format!("{}: told {found:?}, wanted {told:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a comment says of the finding on its line.
fn mark(line: &str) -> Option<&str> {
    let comment = line.rsplit_once("// finding").or_else(|| line.rsplit_once("# finding"));
    comment.map(|(_, mark)| mark.trim_start_matches(':').trim())
}

/// The lines that end in `finding`, `finding: severity` or `finding: uncertain`, in a comment.
fn marked(text: &str) -> BTreeMap<usize, String> {
    let mut marks = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(mark) = mark(line) {
            marks.insert(index.saturating_add(1), mark.to_owned());
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

#[test]
fn every_rule_has_the_page_that_its_folder_makes() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let catalog = Catalog::built_in().unwrap();
    let mut wanted: BTreeMap<String, String> =
        catalog.rules().iter().map(|rule| (format!("{}.md", rule.id), page(rule))).collect();
    wanted.insert("README.md".to_owned(), list(&catalog));
    if std::env::var_os("TOKENWARD_WRITE_PAGES").is_some() {
        fs::create_dir_all(&pages).unwrap();
        for (name, text) in &wanted {
            fs::write(pages.join(name), text).unwrap();
        }
    }
    let there: BTreeMap<String, String> = fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&there), names(&wanted), "TOKENWARD_WRITE_PAGES=1 writes them");
    for (name, text) in wanted {
        assert!(there[&name] == text, "docs/rules/{name} is not what its folder makes");
    }
}

fn list(catalog: &Catalog) -> String {
    let mut text =
        "# The auditor's rules\n\n`tokenward audit rules` lists them, `tokenward audit rules RULE` prints a page.\n".to_owned();
    for (heading, command) in GROUPS {
        let head = "| mistake | rule | what is wrong |\n| --- | --- | --- |";
        writeln!(text, "\n## {heading}\n\n{head}").unwrap();
        let of = |rule: &&RuleText| rule.command.as_deref() == command;
        let mut rules: Vec<_> = catalog.rules().iter().filter(of).collect();
        rules.sort_by_key(|rule| rule.mistake);
        for rule in rules {
            writeln!(text, "| {} | [`{}`]({1}.md) | {} |", rule.mistake, rule.id, rule.title)
                .unwrap();
        }
    }
    text
}

fn page(rule: &RuleText) -> String {
    let mut text = format!(
        "# {}\n\n`{}`: mistake {} of 10, {}, [CWE-{}](https://cwe.mitre.org/data/definitions/{4}.html)\n\n\
         {}\n\n**Instead:** {}\n\n**It is silent about:** {}\n",
        rule.title, rule.id, rule.mistake, rule.severity, rule.cwe, rule.why, rule.fix, rule.silent
    );
    if let (Some(source), Some(command)) = (&rule.source, &rule.command) {
        writeln!(text, "\n**Source:** {source}\n\nFound by `tokenward audit {command}`.").unwrap();
    }
    let mut languages: BTreeMap<String, [Option<PathBuf>; 2]> = BTreeMap::new();
    for file in examples(&rule.id) {
        let language = file.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let is_good = file.file_name().unwrap().to_str().unwrap().starts_with("good_");
        let [bad, good] = languages.entry(language).or_default();
        (if is_good { good } else { bad }).get_or_insert(file);
    }
    for (language, files) in languages {
        writeln!(text, "\n## {language}").unwrap();
        for (file, heading) in files.into_iter().flatten().zip(["Found", "Not found"]) {
            let code = fs::read_to_string(&file).unwrap();
            let extension = file.extension().unwrap().to_str().unwrap();
            writeln!(text, "\n{heading}:\n\n```{extension}\n{}\n```", code.trim_end()).unwrap();
        }
    }
    text
}
