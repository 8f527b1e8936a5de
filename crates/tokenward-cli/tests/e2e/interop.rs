//! Clients that others wrote, unchanged, against a running authority.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;
use tokenward::{Algorithm, KeyId, SigningKey};

use crate::harness::{Authority, write_private};
use crate::markdown::root;
use crate::pages::mtls::Site;
use crate::shell::{Shell, node_modules, python_program};

#[tokio::test]
async fn oauth4webapi_discovers_gets_refreshes_introspects_revokes_and_proves_its_key() {
    node("oauth4webapi.mjs").await;
}

#[tokio::test]
async fn openid_client_discovers_gets_refreshes_introspects_revokes_and_proves_its_key() {
    node("openid-client.mjs").await;
}

#[tokio::test]
async fn services_sign_and_exchange_by_oauth4webapi_and_openid_client() {
    let authority = Authority::dev().await;
    let shell = in_node(&authority, "services.mjs");
    let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k-1").unwrap());
    let public = serde_json::to_string(&key.verifying_key().to_jwk().unwrap()).unwrap();
    fs::write(shell.path("public.jwk"), public).unwrap();
    fs::write(shell.path("private.jwk"), key.to_secret_jwk().unwrap().as_str()).unwrap();
    let jwks = shell.path("public.jwk");
    let add =
        ["services", "add", "interop-signs", "--audience", "demo-api", "--scope", "demo:read"];
    let more = ["--may", "exchange,introspect,revocations:write", "--jwks", jwks.to_str().unwrap()];
    authority.command(&[&add[..], &more].concat()).await;

    let said = shell.run("node services.mjs .tokenward/dev.json private.jwk").await;

    assert_eq!(said, "ok\n");
}

#[tokio::test]
async fn services_show_certificates_by_oauth4webapi_and_openid_client() {
    let site = Site::new().await;
    let dev = json!({
        "issuer": site.dev.issuer,
        "base_url": site.dev.base_url,
        "audience": site.dev.audience,
        "client_id": site.dev.client_id,
        "client_secret": site.dev.client_secret,
    });
    write_private(&site.shell.path("dev.json"), &dev.to_string());
    bring(&site.shell, "mtls.mjs");
    let node = "NODE_EXTRA_CA_CERTS=ca.pem node mtls.mjs dev.json other.pem other.key ca.pem";

    assert_eq!(site.shell.run(node).await, "ok\n");
}

#[tokio::test]
async fn jose_verifies_our_access_tokens() {
    node("jose.mjs").await;
}

#[tokio::test]
async fn pyjwt_verifies_our_access_tokens_also_after_a_rotation() {
    let authority = Authority::dev().await;
    let python = python_program();
    let shell = Shell::beside(&authority)
        .env("PYTHON", python.to_str().unwrap())
        .env("SCRIPT", root().join("interop/python/verify.py").to_str().unwrap());
    let verify = "\"$PYTHON\" \"$SCRIPT\" .tokenward/dev.json";

    assert_eq!(shell.run(verify).await, "ok\n");
    let before = signing_key(&authority).await;
    authority.command(&["keys", "rotate", "--wait"]).await;

    assert_ne!(signing_key(&authority).await, before);
    assert_eq!(shell.run(verify).await, "ok\n");
}

async fn node(script: &str) {
    let authority = Authority::dev().await;
    let shell = in_node(&authority, script);

    let said = shell.run(&format!("node {script} .tokenward/dev.json")).await;

    assert_eq!(said, "ok\n");
}

fn in_node(authority: &Authority, script: &str) -> Shell {
    let shell = Shell::beside(authority)
        .env("NODE_EXTRA_CA_CERTS", authority.dev.ca_file.to_str().unwrap());
    bring(&shell, script);
    shell
}

/// Puts `script` and what it imports into the folder of `shell`.
fn bring(shell: &Shell, script: &str) {
    // Node looks for modules beside the script.
    symlink(node_modules(), shell.path("node_modules")).unwrap();
    for name in ["dev.mjs", script] {
        fs::copy(root().join("interop/node").join(name), shell.path(name)).unwrap();
    }
}

async fn signing_key(authority: &Authority) -> String {
    authority.create("interop").await.key_id()
}
