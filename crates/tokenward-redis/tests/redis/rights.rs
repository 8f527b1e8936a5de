//! Who may, and over which wire.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use tokenward::ErrorChain;
use tokenward_redis::{RedisFault, RedisFeed, RedisSecrets};
use tokenward_revocation::Carrier as _;
use tokenward_testing::redis::{RedisServer, eventually};
use zeroize::Zeroizing;

use crate::bench::{Replica, config, get, head};
use crate::others::{judged, now};

#[tokio::test(flavor = "multi_thread")]
async fn the_rights_on_the_page_are_enough_to_write_and_none_is_too_many() {
    let rights = rights_of("tokenward");
    let redis = RedisServer::guarded(&user("tokenward", &rights), None);
    let url = format!("redis://tokenward@127.0.0.1:{}", redis.port());
    let replica = Replica::of(&url, password("secret"), Arc::default());
    replica.revoke(&["t-1", "t-2"]).await;
    replica.revoke(&["t-1"]).await;
    eventually("it is told", || head(&redis) == "3");
    assert_eq!(get(&redis, "jti:t-1"), "*");

    // None may be missing.
    for right in rights.split(' ').filter(|right| right.starts_with('+')) {
        let without = rights.replace(&format!(" {right}"), "");
        redis.order(&["acl", "setuser", "tokenward", "reset"]);
        let words: Vec<_> = ["acl", "setuser", "tokenward", "on", ">secret"]
            .into_iter()
            .chain(without.split(' '))
            .collect();
        assert_eq!(redis.cli(&words), "OK");
        redis.order(&["flushall"]);
        let replica = Replica::of(&url, password("secret"), Arc::default());
        replica.revoke(&["t-1"]).await;
        replica.revoke(&["t-1"]).await;
        let refused =
            || replica.feed.trouble().is_some_and(|said| said.starts_with("Redis does not let us"));
        // What only a fail-over or a cluster needs is not asked for here.
        if !matches!(right, "+role" | "+cluster|slots") {
            eventually(&format!("{right} is missed"), refused);
            let checked = RedisFeed::check(&config(&url, password("secret"))).await;
            assert!(matches!(checked, Err(RedisFault::NotAllowed(_))), "{right}: {checked:?}");
        }
    }
    let fault = RedisFeed::check(&config(&url, password("wrong"))).await.unwrap_err();
    let said = ErrorChain::new(&fault).to_string();
    assert!(said.starts_with("Redis refuses who we are: look at the user name"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rights_of_a_reader_are_enough_to_judge_and_let_it_write_nothing() {
    let readers = user("reader", &rights_of("reader"));
    let users = format!("{}\n{readers}", user("tokenward", &rights_of("tokenward")));
    let redis = RedisServer::guarded(&users, None);
    let url = |name: &str| format!("redis://{name}@127.0.0.1:{}", redis.port());
    let replica = Replica::of(&url("tokenward"), password("secret"), Arc::default());
    replica.clock.set(now());
    replica.revoke(&["t-1"]).await;
    eventually("it is told", || head(&redis) == "1");

    let token = |jti| json!({ "claims": { "iss": "i", "aud": "api", "sub": "s", "jti": jti, "iat": 1 }, "kid": "k" });
    let said = judged(&url("reader:secret"), &[token("t-1"), token("t-2")]);
    assert_eq!(said, ["revoked", "good"]);

    let writer = Replica::of(&url("reader"), password("secret"), Arc::default());
    writer.revoke(&["t-3"]).await;
    eventually("it may not", || writer.feed.trouble().is_some());
    let said = writer.feed.trouble().unwrap();
    assert!(said.starts_with("Redis does not let us: give the user the rights"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tls_a_certificate_that_is_not_trusted_is_named() {
    let folder = TempDir::new().unwrap();
    certificates(folder.path());
    let redis =
        RedisServer::guarded(&user("tokenward", &rights_of("tokenward")), Some(folder.path()));
    let url = format!("rediss://tokenward@localhost:{}", redis.port());
    let ca = fs::read(folder.path().join("ca.pem")).unwrap();
    let trusting = RedisSecrets { ca: Some(ca), ..password("secret") };

    let replica = Replica::of(&url, trusting, Arc::default());
    replica.revoke(&["t-1"]).await;
    eventually("it is told", || head(&redis) == "1");

    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let wrong = RedisSecrets { ca: Some(other.cert.pem().into_bytes()), ..password("secret") };
    let fault = RedisFeed::check(&config(&url, wrong)).await.unwrap_err();
    let said = ErrorChain::new(&fault).to_string();
    assert!(
        said.starts_with("the certificate of Redis at rediss://tokenward@localhost:"),
        "{said}"
    );
}

/// The line `user NAME …` of the page, without its name and password.
pub(crate) fn rights_of(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/revocation-redis.md");
    let page = fs::read_to_string(page).unwrap();
    let begin = format!("user {name} on >SECRET ");
    let line = page.lines().find_map(|line| line.strip_prefix(&begin)).unwrap();
    line.to_owned()
}

fn user(name: &str, rights: &str) -> String {
    format!("user {name} on >secret {rights}")
}

pub(crate) fn password(text: &str) -> RedisSecrets {
    RedisSecrets { password: Some(Zeroizing::new(text.to_owned())), ca: None }
}

pub(crate) fn certificates(dir: &Path) {
    let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
    // With the same name, the server's would pass for one that signed itself.
    ca.distinguished_name.push(rcgen::DnType::CommonName, "a CA for tests");
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let issuer = rcgen::CertifiedIssuer::self_signed(ca, key).unwrap();
    let server = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap();
    let certificate = certificate.signed_by(&server, &issuer).unwrap();
    fs::write(dir.join("ca.pem"), issuer.pem()).unwrap();
    fs::write(dir.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(dir.join("key.pem"), server.serialize_pem()).unwrap();
}
