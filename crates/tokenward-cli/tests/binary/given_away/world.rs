//! An authority, and two services that a proxy each asks a gate about.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokenward::{Algorithm, KeyId, SigningKey, b64};

use crate::production::certificate;
use crate::support::{Answer, Process, Work, ask};

pub(super) const ANALYTICS: &str = "analytics-api";
pub(super) const BILLING: &str = "billing-api";

pub(super) struct World {
    work: Work,
    pub(super) issuer: String,
    _authority: Process,
    pub(super) analytics: Gate,
    pub(super) billing: Gate,
    login: String,
}

/// A service's machine: its folder, and the gate that runs there.
pub(super) struct Gate {
    pub(super) process: Process,
    /// The gate's own, by which it follows the revocations.
    pub(super) secret: String,
    folder: PathBuf,
    audience: &'static str,
}

pub(super) struct Session {
    pub(super) access: String,
}

impl World {
    pub(super) fn new() -> Self {
        let work = Work::new();
        fs::create_dir(work.path("auth")).unwrap();
        certificate(&work.path("auth"), 2_000, 4_000);
        write_private(&work.path("auth/kek.key"), &tokenward::crypto::random::<32>());
        let port = tokenward_testing::free_port();
        let issuer = format!("https://localhost:{port}");
        fs::create_dir(work.path("analytics")).unwrap();
        let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k-1").unwrap());
        let secret = key.to_secret_jwk().unwrap();
        write_private(&work.path("analytics/private.jwk"), secret.as_bytes());
        let public = json!(key.verifying_key().to_jwk().unwrap()).to_string();
        fs::write(work.path("auth/analytics.jwk"), public).unwrap();
        let config = AUTHORITY.replace("{issuer}", &issuer).replace("{port}", &port.to_string());
        fs::write(work.path("auth/tokenward.toml"), config).unwrap();
        let serve = work.command(&["serve", "--config", "auth/tokenward.toml"]);
        let authority = Process::start(serve, "given-away", "tokenward: ready on ");
        let secret_of = |name: &str| {
            let made = work.good(&["services", "rotate-secret", name, "--data", "auth"]);
            made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap().to_owned()
        };
        let login = secret_of("login");
        let gate = |folder: &str, audience: &'static str| {
            let secret = secret_of(&format!("{folder}-gate"));
            Gate::start(&work, &issuer, folder, audience, secret)
        };
        let analytics = gate("analytics", ANALYTICS);
        let billing = gate("billing", BILLING);
        Self { issuer, _authority: authority, analytics, billing, login, work }
    }

    /// A session of `alice` in `audience`, and its token.
    pub(super) fn session(&self, audience: &str) -> Session {
        let answer = self.create(audience, "login", &self.login);
        assert_eq!(answer.status, 201, "{}", answer.text());
        Session { access: text(&answer.json(), "access_token").unwrap() }
    }

    pub(super) fn create(&self, audience: &str, name: &str, secret: &str) -> Answer {
        let body = json!({ "subject": "alice", "audience": audience }).to_string();
        let basic = basic(name, secret);
        let headers = [("authorization", &*basic), ("content-type", "application/json")];
        self.ask("POST", "/v1/sessions", &headers, &body)
    }

    /// What the analytics service gets of its own, by its key.
    pub(super) fn own_token(&self) -> String {
        let jwk = fs::read(self.work.path("analytics/private.jwk")).unwrap();
        let assertion =
            Self::assertion(&SigningKey::from_jwk(&jwk).unwrap(), "analytics", &self.issuer);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &*assertion),
        ];
        let token = self.grant(&form, None).unwrap();
        // As a service would keep it.
        write_private(&self.work.path("analytics/token"), token.as_bytes());
        token
    }

    /// The token that a request for one is answered with, if any.
    pub(super) fn grant(&self, form: &[(&str, &str)], by: Option<(&str, &str)>) -> Option<String> {
        let fields: Vec<_> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let basic = by.map(|(name, secret)| basic(name, secret));
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(basic.as_deref().map(|basic| ("authorization", basic)));
        let mut answer = self.ask("POST", "/oauth2/token", &headers, &fields.join("&"));
        // So many wrong secrets are too many, and whoever tries waits.
        while answer.status == 429 {
            std::thread::park_timeout(Duration::from_millis(100));
            answer = self.ask("POST", "/oauth2/token", &headers, &fields.join("&"));
        }
        assert!(answer.status < 500, "{}", answer.text());
        text(&answer.json(), "access_token")
    }

    /// A client assertion for `aud` in the name of `name`.
    pub(super) fn assertion(key: &SigningKey, name: &str, aud: &str) -> String {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let part = |value: Value| b64::encode(value.to_string().as_bytes());
        let header = json!({ "alg": key.algorithm().as_str(), "kid": "k-1" });
        let claims = json!({
            "iss": name, "sub": name, "aud": aud, "iat": now, "exp": now.saturating_add(60),
            "jti": b64::encode(&tokenward::crypto::random::<16>()),
        });
        let input = format!("{}.{}", part(header), part(claims));
        format!("{input}.{}", b64::encode(&key.sign(input.as_bytes()).unwrap()))
    }

    /// What is answered to whoever asks for the revocations of `audience`.
    pub(super) fn snapshot(&self, audience: &str, name: &str, secret: &str) -> u16 {
        let basic = basic(name, secret);
        let path = format!("/revocations/{audience}/snapshot");
        self.ask("GET", &path, &[("authorization", &basic)], "").status
    }

    /// The keys that billing's tokens and feed are signed with.
    pub(super) fn public_keys(&self) -> Vec<Value> {
        let tokens = self.ask("GET", &format!("/audiences/{BILLING}/jwks.json"), &[], "").json();
        let feed = ["keys", "jwks", "--feed", "--audience", BILLING, "--data", "auth"];
        let feed: Value = serde_json::from_str(&self.work.good(&feed)).unwrap();
        [tokens, feed].iter().flat_map(|set| set["keys"].as_array().unwrap().clone()).collect()
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let ca = fs::read(self.work.path("auth/fullchain.pem")).unwrap();
        ask(method, &format!("{}{path}", self.issuer), headers, body, Some(&ca))
    }
}

impl Gate {
    fn start(
        work: &Work,
        issuer: &str,
        folder: &str,
        audience: &'static str,
        secret: String,
    ) -> Self {
        let home = work.path(folder);
        fs::create_dir_all(home.join("state")).unwrap();
        fs::set_permissions(home.join("state"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::copy(work.path("auth/fullchain.pem"), home.join("ca.pem")).unwrap();
        write_private(&home.join("gate.secret"), secret.as_bytes());
        write_private(&home.join("edge.secret"), edge(audience).as_bytes());
        let config = GATE
            .replace("{issuer}", issuer)
            .replace("{audience}", audience)
            .replace("{name}", &format!("{folder}-gate"));
        fs::write(home.join("gate.toml"), config).unwrap();
        let mut command = work.command(&["gate", "--config", "gate.toml"]);
        command.current_dir(&home);
        let process = Process::start(command, folder, "tokenward: gate ready on ");
        Self { process, secret, folder: home, audience }
    }

    /// What it answers to its proxy about a request with `token`.
    pub(super) fn ask(&self, token: &str) -> u16 {
        let (bearer, secret) = (format!("Bearer {token}"), edge(self.audience));
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-original-method", "GET"),
            ("x-original-uri", "/"),
            ("x-proxy-secret", &secret),
        ];
        let url = format!("http://{}/auth/nginx/{}", self.process.place, self.audience);
        ask("GET", &url, &headers, "", None).status
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }
}

fn edge(audience: &str) -> String {
    format!("the secret of the edge of {audience}")
}

fn text(answer: &Value, name: &str) -> Option<String> {
    answer[name].as_str().map(str::to_owned)
}

fn basic(name: &str, secret: &str) -> String {
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{secret}"));
    format!("Basic {pair}")
}

fn encoded(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn write_private(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

const AUTHORITY: &str = r#"
environment = "dev"
issuer = "{issuer}"

[listen]
public = "127.0.0.1:{port}"

[tls]
certificate = "fullchain.pem"
key = "privkey.pem"

# Whoever tries all that was found fails more often than it should take to be locked out.
[limits.failures]
free = 1000

[[audience]]
name = "analytics-api"

[[audience]]
name = "billing-api"

[[service]]
name = "login"
may = ["sessions:write"]
audiences = ["analytics-api", "billing-api"]

[[service]]
name = "analytics"
may = ["sessions:read", "introspect", "exchange", "revocations:read"]
audiences = ["analytics-api"]
scopes = ["*"]
jwks = "analytics.jwk"

[[service]]
name = "analytics-gate"
may = ["revocations:read", "introspect", "exchange"]
audiences = ["analytics-api"]
scopes = ["*"]

[[service]]
name = "billing-gate"
may = ["revocations:read"]
audiences = ["billing-api"]
"#;

const GATE: &str = r#"
environment = "dev"
listen = "127.0.0.1:0"
issuer = "{issuer}"
audiences = ["{audience}"]
ca_file = "ca.pem"

[feed]
client_id = "{name}"
client_secret = { file = "gate.secret" }
state = "state"

[[proxy]]
name = "edge"
profile = "nginx"
secret = { file = "edge.secret" }

[[rule]]
"#;
