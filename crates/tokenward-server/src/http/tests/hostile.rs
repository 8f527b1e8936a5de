use std::fmt::Write as _;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use super::support::{Running, hasty, hello, read_all, read_until, status};
use crate::http::{ServerLimits, Stopped};

#[tokio::test]
async fn header_fields_over_the_limit_get_431_with_all_security_headers() {
    let server = Running::start(hello(), ServerLimits::default()).await;
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(20_000));

    let answer = server.exchange(request.as_bytes()).await;

    assert_eq!(status(&answer), "431");
    for header in ["x-content-type-options: nosniff", "x-request-id: ", "referrer-policy: "] {
        assert!(answer.contains(header), "{header} is not in {answer}");
    }
}

#[tokio::test]
async fn header_fields_far_over_the_limit_or_too_many_get_431_too() {
    let server = Running::start(hello(), ServerLimits::default()).await;
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(200_000));
    let mut many = "GET / HTTP/1.1\r\nHost: x\r\n".to_owned();
    for number in 0..150 {
        write!(many, "X-{number}: 1\r\n").unwrap();
    }
    many.push_str("\r\n");

    for request in [long, many] {
        let mut stream = server.connect().await;
        // The server may close before it has read everything.
        drop(stream.write_all(request.as_bytes()).await);
        let answer = read_all(&mut stream).await;
        assert!(answer.is_empty() || status(&answer) == "431", "{answer}");
    }
}

#[tokio::test]
async fn a_refusal_that_leaves_the_body_unread_says_that_the_connection_ends() {
    let refuses = Router::new().fallback(async || http::StatusCode::UNAUTHORIZED);
    let server = Running::start(refuses, ServerLimits::default()).await;
    let with_body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    let without = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    let mut stream = server.connect().await;
    stream.write_all(with_body.as_bytes()).await.unwrap();
    let answer = read_all(&mut stream).await;
    assert_eq!(status(&answer), "401");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(status(&server.exchange(without.as_bytes()).await), "401");
}

#[tokio::test]
async fn requests_that_two_servers_could_read_differently_are_refused() {
    let server = Running::start(hello(), hasty()).await;
    let table = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        "GET /\r\n\r\n",
    ];
    for request in table {
        assert_eq!(status(&server.exchange(request.as_bytes()).await), "400", "{request:?}");
    }
}

#[tokio::test]
async fn a_length_beside_chunks_does_not_smuggle_a_second_request() {
    let server = Running::start(hello(), hasty()).await;
    let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\
                   Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /panic HTTP/1.1\r\nHost: a\r\n\r\n";

    let answer = server.exchange(request.as_bytes()).await;

    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
}

#[tokio::test]
async fn http_1_0_is_served_without_a_host() {
    let server = Running::start(hello(), ServerLimits::default()).await;

    let answer = server.exchange(b"GET / HTTP/1.0\r\n\r\n").await;

    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let server = Running::start(hello(), ServerLimits::default()).await;
    let one = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none";
    let two = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo";

    let answer = server.exchange(format!("{one}{two}").as_bytes()).await;

    let bodies: Vec<_> =
        answer.split("HTTP/1.1 200 OK").map(|part| part.ends_with("two")).collect();
    assert_eq!(bodies, [false, false, true], "{answer}");
}

#[tokio::test]
async fn a_body_over_the_limit_gets_413_announced_or_not() {
    let limits = ServerLimits { body_bytes: 1_000, ..ServerLimits::default() };
    let server = Running::start(hello(), limits).await;
    let announced = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n".to_owned();
    let chunked = format!(
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        2_000,
        "a".repeat(2_000)
    );

    for request in [announced, chunked] {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read_until(&mut stream, "\r\n").await;
        assert_eq!(status(&answer), "413");
    }
}

#[tokio::test]
async fn who_sends_nothing_or_too_slowly_is_cut_off() {
    let server = Running::start(hello(), hasty()).await;

    for begun in ["", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
        assert_eq!(server.exchange(begun.as_bytes()).await, "", "{begun:?}");
    }
}

#[tokio::test]
async fn a_connection_kept_alive_for_nothing_is_closed() {
    let server = Running::start(hello(), hasty()).await;

    let answer = server.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;

    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_gets_408() {
    let server = Running::start(hello(), hasty()).await;
    let request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf";

    assert_eq!(status(&server.exchange(request).await), "408");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_gets_503_with_retry_after() {
    let server = Running::start(hello(), hasty()).await;
    let request = b"POST /stuck HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nwhole";

    let answer = server.exchange(request).await;

    assert_eq!(status(&answer), "503");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
}

#[tokio::test]
async fn a_panic_is_a_plain_500_and_the_server_goes_on() {
    let server = Running::start(hello(), ServerLimits::default()).await;
    let close = |path| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    let answer = server.exchange(close("/panic").as_bytes()).await;

    assert_eq!(status(&answer), "500");
    assert!(answer.ends_with(r#"{"error":"server_error"}"#), "{answer}");
    assert!(!answer.contains("secret"), "{answer}");
    assert_eq!(status(&server.exchange(close("/").as_bytes()).await), "200");
}

#[tokio::test]
async fn who_reads_no_answer_is_cut_off() {
    let (dropped, mut was_dropped) = mpsc::channel::<()>(1);
    let endless = move || {
        let dropped = dropped.clone();
        async move {
            let chunks = futures_util::stream::repeat_with(move || {
                let _held = &dropped;
                Ok::<_, std::io::Error>(vec![0_u8; 1 << 16])
            });
            Body::from_stream(chunks)
        }
    };
    let limits = ServerLimits { drain: ServerLimits::default().drain, ..hasty() };
    let server = Running::start(Router::new().route("/", get(endless)), limits).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    read_until(&mut stream, "\r\n").await;

    // The handler's own clone goes with the router; the body's goes when the connection is cut.
    let ending = server.stop();
    assert_eq!(was_dropped.recv().await, None);
    assert_eq!(ending.wait().await, Stopped::Finished);
}

#[tokio::test]
async fn beyond_the_cap_a_connection_waits_until_another_has_gone() {
    let limits = ServerLimits { connections: 1, ..ServerLimits::default() };
    let server = Running::start(hello(), limits).await;
    let first = server.connect().await;
    let mut second = server.connect().await;
    second.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();

    drop(first);

    assert_eq!(status(&read_all(&mut second).await), "200");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_stop_the_server(garbage in proptest::collection::vec(any::<u8>(), 0..600)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Running::start(hello(), ServerLimits::default()).await;
            let mut stream = server.connect().await;
            drop(stream.write_all(&garbage).await);
            drop(stream);
            assert_eq!(status(&server.exchange(b"GET / HTTP/1.0\r\n\r\n").await), "200");
        });
    }
}
