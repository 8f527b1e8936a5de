use axum::body::to_bytes;

use super::*;

#[tokio::test]
async fn a_refused_token_is_answered_as_the_contract_says() {
    assert_eq!(
        shown(invalid_token()).await,
        "401 Unauthorized\n\
         cache-control: no-store\n\
         content-type: application/json\n\
         www-authenticate: Bearer error=\"invalid_token\"\n\
         {\"error\":\"invalid_token\",\"error_description\":\"Invalid token\"}"
    );
}

#[tokio::test]
async fn no_credentials_are_answered_without_an_error_code() {
    assert_eq!(
        shown(no_credentials()).await,
        "401 Unauthorized\ncache-control: no-store\nwww-authenticate: Bearer\n"
    );
}

#[tokio::test]
async fn two_tokens_at_once_are_an_invalid_request() {
    assert_eq!(
        shown(invalid_request()).await,
        "400 Bad Request\n\
         cache-control: no-store\n\
         content-type: application/json\n\
         www-authenticate: Bearer error=\"invalid_request\"\n\
         {\"error\":\"invalid_request\"}"
    );
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    assert_eq!(
        shown(insufficient_scope("notes:read notes:write", false)).await,
        "403 Forbidden\n\
         cache-control: no-store\n\
         content-type: application/json\n\
         www-authenticate: Bearer error=\"insufficient_scope\", scope=\"notes:read notes:write\"\n\
         {\"error\":\"insufficient_scope\"}"
    );
}

#[test]
fn a_scope_cannot_break_out_of_its_quotes() {
    for scope in ["a\", error=\"x", "a\\", "a\r\nb", "é"] {
        let response = insufficient_scope(scope, false);
        assert_eq!(response.headers()[WWW_AUTHENTICATE], r#"Bearer error="insufficient_scope""#);
        let response = insufficient_scope(scope, true);
        assert_eq!(response.headers()[WWW_AUTHENTICATE], r#"DPoP error="insufficient_scope""#);
    }
}

#[tokio::test]
async fn an_outage_is_a_503_that_says_when_to_come_back() {
    let response = unavailable(Duration::from_millis(10));
    assert_eq!(response.headers()[RETRY_AFTER], "1");

    assert_eq!(
        shown(response).await,
        "503 Service Unavailable\n\
         cache-control: no-store\n\
         content-type: application/json\n\
         retry-after: 1\n\
         {\"error\":\"temporarily_unavailable\"}"
    );
}

#[tokio::test]
async fn the_reloading_page_runs_nothing_and_is_not_kept() {
    let page = shown(reload_page()).await;

    assert!(page.starts_with(
        "200 OK\ncache-control: no-store\ncontent-security-policy: default-src 'none'"
    ));
    assert!(page.contains("http-equiv=\"refresh\" content=\"0\""));
    assert!(!page.contains("<script") && !page.contains("unsafe"));
}

#[test]
fn only_a_followed_link_from_another_site_gets_the_reloading_page() {
    let link = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert!(is_link(&Method::GET, &link));
    assert!(!is_link(&Method::POST, &link));
    assert!(!is_link(&Method::GET, &link[..2]));

    for (index, other) in
        [(0, "same-origin"), (0, "none"), (0, "same-site"), (1, "cors"), (2, "iframe")]
    {
        let mut headers = link;
        headers[index].1 = other;
        assert!(!is_link(&Method::GET, &headers), "{other}");
    }
}

fn is_link(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
    let headers = pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    is_link_from_another_site(method, &headers)
}

async fn shown(response: Response) -> String {
    let (parts, body) = response.into_parts();
    let mut lines: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    lines.sort();
    let body = to_bytes(body, 10_000).await.unwrap();
    format!("{}\n{}{}", parts.status, lines.concat(), std::str::from_utf8(&body).unwrap())
}
