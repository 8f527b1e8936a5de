//! What a refusal leaves behind: its reason and the request id in the log, a count, and no secret.

use std::io;
use std::sync::{Arc, Mutex};

use crate::fixture::{Fixture, request, send};
use axum::Router;
use axum::routing::any;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokenward_tower::csrf::Origins;
use tokenward_tower::{Claims, RequestIds};
use tracing::level_filters::LevelFilter;

#[test]
fn the_log_has_the_reason_under_the_request_id_and_nothing_of_the_token() {
    let (log, request_id) = logged("header.planted-payload.planted-signature");

    assert!(log.contains(r#""reason":"malformed""#), "{log}");
    assert!(log.contains(&request_id), "{log}");
    assert!(!log.contains("planted"), "{log}");
}

#[test]
fn a_refusal_is_counted_by_reason() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let counts = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        logged("rubbish");
        logged("rubbish");
    });

    assert!(counts.render().contains(r#"tokenward_rejected_total{reason="malformed"} 2"#));
}

/// All that is logged about a request with `token` in a cookie, and the id that the caller got.
fn logged(token: &str) -> (String, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let request_id = tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let layer = Fixture::new().layer().cookies(Origins::none());
            let handler = |claims: Claims| async move { format!("{claims:?}") };
            let router =
                Router::new().route("/", any(handler)).layer(layer).layer(RequestIds::new());
            let cookie = format!("__Host-access={token}");
            let response = send(&router, request("GET", &[("cookie", &cookie)])).await;
            response.headers()["x-request-id"].to_str().unwrap().to_owned()
        })
    });
    let bytes = log.0.lock().unwrap().clone();
    (String::from_utf8(bytes).unwrap(), request_id)
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
