use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;
use crate::http::FetchError;

#[test]
fn the_metrics_follow_the_events() {
    let refreshed = KeySetEvent::Refreshed {
        cause: FetchCause::Due,
        changed: true,
        keys: 3,
        skipped: 1,
        age: None,
        max_age: Duration::from_secs(300),
        serves_until: UnixTime::EPOCH,
    };
    let failed = KeySetEvent::Failed {
        cause: FetchCause::UnknownKey,
        error: Arc::new(FetchError::NotAStream.into()),
        failures: 1,
        serves_until: None,
    };

    let lines = counted(&[refreshed.clone(), failed.clone(), failed.clone()]);
    for line in [
        r#"tokenward_key_set_fetches_total{audience="api",why="due",outcome="ok"} 1"#,
        r#"tokenward_key_set_fetches_total{audience="api",why="unknown_key",outcome="failed"} 2"#,
        r#"tokenward_key_set_keys{audience="api"} 3"#,
    ] {
        assert!(lines.contains(line), "{line} is not in\n{lines}");
    }

    let stale = KeySetEvent::Stale { since: UnixTime::EPOCH };
    let lines = counted(&[refreshed, failed, stale]);
    assert!(lines.contains(r#"tokenward_key_set_keys{audience="api"} 0"#), "{lines}");
}

fn counted(events: &[KeySetEvent]) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for event in events {
            event.count("api");
        }
    });
    recorder.handle().render()
}
