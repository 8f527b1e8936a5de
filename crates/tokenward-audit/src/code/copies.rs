//! One source, built for `require` and for `import`, or beside what it was built from: what is found in a copy was
//! told in the source.

use std::collections::HashMap;

use crate::finding::Finding;

/// Folders that say for which kind of module a file was built.
const BUILDS: [&str; 9] = ["cjs", "mjs", "esm", "es", "es6", "es2015", "commonjs", "umd", "module"];
/// Folders that hold the source, or what was built from it.
const HALVES: [&str; 8] =
    ["src", "lib", "dist", "build", "out", "dist-server", "dist-node", "dist-src"];

/// Takes out what a copy of the same file has in the same order, and hands it back. `findings` are in the order of
/// their files.
pub(super) fn take_out(findings: &mut Vec<Finding>) -> Vec<Finding> {
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    let places: Vec<Option<(String, usize)>> = findings
        .iter()
        .map(|finding| {
            let what = format!("{}\n{}\n{}", finding.rule, source(&finding.file)?, finding.message);
            let count = counts.entry((finding.file.clone(), what.clone())).or_default();
            *count = count.saturating_add(1);
            Some((what, *count))
        })
        .collect();
    // The file that tells of it, by what was found and how often that file had it before: the source, if it is there.
    let mut tells: HashMap<&(String, usize), &str> = HashMap::new();
    for (finding, place) in findings.iter().zip(&places) {
        let Some(place) = place else { continue };
        let told = tells.entry(place).or_insert(&finding.file);
        if is_source(&finding.file) && !is_source(told) {
            *told = &finding.file;
        }
    }
    let keeps: Vec<bool> = findings
        .iter()
        .zip(&places)
        .map(|(finding, place)| {
            place.as_ref().is_none_or(|place| tells.get(place) == Some(&finding.file.as_str()))
        })
        .collect();
    let mut keeps = keeps.into_iter();
    let mut copies: Vec<Finding> =
        findings.extract_if(.., |_| !keeps.next().unwrap_or(true)).collect();
    copies.extend(take_out_bundled(findings));
    copies
}

/// Takes out what stands word for word in another bundle as well: bundles hold copies of what they share.
fn take_out_bundled(findings: &mut Vec<Finding>) -> Vec<Finding> {
    let mut told: HashMap<(&'static str, Vec<String>, usize), String> = HashMap::new();
    let mut counts: HashMap<(String, &'static str, Vec<String>), usize> = HashMap::new();
    let is_copy = |finding: &mut Finding| {
        let Some(frame) = finding.frame.as_ref().filter(|_| is_bundle(&finding.file)) else {
            return false;
        };
        let lines: Vec<String> = frame.lines.iter().map(|line| line.trim().to_owned()).collect();
        let count = counts.entry((finding.file.clone(), finding.rule, lines.clone())).or_default();
        *count = count.saturating_add(1);
        let first =
            told.entry((finding.rule, lines, *count)).or_insert_with(|| finding.file.clone());
        *first != finding.file
    };
    findings.extract_if(.., is_copy).collect()
}

fn is_source(file: &str) -> bool {
    [".ts", ".tsx", ".mts"].iter().any(|end| file.ends_with(end))
        || file.split(['/', '\\']).any(|part| part == "src")
}

/// Whether a file was put together out of others, as far as its path tells.
fn is_bundle(file: &str) -> bool {
    is_script(file)
        && file.split(['/', '\\']).rev().skip(1).any(|part| {
            matches!(part, "dist" | "build" | "bundles" | "umd")
                || ["esm20", "fesm", "cjs20"].iter().any(|start| part.starts_with(start))
        })
}

fn is_script(file: &str) -> bool {
    ["js", "cjs", "mjs"].iter().any(|end| file.rsplit('.').next() == Some(end))
}

/// What a script was built from, as far as its path tells: without the parts that name the build.
fn source(file: &str) -> Option<String> {
    let (stem, extension) = file.rsplit_once('.')?;
    matches!(extension, "js" | "cjs" | "mjs" | "jsx" | "ts" | "mts" | "cts" | "tsx").then(|| {
        let parts: Vec<&str> = stem
            .split(['/', '\\'])
            .filter(|part| !BUILDS.contains(part) && !HALVES.contains(part))
            .collect();
        parts.join("/")
    })
}
