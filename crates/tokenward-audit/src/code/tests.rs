use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

mod whole;

const BAD: &str = "import jwt\n\njwt.decode(token, KEY, algorithms=['none'])\n";

#[test]
fn a_header_that_is_handed_over_may_name_the_key() {
    let java = |step: &str| {
        format!(
            "import io.jsonwebtoken.Jwts;\n\nclass Tokens {{\n    String sign(Key key) {{\n        \
             return Jwts.builder(){step}.subject(user).expiration(soon).signWith(key).compact();\n    }}\n}}\n"
        )
    };
    let is_told = |code: &str| {
        let options = Options { include_uncertain: true, ..Options::default() };
        audit_text("Tokens.java", code, Language::Java, &options)
            .iter()
            .any(|finding| finding.rule == "no-key-id")
    };
    assert!(is_told(&java("")));
    assert!(!is_told(&java(".setHeaderParams(header)")));
}

#[test]
fn what_gitignore_names_and_what_others_wrote_is_left_out() {
    let project = Project::new();
    project.write("app/auth.py", BAD);
    project.write("build/auth.py", BAD);
    project.write("node_modules/other/auth.py", BAD);
    project.write(".gitignore", "build/\n");

    assert_eq!(project.found(&Options::default()), ["app/auth.py:3 algorithm-none"]);
}

#[test]
fn tests_and_fixtures_count_only_when_they_are_asked_for() {
    let project = Project::new();
    project.write("tests/auth.py", BAD);
    project.write("app/test_auth.py", BAD);
    project.write("vectors/auth.py", BAD);
    project.write("tools/oidc-test-env/auth.py", BAD);
    project.write("app/by_import.py", &format!("import pytest\n{BAD}"));
    project.write(
        "app/auth.spec.ts",
        "import { verify } from 'jsonwebtoken';\nverify(t, k, { algorithms: ['none'] });\n",
    );
    project.write(
        "lib/assertions.js",
        "import { verify } from 'jsonwebtoken';\nexport default ({ Assertion }) => {\n  \
         Assertion.addMethod('signed', () => verify(t, k, { algorithms: ['none'] }));\n};\n",
    );
    let mut options = Options::default();

    let audit = project.audit(&options);
    assert!(audit.findings.is_empty(), "{:?}", audit.findings);
    assert_eq!(audit.left_out_in_all().in_tests, 7);

    options.include_tests = true;
    assert_eq!(project.audit(&options).findings.len(), 7);
}

#[test]
fn a_folder_above_the_project_does_not_make_it_a_test() {
    let project = Project::new();
    project.write("tests/fixtures/shop/auth.py", BAD);

    let audit = audit_paths(&[project.dir.path().join("tests/fixtures/shop")], &Options::default());

    assert_eq!(audit.findings.len(), 1);
}

#[test]
fn a_comment_allows_what_it_names_on_its_line_or_the_next_if_it_says_why() {
    let allowed = |text: &str| {
        let audit = audit_text("app.py", text, Language::Python, &Options::default());
        audit.iter().all(|finding| finding.rule != "algorithm-none")
    };
    let call = "jwt.decode(token, KEY, algorithms=['none'])";
    let above = |comment: &str| format!("import jwt\n{comment}\n{call}\n");

    assert!(allowed(&above("# tokenward: allow(algorithm-none) a demonstration")));
    assert!(allowed(&format!(
        "import jwt\n{call}  # tokenward: allow(no-expiry, algorithm-none) shown\n"
    )));
    assert!(!allowed(&above("# tokenward: allow(algorithm-none)")), "no reason");
    assert!(!allowed(&above("# tokenward: allow(no-expiry) another rule")));
    assert!(!allowed(&above("# tokenward: allow(algorithm-none) too far\n")));
    assert!(!allowed(&above("x = '# tokenward: allow(algorithm-none) no comment'")));
}

#[test]
fn a_doc_comment_allows_one_line_as_any_other_does() {
    let call = |at: usize| {
        format!("    let k{at} = EncodingKey::from_secret(b\"orchard-winter-4{at}\");\n")
    };
    for comment in ["///", "//"] {
        let code = format!(
            "use jsonwebtoken::EncodingKey;\nfn a() {{\n    {comment} tokenward: allow(hardcoded-secret) one\n{}{}}}\n",
            call(1),
            call(2)
        );
        let found = audit_text("a.rs", &code, Language::Rust, &Options::default());
        let lines: Vec<usize> = found.iter().map(|one| one.line).collect();
        assert_eq!(lines, [5], "{comment}");
    }
}

#[test]
fn a_rule_can_be_given_another_severity_or_none() {
    let mut options = Options::default();
    options.severities.insert("algorithm-none".to_owned(), Some(Severity::Low));
    let found = audit_text("app.py", BAD, Language::Python, &options);
    assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Low]);

    options.severities.insert("algorithm-none".to_owned(), None);
    assert!(audit_text("app.py", BAD, Language::Python, &options).is_empty());
}

#[test]
fn hostile_files_are_skipped_with_a_note_and_the_rest_goes_on() {
    let project = Project::new();
    project.write("good.py", BAD);
    project.write("latin.py", "");
    fs::write(project.dir.path().join("latin.py"), b"import jwt # \xe9\xff\n").unwrap();
    project.write("huge.py", &format!("import jwt\n{}", "x = 1\n".repeat(400_000)));
    project.write("bundle.js", &format!("jwt;{}", "a();".repeat(2_000)));
    project
        .write("deep.py", &format!("import jwt\nx = {}{}\n", "[".repeat(2_000), "]".repeat(2_000)));
    symlink(project.dir.path(), project.dir.path().join("loop")).unwrap();

    let audit = project.audit(&Options::default());

    assert_eq!(audit.findings.len(), 1);
    let notes: Vec<String> = audit
        .notes
        .iter()
        .map(|note| format!("{}: {}", name(Path::new(&note.file)), note.why))
        .collect();
    assert_eq!(
        notes,
        [
            "bundle.js: minified or generated",
            "deep.py: nested too deeply to be read to the bottom",
            "huge.py: larger than 2 MiB",
            "latin.py: not UTF-8",
        ]
    );
}

#[test]
fn a_file_of_nothing_but_calls_is_given_up_rather_than_followed_for_hours() {
    let project = Project::new();
    let calls = "jwt.sign(p, k)\n".repeat(8_000);
    project.write("calls.js", &format!("const jwt = require('jsonwebtoken')\nlet p = q\n{calls}"));

    let audit = project.audit(&Options::default());

    assert!(audit.findings.is_empty());
    assert_eq!(audit.notes[0].why, "has more calls than can be followed");
}

#[test]
fn a_path_that_is_not_there_is_a_note() {
    let audit = audit_paths(&[PathBuf::from("/nowhere/at/all")], &Options::default());

    assert_eq!(audit.files, 0);
    assert_eq!(audit.notes.len(), 1);
}

#[test]
fn scripts_in_markup_are_read_where_they_stand() {
    let page = "<template>\n  <p>é {{ localStorage.setItem('jwt', x) }}</p>\n</template>\n\n<SCRIPT setup lang=\"ts\">\nconst keep = (t: string) => localStorage.setItem('jwt', t)\n</SCRIPT>\n<script type=\"application/json\">{}</script>\n";
    let found = audit_text("Login.vue", page, Language::Markup, &Options::default());

    let places: Vec<_> = found.iter().map(|one| (one.rule, one.line, one.column)).collect();
    assert_eq!(places, [("token-in-web-storage", 6, 29)]);
    for broken in ["<script", "<script>", "</script>", "<script><script", "<script x"] {
        assert!(audit_text("a.html", broken, Language::Markup, &Options::default()).is_empty());
    }
}

#[test]
fn tags_without_an_end_are_walked_over_once() {
    for tag in ["<script json>\n", "<scripting>\n", "<script "] {
        let page = format!("<!-- jwt -->\n{}", tag.repeat((2 << 20) / tag.len()));
        // Each sought its end in all the rest; coming back is the test.
        let found = audit_text("a.html", &page, Language::Markup, &Options::default());
        assert!(found.is_empty(), "{tag}");
    }
}

#[test]
fn no_text_whatever_makes_it_panic() {
    let pieces = [
        "jwt.decode(",
        "{",
        "}",
        ")",
        "=>",
        "`${",
        "'",
        "\u{202e}",
        "\t",
        "import jwt",
        "**",
        "[",
        ":=",
        "func(",
        "\\",
        "<script>",
        "</script>",
        "<script json>",
    ];
    let mut state = 7_usize;
    for language in [
        Language::Python,
        Language::JavaScript,
        Language::TypeScript,
        Language::Tsx,
        Language::Markup,
        Language::Go,
        Language::Java,
        Language::CSharp,
        Language::Php,
        Language::Ruby,
        Language::Rust,
        Language::Kotlin,
        Language::Swift,
        Language::Dart,
    ] {
        for _ in 0..60 {
            let mut text = "import jwt from 'jsonwebtoken'\n".to_owned();
            for _ in 0..40 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[state.rotate_left(17) % pieces.len()]);
            }
            // Whatever is found is fine; coming back is the test.
            let found = audit_text("any", &text, language, &Options::default());
            assert!(found.len() < 1_000);
        }
    }
}

#[test]
fn a_token_that_a_function_of_another_file_verifies_is_verified() {
    let decode = "import jwt\nfrom flask import request\nfrom shop.auth.tokens import accept\n\n\ndef user():\n    token = request.headers['X-Token']\n    accept(token)\n    return jwt.decode(token, options={'verify_signature': False})['sub']\n";
    let verifies = "import jwt\n\n\ndef accept(token):\n    return jwt.decode(token, KEY, algorithms=['ES256'], options={'require': ['exp']})\n";
    let decodes = "import jwt\n\n\ndef accept(token):\n    print(jwt.decode(token, options={'verify_signature': False})['iss'])\n";
    let project = Project::new();
    project.write("shop/users.py", decode);
    assert_eq!(project.found(&Options::default()), ["shop/users.py:9 unverified-decode"]);

    project.write("shop/auth/tokens.py", decodes);
    assert_eq!(project.found(&Options::default()), ["shop/users.py:9 unverified-decode"]);
    // Somebody verifies some token: it may have been this one, earlier.
    project.write("shop/auth/other.py", verifies);
    assert!(project.found(&Options::default()).is_empty());
    let uncertain = Options { include_uncertain: true, ..Options::default() };
    assert_eq!(project.found(&uncertain), ["shop/users.py:9 unverified-decode"]);
    // A test that verifies says nothing of what runs.
    fs::remove_file(project.dir.path().join("shop/auth/other.py")).unwrap();
    project.write("tests/other.py", verifies);
    assert_eq!(project.found(&Options::default()), ["shop/users.py:9 unverified-decode"]);
    let mut cache = Cache::default();
    for (text, count) in [(verifies, 0), (decodes, 1), (verifies, 0)] {
        project.write("shop/auth/tokens.py", text);
        let paths = [project.dir.path().to_owned()];
        let audit = audit_paths_cached(&paths, &Options::default(), &mut cache);
        assert_eq!(audit.findings.len(), count, "{:?}", audit.findings);
    }

    let script = "const jwt = require('jsonwebtoken');\nconst { accept } = require('../tokens');\n\nexports.user = (req, res) => {\n  const token = req.headers.authorization;\n  accept(token);\n  return jwt.decode(token).sub;\n};\n";
    let project = Project::new();
    project.write("api/users.js", script);
    assert_eq!(project.found(&Options::default()), ["api/users.js:7 unverified-decode"]);
    project.write("tokens/index.js", "const jwt = require('jsonwebtoken');\nconst accept = (t) => jwt.verify(t, KEY, { algorithms: ['ES256'] });\nmodule.exports = { accept };\n");
    assert!(project.found(&Options::default()).is_empty());
}

#[test]
fn a_policy_in_another_file_demands_the_token_that_istio_does_not() {
    let project = Project::new();
    project.write(
        "deploy/authentication.yaml",
        "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata:\n  name: orders\n",
    );
    let found = || audit_project(&[project.dir.path().to_owned()], &Options::default()).findings;
    assert_eq!(found().len(), 1);

    project.write(
        "deploy/authorization.yaml",
        "kind: AuthorizationPolicy\nspec:\n  action: DENY\n  rules:\n  - from:\n    - source:\n        \
         notRequestPrincipals: ['*']\n",
    );
    assert_eq!(found(), []);
}

#[test]
fn hostile_settings_are_read_to_their_end() {
    let nested = |key: &str| -> String {
        (0..32).map(|depth| ["  ".repeat(depth).as_str(), key, ":\n"].concat()).collect()
    };
    let jwk = format!("{{\"kty\":\"EC\",\"d\":\"{}\"}},", "A".repeat(32));
    for (name, text) in [
        ("a.env", "#".repeat(1 << 20)),
        ("kong.yaml", format!("kind: KongPlugin\n{}", "plugin: jwt\n".repeat(20_000))),
        (
            "nested.yaml",
            nested(&"k".repeat(4_000)) + &" ".repeat(64) + "x: {" + &"a:1,".repeat(9_000) + "}",
        ),
        ("deep.yaml", nested("key") + &("y: 1\n".to_owned() + &" ".repeat(64)).repeat(9_000)),
        (
            "keys.json",
            format!("[{}\"{}\"]", jwk.repeat(100), "AAAAAAAAAAAAAAAAAAAAA ".repeat(9_000)),
        ),
    ] {
        // Whatever is found is fine; coming back, with the memory that there is, is the test.
        assert!(audit_settings(name, &text, &Options::default()).len() <= 200, "{name}");
    }
}

#[test]
fn nobody_waits_for_a_pipe_that_is_called_like_a_file() {
    let project = Project::new();
    project.write("a.env", "JWT_SECRET=orchard-winter-42\n");
    project.write("inside/b.env", "JWT_SECRET=orchard-winter-43\n");
    for pipe in ["package.json", "inside/.gitignore", "pipe.env"] {
        let made = std::process::Command::new("mkfifo").arg(project.dir.path().join(pipe)).status();
        assert!(made.unwrap().success());
    }

    let audit = audit_project(&[project.dir.path().to_owned()], &Options::default());

    assert_eq!(audit.findings.len(), 2, "{:?}", audit.findings);
}

#[test]
fn a_fault_of_ours_costs_one_file_and_is_noted() {
    let project = Project::new();
    project.write("a.py", BAD);
    let options = Options::default();
    let paths = [project.dir.path().to_owned()];
    let files = walk::files(&paths, |_| true, &options, &mut Vec::new());

    let fault = guarded(&files[0], || panic!("a fault of ours"));
    let sound = guarded(&files[0], || one::audit(&files[0], &options, None));

    let audit = merge(Audit::default(), vec![fault, sound], &options);
    assert_eq!((audit.findings.len(), audit.files, audit.notes.len()), (1, 1, 1));
    assert!(audit.notes[0].file.ends_with("a.py") && audit.notes[0].why.contains("failed on it"));
}

#[test]
fn what_is_allowed_takes_no_place_of_what_is_told() {
    let project = Project::new();
    let allowed = "jwt.decode(t, KEY, algorithms=['none'])  # tokenward: allow(all) a reason\n";
    let told = "jwt.decode(t, KEY, algorithms=['none'])\n";
    project.write("app.py", &format!("import jwt\n{}\n{told}", allowed.repeat(250)));

    assert_eq!(project.found(&Options::default()), ["app.py:253 algorithm-none"]);
}

#[test]
fn a_name_that_is_of_its_own_type_leads_nowhere() {
    for (name, text) in [
        ("a.py", "import os\njwt: jwt\njwt.decode(token)\na: b\nb: a\na.encode(token)\n"),
        ("a.ts", "let jwt: jwt;\njwt.verify(token);\n"),
        ("a.go", "package a\n\nvar jwt jwt\n\nfunc f() { jwt.Parse(t) }\n"),
    ] {
        let language = Language::of(Path::new(name)).unwrap();
        assert!(audit_text(name, text, language, &Options::default()).is_empty(), "{name}");
    }
}

#[test]
fn names_that_stand_for_each_other_are_given_up() {
    let many = |name: &str| format!("{{ {} }}", format!("...{name}, ").repeat(30));
    let either = |name: &str| vec![name; 30].join(" || ");
    let spread: Vec<String> =
        (0..9).map(|at| format!("const m{at} = {};\n", many(&format!("m{}", at + 1)))).collect();
    let choice: Vec<String> = (0..9)
        .map(|at| format!("const c{at} = {};\n", either(&format!("f(c{})", at + 1))))
        .collect();
    for text in [
        "const a = a.b;\njwt.sign(a, a.c, a);\n",
        "const a = a['b'];\njwt.verify(a, a['c'], a);\n",
        "const { a } = b; const { b } = a;\njwt.sign(a, b, b);\njwt.verify(a.c.d, b.e, a);\n",
        "const a = b.x.y.z; const b = a.z.y.x;\njwt.sign(a, k, b);\n",
        "class A { x = this.x; y = this.y.z; f() { jwt.sign(this.y, this.x, this.y); } }\n",
        "const a = { ...b, ...b }; const b = { ...a, ...a };\njwt.sign(a, k, b);\n",
        "const a = a || a || b; const b = b ?? a ?? a;\njwt.sign(a, b, a);\n",
        "const a = b + a * b; const b = a * b;\njwt.sign({ exp: a }, k, { expiresIn: b });\n",
        "const f = () => f();\njwt.sign(f(), f, f());\n",
        &format!("{}jwt.sign(m0, m0, m0);\njwt.verify(m0, m0, m0);\n", spread.concat()),
        &format!("{}jwt.sign(c0, c0, c0);\njwt.verify(c0, c0, c0);\n", choice.concat()),
    ] {
        let text = format!("const jwt = require('jsonwebtoken');\n{text}");
        // Whatever is found is fine; coming back is the test.
        assert!(audit_text("a.js", &text, Language::JavaScript, &Options::default()).len() < 100);
    }
    let names: Vec<String> = (0..40).map(|at| format!("t{at}")).collect();
    let each_other: Vec<String> =
        names.iter().flat_map(|a| names.iter().map(move |b| format!("  {a} = {b}\n"))).collect();
    for text in [
        &format!("def f():\n{}  return jwt.decode(t0, verify=False)['sub']\n", each_other.concat()),
        "a = a.b\njwt.encode(a, a)\n",
        "class A:\n  x = self.x\n  def f(self):\n    self.y = self.y.z\n    jwt.encode(self.y, self.x)\n",
    ] {
        let text = format!("import jwt\n{text}");
        assert!(audit_text("a.py", &text, Language::Python, &Options::default()).len() < 100);
    }
}

#[test]
fn raw_strings_that_never_end_are_given_up_at_once() {
    let endless = format!(
        "use jsonwebtoken::decode;\nx = {}",
        format!("{}\n", "r#\"".repeat(30)).repeat(2_000)
    );
    let project = Project::new();
    project.write("endless.rs", &endless);
    let audit = project.audit(&Options::default());
    assert!(audit.notes.iter().any(|note| note.why.contains("too long")), "{:?}", audit.notes);
    // As many that do end are read.
    let whole =
        format!("use jsonwebtoken::decode;\n{}", "const X: &str = r#\"{}\"#;\n".repeat(6_000));
    project.write("endless.rs", &whole);
    assert!(project.audit(&Options::default()).notes.is_empty());
}

#[test]
fn brackets_in_brackets_without_end_exhaust_no_stack() {
    let project = Project::new();
    let (open, close) = ("(".repeat(100_000), ")".repeat(100_000));
    for name in [
        "a.py", "a.js", "a.ts", "a.go", "a.java", "a.cs", "a.php", "a.rb", "a.rs", "a.kt",
        "a.swift", "a.dart", "a.tsx", "a.vue",
    ] {
        let lines = |brackets: &str| {
            let all: Vec<&str> = brackets
                .as_bytes()
                .chunks(4_000)
                .map(|one| std::str::from_utf8(one).unwrap())
                .collect();
            all.join("\n")
        };
        let start = match name {
            "a.php" => "<?php $jwt = ",
            "a.vue" => "<script>jwt = ",
            _ => "jwt = ",
        };
        project.write(name, &format!("{start}{}x{};\n", lines(&open), lines(&close)));
    }
    let audit = project.audit(&Options::default());
    assert!(audit.findings.is_empty(), "{:?}", audit.findings);
    // Some parsers end before, and none of them is a reason to end with them.
    assert!(audit.notes.len() >= 10, "{:?}", audit.notes);
}

struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn audit(&self, options: &Options) -> Audit {
        audit_paths(&[self.dir.path().to_owned()], options)
    }

    fn found(&self, options: &Options) -> Vec<String> {
        let root = format!("{}/", self.dir.path().display());
        let found = self.audit(options).findings.into_iter();
        found
            .map(|one| format!("{}:{} {}", one.file.replace(&root, ""), one.line, one.rule))
            .collect()
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
