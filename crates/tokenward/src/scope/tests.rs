use super::*;

#[test]
fn a_scope_is_a_set_of_names() {
    let scope = Scope::parse("read write read").unwrap();

    assert_eq!(scope.to_string(), "read write");
    assert!(scope.contains("write"));
    assert!(!scope.contains("writ"));
    assert!(!scope.contains(""));
}

#[test]
fn a_narrower_scope_is_a_subset() {
    let wide = Scope::parse("a b c").unwrap();

    assert!(Scope::parse("c a").unwrap().is_subset_of(&wide));
    assert!(Scope::empty().is_subset_of(&wide));
    assert!(!Scope::parse("a d").unwrap().is_subset_of(&wide));
}

#[test]
fn sloppy_scopes_are_refused() {
    for bad in [" ", "a ", " a", "a  b", "a\tb", "a\"b", "a\\b", "ä", &"a".repeat(4_097)] {
        assert_eq!(Scope::parse(bad), Err(InvalidScope), "{bad:?}");
    }
    assert!(Scope::parse(&"a".repeat(4_096)).is_ok());
}

#[test]
fn a_single_name_is_read_as_many_are() {
    for len in 0..40 {
        for at in 0..len {
            for character in ["!", "#", "[", "]", "~", " ", "\"", "\\", "\u{7f}", "\u{1f}", "é"] {
                let mut name = "a".repeat(len);
                name.replace_range(at..=at, character);
                let many = format!("b {name} b");
                assert_eq!(Scope::parse(&name).is_ok(), Scope::parse(&many).is_ok(), "{name:?}");
            }
        }
    }
}
