use super::*;

#[test]
fn a_cell_cannot_turn_or_end_the_line_of_a_table() {
    assert_eq!(shown("al\u{202e}ice\u{2028}\u{1b}[2K"), r"al\u{202e}ice\u{2028}\u{1b}[2K");
    assert_eq!(shown(r#"o'neill "Zoë" a\b"#), r#"o'neill "Zoë" a\b"#);
}

#[test]
fn json_says_the_same_with_nothing_hidden_in_it() {
    let value = "a\u{7f}\u{9b}\u{61c}\u{202e}\u{e0041}é\n";

    let text = visible(&serde_json::to_string_pretty(&[value]).unwrap());

    assert!(text.starts_with("[\n") && !text.chars().any(|c| c != '\n' && is_hidden(c)), "{text}");
    assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [value]);
}

#[test]
fn a_failure_cannot_steer_the_terminal() {
    let failure = Failure::cannot("a\u{1b}]0;x\u{7}\u{202e}b: no\nsuch file");

    assert_eq!(failure.to_string(), r"a\u{1b}]0;x\u{7}\u{202e}b: no such file");
}
