use super::shown;

#[test]
fn a_cell_cannot_turn_or_end_the_line_of_a_table() {
    assert_eq!(shown("al\u{202e}ice\u{2028}\u{1b}[2K"), r"al\u{202e}ice\u{2028}\u{1b}[2K");
    assert_eq!(shown(r#"o'neill "Zoë" a\b"#), r#"o'neill "Zoë" a\b"#);
}
