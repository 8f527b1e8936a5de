use super::*;
use crate::audit_text;

#[test]
fn a_cookie_gets_the_flags_that_it_lacks_wherever_they_are_written() {
    fixes(
        "a.py",
        "r.set_cookie('access_token', token)\n",
        "r.set_cookie('access_token', token, httponly=True, secure=True)\n",
    );
    fixes(
        "a.py",
        "r.set_cookie(\n    'access_token',\n    token,\n    httponly=False,\n    secure=True,\n)\n",
        "r.set_cookie(\n    'access_token',\n    token,\n    httponly=True,\n    secure=True,\n)\n",
    );
    fixes(
        "a.js",
        "res.cookie('access_token', token)\n",
        "res.cookie('access_token', token, { httpOnly: true, secure: true })\n",
    );
    fixes(
        "a.ts",
        "res.cookie('access_token', token, {\n  path: '/',\n  secure: false,\n})\n",
        "res.cookie('access_token', token, {\n  path: '/',\n  secure: true,\n  httpOnly: true,\n})\n",
    );
    fixes(
        "a.js",
        "res.cookie('jwt', token, {})\n",
        "res.cookie('jwt', token, { httpOnly: true, secure: true })\n",
    );
    fixes(
        "a.go",
        "package a\n\nimport \"net/http\"\n\nfunc f(w http.ResponseWriter, t string) {\n\thttp.SetCookie(w, &http.Cookie{\n\t\tName: \"access_token\",\n\t\tValue: t,\n\t})\n}\n",
        "package a\n\nimport \"net/http\"\n\nfunc f(w http.ResponseWriter, t string) {\n\thttp.SetCookie(w, &http.Cookie{\n\t\tName: \"access_token\",\n\t\tValue: t,\n\t\tHttpOnly: true,\n\t\tSecure: true,\n\t})\n}\n",
    );
    fixes(
        "a.go",
        "package a\n\nfunc f(c *gin.Context, t string) { c.SetCookie(\"jwt\", t, 60, \"/\", \"\", false, false) }\n",
        "package a\n\nfunc f(c *gin.Context, t string) { c.SetCookie(\"jwt\", t, 60, \"/\", \"\", true, true) }\n",
    );
}

#[test]
fn lines_that_end_as_on_windows_go_on_doing_so() {
    fixes(
        "a.js",
        "res.cookie('jwt', token, {\r\n  secure: true,\r\n})\r\n",
        "res.cookie('jwt', token, {\r\n  secure: true,\r\n  httpOnly: true,\r\n})\r\n",
    );
}

#[test]
fn none_goes_out_of_a_list_and_alone_it_stays_for_a_person_to_decide() {
    let call =
        |list: &str| format!("import jwt\n\nclaims = jwt.decode(token, KEY, algorithms={list})\n");
    fixes("a.py", &call("['RS256', 'none']"), &call("['RS256']"));
    fixes("a.py", &call("['none', 'RS256']"), &call("['RS256']"));
    fixes("a.py", &call("['none', 'ES256', 'NONE', 'RS256', 'None']"), &call("['ES256', 'RS256']"));
    leaves("a.py", &call("['none']"));
    leaves("a.py", &call("ALLOWED"));
}

#[test]
fn a_secret_goes_out_of_the_list_where_the_key_is_visibly_a_public_one() {
    let call = |key: &str, list: &str| {
        format!("from jose import jwt\n\nclaims = jwt.decode(token, {key}, algorithms=[{list}])\n")
    };
    fixes("a.py", &call("PUBLIC_KEY", "'RS256', 'HS256'"), &call("PUBLIC_KEY", "'RS256'"));
    leaves("a.py", &call("KEY", "'RS256', 'HS256'"));
}

#[test]
fn the_algorithm_is_pinned_where_the_file_signs_with_the_same_key() {
    let file = |algorithms: &str| {
        format!(
            "from jose import jwt\n\nALGORITHM = 'ES256'\n\n\ndef give(claims):\n    return jwt.encode(claims, \
             KEY, algorithm=ALGORITHM)\n\n\ndef take(token):\n    return jwt.decode(token, KEY{algorithms})\n"
        )
    };
    fixes("a.py", &file(""), &file(", algorithms=[ALGORITHM]"));
    leaves("a.py", &file("").replace("(claims, KEY,", "(claims, OTHER,"));
    leaves("a.py", &file("").replace("algorithm=ALGORITHM", "algorithm=choose()"));
    let simple = |rest: &str| {
        format!(
            "const jwt = require('jwt-simple')\nconst t = jwt.encode(p, secret, 'HS512')\nconst c = jwt.decode(t, secret{rest})\n"
        )
    };
    fixes("a.js", &simple(""), &simple(", false, 'HS512'"));
}

#[test]
fn a_check_that_is_off_is_switched_on() {
    fixes(
        "a.py",
        "import jwt\n\nc = jwt.decode(t, KEY, algorithms=['ES256'], options={'verify_exp': False})\n",
        "import jwt\n\nc = jwt.decode(t, KEY, algorithms=['ES256'], options={'verify_exp': True})\n",
    );
    fixes(
        "a.js",
        "const jwt = require('jsonwebtoken')\njwt.verify(t, key, { algorithms: ['ES256'], ignoreExpiration: true })\n",
        "const jwt = require('jsonwebtoken')\njwt.verify(t, key, { algorithms: ['ES256'], ignoreExpiration: false })\n",
    );
    let rust = |flag: &str| {
        format!(
            "use jsonwebtoken::{{decode, Validation}};\n\nfn read(token: &str) {{\n    let mut v = Validation::new(Algorithm::ES256);\n    v.validate_exp = {flag};\n    decode::<Claims>(token, &key, &v);\n}}\n"
        )
    };
    fixes("a.rs", &rust("false"), &rust("true"));
    let sharp = |flag: &str| {
        format!("var p = new TokenValidationParameters {{ ValidateLifetime = {flag} }};\n")
    };
    fixes("a.cs", &sharp("false"), &sharp("true"));
    let ruby = |flag: &str| {
        format!("JWT.decode(token, key, true, verify_expiration: {flag}, algorithm: 'ES256')\n")
    };
    fixes("a.rb", &ruby("false"), &ruby("true"));
}

#[test]
fn a_signature_is_checked_again_where_key_and_algorithm_are_there_and_nowhere_else() {
    let call = |rest: &str| {
        format!(
            "import jwt\nfrom flask import request\n\n\ndef user():\n    claims = jwt.decode(request.headers['X-Token'], {rest})\n    return claims['sub']\n"
        )
    };
    fixes(
        "a.py",
        &call("KEY, algorithms=['ES256'], options={'verify_signature': False}"),
        &call("KEY, algorithms=['ES256'], options={'verify_signature': True}"),
    );
    leaves("a.py", &call("options={'verify_signature': False}"));
    leaves("a.py", &call("'', algorithms=['ES256'], options={'verify_signature': False}"));
    leaves("a.py", &call("KEY, options={'verify_signature': False}"));
}

#[test]
fn what_a_person_wrote_between_the_parts_is_not_torn_apart() {
    leaves("a.ts", "res.cookie('access_token', token as string)\n");
    leaves("a.js", "res.cookie('access_token', token, { secure: true /* for now */ })\n");
    leaves("a.py", "r.set_cookie('access_token', (token))\n");
    // Flags that stand at their positions: a keyword beside one is an error.
    leaves("a.py", "r.set_cookie('access_token', t, 900, None, '/', None, True, True)\n");
    fixes(
        "a.py",
        "r.set_cookie('access_token', t, 900, None, '/', None, True, False)\n",
        "r.set_cookie('access_token', t, 900, None, '/', None, True, True)\n",
    );
    leaves("a.js", "const flags = { secure: true }\nres.cookie('access_token', token, flags)\n");
    // A flag that a name stands for may be used elsewhere.
    leaves("a.py", "OFF = False\nr.set_cookie('access_token', token, httponly=OFF, secure=True)\n");
}

#[test]
fn what_a_comment_allows_and_what_is_switched_off_stays() {
    let allowed = "import jwt\n# tokenward: allow(expiry-not-checked) by design\nc = jwt.decode(t, KEY, algorithms=['ES256'], options={'verify_exp': False})\n";
    leaves("a.py", allowed);
    let mut options = Options::default();
    options.severities.insert("cookie-readable-by-scripts".to_owned(), None);
    let text = "r.set_cookie('access_token', token)\n".to_owned();
    let (after, mended) =
        fix_text(("a.py", Path::new("a.py")), text, Language::Python, &options, None);
    assert_eq!(after, "r.set_cookie('access_token', token, secure=True)\n");
    assert_eq!(mended.len(), 1);
}

#[test]
fn only_what_is_named_is_mended_though_the_text_moves_under_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.py");
    let text = "# é\nr.set_cookie('jwt', token); r.set_cookie('id_token', token)\nr.set_cookie('access_token', token)\nr.set_cookie('refresh_token', token)\n";
    std::fs::write(&path, text).unwrap();
    let mended = |is_named: fn(&Finding) -> bool| {
        let paths = [path.clone()];
        let mut found = audit_paths(&paths, &Options::default()).findings;
        assert_eq!(found.len(), 8);
        found.retain(is_named);
        let fixes = fix_findings(&found, &paths, &Options::default());
        fixes.files.first().map(|file| (file.after.clone(), file.mended.len()))
    };

    let after = "# é\nr.set_cookie('jwt', token); r.set_cookie('id_token', token, httponly=True, secure=True)\nr.set_cookie('access_token', token)\nr.set_cookie('refresh_token', token, httponly=True, secure=True)\n";
    assert_eq!(
        mended(|one| one.line == 4 || one.line == 2 && one.column > 1),
        Some((after.to_owned(), 4))
    );
    let after = text.replace("'access_token', token", "'access_token', token, secure=True");
    assert_eq!(
        mended(|one| one.line == 3 && one.rule == "cookie-over-plain-http"),
        Some((after, 1))
    );
    assert_eq!(mended(|_| false), None);
}

#[test]
fn in_markup_the_script_alone_is_touched() {
    fixes(
        "a.vue",
        "<p>é res.cookie('jwt', token)</p>\n<script>\nres.cookie('jwt', token)\n</script>\n",
        "<p>é res.cookie('jwt', token)</p>\n<script>\nres.cookie('jwt', token, { httpOnly: true, secure: true })\n</script>\n",
    );
}

#[test]
fn every_example_of_every_rule_is_mended_at_once_or_not_at_all() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut mended_in_all = 0;
    for file in walk::files(
        &[rules],
        |path| Language::of(path).is_some(),
        &Options::default(),
        &mut Vec::new(),
    ) {
        let language = Language::of(&file.path).unwrap();
        let text = std::fs::read_to_string(&file.path).unwrap();
        let name = Path::new(file.path.file_name().unwrap());
        let before =
            audit_text(&name.to_string_lossy(), &text, language, &Options::default()).len();
        let run = |text| {
            fix_text((&name.to_string_lossy(), name), text, language, &Options::default(), None)
        };
        let (after, mended) = run(text.clone());
        mended_in_all += mended.len();
        let found = audit_text(&name.to_string_lossy(), &after, language, &Options::default());
        assert!(
            found.len() <= before.saturating_sub(mended.len().min(1)),
            "{}",
            file.path.display()
        );
        assert!(found.iter().all(|one| one.edits.is_empty()), "{}", file.path.display());
        let faults = |text: &str| parsed(text, language).unwrap().faults;
        assert!(faults(&after) <= faults(&text), "{}", file.path.display());
        let (again, none) = run(after.clone());
        assert!(again == after && none.is_empty(), "{}", file.path.display());
    }
    assert!(mended_in_all >= 60, "{mended_in_all}");
}

#[test]
fn examples_that_are_torn_are_read_and_mended_without_harm() {
    const ROUNDS: usize = 1;
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut state = 11_usize;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.rotate_left(17) % below.max(1)
    };
    for file in walk::files(
        &[rules],
        |path| Language::of(path).is_some(),
        &Options::default(),
        &mut Vec::new(),
    ) {
        let language = Language::of(&file.path).unwrap();
        let text = std::fs::read_to_string(&file.path).unwrap();
        for _ in 0..ROUNDS {
            let mut chars: Vec<char> = text.chars().collect();
            // A piece is taken out, and another one put where it does not belong.
            let (from, length, to) = (next(chars.len()), next(40), next(chars.len()));
            let piece: Vec<char> = chars.drain(from..(from + length).min(chars.len())).collect();
            let to = to.min(chars.len());
            let torn: String =
                chars[..to].iter().chain(&piece).chain(&piece).chain(&chars[to..]).collect();
            let name = Path::new("x");
            let run = |text| fix_text(("x", name), text, language, &Options::default(), None);
            let (after, mended) = run(torn.clone());
            assert!(!mended.is_empty() || after == torn);
            assert_eq!(run(after).1, [], "{}\n{torn}", file.path.display());
        }
    }
}

#[test]
fn a_file_is_handed_back_with_its_mark_and_whether_it_is_a_test_counts() {
    let dir = tempfile::tempdir().unwrap();
    let bad = "\u{feff}r.set_cookie('access_token', token, httponly=True)\n";
    std::fs::create_dir(dir.path().join("tests")).unwrap();
    for name in ["app.py", "tests/app.py", "good.py"] {
        std::fs::write(dir.path().join(name), if name == "good.py" { "x = 1\n" } else { bad })
            .unwrap();
    }
    let fixes = fix_paths(&[dir.path().to_owned()], &Options::default());
    assert_eq!(fixes.files.len(), 1);
    assert_eq!(fixes.files[0].path, dir.path().join("app.py"));
    assert_eq!(fixes.files[0].before, bad);
    assert_eq!(
        fixes.files[0].after,
        "\u{feff}r.set_cookie('access_token', token, httponly=True, secure=True)\n"
    );
}

#[test]
fn changes_that_overlap_or_lie_outside_make_nothing() {
    let change = |span, text: &str| Change { span, text: text.to_owned() };
    assert_eq!(applied("abc", &[change(2..3, "z"), change(0..1, "x")]).as_deref(), Some("xbz"));
    assert_eq!(applied("abc", &[change(0..2, "x"), change(1..3, "y")]), None);
    assert_eq!(applied("abc", &[change(3..9, "x")]), None);
    assert_eq!(applied("aé", &[change(2..3, "x")]), None);
}

/// Holds what becomes of a text against what is expected, and that it is so the second time.
fn fixes(name: &str, before: &str, after: &str) {
    let language = Language::of(Path::new(name)).unwrap();
    let options = Options { include_uncertain: true, ..Options::default() };
    let run =
        |text: &str| fix_text((name, Path::new(name)), text.to_owned(), language, &options, None);
    let (now, _) = run(before);
    assert_eq!(now, after);
    assert_eq!(run(after).1, [], "a second time");
}

fn leaves(name: &str, text: &str) {
    fixes(name, text, text);
}

#[test]
fn of_hundreds_of_changes_in_one_file_only_so_many_are_tried_as_it_is_worth() {
    let one = |at: usize| {
        format!(
            "def f{at}(token):\n    return jwt.decode(token, KEY, algorithms=['ES256'], \
             options={{'verify_exp': False}})['sub']\n\n"
        )
    };
    let code: String =
        std::iter::once("import jwt\n\n".to_owned()).chain((0..250).map(one)).collect();

    let found = audit_text("many.py", &code, Language::Python, &Options::default());

    let mended = found.iter().filter(|finding| !finding.edits.is_empty()).count();
    assert_eq!(found.len(), 200);
    assert!((1..100).contains(&mended), "{mended}");
}
