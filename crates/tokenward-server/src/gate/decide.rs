//! The decision about one request, and what is said of a refusal: a little to the client, all of it to
//! the log.

use std::borrow::Borrow;
use std::time::Duration;

use axum::response::Response;
use http::header::{HeaderMap, HeaderName, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use tokenward::{Audience, CertificateThumbprint, Reason, Rejected, Shown};
use tokenward_remote::{Judged, Refusal};
use tokenward_revocation::Stale;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::certificate::BadCertificate;
use tokenward_tower::credentials::{self, By, Malformed, Presented};
use tokenward_tower::csrf::{self, CsrfRefused};
use tokenward_tower::dpop::{Asked, Dpop, DpopRefused};
use tokenward_tower::{access, respond};

use super::original::{self, Missing, Original};
use super::path::BadPath;
use super::proxy::Known;
use super::rules::Found;
use super::smuggle::{self, Smuggled};
use super::{GateAudience, GateState, answer, proxy};
use crate::http::{Peer, PeerIdentity};
use crate::settings::Profile;
use crate::telemetry::rejected;

/// Why the answer is no.
#[derive(Debug)]
pub(super) struct Refused {
    /// The profile that was asked, if there is such a one.
    profile: Option<Profile>,
    proxy: Option<Box<str>>,
    peer: Option<Peer>,
    why: Why,
    /// Method and path, as far as they are known: for the log.
    asked: Option<Box<str>>,
    /// Where the browser is sent instead.
    sign_in: Option<Box<HeaderValue>>,
}

#[derive(Debug)]
enum Why {
    /// No such profile or audience.
    NoSuchPlace,
    /// The caller is no proxy that may ask.
    UnknownProxy,
    /// The proxy does not say what was asked for.
    Original(Missing),
    /// Its head is longer than any that we take.
    TooLarge,
    /// A header comes along that means one of ours to others.
    Smuggled(Smuggled),
    /// No token at all.
    NoCredentials {
        /// A link from another site, for which the browser keeps the cookies back.
        link: bool,
        /// Where one that is bound to a key would do too.
        bound: bool,
    },
    /// More than one token.
    Malformed(Malformed),
    /// What the proxy tells of the client's certificate cannot be read.
    Certificate(BadCertificate),
    /// A cookie for a site that is not the audience's.
    OtherHost,
    /// A change by cookie from elsewhere.
    Csrf(CsrfRefused),
    /// The gate knows too little just now.
    Unavailable(Stale),
    /// The token is bad.
    Token(Rejected),
    /// The token by the scheme `DPoP` or its proof is bad, or the login behind the token not good enough: what
    /// a layer says of it.
    Layer(Box<access::Refused>),
    /// The path could be read in two ways.
    Path(BadPath),
    /// No rule is about the request.
    NoRule,
    /// The rule wants more than the token has.
    Scope { rule: usize, needed: Box<str>, bound: bool },
}

/// A question of a proxy that is known, and is believed from here on.
#[derive(Debug)]
pub(super) struct Question<'g> {
    gate: &'g GateState,
    profile: Profile,
    proxy: Known<'g>,
    peer: Option<Peer>,
}

impl GateState {
    /// Decides about a question over HTTP.
    pub(super) fn decide(&self, parts: &Parts) -> Result<(Profile, Judged), Refused> {
        let peer = parts.extensions.get::<Peer>().copied();
        let place = Place::of(parts.uri.path());
        let profile = place.and_then(|place| Profile::from_name(place.profile));
        let Some((place, profile)) = place.zip(profile) else {
            return Err(Refused::new(profile, None, peer, Why::NoSuchPlace));
        };
        let question = self.recognize(profile, parts)?;
        let told = original::read(profile, parts, place.below);
        let told = told.map(|original| (original, &parts.headers));
        question.decide(Some(place.audience), told).map(|(judged, _)| (profile, judged))
    }

    /// As [`Self::decide`], of a token that is remembered; `None` where the answer is not yes, or not yet.
    pub(super) fn recall<'p>(
        &self,
        peer: Peer,
        identity: Option<&PeerIdentity>,
        parts: &'p Parts,
    ) -> Option<(Place<'p>, Profile, Judged)> {
        let headers = &parts.headers;
        let place = Place::of(parts.uri.path())?;
        let profile = Profile::from_name(place.profile)?;
        let (proxies, local) = (&self.proxies, self.any_local);
        let proxy = proxy::authenticate(proxies, local, profile, Some(&peer), identity, headers)?;
        let question = Question { gate: self, profile, proxy, peer: Some(peer) };
        let (name, audience) = question.audience(Some(place.audience))?;
        let original = original::read(profile, parts, place.below).ok()?;
        smuggle::check(headers).ok()?;
        let presented = credentials::extract(headers).ok().flatten()?;
        // A proof is for this request alone, so nothing of it can be remembered; nor is a bound token.
        let bound = audience.dpop.as_ref().is_some_and(Dpop::is_required)
            || audience.certificates == BindingPolicy::Required;
        if presented.by == By::Dpop || bound {
            return None;
        }
        question.certificate(audience, headers).ok()?;
        question.is_meant(audience, &original, headers, &presented).ok()?;
        let judged = presented.recall(&audience.verifier, self.clock.now())?;
        Some((place, profile, question.permit(name, &original, judged).ok()?))
    }

    /// The question of whoever asks as `profile`, with a request of its own, if it is a proxy.
    pub(super) fn recognize(
        &self,
        profile: Profile,
        parts: &Parts,
    ) -> Result<Question<'_>, Refused> {
        let peer = parts.extensions.get::<Peer>().copied();
        let proxies = &self.proxies;
        let identity = parts.extensions.get::<PeerIdentity>();
        let (local, headers) = (self.any_local, &parts.headers);
        proxy::authenticate(proxies, local, profile, peer.as_ref(), identity, headers)
            .map(|proxy| Question { gate: self, profile, proxy, peer })
            .ok_or_else(|| Refused::new(Some(profile), None, peer, Why::UnknownProxy))
    }
}

impl Question<'_> {
    /// Decides by what the proxy has `told` about the request: itself, and the client's headers, which come
    /// back with the yes.
    pub(super) fn decide<H: Borrow<HeaderMap>>(
        &self,
        audience: Option<&str>,
        told: Result<(Original, H), Missing>,
    ) -> Result<(Judged, H), Refused> {
        let known = self.audience(audience);
        let (name, audience) = known.ok_or_else(|| self.refused(Why::NoSuchPlace))?;
        let (original, headers) = told.map_err(|missing| self.refused(Why::Original(missing)))?;
        let judged = self.judge(audience, &original, headers.borrow());
        match judged.and_then(|judged| self.permit(name, &original, judged)) {
            Ok(judged) => Ok((judged, headers)),
            Err(why) => {
                let login = audience.login.as_ref().filter(|_| why.is_mended_by_a_login());
                let sign_in = login.and_then(|login| {
                    login.location(&original, headers.borrow(), &audience.origins)
                });
                let (asked, sign_in) = (Some(asked(&original)), sign_in.map(Box::new));
                Err(Refused { asked, sign_in, ..self.refused(why) })
            }
        }
    }

    /// No, because the head of the request is longer than any that our listeners take.
    pub(super) fn too_large(&self) -> Refused {
        self.refused(Why::TooLarge)
    }

    fn audience(&self, named: Option<&str>) -> Option<(&Audience, &GateAudience)> {
        self.gate.audiences.get_key_value(named?)
    }

    fn refused(&self, why: Why) -> Refused {
        let proxy = Some(self.proxy.name.into());
        Refused::new(Some(self.profile), proxy, self.peer, why)
    }

    fn judge(
        &self,
        audience: &GateAudience,
        original: &Original,
        headers: &HeaderMap,
    ) -> Result<Judged, Why> {
        smuggle::check(headers).map_err(Why::Smuggled)?;
        let presented = credentials::extract(headers).map_err(Why::Malformed)?;
        let presented = presented.filter(|it| audience.dpop.is_some() || it.by != By::Dpop);
        let presented = presented.ok_or_else(|| Why::NoCredentials {
            link: respond::is_link_from_another_site(&original.method, headers),
            bound: audience.dpop.is_some(),
        })?;
        let certificate = self.certificate(audience, headers).map_err(Why::Certificate)?;
        let certificate = certificate.as_ref();
        if let (By::Dpop, Some(dpop)) = (presented.by, &audience.dpop) {
            let Original { method, target, origin } = original;
            let site = origin.as_deref();
            let asked = Asked { method, site, target, headers, certificate };
            return self.judge_bound(dpop, audience, presented.token, asked);
        }
        self.is_meant(audience, original, headers, &presented)?;
        let (shown, now) = (Shown::from(certificate), self.gate.clock.now());
        let judged = presented.verify_former_too(&audience.verifier, shown, now);
        let judged = judged.map_err(|refusal| match refusal {
            Refusal::Rejected(rejected) => Why::Token(rejected),
            Refusal::Unavailable(stale) => Why::Unavailable(stale),
        })?;
        if audience.dpop.as_ref().is_some_and(Dpop::is_required) {
            return Err(Why::Token(Reason::NotBound.into()));
        }
        audience.certificates.check_certificate(&judged).map_err(Why::Token)?;
        Ok(judged)
    }

    /// The certificate of the client, as far as the proxy's word about it counts and the audience goes by it.
    fn certificate(
        &self,
        audience: &GateAudience,
        headers: &HeaderMap,
    ) -> Result<Option<CertificateThumbprint>, BadCertificate> {
        if !self.proxy.client_certificates || audience.certificates == BindingPolicy::Off {
            return Ok(None);
        }
        self.profile.certificate().read(headers)
    }

    /// What came by the scheme `DPoP`. No browser attaches that by itself.
    fn judge_bound(
        &self,
        dpop: &Dpop,
        audience: &GateAudience,
        token: &str,
        asked: Asked<'_>,
    ) -> Result<Judged, Why> {
        let now = self.gate.clock.now();
        let judged = dpop.verify(token, asked, &audience.verifier, now);
        let judged = judged.map_err(|refused| match refused {
            DpopRefused::Token(Refusal::Unavailable(stale)) => Why::Unavailable(stale),
            refused => Why::Layer(Box::new(access::Refused::of_bound(refused, dpop.nonce(now)))),
        })?;
        let checked = audience.certificates.check_certificate(&judged);
        checked.map_err(|unbound| Why::Layer(Box::new(access::Refused::BoundRejected(unbound))))?;
        Ok(judged)
    }

    /// Whatever a browser attaches by itself needs proof that the site's own page asked.
    fn is_meant(
        &self,
        audience: &GateAudience,
        original: &Original,
        headers: &HeaderMap,
        presented: &Presented<'_>,
    ) -> Result<(), Why> {
        if presented.by == By::Bearer {
            return Ok(());
        }
        self.check_host(audience, original)?;
        let method = if opens_web_socket(headers) { &Method::POST } else { &original.method };
        csrf::check(method, headers, &audience.origins).map_err(Why::Csrf)
    }

    /// A browser keeps our cookies for the hosts that set them, so one that comes for another host was put
    /// there by something else, or the proxy leads two sites to one audience. nginx does not tell the host.
    fn check_host(&self, audience: &GateAudience, original: &Original) -> Result<(), Why> {
        let Some(origin) = &original.origin else { return Ok(()) };
        let origins = &audience.origins;
        // In development the proxy may have any port.
        let any = self.gate.any_local || origins.is_empty();
        if any || origins.contains(origin) { Ok(()) } else { Err(Why::OtherHost) }
    }

    fn permit(
        &self,
        audience: &Audience,
        original: &Original,
        judged: Judged,
    ) -> Result<Judged, Why> {
        let found = self.gate.rules.find(audience, &original.method, &original.target);
        let (number, rule) = match found.map_err(Why::Path)? {
            Found::NoRules => return Ok(judged),
            Found::Rule(number, rule) => (number, rule),
            Found::None => return Err(Why::NoRule),
        };
        if !rule.scopes.iter().all(|scope| judged.scope().contains(scope)) {
            let bound = judged.key_thumbprint().is_some();
            return Err(Why::Scope { rule: number, needed: rule.scopes.join(" ").into(), bound });
        }
        let now = self.gate.clock.now();
        match rule.step_up.as_ref().filter(|step_up| !step_up.is_met(&judged, now)) {
            None => Ok(judged),
            Some(step_up) => {
                let bound = judged.key_thumbprint().is_some();
                let step_up = Box::new(step_up.clone());
                Err(Why::Layer(Box::new(access::Refused::StepUp { step_up, bound })))
            }
        }
    }
}

/// Method and path of a request, short and without a query, which may hold what is for nobody's log.
fn asked(original: &Original) -> Box<str> {
    const MOST: usize = 200;
    let path = original.target.split(['?', '#']).next().unwrap_or_default();
    let path: String = path.chars().take(MOST).collect();
    format!("{} {path}", original.method).into()
}

impl Why {
    /// Whether a good token would do. More than one token is a mistake that a login does not mend.
    const fn is_mended_by_a_login(&self) -> bool {
        matches!(self, Self::NoCredentials { link: false, .. } | Self::Token(_))
    }
}

impl Refused {
    const fn new(
        profile: Option<Profile>,
        proxy: Option<Box<str>>,
        peer: Option<Peer>,
        why: Why,
    ) -> Self {
        Self { profile, proxy, peer, why, asked: None, sign_in: None }
    }

    /// Logs and counts it.
    pub(super) fn note(&self) {
        self.log();
        super::count(self.profile.map_or("none", Profile::as_str), self.label());
    }

    /// The reason as a metric label, from a closed list.
    fn label(&self) -> &'static str {
        match &self.why {
            Why::NoSuchPlace => "no_such_place",
            Why::UnknownProxy => "unknown_proxy",
            Why::Original(_) => "no_original_request",
            Why::TooLarge => "header_too_large",
            Why::Smuggled(_) => "smuggled_header",
            Why::NoCredentials { .. } => "no_credentials",
            Why::Malformed(malformed) => malformed.as_str(),
            Why::Certificate(bad) => bad.as_str(),
            Why::OtherHost => "other_host",
            Why::Csrf(csrf) => csrf.as_str(),
            Why::Unavailable(_) => "unavailable",
            Why::Token(rejected) => rejected.reason().as_str(),
            Why::Layer(refused) => refused.reason(),
            Why::Path(_) => "bad_path",
            Why::NoRule => "no_rule",
            Why::Scope { .. } => "insufficient_scope",
        }
    }

    /// Tells the operator what the client is not told.
    fn log(&self) {
        let proxy = self.proxy.as_deref().unwrap_or("none");
        let profile = self.profile.map_or("none", Profile::as_str);
        let peer = self.peer.map_or_else(|| "unknown".to_owned(), |peer| peer.to_string());
        let asked = self.asked.as_deref().unwrap_or("unknown");
        match &self.why {
            Why::NoSuchPlace => {
                tracing::warn!(proxy, profile, peer, "gate: asked at a URL that names no audience");
            }
            Why::UnknownProxy => tracing::warn!(
                profile,
                peer,
                "gate: the caller proves no [[proxy]] of this profile; set its secret or socket"
            ),
            Why::Original(missing) => tracing::error!(
                proxy, profile, %missing,
                "gate: the proxy does not say what was asked for; see its page in docs/"
            ),
            Why::Unavailable(stale) => {
                tracing::error!(proxy, profile, reason = %stale, "gate: cannot decide just now");
            }
            Why::NoCredentials { .. } => tracing::debug!(proxy, profile, "gate: no credentials"),
            Why::Token(refused) => {
                rejected(self.label());
                tracing::info!(proxy, profile, asked, reason = %refused.reason(), "gate: token refused");
            }
            // Counted and told as by a layer.
            Why::Layer(refused) => refused.record(),
            Why::Scope { rule, .. } => {
                tracing::info!(proxy, profile, asked, rule, reason = self.label(), "gate: refused");
            }
            Why::Certificate(problem) => {
                rejected(self.label());
                tracing::warn!(
                    proxy, profile, asked, reason = %problem,
                    "gate: the client's certificate cannot be read; does the proxy overwrite its header?"
                );
            }
            Why::Path(problem) => {
                rejected(self.label());
                tracing::info!(proxy, profile, asked, reason = %problem, "gate: path refused");
            }
            Why::Smuggled(what) => {
                rejected(self.label());
                tracing::warn!(proxy, profile, asked, reason = %what, "gate: refused");
            }
            Why::OtherHost => {
                rejected(self.label());
                tracing::warn!(
                    proxy,
                    profile,
                    asked,
                    "gate: a cookie came for a site that is not among the audience's origins"
                );
            }
            Why::TooLarge | Why::Malformed(_) | Why::Csrf(_) | Why::NoRule => {
                rejected(self.label());
                tracing::info!(proxy, profile, asked, reason = self.label(), "gate: refused");
            }
        }
    }

    /// What the client is told, by way of the proxy.
    pub(super) fn into_response(self) -> Response {
        let refusal = match self.why {
            Why::NoSuchPlace => answer::not_found(),
            Why::Original(_) => respond::server_error(),
            Why::TooLarge => respond::header_too_large(),
            Why::NoCredentials { link: true, .. } => reload(),
            Why::NoCredentials { bound: true, .. } => respond::no_proven_credentials(),
            Why::NoCredentials { .. } => respond::no_credentials(),
            Why::Layer(refused) => refused.response(),
            // nginx makes a 500 of anything but 401 and 403, so what is elsewhere a 400 is a 401 here.
            Why::Malformed(_) | Why::Certificate(_) | Why::Token(_) => respond::invalid_token(),
            Why::Unavailable(_) => respond::unavailable(RETRY_AFTER),
            // For the same reason; a 401 would send the client for another token.
            Why::Smuggled(_) if self.profile != Some(Profile::Nginx) => respond::invalid_request(),
            Why::Smuggled(_)
            | Why::UnknownProxy
            | Why::OtherHost
            | Why::Csrf(_)
            | Why::Path(_)
            | Why::NoRule => respond::access_denied(),
            Why::Scope { needed, bound, .. } => respond::insufficient_scope(&needed, bound),
        };
        match (self.sign_in, self.profile) {
            (Some(location), Some(profile)) => answer::sign_in(refusal, *location, profile),
            _ => refusal,
        }
    }
}

/// `/auth/{profile}/{audience}` and what stands below, unescaped nowhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    profile: &'p str,
    audience: &'p str,
    pub(super) below: &'p str,
}

impl<'p> Place<'p> {
    fn of(path: &'p str) -> Option<Self> {
        let (profile, rest) = path.strip_prefix("/auth/")?.split_once('/')?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (audience, below) = rest.split_at_checked(end)?;
        Some(Self { profile, audience, below })
    }
}

/// The page that reloads itself, as a refusal: to a proxy any 2xx would mean yes. Those that pass a
/// refusal's body on show it; behind nginx it takes an `error_page`.
fn reload() -> Response {
    let mut response = respond::reload_page();
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// A WebSocket begins as a `GET`, and proxies keep `Upgrade` to themselves; these they pass on.
fn opens_web_socket(headers: &HeaderMap) -> bool {
    headers.contains_key(HeaderName::from_static("sec-websocket-key"))
        || headers.contains_key(HeaderName::from_static("sec-websocket-version"))
}

const RETRY_AFTER: Duration = Duration::from_secs(1);
