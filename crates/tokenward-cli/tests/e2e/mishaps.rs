//! What goes wrong below a server, and what its operator is told: one line, before anything is lost.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::client::Call;
use crate::harness::{Authority, Session, eventually};
use crate::process::{run, tokenward};

#[tokio::test]
async fn a_full_disk_is_a_503_and_nothing_is_lost() {
    let (mut authority, disk) = Authority::on_forgetful_disk("info").await;
    let session = authority.create("alice").await;

    disk.fill(true);
    let create = authority.try_create("bob", Value::Null).await.unwrap().expect(503);
    assert!(create.header("retry-after").is_some(), "{create:?}");
    authority.refresh(&session.refresh).await.unwrap().expect(503);
    let ready = format!("{}/readyz", authority.dev.admin_url);
    let told = authority.client.ask(Call::get(&ready)).await.expect(503);
    let told = told.json()["problems"].to_string();
    assert!(told.contains("no room on the disk for the store `"), "{told}");
    assert!(told.contains("tokenward.db`; free some"), "{told}");
    // What needs no room goes on.
    let known = authority.forward_auth().bearer(&session.access);
    authority.client.ask(known.clone()).await.expect(200);

    disk.fill(false);
    let renewed = authority.refresh(&session.refresh).await.unwrap().expect(200);
    let renewed = Session::of(&renewed);
    authority.create("bob").await;
    authority.client.ask(Call::get(&ready)).await.expect(200);
    let log = authority.process().log_text();
    let is_named = |line: &str| line.contains("ERROR") && line.contains("no room on the disk for");
    assert!(log.lines().any(is_named), "{log}");

    authority.kill();
    authority.start_again().await;
    let client = &authority.client;
    eventually(client, &known, Duration::from_secs(5), |answer| answer.status == 200).await;
    authority.refresh(&renewed.refresh).await.unwrap().expect(200);
}

#[tokio::test]
async fn keys_that_died_with_the_process_are_replaced_and_what_they_signed_still_verifies() {
    let mut authority = Authority::with_keys_in_memory().await;
    let session = authority.create("alice").await;

    authority.kill();
    authority.start_again().await;

    let known = authority.forward_auth().bearer(&session.access);
    authority.client.ask(known.clone()).await.expect(200);
    // A second passes, until every verifier must know the next key.
    let body = serde_json::json!({ "subject": "bob", "audience": authority.dev.audience });
    let create = authority.service(http::Method::POST, "/v1/sessions").json(&body);
    let patience = Duration::from_secs(10);
    let client = authority.client.clone();
    let made = eventually(&client, &create, patience, |answer| {
        assert!(matches!(answer.status, 201 | 503), "{answer:?}");
        answer.status == 201
    });
    let next = Session::of(&made.await);
    assert_ne!(next.key_id(), session.key_id());
    for token in [&session.access, &next.access] {
        client.ask(authority.forward_auth().bearer(token)).await.expect(200);
    }
    let log = authority.process().log_text();
    assert!(log.contains("its private half is lost"), "{log}");
}

#[tokio::test]
async fn while_another_program_holds_the_database_the_answer_is_503() {
    let mut authority = Authority::dev().await;
    let session = authority.create("alice").await;
    // A careless administrator, or a backup tool.
    let other = rusqlite::Connection::open(authority.data().join("tokenward.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    authority.refresh(&session.refresh).await.unwrap().expect(503);
    authority.client.ask(authority.forward_auth().bearer(&session.access)).await.expect(200);

    other.execute_batch("ROLLBACK").unwrap();
    authority.refresh(&session.refresh).await.unwrap().expect(200);
    let log = authority.process().log_text();
    assert!(log.lines().any(|line| line.contains("ERROR") && line.contains("locked")), "{log}");
}

#[tokio::test]
async fn a_corrupt_database_stops_the_start_and_stays_as_it_is() {
    let mut authority = Authority::dev().await;
    authority.create("alice").await;
    authority.terminate();
    assert!(authority.process().ended().await.success());
    let path = authority.data().join("tokenward.db");
    let whole = fs::read(&path).unwrap();
    let half = &whole[..whole.len() / 2];
    let garbage = [vec![0xa5; 4096].as_slice(), &whole[4096..]].concat();
    let torn = [&whole[..4096], vec![0xa5; whole.len() - 4096].as_slice()].concat();
    for (what, content) in [("half", half), ("garbage", &garbage), ("torn", &torn)] {
        fs::write(&path, content).unwrap();
        let line = refused(&mut serve(&authority.data())).await;
        assert!(line.contains("store.url"), "{what}: {line}");
        assert_eq!(fs::read(&path).unwrap(), content, "{what}: what is left can be examined");
    }
    fs::write(&path, &whole).unwrap();
    authority.start_again().await;
}

#[tokio::test]
async fn what_was_damaged_while_it_runs_is_an_outage_and_not_a_wrong_answer() {
    let mut authority = Authority::dev().await;
    let session = authority.create("alice").await;
    authority.terminate();
    assert!(authority.process().ended().await.success());
    authority.start_again().await;
    let path = authority.data().join("tokenward.db");
    let mut file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut content = Vec::new();
    file.read_to_end(&mut content).unwrap();
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(&vec![0xa5; content.len() - 4096]).unwrap();

    let answer = authority.refresh(&session.refresh).await.unwrap();
    // Pages that it holds in memory are still good; it must not say that the token is bad.
    assert!(matches!(answer.status, 200 | 500 | 503), "{answer:?}");
    authority.client.ask(authority.forward_auth().bearer(&session.access)).await.expect(200);
}

#[tokio::test]
async fn each_mistake_of_the_operator_is_one_line_that_names_it() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::write(folder.path().join("file"), "").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let dev = |listen: &str| {
        let mut command = tokenward(&["serve", "--dev", "--listen", listen, "--data"]);
        command.arg(&data);
        command
    };
    let mut not_a_folder = tokenward(&["serve", "--dev", "--data"]);
    not_a_folder.arg(folder.path().join("file"));
    let cases = [
        (dev(&taken), taken.as_str()),
        (dev("0.0.0.0:0"), "--listen"),
        (not_a_folder, "file"),
        (tokenward(&["serve", "--config", "/nonexistent/tokenward.toml"]), "tokenward.toml"),
        (tokenward(&["gate", "--config", "/nonexistent/gate.toml"]), "gate.toml"),
    ];
    for (mut command, names) in cases {
        let line = refused(&mut command).await;
        assert!(line.contains(names), "{line}");
    }
}

#[tokio::test]
async fn a_damaged_folder_stops_the_start_with_one_line() {
    let mut authority = Authority::dev().await;
    authority.terminate();
    assert!(authority.process().ended().await.success());
    let data = authority.data();
    for (name, content) in [("dev.json", "{"), ("kek.key", "short")] {
        let path = data.join(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, content).unwrap();
        let line = refused(&mut serve(&data)).await;
        assert!(line.contains(name), "{line}");
        fs::write(&path, whole).unwrap();
    }
    let kek = data.join("kek.key");
    fs::set_permissions(&kek, fs::Permissions::from_mode(0o644)).unwrap();
    let line = refused(&mut serve(&data)).await;
    assert!(line.contains("chmod 600"), "{line}");
    fs::set_permissions(&kek, fs::Permissions::from_mode(0o600)).unwrap();
    // Another key than the one that sealed the store.
    let whole = fs::read(&kek).unwrap();
    fs::write(&kek, [7; 32]).unwrap();
    let line = refused(&mut serve(&data)).await;
    assert!(line.contains("key"), "{line}");
    fs::write(&kek, whole).unwrap();
    authority.start_again().await;
    authority.create("alice").await;
}

#[tokio::test]
async fn the_folder_is_its_owners_alone() {
    let authority = Authority::dev().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = authority.data();
    assert_eq!(mode(&data), 0o700);
    for name in ["admin.sock", "dev.json", "kek.key", "tokenward.db", "tls/key.pem"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
}

fn serve(data: &Path) -> Command {
    let mut command = tokenward(&["serve", "--dev", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(data);
    command
}

/// The one line that a start says that is refused.
async fn refused(command: &mut Command) -> String {
    let output = run(command).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
    assert_eq!(output.stdout, b"", "{command:?}");
    assert_eq!(said.lines().count(), 1, "{command:?}: {said}");
    said
}
