use super::*;

#[test]
fn nothing_is_allowed_unless_it_is_listed() {
    let none = AllowedScopes::default();
    let some = allowed(&["invoices:read", "invoices:write"]);

    assert!(none.is_none() && none.allow(&Scope::empty()) && !none.allow(&scope("invoices:read")));
    assert!(some.allow(&scope("invoices:write")) && some.allow(&Scope::empty()));
    assert!(some.allow(&scope("invoices:write invoices:read")));
    assert!(!some.allow(&scope("invoices:read admin")) && !some.allow(&scope("invoices")));
    assert!(!some.allow(&scope("*")), "the star is a name like others to whoever asks");
}

#[test]
fn a_star_alone_is_any_scope() {
    let any = allowed(&["*"]);

    assert_eq!(any, AllowedScopes::any());
    assert!(any.allow(&scope("admin anything")) && !any.is_none());
    assert_eq!(AllowedScopes::from_names(["*", "read"]), Err(InvalidAllowedScopes::AnyAmongOthers));
}

#[test]
fn the_names_read_back_as_themselves() {
    for names in [&[][..], &["*"], &["read"], &["write", "read"]] {
        let allowed = allowed(names);
        assert_eq!(allowed.names().collect::<Vec<_>>(), names);
        assert_eq!(AllowedScopes::from_names(allowed.names()), Ok(allowed));
    }
    assert_eq!(allowed(&["read", "read"]), allowed(&["read"]));
}

#[test]
fn what_is_no_name_of_a_scope_is_refused() {
    for name in ["", " ", "read write", "a\"b", "a\nb", "é", "\\"] {
        let found = AllowedScopes::from_names(["read", name]);
        assert_eq!(found, Err(InvalidAllowedScopes::Name { name: name.to_owned() }));
    }
    let long = "x".repeat(Scope::MAX_LEN);
    assert!(AllowedScopes::from_names([&long]).is_ok());
    assert_eq!(AllowedScopes::from_names([&long, "y"]), Err(InvalidAllowedScopes::TooLong));
    assert_eq!(AllowedScopes::from_names([long + "y"]), Err(InvalidAllowedScopes::TooLong));
}

fn allowed(names: &[&str]) -> AllowedScopes {
    AllowedScopes::from_names(names).unwrap()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}
