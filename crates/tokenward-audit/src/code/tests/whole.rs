//! What hangs on more than one file, or on where a file stands.

use super::*;

#[test]
fn a_browser_is_not_told_of_a_phones_keychain_and_a_phone_of_no_cookie() {
    let code = "import AsyncStorage from '@react-native-async-storage/async-storage';\n\
                export const keep = (t) => localStorage.setItem('access_token', t);\n\
                export const hold = (t) => AsyncStorage.setItem('access_token', t);\n";
    let found = audit_text("a.js", code, Language::JavaScript, &Options::default());
    let fix = |line: usize| found.iter().find(|one| one.line == line).unwrap().fix.clone().unwrap();
    assert!(fix(2).contains("HttpOnly") && !fix(2).contains("keychain"), "{}", fix(2));
    assert!(fix(3).contains("keychain") && !fix(3).contains("HttpOnly"), "{}", fix(3));
}

#[test]
fn what_is_left_out_is_counted_by_its_mistake_and_why() {
    let project = Project::new();
    let call = "jwt.decode(t, KEY, algorithms=['none'])\n";
    project.write("a.py", &format!("import jwt\n{call}# tokenward: allow(all) shown\n{call}"));
    project.write("tests/test_a.py", &format!("import jwt\n{call}{call}"));
    let parts = "def f(t):\n    return jwt.decode(t, options={'verify_signature': False})\n";
    project.write("b.py", &format!("import jwt\n{parts}"));
    project.write("production.env", "JWT_SECRET=orchard-winter-42\n");
    let mut audit = audit_project(&[project.dir.path().to_owned()], &Options::default());

    let words = |audit: &Audit, mistake| audit.left_out_of(mistake).in_words();
    let of = |number| Mistake::new(number).unwrap();
    assert_eq!(words(&audit, of(3)), "2 in tests, 1 allowed");
    assert_eq!(words(&audit, of(2)), "1 uncertain");
    assert_eq!(words(&audit, of(7)), "");
    audit.narrow(|finding| finding.mistake == of(3));
    assert_eq!((words(&audit, of(7)).as_str(), audit.findings.len()), ("1 on old lines", 1));
    crate::Baseline::of(&audit).subtract(&mut audit);
    assert_eq!(words(&audit, of(3)), "1 known, 2 in tests, 1 allowed");
    let all = audit.left_out_in_all();
    assert_eq!((all.known, all.old, all.uncertain, all.in_tests, all.allowed), (1, 1, 1, 2, 1));
}

#[test]
fn what_a_project_lacks_is_told_once_and_only_where_no_file_has_it() {
    let project = Project::new();
    let issues = "import jwt\njwt.encode({'sub': 1, 'exp': soon()}, KEY, algorithm='ES256')\n";
    project.write("a.py", issues);
    project.write("b.py", issues);
    let options = Options { include_uncertain: true, ..Options::default() };
    assert_eq!(project.found(&options), ["a.py:2 no-key-id", "a.py:2 no-revocation"]);

    project.write("c.py", "denylist = set()\nKEYS = load('jwks.json')\n");
    assert!(project.found(&options).is_empty());
}

#[test]
fn that_nothing_ends_a_token_is_told_unasked_only_where_a_logout_or_a_renewal_shows_it() {
    let project = Project::new();
    project.write("a.py", "import jwt\njwt.encode({'sub': 1, 'exp': soon()}, KEY, headers=h)\n");
    assert!(project.found(&Options::default()).is_empty());

    project.write("b.py", "def logout(response):\n    response.delete_cookie('token')\n");
    assert_eq!(project.found(&Options::default()), ["a.py:2 no-revocation"]);
    fs::remove_file(project.dir.path().join("b.py")).unwrap();

    let renewal = "import jwt\ndef make(who):\n    return jwt.encode({'sub': who, 'exp': soon()}, KEY, headers=h)\n\
                   def refresh(token):\n    return make(jwt.decode(token, KEY, algorithms=['HS256'])['sub'])\n";
    project.write("a.py", renewal);
    assert_eq!(project.found(&Options::default()), ["a.py:3 no-revocation"]);
    project.write("a.py", &renewal.replace("make(jwt", "make(find_user(jwt"));
    assert!(project.found(&Options::default()).is_empty());
}

#[test]
fn a_secret_in_a_setting_that_nothing_reads_is_told_on_demand() {
    let project = Project::new();
    project.write("conf.py", "import os\nJWT_SECRET = os.getenv('JWT_SECRET', 'change-me')\n");
    assert!(project.found(&Options::default()).is_empty());
    assert_eq!(project.audit(&Options::default()).left_out_in_all().uncertain, 1);

    project.write("test_app.py", "from conf import JWT_SECRET\n");
    assert!(project.found(&Options::default()).is_empty());
    project.write("app.py", "import conf\nkey = conf.JWT_SECRET\n");
    assert!(project.found(&Options::default()).is_empty(), "what signs nothing reads it");
    project.write("app.py", "import jwt\nimport conf\nmail(jwt, conf.JWT_SECRET)\n");
    assert!(project.found(&Options::default()).is_empty(), "no key is made of it");
    project.write(
        "app.py",
        "import jwt\nimport conf\njwt.encode(claims, conf.JWT_SECRET, headers=h)\n",
    );
    assert_eq!(project.found(&Options::default()), ["conf.py:2 hardcoded-secret"]);
    fs::remove_file(project.dir.path().join("app.py")).unwrap();
    project.write(
        "lib.py",
        "from flask_jwt_extended import JWTManager\n# see conf.py\napp.conf.update(X=1)\n",
    );
    assert!(project.found(&Options::default()).is_empty(), "nothing loads it");
    project.write(
        "lib.py",
        "from flask_jwt_extended import JWTManager\napp.config.from_object('conf.Config')\n",
    );
    assert_eq!(project.found(&Options::default()), ["conf.py:2 hardcoded-secret"]);
}

const CLASS: &str = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    \
                     jwt_secret: str = 'change-me-please'\n";

#[test]
fn a_parameter_of_a_settings_name_reads_no_setting() {
    let project = Project::new();
    project.write("config.py", CLASS);
    project.write("tokens.py", "import config\ndef sign(jwt_secret):\n    return jwt_secret\n");
    assert!(project.found(&Options::default()).is_empty());
    project
        .write("app.py", "import jwt\nfrom config import Settings\njwt.encode(claims, Settings().jwt_secret, headers=h)\n");
    assert_eq!(project.found(&Options::default()), ["config.py:5 hardcoded-secret"]);
}

#[test]
fn who_reads_the_environment_reads_no_setting_that_is_named_like_it() {
    let project = Project::new();
    let config = "module.exports = { jwt_secret: process.env.JWT_SECRET || 'cli-change-me' };\n";
    project.write("cli/config.js", config);
    let signs = "const jwt = require('jsonwebtoken');\n\
                 module.exports = (id) => jwt.sign({ sub: id, exp: soon() }, SECRET, { keyid });\n";
    for from in ["process.env.JWT_SECRET", "process.env['JWT_SECRET']"] {
        project.write("server/auth.js", &signs.replace("SECRET", from));
        assert!(project.found(&Options::default()).is_empty(), "{from}");
    }
    let own =
        format!("const JWT_SECRET = need('JWT_KEY');\n{}", signs.replace("SECRET", "JWT_SECRET"));
    project.write("server/auth.js", &own);
    assert!(project.found(&Options::default()).is_empty(), "a constant of its own");
    project.write("server/auth.js", &signs.replace("SECRET", "config.jwt_secret"));
    assert_eq!(project.found(&Options::default()), ["cli/config.js:1 hardcoded-secret"]);
}

#[test]
fn a_project_s_own_env_is_a_setting_as_any_other() {
    let project = Project::new();
    let own = "export const env = { JWT_SECRET: process.env.JWT_SECRET || 'change-me-please' };\n";
    project.write("env.ts", own);
    let signs = "import jwt from 'jsonwebtoken';\nimport { env } from './env';\n\
                 export const make = (claims) => jwt.sign(claims, env.JWT_SECRET, { keyid });\n";
    project.write("auth.ts", signs);
    assert_eq!(project.found(&Options::default()), ["env.ts:1 hardcoded-secret"]);
}

#[test]
fn a_setting_of_a_module_that_nothing_imports_is_told_on_demand() {
    let project = Project::new();
    project.write("auth/config.py", CLASS);
    project.write("core/config.py", "class Settings:\n    name = 'shop'\n");
    project.write(
        "auth/views.py",
        "import jwt\nfrom core.config import Settings\njwt.encode(claims, Settings().jwt_secret, headers=h)\n",
    );
    assert!(project.found(&Options::default()).is_empty());
    for import in
        ["from auth.config import Settings", "from .config import Settings", "from . import config"]
    {
        project.write("auth/tokens.py", &format!("{import}\n"));
        assert_eq!(
            project.found(&Options::default()),
            ["auth/config.py:5 hardcoded-secret"],
            "{import}"
        );
    }
}

#[test]
fn a_default_that_another_file_refuses_is_told_on_demand() {
    let project = Project::new();
    project.write("config.py", CLASS);
    project
        .write("app.py", "import jwt\nfrom config import Settings\njwt.encode(claims, Settings().jwt_secret, headers=h)\n");
    assert_eq!(project.found(&Options::default()).len(), 1);
    let guard = "if key == 'change-me-please':\n    raise SystemExit('set JWT_SECRET')\n";
    project.write("guard.py", guard);
    assert!(project.found(&Options::default()).is_empty());
    project.write("guard.py", "INSECURE = {'change-me-please', 'secret'}\n");
    assert!(project.found(&Options::default()).is_empty());
}

#[test]
fn what_is_decided_out_of_sight_is_counted_and_told_on_demand() {
    let project = Project::new();
    let reader = "import jwt\ndef parts(token):\n    return read(token)['exp']\ndef read(token):\n    \
                  return jwt.decode(token, KEY, algorithms=['ES256'], options={'verify_exp': False})\n";
    project.write("reader.py", reader);
    let audit = project.audit(&Options::default());
    assert!(audit.findings.is_empty());
    assert_eq!(audit.left_out_in_all().uncertain, 1);

    let options = Options { include_uncertain: true, ..Options::default() };
    assert_eq!(project.found(&options), ["reader.py:5 expiry-not-checked"]);
    assert_eq!(project.audit(&options).left_out_in_all().uncertain, 0);
}

#[test]
fn one_source_that_was_built_twice_is_told_of_once() {
    let project = Project::new();
    let store = "localStorage.setItem('access_token', token);\n";
    project.write("dist/index.cjs", &format!("'use strict';\n{store}{store}"));
    project.write("dist/index.js", &format!("{store}{store}"));
    project.write("dist/esm/login.js", store);
    project.write("dist/cjs/login.js", store);
    // The source tells of what was built from it.
    project.write("src/login.ts", store);
    project.write("lib/nested/login.js", store);
    project.write("src/login.d.ts", store);
    let rule = "token-in-web-storage";
    assert_eq!(
        project.found(&Options::default()),
        [
            format!("dist/index.cjs:2 {rule}"),
            format!("dist/index.cjs:3 {rule}"),
            format!("lib/nested/login.js:1 {rule}"),
            format!("src/login.ts:1 {rule}"),
        ]
    );
}

#[test]
fn a_copy_is_told_where_its_source_does_not_count() {
    let project = Project::new();
    let store = "localStorage.setItem('access_token', token);\n";
    for file in ["src/login.ts", "lib/login.js", "dist/login.js"] {
        project.write(file, store);
    }
    let told = |counts: &dyn Fn(&Finding) -> bool| {
        let mut audit = project.audit(&Options::default());
        audit.narrow(counts);
        let root = format!("{}/", project.dir.path().display());
        audit.findings.iter().map(|one| one.file.replace(&root, "")).collect::<Vec<_>>()
    };

    assert_eq!(told(&|_| true), ["src/login.ts"]);
    assert_eq!(told(&|finding| !finding.file.contains("src")), ["dist/login.js"]);
    assert_eq!(told(&|finding| finding.file.contains("lib")), ["lib/login.js"]);
    assert!(told(&|_| false).is_empty());
}

#[test]
fn settings_of_a_testing_module_and_of_a_documentation_builder_are_fixtures() {
    let settings = "import jwt\nSETTINGS = {'jwt': {'secret': 'kept in the open', 'algorithm': 'HS256'}}\n\
                    SECRET_KEY = 'lies-in-the-open'\nALGORITHM = 'HS256'\nsign = signer(SECRET_KEY)\n";
    for (file, count) in
        [("shop/testing.py", 0), ("shop/documentation/build.py", 0), ("shop/app.py", 1)]
    {
        let project = Project::new();
        project.write(file, settings);
        let options = Options { include_uncertain: true, ..Options::default() };
        assert_eq!(project.audit(&options).findings.len(), count, "{file}");
    }
}

#[test]
fn a_client_in_go_reads_the_token_that_it_was_given() {
    let code = "package ca\n\nimport \"gopkg.in/square/go-jose.v2/jwt\"\n\nfunc names(given string) string {\n\
                \ttoken, _ := jwt.ParseSigned(given)\n\tvar claims Claims\n\
                \ttoken.UnsafeClaimsWithoutVerification(&claims)\n\treturn claims.Email\n}\n";
    for (file, count) in [("ca/client.go", 0), ("ca/handler.go", 1)] {
        let project = Project::new();
        project.write(file, code);
        let options = Options { include_uncertain: true, ..Options::default() };
        assert_eq!(project.audit(&options).findings.len(), count, "{file}");
    }
}

#[test]
fn two_files_of_one_name_that_somebody_wrote_are_both_told_of() {
    let handler = |claims: &str, token: &str| {
        format!(
            "const jwt = require('jsonwebtoken');\nconst app = require('express')();\napp.get('/', (req, res) => {{\n  \
             const {claims} = jwt.decode({token});\n  req.user = User.findById({claims}.sub);\n  res.json({{}});\n}});\n"
        )
    };
    let (mine, other) =
        (handler("claims", "req.headers.authorization"), handler("who", "req.cookies.session"));
    let rule = "unverified-decode";
    for [first, second] in [["index.js", "lib/index.js"], ["lib/index.js", "src/index.js"]] {
        let project = Project::new();
        project.write(first, &mine);
        project.write(second, &other);
        assert_eq!(
            project.found(&Options::default()),
            [format!("{first}:4 {rule}"), format!("{second}:4 {rule}")]
        );
        project.write(second, &mine);
        assert_eq!(project.found(&Options::default()).len(), 1);
    }
    let project = Project::new();
    project.write("src/index.js", &mine);
    let built = mine.replace("const claims = jwt", "var claims = _jsonwebtoken.default");
    let built = built.replace("const jwt", "var _jsonwebtoken");
    project.write("lib/index.js", &built);
    assert_eq!(project.found(&Options::default()).len(), 1);
    fs::remove_dir_all(project.dir.path().join("lib")).unwrap();
    fs::remove_dir_all(project.dir.path().join("src")).unwrap();
    project.write("index.js", &mine);
    project.write("dist/index.js", &built);
    assert_eq!(project.found(&Options::default()).len(), 1);
    project.write("lib/index.js", &built);
    assert_eq!(project.found(&Options::default()).len(), 1);
}

#[test]
fn what_a_test_verifies_and_ends_says_nothing_about_the_program() {
    let decode = "import jwt\nfrom flask import request\nfrom shop.tokens import check\n\n\ndef user():\n    \
                  token = request.headers['X-Token']\n    check(token)\n    \
                  return jwt.decode(token, options={'verify_signature': False})['sub']\n";
    let verifies = "import jwt\n\n\ndef check(token):\n    return jwt.decode(token, KEY, algorithms=['ES256'])\n";
    let project = Project::new();
    project.write("shop/users.py", decode);
    project.write("shop/tokens.py", "def check(token):\n    print(len(token))\n");
    project.write("tests/tokens.py", verifies);
    assert_eq!(project.found(&Options::default()), ["shop/users.py:9 unverified-decode"]);
    project.write("shop/tokens.py", verifies);
    assert!(project.found(&Options::default()).is_empty());

    let project = Project::new();
    let issues = "import jwt\njwt.encode({'sub': 1, 'exp': soon()}, KEY, headers=h)\n";
    project.write("shop/a.py", issues);
    let options = Options { include_uncertain: true, ..Options::default() };
    assert_eq!(project.found(&options), ["shop/a.py:2 no-revocation"]);
    // With a library in it or without.
    for test in ["assert 'revoke' not in page\n", "import jwt\nassert 'revoke' not in page\n"] {
        project.write("tests/test_page.py", test);
        assert_eq!(project.found(&options), ["shop/a.py:2 no-revocation"], "{test}");
    }
    project.write("shop/b.py", "# Nobody can revoke them.\nimport jwt\n");
    assert_eq!(project.found(&options), ["shop/a.py:2 no-revocation"]);
}

#[test]
fn a_name_that_ends_in_the_letters_of_a_test_is_none() {
    let code = "import com.auth0.jwt.JWT;\nimport com.auth0.jwt.algorithms.Algorithm;\n\nclass Proof {\n  String of(String id) \
                {\n    return JWT.create().withSubject(id).sign(Algorithm.HMAC256(\"orchard-winter-42\"));\n  }\n}\n";
    for (file, is_told) in [("Attest.java", true), ("Latest.java", true), ("ProofTest.java", false)]
    {
        let project = Project::new();
        project.write(file, code);
        let found = project.found(&Options::default());
        let wanted = format!("{file}:6 hardcoded-secret");
        assert_eq!(found.contains(&wanted), is_told, "{found:?}");
    }
}
