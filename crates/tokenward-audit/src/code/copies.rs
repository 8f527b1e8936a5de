//! One source, built for `require` and for `import`, or beside what it was built from: what is found in a copy was
//! told in the source.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::finding::Finding;

/// Folders that say for which kind of module a file was built.
const BUILDS: [&str; 9] = ["cjs", "mjs", "esm", "es", "es6", "es2015", "commonjs", "umd", "module"];
/// Folders that hold the source, or what was built from it.
const HALVES: [&str; 8] =
    ["src", "lib", "dist", "build", "out", "dist-server", "dist-node", "dist-src"];

/// As many as are held against a finding of one path, rule and message.
const MAX_HELD: usize = 200;

/// A finding that others may be copies of.
struct Told {
    file: String,
    folders: String,
    line: String,
    /// The files in which a copy of it was found; each has one.
    copies: HashSet<String>,
}

/// Takes out what a copy of the same file has, and hands it back. `findings` are in the order of their files.
pub(super) fn take_out(findings: &mut Vec<Finding>) -> Vec<Finding> {
    // What was built from a source is held against what the source tells.
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|at| findings.get(*at).map(|finding| !is_source(&finding.file)));
    let mut told: HashMap<(&'static str, String, String), Vec<Told>> = HashMap::new();
    let mut is_copy = vec![false; findings.len()];
    for at in order {
        let Some(finding) = findings.get(at) else { continue };
        let Some((path, folders)) = source(&finding.file) else { continue };
        let held = told.entry((finding.rule, path, finding.message.clone())).or_default();
        let line = line(finding);
        let original = held.iter_mut().take(MAX_HELD).find(|one| {
            one.file != finding.file
                && !one.copies.contains(&finding.file)
                && is_same(one, &finding.file, &folders, &line)
        });
        if let Some(original) = original {
            original.copies.insert(finding.file.clone());
            if let Some(is_copy) = is_copy.get_mut(at) {
                *is_copy = true;
            }
        } else {
            let file = finding.file.clone();
            held.push(Told { file, folders, line, copies: HashSet::new() });
        }
    }
    let mut is_copy = is_copy.into_iter();
    let mut copies: Vec<Finding> =
        findings.extract_if(.., |_| is_copy.next().unwrap_or_default()).collect();
    copies.extend(take_out_bundled(findings));
    copies
}

/// Whether a finding may be a copy: of the very same line, or of one that is nearly the same, as builds write it anew,
/// where `lib/` stands in the place of `src/`, or one of both is in a folder that holds nothing else. Any other two
/// files of one name are two files.
fn is_same(told: &Told, file: &str, folders: &str, line: &str) -> bool {
    let is_built = || [told.file.as_str(), file].into_iter().any(is_output);
    told.line == line || (told.folders == folders || is_built()) && is_alike(&told.line, line)
}

/// Whether a path leads through a folder for what was built.
fn is_output(file: &str) -> bool {
    file.split(['/', '\\']).any(|part| {
        BUILDS.contains(&part) || HALVES.contains(&part) && !matches!(part, "src" | "lib")
    })
}

/// Whether two lines have more than a third of their words in common: `let claims = jwt.decode(token)` is
/// `var claims = _jsonwebtoken.default.decode(token)` after a build.
fn is_alike(one: &str, other: &str) -> bool {
    let words = |line: &str| -> BTreeSet<String> {
        line.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty() && !matches!(*word, "const" | "let" | "var"))
            .map(str::to_owned)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let (shared, all) = (one.intersection(&other).count(), one.union(&other).count());
    shared.saturating_mul(3) > all
}

fn line(finding: &Finding) -> String {
    let frame = finding.frame.as_ref();
    frame.and_then(|frame| frame.lines.first()).map_or("", |line| line.trim()).to_owned()
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

/// What a script was built from, as far as its path tells: without the parts that name the build; and with a mark in
/// the place of each that does.
fn source(file: &str) -> Option<(String, String)> {
    let (stem, extension) = file.rsplit_once('.')?;
    matches!(extension, "js" | "cjs" | "mjs" | "jsx" | "ts" | "mts" | "cts" | "tsx").then(|| {
        let mut parts: Vec<&str> = stem
            .split(['/', '\\'])
            .map(|part| if BUILDS.contains(&part) || HALVES.contains(&part) { "" } else { part })
            .collect();
        // `dist/cjs/` stands in the place of `src/`.
        parts.dedup_by(|a, b| a.is_empty() && b.is_empty());
        let folders = parts.join("/");
        parts.retain(|part| !part.is_empty());
        (parts.join("/"), folders)
    })
}
