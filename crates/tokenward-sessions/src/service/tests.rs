use super::*;

#[test]
fn only_a_secret_of_the_service_is_accepted() {
    let (old, new) = (ServiceSecret::random(), ServiceSecret::random());
    let service = service(vec![stored(&old, Some(at(100))), stored(&new, None)]);

    assert!(authenticate(Some(&service), &new, at(500)));
    assert!(authenticate(Some(&service), &old, at(99)));
    assert!(!authenticate(Some(&service), &ServiceSecret::random(), at(99)));
    assert!(!authenticate(None, &new, at(99)));
}

#[test]
fn a_replaced_secret_ends() {
    let old = ServiceSecret::random();
    let service = service(vec![stored(&old, Some(at(100)))]);

    assert!(!authenticate(Some(&service), &old, at(100)));
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
        "StoredSecret { created_at: UnixTime { millis: 0 }, ends_at: None, .. }"
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
        declared: false,
    }
}

fn stored(secret: &ServiceSecret, ends_at: Option<UnixTime>) -> StoredSecret {
    StoredSecret { hash: secret.hash(), created_at: UnixTime::EPOCH, ends_at }
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
