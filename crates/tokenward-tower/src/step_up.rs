//! Step-up authentication (RFC 9470): some requests need a login that is younger, or stronger, than others.
//!
//! The token says when its subject logged in (`auth_time`) and how (`acr`, a private claim). Who falls short
//! is told what it takes, logs in again, and comes back with a token of that session.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use http::{Extensions, Request};
use http_body::Body as HttpBody;
use tokenward::{AccessClaims, Clock, Scope, UnixTime};
use tower_layer::Layer;
use tower_service::Service;

use crate::access::Refused;
use crate::claims::{find, refuse};
use crate::verdict::VerdictFuture;

/// What a request asks of the login behind its token.
///
/// ```
/// use std::time::Duration;
///
/// use tokenward::Scope;
/// use tokenward_tower::step_up::StepUp;
///
/// // At most five minutes ago, by one of two methods.
/// let acr = Scope::parse("urn:example:passkey urn:example:otp")?;
/// let step_up = StepUp::new(Some(Duration::from_secs(300)), acr);
/// # Ok::<(), tokenward::InvalidScope>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StepUp {
    max_age: Option<Duration>,
    acr: Scope,
}

impl StepUp {
    /// A login at most `max_age` ago, and one whose `acr` is among these names, as a list with spaces between;
    /// an empty one is no limit.
    #[must_use]
    pub const fn new(max_age: Option<Duration>, acr: Scope) -> Self {
        Self { max_age, acr }
    }

    /// Whether the login behind a token is good enough at `now`. A token that does not say is not.
    #[must_use]
    pub fn is_met(&self, claims: &AccessClaims, now: UnixTime) -> bool {
        let acr = claims.private().get("acr").and_then(|acr| acr.as_str());
        self.is_met_by(claims.auth_time(), acr, now)
    }

    /// The same of a login of which this is known.
    #[must_use]
    pub fn is_met_by(&self, auth_time: Option<UnixTime>, acr: Option<&str>, now: UnixTime) -> bool {
        let young = |most| auth_time.is_some_and(|at| now.since(at) <= most);
        self.max_age.is_none_or(young)
            && (self.acr.is_empty() || acr.is_some_and(|acr| self.acr.contains(acr)))
    }
}

impl fmt::Display for StepUp {
    /// The members of the challenge (RFC 9470 § 3).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.acr.is_empty() {
            // The characters of a scope are those that need no escape in a quoted string.
            write!(f, ", acr_values=\"{}\"", self.acr.as_str())?;
        }
        match self.max_age {
            Some(most) => write!(f, ", max_age=\"{}\"", most.as_secs()),
            None => Ok(()),
        }
    }
}

/// Lets a request pass only if the login behind its token is good enough. Belongs inside
/// [`crate::VerifyLayer`].
#[derive(Clone)]
pub struct RequireStepUp {
    step_up: StepUp,
    clock: Arc<dyn Clock>,
}

impl RequireStepUp {
    /// Requires `step_up`, by `clock`.
    #[must_use]
    pub const fn new(step_up: StepUp, clock: Arc<dyn Clock>) -> Self {
        Self { step_up, clock }
    }

    fn check(&self, extensions: &Extensions) -> Result<(), Refused> {
        let claims = find(extensions)?.ok_or(Refused::NoCredentials)?;
        if self.step_up.is_met(&claims, self.clock.now()) {
            return Ok(());
        }
        let bound = claims.key_thumbprint().is_some();
        Err(Refused::StepUp { step_up: Box::new(self.step_up.clone()), bound })
    }
}

impl fmt::Debug for RequireStepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireStepUp").field("step_up", &self.step_up).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for RequireStepUp {
    type Service = RequireStepUpService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireStepUpService { inner, layer: self.clone() }
    }
}

/// What [`RequireStepUp`] makes of a service.
#[derive(Clone, Debug)]
pub struct RequireStepUpService<S> {
    inner: S,
    layer: RequireStepUp,
}

impl<S, B, R> Service<Request<B>> for RequireStepUpService<S>
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
