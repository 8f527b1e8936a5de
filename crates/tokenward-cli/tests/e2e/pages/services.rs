//! The pages on services and on token exchange: what they print works.

use std::os::unix::fs::symlink;

use tokenward::{Algorithm, SigningKey};

use super::remote::Site;
use crate::harness::Authority;
use crate::markdown::tested;
use crate::shell::{Shell, node_modules};

#[tokio::test]
async fn a_service_gets_its_tokens_with_a_key_as_the_page_says() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority)
        .env("NODE_EXTRA_CA_CERTS", authority.dev.ca_file.to_str().unwrap());
    symlink(node_modules(), shell.path("node_modules")).unwrap();
    shell.write("make-key.mjs", &tested("services-key"));
    shell.write("sign.mjs", &tested("services-sign"));

    let said = shell.run(&tested("services-add")).await;

    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines, ["client_id     invoices", "demo:read"], "no secret is made");
    // The key is the operator's to change: what is signed with it counts no more.
    let others = "node make-key.mjs && mv public.jwk other.jwk\n\
                  tokenward services rotate-key invoices --jwks other.jwk\n\
                  node make-key.mjs && ! node sign.mjs 2> /dev/null";
    shell.run(others).await;
    let listed = shell.run("tokenward services list").await;
    assert!(listed.contains("private_key_jwt"), "{listed}");
}

#[tokio::test]
async fn the_settings_of_the_pages_are_taken() {
    for name in ["services-config-key", "services-config-spiffe", "token-exchange-config"] {
        let shell = Shell::new();
        let etc = shell.path("etc").display().to_string();
        let shell = shell.replacing("/etc/tokenward", &etc);
        std::fs::create_dir(shell.path("etc")).unwrap();
        let key = SigningKey::generate(Algorithm::Es256).verifying_key().to_jwk().unwrap();
        shell.write("etc/invoices.public.jwk", &serde_json::to_string(&key).unwrap());
        let settings = tested(name).replace("billing-api", "api");

        let site = Site::new(shell, "redis-start", &settings);

        site.shell.run(&site.check()).await;
    }
}

#[tokio::test]
async fn a_secret_is_replaced_as_the_page_says() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);

    let said = shell.run(&tested("services-secret")).await;

    assert_eq!(said.matches("client_secret tws_").count(), 2, "{said}");
    assert!(said.contains("2 secrets"), "{said}");
}

#[tokio::test]
async fn a_token_is_exchanged_as_the_page_says() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);

    let said = shell.run(&tested("token-exchange")).await;

    assert_eq!(
        said,
        "{\"sub\":\"alice\",\"scope\":\"demo:read\",\"act\":{\"sub\":\"client:demo-backend\"}}\n"
    );
}
