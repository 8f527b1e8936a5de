//! Tokens that are bound to a key, where they are given out and where they are shown.

use std::time::Duration;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tokenward::Clock;
use tokenward_server::settings::{Failures, Profile, ProxyAuth, ProxySettings, Rate, Settings};
use tokenward_testing::{BadProofCase, ProofFor, ProofMaker};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;

use crate::harness::{BILLING, Bench, LOGIN, OTHER, Reply, SPA, WEAK, asked_by, session_of};

const ISSUER: &str = "https://auth.example.com";
const API: &str = "https://api.example.com";
const CREDENTIALS: [(&str, &str); 1] = [("grant_type", "client_credentials")];

#[tokio::test]
async fn a_service_that_shows_its_key_gets_a_token_that_is_bound_to_it() {
    let world = World::new().await;
    let answer = world.token(WEAK, &CREDENTIALS, Some(&world.mine)).await.json();
    assert_eq!(answer["token_type"], "DPoP");

    let told = world.told(&answer["access_token"]).await;
    assert_eq!(told["active"], true);
    assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&json!("DPoP"), &world.jkt()));
    // Nowhere does it pass for a token that anybody may carry.
    assert!(!world.bench.accepted(&answer["access_token"]));

    let free = world.token(WEAK, &CREDENTIALS, None).await.json();
    assert_eq!(free["token_type"], "Bearer");
    assert_eq!(world.told(&free["access_token"]).await.get("cnf"), None);
}

#[tokio::test]
async fn a_token_that_is_bound_is_not_exchanged_and_what_a_free_one_is_exchanged_for_can_be_bound()
{
    let world = World::new().await;
    let exchange = async |session: Value| {
        let session = world.bench.session(session).await;
        let token = session["access_token"].as_str().unwrap().to_owned();
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token", &*token),
        ];
        world.token(LOGIN, &fields, Some(&world.mine)).await
    };

    exchange(json!({"dpop_jkt": world.jkt()})).await.is(400, "invalid_request");

    let answer = exchange(json!({})).await.json();
    assert_eq!(answer["token_type"], "DPoP");
    assert_eq!(world.told(&answer["access_token"]).await["cnf"]["jkt"], world.jkt());
}

#[tokio::test]
async fn the_first_request_is_told_a_nonce_and_the_second_is_good_with_it() {
    let world = World::new().await;
    let without = world.mine.good(world.at_token_endpoint(None));
    let reply = world.send_token(WEAK, &CREDENTIALS, &without).await;
    reply.is(400, "use_dpop_nonce");
    let nonce = reply.header("dpop-nonce").to_owned();
    let with = || world.mine.good(world.at_token_endpoint(Some(&nonce)));

    let reply = world.send_token(WEAK, &CREDENTIALS, &with()).await;
    assert_eq!((reply.status, reply.header("dpop-nonce")), (StatusCode::OK, &*nonce));
    // Other nonces are given out before the old one is refused.
    world.bench.later(Duration::from_secs(120)).await;
    let reply = world.send_token(WEAK, &CREDENTIALS, &with()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_ne!(reply.header("dpop-nonce"), nonce);
    world.bench.later(Duration::from_secs(120)).await;
    world.send_token(WEAK, &CREDENTIALS, &with()).await.is(400, "use_dpop_nonce");
    // Whoever makes no proofs needs none.
    assert_eq!(world.token(WEAK, &CREDENTIALS, None).await.header("dpop-nonce"), "");
}

#[tokio::test]
async fn every_bad_proof_of_the_table_is_refused_at_the_token_endpoint() {
    let world = World::new().await;
    for case in BadProofCase::all("token endpoint") {
        let nonce = world.nonce().await;
        let proof = world.mine.bad(world.at_token_endpoint(Some(&nonce)), &case);
        if case.is_second() {
            let reply = world.send_token(WEAK, &CREDENTIALS, &proof).await;
            assert_eq!(reply.status, StatusCode::OK, "{}: {reply:?}", case.name());
        }
        let reply = world.send_token(WEAK, &CREDENTIALS, &proof).await;
        let got = (reply.status.as_u16(), reply.json()["error"].clone());
        assert_eq!(got, (400, json!(case.error())), "{}", case.name());
        assert_ne!(reply.header("dpop-nonce"), "", "{}", case.name());
        assert_eq!(reply.json().get("access_token"), None, "{}", case.name());
    }
}

#[tokio::test]
async fn every_bad_proof_of_the_table_is_refused_at_the_gate() {
    let world = World::new().await;
    let answer = world.token(WEAK, &CREDENTIALS, Some(&world.mine)).await.json();
    let token = answer["access_token"].as_str().unwrap();
    for case in BadProofCase::all("gate") {
        for profile in [Profile::Nginx, Profile::Caddy, Profile::Envoy] {
            let proof = world.mine.bad(world.at_api(token), &case);
            if case.is_second() {
                let reply = world.ask(profile, &format!("DPoP {token}"), &proof).await;
                assert_eq!(reply.status, StatusCode::OK, "{}: {reply:?}", case.name());
            }
            let reply = world.ask(profile, &format!("DPoP {token}"), &proof).await;
            let got = (reply.status.as_u16(), reply.json()["error"].clone());
            assert_eq!(got, (401, json!(case.error())), "{}", case.name());
            let challenge = format!("DPoP error=\"{}\", algs=\"ES256 ", case.error());
            assert!(reply.header("www-authenticate").starts_with(&challenge), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn a_bound_token_passes_the_gate_with_its_proof_and_in_no_other_way() {
    let world = World::new().await;
    let session = world.session().await;
    let token = session["access_token"].as_str().unwrap();
    let free = world.bench.session(json!({})).await;
    let free = free["access_token"].as_str().unwrap();
    let (bound, bearer) = (format!("DPoP {token}"), format!("Bearer {token}"));
    for profile in [Profile::Nginx, Profile::Caddy, Profile::Envoy] {
        let proof = world.mine.good(world.at_api(token));
        let reply = world.ask(profile, &bound, &proof).await;
        assert_eq!((reply.status, reply.header("x-auth-subject")), (StatusCode::OK, "alice"));

        let fresh = world.mine.good(world.at_api(token));
        world.ask(profile, &bearer, &[]).await.is(401, "invalid_token");
        world.ask(profile, &bearer, &fresh).await.is(401, "invalid_token");
        world.ask(profile, &bound, &[]).await.is(401, "invalid_dpop_proof");
        // As if it were bound: the client would believe that nobody can steal it.
        let proof = world.mine.good(world.at_api(free));
        world.ask(profile, &format!("DPoP {free}"), &proof).await.is(401, "invalid_token");
        assert_eq!(world.ask(profile, &format!("Bearer {free}"), &[]).await.status, 200);
        let nothing = world.ask(profile, "Basic x", &[]).await;
        let schemes: Vec<_> = nothing.headers.get_all("www-authenticate").iter().collect();
        assert_eq!((nothing.status.as_u16(), schemes.len()), (401, 2));
    }
    for site in ["evil.example.com", "app.example.com"] {
        let at = ProofFor { site: &format!("https://{site}"), ..world.at_api(token) };
        let proof = world.mine.good(at);
        let reply = world.ask_at(Profile::Caddy, site, &bound, &proof).await;
        reply.is(401, "invalid_dpop_proof");
    }
}

#[tokio::test]
async fn a_revoked_bound_token_is_refused_with_its_proof_and_told_as_over() {
    let world = World::new().await;
    let token = world.token(WEAK, &CREDENTIALS, Some(&world.mine)).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    world.bench.form("/oauth2/revoke", WEAK, &[("token", &token)]).await;

    let proof = world.mine.good(world.at_api(&token));
    world.ask(Profile::Caddy, &format!("DPoP {token}"), &proof).await.is(401, "invalid_token");
    assert_eq!(world.told(&json!(token)).await, json!({"active": false}));
}

#[tokio::test]
async fn a_bound_session_is_refreshed_by_its_own_key_alone_and_ended_by_nobody_elses() {
    let world = World::new().await;
    let session = world.session().await;
    assert_eq!(session["token_type"], "DPoP");
    assert_eq!(world.told(&session["access_token"]).await["cnf"]["jkt"], world.jkt());
    let first = session["refresh_token"].as_str().unwrap().to_owned();

    let thief = ProofMaker::default();
    for token in [&first, &first] {
        world.refresh(token, None).await.is(400, "invalid_dpop_proof");
        world.refresh(token, Some(&thief)).await.is(400, "invalid_grant");
    }
    let second = world.refresh(&first, Some(&world.mine)).await;
    assert_eq!(second.json()["token_type"], "DPoP", "{second:?}");
    assert_eq!(world.told(&second.json()["access_token"]).await["cnf"]["jkt"], world.jkt());
    // Spent, and long spent: without the key it is not even a reuse.
    world.bench.later(Duration::from_secs(60)).await;
    world.refresh(&first, None).await.is(400, "invalid_dpop_proof");
    world.refresh(&first, Some(&thief)).await.is(400, "invalid_grant");
    let second = second.json()["refresh_token"].as_str().unwrap().to_owned();
    let third = world.refresh(&second, Some(&world.mine)).await;
    assert_eq!(third.status, StatusCode::OK, "{third:?}");
    // With it, it is one.
    world.bench.later(Duration::from_secs(60)).await;
    world.refresh(&first, Some(&world.mine)).await.is(400, "invalid_grant");
    let third = third.json()["refresh_token"].as_str().unwrap().to_owned();
    world.refresh(&third, Some(&world.mine)).await.is(400, "invalid_grant");
}

#[tokio::test]
async fn a_session_without_a_key_is_bound_by_the_first_proof_that_refreshes_it() {
    let world = World::new().await;
    for client in [LOGIN, SPA] {
        let more = json!({ "client_id": client });
        let session = world.bench.session(more).await;
        let first = session["refresh_token"].as_str().unwrap().to_owned();
        let second = world.refresh_as(client, &first, Some(&world.mine)).await.json();
        assert_eq!(second["token_type"], "DPoP", "{second}");

        let second = second["refresh_token"].as_str().unwrap().to_owned();
        world.refresh_as(client, &second, None).await.is(400, "invalid_dpop_proof");
        let third = world.refresh_as(client, &second, Some(&world.mine)).await;
        assert_eq!(third.json()["token_type"], "DPoP", "{third:?}");
    }
}

#[tokio::test]
async fn a_lock_on_a_refresh_token_hides_no_theft() {
    let world = World::with(BindingPolicy::Offered, |settings| {
        let hour = Duration::from_secs(3_600);
        settings.limits.failures = Failures { free: 3, first: hour, longest: hour };
    })
    .await;
    let session = world.bench.session(json!({ "client_id": SPA })).await;
    let copied = session["refresh_token"].as_str().unwrap();
    // Where the lock comes from does not matter: cells are shared, and a client could fill them all.
    let serve = async |audience: &str| {
        let services = world.bench.authority.services();
        let mut spa = services.service(&SPA.parse().unwrap()).await.unwrap().unwrap();
        spa.audiences = [audience.parse().unwrap()].into();
        services.put_service(spa).await.unwrap();
    };
    serve(OTHER).await;
    for _ in 0..5 {
        world.refresh_as(SPA, copied, None).await.is(400, "invalid_grant");
    }
    serve(BILLING).await;
    let thief = ProofMaker::default();
    let stolen = world.refresh_as(SPA, copied, Some(&thief)).await.json();
    let stolen = stolen["refresh_token"].as_str().unwrap();

    let owner = world.refresh_as(SPA, copied, None).await;

    owner.is(400, "invalid_grant");
    world.refresh_as(SPA, stolen, Some(&thief)).await.is(400, "invalid_grant");
    assert!(!world.bench.accepted(&session["access_token"]));
}

#[tokio::test]
async fn a_recorded_request_uses_up_nothing_of_its_owners() {
    let world = World::with(BindingPolicy::Offered, |settings| {
        settings.limits.session = Rate { per_second: 1, burst: 2 };
        settings.limits.subject = Rate { per_second: 1, burst: 3 };
    })
    .await;
    let session = world.session().await;
    let first = session["refresh_token"].as_str().unwrap();
    let nonce = world.nonce().await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", first)];
    let recorded = world.mine.good(world.at_token_endpoint(Some(&nonce)));
    let answer = world.send_token(LOGIN, &fields, &recorded).await.json();

    for _ in 0..10 {
        world.send_token(LOGIN, &fields, &recorded).await.is(400, "invalid_dpop_proof");
    }

    let next = answer["refresh_token"].as_str().unwrap();
    let reply = world.refresh(next, Some(&world.mine)).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
}

#[tokio::test]
async fn an_audience_that_requires_it_gives_out_and_takes_nothing_unbound() {
    let world = World::by(BindingPolicy::Required).await;
    world.token(WEAK, &CREDENTIALS, None).await.is(400, "invalid_dpop_proof");
    let make =
        async |more| world.bench.post("/v1/sessions", LOGIN, &session_of("alice", more)).await;
    make(json!({})).await.is(400, "invalid_request");
    make(json!({"delivery": "cookie"})).await.is(400, "invalid_request");

    let session = world.session().await;
    let token = session["access_token"].as_str().unwrap();
    let proof = world.mine.good(world.at_api(token));
    let reply = world.ask(Profile::Caddy, &format!("DPoP {token}"), &proof).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn an_audience_without_it_takes_no_proof_for_nothing() {
    let world = World::by(BindingPolicy::Off).await;
    world.token(WEAK, &CREDENTIALS, Some(&world.mine)).await.is(400, "invalid_request");
    let bound = session_of("alice", json!({"dpop_jkt": world.jkt()}));
    world.bench.post("/v1/sessions", LOGIN, &bound).await.is(400, "invalid_request");
    let metadata = format!("/audiences/{BILLING}/.well-known/oauth-authorization-server");
    let metadata = world.bench.get(&metadata).await.json();
    assert_eq!(metadata.get("dpop_signing_alg_values_supported"), None);
    // A scheme that is not known: no credentials at all.
    let reply = world.ask(Profile::Caddy, "DPoP x", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (401, "Bearer"));
}

#[tokio::test]
async fn a_session_is_bound_by_the_thumbprint_of_its_clients_key_and_by_nothing_else() {
    let world = World::new().await;
    for bad in [json!("x"), json!(""), json!(7), json!("A".repeat(44)), json!("+".repeat(43))] {
        let body = session_of("alice", json!({ "dpop_jkt": bad }));
        world.bench.post("/v1/sessions", LOGIN, &body).await.is(400, "invalid_request");
    }
    for delivery in ["cookie", "sealed"] {
        let body = session_of("alice", json!({"dpop_jkt": world.jkt(), "delivery": delivery}));
        world.bench.post("/v1/sessions", LOGIN, &body).await.is(400, "invalid_request");
    }
    let request = Request::post("/v1/sessions")
        .header(AUTHORIZATION, world.bench.basic(LOGIN))
        .header(CONTENT_TYPE, "application/json")
        .header("dpop", "x")
        .body(Body::from(session_of("alice", json!({})).to_string()));
    world.bench.send(request.unwrap()).await.is(400, "invalid_request");
}

pub(crate) struct World {
    pub(crate) bench: Bench,
    pub(crate) mine: ProofMaker,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::by(BindingPolicy::Offered).await
    }

    pub(crate) async fn by(policy: BindingPolicy) -> Self {
        Self::with(policy, |_| ()).await
    }

    async fn with(policy: BindingPolicy, change: impl FnOnce(&mut Settings)) -> Self {
        let bench = Bench::with(|settings| {
            change(settings);
            for audience in &mut settings.audiences {
                audience.dpop = DpopSettings { policy, sites: vec![API.into()] };
            }
            settings.proxies = Profile::ALL
                .map(|profile| ProxySettings {
                    name: profile.as_str().to_owned(),
                    profile,
                    auth: ProxyAuth::SecretHash(tokenward::crypto::sha256(PROXY.as_bytes())),
                    client_certificates: false,
                })
                .to_vec();
        })
        .await;
        Self { bench, mine: ProofMaker::default() }
    }

    pub(crate) fn jkt(&self) -> Value {
        self.mine.thumbprint().into()
    }

    /// A session of `alice` that is bound to my key.
    pub(crate) async fn session(&self) -> Value {
        self.bench.session(json!({"dpop_jkt": self.jkt()})).await
    }

    pub(crate) async fn told(&self, token: &Value) -> Value {
        let fields = [("token", token.as_str().unwrap())];
        self.bench.form("/oauth2/introspect", LOGIN, &fields).await.json()
    }

    pub(crate) fn at_token_endpoint<'a>(&self, nonce: Option<&'a str>) -> ProofFor<'a> {
        let now = self.bench.clock.now();
        let (site, path) = (ISSUER, "/oauth2/token");
        ProofFor { method: "POST", site, path, token: None, nonce, now }
    }

    pub(crate) fn at_api<'a>(&self, token: &'a str) -> ProofFor<'a> {
        let (site, path, token) = (API, "/invoices/7", Some(token));
        let now = self.bench.clock.now();
        ProofFor { method: "GET", site, path, token, nonce: None, now }
    }

    /// The nonce of the moment.
    pub(crate) async fn nonce(&self) -> String {
        let proof = self.mine.good(self.at_token_endpoint(None));
        let reply = self.send_token(WEAK, &CREDENTIALS, &proof).await;
        reply.header("dpop-nonce").to_owned()
    }

    pub(crate) async fn token(
        &self,
        client: &str,
        fields: &[(&str, &str)],
        key: Option<&ProofMaker>,
    ) -> Reply {
        let nonce = self.nonce().await;
        let proof = key.map(|key| key.good(self.at_token_endpoint(Some(&nonce))));
        self.send_token(client, fields, &proof.unwrap_or_default()).await
    }

    pub(crate) async fn refresh(&self, token: &str, key: Option<&ProofMaker>) -> Reply {
        self.refresh_as(LOGIN, token, key).await
    }

    pub(crate) async fn refresh_as(
        &self,
        client: &str,
        token: &str,
        key: Option<&ProofMaker>,
    ) -> Reply {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        if client == SPA {
            let fields = [&fields[..], &[("client_id", SPA)]].concat();
            return self.token("", &fields, key).await;
        }
        self.token(client, &fields, key).await
    }

    pub(crate) async fn send_token(
        &self,
        client: &str,
        fields: &[(&str, &str)],
        proof: &[String],
    ) -> Reply {
        self.bench.form_with(proof, "/oauth2/token", client, fields).await
    }

    pub(crate) async fn ask(
        &self,
        profile: Profile,
        authorization: &str,
        proof: &[String],
    ) -> Reply {
        self.ask_at(profile, "api.example.com", authorization, proof).await
    }

    /// Asks as `profile` does about `GET /invoices/7?page=2` at `host`.
    pub(crate) async fn ask_at(
        &self,
        profile: Profile,
        host: &str,
        authorization: &str,
        proof: &[String],
    ) -> Reply {
        let request = asked_by(profile, host, "/invoices/7?page=2");
        let request = request.header("x-proxy-secret", PROXY);
        let mut request = request.header(AUTHORIZATION, authorization).body(Body::empty()).unwrap();
        add(request.headers_mut(), proof);
        self.bench.send(request).await
    }
}

fn add(headers: &mut HeaderMap, proof: &[String]) {
    for proof in proof {
        headers.append("dpop", proof.parse().unwrap());
    }
}

const PROXY: &str = "a secret of the proxy, long enough";
