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

#[test]
fn no_line_of_code_shows_a_secret_whatever_rule_found_it() {
    for (name, code) in lines_with_secrets() {
        let options = Options { include_uncertain: true, ..Options::default() };
        let language = Language::of(std::path::Path::new(name)).unwrap();
        let findings = audit_text(name, &code, language, &options);
        assert!(!findings.is_empty(), "{code}");
        let shown = frames(&findings)
            + &format!(
                "{:?}",
                findings.iter().map(|one| (&one.message, &one.fix)).collect::<Vec<_>>()
            );
        for secret in ["winter", "eyJzdWIi", "beef0123", "2ludGVy", "HVudGVy"] {
            assert!(!shown.contains(secret), "{code}{shown}");
        }
    }
}

#[test]
fn no_line_of_settings_shows_a_secret_whatever_rule_found_it() {
    for (name, text) in [
        (
            "appsettings.json",
            r#"{"DetailedErrors": true, "ConnectionStrings":{"x":"Server=db;User Id=sa;Password=a-winter-1111"}}"#,
        ),
        (
            "compose.yml",
            r#"environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0", DB_PASSWORD: "a-winter-4444" }"#,
        ),
        (
            "a.yml",
            r#"keycloak: {auth-server-url: "http://admin:a-winter-1@auth.example", ssl-required: none, credentials: {secret: b-winter-2}}"#,
        ),
        (
            "task.json",
            r#"{"environment": [{"name": "NODE_TLS_REJECT_UNAUTHORIZED", "value": "0"}, {"name": "DB_PASSWORD", "value": "a-winter-3"}, {"value": "b-winter-4", "name": "API_SECRET"}]}"#,
        ),
        (
            "f.conf",
            r#"log_format main '$http_authorization'; proxy_set_header Authorization "Basic a-winter-9";"#,
        ),
        ("b.config", r#"<add key="Jwt:Secret" value="a-winter-5"/><!-- b-winter-6 -->"#),
        (
            "c.json",
            r#"{"DetailedErrors": true, "x": "{\"password\": \"a-winter-7\"}", "k": "mhB9Xz1QwE4rT7yUiO0pAsD3fG6hJkL2zX5cV8bN"}"#,
        ),
        (
            "d.properties",
            "server.error.include-stacktrace=always\nspring.datasource.password=a-winter-8",
        ),
    ] {
        let findings = crate::audit_settings(name, text, &Options::default());
        assert!(!findings.is_empty(), "{text}");
        let shown = frames(&findings);
        for secret in ["winter", "Xz1QwE4"] {
            assert!(!shown.contains(secret), "{text}\n{shown}");
        }
    }
}

#[test]
fn names_and_what_is_no_secret_stay_readable() {
    let js = "const jwt = require('jsonwebtoken');\n";
    for line in [
        "jwt.verify(req.headers['x-access-token'], process.env['JWT_SECRET'], { algorithms: ['none'] });",
        "jwt.sign({ sub: 1, role: 'admin' }, key, { algorithm: 'HS256', issuer: 'the-shop' });",
        "localStorage.setItem('access_token', req.get('Authorization').split(' ')[1]);",
        "const tokenType = 'access', tokenUrl = 'https://auth.example:8443/token'; localStorage.setItem('jwt', t);",
        "localStorage.setItem('jwt', ok ? tokens.first : tokens.second);",
    ] {
        let options = Options { include_uncertain: true, ..Options::default() };
        let findings = audit_text("a.js", &format!("{js}{line}\n"), Language::JavaScript, &options);
        assert!(!findings.is_empty(), "{line}");
        assert_eq!(findings[0].frame.as_ref().unwrap().lines[0], line);
    }
}

#[test]
fn whatever_stands_in_a_line_its_secrets_are_parts_of_it() {
    let pieces = [
        "password",
        "é",
        "=",
        ":",
        "\"",
        "'",
        "`",
        "(",
        ")",
        "[",
        "{",
        "}",
        ",",
        "\\",
        " ",
        "\n",
        "?",
        "eyJ.a.b",
        "<",
        ">",
        "value",
        "name",
        "://a:b@",
        "-----BEGIN PRIVATE KEY-----",
        "sign",
        "# ",
        "// ",
        "Bearer ",
    ];
    let mut state = 7_usize;
    for _ in 0..2_000 {
        let mut text = String::new();
        for _ in 0..40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(pieces[state.rotate_left(17) % pieces.len()]);
        }
        for is_code in [true, false] {
            let found = anywhere(&text, 0..text.len(), is_code);
            assert!(
                found.into_iter().chain(keys(&text)).all(|range| text.get(range).is_some()),
                "{text}"
            );
        }
    }
}

/// Code with secrets in the lines of findings of other rules.
fn lines_with_secrets() -> Vec<(&'static str, String)> {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";
    let js = "const jwt = require('jsonwebtoken');\n";
    let py = "import jwt\nimport requests\n";
    let go = "package a\n\nimport \"github.com/golang-jwt/jwt/v5\"\n\n";
    vec![
        ("a.js", format!("localStorage.setItem('access_token', '{token}');\n")),
        (
            "a.js",
            "localStorage.setItem('access_token', 'opaque-winter-42'); // password: hunter-winter\n".to_owned(),
        ),
        (
            "b.py",
            format!("{py}jwt.encode({{\"sub\": u, \"password\": \"fifth-winter-3333\"}}, KEY)\n"),
        ),
        (
            "c.py",
            format!(
                "{py}requests.post(url, headers={{'Authorization': 'Basic aHVudGVyLXdpbnRlcg=='}}, data={{\"client_secret\": \"a-winter-9\", 'jwt': t}}, verify=False)\n"
            ),
        ),
        ("d.js", format!("{js}jwt.sign({{sub: 1}}, cond ? 'a-winter-8' : 'b-winter-9');\n")),
        ("e.py", format!("{py}jwt.encode({{'sub': u}}, \"tenth-\" + \"winter-8888\")\n")),
        (
            "f.py",
            format!(
                "{py}jwt.encode({{'sub': u}}, bytes.fromhex(\"deadbeef{}\"))\n",
                "01234567".repeat(8)
            ),
        ),
        (
            "g.js",
            format!(
                "{js}jwt.sign({{sub: 1}}, crypto.createHash('sha256').update('a-winter-12').digest());\n"
            ),
        ),
        ("h.js", format!("{js}jwt.sign({{sub: 1}}, secret(\"a-winter-0004\"));\n")),
        ("i.js", format!("{js}jwt.sign({{sub: 1}}, process.env.JWT_SECRET || 'the-winter');\n")),
        (
            "j.js",
            format!(
                "{js}const db = 'Server=db;Password=a-winter-1;User=sa', url = 'amqp://a:b-winter-2@mq/', t = jwt.sign({{sub: 1}}, k);\n"
            ),
        ),
        (
            "k.js",
            format!(
                "{js}jwt.sign({{sub: 1}}, `-----BEGIN EC PRIVATE KEY-----\nwinter0/1/2/3\nwinter4/5/6/7\n-----END EC PRIVATE KEY-----`);\n"
            ),
        ),
        (
            "l.go",
            format!(
                "{go}func f() {{\n\tvar dbPassword string = \"a-winter-5\"; jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{{\"sub\": 1}}).SignedString([]byte(\"b-winter-6\"))\n}}\n"
            ),
        ),
        ("m.rb", "require 'jwt'\nJWT.encode({ sub: 1 }, ENV['KEY'] || 'a-winter-7')\n".to_owned()),
        ("m.rb", "require 'jwt'\nJWT.encode payload, 'a-winter-7', 'HS256'\n".to_owned()),
        (
            "n.js",
            format!(
                "{js}jwt.sign({{sub: 1}}, Buffer.from('d2ludGVyU2VjcmV0S2V5T2ZPdXJzMTIzNDU2Nzg5MA', 'base64'));\n"
            ),
        ),
    ]
}

fn frames(findings: &[Finding]) -> String {
    let lines = findings.iter().filter_map(|one| one.frame.as_ref()).flat_map(|one| &one.lines);
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}
