//! `keys rewrap`: a store under another key-encryption key, with nothing lost on the way.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tokenward_testing::forgetful::{Forgetful, Lost};

use crate::harness::write_private;
use crate::markdown::tested;
use crate::process::{Process, TOKENWARD, run};
use crate::shell::Shell;

const KEY_FILE: &str = "key_file = \"kek.key\"";
const OTHER_KEY_FILE: &str = "key_file = \"other.key\"";
const CREDENTIAL: &str = "key_file = { credential = \"kek.key\" }";

#[tokio::test]
async fn sessions_and_keys_outlive_a_new_key_encryption_key_as_the_page_says() {
    let shell = shell(KEY_FILE).env("PROD_KEK_PASSPHRASE", "correct horse battery staple");
    let mut server = serve(&shell).await;
    let secret = shell.run("tokenward services rotate-secret login --data .").await;
    let secret = secret.split_whitespace().find(|word| word.starts_with("tws_")).unwrap();
    let session = post(&shell, secret, "v1/sessions", SESSION).await;
    let keys = shell.run(KEYS).await;
    shell.write("new.toml", &config(tested("custody-passphrase").trim_start_matches("[keys]\n")));

    let refused = tokenward(&shell, REWRAP).await.unwrap_err();
    assert!(refused.contains("the store `./tokenward.db` is in use by"), "{refused}");
    server.terminate();
    assert!(server.ended().await.success());
    let said = shell.run(&tested("custody-rewrap")).await;
    assert!(said.contains("and under no other") && said.ends_with("toml: good\n"), "{said}");

    assert!(!shell.path("kek.key").exists(), "the page destroys it");
    let _server = serve(&shell).await;
    assert_eq!(shell.run(KEYS).await, keys);
    let refresh = session["refresh_token"].as_str().unwrap();
    let body = format!("grant_type=refresh_token&refresh_token={refresh}");
    let renewed = post(&shell, secret, "oauth2/token", &body).await;
    assert!(renewed["access_token"].is_string(), "{renewed}");
}

#[tokio::test]
async fn the_old_key_encryption_key_opens_nothing_any_more() {
    let shell = shell(KEY_FILE);
    let credentials = shell.path("credentials");
    fs::create_dir(&credentials).unwrap();
    let shell = shell.env("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap());
    write_key(&shell, "credentials/kek.key");
    shell.write("new.toml", &config(CREDENTIAL));
    tokenward(&shell, "keys rotate --config tokenward.toml").await.unwrap();
    let wrapped = fs::read(shell.path("tokenward.db")).unwrap();
    let wrapped = envelope(&wrapped).unwrap().to_owned();

    tokenward(&shell, REWRAP).await.unwrap();

    let said = tokenward(&shell, "keys list --config tokenward.toml").await.unwrap_err();
    assert!(
        said.ends_with("the store was sealed under another; use the one that it was made with\n"),
        "{said}"
    );
    tokenward(&shell, "keys list --config new.toml").await.unwrap();
    for file in ["tokenward.db", "tokenward.db-wal"] {
        let bytes = fs::read(shell.path(file)).unwrap_or_default();
        assert!(!bytes.windows(wrapped.len()).any(|window| window == wrapped), "{file}");
    }
    let again = tokenward(&shell, REWRAP).await.unwrap();
    assert!(again.starts_with("nothing to do"), "{again}");
}

#[tokio::test]
async fn whoever_cannot_open_the_store_does_not_rewrap_it() {
    let shell = shell(OTHER_KEY_FILE);
    tokenward(&shell, "keys rotate --config tokenward.toml").await.unwrap();
    shell.write("tokenward.toml", &config(KEY_FILE));
    shell.write("new.toml", &config("passphrase = { file = \"short\" }"));
    write_private(&shell.path("short"), "fourteen chars");

    let short = tokenward(&shell, REWRAP).await.unwrap_err();
    assert!(
        short.contains("--to-config: keys.passphrase: a passphrase has at least 16"),
        "{short}"
    );
    write_private(&shell.path("short"), "fifteen characters");
    let stranger = tokenward(&shell, REWRAP).await.unwrap_err();
    assert!(stranger.contains("keys.key_file: kek.key: the store was sealed under"), "{stranger}");
    shell.write("new.toml", &config(KEY_FILE).replace("\"prod\"", "\"staging\""));
    let elsewhere = tokenward(&shell, REWRAP).await.unwrap_err();
    assert!(elsewhere.contains("--to-config: it is about another environment"), "{elsewhere}");

    shell.write("tokenward.toml", &config(OTHER_KEY_FILE));
    tokenward(&shell, "keys list --config tokenward.toml").await.unwrap();
}

/// Killed before each write and each sync, on a disk that forgets what was not synced.
#[tokio::test]
async fn wherever_rewrapping_is_killed_one_key_encryption_key_opens_the_store() {
    let shell = shell(KEY_FILE);
    tokenward(&shell, "keys rotate --config tokenward.toml").await.unwrap();
    write_key(&shell, "other.key");
    shell.write("new.toml", &config(OTHER_KEY_FILE));
    let whole = fs::read(shell.path("tokenward.db")).unwrap();
    let disk = Forgetful::new(&shell.path("."));
    let mut opened_by = [0, 0];
    for moment in 1.. {
        for file in fs::read_dir(shell.path(".")).unwrap().map(|entry| entry.unwrap().path()) {
            if file.to_string_lossy().contains("tokenward.db") {
                fs::remove_file(file).unwrap();
            }
        }
        fs::write(shell.path("tokenward.db"), &whole).unwrap();
        let mut command = shell.command(TOKENWARD);
        disk.attach_until(command.args(REWRAP.split(' ')), moment);
        let finished = run(&mut command).await.status.success();
        let lost = if moment % 2 == 0 { Lost::All } else { Lost::Some(moment) };
        disk.roll_back(lost);

        let old = tokenward(&shell, "keys list --config tokenward.toml").await;
        let new = tokenward(&shell, "keys list --config new.toml").await;
        match (&old, &new) {
            (Ok(_), Err(_)) if !finished => opened_by[0] += 1,
            (Err(_), Ok(_)) => opened_by[1] += 1,
            _ => panic!("moment {moment}, {lost:?}, {finished}: {old:?} and {new:?}"),
        }
        if finished {
            break;
        }
    }
    assert!(
        opened_by[0] > 1 && opened_by[1] > 1,
        "killed on both sides of the step: {opened_by:?}"
    );
}

/// A folder with a configuration and the key files that the configurations name.
fn shell(kek: &str) -> Shell {
    let shell = Shell::new();
    shell.write("tokenward.toml", &config(kek));
    write_key(&shell, "kek.key");
    write_key(&shell, "other.key");
    shell
}

fn write_key(shell: &Shell, name: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(shell.path(name), ::tokenward::crypto::random::<32>()).unwrap();
    fs::set_permissions(shell.path(name), fs::Permissions::from_mode(0o600)).unwrap();
}

fn config(kek: &str) -> String {
    format!(
        "environment = \"prod\"\nissuer = \"https://auth.example.com\"\n\
         [listen]\npublic = \"unix:tokenward.sock\"\n[keys]\n{kek}\n\
         [[audience]]\nname = \"billing-api\"\n\
         [[service]]\nname = \"login\"\nmay = [\"sessions:write\"]\naudiences = [\"billing-api\"]\n"
    )
}

async fn serve(shell: &Shell) -> Process {
    let mut command = shell.command(TOKENWARD);
    let mut process =
        Process::spawn("authority", command.args(["serve", "--config", "tokenward.toml"]));
    process.ready().await;
    process
}

/// What the service `login` is answered over the proxy's socket.
async fn post(shell: &Shell, secret: &str, path: &str, body: &str) -> Value {
    let kind = if body.starts_with('{') { "json" } else { "x-www-form-urlencoded" };
    let said = shell
        .run(&format!(
            "curl -sS --unix-socket tokenward.sock -u 'login:{secret}' -d '{body}' \
             -H 'content-type: application/{kind}' http://auth.example.com/{path}"
        ))
        .await;
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"))
}

/// Runs the program in the folder: what it answered, or why it did not.
async fn tokenward(shell: &Shell, arguments: &str) -> Result<String, String> {
    let mut command: Command = shell.command(TOKENWARD);
    let output = run(command.args(arguments.split(' '))).await;
    let [out, error] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    if output.status.success() { Ok(out) } else { Err(error) }
}

/// The wrapped store key as it stands in the file.
fn envelope(file: &[u8]) -> Option<&[u8]> {
    let start = file.windows(9).position(|window| window == b"\"wrapped\"")?;
    file.get(start..start + 80)
}

const REWRAP: &str = "keys rewrap --config tokenward.toml --to-config new.toml";
const KEYS: &str = "tokenward keys list --data . --format json";
const SESSION: &str = r#"{"subject":"ada","audience":"billing-api","delivery":"token"}"#;
