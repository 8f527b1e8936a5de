//! `--fix`: changes that need no decision, tried before they are told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Audit, Note, Options, audit_paths, markup, one, source, walk};
use crate::finding::{Edit, Finding};
use crate::language::Language;
use crate::lower::{self, Read};
use crate::rules::{self, Change, Hit};

#[cfg(test)]
mod tests;

/// As many findings as are mended in one file; each costs a look at the whole of it.
const MAX_STEPS: usize = 100;
/// As many bytes are parsed again for the changes of one file.
const MAX_PARSED: usize = 8 << 20;

/// What mending a project would come to. Nothing has been written.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Fixes {
    /// The files that would change, in order.
    pub files: Vec<FixedFile>,
    /// What could not be read again.
    pub notes: Vec<Note>,
}

/// A file, before and after.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FixedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text as it was read. Whoever writes looks whether it is still so.
    pub before: String,
    /// Its text with what was found mended.
    pub after: String,
    /// What is mended, in the order in which that was done; places are those of that moment.
    pub mended: Vec<Finding>,
}

/// Mends what was found below `paths` and needs no decision, and hands back the texts.
///
/// After each change the text is parsed and audited again: it counts only where the finding is gone, the text
/// parses as well as before, and no more is found than before. Whoever runs it on its own result changes nothing.
///
/// # Examples
///
/// ```no_run
/// use tokenward_audit::{Options, fix_paths};
///
/// for file in fix_paths(&["src".into()], &Options::default()).files {
///     println!("{}: {} findings less", file.path.display(), file.mended.len());
/// }
/// ```
#[must_use]
pub fn fix_paths(paths: &[PathBuf], options: &Options) -> Fixes {
    let Audit { findings, .. } = audit_paths(paths, options);
    fix(paths, options, (&findings, Whose::All))
}

/// The same, for some of what was found below `paths`: what else is there stays as it is.
#[must_use]
pub fn fix_findings(findings: &[Finding], paths: &[PathBuf], options: &Options) -> Fixes {
    fix(paths, options, (findings, Whose::Theirs))
}

/// Which findings of a file are mended.
#[derive(Clone, Copy)]
enum Whose {
    /// Those that are there, also once another is mended.
    All,
    /// Those that are named, and no other.
    Theirs,
}

fn fix(paths: &[PathBuf], options: &Options, (findings, whose): (&[Finding], Whose)) -> Fixes {
    let wanted: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| !finding.edits.is_empty())
        .map(|finding| finding.file.as_str())
        .collect();
    let mut all = Fixes::default();
    // What could not be walked has no findings.
    for file in walk::files(paths, |path| Language::of(path).is_some(), options, &mut Vec::new()) {
        let name = file.path.display().to_string();
        if !wanted.contains(name.as_str()) {
            continue;
        }
        let named = match whose {
            Whose::All => None,
            Whose::Theirs => {
                Some(findings.iter().filter(|finding| finding.file == name).collect::<Vec<_>>())
            }
        };
        match fix_file(&name, &file, options, named.as_deref()) {
            Ok(fixed) => all.files.extend(fixed),
            Err(why) => all.notes.push(Note::new(name, why)),
        }
    }
    all
}

fn fix_file(
    name: &str,
    file: &walk::File,
    options: &Options,
    named: Option<&[&Finding]>,
) -> Result<Option<FixedFile>, String> {
    let Some(language) = Language::of(&file.path) else { return Ok(None) };
    let bytes = source::read(&file.path)?;
    let before = String::from_utf8(bytes.clone()).map_err(|_| "not UTF-8".to_owned())?;
    let text = source::text(bytes)?;
    let mark = before.strip_suffix(text.as_str()).unwrap_or_default().to_owned();
    let wanted = named.map(|named| Wanted::of(named, &text));
    let (after, mended) = fix_text((name, &file.inside), text, language, options, wanted);
    Ok((!mended.is_empty()).then(|| FixedFile {
        path: file.path.clone(),
        before,
        after: mark + &after,
        mended,
    }))
}

fn fix_text(
    (name, inside): (&str, &Path),
    mut text: String,
    language: Language,
    options: &Options,
    mut wanted: Option<Wanted>,
) -> (String, Vec<Finding>) {
    let mut mended = Vec::new();
    for _ in 0..MAX_STEPS {
        let outcome = one::audit_text(name, inside, &text, language, options);
        if outcome.is_test && !options.include_tests {
            break;
        }
        let is_wanted =
            |finding: &Finding| wanted.as_ref().is_none_or(|wanted| wanted.has(finding, &text));
        let is_next = |finding: &Finding| {
            !finding.edits.is_empty() && options.tells(finding) && is_wanted(finding)
        };
        // Where another file verifies as well, to verify again does no harm.
        let open = outcome.open.into_iter().filter(|(_, condition)| condition.unless.is_empty());
        let mut found = outcome.findings.into_iter().chain(open.map(|(finding, _)| finding));
        let next = found.find(is_next);
        let Some(finding) = next else { break };
        let changes: Vec<Change> = finding.edits.iter().map(change).collect();
        let Some(better) = applied(&text, &changes) else { break };
        if let Some(wanted) = &mut wanted {
            wanted.went(&finding, &text, &changes);
        }
        text = better;
        mended.push(finding);
    }
    (text, mended)
}

/// The findings that are to be mended, by rule and place, while the text changes under them.
struct Wanted {
    left: Vec<(&'static str, usize)>,
}

impl Wanted {
    fn of(findings: &[&Finding], text: &str) -> Self {
        let left = findings.iter().filter_map(|finding| place(finding, text)).collect();
        Self { left }
    }

    fn has(&self, finding: &Finding, text: &str) -> bool {
        place(finding, text).is_some_and(|place| self.left.contains(&place))
    }

    /// One is mended by changes to this text: it goes, and what is behind a change moves.
    fn went(&mut self, finding: &Finding, text: &str, changes: &[Change]) {
        let gone = place(finding, text);
        self.left.retain(|one| Some(*one) != gone);
        for (_, at) in &mut self.left {
            let before = changes.iter().filter(|change| change.span.end <= *at);
            let (more, less) = before.fold((0_usize, 0_usize), |(more, less), change| {
                (more.saturating_add(change.text.len()), less.saturating_add(change.span.len()))
            });
            *at = at.saturating_add(more).saturating_sub(less);
        }
    }
}

/// A finding's rule, and the byte at which it begins.
fn place(finding: &Finding, text: &str) -> Option<(&'static str, usize)> {
    let above = finding.line.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(above).map(str::len).sum();
    let line = text.get(start..)?;
    let column = line.char_indices().nth(finding.column.checked_sub(1)?)?.0;
    Some((finding.rule, start.saturating_add(column)))
}

fn change(edit: &Edit) -> Change {
    Change { span: edit.bytes.clone(), text: edit.text.clone() }
}

/// A text with changes made; nothing where they do not fit it, or each other.
fn applied(text: &str, changes: &[Change]) -> Option<String> {
    let mut changes: Vec<&Change> = changes.iter().collect();
    changes.sort_by_key(|change| (change.span.start, change.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        out.push_str(text.get(at..change.span.start)?);
        out.push_str(&change.text);
        at = change.span.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Takes from `hits` the changes that do not do what they are for. To try one is to parse and judge the text again,
/// so a file that was dear has few tried, and those that are left over are made in a later round of mending.
pub(super) fn keep_what_helps(
    hits: &mut [Hit],
    text: &str,
    inside: &str,
    language: Language,
    read: &Read,
) {
    let found: Vec<&'static str> = hits.iter().map(|hit| hit.rule).collect();
    let faults = read.faults;
    let mut left =
        MAX_STEPS.min(read.model.again()).min(MAX_PARSED.checked_div(text.len()).unwrap_or(0));
    for hit in hits.iter_mut().filter(|hit| !hit.changes.is_empty()) {
        let helps = left > 0
            && applied(text, &hit.changes)
                .is_some_and(|after| helps(&found, hit.rule, &after, inside, language, faults));
        left = left.saturating_sub(1);
        if !helps {
            hit.changes.clear();
        }
    }
}

/// Whether a changed text is sound, and has one finding of `rule` less and no more in all.
fn helps(
    found: &[&'static str],
    rule: &str,
    after: &str,
    inside: &str,
    language: Language,
    faults: usize,
) -> bool {
    let Some(read) = parsed(after, language) else { return false };
    let hits = rules::run(&read, after, inside, rules::wanted(after.as_bytes())).hits;
    let before = found.iter().filter(|one| **one == rule).count();
    let now = hits.iter().filter(|hit| hit.rule == rule).count();
    read.whole
        && !read.model.is_spent()
        && read.faults <= faults
        && now < before
        && hits.len() <= found.len()
}

/// A text, read as its language; of markup, the scripts.
pub(super) fn parsed(text: &str, language: Language) -> Option<Read> {
    let scripts = (language == Language::Markup).then(|| markup::scripts(text));
    lower::read(scripts.as_deref().unwrap_or(text), language)
}
