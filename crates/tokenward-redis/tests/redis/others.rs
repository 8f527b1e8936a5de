//! A program of ten lines in another language, with a Redis client and nothing else.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokenward::{Audience, Jti, KeyId, SessionId, Subject, TokenVersion, UnixTime};
use tokenward_revocation::{
    Facts, Fingerprints, NewRevocation, Revocation, RevocationStore as _, Scope, Seq, Set,
};
use tokenward_testing::python;
use tokenward_testing::redis::{RedisServer, eventually};

use crate::bench::{AUDIENCES, Replica, head, url};

#[tokio::test(flavor = "multi_thread")]
async fn it_gives_the_verdicts_of_the_library() {
    let redis = RedisServer::start();
    let replica = Replica::at(&url(&redis));
    let now = now();
    replica.clock.set(now);
    replica.append(revocations(now)).await;
    replica.tell().await;
    let rows = replica.store.since(Seq::ZERO, usize::MAX).await.unwrap();
    eventually("all is told", || head(&redis) == rows.len().to_string());

    let tokens = tokens(now);
    let said = judged(&url(&redis), &tokens);

    let sets: Vec<_> = AUDIENCES.iter().map(|name| set(name, &rows)).collect();
    let mut revoked = 0;
    for (token, said) in tokens.iter().zip(&said) {
        let by = sets.iter().find_map(|set| verdict(set, token));
        revoked += usize::from(by.is_some());
        assert_eq!(said, if by.is_some() { "revoked" } else { "good" }, "{by:?}: {token}");
    }
    assert_eq!(said.len(), tokens.len());
    assert!(revoked > 50 && tokens.len() - revoked > 50, "{revoked} of {}", tokens.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_when_the_head_is_missing_old_or_of_the_future() {
    let redis = RedisServer::start();
    let token = tokens(now()).remove(0);
    let replica = Replica::at(&url(&redis));
    let too_old = ["refused: what Redis knows of revocations is too old"];
    assert_eq!(judged(&url(&redis), std::slice::from_ref(&token)), too_old);

    for (ahead, said) in [(-60_i64, too_old[0]), (0, "good"), (60, too_old[0])] {
        let time = now().as_secs().saturating_add_signed(ahead);
        redis.order(&["del", "{tw:prod}:head"]);
        replica.clock.set(UnixTime::from_secs(time));
        replica.tell().await;
        let written = || redis.cli(&["hget", "{tw:prod}:head", "time"]);
        eventually("the head is told", || written() == format!("{time}000"));

        assert_eq!(judged(&url(&redis), std::slice::from_ref(&token)), [said], "{ahead} s ahead");
    }
}

#[test]
fn the_page_shows_that_program() {
    let page = fs::read_to_string(root().join("docs/revocation-redis.md")).unwrap();
    let program = fs::read_to_string(root().join("interop/redis/check.py")).unwrap();

    assert!(page.contains(&format!("```python\n{program}```\n")));
}

/// One of each kind, about all audiences or one of them.
fn revocations(now: UnixTime) -> Vec<NewRevocation> {
    let before = now.saturating_sub(Duration::from_secs(100));
    let ada = || Subject::new("ada").unwrap();
    let version = |n| Some(TokenVersion::new(n));
    let subject = |name: &str, version| Scope::Subject {
        subject: Subject::new(name).unwrap(),
        version,
        issued_up_to: before,
    };
    let jti = |id: &str| Scope::Jti(Jti::new(id).unwrap());
    let session = |id: &str| Scope::Session(SessionId::new(id).unwrap());
    let all = [
        (None, jti("t-1")),
        (Some("api"), jti("t-2")),
        (None, session("s-1")),
        (Some("other"), session("s-2")),
        (None, Scope::Version { subject: ada(), below: TokenVersion::new(3) }),
        (Some("other"), Scope::Version { subject: ada(), below: TokenVersion::new(5) }),
        (None, subject("bob", version(2))),
        (Some("api"), subject("carol", None)),
        (Some("other"), subject("carol", version(4))),
        (None, Scope::Key(KeyId::new("k-1").unwrap())),
        (
            Some("api"),
            Scope::Audience { issued_up_to: before.saturating_sub(Duration::from_secs(50)) },
        ),
        (None, Scope::Issuer { issued_up_to: before.saturating_sub(Duration::from_secs(80)) }),
    ];
    let new = |(audience, scope): (Option<&str>, Scope)| NewRevocation {
        audience: audience.map(|name| Audience::new(name).unwrap()),
        scope,
        ends_at: now.saturating_add(Duration::from_secs(300)),
        at: now,
        reason: None,
        by: "admin".to_owned(),
    };
    all.into_iter().map(new).collect()
}

/// Every mixture of what revocations may be about.
fn tokens(now: UnixTime) -> Vec<Value> {
    let ids = [
        ("t", "s", "k"),
        ("t-1", "s", "k"),
        ("t-2", "s", "k"),
        ("t", "s-1", "k"),
        ("t", "s-2", "k"),
        ("t", "s", "k-1"),
    ];
    let mut tokens = Vec::new();
    for (aud, (jti, sid, kid)) in mixed(&AUDIENCES, &ids) {
        for (sub, ver) in mixed(&["zoe", "ada", "bob", "carol"], &[0, 1, 3, 4, 9]) {
            for age in [10, 100, 160, 200] {
                let mut claims = json!({
                    "iss": format!("https://x/audiences/{aud}"),
                    "aud": aud,
                    "sub": sub,
                    "jti": jti,
                    "sid": sid,
                    "iat": now.saturating_sub(Duration::from_secs(age)).as_secs(),
                    "ver": ver,
                });
                if ver == 0 {
                    claims.as_object_mut().unwrap().remove("ver");
                }
                tokens.push(json!({ "claims": claims, "kid": kid }));
            }
        }
    }
    tokens
}

fn mixed<A: Copy, B: Copy>(first: &[A], second: &[B]) -> Vec<(A, B)> {
    first.iter().flat_map(|a| second.iter().map(|b| (*a, *b))).collect()
}

fn set(audience: &str, rows: &[Revocation]) -> Set {
    let set = Set::new(Audience::new(audience).unwrap(), Fingerprints::random());
    for row in rows {
        set.insert(row);
    }
    set
}

fn verdict(set: &Set, token: &Value) -> Option<String> {
    let claims = &token["claims"];
    let text = |name: &str| claims[name].as_str().unwrap();
    if set.audience().as_str() != text("aud") {
        return None;
    }
    let facts = Facts {
        token_id: &Jti::new(text("jti")).unwrap(),
        session_id: Some(&SessionId::new(text("sid")).unwrap()),
        subject: &Subject::new(text("sub")).unwrap(),
        token_version: claims["ver"].as_u64().map(TokenVersion::new),
        issued_at: UnixTime::from_secs(claims["iat"].as_u64().unwrap()),
        key_id: Some(&KeyId::new(token["kid"].as_str().unwrap()).unwrap()),
    };
    set.check_facts(&facts).map(|by| by.to_string())
}

pub(crate) fn judged(url: &str, tokens: &[Value]) -> Vec<String> {
    let mut lines = String::new();
    for token in tokens {
        writeln!(lines, "{token}").unwrap();
    }
    let mut child = Command::new(python())
        .arg(root().join("interop/redis/judge.py"))
        .arg(url)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[expect(clippy::disallowed_methods, reason = "the program asks the machine for the time, too")]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    UnixTime::from_secs(since.as_secs())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
