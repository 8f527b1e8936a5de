use super::*;

#[test]
fn a_token_reads_back_as_itself() {
    let token = RefreshToken::random();

    let again = RefreshToken::parse(&token.expose()).unwrap();

    assert_eq!(again.hash(), token.hash());
    assert_eq!(token.expose().len(), 47);
}

#[test]
fn one_kind_is_never_taken_for_another() {
    assert!(RefreshToken::parse(&ServiceSecret::random().expose()).is_err());
    assert!(ServiceSecret::parse(&AdminToken::random().expose()).is_err());
}

#[test]
fn only_the_canonical_text_is_a_token() {
    let text = RefreshToken::random().expose();
    // The last of 43 characters carries 4 bits of data; another spelling of the same bytes is refused.
    let sloppy = format!("twr_{}B", "A".repeat(42));

    assert!(RefreshToken::parse(&sloppy).is_err());
    for bad in [String::new(), "twr_".to_owned(), format!("{}=", *text), format!(" {}", *text)] {
        assert!(RefreshToken::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn only_the_presented_token_opens_its_successor() {
    let (presented, successor) = (RefreshToken::random(), RefreshToken::random());
    let sealed = presented.seal(&successor);

    assert_eq!(presented.open_successor(&sealed).unwrap().hash(), successor.hash());
    assert!(successor.open_successor(&sealed).is_none());
    assert!(RefreshToken::random().open_successor(&sealed).is_none());
}

#[test]
fn debug_shows_the_kind_alone() {
    assert_eq!(format!("{:?}", RefreshToken::random()), "RefreshToken(..)");
    assert_eq!(format!("{:?}", ServiceSecret::random()), "ServiceSecret(..)");
    assert_eq!(format!("{:?}", AdminToken::random()), "AdminToken(..)");
}
