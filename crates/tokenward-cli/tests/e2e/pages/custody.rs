//! The page on custodies: its file, its commands and its refusals, with `SoftHSM`.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::Value;

use crate::markdown::tested;
use crate::process::{Process, TOKENWARD, run};
use crate::shell::Shell;

#[tokio::test]
async fn an_authority_signs_with_a_hardware_token_as_the_page_says() {
    let shell = initialized().await;
    let said = shell.run(&tested("custody-check")).await;
    assert_eq!(said, "tokenward.toml: good\n");

    let mut server = Process::spawn("authority", &mut serve(&shell));
    assert_eq!(server.ready().await, "https://auth.example.com");
    let keys = keys(&shell).await;
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(keys.iter().all(|key| key["custody"] == "pkcs11"), "{keys:?}");
    assert!(keys.iter().any(|key| key["state"] == "active"), "{keys:?}");
    server.terminate();
    assert!(server.ended().await.success());

    // The keys are in the token, so a restart finds them.
    let mut server = Process::spawn("authority", &mut serve(&shell));
    server.ready().await;
    assert_eq!(self::keys(&shell).await, keys);
    let check = tokenward(&shell, &["check", "--config", "tokenward.toml"]).await;
    assert_eq!(check.0, "tokenward.toml: good\n");
}

#[tokio::test]
async fn each_mistake_about_a_hardware_token_is_told_as_the_page_says() {
    let shell = initialized().await;
    let good = config();
    let es384 = "name = \"billing-api\"\nalgorithm = \"ES384\"";
    let spoiled = [
        (good.replace("/usr/lib/softhsm/libsofthsm2.so", "/opt/hsm/libhsm.so"), "12345678"),
        (good.replace("\"tokenward\"", "\"tokenwart\""), "12345678"),
        (good.clone(), ""),
        (good.clone(), "87654321"),
        (good.replace("name = \"billing-api\"", es384), "12345678"),
    ];
    let promised = tested("custody-refusals");
    assert_eq!(promised.lines().count(), spoiled.len());
    for ((config, pin), line) in spoiled.into_iter().zip(promised.lines()) {
        shell.write("tokenward.toml", &config);
        let mut check = hsm(&shell, &["check", "--config", "tokenward.toml"]);
        let output = run(check.env("PROD_HSM_PIN", pin)).await;
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with(line), "{said}\ninstead of\n{line}");
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    }
}

/// A folder with a token, a key-encryption key and the page's configuration.
async fn initialized() -> Shell {
    let shell = Shell::new();
    shell.write("tokenward.toml", &config());
    let kek = shell.path("kek.key");
    std::fs::write(&kek, ::tokenward::crypto::random::<32>()).unwrap();
    std::fs::set_permissions(kek, std::fs::Permissions::from_mode(0o600)).unwrap();
    shell.run(&tested("custody-softhsm")).await;
    let config = shell.path("hsm/softhsm2.conf");
    shell.env("SOFTHSM2_CONF", config.to_str().unwrap())
}

/// The page's tables in a whole file; the proxy's socket takes the place of TLS.
fn config() -> String {
    let keys = tested("custody-pkcs11");
    format!(
        "environment = \"prod\"\nissuer = \"https://auth.example.com\"\n\
         [listen]\npublic = \"unix:tokenward.sock\"\n{keys}\n[[audience]]\nname = \"billing-api\"\n"
    )
}

fn serve(shell: &Shell) -> Command {
    hsm(shell, &["serve", "--config", "tokenward.toml"])
}

async fn keys(shell: &Shell) -> Vec<Value> {
    let (out, error) = tokenward(shell, &["keys", "list", "--data", ".", "--format", "json"]).await;
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"))
}

async fn tokenward(shell: &Shell, arguments: &[&str]) -> (String, String) {
    let output = run(&mut hsm(shell, arguments)).await;
    let [out, error] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (out, error)
}

fn hsm(shell: &Shell, arguments: &[&str]) -> Command {
    let mut command = shell.command(TOKENWARD);
    command.args(arguments).env("PROD_HSM_PIN", "12345678");
    command
}
