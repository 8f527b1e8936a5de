use std::fs;
use std::path::PathBuf;

use super::super::{audit_paths, audit_paths_cached, audit_project, audit_project_cached};
use super::*;

const BAD: &str = "import jwt\n\njwt.decode(token, KEY, algorithms=['RS256', 'none'])\n";
const ISSUES: &str = "import jwt\njwt.encode({'sub': 1, 'exp': soon()}, KEY, algorithm='ES256')\n";

#[test]
fn a_file_that_has_not_changed_is_not_looked_at_again_and_comes_to_the_same() {
    let project =
        Project::new(&[("a.py", BAD), ("b.py", ISSUES), ("tests/c.py", BAD), ("d.py", "x = 1\n")]);
    let fresh = audit_paths(&project.paths(), &Options::default());
    let mut cache = Cache::default();

    let first = project.audit(&mut cache);
    assert_eq!(cache.reused(), 0);
    let mut cache = Cache::parse(&cache.to_bytes());
    assert_eq!(cache.len(), 3, "what has no word of a rule is not worth an entry");
    let second = project.audit(&mut cache);
    assert_eq!(cache.reused(), 3);

    for audit in [&first, &second] {
        assert_eq!(audit.findings, fresh.findings);
        assert_eq!(
            (audit.files, audit.left_out_in_all().in_tests),
            (fresh.files, fresh.left_out_in_all().in_tests)
        );
        assert_eq!(audit.notes, fresh.notes);
    }
    assert!(!fresh.findings[0].edits.is_empty());
}

#[test]
fn an_entry_with_numbers_that_no_file_has_is_none() {
    let project = Project::new(&[("a.py", BAD)]);
    let fresh = project.audit(&mut Cache::default());
    let mut cache = Cache::default();
    project.audit(&mut cache);
    let sound = String::from_utf8(cache.to_bytes()).unwrap();
    for (from, to) in [
        ("\"first\":3", "\"first\":18446744073709551615"),
        ("\"place\":[3", "\"place\":[18446744073709551615"),
        ("\"mark\":{\"start\":", "\"mark\":{\"start\":99999999"),
    ] {
        assert!(sound.contains(from), "{from}: {sound}");
        let mut cache = Cache::parse(sound.replacen(from, to, 1).as_bytes());
        let audit = project.audit(&mut cache);

        assert_eq!(cache.reused(), 0, "{to}");
        assert_eq!(audit.findings, fresh.findings);
    }
}

#[test]
fn what_changes_a_file_its_name_or_the_settings_is_looked_at() {
    let project = Project::new(&[("a.py", BAD)]);
    let mut cache = Cache::default();
    project.audit(&mut cache);

    project.write("a.py", &BAD.replace("'none'", "'ES256'"));
    assert!(project.audit(&mut cache).findings.is_empty());
    project.write("a.py", BAD);
    assert_eq!(project.audit(&mut cache).findings.len(), 1, "as it was before");
    assert_eq!(cache.reused(), 1);

    fs::rename(project.0.path().join("a.py"), project.0.path().join("test_a.py")).unwrap();
    assert_eq!(project.audit(&mut cache).left_out_in_all().in_tests, 1);
    assert_eq!(cache.reused(), 0);

    project.write("b.py", BAD);
    let mut options = Options::default();
    options.severities.insert("algorithm-none".to_owned(), None);
    assert!(audit_paths_cached(&project.paths(), &options, &mut cache).findings.is_empty());
    assert_eq!(project.audit(&mut cache).findings.len(), 1);
}

#[test]
fn what_a_project_lacks_is_judged_anew_whatever_its_files_came_to() {
    let project = Project::new(&[("a.py", ISSUES), ("b.py", ISSUES)]);
    let mut cache = Cache::default();
    let rules = |audit: &super::super::Audit| {
        audit.findings.iter().map(|one| (one.rule, one.line)).collect::<Vec<_>>()
    };
    let options = Options { include_uncertain: true, ..Options::default() };
    let audit = |cache: &mut Cache| audit_paths_cached(&project.paths(), &options, cache);
    let lacks = [("no-key-id", 2), ("no-revocation", 2)];
    assert_eq!(rules(&audit(&mut cache)), lacks);

    // Not parsed, and not in the cache: it has no word of a rule.
    project.write("c.py", "denylist = set()\nrotation = 1\n");
    assert!(audit(&mut cache).findings.is_empty());
    fs::remove_file(project.0.path().join("c.py")).unwrap();
    assert_eq!(rules(&audit(&mut cache)), lacks);
    fs::remove_file(project.0.path().join("a.py")).unwrap();
    assert_eq!(rules(&audit(&mut cache)), lacks, "in the file that is left");
}

#[test]
fn a_cache_that_is_torn_foreign_or_made_up_is_as_good_as_none() {
    let project = Project::new(&[("a.py", BAD)]);
    let mut cache = Cache::default();
    let fresh = project.audit(&mut cache);
    let good = cache.to_bytes();
    let text = String::from_utf8(good.clone()).unwrap();
    let mut bad: Vec<Vec<u8>> =
        (0..good.len()).step_by(7).map(|end| good[..end].to_vec()).collect();
    bad.push(text.replace(BUILD, "0000000000000000").into_bytes());
    bad.push(text.replace("algorithm-none", "no-such-rule").into_bytes());
    bad.push(text.replace("\"line\"", "\"x\"").into_bytes());
    bad.push(format!("{{\"build\":\"{BUILD}\",\"entries\":{}", "[".repeat(100_000)).into_bytes());
    bad.push(vec![b' '; MAX_BYTES * 2 + 1]);
    for bytes in bad {
        let mut cache = Cache::parse(&bytes);
        assert_eq!(project.audit(&mut cache).findings, fresh.findings);
    }
}

#[test]
fn it_grows_no_further_than_it_may_and_what_was_used_last_stays() {
    let mut cache = Cache::default();
    let outcome = |key: usize| Outcome { key: Some(format!("{key:064}")), ..Outcome::default() };
    let many: Vec<Outcome> = (0..MAX_ENTRIES + 5).map(outcome).collect();
    cache.keep(&many);
    assert_eq!(cache.len(), MAX_ENTRIES);
    cache.keep(&[outcome(MAX_ENTRIES + 99)]);
    assert_eq!(cache.len(), MAX_ENTRIES);
    let cache = Cache::parse(&cache.to_bytes());
    assert_eq!(cache.order[0], format!("{:064}", MAX_ENTRIES + 99));

    let mut large = Cache::default();
    let mut heavy = outcome(1);
    heavy.notes = vec![Note::new("", "x".repeat(MAX_BYTES))];
    large.keep(&[outcome(0), heavy, outcome(2)]);
    assert!(large.to_bytes().len() < MAX_BYTES);
    assert_eq!(Cache::parse(&large.to_bytes()).len(), 1);
}

#[test]
fn a_whole_project_is_the_same_with_a_cache() {
    let project =
        Project::new(&[("a.py", BAD), ("production.env", "JWT_SECRET=orchard-winter-42\n")]);
    let mut cache = Cache::default();
    let fresh = audit_project(&project.paths(), &Options::default());
    assert_eq!(fresh.findings.len(), 2);
    for _ in 0..2 {
        let audit = audit_project_cached(&project.paths(), &Options::default(), &mut cache);
        assert_eq!(audit.findings, fresh.findings);
    }
    assert_eq!(cache.reused(), 1);
}

struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn paths(&self) -> [PathBuf; 1] {
        [self.0.path().to_owned()]
    }

    fn audit(&self, cache: &mut Cache) -> super::super::Audit {
        audit_paths_cached(&self.paths(), &Options::default(), cache)
    }
}
