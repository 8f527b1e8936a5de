//! The page of revocations in Redis, with a real one.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tokenward_testing::redis::{RedisServer, eventually as until};

use super::remote::Site;
use tokenward_testing::free_port;

use crate::client::Call;
use crate::harness::{Session, eventually};
use crate::markdown::{root, tested};
use crate::process::{Process, TOKENWARD, run};
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn a_program_of_ten_lines_refuses_what_was_logged_out() {
    let world = World::new();
    let said = world.site.shell.run(&world.site.check()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");
    let _authority = world.site.serve().await;
    let secret = world.site.service_secret().await;
    let [one, other] = [world.session(&secret).await, world.session(&secret).await];
    world.until_told();
    assert_eq!(world.judged(&one).await, "False");

    world.log_out(&one, &secret).await;

    let key = format!("{{tw:prod}}:sid:{}", one.id);
    until("the session is in Redis", || world.redis.cli(&["get", &key]) == "*");
    assert_eq!([world.judged(&one).await, world.judged(&other).await], ["True", "False"]);
}

#[tokio::test]
async fn an_authority_serves_while_redis_is_down_and_tells_it_all_when_it_is_back() {
    let mut world = World::new();
    let authority = world.site.serve().await;
    let secret = world.site.service_secret().await;
    let session = world.session(&secret).await;
    world.until_told();

    world.redis.kill();
    world.log_out(&session, &secret).await;
    let ready = Call::get(&format!("http://127.0.0.1:{}/readyz", world.site.health));
    let patience = Duration::from_secs(20);
    let warns =
        |body: &Value| body["warnings"][0].as_str().is_some_and(|text| text.contains("Redis"));
    let answer =
        eventually(&world.site.client, &ready, patience, |answer| warns(&answer.json())).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("ready")));
    let said = "the revocation feed is not written to Redis";
    assert_eq!(authority.log_text().matches(said).count(), 1, "a line");
    world.redis.restart_empty();

    let key = format!("{{tw:prod}}:sid:{}", session.id);
    until("the session is in Redis", || world.redis.cli(&["get", &key]) == "*");
    eventually(&world.site.client, &ready, patience, |answer| !warns(&answer.json())).await;
}

#[tokio::test]
async fn a_gate_hears_of_revocations_from_redis_and_from_the_authority_when_that_is_down() {
    let mut world = World::new();
    let _authority = world.site.serve().await;
    let secret = world.site.service_secret().await;
    let [one, other] = [world.session(&secret).await, world.session(&secret).await];
    world.until_told();
    let (_gate, question) = world.gate().await;
    let patience = Duration::from_secs(20);
    let client = &world.site.client;
    let ask = |session: &Session| question.clone().bearer(&session.access);
    eventually(client, &ask(&one), patience, |answer| answer.status == 200).await;
    until("the gate reads the stream", || {
        let clients = world.redis.cli(&["client", "list"]);
        clients.lines().any(|line| line.contains("cmd=xread") && line.contains("user=reader"))
    });

    world.log_out(&one, &secret).await;
    eventually(client, &ask(&one), patience, |answer| answer.status == 401).await;

    world.redis.kill();
    world.log_out(&other, &secret).await;
    eventually(client, &ask(&other), patience, |answer| answer.status == 401).await;
}

#[tokio::test]
async fn check_finds_what_is_wrong_with_a_redis_before_serve_does() {
    let world = World::new();
    let good = fs::read_to_string(world.site.shell.path("etc/tokenward.toml")).unwrap();
    let address = format!("127.0.0.1:{}", world.redis.port());
    for (old, new, said) in [
        (
            address.as_str(),
            "127.0.0.1:1",
            "look at revocation.feed (of a gate: feed.redis) and the network",
        ),
        ("tokenward@", "nobody@", "revocation.feed: Redis refuses who we are"),
        ("tokenward@", "reader@", "revocation.feed: Redis does not let us"),
        ("tokenward@", "tokenward:secret@", "revocation.feed: it must not hold a password"),
        ("\"FEED_PASSWORD\"", "\"FEED_PASWORD\"", "revocation.feed_password: "),
    ] {
        assert!(good.contains(old), "{old}");
        world.site.refuses(&good.replace(old, new), said).await;
    }
}

const EDGE_SECRET: &str = "a-secret-of-the-edge";

/// A Redis with the users of the page, and an authority that is configured for it.
struct World {
    site: Site,
    redis: RedisServer,
}

impl World {
    fn new() -> Self {
        let page = fs::read_to_string(root().join("docs/revocation-redis.md")).unwrap();
        let users: Vec<_> = page.lines().filter(|line| line.starts_with("user ")).collect();
        let redis = RedisServer::guarded(&users.join("\n").replace("SECRET", "secret"), None);
        let shell = Shell::new();
        let etc = shell.path("etc").display().to_string();
        let shell = shell
            .replacing("/etc/tokenward", &etc)
            .replacing("rediss://tokenward@redis.example.com:6379", &url(&redis, "tokenward"))
            .env("PROD_FEED_PASSWORD", "secret");
        fs::create_dir(shell.path("etc")).unwrap();
        fs::write(shell.path("check.py"), tested("redis-check")).unwrap();
        let gate =
            "[[service]]\nname = \"gate\"\nmay = [\"revocations:read\"]\naudiences = [\"api\"]\n";
        let keys = format!("{}\n{gate}", shell.adapt(&tested("redis-config")));
        Self { site: Site::new(shell, "redis-start", &keys), redis }
    }

    async fn session(&self, secret: &str) -> Session {
        Session::of(&self.site.ask_for_a_session(secret).await.expect(201))
    }

    async fn log_out(&self, session: &Session, secret: &str) {
        let url = format!("{}/v1/sessions/{}", self.site.url, session.id);
        let call = Call::new(http::Method::DELETE, &url).basic("login", secret);
        self.site.client.ask(call).await.expect(204);
    }

    /// Waits for the first heartbeat.
    fn until_told(&self) {
        until("the head is told", || {
            !self.redis.cli(&["hget", "{tw:prod}:head", "time"]).is_empty()
        });
    }

    /// A gate that follows the feed in Redis, and the question that its proxy asks.
    async fn gate(&self) -> (Process, Call) {
        let shell = &self.site.shell;
        let rotated = "tokenward services rotate-secret gate --data /etc/tokenward";
        let made = shell.run(rotated).await;
        let secret = made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap();
        let (port, url, redis) = (free_port(), &self.site.url, url(&self.redis, "reader"));
        let config = format!(
            "environment = \"prod\"\nlisten = \"127.0.0.1:{port}\"\nissuer = \"{url}\"\n\
             audiences = [\"api\"]\nca_file = \"fullchain.pem\"\n\
             [feed]\nclient_id = \"gate\"\nclient_secret = {{ env = \"GATE_SECRET\" }}\n\
             redis = \"{redis}\"\nredis_password = {{ env = \"FEED_PASSWORD\" }}\n\
             [[proxy]]\nname = \"edge\"\nprofile = \"nginx\"\nsecret = {{ env = \"EDGE_SECRET\" }}\n\
             [[rule]]\n"
        );
        shell.write("etc/gate.toml", &config);
        let mut command = shell.command(TOKENWARD);
        command.args(["gate", "--config"]).arg(shell.path("etc/gate.toml"));
        command.env("PROD_GATE_SECRET", secret).env("PROD_EDGE_SECRET", EDGE_SECRET);
        let mut gate = Process::spawn("gate", &mut command);
        gate.ready().await;
        let question = Call::get(&format!("http://127.0.0.1:{port}/auth/nginx/api"))
            .header("x-proxy-secret", EDGE_SECRET)
            .header("x-original-method", "GET")
            .header("x-original-uri", "/");
        (gate, question)
    }

    /// What the program of the page says of a session's token.
    async fn judged(&self, session: &Session) -> String {
        let main = "import json, sys\nfrom redis import Redis\nfrom check import revoked\n\
                    url, claims, kid = sys.argv[1:]\n\
                    client = Redis.from_url(url, decode_responses=True)\n\
                    print(revoked(client, 'prod', json.loads(claims), kid))\n";
        let mut command = Command::new(python_program());
        command
            .args(["-c", main, &url(&self.redis, "reader:secret")])
            .args([session.claims().to_string(), session.key_id()])
            .current_dir(self.site.shell.path(""));
        let output = run(&mut command).await;
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

fn url(redis: &RedisServer, user: &str) -> String {
    format!("redis://{user}@127.0.0.1:{}", redis.port())
}
