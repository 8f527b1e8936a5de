use super::*;

#[test]
fn a_file_that_ends_in_an_annotation_is_read_to_its_end() {
    for end in
        ["class A\n@b", "class A { val x = 1\n@foo(", "val x = 1\n@foo(", "val x = 1\n@foo(a b"]
    {
        // The grammar waits for a blank, also behind the end; coming back is the test.
        assert!(read(&format!("import io.jsonwebtoken.Jwts\n{end}"), Language::Kotlin).is_some());
    }
}

#[test]
fn strings_that_never_end_are_not_looked_for_at_every_place_anew() {
    for (piece, language) in
        [("r#\"\n", Language::Rust), ("#\"\n", Language::Swift), ("<<<A\n", Language::Kotlin)]
    {
        let text = piece.repeat(100_000);
        let feed = Feed::new(&text, language);
        assert!(parse(&feed, &text, language).is_none() && feed.is_spent(), "{piece}");
    }
}

#[test]
fn what_stands_across_the_border_of_two_pieces_is_read_as_one() {
    for at in 4_080..4_100 {
        let text = format!("# {}\nnaïve_ключ = '€€€€'\n", "x".repeat(at));
        let read = read(&text, Language::Python).unwrap();

        assert_eq!(read.faults, 0);
        let is_there = |id| matches!(read.model.kind(id), Kind::Text(text) if text == "€€€€");
        assert!(read.model.ids().any(is_there));
    }
}

#[test]
fn whatever_spells_a_call_calls_the_same() {
    let python = "import jwt\nfrom flask import request\n\n\ndef user():\n    claims = jwt.decode(request.headers['A'], options={'verify_signature': False})\n    return load(claims['sub'])\n";
    for (plain, other) in [
        ("jwt.decode", "getattr(jwt, 'decode')"),
        ("jwt.decode", "ｊｗｔ.decode"),
        ("jwt.decode", "jwt.𝐝𝓮𝕔𝗈𝙙𝚎"),
        ("import jwt", "import ｊｗｔ"),
        ("import jwt", "import ｊｗｔ as jwt"),
        ("verify_signature", "verify_\\x73ignature"),
        ("verify_signature", "verify_\\u0073ignature"),
        ("verify_signature", "verify_\\163ignature"),
        ("False", "0"),
        ("False", "not True"),
    ] {
        assert_eq!(found(&python.replacen(plain, other, 1), Language::Python), [6], "{other}");
    }
    for fine in ["True", "1", "not False"] {
        assert!(found(&python.replace("False", fine), Language::Python).is_empty(), "{fine}");
    }
    let script = "const jwt = require('jsonwebtoken');\napp.get('/a', (req, res) => {\n  const c = jwt.decode(req.headers.authorization);\n  if (c.admin) erase();\n});\n";
    for other in ["jwt['decode']", "jwt.d\\u0065code", "jwt.d\\u{65}code", "jwt['d\\x65code']"] {
        let other = script.replacen("jwt.decode", other, 1);
        assert_eq!(found(&other, Language::JavaScript), [3], "{other}");
    }
    for other in ["\\u006awt", "j\\u{77}t"] {
        let other = script.replacen("const jwt", &format!("const {other}"), 1);
        assert_eq!(found(&other, Language::JavaScript), [3], "{other}");
    }
    let part = script.replacen("const jwt", "const { d\\u0065code: read }", 1).replacen(
        "jwt.decode(",
        "read(",
        1,
    );
    assert_eq!(found(&part, Language::JavaScript), [3]);
    for key in ["['decode']", "'decode'"] {
        let other = part.replacen("d\\u0065code", key, 1);
        assert_eq!(found(&other, Language::JavaScript), [3], "{other}");
    }
}

#[test]
fn an_escape_that_stands_for_nothing_stays_as_it_is() {
    for (written, meant) in
        [("\\x41", "A"), ("\\u{1f600}", "😀"), ("\\ud800", "ud800"), ("\\x", "x"), ("\\é", "é")]
    {
        assert_eq!(unescape(written), meant);
    }
    for odd in ["\\u", "a\\u{", "a\\u{}b", "a\\u12é", "\\u{110000}"] {
        // Coming back is the test.
        spelling::name(odd);
    }
}

/// The lines on which claims are taken unverified.
fn found(text: &str, language: Language) -> Vec<usize> {
    let found = crate::audit_text("app", text, language, &crate::Options::default());
    found.iter().filter(|one| one.rule == "unverified-decode").map(|one| one.line).collect()
}
