//! What handlers take: verified claims, and the scope they ask for.
//!
//! **Invariant:** a handler behind no [`crate::VerifyLayer`] answers 500 to everybody. Forgetting the
//! layer breaks the service at its first request instead of opening it.

use std::ops::Deref;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{Extensions, Request};
use http_body::Body as HttpBody;
use tokenward::{AccessClaims, Scope, Verified};
use tower_layer::Layer;
use tower_service::Service;

use crate::access::Refused;
use crate::verdict::VerdictFuture;
use crate::verify::Asked;

/// The verified claims of the request's token, as an axum extractor.
///
/// A request without a token is answered 401 (it gets here only past [`crate::VerifyLayer::optional`]);
/// `Option<Claims>` takes it as `None`.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart: `Claims(claims): Claims`")]
pub struct Claims(pub Verified<AccessClaims>);

impl Deref for Claims {
    type Target = AccessClaims;

    fn deref(&self) -> &AccessClaims {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Claims {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        find(&parts.extensions)
            .and_then(|claims| claims.ok_or(Refused::NoCredentials))
            .map_err(|refused| refuse(&refused))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Claims {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Response> {
        find(&parts.extensions).map_err(|refused| refuse(&refused))
    }
}

/// How old what is known of revocations was when the request's token was verified, as an axum extractor:
/// whatever was revoked longer ago counted. For handlers that must not go by old news, where the verifier
/// goes on past its bound (`when_stale = "accept"`).
///
/// `None` if that cannot be said. A request without a token is answered 401.
///
/// ```
/// use std::time::Duration;
/// use http::StatusCode;
/// use tokenward_tower::{Claims, RevocationAge};
///
/// async fn wire_money(Claims(claims): Claims, RevocationAge(age): RevocationAge) -> StatusCode {
///     match age {
///         Some(age) if age < Duration::from_secs(10) => StatusCode::NO_CONTENT,
///         _ => StatusCode::SERVICE_UNAVAILABLE,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct RevocationAge(pub Option<Duration>);

impl<S: Send + Sync> FromRequestParts<S> for RevocationAge {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let claims =
            find(&parts.extensions).and_then(|claims| claims.ok_or(Refused::NoCredentials));
        claims.map_err(|refused| refuse(&refused))?;
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Lets a request pass only if its token's scope covers another. Belongs inside [`crate::VerifyLayer`].
#[derive(Clone, Debug)]
pub struct RequireScope {
    scope: Scope,
}

impl RequireScope {
    /// Requires every part of `scope`.
    #[must_use]
    pub const fn new(scope: Scope) -> Self {
        Self { scope }
    }

    fn check(&self, extensions: &Extensions) -> Result<(), Refused> {
        match find(extensions)? {
            Some(claims) if self.scope.is_subset_of(claims.scope()) => Ok(()),
            Some(claims) => Err(Refused::Scope {
                scope: self.scope.to_string().into(),
                bound: claims.key_thumbprint().is_some(),
            }),
            None => Err(Refused::NoCredentials),
        }
    }
}

impl<S> Layer<S> for RequireScope {
    type Service = RequireScopeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireScopeService { inner, layer: self.clone() }
    }
}

/// What [`RequireScope`] makes of a service.
#[derive(Clone, Debug)]
pub struct RequireScopeService<S> {
    inner: S,
    layer: RequireScope,
}

impl<S, B, R> Service<Request<B>> for RequireScopeService<S>
where
    S: Service<Request<B>, Response = http::Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = VerdictFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.layer.check(request.extensions()) {
            Ok(()) => VerdictFuture::passed(self.inner.call(request)),
            Err(refused) => VerdictFuture::refused(refuse(&refused)),
        }
    }
}

pub(crate) fn find(extensions: &Extensions) -> Result<Option<Claims>, Refused> {
    match extensions.get::<Verified<AccessClaims>>() {
        Some(claims) => Ok(Some(Claims(claims.clone()))),
        None if extensions.get::<Asked>().is_some() => Ok(None),
        None => Err(Refused::NoLayer),
    }
}

pub(crate) fn refuse(refused: &Refused) -> Response {
    refused.record();
    refused.response()
}
