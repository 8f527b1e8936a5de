//! `tokenward audit …`, as it is typed.

use std::fs;

use serde_json::Value;

use crate::support::Work;

const BAD: &str = "import jwt\n\nclaims = jwt.decode(token, KEY, algorithms=['none'])\n";

#[test]
fn findings_end_with_1_and_none_with_0() {
    let work = Work::new();
    fs::write(work.path("good.py"), "import jwt\n").unwrap();
    let said = work.good(&["audit", "code", "good.py"]);
    assert!(said.contains("nothing found in 1 file"), "{said}");

    fs::write(work.path("bad.py"), BAD).unwrap();
    let output = work.run(&["audit", "code", "."]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("bad.py:3:10"), "{said}");
    assert!(said.contains("1 medium in 2 files"), "{said}");
}

#[test]
fn json_and_sarif_hold_the_same_findings() {
    let work = Work::new();
    fs::write(work.path("bad.py"), BAD).unwrap();
    let answer = |format: &str| -> Value {
        let output = work.run(&["audit", "code", "bad.py", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice(&output.stdout).unwrap()
    };

    assert_eq!(answer("json")["findings"][0]["rule"], "algorithm-none");
    assert_eq!(answer("sarif")["runs"][0]["results"][0]["ruleId"], "algorithm-none");
}

#[test]
fn what_is_below_the_threshold_is_shown_but_ends_with_0() {
    let work = Work::new();
    let issues = "import jwt\njwt.encode({'sub': user, 'exp': soon()}, KEY, algorithm='ES256')\n";
    fs::write(work.path("issue.py"), issues).unwrap();

    let audit = ["audit", "code", ".", "--include-uncertain"];
    assert_eq!(work.run(&audit).status.code(), Some(1));
    let said = work.good(&[&audit[..], &["--fail-on", "high"]].concat());
    assert!(said.contains("2 low in 1 file"), "{said}");
}

#[test]
fn what_is_uncertain_is_counted_and_shown_on_demand() {
    let work = Work::new();
    let reads = "import jwt\n\ndef parts(token):\n    return jwt.decode(token, options={'verify_signature': False})\n";
    fs::write(work.path("parts.py"), reads).unwrap();

    let said = work.good(&["audit", "code", "."]);
    assert!(said.contains("1 uncertain not counted (--include-uncertain)"), "{said}");

    let output = work.run(&["audit", "code", ".", "--include-uncertain"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("parts.py:4"));
}

#[test]
fn where_nothing_can_be_looked_at_one_line_says_why() {
    let work = Work::new();

    let said = work.refused(2, &["audit", "code", "nowhere"]);

    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn sarif_is_for_the_auditor_alone() {
    let work = Work::new();

    let said = work.refused(2, &["token", "inspect", "x", "--format", "sarif"]);

    assert!(said.contains("audit"), "{said}");
}

#[test]
fn a_baseline_lets_what_was_there_be_and_finds_what_is_new() {
    let work = Work::new();
    fs::write(work.path("old.py"), BAD).unwrap();
    work.good(&["audit", "code", ".", "--write-baseline", "known.json"]);
    work.good(&["audit", "code", ".", "--baseline", "known.json"]);

    fs::write(work.path("new.py"), BAD).unwrap();
    let output = work.run(&["audit", "code", ".", "--baseline", "known.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("new.py:3") && !said.contains("old.py"), "{said}");

    fs::write(work.path("known.json"), "{}").unwrap();
    let said = work.refused(2, &["audit", "code", ".", "--baseline", "known.json"]);
    assert!(said.contains("known.json") && said.contains("--write-baseline"), "{said}");
}

#[test]
fn only_lines_that_a_revision_does_not_have_count_since_it() {
    let work = Work::new();
    let git = |arguments: &[&str]| git(&work, arguments);
    let since = || {
        let mut command = work.command(&["audit", "code", ".", "--since", "HEAD"]);
        let path = std::env::var_os("PATH").unwrap();
        let output = command.env("PATH", path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    fs::write(work.path("app.py"), BAD).unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    assert!(since().contains("nothing new"), "{}", since());

    fs::write(work.path("app.py"), format!("{BAD}\njwt.decode(t, KEY, algorithms=['NONE'])\n"))
        .unwrap();
    fs::write(work.path("new.py"), BAD).unwrap();

    let said = since();
    assert!(said.contains("app.py:5") && said.contains("new.py:3"), "{said}");
    assert!(!said.contains("app.py:3"), "{said}");
}

#[test]
fn what_needs_no_decision_is_mended_in_files_that_git_could_bring_back() {
    use std::os::unix::fs::PermissionsExt as _;

    let work = Work::new();
    let git = |arguments: &[&str]| git(&work, arguments);
    let audit = |arguments: &[&str]| {
        let mut command = work.command(&["audit", "code", "."]);
        command.args(arguments).env("PATH", std::env::var_os("PATH").unwrap()).output().unwrap()
    };
    let before = "response.set_cookie('access_token', token)\n";
    let after = "response.set_cookie('access_token', token, httponly=True, secure=True)\n";
    let is = |text: &str| assert_eq!(fs::read_to_string(work.path("app.py")).unwrap(), text);
    fs::write(work.path("app.py"), before).unwrap();
    fs::set_permissions(work.path("app.py"), fs::Permissions::from_mode(0o751)).unwrap();

    let shown = audit(&["--fix", "--dry-run"]);
    assert_eq!(shown.status.code(), Some(1));
    let patch = String::from_utf8(shown.stdout).unwrap();
    assert!(patch.starts_with("--- a/app.py\n+++ b/app.py\n"), "{patch}");
    is(before);

    let refused = |arguments: &[&str], why: &str| {
        let output = audit(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.contains("--allow-dirty"), "{said}");
        is(before);
    };
    refused(&["--fix"], "no repository");
    git(&["init", "-q"]);
    refused(&["--fix"], "does not have it as it is");
    git(&["add", "."]);
    refused(&["--fix"], "does not have it as it is");
    git(&["commit", "-qm", "first"]);

    let mended = audit(&["--fix"]);
    assert_eq!(mended.status.code(), Some(0), "{mended:?}");
    assert!(String::from_utf8(mended.stderr).unwrap().contains("2 findings in 1 file mended"));
    is(after);
    let mode = fs::metadata(work.path("app.py")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o751);
    assert_eq!(audit(&["--fix", "--dry-run"]).status.code(), Some(0));

    fs::write(work.path("app.py"), format!("# a note\n{before}")).unwrap();
    assert_eq!(audit(&["--fix", "--allow-dirty"]).status.code(), Some(0));
    is(&format!("# a note\n{after}"));
}

#[test]
fn what_does_not_count_is_not_mended() {
    let work = Work::new();
    let cookie = |name: &str| format!("response.set_cookie('{name}', token)\n");
    let mended =
        |name: &str| format!("response.set_cookie('{name}', token, httponly=True, secure=True)\n");
    let audit = |arguments: &[&str]| {
        let mut command = work.command(&["audit", "code", ".", "--fix"]);
        command.args(arguments).env("PATH", std::env::var_os("PATH").unwrap()).output().unwrap()
    };
    let old = cookie("access_token");
    fs::write(work.path("app.py"), &old).unwrap();
    work.run(&["audit", "code", ".", "--write-baseline", "known.json"]);
    git(&work, &["init", "-q"]);
    git(&work, &["add", "."]);
    git(&work, &["commit", "-qm", "first"]);

    for narrowed in [["--since", "HEAD"], ["--baseline", "known.json"]] {
        fs::write(work.path("app.py"), cookie("jwt") + &old).unwrap();
        let shown = audit(&[&narrowed[..], &["--dry-run"]].concat());
        let patch = String::from_utf8(shown.stdout).unwrap();
        assert!(patch.contains("+response.set_cookie('jwt'"), "{patch}");
        assert!(!patch.contains("-response.set_cookie('access_token'"), "{patch}");

        let output = audit(&[&narrowed[..], &["--allow-dirty"]].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let now = fs::read_to_string(work.path("app.py")).unwrap();
        assert_eq!(now, mended("jwt") + &old);
    }
}

#[test]
fn what_files_came_to_is_remembered_where_only_the_user_writes() {
    use std::os::unix::fs::PermissionsExt as _;

    let work = Work::new();
    fs::create_dir(work.path("app")).unwrap();
    fs::write(work.path("app/a.py"), BAD).unwrap();
    let audit = || {
        let mut command = work.command(&["audit", "code", "app", "--cache"]);
        let output = command.env("XDG_CACHE_HOME", work.path("cache")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("app/a.py:3:10"), "{said}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(audit(), "");
    assert!(audit().contains("1 file as it was before"));

    let kept = work.path("cache/tokenward/audit.json");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(audit(), "", "others could have written it");
    fs::write(&kept, "{").unwrap();
    assert_eq!(audit(), "");
}

#[test]
fn a_patch_is_text_and_no_other_format() {
    let work = Work::new();
    fs::write(work.path("app.py"), "x = 1\n").unwrap();
    let said = work.refused(2, &["audit", "code", ".", "--fix", "--dry-run", "--format", "sarif"]);
    assert!(said.contains("--dry-run"), "{said}");
    assert_eq!(work.run(&["audit", "code", ".", "--dry-run"]).status.code(), Some(2));
}

#[test]
fn a_whole_project_is_graded_and_its_settings_are_part_of_it() {
    let work = Work::new();
    fs::write(work.path("bad.py"), BAD).unwrap();
    fs::write(work.path("production.env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
    let output = work.run(&["audit"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("2 of the 10 mistakes found"), "{said}");
    assert!(said.contains("production.env:1:1"), "{said}");

    let page = work.run(&["audit", "--format", "html"]).stdout;
    assert!(String::from_utf8(page).unwrap().starts_with("<!doctype html>"));

    fs::write(
        work.path("tokenward-audit.toml"),
        "[severities]\nsecret-in-config = \"off\"\nalgorithm-none = \"off\"\n",
    )
    .unwrap();
    work.good(&["audit"]);
    fs::write(work.path("tokenward-audit.toml"), "[severities]\nnone = \"off\"\n").unwrap();
    let said = work.refused(2, &["audit"]);
    assert!(said.contains("no rule `none`"), "{said}");
}

#[test]
fn the_secret_of_a_token_is_found_if_it_is_known_or_in_a_list() {
    let work = Work::new();
    // The secrets are `changeme`, and `orchard winter 42`.
    let known = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";
    let listed =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.YxwSHXGI5x2FKuLYiCG0Rq6ubkhKmYLoJstkGkVVYi8";
    let output = work.run(&["audit", "token", known]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("`chan…`") && !said.contains("changeme"), "{said}");
    assert!(said.contains("\"sub\": \"u1\""), "{said}");

    fs::write(work.path("words"), "one\norchard winter 42\n").unwrap();
    let output = work.run(&["audit", "token", listed, "--wordlist", "words", "--format", "json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules: Vec<_> =
        said["findings"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert!(rules.iter().any(|rule| *rule == "token-known-secret"), "{said}");

    assert!(work.refused(2, &["audit", "token", "abc"]).contains("three parts"));

    // What is cut at the limit would look like half a token.
    fs::write(work.path("long"), "a".repeat(2 << 20)).unwrap();
    let mut command = work.command(&["audit", "token", "-"]);
    let output = command.stdin(fs::File::open(work.path("long")).unwrap()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("larger than 1 MiB"), "{said}");
    let header = "eyJhbGciOiJFUzI1NiIsInBhc3N3b3JkIjoib3JjaGFyZC00MiJ9";
    let said = String::from_utf8(work.run(&["audit", "token", &format!("{header}.e30.AA")]).stdout);
    let said = said.unwrap();
    assert!(said.contains("\"orch…\"") && !said.contains("orchard"), "{said}");
}

#[test]
fn a_key_set_is_looked_at_from_a_file() {
    let work = Work::new();
    fs::write(work.path("jwks.json"), r#"{"keys":[{"kty":"oct","k":"AA"}]}"#).unwrap();
    let output = work.run(&["audit", "jwks", "jwks.json", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["findings"][0]["rule"], "jwks-single-key");
    assert!(work.refused(2, &["audit", "jwks", "missing.json"]).contains("missing.json"));
}

#[test]
fn a_key_set_that_never_changes_and_one_that_is_elsewhere_are_told() {
    use std::io::{Read as _, Write as _};

    let work = Work::new();
    // The key of RFC 8037, appendix A.2.
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1","alg":"EdDSA","use":"sig"}"#;
    fs::write(
        work.path("jwks.json"),
        format!("{{\"keys\":[{key},{}]}}", key.replace("\"1\"", "\"2\"")),
    )
    .unwrap();
    let audit = || {
        let output = work.run(&["audit", "jwks", "jwks.json", "--state", "seen.json"]);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert!(audit().contains("nothing found"));
    // A year ago, as far as the file knows.
    let seen = fs::read_to_string(work.path("seen.json")).unwrap();
    let aged: Vec<String> = seen
        .split_inclusive(|c: char| !c.is_ascii_digit())
        .map(|part| match part.trim_end_matches(|c: char| !c.is_ascii_digit()) {
            number if number.len() == 10 => {
                let then = number.parse::<u64>().unwrap() - 365 * 86_400;
                part.replace(number, &then.to_string())
            }
            _ => part.to_owned(),
        })
        .collect();
    fs::write(work.path("seen.json"), aged.concat()).unwrap();
    let said = audit();
    assert!(said.contains("jwks-old-key") && said.contains("365 days"), "{said}");
    fs::write(work.path("seen.json"), "{}").unwrap();
    assert!(audit().contains("--state"));

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).unwrap() > 0);
        let answer = "HTTP/1.1 302 Found\r\nLocation: https://b.example/jwks?token=SECRET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let output = work.run(&["audit", "jwks", &format!("{url}?api_key=SECRET")]);
    server.join().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("jwks-redirect") && said.contains("https://b.example/jwks"), "{said}");
    assert!(said.contains(&url) && !said.contains("SECRET"), "{said}");

    // Nor does an error repeat what is secret in an address.
    for place in ["jwks", "live"] {
        let with_password = url.replace("://", "://u:SECRET@");
        let mut arguments = vec!["audit", place, &with_password];
        if place == "live" {
            fs::write(work.path("token"), "e30.e30.AA").unwrap();
            arguments.extend(["--i-own-this", "--token-file", "token"]);
        }
        let said = work.refused(2, &arguments);
        assert!(said.contains("/jwks") && !said.contains("SECRET"), "{said}");
    }
}

#[test]
fn a_secret_that_git_has_is_found_though_gitignore_names_its_file() {
    let work = Work::new();
    let git = |arguments: &[&str]| git(&work, arguments);
    fs::write(work.path(".env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    fs::write(work.path(".gitignore"), "*.env\n").unwrap();
    fs::write(work.path("mine.env"), "JWT_SECRET=of-one-machine-alone\n").unwrap();
    let mut command = work.command(&["audit", "--format", "json"]);
    let path = std::env::var_os("PATH").unwrap();

    let output = command.env("PATH", path).output().unwrap();

    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = told["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{told}");
    assert_eq!(found[0]["rule"], "secret-in-config");
    assert_eq!(found[0]["file"], "./.env");
    assert!(!told.to_string().contains("mine.env"), "{told}");
}

pub(crate) fn git(work: &Work, arguments: &[&str]) {
    let status = std::process::Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(work.path("."))
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
}
