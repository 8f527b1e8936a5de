//! Settings that nothing reads: a literal there signs nothing, as far as the project is in sight.

use std::collections::HashSet;
use std::path::PathBuf;

use super::{Outcome, place, source, walk};
use crate::finding::Confidence;
use crate::rules::plain;

/// Libraries that read settings by names of their own.
const LIBRARIES: [&str; 9] = [
    "flask_jwt",
    "JWTManager",
    "simplejwt",
    "SIMPLE_JWT",
    "rest_framework_jwt",
    "fastapi_jwt_auth",
    "graphql_jwt",
    "sanic_jwt",
    "dj_rest_auth",
];
/// As many words as are compared.
const MAX_NAMES: usize = 256;

/// Lowers the confidence of what is the value of a setting that nothing reads.
pub(super) fn weigh(outcomes: &mut [Outcome], files: &[walk::File], paths: &[PathBuf]) {
    let mut open: HashSet<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.is_test)
        .flat_map(|outcome| outcome.settings.iter().map(|(_, name)| plain(name)))
        .take(MAX_NAMES)
        .collect();
    let defined: HashSet<(String, usize)> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.settings)
        .flat_map(|(finding, _)| {
            (finding.line..=finding.end_line).map(|line| (finding.file.clone(), line))
        })
        .collect();
    // Files by themselves do not show who reads it.
    if open.is_empty() || !paths.iter().any(|path| path.is_dir()) {
        return;
    }
    for file in files.iter().filter(|file| !place::is_test_path(&file.inside)) {
        let Ok(text) = source::read(&file.path).and_then(source::text) else { continue };
        if LIBRARIES.iter().any(|library| text.contains(library)) {
            return;
        }
        let name = file.path.display().to_string();
        for (index, line) in text.lines().enumerate() {
            if defined.contains(&(name.clone(), index.saturating_add(1))) {
                continue;
            }
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
                open.remove(&plain(word));
            }
        }
        if open.is_empty() {
            return;
        }
    }
    for outcome in outcomes {
        for (finding, name) in &mut outcome.settings {
            if open.contains(&plain(name)) {
                finding.confidence = Confidence::Low;
            }
        }
    }
}
