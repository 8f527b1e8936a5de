//! A gate that pins an offline root, with somebody in the middle who owns the way to the authority.

use std::fs;

use serde_json::{Value, json};
use tokenward::{
    Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, SigningKey, StatementRequest, Subject,
    TokenRequest, UnixTime, b64,
};

use crate::support::{Process, Work, ask, until};
use middle::{Middle, Served};

mod middle;

const AUDIENCE: &str = "billing-api";
const EDGE_SECRET: &str = "the-edge-and-the-gate-know-this";

#[test]
fn who_owns_the_way_to_the_authority_adds_no_key_and_brings_no_old_set_back() {
    let world = World::new();
    let middle = Middle::start(world.port, world.ca());
    let gate = world.gate(&middle);
    let token = world.token();
    assert_eq!(gate.ask(&token), 200);
    let good = Served { statement: Some(world.get("jwks.jwt")), chain: None };
    let now = UnixTime::from_secs(version_and_time(good.statement.as_deref().unwrap()).1);

    // A key is put into the good statement.
    let attacker = SigningKey::generate(Algorithm::Es256);
    let injected = Served {
        statement: Some(with_key(good.statement.as_deref().unwrap(), &attacker)),
        chain: None,
    };
    middle.lie(&injected);
    assert_eq!(gate.ask(&world.forged(&attacker, now)), 401);
    assert_eq!(gate.ask(&world.token()), 200);

    // A statement by somebody whom the root has delegated, for a signer of the past: long expired.
    let signer = SigningKey::generate(Algorithm::Es256);
    let delegated =
        world.delegate(&signer, "other", &["root/root-key-1.pem", "root/root-key-2.pem"]);
    let past = UnixTime::from_secs(now.as_secs() - 7_200);
    let expired = Served {
        statement: Some(world.statement(&signer, &attacker, 9, past)),
        chain: Some(delegated),
    };
    middle.lie(&expired);
    assert_eq!(gate.ask(&world.forged(&attacker, now)), 401);

    // A signer whom too few holders of the root have delegated.
    let alone = world.delegate(&signer, "alone", &["root/root-key-1.pem"]);
    let undelegated =
        Served { statement: Some(world.statement(&signer, &attacker, 9, now)), chain: Some(alone) };
    middle.lie(&undelegated);
    assert_eq!(gate.ask(&world.forged(&attacker, now)), 401);
    assert_eq!(gate.ask(&world.token()), 200);

    // The good one goes on: the keys rotate, and the gate follows.
    middle.serve(&Served::default());
    world.work.good(&["keys", "rotate", "--wait", "--data", "auth"]);
    let rotated = world.token();
    until("the gate takes the new key", || gate.ask(&rotated) == 200);
    let before = version_and_time(good.statement.as_deref().unwrap()).0;
    until("the authority states it", || version_and_time(&world.get("jwks.jwt")).0 > before);
    middle.serve_until_judged(&Served::default());

    // The first statement is good, has not expired, and is not taken any more. Nor is it after a restart.
    middle.serve_until_judged(&good);
    assert_eq!(gate.ask(&rotated), 200);
    assert_eq!(gate.process.stop(), Some(0));
    let gate = world.gate(&middle);
    assert_eq!(gate.ask(&rotated), 503);
    middle.serve(&Served::default());
    until("the gate takes the present set", || gate.ask(&rotated) == 200);
}

#[test]
fn a_gate_starts_without_its_authority_on_what_was_signed_and_kept() {
    let mut world = World::new();
    let token = world.token();
    let now = UnixTime::from_secs(version_and_time(&world.get("jwks.jwt")).1);
    fs::write(world.work.path("ca.pem"), world.ca()).unwrap();
    let config = world.gate_config(world.port);
    let config = config.replace("[feed]", "when_stale = \"accept\"\n\n[feed]\nstate = \"kept\"");
    fs::write(world.work.path("gate.toml"), config).unwrap();
    let gate = world.started();
    assert_eq!(gate.ask(&token), 200);
    assert_eq!(gate.process.stop(), Some(0));
    assert_eq!(world.authority.take().unwrap().stop(), Some(0));

    let gate = world.started();
    until("what was kept is read", || gate.ask(&token) != 503);
    assert_eq!(gate.ask(&token), 200);
    let attacker = SigningKey::generate(Algorithm::Es256);
    assert_eq!(gate.ask(&world.forged(&attacker, now)), 401);
    assert_eq!(gate.process.stop(), Some(0));

    // With a key put into the kept statement, it is nobody's word.
    let path = world.work.path("kept/billing-api.keys");
    let mut kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    kept["statement"] = with_key(kept["statement"].as_str().unwrap(), &attacker).into();
    fs::write(&path, kept.to_string()).unwrap();
    let gate = world.started();
    assert_eq!(gate.ask(&world.forged(&attacker, now)), 503);
    assert_eq!(gate.ask(&token), 503);
}

#[test]
fn check_says_what_keeps_pinned_verifiers_from_trusting() {
    let world = World::prepared();
    let check = || {
        let output = world.work.run(&["check", "--config", "auth/tokenward.toml"]);
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(check(), "auth/tokenward.toml: good\n");
    let good = fs::read_to_string(world.work.path("auth/delegation.json")).unwrap();
    let put = |chain: &str| fs::write(world.work.path("auth/delegation.json"), chain).unwrap();

    let keys: [&str; 2] = ["root/root-key-1.pem", "root/root-key-2.pem"];
    put(&world.delegate(&SigningKey::generate(Algorithm::Es256), "another", &keys));
    assert!(
        check().contains("keys.delegation: it names another key than custody \"sealed\" holds")
    );
    put(&world.delegate_as(
        "signer.jwk",
        "https://auth.example.com/audiences/a",
        "issuer",
        &keys,
        "1d",
    ));
    assert!(check().contains("is not for the issuer https://localhost:"), "{}", check());
    put(&world.delegate_as("signer.jwk", &world.issuer(), "lonely", &keys[..1], "1d"));
    assert!(check().contains("lacks signatures of root keys"), "{}", check());
    put(&world.delegate_as("signer.jwk", &world.issuer(), "short", &keys, "1s"));
    until("it expires", || check().contains("expired at "));
    assert!(check().contains("sign another with `tokenward root delegate`"), "{}", check());
    put("{}");
    assert!(check().contains("keys.delegation: auth/delegation.json: it is no file of a root"));
    put(&good);
    assert_eq!(check(), "auth/tokenward.toml: good\n");

    let text = fs::read_to_string(world.work.path("auth/tokenward.toml")).unwrap();
    let without = text.replace("delegation = \"delegation.json\"\n", "");
    fs::write(world.work.path("auth/tokenward.toml"), without).unwrap();
    assert!(check().starts_with("keys.delegation: is missing"), "{}", check());
}

#[test]
fn a_newer_signer_is_said_to_wait_until_the_root_delegates_it_and_then_the_older_ends() {
    let world = World::prepared();
    let config = ["--config", "auth/tokenward.toml"];
    let said = |command: &[&str]| {
        let output = world.work.run(&[command, config.as_slice()].concat());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!said(&["check"]).contains("waits for its delegation"));
    let signer = world.work.good(&[&["keys", "signer", "--new"], config.as_slice()].concat());
    let kid: Value = serde_json::from_str(&signer).unwrap();
    let waits = format!("signer of key sets, {}, waits for its", kid["kid"].as_str().unwrap());

    assert!(said(&["check"]).contains(&waits), "{}", said(&["check"]));
    assert!(said(&["keys", "list"]).contains(&waits));
    let start = || {
        let serve = world.work.command(&[&["serve"], config.as_slice()].concat());
        Process::start(serve, "pinned-waiting", "tokenward: ready on ")
    };
    let server = start();
    assert!(said(&["keys", "list"]).contains(&waits));
    assert_eq!(server.stop(), Some(0));

    fs::write(world.work.path("new.jwk"), signer).unwrap();
    let keys = ["root/root-key-1.pem", "root/root-key-2.pem"];
    let chain = world.delegate_as("new.jwk", &world.issuer(), "new", &keys, "90d");
    let old = fs::read_to_string(world.work.path("auth/delegation.json")).unwrap();
    fs::write(world.work.path("auth/delegation.json"), chain).unwrap();
    let server = start();
    assert!(!said(&["keys", "list"]).contains("waits for its"));
    assert_eq!(server.stop(), Some(0));
    fs::write(world.work.path("auth/delegation.json"), old).unwrap();
    let check = world.work.run(&[&["check"], config.as_slice()].concat());
    let found = String::from_utf8(check.stdout).unwrap();
    assert!(found.contains("has no private half"), "{found}");
}

#[test]
fn a_gate_that_pins_a_root_and_will_not_remember_says_so() {
    let mut world = World::prepared();
    "s3cret".clone_into(&mut world.secret);
    fs::write(world.work.path("ca.pem"), "").unwrap();
    // It goes no further than to its place, which is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("listen = \"{}\"", taken.local_addr().unwrap());
    let config = world.gate_config(world.port).replace("listen = \"127.0.0.1:0\"", &listen);
    let warns = |config: &str| {
        fs::write(world.work.path("gate.toml"), config).unwrap();
        let output = world.gate_command().output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("listen"), "{said}");
        said.contains("`root` without `root_state`")
    };

    assert!(!warns(&config));
    assert!(warns(&config.replace("root_state = \"state\"\n", "")));
    assert!(!warns(&config.replace("root_state", "# ").replace("root = ", "# ")));
}

/// An authority whose key sets are signed, and the root that says by whom.
struct World {
    work: Work,
    port: u16,
    authority: Option<Process>,
    secret: String,
}

impl World {
    fn new() -> Self {
        let mut world = Self::prepared();
        let serve = world.work.command(&["serve", "--config", "auth/tokenward.toml"]);
        world.authority = Some(Process::start(serve, "pinned-authority", "tokenward: ready on "));
        let made = world.work.good_json(&[
            "services",
            "add",
            "backend",
            "--may",
            "sessions:write,revocations:read",
            "--audience",
            AUDIENCE,
            "--data",
            "auth",
        ]);
        made["client_secret"]
            .as_str()
            .unwrap_or_else(|| panic!("{made}"))
            .clone_into(&mut world.secret);
        until("there is a signed key set", || world.ask("GET", "jwks.jwt").status == 200);
        world
    }

    /// All of it, and nothing started yet.
    fn prepared() -> Self {
        let work = Work::new();
        let port = tokenward_testing::free_port();
        work.good(&["init", "--data", "auth", "--issuer", &format!("https://localhost:{port}")]);
        // It is of the environment `prod`, and this is none.
        fs::remove_file(work.path("auth/tokenward.db")).unwrap();
        let config = format!(
            r#"
environment = "dev"
issuer = "https://localhost:{port}"

[listen]
public = "127.0.0.1:{port}"

[tls]
self_signed = true

[keys]
custody = "sealed"
key_set_signer = "sealed"
delegation = "delegation.json"
key_set_max_age = "1s"
propagation = "0s"
clock_error = "1s"

[[audience]]
name = "{AUDIENCE}"
"#
        );
        fs::write(work.path("auth/tokenward.toml"), config).unwrap();
        let signer = work.good(&["keys", "signer", "--data", "auth"]);
        fs::write(work.path("signer.jwk"), signer).unwrap();
        work.good(&["root", "init", "--keys", "3", "--threshold", "2", "--out", "root"]);
        let world = Self { work, port, authority: None, secret: String::new() };
        let keys = ["root/root-key-1.pem", "root/root-key-3.pem"];
        let chain = world.delegate_as("signer.jwk", &world.issuer(), "first", &keys, "90d");
        fs::write(world.work.path("auth/delegation.json"), chain).unwrap();
        world
    }

    fn issuer(&self) -> String {
        format!("https://localhost:{}/audiences/{AUDIENCE}", self.port)
    }

    /// A chain by which `keys` delegate `signer`.
    fn delegate(&self, signer: &SigningKey, name: &str, keys: &[&str]) -> String {
        let jwk = Value::Object(signer.verifying_key().to_jwk().unwrap()).to_string();
        fs::write(self.work.path(&format!("{name}.jwk")), jwk).unwrap();
        self.delegate_as(&format!("{name}.jwk"), &self.issuer(), name, keys, "30d")
    }

    fn delegate_as(
        &self,
        signer: &str,
        issuer: &str,
        name: &str,
        keys: &[&str],
        lifetime: &str,
    ) -> String {
        let out = format!("{name}.json");
        let mut command = vec![
            "root",
            "delegate",
            "--root",
            "root/root.json",
            "--signer",
            signer,
            "--issuer",
            issuer,
            "--for",
            lifetime,
            "--out",
            &out,
        ];
        command.extend(keys.iter().flat_map(|key| ["--key", key]));
        self.work.good(&command);
        fs::read_to_string(self.work.path(&out)).unwrap()
    }

    fn ca(&self) -> Vec<u8> {
        fs::read(self.work.path("auth/tls/ca.pem")).unwrap()
    }

    fn ask(&self, method: &str, name: &str) -> crate::support::Answer {
        ask(method, &format!("{}/{name}", self.issuer()), &[], "", Some(&self.ca()))
    }

    fn get(&self, name: &str) -> String {
        self.ask("GET", name).text()
    }

    /// A good token, of a new session.
    fn token(&self) -> String {
        use base64::Engine as _;
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("backend:{}", self.secret));
        let basic = format!("Basic {pair}");
        let headers = [("authorization", basic.as_str()), ("content-type", "application/json")];
        let body = json!({ "subject": "alice", "audience": AUDIENCE, "delivery": "token" });
        let url = format!("https://localhost:{}/v1/sessions", self.port);
        let answer = ask("POST", &url, &headers, &body.to_string(), Some(&self.ca()));
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// What `attacker` signs in the authority's name.
    fn forged(&self, attacker: &SigningKey, now: UnixTime) -> String {
        let issuer = Issuer::builder()
            .issuer(IssuerId::new(self.issuer()).unwrap())
            .audience(Audience::new(AUDIENCE).unwrap())
            .lifetime(tokenward::AccessLifetime::new(tokenward::AccessLifetime::MAX).unwrap())
            .build();
        let (subject, client) = (Subject::new("root").unwrap(), ClientId::new("x").unwrap());
        issuer.issue(TokenRequest::new(subject, client, Jti::random()), attacker, now).unwrap()
    }

    /// A statement by `signer` that holds the key of `attacker` alone.
    fn statement(
        &self,
        signer: &SigningKey,
        attacker: &SigningKey,
        version: u64,
        issued_at: UnixTime,
    ) -> String {
        let keys = [attacker.verifying_key().clone()];
        let key_set = tokenward::KeySet::from_keys(keys).unwrap().to_json();
        let issuer = IssuerId::new(self.issuer()).unwrap();
        let request = StatementRequest {
            issuer: &issuer,
            key_set: &key_set,
            version,
            previous: None,
            issued_at,
            lifetime: std::time::Duration::from_secs(3_600),
        };
        let unsigned = request.prepare(signer.key_id().unwrap(), signer.algorithm()).unwrap();
        let signature = signer.sign(unsigned.signing_input()).unwrap();
        unsigned.assemble(&signature)
    }

    fn gate(&self, middle: &Middle) -> Gate {
        let ca = [self.ca(), middle.certificate.clone().into_bytes()].concat();
        fs::write(self.work.path("ca.pem"), ca).unwrap();
        fs::write(self.work.path("gate.toml"), self.gate_config(middle.port)).unwrap();
        self.started()
    }

    fn started(&self) -> Gate {
        Gate {
            process: Process::start(
                self.gate_command(),
                "pinned-gate",
                "tokenward: gate ready on ",
            ),
        }
    }

    fn gate_command(&self) -> std::process::Command {
        let mut command = self.work.command(&["gate", "--config", "gate.toml"]);
        command.env("DEV_GATE_SECRET", &self.secret).env("DEV_EDGE_SECRET", EDGE_SECRET);
        command
    }

    fn gate_config(&self, authority: u16) -> String {
        format!(
            r#"
environment = "dev"
listen = "127.0.0.1:0"
issuer = "https://localhost:{}"
authority = "https://localhost:{}"
audiences = ["{AUDIENCE}"]
ca_file = "ca.pem"
root = "root/root.json"
root_state = "state"
max_staleness = "4s"
clock_error = "1s"

[feed]
client_id = "backend"
client_secret = {{ env = "GATE_SECRET" }}

[[proxy]]
name = "edge"
profile = "nginx"
secret = {{ env = "EDGE_SECRET" }}

[[rule]]
"#,
            self.port, authority
        )
    }
}

struct Gate {
    process: Process,
}

impl Gate {
    fn ask(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-original-method", "GET"),
            ("x-original-uri", "/"),
            ("x-proxy-secret", EDGE_SECRET),
        ];
        let url = format!("http://{}/auth/nginx/{AUDIENCE}", self.process.place);
        ask("GET", &url, &headers, "", None).status
    }
}

/// The version of a statement, and when it was made.
fn version_and_time(statement: &str) -> (u64, u64) {
    let claims = claims(statement);
    (claims["version"].as_u64().unwrap(), claims["iat"].as_u64().unwrap())
}

fn claims(statement: &str) -> Value {
    let payload = statement.split('.').nth(1).unwrap_or_else(|| panic!("{statement}"));
    serde_json::from_slice(&b64::decode(payload).unwrap()).unwrap()
}

/// The statement with one key more, which is not what was signed.
fn with_key(statement: &str, key: &SigningKey) -> String {
    let mut claims = claims(statement);
    let jwk = Value::Object(key.verifying_key().to_jwk().unwrap());
    claims["keys"].as_array_mut().unwrap().push(jwk);
    let payload = b64::encode(claims.to_string().as_bytes());
    let parts: Vec<_> = statement.split('.').collect();
    format!("{}.{payload}.{}", parts[0], parts[2])
}
