//! One file: words, parse, rules, and what is told of it.

use std::path::Path;

use super::lines::Lines;
use super::{Cache, Note, Options, Outcome, allow, cache, fix, place, source, walk};
use crate::config;
use crate::finding::{Finding, Frame, Mistake, fingerprint};
use crate::language::Language;
use crate::rules::absence;
use crate::rules::{self, Hit};

/// As many findings as one file may have; more are one mistake made by a machine.
const MAX_FINDINGS: usize = 200;

pub(super) fn audit(file: &walk::File, options: &Options, known: Option<&Cache>) -> Outcome {
    let name = file.path.display().to_string();
    let Some(language) = Language::of(&file.path) else { return Outcome::default() };
    let bytes = match source::read(&file.path) {
        Ok(bytes) => bytes,
        Err(why) => return skipped(&name, why),
    };
    let wanted = rules::wanted(&bytes);
    if wanted == 0 {
        // Nothing to find here, but perhaps what another file lacks.
        let signs = absence::signs(&String::from_utf8_lossy(&bytes));
        let is_test = file.is_for_development || place::is_test_path(&file.inside);
        let outcome = Outcome { looked_at: true, is_test, signs, ..Outcome::default() };
        return outcome.for_what_it_is();
    }
    let key = known.map(|_| cache::key(file, &bytes, options));
    if let (Some(known), Some(key)) = (known, &key)
        && let Some(mut outcome) = known.look_up(key, &name)
    {
        name_place(&mut outcome, file);
        return outcome;
    }
    let outcome = match source::text(bytes) {
        Ok(text) => judge((&name, &file.inside), &text, wanted, language, options),
        Err(why) => skipped(&name, why),
    };
    let is_test = outcome.is_test || file.is_for_development;
    // On a machine with less to do it may be read in time.
    let key = key.filter(|_| outcome.looked_at);
    let mut outcome = Outcome { key, stem: stem(&file.path), is_test, ..outcome }.for_what_it_is();
    name_place(&mut outcome, file);
    outcome
}

/// A baseline knows a finding by where its file lies in the project, whatever the argument looked like.
fn name_place(outcome: &mut Outcome, file: &walk::File) {
    let place = file.place.display().to_string();
    let open = outcome.open.iter_mut().map(|(finding, _)| finding);
    let settings = outcome.settings.iter_mut().map(|(finding, _)| finding);
    let all = outcome.findings.iter_mut().chain(&mut outcome.in_development);
    for finding in all.chain(open).chain(settings) {
        finding.fingerprint = known_by(finding.rule, &place, finding.frame.as_ref());
    }
}

/// What a baseline knows a finding by: the line as it is shown, so that nobody can try secrets on it.
fn known_by(rule: &str, place: &str, frame: Option<&Frame>) -> String {
    let line = frame.and_then(|frame| frame.lines.first()).map_or("", |line| line.trim());
    format!("{:016x}", fingerprint(&[rule, place, line]))
}

fn skipped(name: &str, why: String) -> Outcome {
    Outcome { notes: vec![Note::new(name, why)], ..Outcome::default() }
}

/// What other files call a file by.
fn stem(path: &Path) -> String {
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match name(path).as_str() {
        "index" | "__init__" => path.parent().map(name).unwrap_or_default(),
        own => own.to_owned(),
    }
}

pub(super) fn audit_text(
    name: &str,
    inside: &Path,
    text: &str,
    language: Language,
    options: &Options,
) -> Outcome {
    judge((name, inside), text, rules::wanted(text.as_bytes()), language, options).for_what_it_is()
}

/// A file of settings, a key, or whatever else may hold one.
pub(super) fn audit_config(file: &walk::File, options: &Options) -> Outcome {
    let name = file.path.display().to_string();
    match source::read(&file.path).and_then(source::settings) {
        Ok(text) => {
            let outcome = audit_config_text(&name, &file.inside, &text, options);
            let is_test = outcome.is_test || file.is_for_development;
            let mut outcome = Outcome { is_test, ..outcome }.for_what_it_is();
            name_place(&mut outcome, file);
            outcome
        }
        Err(why) => skipped(&name, why),
    }
}

pub(super) fn audit_config_text(
    name: &str,
    inside: &Path,
    text: &str,
    options: &Options,
) -> Outcome {
    let is_test = place::is_test_path(inside) || config::is_example(inside);
    let mut outcome = Outcome { looked_at: true, is_test, ..Outcome::default() };
    let mut lines = Lines::new(text);
    let comments = config::comments(inside, text);
    if let Some((file, function)) = config::settles(text) {
        file.clone_into(&mut outcome.stem);
        outcome.verifiers.push(function.to_owned());
    }
    let allowed = allow::read(&comments, text, |at| lines.number(at));
    outcome.notes.extend(allow::faults(&allowed).map(|why| Note::remark(name, why)));
    outcome.notes.extend(config::cut(text).map(|why| Note::new(name, why)));
    let hits = config::hits(inside, text);
    lines.hide(&hits, false);
    tell(&mut outcome, hits, name, &lines, &allowed, options);
    outcome
}

/// Puts hits among the findings, but those that a comment allows.
fn tell(
    outcome: &mut Outcome,
    hits: Vec<Hit>,
    name: &str,
    lines: &Lines<'_>,
    allowed: &[allow::Allow],
    options: &Options,
) {
    let mut told = 0_usize;
    for mut hit in hits {
        if told >= MAX_FINDINGS {
            let why = format!("has more than {MAX_FINDINGS} findings; the first are told");
            outcome.notes.push(Note::new(name, why));
            break;
        }
        match options.severities.get(hit.rule) {
            Some(None) => continue,
            Some(Some(severity)) => hit.severity = *severity,
            None => {}
        }
        // Before its place is told, as a line may be long and have very many.
        if told_again(outcome, lines, &hit) {
            continue;
        }
        if allow::allows(allowed, hit.rule, lines.number(hit.span.start)) {
            outcome.allowed.push(hit.mistake);
            continue;
        }
        let condition = std::mem::take(&mut hit.condition);
        let (setting, in_development) = (hit.setting.take(), hit.in_development);
        let Some(finding) = finding(name, lines, hit) else { continue };
        if in_development {
            outcome.in_development.push(finding);
            continue;
        }
        told = told.saturating_add(1);
        if let Some(setting) = setting {
            outcome.settings.push((finding, setting));
        } else if condition.is_none() {
            outcome.findings.push(finding);
        } else {
            outcome.open.push((finding, condition));
        }
    }
}

/// Whether the same was said of the same line, of another part of it.
fn told_again(outcome: &Outcome, lines: &Lines<'_>, hit: &Hit) -> bool {
    let line = lines.number(hit.span.start);
    let is_same = |one: &Finding| {
        (one.rule, one.line, &one.message) == (hit.rule, line, &hit.message)
            && one.edits.is_empty()
            && hit.changes.is_empty()
    };
    outcome.findings.iter().any(is_same)
}

/// What a text comes to, in which these rules have a word.
fn judge(
    (name, inside): (&str, &Path),
    text: &str,
    wanted: u32,
    language: Language,
    options: &Options,
) -> Outcome {
    let mut outcome = Outcome { looked_at: true, ..Outcome::default() };
    if wanted == 0 {
        outcome.signs = absence::signs(text);
        return outcome;
    }
    let note = |why: &str| Note::new(name, why);
    let Some(read) = fix::parsed(text, language) else {
        outcome.looked_at = false;
        outcome.notes.push(note("took too long to parse"));
        return outcome;
    };
    if !read.whole {
        outcome.notes.push(note("nested too deeply to be read to the bottom"));
    }
    outcome.is_test = place::is_test_path(inside) || place::is_test(&read.model);
    outcome.signs = absence::signs(&read.code);
    let mut lines = Lines::new(text);
    let allowed = allow::read(&read.comments, text, |at| lines.number(at));
    outcome.notes.extend(allow::faults(&allowed).map(|why| Note::remark(name, why)));
    let inside = inside.to_string_lossy();
    let rules::Ran { mut hits, verifiers, verifies, looks_accounts_up, names_of_keys } =
        rules::run(&read, text, &inside, wanted);
    outcome.verifiers = verifiers;
    outcome.verifies = verifies;
    outcome.names_of_keys = names_of_keys;
    if looks_accounts_up {
        absence::can_end(&mut outcome.signs);
    }
    if read.model.is_spent() {
        outcome.notes.push(note("has more calls than can be followed"));
        return outcome;
    }
    fix::keep_what_helps(&mut hits, text, &inside, language, &read);
    lines.hide(&hits, true);
    tell(&mut outcome, hits, name, &lines, &allowed, options);
    outcome
}

fn finding(file: &str, lines: &Lines<'_>, hit: Hit) -> Option<Finding> {
    let (line, column) = lines.position(lines.past_space(&hit.span));
    let (end_line, end_column) = lines.position(hit.span.end);
    let frame = lines.frame((line, column), (end_line, end_column));
    let place = file.strip_prefix("./").unwrap_or(file);
    Some(Finding {
        rule: hit.rule,
        mistake: Mistake::new(hit.mistake)?,
        severity: hit.severity,
        confidence: hit.confidence,
        file: file.to_owned(),
        line,
        column,
        end_line,
        end_column,
        message: hit.message,
        fix: hit.fix,
        fingerprint: known_by(hit.rule, place, Some(&frame)),
        frame: Some(frame),
        edits: hit.changes.into_iter().map(|change| lines.edit(change)).collect(),
    })
}
