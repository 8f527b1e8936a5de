use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use http::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::harness::{BILLING, Bench, own_uid};

#[tokio::test]
async fn what_an_administrator_does_is_on_record_without_any_secret() {
    let bench = Bench::new().await;

    let token = bench.token("audited", &["keys"]).await;
    let service = json!({ "name": "login", "audiences": [BILLING] });
    let made = bench.post("/admin/v1/services", service).await.json();
    let secret = made["client_secret"].as_str().unwrap().to_owned();
    bench.post("/admin/v1/services/login/secret", json!({ "overlap_seconds": 1 })).await;
    bench.delete("/admin/v1/services/login").await;
    bench.post("/admin/v1/sessions/revoke", json!({ "subject": "alice" })).await;
    bench.post("/admin/v1/revocations", json!({ "items": [{ "jti": "a" }] })).await;
    bench.later(600).await;
    bench.post("/admin/v1/keys/rotate", json!({})).await;
    bench.by_token(Method::GET, "/admin/v1/keys", Some(&token), "localhost").await;
    bench.by_token(Method::GET, "/admin/v1/keys", Some("twa_wrong"), "localhost").await;
    bench.by_token(Method::GET, "/admin/v1/keys", Some(&token), "evil").await;
    bench.delete("/admin/v1/admin-tokens/audited").await;

    let log = Log::of_all_tests().text();
    let by = format!("admin:uid-{}", own_uid());
    let expected = [
        ("admin_token_added", by.as_str()),
        ("service_added", &by),
        ("service_secret_rotated", &by),
        ("service_removed", &by),
        ("sessions_ended", &by),
        ("revoked", &by),
        ("keys_rotated", &by),
        ("admin_refused", "admin:audited"),
        ("admin_token_removed", &by),
    ];
    for (event, by) in expected {
        let is = |line: &&str| {
            line.contains(r#""target":"tokenward::audit""#)
                && line.contains(&format!(r#""event":"{event}""#))
                && line.contains(&format!(r#""by":"{by}""#))
        };
        assert!(log.lines().any(|line| is(&line)), "{event} by {by} is not in {log}");
    }
    for reason in ["the token lacks the scope", "no such token", "the Host is none of ours"] {
        assert!(log.contains(reason), "{reason} is not in {log}");
    }
    assert!(!log.contains(&token) && !log.contains(&secret), "{log}");
}

/// What is logged, by whichever test: a subscriber for one test alone would miss whatever another
/// thread was first to reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn of_all_tests() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            tracing_subscriber::fmt().json().with_writer(log.clone()).init();
            log
        })
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
