use super::*;

#[test]
fn a_value_on_the_next_line_is_that_of_the_key_above_it() {
    for text in [
        "jwt.secret=\\\n    abc\n",
        "jwt.secret: |\n  abc\n",
        "jwt.secret: >-\n\n  \"abc\"\nnext: 1\n",
        "jwt.secret:\n  abc\n",
    ] {
        let found = settings(text);
        let secret = found.iter().find(|one| one.path == "jwt.secret").unwrap();
        assert_eq!(secret.value, "abc", "{text}");
        assert!(text.get(secret.span.clone()).unwrap().contains("abc"), "{text}");
    }
}

#[test]
fn what_stands_below_a_key_and_is_no_single_value_is_none() {
    for text in [
        "jwt.secret: |\n  abc\n  def\n",
        "jwt.secret:\n  from: abc\n",
        "jwt.secret:\n  - abc\n",
        "jwt.secret:\nabc\n",
        "jwt.secret:\n  # abc\n",
        "jwt.secret: |",
    ] {
        let found = settings(text);
        let secret = found.iter().find(|one| one.path == "jwt.secret").unwrap();
        assert!(!secret.value.contains("abc"), "{text}");
    }
}

#[test]
fn a_text_between_marks_is_a_value_where_it_is_one_line() {
    for (text, value) in [
        ("secret = \"\"\"\nabc\n\"\"\"\n", "abc"),
        ("secret = '''\nabc'''\nnext = 1\n", "abc"),
        ("secret = \"\"\"\nabc\ndef\n\"\"\"\n", ""),
        ("secret = \"\"\"\n", ""),
    ] {
        let found = settings(text);
        let secret = found.iter().find(|one| one.path == "secret").unwrap();
        assert_eq!(secret.value, value, "{text}");
    }
}

#[test]
fn a_command_has_settings_before_it_and_behind_it() {
    for (text, has) in [
        ("web: A=1 JWT_SECRET=abc node app.js\n", true),
        ("command: [\"serve\", \"--JWT_SECRET\", \"abc\"]\n", true),
        ("command: [\"serve\", \"--JWT_SECRET=abc\", \"-v\"]\n", true),
        ("command: [\"serve\", \"--JWT_SECRET\", \"--verbose\", \"abc\"]\n", false),
        ("text: JWT_SECRET=abc\n", false),
        ("  run: JWT_SECRET=abc npm test\n", false),
        ("web: node app.js JWT_SECRET=abc\n", false),
    ] {
        let found = settings(text);
        let is_it = |one: &Setting<'_>| one.path == "JWT_SECRET" && one.value == "abc";
        assert_eq!(found.iter().any(is_it), has, "{text}: {found:?}");
    }
}
