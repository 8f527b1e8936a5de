//! Two services side by side, of which one is given away whole: with all that it held, no token that the other
//! accepts can be made.

use http::StatusCode;
use serde_json::{Value, json};
use tokenward::{Algorithm, Audience, Clock, KeyId, KeySet, SigningKey, b64};
use tokenward_server::settings::Settings;
use tokenward_sessions::{May, ServiceProof};

use crate::harness::{BILLING, BOTH, Bench, LOGIN, OTHER, Reply, STRANGER, session_of};

const US: &str = "https://auth.example.com";
const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
const EXCHANGE: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const SIGNED: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

/// Everything that the analytics service has on its disk and in its memory.
struct Loot {
    /// Its private key, by which it proves who it is.
    key: SigningKey,
    /// Tokens of its own audience: of users who called it, and its own.
    tokens: Vec<String>,
    /// The key sets that it has fetched, its own audience's and, being public, the other's.
    key_sets: Vec<Value>,
}

#[tokio::test]
async fn a_service_that_is_given_away_whole_makes_no_token_that_another_accepts() {
    let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k-1").unwrap());
    let bench = Bench::with(|settings| analytics(settings, &key)).await;
    let loot = loot(&bench, key).await;
    let mut made = Vec::new();

    // By its own name, at the authority.
    for target in [BILLING, &format!("{US}/audiences/{BILLING}")] {
        for field in ["audience", "resource"] {
            let fields = [CREDENTIALS, (field, target)];
            made.push(token_of(&ask(&bench, &loot, STRANGER, &fields).await));
        }
        for token in &loot.tokens {
            let fields = [EXCHANGE, ("subject_token", token), ACCESS_TOKEN, ("audience", target)];
            made.push(token_of(&ask(&bench, &loot, STRANGER, &fields).await));
        }
        let body = session_of("alice", json!({ "audience": target }));
        made.push(token_of(&bench.post("/v1/sessions", STRANGER, &body).await));
    }
    // By the other's name.
    for name in [LOGIN, BOTH] {
        let fields = [CREDENTIALS, ("audience", BILLING)];
        made.push(token_of(&ask(&bench, &loot, name, &fields).await));
    }
    // With what it was given.
    made.extend(loot.tokens.iter().cloned().map(Some));
    // With what it can sign.
    made.extend(forged(&bench, &loot).into_iter().map(Some));

    let tried = made.len();
    let made: Vec<String> = made.into_iter().flatten().collect();
    assert!(tried >= 40 && made.len() >= 25, "{tried} tried, {} tokens", made.len());
    for token in made {
        assert!(bench.verify(&token).is_err(), "billing accepts {token}");
    }
    // It was the right service, and the right verifier.
    let own = token_of(&ask(&bench, &loot, STRANGER, &[CREDENTIALS]).await).unwrap();
    let audience = Audience::new(OTHER).unwrap();
    let verifier = bench.authority.verifier(&audience).unwrap();
    assert!(verifier.verify(&own, bench.clock.now()).is_ok());
    let billing = bench.session(json!({})).await;
    assert!(bench.accepted(&billing["access_token"]));
}

const ACCESS_TOKEN: (&str, &str) =
    ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");

/// The service that is given away may do all that a service can, within its audience.
fn analytics(settings: &mut Settings, key: &SigningKey) {
    let service = settings.services.iter_mut().find(|one| one.name.as_str() == STRANGER).unwrap();
    let keys = KeySet::from_keys([key.verifying_key().clone()]).unwrap();
    service.proof = Some(ServiceProof::keys(&keys.to_json()).unwrap());
    service.may = May::ALL.into_iter().collect();
}

async fn loot(bench: &Bench, key: SigningKey) -> Loot {
    let user = session_of("alice", json!({ "audience": OTHER, "scope": "read" }));
    let session = bench.post("/v1/sessions", BOTH, &user).await.json();
    // A user of billing called it by way of billing's own back end.
    let billing = bench.session(json!({ "scope": "read" })).await;
    let token = billing["access_token"].as_str().unwrap();
    let fields = [EXCHANGE, ("subject_token", token), ACCESS_TOKEN, ("audience", OTHER)];
    let exchanged = bench.form("/oauth2/token", BOTH, &fields).await;
    assert_eq!(exchanged.status, StatusCode::OK, "{exchanged:?}");
    let mut key_sets = Vec::new();
    for audience in [OTHER, BILLING] {
        key_sets.push(bench.get(&format!("/audiences/{audience}/jwks.json")).await.json());
    }
    let tokens = [&session, &exchanged.json()].map(|answer| answer["access_token"].clone());
    let tokens = tokens.map(|token| token.as_str().unwrap().to_owned()).to_vec();
    Loot { key, tokens, key_sets }
}

/// Asks as `name`, signing with the key that was given away.
async fn ask(bench: &Bench, loot: &Loot, name: &str, fields: &[(&str, &str)]) -> Reply {
    let now = bench.clock.now().as_secs();
    let claims = json!({
        "iss": name, "sub": name, "aud": US, "jti": b64::encode(&tokenward::crypto::random::<16>()),
        "iat": now, "exp": now.saturating_add(60),
    });
    let assertion = sign(&loot.key, &json!({ "alg": "ES256", "kid": "k-1" }), &claims);
    let mut fields = fields.to_vec();
    fields.extend([SIGNED, ("client_assertion", &assertion)]);
    bench.form_without_client("/oauth2/token", &fields).await
}

fn token_of(reply: &Reply) -> Option<String> {
    reply.json()["access_token"].as_str().map(str::to_owned)
}

/// Tokens for billing, signed with all that there is in all ways that have ever worked anywhere.
fn forged(bench: &Bench, loot: &Loot) -> Vec<String> {
    let now = bench.clock.now().as_secs();
    let claims = json!({
        "iss": format!("{US}/audiences/{BILLING}"), "aud": BILLING, "sub": "alice", "sid": "s-1",
        "client_id": LOGIN, "jti": "j-1", "iat": now, "exp": now.saturating_add(300), "ver": 1,
    });
    let mut forged = Vec::new();
    let own = loot.key.verifying_key().to_jwk().unwrap();
    for set in &loot.key_sets {
        for jwk in set["keys"].as_array().unwrap() {
            let kid = &jwk["kid"];
            for header in [
                json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt" }),
                json!({ "alg": "ES256", "kid": "k-1", "typ": "at+jwt" }),
                json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt", "jwk": own }),
                json!({ "alg": "ES256", "typ": "at+jwt", "jku": "https://evil.example/jwks.json" }),
            ] {
                forged.push(sign(&loot.key, &header, &claims));
            }
            // A public key as the secret of a MAC, as text (which HMAC hashes where it is long) and as bytes.
            let text = |value: &Value| tokenward::crypto::sha256(value.to_string().as_bytes());
            let point = b64::decode(jwk["x"].as_str().unwrap()).unwrap();
            for secret in [text(jwk), text(set), point.try_into().unwrap()] {
                let header = json!({ "alg": "HS256", "kid": kid, "typ": "at+jwt" });
                let input = input(&header, &claims);
                let mac = tokenward::crypto::hmac_sha256(&secret, input.as_bytes());
                forged.push(format!("{input}.{}", b64::encode(&mac)));
            }
            let none = json!({ "alg": "none", "kid": kid, "typ": "at+jwt" });
            forged.push(format!("{}.", input(&none, &claims)));
        }
    }
    // A token of its own audience, relabelled, with the signature that it has.
    for token in &loot.tokens {
        let signature = token.rsplit('.').next().unwrap();
        let header = token.split('.').next().unwrap();
        forged.push(format!("{header}.{}.{signature}", b64::encode(claims.to_string().as_bytes())));
    }
    forged
}

fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let input = input(header, claims);
    format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
}

fn input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| b64::encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}
