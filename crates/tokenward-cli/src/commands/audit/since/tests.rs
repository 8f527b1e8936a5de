use super::*;

#[test]
fn a_hunk_says_which_lines_are_new() {
    assert_eq!(hunk("@@ -1,2 +3,4 @@ fn x() {"), Some(3..=6));
    assert_eq!(hunk("@@ -0,0 +1 @@"), Some(1..=1));
    assert_eq!(hunk("@@ -5,2 +4,0 @@"), None);
    assert_eq!(hunk("+@@ -1 +1 @@"), None);
    assert_eq!(hunk("@@ -1 +99999999999999999999 @@"), None);
}

#[test]
fn an_option_is_no_revision() {
    assert!(changed("--output=x", &[".".into()]).is_err());
}
