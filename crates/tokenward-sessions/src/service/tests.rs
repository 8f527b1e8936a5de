use super::*;

#[test]
fn only_a_secret_of_the_service_is_accepted() {
    let (old, new) = (ServiceSecret::random(), ServiceSecret::random());
    let service = service(vec![stored(&old, Some(at(100))), stored(&new, None)]);

    assert_eq!(authenticate(Some(&service), &new, at(500)), Some(&service.secrets[1]));
    assert_eq!(authenticate(Some(&service), &old, at(99)), Some(&service.secrets[0]));
    assert_eq!(authenticate(Some(&service), &ServiceSecret::random(), at(99)), None);
    assert_eq!(authenticate(None, &new, at(99)), None);
}

#[test]
fn a_replaced_secret_ends() {
    let old = ServiceSecret::random();
    let service = service(vec![stored(&old, Some(at(100)))]);

    assert_eq!(authenticate(Some(&service), &old, at(100)), None);
}

#[test]
fn a_use_is_news_every_ten_minutes() {
    let mut secret = stored(&ServiceSecret::random(), None);
    assert!(secret.is_use_news(at(0)));

    secret.last_used_at = Some(at(1_000));
    assert!(!secret.is_use_news(at(1_599)));
    assert!(secret.is_use_news(at(1_600)));
}

#[test]
fn every_permission_reads_back_as_itself() {
    for may in May::ALL {
        assert_eq!(may.as_str().parse(), Ok(may));
    }
    let error = "sessions".parse::<May>().unwrap_err();
    assert!(error.to_string().starts_with("`sessions` is no permission; known are sessions:write"));
}

#[test]
fn debug_shows_no_hash() {
    let secret = stored(&ServiceSecret::random(), None);

    assert_eq!(
        format!("{secret:?}"),
        "StoredSecret { created_at: UnixTime { millis: 0 }, ends_at: None, last_used_at: None, .. }"
    );
}

fn service(secrets: Vec<StoredSecret>) -> Service {
    Service {
        name: ClientId::new("backend").unwrap(),
        may: BTreeSet::new(),
        audiences: BTreeSet::new(),
        scopes: AllowedScopes::default(),
        public: false,
        secrets,
        proof: None,
        declared: false,
    }
}

fn stored(secret: &ServiceSecret, ends_at: Option<UnixTime>) -> StoredSecret {
    StoredSecret { hash: secret.hash(), created_at: UnixTime::EPOCH, ends_at, last_used_at: None }
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
