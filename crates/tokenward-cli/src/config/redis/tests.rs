use std::path::{Path, PathBuf};

use crate::config::tests::GOOD;
use crate::config::{Config, Feed, Problem, authority};

#[test]
fn a_redis_is_named_with_user_password_and_certificates() {
    let config = read(
        "feed = \"rediss+sentinel://tokenward@a,b/main\"\nfeed_password = { env = \"FEED\" }\n\
         feed_ca = \"redis.pem\"",
    )
    .unwrap();

    let Feed::Redis(redis) = &config.revocation.feed else { panic!("no Redis") };
    assert_eq!(redis.address.to_string(), "rediss+sentinel://tokenward@a:26379,b:26379/main");
    assert_eq!(redis.ca.as_deref(), Some(Path::new("redis.pem")));
    let secrets = config.secrets();
    assert!(secrets.iter().any(|(setting, _)| setting == "revocation.feed_password"));
}

#[test]
fn a_password_in_the_url_is_refused_and_not_repeated() {
    let said = problem("feed = \"rediss://u:hunter2@redis.example.com\"");

    assert!(said.contains("revocation.feed: it must not hold a password; write"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn without_tls_a_redis_is_on_this_machine_or_in_development() {
    let far = "feed = \"redis://redis.example.com\"";
    let said = problem(far);
    assert!(said.contains("over redis://redis.example.com:6379 everybody"), "{said}");

    read("feed = \"redis://127.0.0.1\"").unwrap();
    let text = text(far).replacen("\"prod\"", "\"dev\"", 1);
    authority::read("tokenward.toml", &text, PathBuf::new()).unwrap();
}

#[test]
fn a_password_without_a_redis_is_refused() {
    let said = problem("feed_password = { env = \"FEED\" }");

    assert!(said.contains("revocation.feed_password: is for a feed in Redis"), "{said}");
}

#[test]
fn an_audience_does_not_bear_the_name_of_a_field() {
    let text = text("feed = \"redis://localhost\"").replace("\"billing-api\"", "\"seq\"");

    let problems = authority::read("tokenward.toml", &text, PathBuf::new()).unwrap_err();

    assert!(problems[0].to_string().contains("`seq` has a meaning of its own in Redis"));
}

fn problem(lines: &str) -> String {
    let problems = read(lines).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].to_string()
}

fn read(lines: &str) -> Result<Config, Vec<Problem>> {
    authority::read("tokenward.toml", &text(lines), PathBuf::new())
}

fn text(lines: &str) -> String {
    GOOD.replacen("[keys]", &format!("[revocation]\n{lines}\n[keys]"), 1)
}
