//! A gate with one audience, its tokens, and each proxy's way of asking.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::{CONTENT_LENGTH, COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use tokenward::crypto::sha256;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeySet, Scope, SessionId,
    SigningKey, Subject, TokenRequest, UnixTime, Verifier,
};
use tokenward_remote::LiveVerifier;
use tokenward_revocation::{Revocation, Scope as RevocationScope, Seq, View};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::cookies::SEAL;
use tokenward_tower::csrf::Origins;
use tower::ServiceExt as _;

use crate::gate::quick::QuickGate;
use crate::gate::{
    GateAudience, GateState, Login, PathPattern, Rule, Rules, X_PROXY_SECRET, routes,
};
use crate::http::{AtOnce as _, Peer};
use crate::settings::{Profile, ProxyAuth, ProxySettings};

pub(super) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(super) const SECRET: &str = "a secret of the proxy, long enough";

pub(super) struct World {
    pub(super) key: SigningKey,
    pub(super) view: Arc<View>,
    pub(super) router: Router,
    quick: QuickGate,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(rules(), View::local(audience()))
    }

    pub(super) fn with(rules: Rules, view: View) -> Self {
        let key = SigningKey::generate(Algorithm::Es256).named_by_thumbprint();
        let keys = KeySet::from_keys(vec![key.verifying_key().clone()]).unwrap();
        let verifier = Verifier::builder().issuer(issuer()).audience(audience()).keys(keys).build();
        let view = Arc::new(view);
        let verifier = Arc::new(LiveVerifier::new(verifier, Arc::clone(&view)));
        let origins = Origins::new(["https://app.example.com"]).unwrap();
        let login = Some(Login::parse("https://login.example.com/").unwrap());
        let proxy = |profile: Profile| ProxySettings {
            name: profile.as_str().to_owned(),
            profile,
            auth: ProxyAuth::SecretHash(sha256(SECRET.as_bytes())),
            client_certificates: false,
        };
        let gate = Arc::new(GateState {
            audiences: BTreeMap::from([(
                audience(),
                GateAudience {
                    verifier,
                    origins,
                    dpop: None,
                    certificates: BindingPolicy::Off,
                    login,
                },
            )]),
            proxies: Profile::ALL.map(proxy).to_vec(),
            rules,
            clock: Arc::new(|| NOW),
            any_local: false,
        });
        let quick = QuickGate::new(Arc::clone(&gate));
        Self { key, view, router: routes(gate), quick }
    }

    /// A good token with this scope.
    pub(super) fn token(&self, scope: &str) -> String {
        self.token_of(request("alice").scope(Scope::parse(scope).unwrap()))
    }

    pub(super) fn token_of(&self, request: TokenRequest) -> String {
        self.token_at(request, &issuer(), &audience(), NOW)
    }

    pub(super) fn token_at(
        &self,
        request: TokenRequest,
        issuer: &IssuerId,
        audience: &Audience,
        now: UnixTime,
    ) -> String {
        let issuer = Issuer::builder()
            .issuer(issuer.clone())
            .audience(audience.clone())
            .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
            .claims(["role".to_owned()])
            .build();
        issuer.issue(request, &self.key, now).unwrap()
    }

    pub(super) fn revoke(&self, scope: RevocationScope) {
        self.view.insert(&Revocation {
            seq: Seq::new(1),
            audience: None,
            scope,
            ends_at: UnixTime::NEVER,
            at: NOW,
            reason: None,
            by: "test".to_owned(),
        });
    }

    /// What the router answers, which is what is answered at once from then on, if it is yes.
    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        let (parts, body) = request.into_parts();
        let before = self.at_once(&parts).await;
        let request = Request::from_parts(parts.clone(), body);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let answer = Answer::of(response).await;
        let after = self.at_once(&parts).await;
        // hyper writes it where axum has not.
        let mut same = answer.clone();
        same.headers.remove(CONTENT_LENGTH);
        assert!(before.is_none_or(|before| before == same), "{parts:?}");
        let remembered = answer.status == StatusCode::OK && !sealed(&parts);
        assert_eq!(after, remembered.then_some(same), "{parts:?}");
        answer
    }

    async fn at_once(&self, parts: &Parts) -> Option<Answer> {
        let peer = Peer::Tcp("192.0.2.7:1".parse().unwrap());
        match self.quick.answer(peer, None, parts) {
            Some(response) => Some(Answer::of(response).await),
            None => None,
        }
    }

    /// Asks as `profile` does about `method` and `target`, with further headers.
    pub(super) async fn about(
        &self,
        profile: Profile,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = asked(profile, method, target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }
}

/// Whether it takes a cookie to read the token, which then is never remembered.
fn sealed(parts: &Parts) -> bool {
    let seal = |line: &HeaderValue| line.to_str().unwrap_or_default().contains(SEAL.as_str());
    parts.headers.get_all(COOKIE).iter().any(seal)
}

/// How `profile` asks about `method` and `target`.
pub(super) fn asked(profile: Profile, method: &str, target: &str) -> http::request::Builder {
    let place = format!("/auth/{}/billing", profile.as_str());
    let request = match profile {
        Profile::Nginx => {
            Request::get(place).header("x-original-method", method).header("x-original-uri", target)
        }
        Profile::Envoy => Request::builder()
            .method(method)
            .uri(format!("{place}{target}"))
            .header("host", "app.example.com"),
        _ => Request::get(place)
            .header("x-forwarded-method", method)
            .header("x-forwarded-uri", target)
            .header("x-forwarded-host", "app.example.com")
            .header("x-forwarded-proto", "https"),
    };
    request.header(X_PROXY_SECRET, SECRET)
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 16).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }
}

pub(super) fn request(subject: &str) -> TokenRequest {
    let subject = Subject::new(subject).unwrap();
    TokenRequest::new(subject, ClientId::new("login").unwrap(), Jti::new("token-1").unwrap())
        .session_id(SessionId::new("session-1").unwrap())
}

pub(super) fn rules() -> Rules {
    let rule = |methods: &[&str], path: &str, scopes: &[&str]| Rule {
        audiences: Vec::new(),
        methods: methods.iter().map(|method| method.parse().unwrap()).collect(),
        paths: vec![PathPattern::parse(path).unwrap()],
        scopes: scopes.iter().map(ToString::to_string).collect(),
        step_up: None,
    };
    Rules::new(vec![
        rule(&["GET", "POST"], "/invoices/**", &["invoices"]),
        rule(&[], "/open/**", &[]),
    ])
}

pub(super) fn audience() -> Audience {
    Audience::new("billing").unwrap()
}

pub(super) fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/billing").unwrap()
}
