use std::convert::Infallible;

use axum::body::Body;
use tower::{ServiceExt, service_fn};

use super::*;

#[tokio::test]
async fn every_answer_bears_the_security_headers() {
    let headers = answer(SecurityHeaders::new(), &[]).await;

    assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[REFERRER_POLICY], "no-referrer");
    assert_eq!(headers[CONTENT_SECURITY_POLICY], CSP);
    assert_eq!(headers[STRICT_TRANSPORT_SECURITY], HSTS);
    assert_eq!(headers[OPENER_POLICY], "same-origin");
    assert_eq!(headers[RESOURCE_POLICY], "same-origin");
}

#[tokio::test]
async fn development_goes_without_hsts() {
    let headers = answer(SecurityHeaders::new().without_hsts(), &[]).await;

    assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
}

#[tokio::test]
async fn what_the_service_says_of_its_own_pages_stays() {
    let own = [(CONTENT_SECURITY_POLICY, "default-src 'self'"), (X_CONTENT_TYPE_OPTIONS, "sniff")];
    let headers = answer(SecurityHeaders::new(), &own).await;

    assert_eq!(
        headers.get_all(CONTENT_SECURITY_POLICY).iter().collect::<Vec<_>>(),
        ["default-src 'self'"]
    );
    assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
}

async fn answer(layer: SecurityHeaders, own: &[(HeaderName, &'static str)]) -> HeaderMap {
    let service = layer.layer(service_fn(async |_: Request<Body>| {
        let mut response = Response::new(Body::empty());
        for (name, value) in own {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        Ok::<_, Infallible>(response)
    }));
    service.oneshot(Request::new(Body::empty())).await.unwrap().headers().clone()
}
