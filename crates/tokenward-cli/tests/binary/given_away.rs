//! Two services side by side, each with a gate of its own, of which one is given away whole: its disk, its
//! configuration, its environment, the memory of its process. With everything in them that could be a key, a secret
//! or a token, none is made that the other's gate lets in.
//!
//! In one process, with what a service can ask of the authority: `tokenward-server/tests/authority/given_away.rs`.

mod loot;
mod world;

use serde_json::{Value, json};
use tokenward::{Algorithm, SigningKey, b64};

use self::loot::Loot;
use self::world::{ANALYTICS, BILLING, World};

#[test]
fn a_service_that_is_given_away_whole_makes_no_token_that_another_lets_in() {
    let world = World::new();
    let billing = world.session(BILLING);
    let analytics = world.session(ANALYTICS);
    // Both work, and the memory that is given away has seen what a service sees: tokens, good and bad.
    assert_eq!(world.billing.ask(&billing.access), 200);
    for token in [&analytics.access, &world.own_token()] {
        assert_eq!(world.analytics.ask(token), 200);
    }
    assert_eq!(world.analytics.ask("rubbish"), 401);

    let loot = Loot::of(&world);
    assert!(loot.secrets.contains(&world.analytics.secret), "it was the right folder");
    assert!(loot.tokens.contains(&analytics.access), "it was the right process");
    assert!(!loot.contains(billing.access.as_bytes()), "nobody gave it that");
    assert!(!loot.keys.is_empty(), "it has a key of its own");

    let mut tried = 0;
    let mut refused = |token: &str, by: &str| {
        tried += 1;
        let said = world.billing.ask(token);
        // A token in two ways is a 403: what is not let in is all that counts.
        assert!(matches!(said, 401 | 403), "{by}: billing says {said} to {token}");
    };
    for token in &loot.tokens {
        refused(token, "found");
    }
    for token in asked_for(&world, &loot) {
        refused(&token, "asked for");
    }
    for token in forged(&world, &loot) {
        refused(&token, "forged");
    }
    assert!(tried >= 30, "only {tried}");

    // What is left is the private halves themselves, in whatever form they would lie in memory.
    let keys = world.public_keys();
    assert_eq!(keys.len(), 4, "what signs and what will, of tokens and of the feed");
    assert!(loot.private_half_of(&control()).is_none());
    for key in &keys {
        assert!(loot.private_half_of(key).is_none(), "{key}");
    }
    // And the other goes on.
    assert_eq!(world.billing.ask(&billing.access), 200);
}

#[test]
fn a_private_key_that_lies_about_in_memory_is_found() {
    let key = SigningKey::generate(Algorithm::Es256);
    let jwk: Value = serde_json::from_str(&key.to_secret_jwk().unwrap()).unwrap();
    let scalar = b64::decode(jwk["d"].as_str().unwrap()).unwrap();
    for at in [0, 8, 4_096, 4_104] {
        let mut memory = vec![7; 9_000];
        memory[at..at + 32].copy_from_slice(&scalar);
        let public = json!(key.verifying_key().to_jwk().unwrap());
        assert!(Loot::in_memory(memory.clone()).private_half_of(&public).is_some(), "{at}");
        assert!(Loot::in_memory(memory).private_half_of(&control()).is_none());
    }
}

/// A public key that nobody here has anything of.
fn control() -> Value {
    json!(SigningKey::generate(Algorithm::Es256).verifying_key().to_jwk().unwrap())
}

/// What the authority gives to whoever has the loot and asks for billing.
fn asked_for(world: &World, loot: &Loot) -> Vec<String> {
    const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
    let target = format!("{}/audiences/{BILLING}", world.issuer);
    let mut made = Vec::new();
    let mut grant = |form: &[(&str, &str)], by: Option<(&str, &str)>| {
        for (name, value) in [("audience", BILLING), ("resource", &*target), ("x", "")] {
            let form = [form, &[(name, value)]].concat();
            made.extend(world.grant(&form, by));
        }
    };
    let names = ["login", "analytics", "analytics-gate", "billing-gate"];
    for name in names {
        for secret in loot.secrets.iter().map(String::as_str).chain([""]) {
            grant(&[("grant_type", "client_credentials")], Some((name, secret)));
            for token in &loot.tokens {
                let form = [
                    ("grant_type", EXCHANGE),
                    ("subject_token_type", ACCESS_TOKEN),
                    ("subject_token", token),
                ];
                grant(&form, Some((name, secret)));
            }
            for token in &loot.refresh {
                let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
                grant(&form, Some((name, secret)));
            }
        }
        for key in &loot.keys {
            let assertion = |aud: &str| World::assertion(key, name, aud);
            for aud in [world.issuer.clone(), target.clone()] {
                let assertion = assertion(&aud);
                let signed = [
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", assertion.as_str()),
                ];
                grant(&[&signed[..], &[("grant_type", "client_credentials")]].concat(), None);
            }
        }
    }
    for (name, secret) in names.iter().flat_map(|name| loot.secrets.iter().map(move |s| (name, s)))
    {
        let session = world.create(BILLING, name, secret);
        assert_ne!(session.status, 201, "{name} made a session for billing");
        // Nor does it hear who is logged out there, by which it could tell who is in.
        assert_ne!(world.snapshot(BILLING, name, secret), 200, "{name} reads billing's feed");
    }
    made
}

/// Tokens for billing, signed with all that there is.
fn forged(world: &World, loot: &Loot) -> Vec<String> {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let claims = json!({
        "iss": format!("{}/audiences/{BILLING}", world.issuer), "aud": BILLING, "sub": "alice",
        "sid": "s-1", "client_id": "login", "jti": "j-1", "iat": now, "exp": now.saturating_add(300), "ver": 1,
    });
    let part = |value: &Value| b64::encode(value.to_string().as_bytes());
    let mut forged = Vec::new();
    for public in world.public_keys() {
        let kid = &public["kid"];
        for key in &loot.keys {
            let own = json!(key.verifying_key().to_jwk().unwrap());
            for header in [
                json!({ "alg": key.algorithm().as_str(), "kid": kid, "typ": "at+jwt" }),
                json!({ "alg": key.algorithm().as_str(), "kid": kid, "typ": "at+jwt", "jwk": own }),
            ] {
                let input = format!("{}.{}", part(&header), part(&claims));
                let signature = key.sign(input.as_bytes()).unwrap();
                forged.push(format!("{input}.{}", b64::encode(&signature)));
            }
        }
        let header = json!({ "alg": "HS256", "kid": kid, "typ": "at+jwt" });
        let input = format!("{}.{}", part(&header), part(&claims));
        // A public key as the secret of a MAC, and every secret that was found, as its text and its bytes.
        let point = b64::decode(public["x"].as_str().unwrap()).unwrap();
        let found = loot.secrets.iter().map(|secret| secret.as_bytes().to_vec());
        for secret in [point, public.to_string().into_bytes()].into_iter().chain(found) {
            let secret = tokenward::crypto::sha256(&secret);
            let mac = tokenward::crypto::hmac_sha256(&secret, input.as_bytes());
            forged.push(format!("{input}.{}", b64::encode(&mac)));
        }
        let none = json!({ "alg": "none", "kid": kid, "typ": "at+jwt" });
        forged.push(format!("{}.{}.", part(&none), part(&claims)));
    }
    // A token of its own audience, relabelled, with the signature that it has.
    for token in &loot.tokens {
        let parts: Vec<_> = token.split('.').collect();
        forged.push(format!("{}.{}.{}", parts[0], part(&claims), parts[2]));
    }
    forged
}
