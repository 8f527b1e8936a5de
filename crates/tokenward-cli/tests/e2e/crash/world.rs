//! The authority as the clients of the load see it, and the dice that decide what they do.

use http::Method;
use serde_json::{Value, json};
use tokenward::crypto;

use crate::client::{Answer, Call, Client};
use crate::harness::{Authority, Dev};

/// No answer came: the server is gone.
#[derive(Debug)]
pub(crate) struct Gone;

/// One run of the authority.
#[derive(Clone, Debug)]
pub(crate) struct World {
    client: Client,
    dev: Dev,
}

impl World {
    pub(crate) fn of(authority: &Authority) -> Self {
        Self { client: authority.client.clone(), dev: authority.dev.clone() }
    }

    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Gone> {
        self.client.send(call).await.map_err(|_| Gone)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.dev.base_url)
    }

    pub(crate) fn origin(&self) -> &str {
        &self.dev.base_url
    }

    pub(crate) fn service(&self, method: Method, path: &str) -> Call {
        Call::new(method, &self.url(path)).basic(&self.dev.client_id, &self.dev.client_secret)
    }

    /// A session; `name` is its subject and the key by which the request is known again.
    pub(crate) fn create(&self, name: &str, cookie: bool) -> Call {
        let delivery = if cookie { "cookie" } else { "token" };
        let body = json!({"subject": name, "audience": self.dev.audience, "delivery": delivery});
        self.service(Method::POST, "/v1/sessions").header("idempotency-key", name).json(&body)
    }

    pub(crate) fn refresh(&self, token: &str, cookie: bool) -> Call {
        if cookie {
            return Call::post(&self.url("/session/refresh"))
                .cookie("__Host-refresh", token)
                .header("origin", self.origin());
        }
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.service(Method::POST, "/oauth2/token").form(&form)
    }

    /// The status of forward-auth for the token.
    pub(crate) async fn gate(&self, token: &str) -> Result<u16, Gone> {
        let call = Call::get(&self.url(&format!("/auth/nginx/{}", self.dev.audience)))
            .header("x-original-method", "GET")
            .header("x-original-uri", "/")
            .bearer(token);
        Ok(self.send(call).await?.status)
    }

    /// Whether introspection calls the token active.
    pub(crate) async fn active(&self, token: &str) -> Result<bool, Gone> {
        let call = self.service(Method::POST, "/oauth2/introspect").form(&[("token", token)]);
        Ok(self.send(call).await?.expect(200).json()["active"] == Value::Bool(true))
    }

    /// Rotates the keys, if the standby is ripe.
    pub(crate) async fn rotate(&self) -> Result<(), Gone> {
        let call = Call::post(&format!("{}/admin/v1/keys/rotate", self.dev.admin_url))
            .bearer(&self.dev.admin_token)
            .json(&json!({}));
        let status = self.send(call).await?.status;
        assert!(matches!(status, 200 | 409), "keys rotate: {status}");
        Ok(())
    }
}

/// Decides, the same way for the same seed.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    pub(crate) fn fresh() -> Self {
        Self::of(u64::from_le_bytes(crypto::random()))
    }

    fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// splitmix64, by its authors' constants.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least `least`, less than `end`.
    pub(crate) fn between(&mut self, least: u64, end: u64) -> u64 {
        least + self.next() % (end - least)
    }

    pub(crate) fn toss(&mut self) -> bool {
        self.next() & 1 == 0
    }

    /// Dice of somebody else.
    pub(crate) fn split(&mut self) -> Self {
        Self::of(self.next())
    }

    /// Takes up to `count` of `from`.
    pub(crate) fn draw<T>(&mut self, from: &mut Vec<T>, count: usize) -> Vec<T> {
        let mut drawn = Vec::new();
        while drawn.len() < count && !from.is_empty() {
            let at = self.next() % u64::try_from(from.len()).unwrap();
            drawn.push(from.swap_remove(usize::try_from(at).unwrap()));
        }
        drawn
    }
}
