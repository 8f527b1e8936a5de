//! What must never stand in a log.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Bench, LOGIN, SAME_ORIGIN, WEAK, cookie, session_of};

/// Starts to keep everything that is logged in this process, by whichever test.
///
/// One subscriber for all: those of single threads miss what another thread has switched off meanwhile.
pub(crate) fn listen() -> &'static Log {
    static LOG: LazyLock<Log> = LazyLock::new(|| {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    });
    &LOG
}

#[tokio::test]
async fn no_token_secret_or_cookie_ever_stands_in_the_log() {
    let bench = Bench::new().await;
    let planted = everything_that_is_secret(&bench).await;
    bench.authority.shutdown().await;

    let log = listen().text();
    for event in ["session_created", "refresh_reused", "client_refused", "version_bumped"] {
        assert!(log.contains(event), "{event} is missing in:\n{log}");
    }
    for secret in planted {
        assert!(!log.contains(&secret), "{secret} stands in the log");
    }
}

#[tokio::test]
async fn a_subject_cannot_forge_what_stands_behind_it_in_the_log() {
    let bench = Bench::new().await;

    let body = session_of("eve\u{202e}\u{2028} by=\"admin\"", json!({}));
    assert_eq!(bench.post("/v1/sessions", LOGIN, &body).await.status, 201);
    bench.authority.shutdown().await;

    let log = listen().text();
    assert!(log.contains(r#"subject="eve\u{202e}\u{2028} by=\"admin\"""#), "{log}");
}

/// Goes through everything that takes or gives secrets, well and badly, and answers them all.
async fn everything_that_is_secret(bench: &Bench) -> Vec<String> {
    let mut planted = vec![bench.secret().to_owned()];
    let mut plant = |value: &Value| planted.push(value.as_str().unwrap().to_owned());

    let body = session_of("alice", json!({"private": "pr1vate", "claims": {"note": "cl4im"}}));
    let first = bench.post("/v1/sessions", LOGIN, &body).await.json();
    let second = bench.refresh(first["refresh_token"].as_str().unwrap()).await.json();
    bench.later(Duration::from_secs(11)).await;
    bench.refresh(first["refresh_token"].as_str().unwrap()).await.is(400, "invalid_grant");
    for session in [&first, &second] {
        plant(&session["access_token"]);
        plant(&session["refresh_token"]);
        let token = session["access_token"].as_str().unwrap();
        bench.form("/oauth2/introspect", LOGIN, &[("token", token)]).await;
        bench.form("/oauth2/revoke", LOGIN, &[("token", token)]).await;
        let line = format!("Bearer {token}");
        bench.browser(Method::GET, "/session", &[("authorization", &line)]).await;
    }
    bench.post("/v1/subjects/alice/token-version", LOGIN, &Value::Null).await;

    let cookies = bench.cookie_session().await;
    for path in ["/session/refresh", "/session/logout", "/session/refresh"] {
        bench.browser(Method::POST, path, &[cookie(&cookies), SAME_ORIGIN]).await;
        bench.browser(Method::POST, path, &[cookie(&cookies)]).await;
    }
    planted.extend(cookies.split("; ").map(|pair| pair.split_once('=').unwrap().1.to_owned()));

    let grant = ("grant_type", "client_credentials");
    let wrong = [grant, ("client_id", LOGIN), ("client_secret", "wr0ng-s3cret")];
    bench.form_without_client("/oauth2/token", &wrong).await;
    let grant = [("grant_type", "cr3dential"), ("refresh_token", "twr_m1stake")];
    bench.form("/oauth2/token", LOGIN, &grant).await;
    for body in [
        json!({"subject": {"x": "n3sted"}}),
        json!({"m1splaced.secret": 1}),
        session_of("alice", json!({"claims": {"note": "4111 1111 1111 1111"}})),
    ] {
        bench.post("/v1/sessions", LOGIN, &body).await.is(400, "invalid_request");
    }
    bench.post("/v1/sessions", WEAK, &json!({"subject": "0ther-subject"})).await;
    for text in [
        "pr1vate",
        "cl4im",
        "wr0ng-s3cret",
        "cr3dential",
        "twr_m1stake",
        "n3sted",
        "m1splaced",
        "4111 1111 1111 1111",
        "0ther-subject",
    ] {
        planted.push(text.to_owned());
    }
    planted
}

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
