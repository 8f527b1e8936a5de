//! What a key set's server may do to a verifier: nothing worse than what it publishes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tokenward_remote::{
    Endpoint, HttpClient, HttpOptions, KeySetEvent, KeySetFetchError, KeySetOptions, SystemClock,
};
use tokio::net::TcpListener;
use tokio::task::yield_now;
use tokio::time::advance;

use crate::authority::{Verdict, reply};
use crate::issuer::{Issuer, json, key_set, next_after, pass, redirect_to, streamed};
use crate::tls::TlsServer;

#[tokio::test(start_paused = true)]
async fn a_set_that_cannot_be_trusted_is_refused_whole_and_the_last_good_one_stays() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    advance(secs(200)).await;

    let refused: Vec<_> = vectors().into_iter().filter(|vector| !vector.accepted()).collect();
    assert!(refused.len() > 20, "{} vectors", refused.len());
    for Vector { name, text, .. } in refused {
        issuer.answers(move |_| json(&text));
        let event = next_after(secs(30), &mut events).await;
        let KeySetEvent::Failed { error, .. } = event else { panic!("{name}: {event:?}") };
        let untrusted = matches!(
            *error,
            KeySetFetchError::KeySet(_)
                | KeySetFetchError::PublishedSecret
                | KeySetFetchError::Fetch(tokenward_remote::FetchError::TooLong { .. })
        );
        assert!(untrusted, "{name}: {error:?}");
        assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good, "{name}");
    }

    issuer.publishes([&issuer.key]);
    let event = next_after(secs(30), &mut events).await;
    assert!(matches!(event, KeySetEvent::Recovered { was_stale: false, .. }), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_cannot_be_used_does_not_end_the_others() {
    let issuer = Issuer::start().await;
    let (_verifier, mut events) = issuer.verifier().await;

    let accepted: Vec<_> = vectors().into_iter().filter(Vector::accepted).collect();
    assert!(accepted.len() > 5, "{} vectors", accepted.len());
    for Vector { name, text, usable, left_out, .. } in accepted {
        issuer.answers(move |_| json(&text));
        let event = next_after(secs(225), &mut events).await;
        let KeySetEvent::Refreshed { keys, skipped, .. } = event else {
            panic!("{name}: {event:?}")
        };
        assert_eq!((Some(keys), Some(skipped)), (usable, left_out), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_published_secret_is_told_as_leaked() {
    let issuer = Issuer::start().await;
    let secret = "q7Zf0mX2kT9vQw1sLr8cUe4yHn5dJb3aGo6iPtRxVhA";
    let set = format!(r#"{{"keys":[{{"kty":"oct","alg":"HS256","kid":"k","k":"{secret}"}}]}}"#);
    issuer.answers(move |_| json(&set));

    let text = issuer.refusal(issuer.url()).await;

    assert!(text.contains("leaked") && !text.contains(secret), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_json_is_no_key_set_whatever_its_type_says() {
    let issuer = Issuer::start().await;
    for body in ["", "<html><body>Sign in</body></html>", "\u{1f}\u{8b}\u{8}", "{\"keys\":["] {
        issuer.answers(move |_| reply(StatusCode::OK, "application/jwk-set+json", body));

        let text = issuer.refusal(issuer.url()).await;
        assert!(text.starts_with("what was fetched cannot be trusted"), "{body}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_type_of_a_key_set_does_not_matter() {
    let issuer = Issuer::start().await;
    let body = key_set([&issuer.key]);
    issuer.answers(move |_| reply(StatusCode::OK, "text/plain", &body));

    let (verifier, _) = issuer.verifier().await;

    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn where_a_redirect_leads_nobody_is_asked() {
    let issuer = Issuer::start().await;
    let other = format!("{}/elsewhere", issuer.id());
    for status in [301, 302, 303, 307, 308] {
        let other = other.clone();
        issuer.answers(move |_| {
            let mut reply = redirect_to(&other);
            *reply.status_mut() = StatusCode::from_u16(status).unwrap();
            reply
        });
        let text = issuer.refusal(issuer.url()).await;
        assert!(text.ends_with("no redirect is followed: give the URL it leads to"), "{text}");
    }

    assert!(issuer.asked().iter().all(|path| path == "/jwks.json"));
}

#[tokio::test(start_paused = true)]
async fn a_body_without_end_is_cut() {
    let issuer = Issuer::start().await;
    issuer.answers(|_| {
        let (body, reply) = streamed();
        tokio::spawn(async move {
            // Without an end to whoever reads it; the test itself must not eat the machine's memory.
            for _ in 0..200 {
                if body.send(" ".repeat(1 << 14)).is_err() {
                    return;
                }
                yield_now().await;
            }
            body.closed().await;
        });
        reply
    });

    let text = issuer.refusal(issuer.url()).await;

    let limit = KeySetOptions::MAX_BYTES;
    assert!(text.ends_with(&format!("the answer is longer than {limit} bytes")), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_byte_by_byte_is_given_up_in_the_end() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let (body, answer) = streamed();
    let answer = std::sync::Mutex::new(Some(answer));
    issuer.answers(move |_| answer.lock().unwrap().take().expect("a second request"));
    advance(secs(225)).await;
    issuer.was_asked(2).await;

    for _ in 0..9 {
        body.send(" ".to_owned()).unwrap();
        pass(secs(1)).await;
    }

    let event = next_after(secs(1), &mut events).await;
    assert!(failed(&event).contains("took longer than 10.0 s"), "{event:?}");
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_says_nothing_is_given_up() {
    let issuer = Issuer::start().await;
    // The system takes the connection; nobody here does.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", silent.local_addr().unwrap());
    let source = issuer.source_at(Endpoint::https_or_loopback(&url).unwrap());
    let verifier = tokenward_remote::JwksVerifier::start(source, issuer.policy());
    let mut events = verifier.events();
    // A connection has a time of its own, which must not be what ends.
    let _connection = silent.accept().await.unwrap();
    pass(Duration::ZERO).await;

    let event = next_after(secs(10), &mut events).await;

    assert!(failed(&event).contains("took longer than 10.0 s"), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_leaves_no_half_of_a_set() {
    let issuer = Issuer::start().await;
    let whole = key_set([&issuer.key]);
    issuer.answers(move |_| {
        let (half, _) = whole.split_at(whole.len() / 2);
        let (body, mut reply) = streamed();
        body.send(half.to_owned()).unwrap();
        let promised = whole.len().to_string().parse().unwrap();
        reply.headers_mut().insert("content-length", promised);
        tokio::spawn(async move {
            // The half goes out before the rest is found missing.
            pass(Duration::ZERO).await;
            drop(body);
        });
        reply
    });

    let text = issuer.refusal(issuer.url()).await;

    assert!(text.contains("the answer broke off"), "{text}");
}

/// Why a name that suddenly leads to another machine (DNS rebinding) gains nothing over https.
#[tokio::test]
async fn a_machine_without_the_certificate_of_its_name_is_no_issuer() {
    let server = TlsServer::start(|_, _| reply(StatusCode::OK, "", "hello")).await;
    let mut options = HttpOptions::default();
    options.extra_ca = Some(server.ca.clone());
    let http = HttpClient::new(&options, Arc::new(SystemClock::new())).unwrap();
    let get = async |host: &str| {
        let url = format!("https://{host}:{}/", server.port);
        http.get(&Endpoint::https(&url).unwrap(), None, 100).await
    };

    assert_eq!(get("localhost").await.unwrap().body, "hello");
    let error = get("127.0.0.1").await.unwrap_err();
    let text = tokenward::ErrorChain::new(&error).to_string();
    assert!(text.contains("certificate"), "{text}");
}

fn failed(event: &KeySetEvent) -> String {
    let KeySetEvent::Failed { error, .. } = event else { panic!("{event:?}") };
    tokenward::ErrorChain::new(error).to_string()
}

struct Vector {
    name: String,
    text: String,
    verdict: String,
    usable: Option<usize>,
    left_out: Option<usize>,
}

impl Vector {
    /// A secret that stands alone is a key set, but not one to publish.
    fn accepted(&self) -> bool {
        self.verdict == "accepted" && !self.text.contains(r#""oct""#)
    }
}

/// The key sets of the attack corpus; see `vectors/README.md`.
fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/attacks");
    let mut vectors = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let file: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        let cases = file["cases"].as_array().unwrap().iter();
        vectors.extend(cases.filter(|case| case["kind"] == "key_set").map(|case| Vector {
            name: case["name"].as_str().unwrap().to_owned(),
            text: text(&case["key_set"]),
            verdict: case["verdict"].as_str().unwrap().to_owned(),
            usable: number(&case["usable"]),
            left_out: number(&case["skipped"]),
        }));
    }
    vectors
}

fn number(value: &Value) -> Option<usize> {
    value.as_u64().map(|number| usize::try_from(number).unwrap())
}

fn text(value: &Value) -> String {
    match (value, value["times"].as_u64()) {
        (Value::String(text), _) => text.clone(),
        (_, Some(times)) => {
            let part = |name: &str| value[name].as_str().unwrap_or_default();
            let middle = part("repeat").repeat(usize::try_from(times).unwrap());
            [part("head"), &middle, part("tail")].concat()
        }
        (_, None) => value.to_string(),
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
