use std::fs;

use crate::{Finding, Options, audit_project, audit_settings};

const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";
/// `{"role":"anon"}`
const PUBLIC: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";

#[test]
fn a_setting_is_told_where_it_begins_and_not_at_the_edge_of_its_line() {
    for (name, text, column) in [
        (
            "compose.yaml",
            "services:\n  api:\n    environment:\n      JWT_SECRET: orchard-winter-42\n",
            7,
        ),
        (".env", "JWT_SECRET=orchard-winter-42\n", 1),
        ("nginx.conf", "http {\n\tlog_format main '$http_authorization';\n}\n", 2),
    ] {
        let found = audit_settings(name, text, &Options::default());
        assert_eq!(found[0].column, column, "{name}: {found:?}");
        assert_eq!(found[0].frame.as_ref().unwrap().mark.start, column - 1, "{name}");
    }
}

#[test]
fn what_is_sealed_is_so_by_itself_and_not_by_what_stands_beside_it() {
    let sealed = "kind: SealedSecret\nspec:\n  encryptedData:\n    JWT_SECRET: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq\n";
    let plain = "kind: ConfigMap\ndata:\n  JWT_SECRET: hunter2-orchard-winter-99\n";
    for (name, text, count) in [
        ("a.yml", sealed.to_owned(), 0),
        ("a.yml", format!("{sealed}---\n{plain}"), 1),
        ("a.yml", format!("{plain}--- # next\n{sealed}"), 1),
        ("a.yml", plain.replace("ConfigMap", "SealedSecret"), 1),
        (".env", "X=ENC[AES256_GCM\nJWT_SECRET=hunter2-orchard-winter-99\n".to_owned(), 1),
        (".env", "JWT_SECRET=ENC[AES256_GCM,data:p673w==,iv:YY=,tag:A==,type:str]\n".to_owned(), 0),
        ("a.json", "{\"jwtSecret\": \"ENC[AES256_GCM,data:p673w==,type:str]\"}".to_owned(), 0),
    ] {
        assert_eq!(rules(name, &text), vec!["secret-in-config"; count], "{name}: {text}");
    }
}

#[test]
fn what_a_server_loads_is_no_example_because_it_is_called_default() {
    let settings = "jwt:\n  secret: orchard-winter-42\n";
    for (name, count) in [
        ("default.yml", 1),
        ("config/default.yml", 1),
        ("dist-server.yml", 1),
        ("test-results-api.yml", 1),
        ("default.example.yml", 0),
        ("app.yml.dist", 0),
        ("app.dist.yml", 0),
        ("settings.test.yml", 0),
        (".env.test", 0),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = if name == ".env.test" { "JWT_SECRET=orchard-winter-42\n" } else { settings };
        fs::write(path, text).unwrap();
        let audit = audit_project(&[dir.path().to_owned()], &Options::default());
        assert_eq!(audit.findings.len(), count, "{name}");
    }
    let nginx = "log_format main '$remote_addr $http_authorization';\n";
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("default.conf"), nginx).unwrap();
    assert_eq!(audit_project(&[dir.path().to_owned()], &Options::default()).findings.len(), 1);
}

#[test]
fn a_token_is_found_behind_whatever_looks_like_one() {
    for line in [
        format!("{{\"anon\":\"{PUBLIC}\",\"service_role\":\"{TOKEN}\"}}"),
        format!("{{\"h\":\"eyJhbGciOiJIUzI1NiJ9\",\"token\":\"{TOKEN}\"}}"),
        format!("# eyJ: {TOKEN}"),
        format!("x=eyJ.{TOKEN}"),
        format!("x={TOKEN}.txt"),
    ] {
        assert_eq!(rules("a.json", &line), ["token-in-tree"], "{line}");
        assert!(found("a.json", &line)[0].message.contains("`eyJhbGciOiJI…`"));
    }
    for line in [PUBLIC.to_owned(), "eyJ.".repeat(100_000), "eyJ".repeat(100_000)] {
        assert_eq!(rules("a.http", &line), [""; 0]);
    }
}

#[test]
fn a_comment_allows_only_where_the_format_has_comments() {
    let allow = "tokenward: allow(all) because";
    for (name, text, is_told) in [
        (
            "a.json",
            format!("{{ \"jwtSecret\": \"hunter2orchard99\", \"x\": \"//{allow}\" }}\n"),
            true,
        ),
        (
            "a.json",
            format!("{{ \"jwtSecret\": \"hunter2orchard99\", \"x\": \"\\\" //{allow}\" }}\n"),
            true,
        ),
        ("a.json", format!("{{ \"jwtSecret\": \"hunter2orchard99\" }} # {allow}\n"), true),
        ("a.json", format!("{{ \"jwtSecret\": \"hunter2orchard99\" }} // {allow}\n"), false),
        ("a.yml", format!("jwtSecret: hunter2orchard99 # {allow}\n"), false),
        ("a.yml", format!("# {allow}\njwtSecret: hunter2orchard99\n"), false),
        ("a.yml", format!("{{jwtSecret: hunter2orchard99, x: \"# {allow}\"}}\n"), true),
        ("a.yml", format!("{{jwtSecret: hunter2orchard99, x: a//{allow}}}\n"), true),
        (".env", format!("JWT_SECRET=hunter2orchard99 # {allow}\n"), false),
        (".env", format!("JWT_SECRET=\"hunter2orchard99\"#{allow}\n"), true),
        (
            "a.config",
            format!("<add key=\"JwtSecret\" value=\"hunter2orchard99\" /> <!-- {allow} -->\n"),
            false,
        ),
        (
            "a.config",
            format!("<add key=\"JwtSecret\" value=\"hunter2orchard99\" x=\"<!-- {allow}\" />\n"),
            true,
        ),
    ] {
        assert_eq!(!found(name, &text).is_empty(), is_told, "{name}: {text}");
    }
}

#[test]
fn a_placeholder_is_one_by_its_words_and_a_path_by_what_it_looks_like() {
    for (value, is_secret) in [
        ("mastodon-winter-42", true),
        ("your-256-bit-secret", true),
        ("replacement-orchard-42", true),
        ("xxxyzzy-winter-9981", true),
        ("https-orchard-42", true),
        ("/9rJqXbW3kT0yZ7uPq5sVn2d", true),
        ("/kT0yZ7uPq5s/Vn2dJqXbW3a=", true),
        ("todo-set-me-42", false),
        (concat!("TO", "DO-set-42"), false),
        ("replace-me-42", false),
        ("your-jwt-secret", false),
        ("yourSecret42", false),
        ("xxxx-xxxx-1", false),
        ("put-secret-here...", false),
        ("/run/secrets/jwt", false),
        ("/etc/jwt.secret", false),
        ("https://vault.example/jwt", false),
    ] {
        let text = format!("JWT_SECRET={value}\n");
        assert_eq!(!found(".env", &text).is_empty(), is_secret, "{value}");
    }
}

#[test]
fn json_in_one_line_is_read_to_its_end() {
    let pad = "y".repeat(4_200);
    let text =
        format!("{{\"pad\": \"{pad} \\\" {{\", \"jwt\": {{\"secret\": \"orchard-winter-42\"}}}}");
    let told = found("a.json", &text);
    assert_eq!(told.len(), 1);
    let frame = told[0].frame.as_ref().unwrap();
    let marked: String =
        frame.lines[0].chars().skip(frame.mark.start).take(frame.mark.len()).collect();
    assert_eq!(marked, "\"secret\": \"orch…\"");

    // Whatever is found is fine; coming back is the test.
    let many = format!("{{{}}}", "\"jwtSecret\": \"orchard-winter-42\", ".repeat(50_100));
    assert!(found("a.json", &many).len() <= 200);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.json"), many).unwrap();
    let notes = audit_project(&[dir.path().to_owned()], &Options::default()).notes;
    assert!(notes.iter().any(|note| note.why.contains("more than 50000 settings")), "{notes:?}");
}

fn found(name: &str, text: &str) -> Vec<Finding> {
    audit_settings(name, text, &Options::default())
}

fn rules(name: &str, text: &str) -> Vec<&'static str> {
    found(name, text).iter().map(|one| one.rule).collect()
}

#[test]
fn a_secret_of_words_and_one_in_a_command_are_secrets_and_no_report_shows_them() {
    for (name, text, secret) in [
        (".env", "JWT_SECRET=\"correct horse battery staple\"\n", "horse battery"),
        ("prod.env", "JWT_SECRET='größe der alten bäume'\n", "alten"),
        (".env", "JWT_SECRET=größer-als-95-Bäume\n", "als-95"),
        ("Procfile", "web: JWT_SECRET=hunter2-orchard-99 node app.js\n", "orchard"),
        ("app.toml", "jwt_secret = \"\"\"\nhunter2-orchard-99\n\"\"\"\n", "orchard"),
        (
            "compose.yml",
            "    command: [\"serve\", \"--jwt-secret\", \"hunter2-orchard-99\"]\n",
            "orchard",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), text).unwrap();
        let audit = audit_project(&[dir.path().to_owned()], &Options::default());

        assert_eq!(
            audit.findings.iter().map(|one| one.rule).collect::<Vec<_>>(),
            ["secret-in-config"],
            "{text}"
        );
        assert!(!format!("{:?}", audit.findings).contains(secret), "{:?}", audit.findings);
    }
    for (name, text) in [
        (".env", "JWT_SECRET=\"put a long random string here\"\n"),
        (".env", "JWT_SECRET=\"change me before production\"\n"),
        (".env", "JWT_SECRET=\"$(openssl rand -hex 32) and more\"\n"),
        (".env", "JWT_SECRET=••••••••••\n"),
        ("app.yml", "jwt_secret: \"Der Schlüssel für alle Marken\"\n"),
        ("app.yml", "jwt_secret: Signaturschlüssel\n"),
        ("compose.yml", "    command: [\"serve\", \"--jwt-secret\", \"$JWT_SECRET\"]\n"),
        (
            "compose.yml",
            "    command: [\"serve\", \"--jwt-secret-file\", \"hunter2-orchard-99\"]\n",
        ),
        ("Procfile", "web: JWT_SECRET=$SECRET node app.js\n"),
    ] {
        assert!(rules(name, text).is_empty(), "{text}");
    }
}
