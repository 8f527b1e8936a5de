use std::time::Duration;

use super::*;
use crate::{Catalog, Language, Options, audit_text};

mod first_page;

const CODE: &str = "import jwt\n\n\ndef read(token):\n    return jwt.decode(\n        token,\n        KEY,\n        algorithms=['none'],\n    )\n";

#[test]
fn json_has_the_members_that_programs_read() {
    let value = serde_json::to_value(json::json(&report(&audit("app.py", CODE)))).unwrap();

    assert_eq!(value["files"], 1);
    assert_eq!(value["skipped"], 0);
    assert_eq!(value["seconds"], 1.5);
    let finding = &value["findings"][0];
    assert_eq!(finding["rule"], "algorithm-none");
    assert_eq!(finding["mistake"], 3);
    assert_eq!(finding["severity"], "medium");
    assert_eq!(finding["confidence"], "high");
    assert_eq!(finding["file"], "app.py");
    assert_eq!((&finding["column"], &finding["end_column"]), (&12.into(), &6.into()));
    assert_eq!((&finding["line"], &finding["end_line"]), (&5.into(), &9.into()));
    assert!(finding["message"].is_string() && finding["fix"].is_string());
}

#[test]
fn text_shows_the_place_the_lines_and_what_to_write_instead() {
    let text = text::text(&report(&audit("app.py", CODE)), false);

    for part in [
        "MEDIUM: the token, not the verifier, chooses the algorithm (mistake 3 of 10)",
        "app.py:5:12",
        "algorithm-none",
        "    5 |     return jwt.decode(",
        "instead: name the one algorithm",
        "1 medium in 1 file",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains('\x1b'));
}

#[test]
fn text_cannot_be_steered_by_the_files_that_it_shows() {
    let code = "import jwt\njwt.decode(t, KEY, algorithms=['none']) # \u{202e}\x1b[2J\n";
    let plain = text::text(&report(&audit("a\x1b[31m.py", code)), false);

    assert!(!plain.contains('\x1b') && !plain.contains('\u{202e}'), "{plain:?}");
}

#[test]
fn sarif_names_each_rule_once_and_points_into_the_list() {
    let catalog = Catalog::built_in().unwrap();
    let log = sarif::sarif(&report(&audit("dir/a b.py", CODE)), &catalog);

    let run = &log["runs"][0];
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "dir/a%20b.py");
    assert_eq!(place["region"]["startLine"], 5);
    assert_eq!(result["level"], "warning");
}

#[test]
fn sarif_warns_of_what_was_not_looked_at_and_only_notes_a_remark() {
    let mut audit = audit("app.py", CODE);
    audit.notes.push(Note::new("c.py", "not UTF-8"));
    audit.notes.push(Note::remark("tokenward-audit.toml", "2 rules are off"));

    let log = sarif::sarif(&report(&audit), &Catalog::built_in().unwrap());

    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let levels = [&told[0]["level"], &told[1]["level"]];
    assert_eq!(levels, ["warning", "note"]);
}

#[test]
fn a_finding_keeps_its_fingerprint_when_lines_are_added_above() {
    let before = audit("app.py", CODE).findings[0].fingerprint.clone();
    let after = audit("app.py", &format!("# a comment\n{CODE}")).findings[0].fingerprint.clone();

    assert_eq!(before, after);
}

#[test]
fn markdown_and_xml_cannot_be_broken_by_names_of_files() {
    let audit = audit("a|b<script>&\"\u{1}.py", CODE);

    let table = markdown::markdown(&report(&audit));
    let place = "| medium | <code>a&#124;b&#60;script&#62;&#38;\" .py</code>:5 |";
    assert!(table.contains(place), "{table}");
    let xml = junit::junit(&report(&audit));
    assert!(xml.contains("classname=\"a|b&lt;script&gt;&amp;&quot; .py\""), "{xml}");
    assert!(xml.contains("tests=\"1\" failures=\"1\""), "{xml}");
}

#[test]
fn no_name_makes_a_link_a_mention_or_code_in_markdown() {
    let name = "`@a` *b* _c_ ~d~ [e](f) #1 x@y.z www.g.h https://i \\|\n| j\u{202e}\u{200b}.py";
    let mut audit = audit(name, CODE);
    audit.findings[0].message = format!("`x` and {name}");

    let table = markdown::markdown(&report(&audit));

    let row = table.lines().find(|line| line.starts_with("| medium")).unwrap();
    assert!(row.ends_with('|') && row.matches('|').count() == 5, "{row}");
    for bad in
        ["`", "@", "*", "_", "~", "[", "]", "(f", "\\", "www.", "://", "\u{202e}", "\u{200b}"]
    {
        assert!(!row.contains(bad), "{bad:?}: {row}");
    }
    assert!(row.contains("<code>x</code> and") && row.contains("x&#64;&#8203;y"), "{row}");
}

#[test]
fn no_report_shows_what_is_not_seen() {
    let hidden = ["\u{61c}", "\u{200b}", "\u{200e}", "\u{200f}", "\u{202e}", "\u{85}", "\u{feff}"];
    let name = format!("a{}.py", hidden.concat());
    let code =
        format!("import jwt\njwt.decode(t, KEY, algorithms=['none']) # {}\n", hidden.concat());
    let audit = audit(&name, &code);
    let catalog = Catalog::built_in().unwrap();

    for told in [
        text::text(&report(&audit), true),
        html::html(&report(&audit), &catalog),
        junit::junit(&report(&audit)),
        markdown::markdown(&report(&audit)),
    ] {
        for bad in hidden {
            assert!(!told.contains(bad), "{bad:?}: {told}");
        }
    }
    assert_eq!(shown("a\u{61c}\t\u{e0041}é"), r"a\u{61c}\u{9}\u{e0041}é");
}

#[test]
fn an_audit_without_findings_is_a_test_that_passed() {
    let xml = junit::junit(&report(&audit("app.py", "import jwt\n")));

    assert!(xml.contains("tests=\"1\" failures=\"0\"") && !xml.contains("<failure"), "{xml}");
}

#[test]
fn a_change_that_mends_stands_in_json_and_sarif_where_it_belongs() {
    let catalog = Catalog::built_in().unwrap();
    let code = "import jwt\n\né = jwt.decode(t, KEY, algorithms=['RS256', 'none'])\n";
    let audit = audit("app.py", code);

    let told = serde_json::to_value(json::json(&report(&audit))).unwrap();
    assert_eq!(
        told["findings"][0]["edits"],
        serde_json::json!([{ "line": 3, "column": 43, "end_line": 3, "end_column": 51, "text": "" }])
    );
    let log = sarif::sarif(&report(&audit), &catalog);
    let change = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "app.py");
    let region = &change["replacements"][0]["deletedRegion"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&43.into(), &51.into()));
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "");
}

#[test]
fn sarif_is_what_the_schema_of_its_standard_allows() {
    let catalog = Catalog::built_in().unwrap();
    let mut whole = audit("dir/a b|é.py", CODE);
    whole.findings.extend(audit("b.py", "r.set_cookie('jwt', token)\n").findings);
    whole.findings.extend(
        crate::audit_jwks("k: `1`", br#"{"keys":[]}"#, &crate::JwksSource::default()).unwrap(),
    );
    whole.notes.push(Note::new("c.py", "not UTF-8"));
    let log = sarif::sarif(&report(&whole), &catalog);
    assert!(log["runs"][0]["results"].as_array().unwrap().len() >= 4);
    assert_eq!(faults(&log), "");

    // The schema is looked at, and bites.
    let mut wrong = log.clone();
    wrong["runs"][0]["results"][0]["level"] = "critical".into();
    assert_ne!(faults(&wrong), "");
    let mut wrong = log;
    wrong["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] =
        0.into();
    assert_ne!(faults(&wrong), "");
}

#[test]
fn the_problem_matcher_of_the_page_reads_what_is_printed() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/audit.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("```json\n").find(|block| block.contains("problemMatcher")).unwrap();
    let task: serde_json::Value = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
    let pattern = &task["tasks"][0]["problemMatcher"]["pattern"];
    let read = |at: usize| regex::Regex::new(pattern[at]["regexp"].as_str().unwrap()).unwrap();
    let (place, message) = (read(0), read(1));

    let text = text::text(&report(&audit("dir/a b.py", CODE)), false);
    let mut lines = text.lines().skip_while(|line| !place.is_match(line));
    let found = place.captures(lines.next().unwrap()).unwrap();
    assert_eq!(
        (&found[1], &found[2], &found[3], &found[4]),
        ("dir/a b.py", "5", "12", "algorithm-none")
    );
    let told = message.captures(lines.next().unwrap()).unwrap()[1].to_owned();
    assert!(told.starts_with("`none` is among the algorithms"), "{told}");
    assert!(!lines.any(|line| place.is_match(line)));
}

/// What the schema of SARIF 2.1.0 says against a log.
fn faults(log: &serde_json::Value) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/sarif/sarif-schema-2.1.0.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("https://schema.example/sarif", schema).unwrap();
    let index = compiler.compile("https://schema.example/sarif", &mut schemas).unwrap();
    schemas.validate(log, index).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_patch_holds_what_goes_and_what_comes_and_steers_no_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let code = "a = 1\nb = 2\nc = 3\nd = 4\nr.set_cookie('jwt', token, secure=True)  # \x1b[2J\n";
    std::fs::write(dir.path().join("app.py"), code).unwrap();
    let patch = patch::patch(&crate::fix_paths(&[dir.path().to_owned()], &Options::default()));

    let place = dir.path().join("app.py").display().to_string();
    let start = format!("--- a{place}\n+++ b{place}\n@@ -2,4 +2,4 @@\n b = 2\n");
    assert!(patch.starts_with(&start), "{patch}");
    assert!(
        patch.contains("\n+r.set_cookie('jwt', token, secure=True, httponly=True)  # \x1b[2J\n")
    );
    let shown = patch::shown(&patch, false);
    assert!(!shown.contains('\x1b') && shown.lines().count() == patch.lines().count(), "{shown}");
    assert!(patch::shown(&patch, true).contains("\x1b[32m+r.set_cookie"));
}

#[test]
fn a_file_whose_lines_end_otherwise_than_git_thinks_has_a_patch_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let code = "a = 1\rr.set_cookie('jwt', token, secure=True)\r";
    std::fs::write(dir.path().join("cr.py"), code).unwrap();

    let patch = patch::patch(&crate::fix_paths(&[dir.path().to_owned()], &Options::default()));

    let (_, hunk) = patch.split_once("@@ -1 +1 @@\n").unwrap();
    let mended = code.replace("True)", "True, httponly=True)");
    let none = "\\ No newline at end of file\n";
    assert_eq!(hunk, format!("-{code}\n{none}+{mended}\n{none}"));
}

#[test]
fn a_name_with_a_line_end_stays_in_the_head_of_its_patch() {
    let dir = tempfile::tempdir().unwrap();
    let name = "x\n+++ b\t\"\\\u{85}y.py";
    std::fs::write(dir.path().join(name), "r.set_cookie('jwt', token, secure=True)\n").unwrap();

    let patch = patch::patch(&crate::fix_paths(&[dir.path().to_owned()], &Options::default()));

    let place = dir.path().display();
    let quoted = r#"x\n+++ b\t\"\\\302\205y.py"#;
    let head = format!("--- \"a{place}/{quoted}\"\n+++ \"b{place}/{quoted}\"\n@@ -1 +1 @@\n");
    assert!(patch.starts_with(&head), "{patch}");
}

#[test]
fn a_report_on_a_running_service_counts_requests_and_says_what_was_left_out() {
    let url = "https://api.example/me";
    let finding =
        crate::Finding::about(url, ("live-no-hsts", 9), Severity::Low, "no header", "send it");
    let audit = Audit {
        findings: vec![finding],
        requests: 225,
        notes: vec![Note::new("logout", "needs --logout-url")],
        ..Audit::default()
    };

    let value = serde_json::to_value(json::json(&report(&audit))).unwrap();
    assert_eq!(value["requests"], 225);
    assert_eq!(value["notes"][0]["why"], "needs --logout-url");
    assert!(text::text(&report(&audit), false).contains("1 low in 225 requests"));
    assert!(markdown::markdown(&report(&audit)).contains("1 in 225 requests\n"));
    let place = "| low | <code>https<!-- -->&#58;//api.example/me</code> |";
    assert!(markdown::markdown(&report(&audit)).contains(place));
    let log = sarif::sarif(&report(&audit), &Catalog::built_in().unwrap());
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], url);
}

fn audit(name: &str, code: &str) -> Audit {
    let findings = audit_text(name, code, Language::Python, &Options::default());
    Audit { findings, files: 1, ..Audit::default() }
}

fn report(audit: &Audit) -> Report<'_> {
    static PART: Subject = Subject {
        name: String::new(),
        date: String::new(),
        root: None,
        is_whole: false,
        mended_by: None,
    };
    Report { audit, took: Duration::from_millis(1_500), of: &PART }
}
