//! SARIF 2.1.0, for code-scanning views.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};

use super::{Report, left_out};
use crate::finding::{Finding, Mistake, Severity};
use crate::rules::catalog::{Catalog, RuleText};

/// The report as a SARIF log with one run.
#[must_use]
pub fn sarif(report: &Report<'_>, catalog: &Catalog) -> Value {
    let root = report.of.root.as_deref();
    let rules = listed(report, catalog);
    let results: Vec<Value> =
        report.audit.findings.iter().map(|finding| result(finding, &rules, root)).collect();
    let rules: Vec<Value> = rules.into_iter().map(rule).collect();
    let notes: Vec<Value> = report
        .audit
        .notes
        .iter()
        .map(|note| {
            json!({
                // What was not looked at may hide something; a remark does not.
                "level": if note.is_remark { "note" } else { "warning" },
                "message": { "text": format!("{}: {}", note.file, note.why) },
            })
        })
        .collect();
    let left_out = left_out(report.audit)
        .into_iter()
        .map(|what| json!({ "level": "note", "message": { "text": what } }));
    let notes: Vec<Value> = notes.into_iter().chain(left_out).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tokenward",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notes,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// The rules of a run: those for code and settings, which views show without findings too, and of the others those
/// that found something.
fn listed<'c>(report: &Report<'_>, catalog: &'c Catalog) -> Vec<&'c RuleText> {
    let found: HashSet<&str> = report.audit.findings.iter().map(|finding| finding.rule).collect();
    let is_listed = |rule: &&RuleText| rule.command.is_none() || found.contains(rule.id.as_str());
    catalog.rules().iter().filter(is_listed).collect()
}

/// The page of a rule, as there is no address to send anybody to.
fn help(rule: &RuleText) -> Value {
    let mistake = Mistake::new(rule.mistake).map(Mistake::title).unwrap_or_default();
    let parts = [
        ("", Some(format!("Mistake {} of 10: {mistake}.", rule.mistake))),
        ("", Some(rule.why.clone())),
        ("Instead:", Some(rule.fix.clone())),
        ("It does not report:", Some(rule.silent.clone())),
        ("Source:", rule.source.clone()),
    ];
    let written = |mark: &str| {
        let part = |(heading, text): &(&str, Option<String>)| match (heading, text) {
            (_, None) => None,
            (&"", Some(text)) => Some(text.clone()),
            (heading, Some(text)) => Some(format!("{mark}{heading}{mark} {text}")),
        };
        parts.iter().filter_map(part).collect::<Vec<_>>().join("\n\n")
    };
    json!({ "text": written(""), "markdown": written("**") })
}

fn rule(rule: &RuleText) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": help(rule),
        // The weakness behind the rule, in MITRE's list.
        "helpUri": format!("https://cwe.mitre.org/data/definitions/{}.html", rule.cwe),
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["security", format!("external/cwe/cwe-{}", rule.cwe)],
            "precision": rule.confidence.name(),
            "security-severity": score(rule.severity),
        },
    })
}

fn result(finding: &Finding, rules: &[&RuleText], root: Option<&Path>) -> Value {
    let uri = place(finding, root);
    let mut text = finding.message.clone();
    if let Some(fix) = &finding.fix {
        text.push_str(". Instead: ");
        text.push_str(fix);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            },
        }}],
        "partialFingerprints": { "tokenward/v1": finding.fingerprint },
        "properties": {
            "mistake": finding.mistake.number(),
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
        },
    });
    if !finding.edits.is_empty()
        && let Some(object) = result.as_object_mut()
    {
        object.insert("fixes".to_owned(), json!([fix(finding, &uri)]));
    }
    let index = rules.iter().position(|rule| rule.id == finding.rule);
    if let (Some(index), Some(object)) = (index, result.as_object_mut()) {
        object.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

/// The changes that `--fix` makes.
fn fix(finding: &Finding, uri: &str) -> Value {
    let replacements: Vec<Value> = finding
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": {
                    "startLine": edit.line,
                    "startColumn": edit.column,
                    "endLine": edit.end_line,
                    "endColumn": edit.end_column,
                },
                "insertedContent": { "text": edit.text },
            })
        })
        .collect();
    json!({
        "description": { "text": finding.fix.as_deref().unwrap_or(&finding.message) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri },
            "replacements": replacements,
        }],
    })
}

/// Where a finding is, as code-scanning views know files: from the root of the repository.
fn place(finding: &Finding, root: Option<&Path>) -> String {
    // A token, a key or an answer is no file of it.
    let Some(root) = root.filter(|_| finding.frame.is_some()) else { return uri(&finding.file) };
    let Ok(path) = std::path::absolute(&finding.file) else { return uri(&finding.file) };
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    match whole.strip_prefix(root) {
        Ok(inside) => uri(&inside.to_string_lossy()),
        Err(_) => format!("file://{}", uri(&whole.to_string_lossy())),
    }
}

/// A path as a relative URI: slashes, and everything else that is special escaped. A URL keeps its colons.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_url = path.starts_with("https://") || path.starts_with("http://");
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "/-._~".contains(c) || (is_url && c == ':') {
            uri.push(c);
        } else {
            uri.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    uri
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        _ => "note",
    }
}

/// As code-scanning views sort by it: 9.0 and above is critical, 7.0 high, 4.0 medium.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}
