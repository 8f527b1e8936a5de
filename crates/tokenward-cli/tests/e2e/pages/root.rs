//! The page on the offline root: its commands, in the order in which they are told.

use std::os::unix::fs::PermissionsExt as _;

use tokenward::root::{PinnedRoot, RootChain, TrustState};
use tokenward::{Clock as _, IssuerId};
use tokenward_remote::SystemClock;

use crate::markdown::tested;
use crate::process::{Process, TOKENWARD};
use crate::shell::Shell;

#[tokio::test]
async fn a_root_delegates_the_signer_of_key_sets_as_the_page_says() {
    let shell = Shell::new();
    let keys = tested("root-keys");
    prepare(&shell, &keys);

    shell.run(&tested("root-signer")).await;
    let made = shell.run(&tested("root-init")).await;
    assert!(made.ends_with("the root is signed (3 of 2 signatures)\n"), "{made}");
    let shown = shell.run(&tested("root-delegate")).await;
    assert!(shown.ends_with("the delegation is signed (2 of 2 signatures)\n"), "{shown}");
    assert_eq!(shell.run(&tested("root-check")).await, "tokenward.toml: good\n");
    let mut serve = shell.command(TOKENWARD);
    let mut server =
        Process::spawn("authority", serve.args(["serve", "--config", "tokenward.toml"]));
    assert_eq!(server.ready().await, "https://auth.example.com");
    server.terminate();
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn a_hardware_token_signs_the_key_sets_and_local_keys_the_tokens() {
    let shell = Shell::new();
    let keys = tested("custody-pkcs11").replace(
        "custody  = \"pkcs11\"",
        "key_set_signer = \"pkcs11\"\ndelegation = \"delegation.json\"",
    );
    prepare(&shell, &keys);
    shell.run(&tested("custody-softhsm")).await;
    let softhsm = shell.path("hsm/softhsm2.conf");
    let softhsm = softhsm.to_str().unwrap();
    let shell = shell.env("SOFTHSM2_CONF", softhsm).env("PROD_HSM_PIN", "12345678");

    let steps = ["root-signer", "root-init", "root-delegate", "root-check"].map(tested);
    let said = shell.run(&steps.concat()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");

    let mut serve = shell.command(TOKENWARD);
    let mut server =
        Process::spawn("authority", serve.args(["serve", "--config", "tokenward.toml"]));
    server.ready().await;
    let list = "tokenward keys list --data . --format json";
    let keys: Vec<serde_json::Value> = serde_json::from_str(&shell.run(list).await).unwrap();
    assert!(keys.iter().all(|key| key["custody"] == "sealed"), "{keys:?}");
    let get = "curl -sS --fail --retry 20 --retry-all-errors --retry-delay 1 --unix-socket \
               tokenward.sock http://auth.example.com/audiences/billing-api/";
    let script = format!("{get}jwks.jwt > jwks.jwt\n{get}root-chain.json > chain.json\n");
    shell.run(&script).await;
    let read = |name| std::fs::read_to_string(shell.path(name)).unwrap();
    let issuer = IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap();
    let trusted = PinnedRoot::parse(read("root/root.json").as_bytes()).unwrap().verify(
        read("chain.json").as_bytes(),
        &read("jwks.jwt"),
        &issuer,
        &TrustState::default(),
        SystemClock::new().now(),
    );
    assert_eq!(trusted.unwrap().key_set().keys().len(), 2);
    server.terminate();
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn holders_sign_and_a_root_rotates_as_the_page_says() {
    let shell = Shell::new();
    let names = ["root-holder-keys", "root-holder-signs", "root-rotate"].map(tested);

    let said = shell.run(&names.concat()).await;

    let last = said.lines().last().unwrap();
    assert_eq!(
        last,
        "root-2.json: the root is signed (2 of 2 signatures, 2 of 2 signatures of the root before)"
    );
    let chain = std::fs::read(shell.path("root-2.json")).unwrap();
    assert_eq!(RootChain::parse(&chain).unwrap().verified().unwrap().version(), 2);
    assert_eq!(PinnedRoot::parse(&chain).unwrap().root().version(), 2);
}

#[tokio::test]
async fn the_lines_for_the_gate_are_settings_of_the_gate() {
    let shell = Shell::new();
    shell.run(&tested("root-init")).await;
    let lines = tested("root-gate").replace("root.json", "root/root.json");
    shell.write("gate.toml", &format!("{lines}{}", tested("gate")));

    let explained = shell.run(&tested("gate-explain")).await;

    assert!(explained.starts_with("billing-api: "), "{explained}");
}

/// A folder with a key-encryption key and a configuration; the proxy's socket takes the place of TLS.
fn prepare(shell: &Shell, keys: &str) {
    let config = format!(
        "environment = \"prod\"\nissuer = \"https://auth.example.com\"\n\
         [listen]\npublic = \"unix:tokenward.sock\"\n{keys}\n[[audience]]\nname = \"billing-api\"\n"
    );
    shell.write("tokenward.toml", &config);
    let kek = shell.path("kek.key");
    std::fs::write(&kek, ::tokenward::crypto::random::<32>()).unwrap();
    std::fs::set_permissions(kek, std::fs::Permissions::from_mode(0o600)).unwrap();
}
