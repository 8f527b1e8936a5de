//! Services that prove who they are by what they sign, and the ways to pretend.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use rcgen::{CertificateParams, KeyPair};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::{Algorithm, Clock, IssuerId, KeyId, KeySet, SigningKey, UnixTime, b64};
use tokenward_server::http::PeerIdentity;
use tokenward_server::settings::{Failures, Settings, TrustDomain, TrustedKeys};
use tokenward_sessions::ServiceProof;

use crate::harness::{BILLING, Bench, LOGIN, Reply, WEAK, settings_of};
use crate::site::Site;

/// RFC 7523 § 2.2.
const SIGNED_BY_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SIGNED_BY_PLATFORM: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
const US: &str = "https://auth.example.com";
const WORKLOAD: &str = "spiffe://example.org/ns/prod/sa/invoices";

#[tokio::test]
async fn a_service_that_signs_needs_no_secret() {
    let key = named("k-1");
    let bench = signing(&key).await;
    let issuer = format!("{US}/audiences/{BILLING}");
    for aud in [US, "https://auth.example.com/oauth2/token", &issuer] {
        let assertion = sign(&key, &claims(&bench, &json!({ "aud": aud, "jti": aud })));
        let reply = ask(&bench, &[], &assertion).await;
        assert_eq!(reply.status, StatusCode::OK, "{aud}: {reply:?}");
        let token = bench.verify(reply.json()["access_token"].as_str().unwrap()).unwrap();
        assert_eq!(token.subject().as_str(), "client:weak");
    }
    // The secret that others have is none of its.
    bench.form("/oauth2/token", WEAK, &[CREDENTIALS]).await.is(401, "invalid_client");
}

#[tokio::test]
async fn an_assertion_is_good_once_even_after_a_restart() {
    let key = named("k-1");
    let bench = signing(&key).await;
    let assertion = sign(&key, &claims(&bench, &json!({})));

    assert_eq!(ask(&bench, &[], &assertion).await.status, StatusCode::OK);
    ask(&bench, &[], &assertion).await.is(401, "invalid_client");

    let (settings, secret) = (settings_of(&bench), bench.secret().to_owned());
    let (dir, clock) = bench.stop().await;
    let bench = Bench::again(dir, clock, settings, secret).await;
    ask(&bench, &[], &assertion).await.is(401, "invalid_client");
    // Until it would be refused for its age.
    bench.later(Duration::from_secs(64)).await;
    ask(&bench, &[], &assertion).await.is(401, "invalid_client");
    let fresh = sign(&key, &claims(&bench, &json!({ "jti": "a-2" })));
    assert_eq!(ask(&bench, &[], &fresh).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_assertion_of_the_table_gets_its_verdict_and_every_refused_one_the_same_answer() {
    let (path, name) = ("client-assertion", "invoices");
    let (refused, accepted) = walk(path, |settings| {
        let keys =
            ["es256", "rs256", "ed25519"].map(|name| vector_key(name).verifying_key().clone());
        let keys = KeySet::from_keys(keys).unwrap().to_json();
        let service = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
        service.name = name.parse().unwrap();
        service.proof = Some(ServiceProof::keys(&keys).unwrap());
        service.secrets.clear();
    })
    .await;
    assert!(refused >= 50 && accepted >= 8, "{refused} refused, {accepted} accepted");
}

#[tokio::test]
async fn every_svid_of_the_table_gets_its_verdict_and_every_refused_one_the_same_answer() {
    let (refused, accepted) = walk("jwt-svid", |settings| {
        let keys =
            ["es256", "rs256", "ed25519"].map(|name| vector_key(name).verifying_key().clone());
        let name = IssuerId::new("spiffe://example.org").unwrap();
        let keys = TrustedKeys::Set(KeySet::from_keys(keys).unwrap());
        settings.trust.domains = vec![TrustDomain { name, keys }];
        let service = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
        service.name = "invoices".parse().unwrap();
        service.proof = Some(ServiceProof::spiffe(WORKLOAD).unwrap());
        service.secrets.clear();
    })
    .await;
    assert!(refused >= 20 && accepted >= 5, "{refused} refused, {accepted} accepted");
}

#[tokio::test]
async fn a_service_of_one_kind_of_assertion_is_not_proven_by_the_other() {
    let key = named("k-1");
    let bench = signing(&key).await;
    let assertion = sign(&key, &claims(&bench, &json!({})));

    let other = [("client_assertion_type", SIGNED_BY_PLATFORM), ("client_id", WEAK)];
    ask(&bench, &other, &assertion).await.is(401, "invalid_client");
    let none = [("client_assertion_type", "urn:example:mine")];
    ask(&bench, &none, &assertion).await.is(401, "invalid_client");
    // None of these used it up.
    assert_eq!(ask(&bench, &[], &assertion).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_proves_who_they_are_in_two_ways_or_in_half_a_way() {
    let key = named("k-1");
    let bench = signing(&key).await;
    let assertion = sign(&key, &claims(&bench, &json!({})));

    ask(&bench, &[("client_secret", "x")], &assertion).await.is(400, "invalid_request");
    ask(&bench, &[("client_assertion_type", "")], &assertion).await.is(400, "invalid_request");
    let fields = [
        CREDENTIALS,
        ("client_assertion", &assertion),
        ("client_assertion_type", SIGNED_BY_CLIENT),
    ];
    bench.form("/oauth2/token", LOGIN, &fields).await.is(400, "invalid_request");
    ask(&bench, &[("client_id", LOGIN)], &assertion).await.is(401, "invalid_client");
    assert_eq!(ask(&bench, &[("client_id", WEAK)], &assertion).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_assertion_of_nobody_and_one_with_a_bad_signature_get_the_same_answer() {
    let key = named("k-1");
    let bench = signing(&key).await;
    let nobody = claims(&bench, &json!({ "iss": "nobody", "sub": "nobody" }));

    let unknown = ask(&bench, &[], &sign(&key, &nobody)).await;
    unknown.is(401, "invalid_client");
    let forged = sign(&named("k-1"), &claims(&bench, &json!({})));
    assert_eq!(ask(&bench, &[], &forged).await.seen(), unknown.seen());
    // A service that has a secret is not proven by a signature either.
    let login = claims(&bench, &json!({ "iss": LOGIN, "sub": LOGIN }));
    assert_eq!(ask(&bench, &[], &sign(&key, &login)).await.seen(), unknown.seen());
}

#[tokio::test]
async fn a_call_of_a_service_may_bear_an_assertion() {
    let key = named("k-1");
    let bench = Bench::with(|settings| signs(settings, LOGIN, &key)).await;
    let call = async |assertion: &str| {
        let request = Request::get("/v1/subjects/alice/sessions")
            .header("authorization", format!("Bearer {assertion}"));
        bench.send(request.body(Body::empty()).unwrap()).await
    };
    let assertion = sign(&key, &claims(&bench, &json!({ "iss": LOGIN, "sub": LOGIN })));

    assert_eq!(call(&assertion).await.status, StatusCode::OK);
    call(&assertion).await.is(401, "invalid_client");
    call("x").await.is(401, "invalid_client");
    let forged = claims(&bench, &json!({ "iss": LOGIN, "sub": LOGIN, "jti": "a-2" }));
    call(&sign(&named("k-1"), &forged)).await.is(401, "invalid_client");
}

#[tokio::test]
async fn keys_at_a_url_are_fetched_once_and_a_key_that_is_gone_counts_no_more() {
    let site = Site::new().await;
    let (old, new) = (named("old"), named("new"));
    site.publish(&[&old]);
    let url = site.url();
    let bench = Bench::with(|settings| {
        let service = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
        service.proof = Some(ServiceProof::keys_at(&url).unwrap());
    })
    .await;
    for jti in ["a-1", "a-2", "a-3"] {
        let assertion = sign(&old, &claims(&bench, &json!({ "jti": jti })));
        assert_eq!(ask(&bench, &[], &assertion).await.status, StatusCode::OK, "{jti}");
    }
    assert_eq!(site.asked(), 1);
    let early = sign(&new, &claims(&bench, &json!({ "jti": "a-4" })));
    ask(&bench, &[], &early).await.is(401, "invalid_client");
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_verify_nothing() {
    let site = Site::new().await;
    let key = named("k-1");
    for body in ["", "<html>", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"] {
        site.say(body);
        let url = format!("{}?{}", site.url(), body.len());
        let bench = Bench::with(|settings| {
            let weak = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK);
            weak.unwrap().proof = Some(ServiceProof::keys_at(&url).unwrap());
        })
        .await;
        let assertion = sign(&key, &claims(&bench, &json!({})));
        ask(&bench, &[], &assertion).await.is(401, "invalid_client");
    }
}

#[tokio::test]
async fn an_outage_of_where_its_keys_are_is_no_failure_of_a_service() {
    let site = Site::new().await;
    let key = named("k-1");
    site.say("");
    let url = site.url();
    let bench = Bench::with(|settings| {
        settings.limits.failures = Failures::DEFAULT;
        let weak = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
        weak.proof = Some(ServiceProof::keys_at(&url).unwrap());
    })
    .await;
    let nobody = claims(&bench, &json!({ "iss": "nobody", "sub": "nobody" }));
    let unknown = ask(&bench, &[], &sign(&key, &nobody)).await;
    for number in 0..12 {
        let claims = claims(&bench, &json!({ "jti": format!("a-{number}") }));
        let reply = ask(&bench, &[], &sign(&key, &claims)).await;
        assert_eq!(reply.seen(), unknown.seen(), "{number}");
    }
}

#[tokio::test]
async fn an_svid_may_be_shown_again() {
    let key = vector_key("es256");
    let keys = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
    let bench = Bench::with(|settings| {
        let name = IssuerId::new("spiffe://example.org").unwrap();
        settings.trust.domains = vec![TrustDomain { name, keys: TrustedKeys::Set(keys) }];
        let service = settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
        service.proof = Some(ServiceProof::spiffe(WORKLOAD).unwrap());
    })
    .await;
    let svid = sign(&key, &claims(&bench, &json!({ "sub": WORKLOAD })));
    let fields = [("client_assertion_type", SIGNED_BY_PLATFORM), ("client_id", WEAK)];
    for _ in 0..2 {
        assert_eq!(ask(&bench, &fields, &svid).await.status, StatusCode::OK);
    }
    // Whose it is, the client says, and the registration decides.
    let other = [("client_assertion_type", SIGNED_BY_PLATFORM), ("client_id", LOGIN)];
    ask(&bench, &other, &svid).await.is(401, "invalid_client");
}

#[tokio::test]
async fn a_service_with_a_certificate_is_who_it_names() {
    let bench = Bench::with(|settings| {
        let service = settings.services.iter_mut().find(|one| one.name.as_str() == LOGIN).unwrap();
        service.proof = Some(ServiceProof::certificate("login.example.com").unwrap());
        service.secrets.clear();
    })
    .await;
    // What a listener that asks for certificates adds to a request; nobody else can.
    let ask = async |shown: Option<&str>, name: &str| {
        let mut request = Request::post("/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(shown) = shown {
            request = request.extension(identity(shown));
        }
        let body = format!("grant_type=client_credentials&client_id={name}");
        bench.send(request.body(Body::from(body)).unwrap()).await
    };
    assert_eq!(ask(Some("login.example.com"), LOGIN).await.status, StatusCode::OK);
    for (shown, name) in [
        (None, LOGIN),
        (Some("other.example.com"), LOGIN),
        (Some("login.example.com.evil.example"), LOGIN),
        (Some("login.example.com"), WEAK),
        (Some("login.example.com"), "nobody"),
    ] {
        ask(shown, name).await.is(401, "invalid_client");
    }
    let call = async |shown: &str| {
        let request = Request::get("/v1/subjects/alice/sessions").extension(identity(shown));
        bench.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(call("login.example.com").await.status, StatusCode::OK);
    call("other.example.com").await.is(401, "invalid_client");
}

/// Who shows a certificate with the name `name`.
fn identity(name: &str) -> PeerIdentity {
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new([name.to_owned()]).unwrap();
    PeerIdentity::of(names.self_signed(&key).unwrap().der()).unwrap()
}

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

/// An authority to which [`WEAK`] proves itself by `key`.
async fn signing(key: &SigningKey) -> Bench {
    Bench::with(|settings| signs(settings, WEAK, key)).await
}

fn signs(settings: &mut Settings, name: &str, key: &SigningKey) {
    let service = settings.services.iter_mut().find(|one| one.name.as_str() == name).unwrap();
    let keys = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
    service.proof = Some(ServiceProof::keys(&keys.to_json()).unwrap());
    service.secrets.clear();
}

fn named(name: &str) -> SigningKey {
    SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new(name).unwrap())
}

fn claims(bench: &Bench, more: &Value) -> Value {
    let now = bench.clock.now().as_secs();
    let mut claims = json!({
        "iss": WEAK, "sub": WEAK, "aud": US, "jti": "a-1", "iat": now, "exp": now.saturating_add(60),
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    let kid = key.verifying_key().key_id().unwrap().as_str();
    let header = json!({ "alg": key.algorithm().as_str(), "kid": kid });
    let part = |value: &Value| b64::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(claims));
    format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
}

/// Asks for a token by `assertion`; `more` may say another type.
async fn ask(bench: &Bench, more: &[(&str, &str)], assertion: &str) -> Reply {
    let mut fields: BTreeMap<&str, &str> =
        [CREDENTIALS, ("client_assertion", assertion), ("client_assertion_type", SIGNED_BY_CLIENT)]
            .into();
    fields.extend(more.iter().copied());
    let fields: Vec<_> = fields.into_iter().collect();
    bench.form_without_client("/oauth2/token", &fields).await
}

/// A file of `vectors/profiles`, as far as it is read here.
#[derive(Deserialize)]
struct File {
    good: Good,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Good {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Case {
    name: String,
    verdict: String,
    token: Option<String>,
    header: Map<String, Value>,
    header_without: Vec<String>,
    payload: Option<String>,
    claims: Map<String, Value>,
    without: Vec<String>,
    key: Option<String>,
    now: Option<u64>,
}

/// Shows every assertion of the file to an authority; how many were refused, and how many were not.
async fn walk(path: &str, change: impl FnOnce(&mut Settings)) -> (usize, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/profiles");
    let file = std::fs::read(root.join(format!("{path}.json"))).unwrap();
    let file: File = serde_json::from_slice(&file).unwrap();
    let bench = Bench::with(change).await;
    let kind = if path == "jwt-svid" { SIGNED_BY_PLATFORM } else { SIGNED_BY_CLIENT };
    let fields = [("client_assertion_type", kind), ("client_id", "invoices")];
    let (mut verdicts, mut answer) = (Vec::new(), None);
    for (number, case) in file.cases.iter().enumerate() {
        let token = case.token(&file.good, number, bench.clock.now());
        if token.is_empty() {
            continue;
        }
        let reply = ask(&bench, &fields, &token).await;
        if case.verdict == "accepted" {
            assert_eq!(reply.status, StatusCode::OK, "{}: {reply:?}", case.name);
        } else {
            reply.is(401, "invalid_client");
            let seen = answer.get_or_insert_with(|| reply.seen());
            assert_eq!(&reply.seen(), seen, "{}", case.name);
        }
        verdicts.push(case.verdict == "accepted");
    }
    let accepted = verdicts.iter().filter(|accepted| **accepted).count();
    (verdicts.len().saturating_sub(accepted), accepted)
}

impl Case {
    /// The assertion, moved to the time of the bench, with a name of its own.
    fn token(&self, good: &Good, number: usize, now: UnixTime) -> String {
        if let Some(token) = &self.token {
            return token.clone();
        }
        let mut header = good.header.clone();
        header.extend(self.header.clone());
        header.retain(|name, _| !self.header_without.contains(name));
        let mut claims = good.claims.clone();
        if claims.contains_key("jti") {
            claims.insert("jti".to_owned(), format!("a-{number}").into());
        }
        claims.extend(self.claims.clone());
        claims.retain(|name, _| !self.without.contains(name));
        let then = self.now.unwrap_or(1_000_000);
        for name in ["iat", "exp", "nbf"] {
            let time = claims.get(name).and_then(Value::as_u64).filter(|time| *time < 2_000_000);
            if let Some(time) = time {
                claims.insert(
                    name.to_owned(),
                    now.as_secs().saturating_add(time).saturating_sub(then).into(),
                );
            }
        }
        let payload = self.payload.clone().unwrap_or_else(|| json!(claims).to_string());
        let encode = |text: &str| b64::encode(text.as_bytes());
        let input = format!("{}.{}", encode(&json!(header).to_string()), encode(&payload));
        let key = vector_key(self.key.as_deref().unwrap_or("es256"));
        format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
    }
}

fn vector_key(name: &str) -> SigningKey {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    SigningKey::from_jwk(&std::fs::read(root.join(format!("{name}.json"))).unwrap()).unwrap()
}
