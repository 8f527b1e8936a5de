//! The page on moving from a shared secret, walked at the authority itself with tokens of an issuer by others.

use std::collections::BTreeMap;
use std::fs;

use http::Method;
use serde_json::{Value, json};

use crate::client::Call;
use crate::harness::Authority;
use crate::markdown::tested;
use crate::shell::{Shell, python_program};

const OLD_SECRET: &str = "Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";

#[tokio::test]
async fn a_team_moves_its_secret_to_the_authority_and_nobody_is_logged_out() {
    let mut authority = Authority::dev().await;
    let shell = shell(&authority);
    let old = old_tokens(&authority, &shell).await;
    assert_eq!(status(&authority, &old["alice"]).await, 401);

    let said = shell.run(&tested("move-import")).await;
    let kid = said.split_whitespace().next().unwrap().to_owned();
    assert!(kid.starts_with("dev-former-") && said.contains(" verifies until "), "{said}");

    // Old and new, side by side, and after a restart too.
    let new = authority.create("bob").await;
    for token in [&old["alice"], &new.access] {
        assert_eq!(status(&authority, token).await, 200);
        assert_eq!(introspect(&authority, token).await["active"], json!(true));
    }
    assert_eq!(introspect(&authority, &old["alice"]).await["sub"], json!("alice"));
    authority.kill();
    authority.start_again().await;
    assert_eq!(status(&authority, &old["alice"]).await, 200);
    let refresh = authority.refresh(&new.refresh).await.unwrap();
    assert_eq!(refresh.status, 200, "{refresh:?}");

    let revoke = authority.service(Method::POST, "/oauth2/revoke");
    authority.client.ask(revoke.form(&[("token", &old["alice"])])).await.expect(200);
    assert_eq!(status(&authority, &old["alice"]).await, 401);
    assert_eq!(status(&authority, &old["carol"]).await, 200);

    let said = shell.run(&tested("move-end").replace("KID", &kid)).await;
    assert!(said.contains(&format!("{kid} is trusted no more")), "{said}");
    assert_eq!(status(&authority, &old["carol"]).await, 401);
    assert_eq!(status(&authority, &new.access).await, 200);
}

#[tokio::test]
async fn an_old_token_that_says_too_little_or_too_much_is_none_to_the_authority() {
    let authority = Authority::dev().await;
    let shell = shell(&authority);
    let old = old_tokens(&authority, &shell).await;
    shell.run(&tested("move-import")).await;

    let mut taken = Vec::new();
    for (name, token) in &old {
        if status(&authority, token).await == 200 {
            assert_eq!(introspect(&authority, token).await["active"], json!(true), "{name}");
            taken.push(name.as_str());
        } else {
            assert_eq!(introspect(&authority, token).await, json!({ "active": false }), "{name}");
        }
    }
    assert_eq!(taken, ["alice", "carol", "without typ"]);
    // Nobody's session: that is the authority's to say.
    let session = Call::get(&authority.url("/session")).bearer(&old["alice"]);
    authority.client.ask(session).await.expect(401);
}

#[tokio::test]
async fn the_secret_is_published_nowhere_and_stands_in_the_store_sealed() {
    let mut authority = Authority::dev().await;
    let shell = shell(&authority);
    let said = shell.run(&tested("move-import")).await;
    let kid = said.split_whitespace().next().unwrap();

    let listed = shell.run("tokenward keys list").await;
    let line = listed.lines().find(|line| line.contains(kid)).unwrap();
    assert!(line.contains("HS256") && line.contains("retiring"), "{listed}");
    for path in ["jwks.json", "historical-keys.json"] {
        let path = format!("/audiences/{}/{path}", authority.dev.audience);
        let set = authority.client.ask(Call::get(&authority.url(&path))).await.expect(200);
        let set = String::from_utf8(set.body.to_vec()).unwrap();
        assert!(!set.contains(kid) && !set.contains("oct") && !set.contains("HS256"), "{set}");
    }
    authority.kill();
    let log = authority.process().log_text();
    assert!(!log.contains(OLD_SECRET) && log.contains(kid), "the log");
    let mut stores = 0;
    for file in fs::read_dir(authority.data()).unwrap().map(|file| file.unwrap().path()) {
        if file.is_file() {
            let bytes = fs::read(&file).unwrap();
            let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            assert!(!holds(OLD_SECRET), "{}", file.display());
            stores += usize::from(holds(kid));
        }
    }
    assert!(stores > 0, "the row is in some file");
    // Without an authority the list comes from the store.
    let listed = shell.run("tokenward keys list").await;
    assert!(listed.contains(kid), "{listed}");
}

fn shell(authority: &Authority) -> Shell {
    let shell = Shell::beside(authority)
        .replacing("billing-api", &authority.dev.audience)
        .env("PYTHON", python_program().to_str().unwrap());
    shell.write("old-secret", &format!("{OLD_SECRET}\n"));
    shell
}

/// What `PyJWT` made of the old secret, by name.
async fn old_tokens(authority: &Authority, shell: &Shell) -> BTreeMap<String, String> {
    let script = r#"
import json, sys, time, jwt
now = int(time.time())
good = {"iss": "https://login.example.com", "aud": "AUDIENCE", "sub": "alice", "iat": now, "exp": now + 3600}
def made(header={}, secret="SECRET", **change):
    claims = {**good, "jti": change.get("sub", "alice") + "-1", **change}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret, algorithm="HS256", headers=header)
print(json.dumps({
    "alice": made(),
    "carol": made(sub="carol"),
    "without typ": made({"typ": ""}, sub="dave"),
    "without jti": made(jti=None),
    "without iat": made(iat=None),
    "without exp": made(exp=None),
    "without aud": made(aud=None),
    "without iss": made(iss=None),
    "for another audience": made(aud="another-api"),
    "of the authority": made(iss="ISSUER"),
    "of another kind": made({"typ": "logout+jwt"}),
    "that lives for two days": made(exp=now + 172800),
    "that is over": made(iat=now - 7200, exp=now - 3600),
    "bound to a key": made(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
    "by another key": made({"kid": "another"}),
    "by another secret": made(secret="another-A7kP2wX9vLq4ZsT8bN1mR6yC3eH0"),
}))
"#;
    let issuer = format!("{}/audiences/{}", authority.dev.issuer, authority.dev.audience);
    let script = script
        .replace("AUDIENCE", &authority.dev.audience)
        .replace("ISSUER", &issuer)
        .replace("SECRET", OLD_SECRET);
    fs::write(shell.path("old.py"), script).unwrap();
    serde_json::from_str(&shell.run("\"$PYTHON\" old.py").await).unwrap()
}

/// What forward-auth answers.
async fn status(authority: &Authority, token: &str) -> u16 {
    authority.client.ask(authority.forward_auth().bearer(token)).await.status
}

async fn introspect(authority: &Authority, token: &str) -> Value {
    let ask = authority.service(Method::POST, "/oauth2/introspect").form(&[("token", token)]);
    authority.client.ask(ask).await.expect(200).json()
}
