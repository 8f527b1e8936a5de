use super::*;

/// All that a report on a whole project knows.
fn project() -> Subject {
    Subject {
        name: "orchard".to_owned(),
        date: "2026-11-26".to_owned(),
        root: Some("/repository".into()),
        is_whole: true,
        mended_by: Some("tokenward audit --fix".to_owned()),
    }
}

#[test]
fn the_first_page_says_how_many_of_the_ten_were_found_and_how_often() {
    let call = "jwt.decode(t, KEY, algorithms=['none'])\n";
    let mut whole = audit("app.py", &format!("import jwt\n{call}{call}"));
    whole.unseen.push(crate::Mistake::new(5).unwrap());
    let of = project();
    let report = Report { of: &of, ..report(&whole) };

    let page = text::text(&report, false);
    assert!(page.starts_with("1 of the 10 mistakes found; 1 could not be seen\n"), "{page}");
    assert!(page.contains("\n   3  2 medium  the token, not"), "{page}");
    assert!(page.contains("\n   4  -         tokens that live"), "{page}");
    assert!(page.contains("\n   5  unseen    tokens that cannot"), "{page}");
    let html = html::html(&report, &Catalog::built_in().unwrap());
    assert!(html.contains("<h1>1 of the 10 mistakes found; 1 could not be seen</h1>"), "{html}");
    assert!(html.contains("<b>orchard</b>, 2026-11-26: 2 found in 1 file"), "{html}");
    assert!(html.contains("2 medium") && html.contains("<code>"), "{html}");
    assert!(markdown::markdown(&report).contains("1 of the 10 mistakes found; 1 could"));
    let json = serde_json::to_value(json::json(&report)).unwrap();
    assert_eq!(json["grades"][2]["counts"]["medium"], 2);
    assert_eq!(
        (&json["grades"][2]["state"], &json["grades"][4]["state"]),
        (&"found".into(), &"unseen".into())
    );

    let nothing = Audit { files: 3, ..Audit::default() };
    let page = text::text(&Report { audit: &nothing, ..report }, false);
    assert!(page.starts_with("none of the 10 mistakes found\n"), "{page}");
}

#[test]
fn what_was_left_out_of_a_mistake_stands_in_its_place_and_is_not_called_none() {
    let cookie = "response.set_cookie('jwt', token)\n";
    let mut whole = audit("app.py", &format!("import jwt\n{cookie}"));
    let baseline = crate::Baseline::of(&whole);
    whole.findings.extend(audit("new.py", "r.set_cookie('jwt', token, httponly=True)\n").findings);
    let mistake = |number| crate::Mistake::new(number).unwrap();
    whole.left_out.entry(mistake(2)).or_default().uncertain = 2;
    whole.left_out.entry(mistake(7)).or_default().in_tests = 1;
    whole.left_out.entry(mistake(7)).or_default().allowed = 1;
    assert_eq!(baseline.subtract(&mut whole), 2);
    let of = project();
    let page = text::text(&Report { of: &of, ..report(&whole) }, false);
    assert!(page.starts_with("1 of the 10 mistakes found; 2 known to the baseline\n"), "{page}");

    whole.findings.clear();
    let report = Report { of: &of, ..report(&whole) };
    let page = text::text(&report, false);
    assert!(page.starts_with("nothing new; 2 known to the baseline\n"), "{page}");
    for line in [
        "   1  1 known  ",
        "   2  2 uncertain  ",
        "   7  1 in tests, 1 allowed  ",
        "   9  1 known  ",
    ] {
        assert!(page.lines().any(|one| one.starts_with(line.trim_end())), "{line}: {page}");
    }
    assert!(
        page.contains("\nnothing new in 1 file; 2 known to the baseline; 1 in tests"),
        "{page}"
    );
    let html = html::html(&report, &Catalog::built_in().unwrap());
    assert!(html.contains("<h1>nothing new; 2 known to the baseline</h1>"), "{html}");
    assert!(html.contains("<td>2 uncertain</td>"), "{html}");
    let comment = markdown::markdown(&report);
    for part in ["nothing new in 1 file.", "2 known to the baseline; 1 in tests", "| 2 uncertain |"]
    {
        assert!(comment.contains(part), "{part}: {comment}");
    }
    let xml = junit::junit(&report);
    assert!(xml.contains("name=\"nothing new\"") && xml.contains("2 known to the"), "{xml}");
    let json = serde_json::to_value(json::json(&report)).unwrap();
    assert_eq!(json["grades"][1]["left_out"], serde_json::json!({ "uncertain": 2 }));
    assert_eq!((&json["grades"][0]["state"], &json["known"]), (&"none".into(), &2.into()));
    let log = sarif::sarif(&report, &Catalog::built_in().unwrap()).to_string();
    assert!(log.contains("2 known to the baseline"), "{log}");
}

#[test]
fn every_report_says_how_much_can_be_mended_and_by_which_command() {
    let whole = audit("app.py", "r.set_cookie('jwt', token, secure=True)\n");
    let of = project();
    let report = Report { of: &of, ..report(&whole) };
    let told = "1 can be mended without a decision: ";

    let page = text::text(&report, false);
    assert!(page.contains(&format!("{told}tokenward audit --fix\n")), "{page}");
    let html = html::html(&report, &Catalog::built_in().unwrap());
    assert!(html.contains(&format!("{told}<code>tokenward audit --fix</code>")), "{html}");
    let comment = markdown::markdown(&report);
    assert!(comment.contains(&format!("{told}<code>tokenward audit --fix</code>")), "{comment}");

    let nothing = audit("app.py", CODE);
    let page = text::text(&Report { audit: &nothing, ..report }, false);
    assert!(!page.contains("can be mended"), "{page}");
}

#[test]
fn every_report_names_what_was_skipped_and_tells_it_from_remarks() {
    let mut whole = audit("app.py", CODE);
    whole.notes.push(Note::new("b_b.py", "not UTF-8"));
    whole.notes.push(Note::remark("c.py", "line 1: `tokenward: allow` needs a reason"));
    let report = report(&whole);

    let page = text::text(&report, false);
    assert!(page.contains("skipped: b_b.py: not UTF-8\nnote: c.py: line 1"), "{page}");
    let comment = markdown::markdown(&report);
    let told =
        "skipped:\n\n- <code>b&#95;b.py</code>: not UTF-8\n\nnotes:\n\n- <code>c.py</code>: ";
    assert!(comment.contains(told), "{comment}");
    let html = html::html(&report, &Catalog::built_in().unwrap());
    assert!(html.contains("<h2>Skipped</h2>") && html.contains("<h2>Notes</h2>"), "{html}");
    let xml = junit::junit(&report);
    assert!(xml.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{xml}");
    assert!(xml.contains("<skipped message=\"not UTF-8\"/>"), "{xml}");
    assert!(xml.contains("<system-out>c.py: line 1"), "{xml}");
    let json = serde_json::to_value(json::json(&report)).unwrap();
    assert_eq!((&json["skipped"], &json["notes"][1]["remark"]), (&1.into(), &true.into()));
}

#[test]
fn what_repeats_is_explained_once_and_a_long_report_ends_with_the_ten() {
    let many = audit(
        "app.py",
        &format!("import jwt\n{}", "jwt.decode(t, KEY, algorithms=['none'])\n".repeat(60)),
    );
    let of = project();
    let page = text::text(&Report { of: &of, ..report(&many) }, false);

    let times = |part: &str| page.matches(part).count();
    assert_eq!(times("  medium  algorithm-none"), 60, "{page}");
    assert_eq!(times("`none` is among the algorithms"), 1, "{page}");
    assert_eq!(times("instead: "), 1);
    assert_eq!(times("(mistake 3 of 10)"), 1);
    assert_eq!(times("1 of the 10 mistakes found"), 2);
    assert_eq!(times("about a rule: tokenward audit rules algorithm-none"), 1);
    let few = audit("app.py", CODE);
    let page = text::text(&Report { of: &of, ..report(&few) }, false);
    assert_eq!(page.matches("1 of the 10 mistakes found").count(), 1);
}

#[test]
fn a_mark_stands_below_what_was_found() {
    let text = text::text(
        &report(&audit("app.py", "import jwt\n\tx = jwt.decode(t, KEY, algorithms=['none'])\n")),
        false,
    );
    let mut lines = text.lines().skip_while(|line| !line.contains("x = jwt"));
    let (line, mark) = (lines.next().unwrap(), lines.next().unwrap());
    let at = line.find("jwt.decode").unwrap();
    assert_eq!(mark.find('^'), Some(at), "{text}");
    assert_eq!(mark.matches('^').count(), "jwt.decode(t, KEY, algorithms=['none'])".len());
}

#[test]
fn places_in_sarif_are_told_from_the_root_and_rules_have_an_address() {
    let of = project();
    let catalog = Catalog::built_in().unwrap();
    for (file, uri) in
        [("/repository/a/../b c.py", "b%20c.py"), ("/elsewhere/app.py", "file:///elsewhere/app.py")]
    {
        let found = audit(file, CODE);
        let log = sarif::sarif(&Report { of: &of, ..report(&found) }, &catalog);
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], uri);
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
        assert!(rule["helpUri"].as_str().unwrap().starts_with("https://cwe.mitre.org/"));
        let help = rule["help"]["markdown"].as_str().unwrap();
        let why = rule["fullDescription"]["text"].as_str().unwrap();
        assert!(help.starts_with("Mistake 1 of 10: ") && help.contains(why), "{help}");
        assert!(help.contains("**Instead:**") && help.contains("**It does not report:**"));
        assert_eq!(faults(&log), "");
    }
}

#[test]
fn sarif_has_the_text_of_each_rule_that_found_something_whatever_was_looked_at() {
    let catalog = Catalog::built_in().unwrap();
    let findings = crate::audit_token("eyJhbGciOiJub25lIn0.e30.", 0).unwrap().findings;
    let token = Audit { findings, files: 1, ..Audit::default() };

    let log = sarif::sarif(&report(&token), &catalog);

    let run = &log["runs"][0];
    let rules = &run["tool"]["driver"]["rules"];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert!(rules.to_string().contains("**Source:** RFC 8725"), "{rules}");
    assert!(!rules.to_string().contains("live-"), "none of them found anything");
    assert_eq!(faults(&log), "");
}

#[test]
fn a_rule_is_explained_without_the_web() {
    let catalog = Catalog::built_in().unwrap();
    let page = rule::page(catalog.get("algorithm-none").unwrap());
    for part in [
        "mistake 3 of 10",
        "Why it matters",
        "Instead",
        "What it does not report",
        "allow(algorithm-none)",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 90), "{page}");
    let list = rule::list(&catalog);
    let listed = |rule: &crate::RuleText| list.contains(&format!("  {}  ", rule.id));
    assert!(catalog.rules().iter().all(listed), "{list}");
    let page = rule::page(catalog.get("token-known-secret").unwrap());
    for part in ["severity critical", "Source\n  RFC 8725", "Found by: tokenward audit token"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("allow("), "{page}");
}
