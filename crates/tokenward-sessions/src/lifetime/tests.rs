use super::*;

#[test]
fn a_refresh_token_lives_a_day_at_most() {
    assert!(RefreshLifetime::new(RefreshLifetime::MAX).is_ok());
    let error = RefreshLifetime::new(RefreshLifetime::MAX + Duration::from_millis(1)).unwrap_err();
    assert_eq!(error.to_string(), "refresh_lifetime must be from 60 s to 86400 s");
    assert!(RefreshLifetime::new(Duration::ZERO).is_err());
}

#[test]
fn a_refresh_token_never_outlives_its_session() {
    let lifetime = RefreshLifetime::new(Duration::from_secs(600)).unwrap();
    let at = UnixTime::from_secs;

    assert_eq!(lifetime.ends_at(at(1_000), at(9_000)), at(1_600));
    assert_eq!(lifetime.ends_at(at(1_000), at(1_100)), at(1_100));
}

#[test]
fn a_session_has_an_end() {
    assert!(SessionLifetime::new(Duration::MAX).is_err());
    assert!(SessionLifetime::new(SessionLifetime::MAX).is_ok());
}
