//! Any text as a file of a project (its name on the first line): the auditor comes back, and what it tells stands in
//! the text.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tokenward_audit::{Finding, Language, Options, audit_settings, audit_text};

fn stands(findings: &[Finding], text: &str) {
    let lines = text.lines().count().max(1);
    for finding in findings {
        assert!((1..=lines + 1).contains(&finding.line), "{}:{}", finding.rule, finding.line);
        assert!(finding.end_line >= finding.line, "{}", finding.rule);
        for edit in &finding.edits {
            assert!(text.get(edit.bytes.clone()).is_some(), "{}", finding.rule);
        }
    }
}

fuzz_target!(|text: &str| {
    let mut options = Options::default();
    options.include_uncertain = true;
    let (name, text) = text.split_once('\n').unwrap_or(("settings.yaml", text));
    match Language::of(Path::new(name)) {
        Some(language) => stands(&audit_text(name, text, language, &options), text),
        None => stands(&audit_settings(name, text, &options), text),
    }
});
