use std::collections::HashSet;

use axum::body::Body;
use axum::response::Html;
use axum::routing::get;
use axum::{Extension, Router};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

#[test]
fn a_policy_begins_with_everything_forbidden() {
    let none = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; \
                frame-ancestors 'none'";

    assert_eq!(text(&Csp::new()), none);
}

#[test]
fn what_is_allowed_stands_in_its_directive() {
    let csp = Csp::new()
        .allow(Directive::Script, Source::NONCE)
        .allow(Directive::Script, Source::STRICT_DYNAMIC)
        .allow(Directive::Image, Source::DATA)
        .allow(Directive::FormAction, Source::SELF)
        .allow(Directive::Connect, Source::origin("https://api.example.com").unwrap())
        .trusted_types();

    assert_eq!(
        text(&csp),
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         script-src 'nonce-N' 'strict-dynamic'; img-src data:; form-action 'self'; \
         connect-src https://api.example.com; require-trusted-types-for 'script'"
    );
}

#[test]
fn content_is_allowed_by_its_hash() {
    // `printf "alert(1)" | openssl dgst -sha256 -binary | base64`, in the alphabet for addresses.
    let csp = Csp::new().allow(Directive::Script, Source::content("alert(1)"));

    assert!(
        text(&csp).contains("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF-pI='")
    );
}

#[test]
fn nothing_ends_a_source_and_begins_a_directive() {
    for origin in ["*", "https://a.example; script-src *", "https://a.example 'unsafe-inline'", ""]
    {
        assert!(Source::origin(origin).is_err(), "{origin}");
    }
}

#[test]
fn unsafe_inline_takes_a_method_that_says_so() {
    let csp = Csp::new().allow(Directive::Style, Source::SELF);
    assert!(!text(&csp).contains("unsafe"));

    let csp = csp.danger_allow_unsafe_inline(Directive::Style);

    assert!(text(&csp).contains("style-src 'self' 'unsafe-inline'"));
}

#[tokio::test]
async fn page_and_header_share_a_nonce_that_no_other_answer_has() {
    let mut seen = HashSet::new();
    for _ in 0..50 {
        let (header, page) = ask(page()).await;
        let nonce = page.strip_prefix("nonce ").unwrap().to_owned();

        assert_eq!(b64::decode(&nonce).unwrap().len(), 16);
        assert!(header.contains(&format!("'nonce-{nonce}'")), "{header}");
        assert!(seen.insert(nonce));
    }
}

#[tokio::test]
async fn a_page_with_a_nonce_is_not_kept() {
    let response = page().oneshot(Request::new(Body::empty())).await.unwrap();

    assert_eq!(response.headers()[CACHE_CONTROL], "private, no-store");
}

#[tokio::test]
async fn a_page_with_a_nonce_is_not_kept_by_the_word_of_its_handler_either() {
    let kept = [
        (CACHE_CONTROL, "public, max-age=60"),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (ETAG, "\"1\""),
        (LAST_MODIFIED, "Thu, 01 Jan 2026 00:00:00 GMT"),
    ];
    let page = Router::new().route("/", get(async move || kept)).layer(with_nonce().layer());

    let response = page.oneshot(Request::new(Body::empty())).await.unwrap();

    assert_eq!(response.headers()[CACHE_CONTROL], "private, no-store");
    assert!(!response.headers().contains_key(ETAG));
    assert!(!response.headers().contains_key(LAST_MODIFIED));
}

#[tokio::test]
async fn a_file_beside_the_page_is_kept_by_the_word_of_its_handler() {
    let kept = [(CACHE_CONTROL, "public, max-age=60"), (CONTENT_TYPE, "text/css"), (ETAG, "\"1\"")];
    let file = Router::new().route("/", get(async move || kept)).layer(with_nonce().layer());

    let response = file.oneshot(Request::new(Body::empty())).await.unwrap();

    assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=60");
    assert_eq!(response.headers()[ETAG], "\"1\"");
}

#[tokio::test]
async fn a_new_nonce_is_not_paired_with_an_old_body() {
    let not_modified = async || StatusCode::NOT_MODIFIED;
    let router = Router::new().route("/", get(not_modified));

    let response =
        router.layer(with_nonce().layer()).oneshot(Request::new(Body::empty())).await.unwrap();

    assert!(!response.headers().contains_key(HEADER));
}

#[tokio::test]
async fn a_place_for_reports_stands_in_the_policy_and_in_its_header() {
    let csp = Csp::new().report_to("https://reports.example.com/csp?a=b").unwrap();
    let router = Router::new().route("/", get(async || "")).layer(csp.layer());

    let response = router.oneshot(Request::new(Body::empty())).await.unwrap();

    let policy = response.headers()[HEADER].to_str().unwrap();
    assert!(policy.ends_with("; report-to csp; report-uri https://reports.example.com/csp?a=b"));
    let places = &response.headers()["reporting-endpoints"];
    assert_eq!(places, "csp=\"https://reports.example.com/csp?a=b\"");
}

#[test]
fn nothing_ends_a_place_for_reports_and_begins_a_directive() {
    let bad =
        ["", "reports", "//evil.example", "http://a.example/", "/a; script-src *", "/a,b", "/a\"b"];
    for url in bad {
        assert_eq!(Csp::new().report_to(url), Err(InvalidReportUrl), "{url}");
    }
    assert!(Csp::new().report_to("/csp-reports").is_ok());
}

#[tokio::test]
async fn a_policy_of_the_handler_stays() {
    let own = Router::new().route("/", get(async || [(HEADER, "default-src 'none'")]));

    let (header, _) = ask(own.layer(Csp::new().layer())).await;

    assert_eq!(header, "default-src 'none'");
}

#[tokio::test]
async fn a_handler_behind_no_layer_gets_no_nonce() {
    let router = Router::new().route("/", get(async |nonce: Nonce| nonce.to_string()));

    let response = router.oneshot(Request::new(Body::empty())).await.unwrap();

    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn an_outer_nonce_does_not_shine_through() {
    let old = Nonce([0; 16]);

    let (_, page) = ask(page().layer(Extension(old))).await;

    assert_ne!(page, format!("nonce {old}"));
}

fn with_nonce() -> Csp {
    Csp::new().allow(Directive::Script, Source::NONCE)
}

fn page() -> Router {
    let handler = async |nonce: Nonce| Html(format!("nonce {nonce}"));
    Router::new().route("/", get(handler)).layer(with_nonce().layer())
}

async fn ask(router: Router) -> (String, String) {
    let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
    let header = response.headers()[HEADER].to_str().unwrap().to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (header, String::from_utf8(body.to_vec()).unwrap())
}

fn text(csp: &Csp) -> String {
    csp.parts().join("N")
}
