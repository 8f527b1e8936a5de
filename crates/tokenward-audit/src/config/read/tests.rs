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
