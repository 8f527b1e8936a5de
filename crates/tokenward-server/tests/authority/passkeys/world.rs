//! An authority with passkeys; pages and apps with a device each.

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use tokenward::{AccessClaims, Algorithm};
use tokenward_server::settings::Settings;
use tokenward_sessions::RelyingParty;
use tokenward_testing::passkeys::{Device, Otherwise};

use crate::harness::{APP, Bench, LOGIN, Reply, session_of};

/// Every route of passkeys that is not for services.
pub(crate) const ROUTES: [(Method, &str); 7] = [
    (Method::POST, "/session/refresh/challenge"),
    (Method::GET, "/session/passkeys"),
    (Method::POST, "/session/passkeys"),
    (Method::POST, "/session/passkeys/options"),
    (Method::PATCH, "/session/passkeys/dW5rbm93bg"),
    (Method::DELETE, "/session/passkeys/dW5rbm93bg"),
    (Method::POST, "/session/passkeys/dW5rbm93bg/challenge"),
];

pub(crate) struct World {
    pub(crate) bench: Bench,
}

pub(crate) fn with_passkeys(settings: &mut Settings) {
    let android = "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    settings.passkeys = Some(RelyingParty::new("example.com", [APP, android]).unwrap());
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let bench = Bench::with(|settings| {
            with_passkeys(settings);
            change(settings);
        });
        Self { bench: bench.await }
    }

    /// Alice's browser, with a passkey session.
    pub(crate) async fn page(&self) -> Client<'_> {
        let more = json!({"delivery": "cookie", "refresh": "passkey"});
        let reply = self.bench.post("/v1/sessions", LOGIN, &session_of("alice", more)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let state = State { cookies: reply.cookies(), ..State::new() };
        self.again(state)
    }

    /// Alice's app, with a passkey session.
    pub(crate) async fn app(&self) -> Client<'_> {
        self.app_of(json!({"refresh": "passkey"})).await
    }

    pub(crate) async fn app_of(&self, more: Value) -> Client<'_> {
        let mut client = self.again(State::new());
        client.take(&self.bench.session(more).await);
        client
    }

    pub(crate) fn again(&self, state: State) -> Client<'_> {
        Client { bench: &self.bench, state }
    }

    pub(crate) fn claims(&self, token: &str) -> AccessClaims {
        self.bench.verify(token).unwrap().claims().clone()
    }
}

/// What a page or an app holds.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) cookies: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) device: Device,
}

impl State {
    fn new() -> Self {
        let empty = String::new;
        let device = Device::new(Algorithm::EdDsa);
        Self { cookies: empty(), access: empty(), refresh: empty(), device }
    }
}

#[derive(Clone)]
pub(crate) struct Client<'b> {
    bench: &'b Bench,
    state: State,
}

impl std::ops::Deref for Client<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl std::ops::DerefMut for Client<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Client<'_> {
    pub(crate) fn state(&self) -> State {
        self.state.clone()
    }

    /// Takes over the tokens of an answer.
    pub(crate) fn take(&mut self, answer: &Value) {
        self.access = answer["access_token"].as_str().unwrap().to_owned();
        self.refresh = answer["refresh_token"].as_str().unwrap().to_owned();
    }

    /// A request as the page or the app makes it.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if self.cookies.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.access));
        } else {
            request =
                request.header("cookie", &self.cookies).header("sec-fetch-site", "same-origin");
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json");
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.bench.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask(Method::POST, path, body).await
    }

    pub(crate) async fn list(&self) -> Value {
        self.ask(Method::GET, "/session/passkeys", &Value::Null).await.json()["passkeys"].clone()
    }

    /// Enrols the device as the subject's first.
    pub(crate) async fn enrol(&mut self) -> Reply {
        let options = self.post("/session/passkeys/options", &Value::Null).await;
        if options.status != 200 {
            return options;
        }
        let options = options.json();
        let credential = self.device.create(&options["publicKey"], APP, &Otherwise::default());
        let mut body = json!({"name": "phone", "credential": credential});
        if self.cookies.is_empty() {
            body["refresh_token"] = json!(self.refresh);
        }
        self.post("/session/passkeys", &body).await
    }

    /// As [`Self::enrol`], whatever was enrolled before, and with no passkey that would allow it.
    pub(crate) async fn enrol_anew(&mut self) -> Reply {
        let fresh = Device::new(Algorithm::EdDsa);
        self.device = fresh;
        self.enrol().await
    }

    /// Enrols `other` beside the device, which allows it.
    pub(crate) async fn enrol_beside(&mut self, other: &mut Device) -> Reply {
        let options = self.post("/session/passkeys/options", &Value::Null).await.json();
        let credential = other.create(&options["publicKey"], APP, &Otherwise::default());
        let allow = self.sign(&options["allow"]);
        let body = json!({"name": "key", "credential": credential, "allow": allow});
        self.post("/session/passkeys", &body).await
    }

    /// What the next refresh is to be signed with.
    pub(crate) async fn challenge(&self) -> Reply {
        const PATH: &str = "/session/refresh/challenge";
        if self.cookies.is_empty() {
            self.bench.form(PATH, LOGIN, &[("refresh_token", &self.refresh)]).await
        } else {
            self.post(PATH, &Value::Null).await
        }
    }

    pub(crate) fn sign(&mut self, options: &Value) -> Value {
        self.sign_otherwise(options, APP, &json!({}))
    }

    pub(crate) fn sign_otherwise(&mut self, options: &Value, origin: &str, case: &Value) -> Value {
        self.device.get(&options["publicKey"], origin, &Otherwise::new(case))
    }

    pub(crate) async fn refresh(&self, signed: Option<&Value>) -> Reply {
        if !self.cookies.is_empty() {
            let body = signed.map_or(Value::Null, |signed| json!({"assertion": signed}));
            return self.post("/session/refresh", &body).await;
        }
        let signed = signed.map(Value::to_string).unwrap_or_default();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*self.refresh),
            ("passkey_assertion", &*signed),
        ];
        self.bench.form("/oauth2/token", LOGIN, &fields).await
    }

    /// A refresh as it should be.
    pub(crate) async fn refresh_signed(&mut self) -> Reply {
        let options = self.challenge().await.json();
        let signed = self.sign(&options);
        self.refresh(Some(&signed)).await
    }

    /// Removes a passkey; the device allows it.
    pub(crate) async fn remove(&mut self, id: &[u8]) -> Reply {
        let path = format!("/session/passkeys/{}", tokenward::b64::encode(id));
        let options = self.post(&format!("{path}/challenge"), &Value::Null).await;
        if options.status != 200 {
            return options;
        }
        let signed = self.sign(&options.json());
        self.ask(Method::DELETE, &path, &json!({"assertion": signed})).await
    }
}
