//! Tokens that are bound to client certificates (RFC 8705), where they are given out and where they are shown.

use axum::body::Body;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderValue, StatusCode};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokenward::crypto::sha256;
use tokenward::{CertificateThumbprint, Clock, IssuerId, b64};
use tokenward_server::http::PeerIdentity;
use tokenward_server::settings::{Profile, ProxyAuth, ProxySettings};
use tokenward_sessions::ServiceProof;
use tokenward_testing::{ProofFor, ProofMaker, hexadecimal, told_by};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;

use crate::harness::{BILLING, Bench, LOGIN, Reply, SPA, WEAK, asked_by, session_of};

const ISSUER: &str = "https://auth.example.com";
const MTLS: &str = "https://mtls.auth.example.com";
const API: &str = "https://api.example.com";
const EDGE: &str = "edge.example.com";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

#[tokio::test]
async fn a_service_that_shows_its_certificate_gets_a_token_that_is_bound_to_it() {
    let world = World::new().await;
    let answer = world.credentials(Some(&world.mine)).await.json();
    // How it is presented stays the same (RFC 8705 § 3).
    assert_eq!(answer["token_type"], "Bearer");

    let told = world.introspected(&answer["access_token"]).await;
    assert_eq!(told["active"], true);
    assert_eq!((&told["token_type"], &told["cnf"]), (&json!("Bearer"), &world.mine.cnf()));
    assert!(!world.bench.accepted(&answer["access_token"]), "good without its certificate");
}

#[tokio::test]
async fn whoever_proves_itself_otherwise_is_bound_to_the_certificate_of_its_connection_too() {
    let world = World::new().await;
    let fields = [("grant_type", "client_credentials"), ("audience", BILLING)];
    let answer = world.token(LOGIN, &fields, Some(&world.other)).await.json();
    assert_eq!(world.introspected(&answer["access_token"]).await["cnf"], world.other.cnf());
    let free = world.token(LOGIN, &fields, None).await.json();
    assert_eq!(world.introspected(&free["access_token"]).await.get("cnf"), None);
}

#[tokio::test]
async fn nothing_is_bound_to_the_certificate_of_a_proxy() {
    let world = World::new().await;
    let fields = [("grant_type", "client_credentials"), ("audience", BILLING)];
    let proxy = Certificate::new(EDGE);
    let answer = world.token(LOGIN, &fields, Some(&proxy)).await.json();
    assert_eq!(world.introspected(&answer["access_token"]).await.get("cnf"), None);

    let world = World::by(BindingPolicy::Required).await;
    world.token(LOGIN, &fields, Some(&proxy)).await.is(400, "invalid_request");
}

#[tokio::test]
async fn what_is_refreshed_and_exchanged_over_mtls_is_bound() {
    let world = World::new().await;
    let session = world.bench.session(json!({ "client_id": SPA })).await;
    let refresh = session["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", SPA)];
    let answer = world.token("", &fields, Some(&world.mine)).await.json();
    assert_eq!(world.introspected(&answer["access_token"]).await["cnf"], world.mine.cnf());

    let exchanged = async |token: &Value| {
        let fields = [
            ("grant_type", EXCHANGE),
            ("subject_token_type", ACCESS_TOKEN),
            ("subject_token", token.as_str().unwrap()),
            ("audience", BILLING),
        ];
        world.token(LOGIN, &fields, Some(&world.other)).await
    };
    // A bound one is somebody else's: whoever exchanges it cannot have shown the certificate.
    exchanged(&answer["access_token"]).await.is(400, "invalid_request");
    let free = exchanged(&session["access_token"]).await.json();
    assert_eq!(world.introspected(&free["access_token"]).await["cnf"], world.other.cnf());
}

#[tokio::test]
async fn an_audience_that_requires_it_gives_out_and_takes_nothing_unbound() {
    let world = World::by(BindingPolicy::Required).await;
    let fields = [("grant_type", "client_credentials"), ("audience", BILLING)];
    world.token(LOGIN, &fields, None).await.is(400, "invalid_request");
    let sessions = world.bench.post("/v1/sessions", LOGIN, &session_of("alice", json!({}))).await;
    sessions.is(400, "invalid_request");

    let token = world.bound().await;
    for profile in Profile::ALL {
        let told = world.mine.told(profile);
        let reply = world.ask(profile, &token, &[told]).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        world.ask(profile, &token, &[]).await.is(401, "invalid_token");
    }
}

#[tokio::test]
async fn an_audience_without_it_binds_nothing_and_takes_nothing_bound() {
    let world = World::by(BindingPolicy::Off).await;
    let answer = world.credentials(Some(&world.mine)).await.json();
    assert_eq!(world.introspected(&answer["access_token"]).await.get("cnf"), None);
    assert!(world.bench.accepted(&answer["access_token"]));
    let metadata = world.metadata().await;
    assert_eq!(metadata.get("tls_client_certificate_bound_access_tokens"), None);
}

#[tokio::test]
async fn a_bound_token_passes_the_gate_with_its_certificate_as_each_proxy_tells_of_it() {
    let world = World::new().await;
    let token = world.bound().await;
    let free = world.bench.session(json!({})).await;
    let free = free["access_token"].as_str().unwrap();
    for profile in Profile::ALL {
        let (mine, other) = (world.mine.told(profile), world.other.told(profile));
        let reply = world.ask(profile, &token, std::slice::from_ref(&mine)).await;
        assert_eq!(reply.status, StatusCode::OK, "{profile:?}: {reply:?}");
        assert_eq!(reply.header("x-auth-subject"), format!("client:{WEAK}"));
        let claims = b64::decode(reply.header("x-auth-claims")).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["cnf"], world.mine.cnf());

        let refused = world.ask(profile, &token, std::slice::from_ref(&other)).await;
        let unbound = world.ask(profile, &token, &[]).await;
        refused.is(401, "invalid_token");
        assert_eq!(refused.seen().2, unbound.seen().2);
        // Offered, not required; and a certificate is there whatever is asked for over its connection.
        for told in [vec![], vec![mine], vec![other]] {
            assert_eq!(world.ask(profile, free, &told).await.status, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn every_certificate_of_the_table_is_refused_at_the_gate() {
    let world = World::new().await;
    let bound = world.bound().await;
    let both = world.bound_with(Some(&world.key), Some(&world.mine), MTLS).await;
    let key = world.bound_with(Some(&world.key), None, ISSUER).await;
    let mut asked = 0;
    for case in cases() {
        let text = |name: &str| case[name].as_str();
        let name = text("name").unwrap();
        let token = match text("token") {
            Some("both") => &both,
            Some("key") => &key,
            _ => &bound,
        };
        for profile in Profile::ALL {
            let unless = case["unless"].as_array();
            if unless.is_some_and(|all| all.iter().any(|one| one == profile.as_str())) {
                continue;
            }
            let headers = world.told(profile, &case);
            let proxy = text("proxy").unwrap_or("telling");
            let scheme = text("scheme").unwrap_or("Bearer");
            let reply = world.ask_by(profile, proxy, scheme, token, &headers).await;
            let status = case["status"].as_u64().unwrap_or(401);
            let got = (u64::from(reply.status.as_u16()), reply.json()["error"].clone());
            let error = text("error").unwrap_or("invalid_token");
            assert_eq!(got, (status, json!(error)), "{name} by {profile:?}");
            assert_eq!(reply.header("x-auth-subject"), "", "{name} by {profile:?}");
            asked += 1;
        }
    }
    assert!(asked > 140, "only {asked}");
}

#[tokio::test]
async fn what_is_bound_to_a_key_and_a_certificate_passes_with_both_alone() {
    let world = World::new().await;
    // The proof is for the address that the client has gone by: the alias, or the issuer's own.
    for site in [MTLS, ISSUER] {
        let token = world.bound_with(Some(&world.key), Some(&world.mine), site).await;
        let told = world.told_of(&token).await;
        let mut cnf = world.mine.cnf();
        cnf["jkt"] = world.key.thumbprint().into();
        assert_eq!((&told["cnf"], &told["token_type"]), (&cnf, &json!("DPoP")));

        let proof = || world.key.good(world.at_api(&token)).remove(0);
        for profile in Profile::ALL {
            let ask = async |told: Option<(&'static str, String)>, proof: Option<String>| {
                let mut headers: Vec<_> = told.into_iter().collect();
                headers.extend(proof.map(|proof| ("dpop", proof)));
                world.ask_by(profile, "telling", "DPoP", &token, &headers).await
            };
            let mine = || Some(world.mine.told(profile));
            assert_eq!(ask(mine(), Some(proof())).await.status, StatusCode::OK, "{profile:?}");
            ask(None, Some(proof())).await.is(401, "invalid_token");
            ask(Some(world.other.told(profile)), Some(proof())).await.is(401, "invalid_token");
            ask(mine(), None).await.is(401, "invalid_dpop_proof");
        }
    }
    // Nobody is at the alias who shows no certificate.
    let proof = world.key.good(world.at_token_endpoint(MTLS, Some(&world.nonce().await)));
    world
        .send(LOGIN, &[("grant_type", "client_credentials")], None, &proof)
        .await
        .is(400, "invalid_dpop_proof");
}

#[tokio::test]
async fn metadata_says_where_certificates_are_shown_and_that_tokens_are_bound_to_them() {
    let metadata = World::new().await.metadata().await;
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(
        metadata["mtls_endpoint_aliases"],
        json!({
            "token_endpoint": format!("{MTLS}/oauth2/token"),
            "revocation_endpoint": format!("{MTLS}/oauth2/revoke"),
            "introspection_endpoint": format!("{MTLS}/oauth2/introspect"),
        })
    );
    for endpoint in ["token", "revocation", "introspection"] {
        let methods = &metadata[format!("{endpoint}_endpoint_auth_methods_supported")];
        assert!(methods.as_array().unwrap().contains(&json!("tls_client_auth")), "{metadata}");
    }
    let without = Bench::new().await;
    let path = format!("/audiences/{BILLING}/.well-known/oauth-authorization-server");
    let without = without.get(&path).await.json();
    assert_eq!(without.get("mtls_endpoint_aliases"), None);
    let methods = without["token_endpoint_auth_methods_supported"].to_string();
    assert!(!methods.contains("tls_client_auth"), "{methods}");
}

struct World {
    bench: Bench,
    mine: Certificate,
    other: Certificate,
    key: ProofMaker,
}

struct Certificate(Vec<u8>);

impl Certificate {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new([name.to_owned()]).unwrap();
        Self(names.self_signed(&key).unwrap().der().to_vec())
    }

    fn cnf(&self) -> Value {
        json!({ "x5t#S256": CertificateThumbprint::of(&self.0).as_str() })
    }

    fn told(&self, profile: Profile) -> (&'static str, String) {
        told_by(profile.as_str(), &self.0)
    }
}

impl World {
    async fn new() -> Self {
        Self::by(BindingPolicy::Offered).await
    }

    async fn by(policy: BindingPolicy) -> Self {
        let bench = Bench::with(|settings| {
            settings.mtls_url = Some(IssuerId::new(MTLS).unwrap());
            for audience in &mut settings.audiences {
                audience.mtls = policy;
                audience.dpop = DpopSettings { sites: vec![API.into()], ..DpopSettings::default() };
            }
            let service =
                settings.services.iter_mut().find(|one| one.name.as_str() == WEAK).unwrap();
            service.proof = Some(ServiceProof::certificate("weak.example.com").unwrap());
            service.secrets.clear();
            let proxy = |profile: Profile, client_certificates| {
                let name = if client_certificates { "telling" } else { "silent" };
                ProxySettings {
                    name: format!("{name} {}", profile.as_str()),
                    profile,
                    auth: ProxyAuth::SecretHash(sha256(secret_of(name).as_bytes())),
                    client_certificates,
                }
            };
            let both = [true, false].into_iter();
            settings.proxies =
                both.flat_map(|tells| Profile::ALL.map(|profile| proxy(profile, tells))).collect();
            settings.proxies.push(ProxySettings {
                auth: ProxyAuth::Mtls(EDGE.to_owned()),
                ..proxy(Profile::Nginx, false)
            });
        })
        .await;
        let (mine, other) =
            (Certificate::new("weak.example.com"), Certificate::new("b.example.com"));
        Self { bench, mine, other, key: ProofMaker::default() }
    }

    /// What comes from a listener that asks for certificates, by a client that has shown `certificate` there.
    async fn send(
        &self,
        client: &str,
        fields: &[(&str, &str)],
        certificate: Option<&Certificate>,
        proof: &[String],
    ) -> Reply {
        let mut request = self.bench.form_request(proof, "/oauth2/token", client, fields);
        if let Some(Certificate(der)) = certificate {
            request.extensions_mut().insert(PeerIdentity::of(der).unwrap());
        }
        self.bench.send(request).await
    }

    async fn token(
        &self,
        client: &str,
        fields: &[(&str, &str)],
        by: Option<&Certificate>,
    ) -> Reply {
        self.send(client, fields, by, &[]).await
    }

    /// A token of the service that proves itself by its certificate.
    async fn credentials(&self, by: Option<&Certificate>) -> Reply {
        let fields = [("grant_type", "client_credentials"), ("client_id", WEAK)];
        self.token("", &fields, by).await
    }

    async fn bound(&self) -> String {
        let answer = self.credentials(Some(&self.mine)).await.json();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn bound_with(
        &self,
        key: Option<&ProofMaker>,
        certificate: Option<&Certificate>,
        site: &str,
    ) -> String {
        let nonce = self.nonce().await;
        let proof = key.map(|key| key.good(self.at_token_endpoint(site, Some(&nonce))));
        let fields = [("grant_type", "client_credentials"), ("audience", BILLING)];
        let answer =
            self.send(LOGIN, &fields, certificate, &proof.unwrap_or_default()).await.json();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn nonce(&self) -> String {
        let proof = self.key.good(self.at_token_endpoint(ISSUER, None));
        let reply = self.send(LOGIN, &[("grant_type", "client_credentials")], None, &proof).await;
        reply.header("dpop-nonce").to_owned()
    }

    fn at_token_endpoint<'a>(&self, site: &'a str, nonce: Option<&'a str>) -> ProofFor<'a> {
        let (path, now) = ("/oauth2/token", self.bench.clock.now());
        ProofFor { method: "POST", site, path, token: None, nonce, now }
    }

    fn at_api<'a>(&self, token: &'a str) -> ProofFor<'a> {
        let (site, path, now) = (API, "/invoices/7", self.bench.clock.now());
        ProofFor { method: "GET", site, path, token: Some(token), nonce: None, now }
    }

    async fn told_of(&self, token: &str) -> Value {
        self.bench.form("/oauth2/introspect", LOGIN, &[("token", token)]).await.json()
    }

    async fn metadata(&self) -> Value {
        let path = format!("/audiences/{BILLING}/.well-known/oauth-authorization-server");
        self.bench.get(&path).await.json()
    }

    async fn ask(&self, profile: Profile, token: &str, told: &[(&str, String)]) -> Reply {
        self.ask_by(profile, "telling", "Bearer", token, told).await
    }

    /// Asks as `profile` does about `GET /invoices/7`.
    async fn ask_by(
        &self,
        profile: Profile,
        proxy: &str,
        scheme: &str,
        token: &str,
        headers: &[(&str, String)],
    ) -> Reply {
        // Cookies are for the site that sets them.
        let host = if scheme == "cookie" { "app.example.com" } else { "api.example.com" };
        let request = asked_by(profile, host, "/invoices/7");
        let request = request.header("x-proxy-secret", secret_of(proxy));
        let request = match scheme {
            "cookie" => request
                .header(COOKIE, format!("__Host-access={token}"))
                .header("sec-fetch-site", "same-origin"),
            scheme => request.header(AUTHORIZATION, format!("{scheme} {token}")),
        };
        let mut request = request.body(Body::empty()).unwrap();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        self.bench.send(request).await
    }

    /// The headers of `case` by which `profile` tells of the certificate.
    fn told(&self, profile: Profile, case: &Value) -> Vec<(&'static str, String)> {
        let own = if case["certificate"] == "another" { &self.other } else { &self.mine };
        let (name, good) = own.told(profile);
        let other = self.other.told(profile).1;
        if let Some(text) = case["text"].as_str() {
            return vec![(name, self.filled(text))];
        }
        let cut = |der: &[u8]| told_by(profile.as_str(), der).1;
        match case["sent"].as_str() {
            None => vec![(name, good)],
            Some("not") => vec![],
            Some("twice") => vec![(name, good.clone()), (name, good)],
            Some("after another") => vec![(name, other), (name, good)],
            Some("joined") => vec![(name, format!("{other}, {good}"))],
            Some("cut") => vec![(name, cut(own.0.split_last().unwrap().1))],
            Some("added to") => vec![(name, cut(&[&*own.0, b"more"].concat()))],
            Some("long") => vec![(name, "A".repeat(17_000))],
            Some("as another proxy") => {
                let all = Profile::ALL.into_iter().map(|other| own.told(other));
                all.filter(|(other, _)| *other != name).collect()
            }
            Some(other) => panic!("{other}"),
        }
    }

    fn filled(&self, text: &str) -> String {
        let der = &self.mine.0;
        let base64 = told_by("caddy", der).1.trim_matches(':').to_owned();
        let pem = told_by("nginx", der).1;
        let escaped = base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        text.replace("{thumbprint}", CertificateThumbprint::of(der).as_str())
            .replace("{hash}", &hexadecimal(&sha256(der)))
            .replace("{other hash}", &hexadecimal(&sha256(&self.other.0)))
            .replace("{sha1}", &hexadecimal(&sha256(der)[..20]))
            .replace("{base64}", &base64)
            .replace("{base64url}", &b64::encode(der))
            .replace("{unpadded}", base64.trim_end_matches('='))
            .replace("{escaped twice}", &pem.replace('%', "%25"))
            .replace("{escaped}", &escaped)
            .replace("{pem}", &pem)
    }

    /// What introspection says of a token.
    async fn introspected(&self, token: &Value) -> Value {
        self.told_of(token.as_str().unwrap()).await
    }
}

fn cases() -> Vec<Value> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/mtls/refused.json");
    let mut file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let Value::Array(cases) = file["cases"].take() else { panic!("no cases") };
    cases
}

fn secret_of(proxy: &str) -> String {
    format!("a secret of the {proxy} proxy, long enough")
}
