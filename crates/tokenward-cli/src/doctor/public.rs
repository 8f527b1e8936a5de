//! What a stranger gets from the public listener.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, LOCATION, ORIGIN, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Bytes;
use tokenward::{KeySet, UnixTime};
use tokenward_server::admin::api::{AudiencePosture, Posture};

use super::forge::{self, Forged};
use crate::client::{Heard, NoAnswer, Site};
use crate::pki;

/// What was heard.
pub(super) struct Outside {
    /// Until when the certificate is valid; `None` if it cannot be read.
    pub(super) certificate_until: Option<UnixTime>,
    pub(super) hsts: bool,
    pub(super) audiences: Vec<AudienceOutside>,
    /// Why nothing was heard at all.
    pub(super) unreachable: Option<String>,
    /// The answers to tokens that are refused, each different one once.
    pub(super) refusals: Vec<String>,
    /// What the `Server` header gives away, if there is one.
    pub(super) server: Option<String>,
}

/// The same of one audience.
pub(super) struct AudienceOutside {
    pub(super) name: String,
    /// The published keys, or why there are none.
    pub(super) keys: Result<KeySet, String>,
    pub(super) cache: Option<String>,
    /// The forged tokens, and the status that each got.
    pub(super) forged: Vec<(Forged, u16)>,
    /// The cookies of a log-out, for an audience that has cookies; and the policy of that answer.
    pub(super) cookies: Vec<String>,
    pub(super) policy: Option<String>,
    pub(super) nosniff: bool,
}

impl Outside {
    /// Asks `site`.
    pub(super) async fn of(site: &Site, posture: &Posture, now: u64) -> Self {
        let mut outside = Self {
            certificate_until: None,
            hsts: false,
            audiences: Vec::new(),
            unreachable: None,
            refusals: Vec::new(),
            server: None,
        };
        for audience in &posture.audiences {
            match outside.ask(site, audience, now).await {
                Ok(seen) => outside.audiences.push(seen),
                Err(error) => {
                    outside.unreachable = Some(format!("{}: {error}", site.authority));
                    break;
                }
            }
        }
        outside
    }

    async fn ask(
        &mut self,
        site: &Site,
        audience: &AudiencePosture,
        now: u64,
    ) -> Result<AudienceOutside, NoAnswer> {
        let place = format!("/audiences/{}/jwks.json", audience.name);
        let Heard { answer, certificate } = send(site, Method::GET, &place, &[]).await?;
        let until = certificate.as_deref().and_then(pki::validity_of_der);
        self.certificate_until = until.map(|[_, until]| until);
        self.hsts = answer.headers().contains_key(STRICT_TRANSPORT_SECURITY);
        self.server = text(&answer, &http::header::SERVER);
        let mut seen = AudienceOutside {
            name: audience.name.clone(),
            keys: key_set(&answer),
            cache: text(&answer, &CACHE_CONTROL),
            forged: Vec::new(),
            cookies: Vec::new(),
            policy: text(&answer, &CONTENT_SECURITY_POLICY),
            nosniff: answer.headers().contains_key(X_CONTENT_TYPE_OPTIONS),
        };
        let keys = seen.keys.as_ref().map_or(&[][..], KeySet::keys);
        for key in keys {
            for forged in forge::all(key, &audience.issuer, &audience.name, now) {
                let bearer = format!("Bearer {}", forged.token);
                let headers = [(AUTHORIZATION, bearer.as_str())];
                let answer = send(site, Method::GET, "/session", &headers).await?.answer;
                self.refused(&answer);
                seen.forged.push((forged, answer.status().as_u16()));
            }
        }
        if let Some(origin) = audience.origins.first() {
            let headers = [(ORIGIN, origin.as_str())];
            let answer = send(site, Method::POST, "/session/logout", &headers).await?.answer;
            let cookies = answer.headers().get_all(SET_COOKIE).into_iter();
            seen.cookies =
                cookies.filter_map(|cookie| Some(cookie.to_str().ok()?.to_owned())).collect();
        }
        Ok(seen)
    }

    /// Notes how a token was refused, as far as a stranger can tell two answers apart.
    fn refused(&mut self, answer: &Response<Bytes>) {
        let challenge = text(answer, &WWW_AUTHENTICATE).unwrap_or_default();
        let body = String::from_utf8_lossy(answer.body());
        let said = format!("{} {challenge} {body}", answer.status().as_u16());
        if !self.refusals.contains(&said) {
            self.refusals.push(said);
        }
    }
}

/// Whether the listener for plain HTTP at `address` leads to https, and sets no cookie on the way.
pub(super) async fn redirect(address: SocketAddr) -> Result<(), String> {
    // Bound to every address, it is asked at this machine's own.
    let host: IpAddr = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let url = format!("http://{}", SocketAddr::new(host, address.port()));
    let site = Site::parse("listen.redirect", &url, None, |_| true);
    let site = site.map_err(|failure| failure.to_string())?;
    let answer =
        send(&site, Method::GET, "/", &[]).await.map_err(|error| error.to_string())?.answer;
    let leads = text(&answer, &LOCATION).is_some_and(|place| place.starts_with("https://"));
    match answer.status().as_u16() {
        308 if leads && !answer.headers().contains_key(SET_COOKIE) => Ok(()),
        status => Err(format!("it answers {status}")),
    }
}

async fn send(
    site: &Site,
    method: Method,
    place: &str,
    headers: &[(HeaderName, &str)],
) -> Result<Heard, NoAnswer> {
    let mut request = Request::builder().method(method).uri(place).header(HOST, &site.authority);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    site.send(request.body(Full::default())?).await
}

fn key_set(answer: &Response<Bytes>) -> Result<KeySet, String> {
    if answer.status() != http::StatusCode::OK {
        return Err(format!("status {}", answer.status().as_u16()));
    }
    KeySet::parse(answer.body()).map_err(|error| error.to_string())
}

fn text(answer: &Response<Bytes>, name: &HeaderName) -> Option<String> {
    Some(answer.headers().get(name)?.to_str().ok()?.to_owned())
}
