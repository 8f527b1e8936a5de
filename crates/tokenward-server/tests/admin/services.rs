use serde_json::json;
use tokenward::{Algorithm, ClientId, SigningKey};
use tokenward_sessions::{ServiceProof, ServiceSecret, authenticate};

use super::harness::{BILLING, Bench};

#[tokio::test]
async fn a_service_is_added_with_a_secret_that_is_shown_once() {
    let bench = Bench::new().await;

    let made = bench.post("/admin/v1/services", login()).await;

    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json()["client_secret"].as_str().unwrap().to_owned();
    assert!(accepted(&bench, &secret).await);
    let listed = bench.get("/admin/v1/services").await;
    assert!(!listed.body.contains(&secret), "{listed:?}");
    assert_eq!(listed.json()[1]["name"], "login");
    assert_eq!(listed.json()[1]["may"], json!(["sessions:write"]));
    assert_eq!(listed.json()[1]["scopes"], json!([]));
    assert_eq!(listed.json()[0]["scopes"], json!(["*"]));
    bench.post("/admin/v1/services", login()).await.is(409, "conflict");
}

#[tokio::test]
async fn a_service_may_ask_for_the_scopes_it_was_added_with() {
    let bench = Bench::new().await;
    let scopes = json!(["invoices:read", "invoices:write"]);
    let body = json!({ "name": "login", "audiences": [BILLING], "scopes": scopes });

    assert_eq!(bench.post("/admin/v1/services", body).await.status, 201);

    assert_eq!(bench.get("/admin/v1/services").await.json()[1]["scopes"], scopes);
}

#[tokio::test]
async fn a_new_secret_leaves_the_old_one_its_overlap() {
    let bench = Bench::new().await;
    let old = secret_of(&bench.post("/admin/v1/services", login()).await.json());

    let body = json!({ "overlap_seconds": 60 });
    let new = secret_of(&bench.post("/admin/v1/services/login/secret", body).await.json());

    assert!(accepted(&bench, &old).await && accepted(&bench, &new).await);
    bench.later(60).await;
    assert!(!accepted(&bench, &old).await && accepted(&bench, &new).await);
}

#[tokio::test]
async fn a_service_that_is_removed_is_gone_and_a_declared_one_stays() {
    let bench = Bench::new().await;
    bench.post("/admin/v1/services", login()).await;

    assert_eq!(bench.delete("/admin/v1/services/login").await.status, 204);

    bench.delete("/admin/v1/services/login").await.is(404, "not_found");
    bench.delete("/admin/v1/services/declared").await.is(409, "conflict");
    assert_eq!(bench.get("/admin/v1/services").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_public_service_has_no_secret_and_may_nothing() {
    let bench = Bench::new().await;
    let public = json!({ "name": "spa", "audiences": [BILLING], "public": true });

    let made = bench.post("/admin/v1/services", public).await;

    assert_eq!(made.json(), json!({ "client_id": "spa" }));
    bench.post("/admin/v1/services/spa/secret", json!({})).await.is(409, "conflict");
    let greedy =
        json!({ "name": "b", "audiences": [BILLING], "public": true, "may": ["introspect"] });
    bench.post("/admin/v1/services", greedy).await.is(400, "invalid_request");
    let scoped = json!({ "name": "b", "audiences": [BILLING], "public": true, "scopes": ["read"] });
    bench.post("/admin/v1/services", scoped).await.is(400, "invalid_request");
}

#[tokio::test]
async fn a_service_with_a_key_has_no_secret_and_its_key_can_be_replaced() {
    let bench = Bench::new().await;
    let key = || {
        let key = SigningKey::generate(Algorithm::Es256);
        serde_json::to_string(&key.verifying_key().to_jwk().unwrap()).unwrap()
    };
    let (old, new) = (key(), key());
    let body = json!({ "name": "signs", "audiences": [BILLING], "proof": { "jwks": old } });

    let made = bench.post("/admin/v1/services", body).await;

    assert_eq!(made.json(), json!({ "client_id": "signs" }));
    bench.post("/admin/v1/services/signs/secret", json!({})).await.is(409, "conflict");
    let body = json!({ "proof": { "jwks": new } });
    assert_eq!(bench.post("/admin/v1/services/signs/proof", body).await.status, 204);
    let name = ClientId::new("signs").unwrap();
    let found = bench.authority.services().service(&name).await.unwrap().unwrap();
    assert_eq!(found.proof, Some(ServiceProof::keys(&new).unwrap()));
    let listed = bench.get("/admin/v1/services").await.json();
    assert_eq!(listed[1]["auth_method"], "private_key_jwt");
    assert_eq!(listed[1]["secrets"], 0);
}

#[tokio::test]
async fn a_service_goes_over_from_a_secret_to_a_key() {
    let bench = Bench::new().await;
    let secret = secret_of(&bench.post("/admin/v1/services", login()).await.json());
    let proof = json!({ "spiffe": null, "jwks_uri": "https://login.example.com/jwks.json" });

    let body = json!({ "proof": proof, "overlap_seconds": 60 });
    assert_eq!(bench.post("/admin/v1/services/login/proof", body).await.status, 204);

    assert!(accepted(&bench, &secret).await);
    bench.clock.advance(std::time::Duration::from_secs(60));
    assert!(!accepted(&bench, &secret).await);
}

#[tokio::test]
async fn a_secret_can_end_by_itself_and_says_when() {
    let bench = Bench::new().await;
    let now = bench.authority.now().as_secs();
    let body = json!({ "name": "login", "audiences": [BILLING], "lifetime_seconds": 7_200 });

    let secret = secret_of(&bench.post("/admin/v1/services", body).await.json());

    let listed = bench.get("/admin/v1/services").await.json();
    let times = json!([{ "created_at": now, "ends_at": now + 7_200 }]);
    assert_eq!(listed[1]["secret_times"], times);
    assert!(accepted(&bench, &secret).await);
    bench.clock.advance(std::time::Duration::from_secs(7_200));
    assert!(!accepted(&bench, &secret).await);
}

#[tokio::test]
async fn what_proves_nothing_is_refused() {
    let bench = Bench::new().await;
    let private = SigningKey::generate(Algorithm::Es256).to_secret_jwk().unwrap();
    let proofs = [
        json!({ "jwks": private.as_str() }),
        json!({ "jwks": "{}" }),
        json!({ "jwks_uri": "http://login.example.com/jwks.json" }),
        json!({ "spiffe": "spiffe://unknown.example/login" }),
        json!({ "certificate": "" }),
        json!({ "certificate": "a.example.com", "jwks_uri": "https://a.example.com/jwks.json" }),
        json!({ "password": "x" }),
    ];
    for proof in proofs {
        let body = json!({ "name": "a", "audiences": [BILLING], "proof": proof });
        let reply = bench.post("/admin/v1/services", body).await;
        reply.is(400, "invalid_request");
        assert!(!reply.body.contains(private.as_str()), "{reply:?}");
    }
    bench.post("/admin/v1/services", login()).await;
    let none = json!({ "proof": {} });
    bench.post("/admin/v1/services/login/proof", none).await.is(400, "invalid_request");
    let proof = json!({ "proof": { "certificate": "a.example.com" } });
    bench.post("/admin/v1/services/declared/proof", proof.clone()).await.is(409, "conflict");
    bench.post("/admin/v1/services/nobody/proof", proof).await.is(404, "not_found");
    for lifetime in [1, 99_999_999] {
        let body = json!({ "name": "a", "audiences": [BILLING], "lifetime_seconds": lifetime });
        bench.post("/admin/v1/services", body).await.is(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_service_that_could_not_work_is_refused() {
    let bench = Bench::new().await;
    let table = [
        json!({ "name": "a b", "audiences": [BILLING] }),
        json!({ "name": "a", "audiences": [] }),
        json!({ "name": "a", "audiences": ["none"] }),
        json!({ "name": "a", "audiences": [BILLING], "may": ["everything"] }),
        json!({ "name": "a", "audiences": [BILLING], "scopes": ["a b"] }),
        json!({ "name": "a", "audiences": [BILLING], "scopes": ["*", "read"] }),
        json!({ "name": "a", "audiences": [BILLING], "scopes": "read" }),
    ];
    for body in table {
        bench.post("/admin/v1/services", body).await.is(400, "invalid_request");
    }
    let long = json!({ "overlap_seconds": 9_999_999 });
    bench.post("/admin/v1/services/declared/secret", long).await.is(400, "invalid_request");
}

fn login() -> serde_json::Value {
    json!({ "name": "login", "audiences": [BILLING], "may": ["sessions:write"] })
}

fn secret_of(made: &serde_json::Value) -> String {
    made["client_secret"].as_str().unwrap().to_owned()
}

async fn accepted(bench: &Bench, secret: &str) -> bool {
    let name = ClientId::new("login").unwrap();
    let service = bench.authority.services().service(&name).await.unwrap();
    let secret = ServiceSecret::parse(secret).unwrap();
    authenticate(service.as_ref(), &secret, bench.authority.now()).is_some()
}
