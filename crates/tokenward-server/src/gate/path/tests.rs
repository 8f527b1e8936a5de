use proptest::prelude::*;

use super::*;

#[test]
fn a_path_that_could_be_read_in_two_ways_is_refused() {
    let table = [
        ("", BadPath::NotAbsolute),
        ("*", BadPath::NotAbsolute),
        ("admin", BadPath::NotAbsolute),
        ("http://evil/admin", BadPath::NotAbsolute),
        ("/a/../admin", BadPath::Dots),
        ("/a/%2e%2E/admin", BadPath::Dots),
        ("/a/.%2e", BadPath::Dots),
        ("/./admin", BadPath::Dots),
        ("//admin", BadPath::EmptySegment),
        ("/a//b", BadPath::EmptySegment),
        ("/a%2fb", BadPath::EscapedSeparator),
        ("/a%2Fb", BadPath::EscapedSeparator),
        ("/a%5cb", BadPath::EscapedSeparator),
        ("/a\\b", BadPath::Backslash),
        ("/a%00", BadPath::Control),
        ("/a%0d%0ab", BadPath::Control),
        ("/a b", BadPath::Control),
        ("/a\tb", BadPath::Control),
        ("/a%", BadPath::BadEscape),
        ("/a%2", BadPath::BadEscape),
        ("/a%zz", BadPath::BadEscape),
        ("/a%+1", BadPath::BadEscape),
        ("/%c0%ae%c0%ae/admin", BadPath::BadEscape),
        ("/a%252fb", BadPath::EscapedPercent),
        ("/a%25", BadPath::EscapedPercent),
        ("/a;x=1/b", BadPath::Parameters),
        ("/a%3bx", BadPath::Parameters),
        ("/a#b", BadPath::Parameters),
    ];
    for (target, expected) in table {
        assert_eq!(CanonicalPath::parse(target), Err(expected), "{target}");
    }
}

#[test]
fn escapes_and_queries_do_not_change_which_path_it_is() {
    for target in ["/admin", "/%61dmin", "/admin?x=/../y", "/admin?", "/%61%64min?%2f"] {
        assert_eq!(CanonicalPath::parse(target).unwrap().as_str(), "/admin", "{target}");
    }
    assert_eq!(CanonicalPath::parse("/caf%C3%A9").unwrap().as_str(), "/café");
}

#[test]
fn a_pattern_matches_whole_segments() {
    let table = [
        ("/", "/", true),
        ("/", "/a", false),
        ("/**", "/", true),
        ("/**", "/a/b/c", true),
        ("/admin", "/admin", true),
        ("/admin", "/admin/", true),
        ("/admin", "/admins", false),
        ("/admin", "/Admin", false),
        ("/admin", "/admin/x", false),
        ("/admin/**", "/admin", true),
        ("/admin/**", "/admin/x/y", true),
        ("/admin/**", "/administrator", false),
        ("/invoices/*", "/invoices/7", true),
        ("/invoices/*", "/invoices", false),
        ("/invoices/*", "/invoices/7/lines", false),
        ("/invoices/*/lines", "/invoices/7/lines", true),
        ("/invoices/*/lines", "/invoices/7/8/lines", false),
    ];
    for (pattern, path, expected) in table {
        let path = CanonicalPath::parse(path).unwrap();
        let matches = PathPattern::parse(pattern).unwrap().matches(&path);
        assert_eq!(matches, expected, "{pattern} {path}");
    }
}

#[test]
fn a_pattern_that_could_match_nothing_is_a_mistake() {
    for pattern in ["admin", "/a/../b", "/a//b", "/a%2fb", "/a*", "/**/a", "/a/**b"] {
        assert!(PathPattern::parse(pattern).is_err(), "{pattern}");
    }
}

proptest! {
    #[test]
    fn a_canonical_path_never_climbs_and_is_its_own_canonical_form(target in "[/.%a-z0-9;\\\\? ]{0,40}") {
        if let Ok(path) = CanonicalPath::parse(&target) {
            prop_assert!(!path.as_str().contains("//"));
            prop_assert!(path.as_str().split('/').all(|segment| segment != ".." && segment != "."));
            prop_assert!(!path.as_str().contains(['\\', '%', ';']));
            if !path.as_str().contains([' ', '?']) {
                prop_assert_eq!(&CanonicalPath::parse(path.as_str()).unwrap(), &path);
            }
        }
    }
}
