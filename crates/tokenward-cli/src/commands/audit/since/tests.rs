use super::*;

#[test]
fn an_option_is_no_revision() {
    assert!(changed("--output=x", &[".".into()]).is_err());
}
