use http::{HeaderName, HeaderValue};

use super::*;

#[test]
fn a_name_that_reads_as_one_of_ours_is_found_in_any_spelling() {
    for name in ["x_auth_subject", "X-AUTH_Session", "x.auth.scope", "x-auth~claims"] {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        assert_eq!(check(&one(name, "root")), Err(Smuggled::Spelling));
    }
}

#[test]
fn our_own_spelling_and_names_of_others_are_no_smuggling() {
    for name in ["x-auth-subject", "x-auth-subjects", "x_auth", "x-author-name", "authorization"] {
        let name = HeaderName::from_static(name);
        assert_eq!(check(&one(name, "root")), Ok(()));
    }
}

#[test]
fn a_connection_may_name_none_of_ours() {
    let ours = ["X-Auth-Subject", "close,x_auth_scope", "keep-alive ,\tCOOKIE ", "authorization"];
    for line in ours {
        assert_eq!(check(&one(CONNECTION, line)), Err(Smuggled::Connection), "{line}");
    }
    for line in ["", "close", "Upgrade, keep-alive", "x-auth", "cookie2"] {
        assert_eq!(check(&one(CONNECTION, line)), Ok(()), "{line}");
    }
    let mut twice = one(CONNECTION, "close");
    twice.append(CONNECTION, HeaderValue::from_static("x-auth-claims"));
    assert_eq!(check(&twice), Err(Smuggled::Connection));
}

fn one(name: HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
}
