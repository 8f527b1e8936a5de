//! The ten attacks, but for what only a script in the page can try (`page/attacks.js`).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};
use tokenward::{Algorithm, KeyId, SigningKey, b64};
use tokenward_tower::csrf::{self, Origins};
use tokenward_tower::respond;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::forge::Parts;
use super::lab::{Lab, NotTried, Step};

type Tried = Result<Vec<Step>, NotTried>;

/// `POST /attacks/{name}`: tries one, and answers its steps.
pub(super) async fn run(
    State(lab): State<Arc<Lab>>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    if csrf::check(request.method(), request.headers(), &Origins::none()).is_err() {
        return respond::access_denied();
    }
    let tried = match name.as_str() {
        "signature" => signature(&lab).await,
        "algorithm" => algorithm(&lab).await,
        "expiry" => expiry(&lab).await,
        "revocation" => revocation(&lab).await,
        "payload" => payload(&lab).await,
        "neighbor" => neighbor(&lab).await,
        "leak" => leak(&lab).await,
        "plain" => plain(&lab).await,
        "oracle" => oracle(&lab).await,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match tried {
        Ok(steps) => Json(json!({ "steps": steps })).into_response(),
        Err(NotTried(why)) => Json(json!({ "not_tried": why })).into_response(),
    }
}

async fn own(lab: &Lab) -> Result<Parts, NotTried> {
    let (token, _) = lab.own_token().await?;
    Parts::of(&token).ok_or(BUG)
}

/// 2: signatures that nobody verifies.
async fn signature(lab: &Lab) -> Tried {
    let changed = own(lab).await?.claim("sub", "shopper-alice").with_old_signature();
    Ok(vec![lab.present("Mallory writes Alice's name into her own token.", &changed).await])
}

/// 3: algorithms that the token chooses.
async fn algorithm(lab: &Lab) -> Tried {
    let own = own(lab).await?.claim("sub", "shopper-alice");
    let none = own.clone().header("alg", "none").unsigned();
    let public = public_key(lab).ok_or(BUG)?;
    let key = SigningKey::from_secret(Algorithm::Hs256, &public).map_err(|_| BUG)?;
    let confused = own.header("alg", "HS256").signed_by(&key).ok_or(BUG)?;
    Ok(vec![
        lab.present("A token that says `alg: none`, without a signature.", &none).await,
        lab.present(
            "One signed with HMAC; the secret is made of the shop's public key.",
            &confused,
        )
        .await,
    ])
}

/// 4: tokens without an end.
async fn expiry(lab: &Lab) -> Tried {
    let (token, _) = lab.own_token().await?;
    Ok(vec![
        lab.present_good("A copied token, within its five minutes.", &token).await,
        lab.present_later("The same one, an hour later.", &token).await,
    ])
}

/// 5: a log-out that ends nothing.
async fn revocation(lab: &Lab) -> Tried {
    let (token, session) = lab.own_token().await?;
    let before = lab.present_good("A copied token, while its session lives.", &token).await;
    let ended = lab.end(&session).await;
    if !ended.status().is_success() {
        return Err(BUG);
    }
    Ok(vec![before, lab.present("The same one, right after the log-out.", &token).await])
}

/// 6: secrets in the payload, which anybody can read.
async fn payload(lab: &Lab) -> Tried {
    let with = |claims: Value| json!({ "subject": "mallory", "audience": lab.audience().as_str(), "claims": claims });
    let card = with(json!({ "locale": "4111 1111 1111 1111" }));
    let other = with(json!({ "date_of_birth": "1990-01-01" }));
    Ok(vec![
        lab.create_refused("A careless service puts a card number into a claim.", &card).await,
        lab.create_refused("One puts a claim there that nobody listed.", &other).await,
    ])
}

/// 7: one secret for many services.
async fn neighbor(lab: &Lab) -> Tried {
    let key = SigningKey::generate(Algorithm::Es256);
    let own = own(lab).await?.claim("sub", "shopper-alice");
    let as_us = own.signed_by(&key).ok_or(BUG)?;
    let as_itself = own.header("kid", "neighbor-1").signed_by(&key).ok_or(BUG)?;
    Ok(vec![
        lab.present("The service next door was broken into; its key signs for us.", &as_itself)
            .await,
        lab.present("Its key signs under the name of ours.", &as_us).await,
    ])
}

/// 8: keys that are never changed.
async fn leak(lab: &Lab) -> Tried {
    let (token, _) = lab.own_token().await?;
    let signed_by = Parts::of(&token).ok_or(BUG)?.header;
    let leaked = signed_by.get("kid").and_then(Value::as_str).map(KeyId::new);
    let Some(Ok(leaked)) = leaked else { return Err(BUG) };
    let before = lab.present_good("A token signed with the key that leaked.", &token).await;
    let done = lab.authority.compromise(lab.audience(), &leaked, "the demo").await;
    if done.is_err() {
        return Err(BUG);
    }
    let after = lab.present("The same one after `tokenward keys compromise`.", &token).await;
    let mut steps = vec![before, after];
    // The next key signs at once if it is ripe, and it is unless one leaked a second ago.
    if let Ok((next, _)) = lab.own_token().await {
        steps.push(lab.present_good("A token of the next key: nobody waits.", &next).await);
    }
    Ok(steps)
}

/// 9: plain HTTP.
async fn plain(lab: &Lab) -> Tried {
    let place = lab.tap().end();
    let heard = timeout(PATIENCE, in_the_clear(lab.port)).await;
    let heard = heard.ok().and_then(Result::ok).unwrap_or_default();
    let mut log = Vec::new();
    for _ in 0..50 {
        log = lab.tap().after(place);
        log.retain(|line| line.contains("TLS"));
        if !log.is_empty() {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let answered = heard.starts_with(b"HTTP/");
    Ok(vec![Step {
        does: "Somebody on the same network asks for the orders without TLS.".to_owned(),
        status: None,
        answer: if answered {
            String::from_utf8_lossy(&heard).into_owned()
        } else {
            format!("no HTTP at all: {} bytes of a TLS alert, then the end", heard.len())
        },
        log,
        good: !answered,
    }])
}

async fn in_the_clear(port: u16) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"GET /api/orders HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
    let mut heard = Vec::new();
    let mut stream = stream.take(4_096);
    stream.read_to_end(&mut heard).await?;
    Ok(heard)
}

/// 10: errors that explain too much.
async fn oracle(lab: &Lab) -> Tried {
    let (good, _) = lab.own_token().await?;
    let own = Parts::of(&good).ok_or(BUG)?;
    let elsewhere = elsewhere(lab, &own).ok_or(BUG)?;
    let changed = own.clone().claim("sub", "x").with_old_signature();
    let unknown = own.clone().header("kid", "x").with_old_signature();
    let kind = own.header("typ", "JWT").with_old_signature();
    let mut steps = vec![
        lab.present("A token that was changed.", &changed).await,
        lab.present("One of another service, signed by that one's key.", &elsewhere).await,
        lab.present_later("A good one, an hour later.", &good).await,
        lab.present("One that names a key that nobody knows.", &unknown).await,
        lab.present("One that says it is of another kind.", &kind).await,
        lab.present("Not a token.", "let-me-in").await,
    ];
    let first = steps.first().map(|first| (first.status, first.answer.clone()));
    for step in &mut steps {
        step.good &= first
            .as_ref()
            .is_some_and(|(status, answer)| (status, answer) == (&step.status, &step.answer));
    }
    let none =
        "No token at all. The exception, by RFC 6750: who shows nothing is told what to show.";
    steps.push(lab.present_nothing(none).await);
    Ok(steps)
}

/// A token as a service next door gets it: of its issuer, for its audience, signed by its key.
fn elsewhere(lab: &Lab, own: &Parts) -> Option<String> {
    let issuer = own.claims.get("iss")?.as_str()?.replace(lab.audience().as_str(), "billing-api");
    own.clone()
        .header("alg", "ES256")
        .header("kid", "billing-1")
        .claim("iss", &issuer)
        .claim("aud", "billing-api")
        .signed_by(&SigningKey::generate(Algorithm::Es256))
}

/// A secret made of the shop's public key, as everybody can fetch that. Of one half, because the library sees
/// that the whole is a public key and signs nothing with it.
fn public_key(lab: &Lab) -> Option<Vec<u8>> {
    let keys = lab.authority.ring(lab.audience())?.jwks_json();
    let keys: Value = serde_json::from_str(&keys).ok()?;
    let key = keys.get("keys")?.get(0)?;
    b64::decode(key.get("x")?.as_str()?).ok()
}

const BUG: NotTried = NotTried("this attack could not be tried; the log says more");
const PATIENCE: Duration = Duration::from_secs(5);
