//! A refused token gets the same answer, byte for byte, whatever the reason; and a token that has ended
//! is refused everywhere.

use std::time::Duration;

use http::Method;
use serde_json::{Map, Value, json};
use tokenward::crypto::hmac_sha256;
use tokenward::{Algorithm, Clock as _, KeyId, SigningKey, b64};
use tokenward_remote::SystemClock;

use crate::client::{Answer, Call, Client};
use crate::harness::{AT_LAST, Authority, Example, Gate, Session, eventually};

#[tokio::test]
async fn every_refused_token_gets_the_same_answer() {
    let authority = Authority::dev().await;
    let places = Places::of(&authority).await;
    let mint = Mint::known_to(&authority, &places).await;
    let bad = bad_tokens(&authority, &mint).await;

    for (name, door) in places.doors() {
        let mut first: Option<(&str, String)> = None;
        for (why, token) in &bad {
            let answer = authority.client.ask(door(token)).await;
            refused(&format!("{name}, {why}"), &answer);
            let seen = answer.fingerprint();
            match &first {
                None => first = Some((why, seen)),
                Some((other, known)) => assert_eq!(known, &seen, "{name}: {other} and {why}"),
            }
        }
    }
}

#[tokio::test]
async fn what_ends_a_token_is_seen_everywhere() {
    let mut authority = Authority::dev().await;
    let places = Places::of(&authority).await;
    let revoke = |body: Value| authority.service(Method::POST, "/v1/revocations").json(&body);
    let by_token = authority.create("by-token").await;
    let by_session = authority.create("by-session").await;
    let by_subject = authority.create("by-subject").await;
    let by_version = authority.create("by-version").await;
    let by_cookie = authority.create_cookie("by-cookie").await;
    let by_client = authority.create("by-client").await;
    let logout = Call::post(&authority.url("/session/logout"))
        .cookie("__Host-access", &by_cookie.access)
        .cookie_too("__Host-refresh", &by_cookie.refresh)
        .header("origin", &authority.dev.base_url);
    let ends = [
        (&by_token, revoke(json!({"jti": by_token.claims()["jti"]}))),
        (&by_session, revoke(json!({"sid": by_session.id}))),
        (&by_subject, revoke(json!({"sub": "by-subject"}))),
        (&by_version, authority.service(Method::POST, "/v1/subjects/by-version/token-version")),
        (&by_cookie, logout),
        (
            &by_client,
            authority
                .service(Method::POST, "/oauth2/revoke")
                .form(&[("token", &by_client.refresh)]),
        ),
    ];
    for (session, end) in ends {
        places.all_answer(&authority.client, &session.access, 200).await;
        let ended = authority.client.ask(end).await;
        assert!((200..300).contains(&ended.status), "{ended:?}");
        places.all_answer(&authority.client, &session.access, 401).await;
    }
    // What was revoked stays revoked for a gate that has to begin again.
    authority.kill();
    authority.start_again().await;
    let places = Places::of(&authority).await;
    for session in [by_token, by_session, by_subject, by_version, by_cookie, by_client] {
        places.all_answer(&authority.client, &session.access, 401).await;
    }
}

#[tokio::test]
async fn the_log_has_the_reason_under_the_request_id_that_the_client_was_given() {
    let mut authority = Authority::dev().await;
    let session = authority.create("alice").await;
    let payload = session.access.rsplit_once('.').unwrap().0;
    let forged = format!("{payload}.{}", b64::encode(&[1; 64]));

    let answer = authority.client.ask(authority.forward_auth().bearer(&forged)).await.expect(401);

    let id = answer.header("x-request-id").unwrap();
    let log = authority.process().log_text();
    let line = log.lines().find(|line| line.contains(id) && line.contains("refused"));
    assert!(line.unwrap().contains("signature"), "{line:?}");
}

/// Everything that decides about tokens.
struct Places {
    session: Call,
    authority: Call,
    gate: Gate,
    example: Example,
}

type Door<'a> = Box<dyn Fn(&str) -> Call + 'a>;

impl Places {
    async fn of(authority: &Authority) -> Self {
        Self {
            session: Call::get(&authority.url("/session")),
            authority: authority.forward_auth(),
            gate: Gate::of(authority).await,
            example: Example::of(authority).await,
        }
    }

    fn calls(&self) -> [(&'static str, Call); 4] {
        [
            ("GET /session", self.session.clone()),
            ("the authority's forward-auth", self.authority.clone()),
            ("the gate", self.gate.question()),
            ("the example", self.example.whoami()),
        ]
    }

    /// Each place, with the token as bearer and as cookie.
    fn doors(&self) -> Vec<(String, Door<'_>)> {
        let mut doors: Vec<(String, Door<'_>)> = Vec::new();
        for (name, call) in self.calls() {
            let other = call.clone();
            doors.push((format!("{name}, bearer"), Box::new(move |t| call.clone().bearer(t))));
            let by_cookie = move |token: &str| other.clone().cookie("__Host-access", token);
            doors.push((format!("{name}, cookie"), Box::new(by_cookie)));
        }
        doors
    }

    /// Waits until all places answer `status` for the token.
    async fn all_answer(&self, client: &Client, token: &str, status: u16) {
        for (_, call) in self.calls() {
            eventually(client, &call.bearer(token), AT_LAST, |answer| answer.status == status)
                .await;
        }
    }
}

/// Makes tokens as the authority does, and others.
struct Mint {
    key: SigningKey,
    kid: String,
    claims: Map<String, Value>,
}

impl Mint {
    /// A key that all places trust, because it was imported.
    async fn known_to(authority: &Authority, places: &Places) -> Self {
        let kid = "imported";
        let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new(kid).unwrap());
        let jwk = Value::Object(key.verifying_key().to_jwk().unwrap()).to_string();
        let file = authority.private_file("imported.json", &jwk);
        let file = file.to_str().unwrap();
        let audience = authority.dev.audience.as_str();
        authority.command(&["keys", "import", "--audience", audience, "--until", "1h", file]).await;
        let now = SystemClock::new().now().as_secs();
        let claims = json!({
            "iss": format!("{}/audiences/{audience}", authority.dev.issuer),
            "aud": audience,
            "sub": "mallory",
            "client_id": authority.dev.client_id,
            "jti": "AAAAAAAAAAAAAAAAAAAAAA",
            "iat": now,
            "exp": now + 300,
        });
        let claims = claims.as_object().unwrap().clone();
        let mint = Self { key, kid: kid.to_owned(), claims };
        // The same token without its fault is good: what follows is refused for its fault alone.
        let good = mint.token(&json!({}), &json!({}));
        for (_, call) in places.calls() {
            let call = call.bearer(&good);
            let within = Duration::from_secs(10);
            eventually(&authority.client, &call, within, |answer| answer.status == 200).await;
        }
        mint
    }

    /// A token whose header and claims are changed; null takes a member away.
    fn token(&self, header: &Value, claims: &Value) -> String {
        let input = self.input(header, claims);
        let signature = self.key.sign(input.as_bytes()).unwrap();
        format!("{input}.{}", b64::encode(&signature))
    }

    fn input(&self, header: &Value, claims: &Value) -> String {
        let whole = json!({"alg": "ES256", "kid": self.kid, "typ": "at+jwt"});
        let header = changed(whole.as_object().unwrap(), header);
        let claims = changed(&self.claims, claims);
        format!("{}.{}", b64::encode(header.as_bytes()), b64::encode(claims.as_bytes()))
    }

    /// A token whose HMAC is made with what everybody can read.
    fn with_public_key_as_secret(&self) -> String {
        let input = self.input(&json!({"alg": "HS256"}), &json!({}));
        let jwk = self.key.verifying_key().to_jwk().unwrap();
        let x = b64::decode(jwk["x"].as_str().unwrap()).unwrap();
        let secret = <[u8; 32]>::try_from(x).unwrap();
        let mac = hmac_sha256(&secret, input.as_bytes());
        format!("{input}.{}", b64::encode(&mac))
    }
}

fn changed(members: &Map<String, Value>, by: &Value) -> String {
    let mut members = members.clone();
    for (name, value) in by.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members).to_string()
}

/// A token for each reason for which tokens are refused.
async fn bad_tokens(authority: &Authority, mint: &Mint) -> Vec<(&'static str, String)> {
    let now = SystemClock::new().now().as_secs();
    let good = json!({});
    let header = |header: Value| mint.token(&header, &good);
    let claims = |claims: Value| mint.token(&good, &claims);
    let none = mint.input(&json!({"alg": "none"}), &good);
    let [ended, revoked, old] = ended(authority).await;
    let (input, _) = ended.access.rsplit_once('.').unwrap();
    let stranger = SigningKey::generate(Algorithm::Es256).sign(input.as_bytes()).unwrap();
    let issuer = format!("{}/audiences/other", authority.dev.issuer);
    let twice = {
        let input = mint.input(&good, &good);
        let (head, _) = input.split_once('.').unwrap();
        let claims = changed(&mint.claims, &good).replacen('{', "{\"sub\":\"root\",", 1);
        let input = format!("{head}.{}", b64::encode(claims.as_bytes()));
        let signature = mint.key.sign(input.as_bytes()).unwrap();
        format!("{input}.{}", b64::encode(&signature))
    };
    vec![
        ("bad signature", format!("{input}.{}", b64::encode(&stranger))),
        ("no signature", format!("{input}.")),
        ("expired", claims(json!({"iat": now - 400, "exp": now - 100}))),
        ("not yet valid", claims(json!({"nbf": now + 200}))),
        ("issued in the future", claims(json!({"iat": now + 200, "exp": now + 400}))),
        ("too long a life", claims(json!({"exp": now + 86_400}))),
        ("wrong issuer", claims(json!({"iss": issuer}))),
        ("wrong audience", claims(json!({"aud": "other"}))),
        ("wrong type", header(json!({"typ": "JWT"}))),
        ("no type", header(json!({"typ": null}))),
        ("unknown key", header(json!({"kid": "unknown"}))),
        ("no key id", header(json!({"kid": null}))),
        ("ended session", ended.access),
        ("revoked", revoked.access),
        ("old version", old.access),
        ("malformed", "abc".to_owned()),
        ("malformed parts", "a.b.c".to_owned()),
        ("too long", "a".repeat(9_000)),
        ("none", format!("{none}.")),
        ("no exp", claims(json!({"exp": null}))),
        ("no subject", claims(json!({"sub": null}))),
        ("exp as text", claims(json!({"exp": (now + 300).to_string()}))),
        ("public key as secret", mint.with_public_key_as_secret()),
        ("crit", header(json!({"crit": ["x"], "x": 1}))),
        ("zip", header(json!({"zip": "DEF"}))),
        ("a name twice", twice),
        ("bound to a key, without proof", claims(json!({"cnf": {"jkt": "AAAA"}}))),
    ]
}

/// A session that ended, one whose token was revoked, and one of an old version.
async fn ended(authority: &Authority) -> [Session; 3] {
    let ended = authority.create("ended").await;
    let revoked = authority.create("revoked").await;
    let old = authority.create("old").await;
    let jti = json!({"jti": revoked.claims()["jti"]});
    let calls = [
        authority.service(Method::DELETE, &format!("/v1/sessions/{}", ended.id)),
        authority.service(Method::POST, "/v1/revocations").json(&jti),
        authority.service(Method::POST, "/v1/subjects/old/token-version"),
    ];
    for call in calls {
        let answer = authority.client.ask(call).await;
        assert!((200..300).contains(&answer.status), "{answer:?}");
    }
    [ended, revoked, old]
}

/// The one answer.
#[track_caller]
fn refused(what: &str, answer: &Answer) {
    assert_eq!(answer.status, 401, "{what}: {answer:?}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""), "{what}");
    let body = r#"{"error":"invalid_token","error_description":"Invalid token"}"#;
    assert_eq!(answer.body, body, "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    assert!(answer.header("x-request-id").is_some(), "{what}");
}
