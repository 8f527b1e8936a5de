//! One source, built for `require` and for `import`: what is found in the second copy was told in the first.

use std::collections::HashMap;

use crate::finding::Finding;

/// Folders and extensions that say for which kind of module a file was built.
const BUILDS: [&str; 8] = ["cjs", "mjs", "esm", "es", "es6", "es2015", "commonjs", "umd"];

/// Leaves out what a copy of the same file has on the same line of text. `findings` are in the order of their files.
pub(super) fn leave_out(findings: &mut Vec<Finding>) {
    // The file that told of it first, by what was found and how often that file had it before.
    let mut told: HashMap<(String, usize), String> = HashMap::new();
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    findings.retain(|finding| {
        let Some(place) = source(&finding.file) else { return true };
        let line = finding.frame.as_ref().and_then(|frame| frame.lines.first());
        let line = line.map(|line| line.trim()).unwrap_or_default();
        let what = format!("{}\n{place}\n{line}\n{}", finding.rule, finding.message);
        let count = counts.entry((finding.file.clone(), what.clone())).or_default();
        *count = count.saturating_add(1);
        let first = told.entry((what, *count)).or_insert_with(|| finding.file.clone());
        *first == finding.file
    });
}

/// What a script was built from, as far as its path tells: without the parts that name the build.
fn source(file: &str) -> Option<String> {
    let (stem, extension) = file.rsplit_once('.')?;
    matches!(extension, "js" | "cjs" | "mjs").then(|| {
        let parts: Vec<&str> =
            stem.split(['/', '\\']).filter(|part| !BUILDS.contains(part)).collect();
        parts.join("/")
    })
}
