use std::fs;

use super::*;
use crate::{Finding, Language, Options, audit_project, audit_text};

const SECRET: &str = "orchard-winter-42-and-a-little-more";
const D: &str = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";

#[test]
fn a_secret_in_the_code_is_shown_by_its_first_characters_whatever_is_found_beside_it() {
    for code in [
        format!("import jwt\njwt.encode({{'sub': u}}, '{SECRET}', algorithm='HS256')\n"),
        format!(
            "import jwt\nJWT_SECRET_KEY = \"{SECRET}\"\njwt.encode({{'sub': u}}, JWT_SECRET_KEY)\n"
        ),
        format!("import jwt\njwt.decode(t, b'{SECRET}', algorithms=['none', 'HS256'])\n"),
    ] {
        let findings = audit_text("app.py", &code, Language::Python, &Options::default());
        assert!(findings.iter().any(|one| one.rule == "hardcoded-secret"), "{code}");
        let shown = frames(&findings);
        assert!(shown.contains("orch…") && !shown.contains("winter"), "{shown}");
    }
}

#[test]
fn secrets_keys_and_tokens_of_settings_are_shown_by_their_first_characters() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";
    for (name, text) in [
        ("a.env", format!("JWT_SECRET={SECRET}\n")),
        ("b.env", format!("export JWT_SECRET=\"{SECRET}\" # a note\n")),
        ("c.yml", format!("jwt:\n  secret: {SECRET}\n")),
        ("d.json", format!("{{\n  \"JwtSecretKey\": \"{SECRET}\",\n}}\n")),
        ("e.properties", format!("app.jwt.secret = {SECRET}\n")),
        ("f.json", format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"{D}\"}}\n")),
        ("f1.json", format!("{{\"kty\":\"OKP\",\"d\":\"{D}\",\"kid\":\"no line ends here\"}}")),
        ("g.http", format!("Authorization: Bearer {token}\n")),
        ("h.sh", format!("  TOKEN={token}\n")),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), &text).unwrap();
        let findings = audit_project(&[dir.path().to_owned()], &Options::default()).findings;
        let shown = frames(&findings);
        assert!(!findings.is_empty(), "{name}");
        for secret in ["winter", "HtUnUvYMyJpr", "eyJzdWIi"] {
            assert!(!shown.contains(secret), "{name}: {shown}");
        }
        assert!(shown.contains('…'), "{name}: {shown}");
    }
}

#[test]
fn a_secret_is_shown_by_its_first_characters_wherever_it_stands_in_its_line() {
    for (name, text) in [
        (
            "docker-compose.yml",
            format!("services:\n  a:\n    environment:\n      - \"JWT_SECRET={SECRET}\"\n"),
        ),
        (
            "docker-compose.yml",
            format!("services:\n  a:\n    environment:\n      - 'JWT_SECRET={SECRET}'\n"),
        ),
        ("a.json", format!("{{\"name\":\"svc\",\"jwtSecret\":\"{SECRET}\"}}\n")),
        ("b.json", format!("{{\"a\": {{\"b\": \"c\"}}, \"jwtSecret\": \"{SECRET}\"}}\n")),
        ("c.xml", format!("<entry key=\"JWT_SECRET\">{SECRET}</entry>\n")),
        ("d.config", format!("<add key=\"JwtKey\" value=\"{SECRET}\"/>\n")),
        ("e.config", format!("<add value=\"{SECRET}\" key=\"JwtSecret\"/>\n")),
        ("f.sh", format!("docker run -e FOO=\"a b\" -e JWT_SECRET={SECRET} img\n")),
        ("Dockerfile", "FROM x\nENV JWT_SECRET orchard:with:winter:42\n".to_owned()),
        ("g.yaml", format!("x: {{a: \"b\", jwtSecret: {SECRET}}}\n")),
        ("h.yaml", format!("env: [{{name: JWT_SECRET, value: {SECRET}}}]\n")),
        ("i.yaml", format!("jwt:\n  secret: >-\n    {SECRET}\n")),
        ("j.yaml", format!("\"JWT_SECRET\" : \"{SECRET}\" \n")),
        ("l.env", format!("JWT_SECRET=${{JWT_SECRET:-{SECRET}}}\n")),
    ] {
        let findings = crate::audit_settings(name, &text, &Options::default());
        let shown = frames(&findings);
        assert!(shown.contains('…') && !shown.contains("winter"), "{name}: {shown}");
        assert!(findings.iter().all(|one| !one.message.contains("winter")), "{name}: {findings:?}");
    }
}

#[test]
fn values_of_a_line_are_told_from_names_and_are_not_too_many() {
    let told = |line: &'static str| -> Vec<&str> {
        values::values(line).into_iter().map(|range| line.get(range).unwrap()).collect()
    };
    assert_eq!(told(r#"docker run -e FOO="a b" -e JWT_SECRET=real img"#), ["a b", "real"]);
    assert_eq!(told(r#"{"name":"svc","jwtSecret":"re\"al"}"#), ["svc", r#"re\"al"#]);
    assert_eq!(told(r#"<entry key="JWT_SECRET">real one</entry>"#), ["real one"]);
    assert_eq!(told(r#"- "JWT_SECRET=real""#), ["real"]);
    assert_eq!(told("ENV JWT_SECRET real:with:colon"), ["real:with:colon"]);
    assert_eq!(told("ENV JWT_SECRET=real:with:colon"), ["real:with:colon"]);
    assert_eq!(told("jwt_secret real"), ["real"]);
    assert_eq!(told("x: {a: 'b', c: two wo)rds, d: e}"), ["b", "two wo)rds", "e"]);
    assert_eq!(told(r#""JWT_SECRET": two, wo}rds"#), ["two, wo}rds"]);
    assert_eq!(told(r#"run -e A="b" -e C=on,e) img"#), ["b", "on,e)"]);
    assert_eq!(told("a: real one,"), ["real one"]);
    assert_eq!(told("nothing-to-tell"), ["nothing-to-tell"]);
    assert_eq!(told(r#"a: "no end"#), ["no end"]);
    let many = "a=\"b\" ".repeat(100);
    let ranges = values::values(&many);
    assert_eq!((ranges.len(), ranges.last().unwrap().end), (16, many.len() - 2));
}

#[test]
fn what_a_token_is_set_to_is_marked_and_its_name_is_shown() {
    let text = "  TOKEN=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RU\n";
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("h.sh"), text).unwrap();
    let findings = audit_project(&[dir.path().to_owned()], &Options::default()).findings;

    let frame = findings[0].frame.as_ref().unwrap();
    assert_eq!((frame.lines[0].as_str(), frame.mark.clone()), ("  TOKEN=eyJh…", 2..13));
}

#[test]
fn of_a_short_secret_no_more_than_half_is_shown() {
    assert_eq!(masked("abc"), "ab…");
    assert_eq!(masked("é"), "é…");
    assert_eq!(masked("changeme"), "chan…");
    assert_eq!(masked(""), "…");
}

#[test]
fn a_long_line_is_cut_around_what_was_found() {
    let code = format!(
        "import jwt\nx = [{}jwt.decode(t, KEY, algorithms=['none']), {}]\n",
        "'some text', ".repeat(30),
        "'more text', ".repeat(30)
    );
    let finding = &audit_text("app.py", &code, Language::Python, &Options::default())[0];

    let frame = finding.frame.as_ref().unwrap();
    let line: Vec<char> = frame.lines[0].chars().collect();
    assert!(line.len() <= 162 && line.first() == Some(&'…') && line.last() == Some(&'…'));
    let marked: String = line[frame.mark.clone()].iter().collect();
    assert_eq!(marked, "jwt.decode(t, KEY, algorithms=['none'])");
}

fn frames(findings: &[Finding]) -> String {
    let lines = findings.iter().filter_map(|one| one.frame.as_ref()).flat_map(|one| &one.lines);
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}
