use super::{BadAddress, Kind, RedisAddress};

#[test]
fn each_kind_of_deployment_has_a_url_that_is_shown_whole() {
    for (text, shown) in [
        ("redis://h", "redis://h:6379"),
        ("rediss://[::1]:1", "rediss://[::1]:1"),
        ("rediss+sentinel://u@a,b:7/main", "rediss+sentinel://u@a:26379,b:7/main"),
        ("redis+cluster://a,b:2,c", "redis+cluster://a:6379,b:2,c:6379"),
    ] {
        assert_eq!(RedisAddress::new(text).map(|a| a.to_string()).as_deref(), Ok(shown));
    }
}

#[test]
fn what_is_no_address_says_why() {
    for (text, why) in [
        ("local", BadAddress::NotAUrl),
        ("http://h", BadAddress::NotAUrl),
        ("redis://", BadAddress::NotAUrl),
        ("redis://h:0", BadAddress::NotAUrl),
        ("redis://h:x", BadAddress::NotAUrl),
        ("redis://@h", BadAddress::NotAUrl),
        ("redis+other://h", BadAddress::NotAUrl),
        ("redis://:secret@h", BadAddress::HoldsPassword),
        ("redis://a,b", BadAddress::SeveralHosts),
        ("redis+sentinel://a", BadAddress::NoService),
        ("redis://h/1", BadAddress::Database),
        ("redis://h?x=1", BadAddress::TooLong),
        ("redis+sentinel://a/b/c", BadAddress::TooLong),
    ] {
        assert_eq!(RedisAddress::new(text), Err(why), "{text}");
    }
}

#[test]
fn only_this_machine_is_private_without_tls() {
    let private = |text| RedisAddress::new(text).map(|address| address.is_private());

    assert_eq!(private("redis+cluster://127.0.0.1,localhost,[::1]"), Ok(true));
    assert_eq!(private("redis+cluster://127.0.0.1,10.0.0.1"), Ok(false));
    assert_eq!(private("rediss+cluster://10.0.0.1"), Ok(true));
}

#[test]
fn sentinels_are_asked_for_a_master_by_name() {
    let address = RedisAddress::new("redis+sentinel://a/main").unwrap();

    assert_eq!(address.kind, Kind::Sentinel { service: "main".to_owned() });
}
