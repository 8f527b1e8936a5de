use std::convert::Infallible;

use axum::body::Body;
use tower::{ServiceExt, service_fn};

use super::*;

#[tokio::test]
async fn the_id_is_our_own_whatever_the_caller_sends() {
    let (inner, outer) = pass(Some("forged")).await;

    assert_eq!(inner, outer);
    assert_eq!(outer.len(), 32);
    assert!(outer.bytes().all(|b| b.is_ascii_hexdigit()));
}

#[tokio::test]
async fn no_two_requests_share_an_id() {
    assert_ne!(pass(None).await.1, pass(None).await.1);
}

/// The id as the inner service and as the caller sees it.
async fn pass(sent: Option<&'static str>) -> (String, String) {
    let service = RequestIds::new().layer(service_fn(|request: Request<Body>| async move {
        let id = request.extensions().get::<RequestId>().unwrap().to_string();
        assert_eq!(request.headers()[X_REQUEST_ID], *id);
        assert_eq!(request.headers().get_all(X_REQUEST_ID).iter().count(), 1);
        Ok::<_, Infallible>(Response::new(id))
    }));
    let mut request = Request::new(Body::empty());
    if let Some(sent) = sent {
        request.headers_mut().append(X_REQUEST_ID, HeaderValue::from_static(sent));
        request.headers_mut().append(X_REQUEST_ID, HeaderValue::from_static(sent));
    }
    let response = service.oneshot(request).await.unwrap();
    let outer = response.headers()[X_REQUEST_ID].to_str().unwrap().to_owned();
    (response.into_body(), outer)
}
