//! A phone: its session is bound to a key, and asks for a passkey at each refresh.

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use tokenward::Clock;
use tokenward_testing::passkeys::Otherwise;
use tokenward_testing::{ProofFor, ProofMaker};
use tokenward_tower::binding::BindingPolicy;

use super::IsStatus as _;
use super::world::{Client, World};
use crate::harness::{APP, LOGIN, Reply};

const ISSUER: &str = "https://auth.example.com";

#[tokio::test]
async fn a_phone_enrols_with_proofs_and_refreshes_with_a_proof_and_a_finger() {
    let world = required().await;
    let mut phone = Phone::new(&world).await;
    phone.enrol().await.is_status(201);

    phone.refresh(true, None).await.is(400, "insufficient_user_authentication");
    let signed = phone.signed().await;
    phone.refresh(false, Some(&signed)).await.is(400, "invalid_dpop_proof");
    let answer = phone.refresh(true, Some(&signed)).await;

    answer.is_status(200);
    assert_eq!(answer.json()["token_type"], "DPoP");
}

#[tokio::test]
async fn a_bound_token_manages_passkeys_with_its_own_fresh_proof_alone() {
    let world = required().await;
    let phone = Phone::new(&world).await;
    let phone = &phone;
    let list = async |proof: Vec<String>| {
        phone.send(Method::GET, "/session/passkeys", "DPoP", &proof, None).await
    };
    let good = || phone.proof("GET", "/session/passkeys");

    list(Vec::new()).await.is(401, "invalid_dpop_proof");
    list(phone.key.good(ProofFor { nonce: None, ..phone.asked("GET", "/session/passkeys") }))
        .await
        .is(401, "use_dpop_nonce");
    list(phone.proof("POST", "/session/passkeys")).await.is(401, "invalid_dpop_proof");
    list(phone.proof("GET", "/session/passkeys/options")).await.is(401, "invalid_dpop_proof");
    list(ProofMaker::default().good(phone.asked("GET", "/session/passkeys")))
        .await
        .is(401, "invalid_token");
    let proof = good();
    list(proof.clone()).await.is_status(200);
    list(proof).await.is(401, "invalid_dpop_proof");
    let bearer = phone.send(Method::GET, "/session/passkeys", "Bearer", &good(), None).await;
    bearer.is(401, "invalid_token");
}

async fn required() -> World {
    World::with(|settings| {
        for audience in &mut settings.audiences {
            audience.dpop.policy = BindingPolicy::Required;
        }
    })
    .await
}

struct Phone<'w> {
    world: &'w World,
    client: Client<'w>,
    key: ProofMaker,
    nonce: String,
}

impl<'w> Phone<'w> {
    async fn new(world: &'w World) -> Self {
        let key = ProofMaker::default();
        let session = json!({"refresh": "passkey", "dpop_jkt": key.thumbprint()});
        let client = world.app_of(session).await;
        let mut phone = Self { world, client, key, nonce: String::new() };
        let proof =
            phone.key.good(ProofFor { nonce: None, ..phone.asked("GET", "/session/passkeys") });
        let told = phone.send(Method::GET, "/session/passkeys", "DPoP", &proof, None).await;
        phone.nonce = told.header("dpop-nonce").to_owned();
        phone
    }

    fn asked<'a>(&'a self, method: &'a str, path: &'a str) -> ProofFor<'a> {
        let (token, nonce) = (Some(&*self.client.access), Some(&*self.nonce));
        ProofFor { method, site: ISSUER, path, token, nonce, now: self.world.bench.clock.now() }
    }

    fn proof(&self, method: &str, path: &str) -> Vec<String> {
        self.key.good(self.asked(method, path))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        scheme: &str,
        proof: &[String],
        body: Option<&Value>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("{scheme} {}", self.client.access));
        for proof in proof {
            request = request.header("dpop", proof);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.world.bench.send(request.body(body).unwrap()).await
    }

    async fn post(&self, path: &str, body: Option<&Value>) -> Reply {
        self.send(Method::POST, path, "DPoP", &self.proof("POST", path), body).await
    }

    async fn enrol(&mut self) -> Reply {
        let options = self.post("/session/passkeys/options", None).await.json();
        let credential =
            self.client.device.create(&options["publicKey"], APP, &Otherwise::default());
        self.post("/session/passkeys", Some(&json!({"credential": credential}))).await
    }

    /// What the passkey signs for the next refresh.
    async fn signed(&mut self) -> Value {
        const PATH: &str = "/session/refresh/challenge";
        let proof = self.key.good(ProofFor { token: None, ..self.asked("POST", PATH) });
        let fields = [("refresh_token", &*self.client.refresh)];
        let options = self.world.bench.form_with(&proof, PATH, LOGIN, &fields).await.json();
        self.client.sign(&options)
    }

    async fn refresh(&self, with_proof: bool, signed: Option<&Value>) -> Reply {
        let signed = signed.map(Value::to_string).unwrap_or_default();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*self.client.refresh),
            ("passkey_assertion", &*signed),
        ];
        let proof = ProofFor { token: None, ..self.asked("POST", "/oauth2/token") };
        let proof = if with_proof { self.key.good(proof) } else { Vec::new() };
        self.world.bench.form_with(&proof, "/oauth2/token", LOGIN, &fields).await
    }
}
