use serde_json::{Map, Value, json};

use super::*;
use crate::ids::{ClientId, Jti, Subject, TokenVersion};

#[test]
fn a_claim_that_is_not_allowed_is_refused_by_name() {
    let error = check(&json!({ "role": "admin" })).unwrap_err();

    assert_eq!(error, IssueError::ClaimNotAllowed("role".to_owned()));
}

#[test]
fn no_allow_list_lets_a_caller_set_what_the_issuer_sets() {
    for name in RESERVED_CLAIMS {
        let issuer = issuer(&[name]);
        let claims = Map::from_iter([((*name).to_owned(), json!("x"))]);

        let refused = Err(IssueError::ReservedClaim((*name).to_owned()));
        assert_eq!(issuer.check_claims(&claims), refused);
    }
}

#[test]
fn what_looks_confidential_is_refused_with_the_name_of_its_claim() {
    let error = check(&json!({ "roles": ["4111 1111 1111 1111"] })).unwrap_err();

    let looks_like = Sensitive::CardNumber;
    assert_eq!(error, IssueError::Confidential { name: "roles".to_owned(), looks_like });
    // The message names the claim, never its value.
    assert!(error.to_string().contains("roles") && !error.to_string().contains("4111"), "{error}");
}

#[test]
fn what_a_claim_may_hold_is_admitted_there_and_nowhere_else() {
    let issuer = builder(&["contact", "roles"]).admit("contact", Sensitive::Email).build();
    let check = |claims: Value| issuer.check_claims(claims.as_object().unwrap());
    let refused = |name: &str, looks_like| {
        Err(IssueError::Confidential { name: name.to_owned(), looks_like })
    };

    assert_eq!(check(json!({ "contact": { "home": "ada@example.com" } })), Ok(()));
    let elsewhere = check(json!({ "roles": "ada@example.com" }));
    assert_eq!(elsewhere, refused("roles", Sensitive::Email));
    let other = check(json!({ "contact": ["ada@example.com", "+14155552671"] }));
    assert_eq!(other, refused("contact", Sensitive::PhoneNumber));
}

#[test]
fn every_kind_comes_back_from_its_name() {
    for kind in Sensitive::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    let unknown = "nothing".parse::<Sensitive>().unwrap_err().to_string();
    assert!(unknown.starts_with("is none of secret_name, "), "{unknown}");
}

#[test]
fn a_token_that_verifiers_would_refuse_is_not_issued() {
    let long = json!({ "roles": "x".repeat(6_000) });
    assert_eq!(issue(&long).unwrap_err(), IssueError::TooLong);

    let large = json!({ "roles": 9_007_199_254_740_993_u64 });
    assert_eq!(issue(&large).unwrap_err(), IssueError::Json(JsonError::NumberRange));

    let deep = (0..16).fold(json!(1), |value, _| json!([value]));
    let deep = json!({ "roles": deep });
    assert_eq!(issue(&deep).unwrap_err(), IssueError::Json(JsonError::TooLarge));
}

#[test]
fn a_token_with_more_claims_than_verifiers_read_is_not_issued() {
    let most = LIMITS.json_members - RESERVED_CLAIMS.len();
    let issue = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
        let claims = names.iter().map(|name| (name.clone(), json!(0))).collect();
        let allowed: Vec<&str> = names.iter().map(String::as_str).collect();
        let key = SigningKey::generate(Algorithm::EdDsa);
        issuer(&allowed).issue(request(claims), &key, UnixTime::EPOCH).map(drop)
    };

    assert_eq!(issue(most), Ok(()));
    assert_eq!(issue(most + 1), Err(IssueError::Json(JsonError::TooLarge)));
}

#[test]
fn the_signature_of_an_rsa_key_elsewhere_is_taken_to_be_the_longest() {
    let claims = json!({ "roles": "x".repeat(5_000) });
    let prepare = |algorithm| {
        let (id, claims) = (KeyId::new("k").unwrap(), claims.as_object().unwrap().clone());
        issuer(&["roles"]).prepare(request(claims), &id, algorithm, UnixTime::EPOCH).map(drop)
    };

    assert_eq!(prepare(Algorithm::Es256), Ok(()));
    assert_eq!(prepare(Algorithm::Rs256), Err(IssueError::TooLong));
}

#[test]
fn a_version_or_a_time_that_verifiers_would_refuse_is_not_issued() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let issue = |request, now| issuer(&[]).issue(request, &key, UnixTime::from_secs(now)).map(drop);
    let plain = || request(Map::new());
    let out_of_range = Err(IssueError::Json(JsonError::NumberRange));

    let version = |number| plain().token_version(TokenVersion::new(number));
    assert_eq!(issue(version(9_007_199_254_740_991), 1_000_000), Ok(()));
    assert_eq!(issue(version(9_007_199_254_740_992), 1_000_000), out_of_range);

    let last = 253_402_300_799;
    let auth_time = |secs| plain().auth_time(UnixTime::from_secs(secs));
    assert_eq!(issue(auth_time(last), 1_000_000), Ok(()));
    assert_eq!(issue(auth_time(last + 1), 1_000_000), out_of_range);
    assert_eq!(issue(plain(), last - 300), Ok(()));
    assert_eq!(issue(plain(), last - 299), out_of_range);
}

#[test]
fn a_key_without_a_name_signs_no_token() {
    let key = SigningKey::from_secret(Algorithm::Hs256, &crate::crypto::sha256(b"seed")).unwrap();
    let request = request(Map::new());

    let error = issuer(&[]).issue(request, &key, UnixTime::EPOCH).unwrap_err();
    assert_eq!(error, IssueError::NoKeyId);
}

#[test]
fn signing_elsewhere_gives_the_same_token() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let request = request(Map::new());
    let issuer = issuer(&[]);
    let now = UnixTime::from_secs(1_000_000);

    let whole = issuer.issue(request.clone(), &key, now).unwrap();
    let unsigned = issuer.prepare(request, key.key_id().unwrap(), key.algorithm(), now).unwrap();
    assert_eq!(unsigned.expires_at(), UnixTime::from_secs(1_000_300));
    let signature = key.sign(unsigned.signing_input()).unwrap();

    assert_eq!(unsigned.assemble(&signature), whole);
}

#[test]
fn a_token_names_its_place_on_a_status_list_and_nothing_else_is_called_so() {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let list = || Subject::new("https://auth.example.com/statuslists/1").unwrap();
    let issue = |claims: Value, index| {
        let request = request(claims.as_object().unwrap().clone()).status(list(), index);
        issuer(&["status"]).issue(request, &key, UnixTime::EPOCH)
    };

    let token = issue(json!({}), 7).unwrap();
    let payload = b64::decode(token.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let expected = json!({ "status_list": { "idx": 7, "uri": list().as_str() } });
    assert_eq!(payload["status"], expected);

    let twice = issue(json!({ "status": "gold" }), 7).unwrap_err();
    assert_eq!(twice, IssueError::ReservedClaim("status".to_owned()));
    let large = issue(json!({}), 9_007_199_254_740_992).unwrap_err();
    assert_eq!(large, IssueError::Json(JsonError::NumberRange));
    let plain = request(Map::from_iter([("status".to_owned(), json!("gold"))]));
    assert!(issuer(&["status"]).issue(plain, &key, UnixTime::EPOCH).is_ok());
}

#[test]
fn a_debug_print_of_what_will_be_a_token_says_nothing_of_its_private_claims() {
    let claims = json!({ "roles": "planted" });
    let request = request(claims.as_object().unwrap().clone());
    let shown = format!("{request:?}");
    assert!(shown.contains("u-1") && !shown.contains("planted"), "{shown}");

    let id = KeyId::new("k").unwrap();
    let unsigned = issuer(&["roles"]).prepare(request, &id, Algorithm::Es256, UnixTime::EPOCH);
    let shown = format!("{:?}", unsigned.unwrap());
    assert!(shown.contains("300") && !shown.contains("eyJ"), "{shown}");
}

#[test]
fn lifetimes_end_at_their_bounds() {
    let new = |millis| AccessLifetime::new(Duration::from_millis(millis)).map(AccessLifetime::get);

    assert_eq!(new(29_999), Err(InvalidLifetime));
    assert_eq!(new(30_000), Ok(Duration::from_secs(30)));
    assert_eq!(new(30_900), Ok(Duration::from_secs(30)));
    assert_eq!(new(900_000), Ok(Duration::from_secs(900)));
    assert_eq!(new(900_001), Err(InvalidLifetime));
}

fn check(claims: &Value) -> Result<(), IssueError> {
    issuer(&["roles"]).check_claims(claims.as_object().unwrap())
}

fn issue(claims: &Value) -> Result<String, IssueError> {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let request = request(claims.as_object().unwrap().clone());
    issuer(&["roles"]).issue(request, &key, UnixTime::from_secs(1_000_000))
}

fn request(private: Map<String, Value>) -> TokenRequest {
    let subject = Subject::new("u-1").unwrap();
    let client = ClientId::new("web").unwrap();
    TokenRequest::new(subject, client, Jti::new("t-1").unwrap()).private(private)
}

fn issuer(allowed: &[&str]) -> Issuer {
    builder(allowed).build()
}

fn builder(allowed: &[&str]) -> IssuerBuilder<IssuerId, Audience, AccessLifetime> {
    Issuer::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .claims(allowed.iter().map(|name| (*name).to_owned()))
}
