//! What a verified token says, for every kind but access tokens (`round_trip.rs`).
#![cfg(test)]

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::{
    Algorithm, Audience, ClientAssertion, IdToken, IssueError, IssuerId, KeySet, LoadBalancerArn,
    Nonce, Preset, Reason, SESSION_REVOKED, SecurityEventRequest, Seen, SigningKey, Subject,
    Succession, UnixTime, Verifier, VerifyingKey, b64,
};

#[test]
fn an_id_token_says_who_logged_in_and_how() {
    let token = sign(
        &json!({"alg": "EdDSA", "typ": "JWT"}),
        &json!({
            "iss": ISSUER, "aud": "client", "sub": "u-1", "iat": 1_000_000, "exp": 1_000_300,
            "nonce": "n-1", "auth_time": 999_000, "acr": "mfa", "amr": ["pwd", "otp"],
            "sid": "s-1", "email": "ada@example.com", "email_verified": true,
        }),
    );

    let claims = id_verifier().verify(&token, Nonce::Sent("n-1"), NOW).unwrap();

    assert_eq!(IdToken::claimed_issuer(&token).unwrap().as_str(), ISSUER);
    assert_eq!(IdToken::claimed_issuer("x"), None);
    assert_eq!(claims.issuer().as_str(), ISSUER);
    assert_eq!(claims.client_id().as_str(), "client");
    assert_eq!(claims.subject().as_str(), "u-1");
    assert_eq!(claims.issued_at(), NOW);
    assert_eq!(claims.expires_at(), UnixTime::from_secs(1_000_300));
    assert_eq!(claims.auth_time(), Some(UnixTime::from_secs(999_000)));
    assert_eq!(claims.context_class(), Some("mfa"));
    assert_eq!(claims.methods().collect::<Vec<_>>(), ["pwd", "otp"]);
    assert_eq!(claims.session_id().unwrap().as_str(), "s-1");
    let private = json!({"email": "ada@example.com", "email_verified": true});
    assert_eq!(&Value::Object(claims.private().clone()), &private);
    assert!(!format!("{claims:?}").contains("ada@"), "private claims are not shown");
}

#[test]
fn the_person_in_an_id_token_is_of_the_type_that_is_asked_for_or_refused() {
    #[derive(Debug, Deserialize)]
    struct Person {
        email: String,
    }
    let verify = |email: Value| {
        let claims = json!({
            "iss": ISSUER, "aud": "client", "sub": "u-1", "iat": 1_000_000, "exp": 1_000_300,
            "nonce": "n-1", "email": email,
        });
        let token = sign(&json!({"alg": "EdDSA"}), &claims);
        id_verifier().verify_as::<Person>(&token, Nonce::Sent("n-1"), NOW)
    };

    assert_eq!(verify(json!("ada@example.com")).unwrap().private().email, "ada@example.com");
    for wrong in [json!(1), json!(null), json!(["ada@example.com"])] {
        let reason = *verify(wrong).unwrap_err().reason();
        assert_eq!(reason, Reason::InvalidPrivateClaims);
    }
}

#[test]
fn a_logout_token_says_which_login_has_ended() {
    let verifier = Verifier::logout_token()
        .issuer(issuer())
        .audience(Audience::new("client").unwrap())
        .keys(keys())
        .build();
    let token = sign(
        &json!({"alg": "EdDSA", "typ": "logout+jwt"}),
        &json!({
            "iss": ISSUER, "aud": "client", "sub": "u-1", "sid": "s-1", "jti": "l-1",
            "iat": 1_000_000, "exp": 1_000_060, "events": {(tokenward::LOGOUT_EVENT): {}},
        }),
    );

    let claims = verifier.verify(&token, NOW).unwrap();

    assert_eq!(claims.issuer().as_str(), ISSUER);
    assert_eq!(claims.client_id().as_str(), "client");
    assert_eq!(claims.subject().unwrap().as_str(), "u-1");
    assert_eq!(claims.session_id().unwrap().as_str(), "s-1");
    assert_eq!(claims.token_id().as_str(), "l-1");
    assert_eq!(claims.issued_at(), NOW);
    assert_eq!(claims.expires_at(), UnixTime::from_secs(1_000_060));
}

#[test]
fn a_client_assertion_says_who_asks_and_until_when_it_must_be_remembered() {
    let verifier = Verifier::client_assertion()
        .issuer(IssuerId::new("invoices").unwrap())
        .subject(Subject::new("invoices").unwrap())
        .keys(keys())
        .build();
    let token = sign(
        &json!({"alg": "EdDSA"}),
        &json!({
            "iss": "invoices", "sub": "invoices", "aud": ISSUER, "jti": "a-1",
            "iat": 1_000_000, "exp": 1_000_060,
        }),
    );

    let claims = verifier.verify(&token, &["https://else.example", ISSUER], NOW).unwrap();

    assert_eq!(claims.subject().as_str(), "invoices");
    assert_eq!(claims.audience(), ISSUER);
    assert_eq!(claims.token_id().unwrap().as_str(), "a-1");
    assert_eq!(claims.expires_at(), UnixTime::from_secs(1_000_060));
    // For as long as clocks may differ it would be taken.
    assert_eq!(claims.remember_until(), UnixTime::from_secs(1_000_065));
    assert_eq!(ClientAssertion::claimed_subject(&token).unwrap().as_str(), "invoices");
    assert_eq!(ClientAssertion::claimed_subject("x.y.z"), None);
}

#[test]
fn a_security_event_says_what_happened_to_whom() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Event {
        reason: String,
    }
    let verifier = Verifier::security_event()
        .issuer(issuer())
        .audience(Audience::new("receiver").unwrap())
        .keys(keys())
        .build();
    let token = sign(
        &json!({"alg": "EdDSA", "typ": "secevent+jwt"}),
        &json!({
            "iss": ISSUER, "aud": ["receiver"], "jti": "e-1", "iat": 1_000_000, "exp": 1_000_300,
            "toe": 999_990, "txn": "x-1", "sub": "u-1",
            "sub_id": {"format": "iss_sub", "iss": "https://idp.example.com", "sub": "u-9"},
            "events": {"urn:a": {"reason": "because"}, "urn:b": {}},
        }),
    );

    let claims = verifier.verify(&token, NOW).unwrap();

    assert_eq!(claims.issuer().as_str(), ISSUER);
    assert_eq!(claims.audience().as_str(), "receiver");
    assert_eq!(claims.token_id().as_str(), "e-1");
    assert_eq!(claims.issued_at(), NOW);
    assert_eq!(claims.expires_at(), Some(UnixTime::from_secs(1_000_300)));
    assert_eq!(claims.happened_at(), Some(UnixTime::from_secs(999_990)));
    assert_eq!(claims.transaction(), Some("x-1"));
    assert_eq!(claims.subject().unwrap().as_str(), "u-1");
    assert_eq!(claims.kinds().collect::<Vec<_>>(), ["urn:a", "urn:b"]);
    let event = claims.event::<Event>("urn:a").unwrap().unwrap();
    assert_eq!(event, Event { reason: "because".to_owned() });
    assert!(claims.event::<Event>("urn:b").unwrap().is_err());
    assert!(claims.event::<Event>("urn:c").is_none());

    let about = claims.subject_id().unwrap();
    let (issuer, subject) = about.issuer_and_subject().unwrap();
    assert_eq!((issuer.as_str(), subject.as_str()), ("https://idp.example.com", "u-9"));
    assert_eq!(about.format(), "iss_sub");
    assert_eq!(about.members::<Map<String, Value>>().unwrap()["sub"], "u-9");

    // What kind of event, and how the subject is named, but not what is said of them.
    let shown = format!("{claims:?}");
    assert!(shown.contains("urn:a") && shown.contains("iss_sub"), "{shown}");
    assert!(!shown.contains("because") && !shown.contains("u-9"), "{shown}");
}

#[test]
fn an_event_that_was_issued_says_which_session_ended() {
    let audience = Audience::foreign("https://receiver.example.com/events").unwrap();
    let session = json!({"format": "opaque", "id": "s-1"});
    let request = SecurityEventRequest {
        issuer: &issuer(),
        audience: &audience,
        token_id: &"e-1".parse().unwrap(),
        issued_at: NOW,
        happened_at: Some(UnixTime::from_secs(999_990)),
        transaction: Some("7"),
        subject_id: &json!({"format": "complex", "session": session}),
        kind: SESSION_REVOKED,
        event: &json!({"event_timestamp": 999_990}),
    };
    let unsigned = request.prepare(KEY.key_id().unwrap(), KEY.algorithm()).unwrap();
    let signature = KEY.sign(unsigned.signing_input()).unwrap();
    let token = unsigned.assemble(&signature);
    let verifier =
        Verifier::security_event().issuer(issuer()).audience(audience.clone()).keys(keys()).build();

    let claims = verifier.verify(&token, NOW).unwrap();

    assert_eq!((claims.token_id().as_str(), claims.transaction()), ("e-1", Some("7")));
    assert_eq!((claims.issued_at(), claims.expires_at()), (NOW, None));
    assert_eq!(claims.happened_at(), Some(UnixTime::from_secs(999_990)));
    let about: Value = claims.subject_id().unwrap().members().unwrap();
    assert_eq!(about["session"], session);
    let said: Value = claims.event(SESSION_REVOKED).unwrap().unwrap();
    assert_eq!(said, json!({"event_timestamp": 999_990}));
    let (subject, text) = (json!({"format": "opaque"}), json!({"long": "x".repeat(9_000)}));
    let long = SecurityEventRequest { subject_id: &subject, event: &text, ..request };
    let refused = long.prepare(KEY.key_id().unwrap(), KEY.algorithm()).unwrap_err();
    assert_eq!(refused, IssueError::TooLong);
}

#[test]
fn a_subject_of_another_format_has_no_issuer() {
    let verifier = Verifier::security_event()
        .issuer(issuer())
        .audience(Audience::new("receiver").unwrap())
        .keys(keys())
        .build();
    let token = sign(
        &json!({"alg": "EdDSA", "typ": "secevent+jwt"}),
        &json!({
            "iss": ISSUER, "aud": "receiver", "jti": "e-1", "iat": 1_000_000, "events": {"a": {}},
            "sub_id": {"format": "agreed", "iss": "https://idp.example.com", "sub": "u-9"},
        }),
    );

    let claims = verifier.verify(&token, NOW).unwrap();
    assert_eq!(claims.subject_id().unwrap().issuer_and_subject(), None);
    assert_eq!(claims.expires_at(), None);
}

#[test]
fn a_status_list_gives_its_bytes_as_they_are_and_says_when_to_fetch_the_next() {
    let verifier = |days: u64| {
        Verifier::status_list()
            .issuer(issuer())
            .subject(Subject::new("https://example.com/statuslists/1").unwrap())
            .keys(keys())
            .max_lifetime(Duration::from_secs(days * 86_400))
            .build()
    };
    let verify = |days, claims: Value| {
        let mut all = json!({
            "sub": "https://example.com/statuslists/1", "iat": 1_000_000,
            "status_list": {
                "bits": 2, "lst": "eNo76fITAAPfAgc", "aggregation_uri": "https://example.com/all",
            },
        });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let token = sign(&json!({"alg": "EdDSA", "typ": "statuslist+jwt"}), &all);
        verifier(days).verify(&token, NOW).unwrap()
    };

    let list = verify(1, json!({"exp": 9_000_000, "ttl": 43_200}));
    assert_eq!(list.issuer().as_str(), ISSUER);
    assert_eq!(list.uri().as_str(), "https://example.com/statuslists/1");
    assert_eq!(list.issued_at(), NOW);
    assert_eq!(list.bits(), 2);
    // The example of draft-ietf-oauth-status-list § 4.1.
    assert_eq!(list.compressed(), b"\x78\xda\x3b\xe9\xf2\x13\x00\x03\xdf\x02\x07");
    assert_eq!(list.aggregation_uri(), Some("https://example.com/all"));
    assert_eq!(list.fresh_until(), UnixTime::from_secs(1_043_200));
    assert_eq!(list.expires_at(), UnixTime::from_secs(1_086_400), "the age counts");
    assert!(format!("{list:?}").contains("compressed_bytes: 11"));

    let list = verify(1, json!({"exp": 1_000_300, "ttl": 43_200}));
    assert_eq!(list.expires_at(), UnixTime::from_secs(1_000_300), "its own end counts");
    assert_eq!(list.fresh_until(), list.expires_at());
    assert_eq!(verify(2, json!({})).fresh_until(), UnixTime::from_secs(1_172_800));
}

#[test]
fn a_key_set_statement_goes_on_from_the_version_that_was_seen() {
    let verifier = Verifier::key_set_statement()
        .issuer(issuer())
        .subject(Subject::new("https://auth.example.com").unwrap())
        .keys(keys())
        .build();
    let verify = |version: u64, kid: &str, exp: u64, prev: Option<&str>, seen| {
        let mut jwk = KEY.verifying_key().to_jwk().unwrap();
        jwk.insert("kid".to_owned(), kid.into());
        let mut claims = json!({
            "iss": ISSUER, "sub": "https://auth.example.com", "iat": 1_000_000, "exp": exp,
            "version": version, "keys": [jwk],
        });
        if let Some(prev) = prev {
            claims.as_object_mut().unwrap().insert("prev".to_owned(), prev.into());
        }
        let token = sign(&json!({"alg": "EdDSA", "typ": "jwk-set+jwt"}), &claims);
        verifier.verify(&token, seen, NOW)
    };

    let first = verify(1, "a", 1_000_300, None, Seen::Nothing).unwrap();
    assert_eq!(first.issuer().as_str(), ISSUER);
    assert_eq!(first.subject().as_str(), "https://auth.example.com");
    assert_eq!(first.issued_at(), NOW);
    assert_eq!(first.expires_at(), UnixTime::from_secs(1_000_300));
    assert_eq!(first.key_set().keys()[0].key_id().unwrap().as_str(), "a");
    assert_eq!(first.succession(), Succession::Unknown);
    let seen = *first.version().unwrap();
    assert_eq!(seen.number(), 1);

    let again = verify(1, "a", 1_000_400, None, Seen::Version(&seen)).unwrap();
    assert_eq!(again.succession(), Succession::Same, "signed again, for longer");

    let hash = b64::encode(seen.hash());
    let next = verify(2, "b", 1_000_300, Some(&hash), Seen::Version(&seen)).unwrap();
    assert_eq!(next.succession(), Succession::Later);

    let forked = verify(1, "b", 1_000_300, None, Seen::Version(&seen));
    assert_eq!(*forked.unwrap_err().reason(), Reason::Forked);
    let back = verify(1, "a", 1_000_300, None, Seen::Version(next.version().unwrap()));
    assert_eq!(*back.unwrap_err().reason(), Reason::RolledBack);
}

#[test]
fn a_foreign_token_says_the_same_by_other_names() {
    #[derive(Deserialize)]
    struct Okta {
        uid: String,
    }
    let verifier = |preset| {
        Verifier::foreign(preset)
            .issuer(issuer())
            .audience(Audience::foreign("https://api.example.com").unwrap())
            .keys(keys())
            .build()
    };
    let entra = sign(
        &json!({"alg": "EdDSA", "typ": "JWT"}),
        &json!({
            "iss": ISSUER, "aud": "https://api.example.com", "sub": "u-1", "iat": 1_000_000,
            "nbf": 1_000_000, "exp": 1_003_900, "ver": "2.0", "azp": "web", "uti": "t-1",
            "scp": "read write", "tid": "tenant",
        }),
    );
    let claims = verifier(Preset::EntraV2).verify(&entra, NOW).unwrap();
    assert_eq!(claims.issuer().as_str(), ISSUER);
    assert_eq!(claims.audience().as_str(), "https://api.example.com");
    assert_eq!(claims.subject().as_str(), "u-1");
    assert_eq!(claims.client_id().unwrap().as_str(), "web");
    assert_eq!(claims.token_id().unwrap().as_str(), "t-1");
    assert!(claims.scope().contains("write"));
    assert_eq!(claims.issued_at(), Some(NOW));
    assert_eq!(claims.not_before(), Some(NOW));
    assert_eq!(claims.expires_at(), UnixTime::from_secs(1_003_900));
    assert_eq!(claims.private()["tid"], "tenant");
    assert!(!format!("{claims:?}").contains("tenant"), "private claims are not shown");

    let okta = sign(
        &json!({"alg": "EdDSA"}),
        &json!({
            "iss": ISSUER, "aud": "https://api.example.com", "sub": "u-1", "iat": 1_000_000,
            "exp": 1_000_300, "ver": 1, "cid": "web", "jti": "t-1", "scp": ["read", "write"],
            "uid": "00u1",
        }),
    );
    let claims = verifier(Preset::Okta).verify_as::<Okta>(&okta, NOW).unwrap();
    assert_eq!(claims.scope().as_str(), "read write");
    assert_eq!(claims.private().uid, "00u1");

    let plain = sign(
        &json!({"alg": "EdDSA"}),
        &json!({"iss": ISSUER, "aud": "https://api.example.com", "sub": "u-1", "exp": 1_000_300}),
    );
    let claims = verifier(Preset::Plain).verify(&plain, NOW).unwrap();
    assert_eq!(claims.client_id(), None);
    assert_eq!(claims.token_id(), None);
    assert_eq!(claims.issued_at(), None);
    assert!(claims.scope().is_empty());
}

#[test]
fn a_load_balancer_vouches_for_the_user_by_its_own_name() {
    const ARN: &str =
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/my-load-balancer/50d";
    // As it comes: the key in PEM, the name beside it, the parts padded.
    let key = SigningKey::generate(Algorithm::Es256);
    let pem = key.verifying_key().to_spki_pem().unwrap();
    let key_id = tokenward::KeyId::new("12345678-1234-1234-1234-123456789012").unwrap();
    let public = VerifyingKey::from_spki_pem(Algorithm::Es256, &pem).unwrap();
    let verifier = Verifier::foreign(Preset::AwsLoadBalancer(LoadBalancerArn::new(ARN).unwrap()))
        .issuer(issuer())
        .audience(Audience::new("client").unwrap())
        .keys(KeySet::from_keys([public.with_key_id(key_id.clone())]).unwrap())
        .build();
    let padded = |bytes: &[u8]| {
        let text = b64::encode(bytes);
        format!("{text:=<length$}", length = text.len().next_multiple_of(4))
    };
    let header = json!({
        "alg": "ES256", "kid": key_id.as_str(), "signer": ARN, "iss": ISSUER, "client": "client",
        "exp": 1_000_060,
    });
    let claims = json!({"iss": ISSUER, "sub": "u-1", "email": "a@example.com", "exp": 1_000_120});
    let input = [header, claims].map(|part| padded(part.to_string().as_bytes())).join(".");
    let token = format!("{input}.{}", padded(&key.sign(input.as_bytes()).unwrap()));

    let claims = verifier.verify(&token, NOW).unwrap();
    assert_eq!(claims.subject().as_str(), "u-1");
    assert_eq!(claims.client_id().unwrap().as_str(), "client");
    assert_eq!(claims.expires_at(), UnixTime::from_secs(1_000_060), "the earlier end counts");
    assert_eq!(claims.private()["email"], "a@example.com");
}

#[test]
fn a_load_balancer_goes_by_its_whole_name() {
    for arn in [
        "",
        "my-load-balancer",
        "arn:aws:elasticloadbalancing",
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-lb/50d",
        "arn:aws:s3:us-east-1:123456789012:loadbalancer/app/my-lb/50d",
        "arn::elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/my-lb/50d",
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/my lb/50d",
    ] {
        assert!(LoadBalancerArn::new(arn).is_err(), "{arn:?}");
    }
}

const NOW: UnixTime = UnixTime::from_secs(1_000_000);
const ISSUER: &str = "https://issuer.example.com";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::EdDsa));

fn sign(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| b64::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(header), part(claims));
    format!("{input}.{}", b64::encode(&KEY.sign(input.as_bytes()).unwrap()))
}

fn id_verifier() -> Verifier<IdToken> {
    Verifier::id_token()
        .issuer(issuer())
        .audience(Audience::new("client").unwrap())
        .keys(keys())
        .build()
}

fn issuer() -> IssuerId {
    IssuerId::new(ISSUER).unwrap()
}

fn keys() -> KeySet {
    KeySet::from_keys([KEY.verifying_key().clone()]).unwrap()
}
