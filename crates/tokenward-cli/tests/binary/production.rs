//! `init`, `check` and `serve` with a configuration.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::support::{Process, Work, ask, mode, until};

#[test]
fn init_writes_a_configuration_that_serves_once_the_certificate_is_there() {
    let work = Work::new();
    work.good(&["init", "--data", "auth", "--issuer", "https://localhost:8443"]);
    assert_eq!(mode(&work.path("auth/kek.key")), 0o600);
    assert_eq!(mode(&work.path("auth/tokenward.db")), 0o600);

    let check = work.run(&["check", "--config", "auth/tokenward.toml"]);
    assert_eq!(check.status.code(), Some(1));
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(said.starts_with("tls.certificate: auth/fullchain.pem: No such file"), "{said}");

    certificate(&work.path("auth"), 2_000, 4_000);
    listen(&work);
    assert_eq!(
        work.good(&["check", "--config", "auth/tokenward.toml"]),
        "auth/tokenward.toml: good\n"
    );
    let server = serve(&work, "production");
    assert_eq!(server.place, "https://localhost:8443");

    let keys = work.good_json(&["keys", "list", "--data", "auth"]);
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert_eq!(keys[0]["audience"], "billing-api");
    assert_eq!(
        work.good(&["check", "--config", "auth/tokenward.toml"]),
        "auth/tokenward.toml: good\n"
    );
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn init_writes_what_a_custody_needs_and_check_says_what_is_left_to_fill_in() {
    for (custody, left) in [
        ("vault-transit", "keys.vault.address: is missing"),
        ("vault-kv", "keys.vault.address: is missing"),
        ("aws-kms", "keys.aws.region: is missing"),
        ("aws-secrets-manager", "keys.aws.region: is missing"),
        ("pkcs11", "keys.pkcs11.module: is missing"),
    ] {
        let work = Work::new();
        let said = work.good(&["init", "--data", "auth", "--custody", custody]);
        assert!(said.contains("Fill in [keys."), "{custody}: {said}");
        assert!(
            !work.path("auth/tokenward.db").exists(),
            "no key is made in a place that is not known"
        );
        certificate(&work.path("auth"), 2_000, 4_000);

        let check = work.run(&["check", "--config", "auth/tokenward.toml"]);
        assert_eq!(check.status.code(), Some(1), "{custody}");
        let said = String::from_utf8(check.stdout).unwrap();
        assert!(said.contains(left), "{custody}: {said}");
    }
}

#[test]
fn what_init_leaves_to_fill_in_is_all_that_is_missing() {
    let work = Work::new();
    work.good(&["init", "--data", "auth", "--custody", "pkcs11"]);
    certificate(&work.path("auth"), 2_000, 4_000);
    let path = work.path("auth/tokenward.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text =
        text.replace("# module", "module").replace("# token ", "token ").replace("# pin", "pin");
    fs::write(&path, text).unwrap();

    let said = work.refused(2, &["serve", "--config", "auth/tokenward.toml"]);
    assert_eq!(said, "tokenward: keys.pkcs11.pin: PROD_HSM_PIN is not set; set it");
}

#[test]
fn a_custody_that_cannot_be_had_is_refused_before_anything_is_written() {
    let work = Work::new();

    let said = work.refused(2, &["init", "--data", "auth", "--custody", "memory"]);

    assert!(said.contains("keys.custody: \"memory\" loses its keys at every restart"), "{said}");
    assert!(!work.path("auth").exists());
}

#[test]
fn commands_about_keys_find_the_authority_of_their_configuration() {
    let work = Work::new();
    work.good(&["init", "--data", "auth"]);
    certificate(&work.path("auth"), 2_000, 4_000);
    listen(&work);
    let server = serve(&work, "config");
    let with = |order: &[&str]| {
        work.good_json(&[&["keys", "--config", "auth/tokenward.toml"], order].concat())
    };

    // The store is the authority's alone meanwhile.
    let keys = with(&["list"]);
    assert_eq!(keys.as_array().unwrap().len(), 2, "{keys}");
    assert_eq!(with(&["history"]).as_array().unwrap().len(), 2);
    assert_eq!(with(&["jwks"])["keys"].as_array().unwrap().len(), 2);
    let kid = keys[1]["kid"].as_str().unwrap();
    assert_eq!(with(&["compromise", kid])["kid"], *kid);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn of_an_init_that_failed_nothing_stays() {
    let work = Work::new();

    let said = work.refused(2, &["init", "--data", "d", "--issuer", "http://auth.example.com"]);

    assert!(said.contains("https"), "{said}");
    assert!(!work.path("d").exists());
    work.good(&["init", "--data", "d", "--issuer", "https://auth.example.com"]);
}

#[test]
fn init_overwrites_nothing() {
    let work = Work::new();
    work.good(&["init", "--data", "auth"]);
    let kek = fs::read(work.path("auth/kek.key")).unwrap();

    let said = work.refused(2, &["init", "--data", "auth"]);

    assert_eq!(said, "tokenward: auth/tokenward.toml exists already; nothing was written");
    assert_eq!(fs::read(work.path("auth/kek.key")).unwrap(), kek);
}

#[test]
fn what_would_be_unsafe_stops_the_start_with_one_line() {
    let work = Work::new();
    work.good(&["init", "--data", "auth"]);
    listen(&work);
    let start = ["serve", "--config", "auth/tokenward.toml"];

    certificate(&work.path("auth"), 2_000, 2_020);
    let said = work.refused(2, &start);
    assert_eq!(
        said,
        "tokenward: tls.certificate: auth/fullchain.pem: expired at 2020-01-01 00:00:00Z; renew it"
    );

    certificate(&work.path("auth"), 2_000, 4_000);
    fs::write(work.path("auth/privkey.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let said = work.refused(2, &start);
    assert!(said.contains("does not belong to the key auth/privkey.pem"), "{said}");

    certificate(&work.path("auth"), 2_000, 4_000);
    open_to_all(&work.path("auth/privkey.pem"));
    let said = work.refused(2, &start);
    assert!(
        said.contains("tls.key: auth/privkey.pem: others can read this file; run `chmod 600"),
        "{said}"
    );

    certificate(&work.path("auth"), 2_000, 4_000);
    open_to_all(&work.path("auth/kek.key"));
    let said = work.refused(2, &start);
    assert!(said.contains("keys.key_file: auth/kek.key: others can read this file"), "{said}");

    fs::set_permissions(work.path("auth/kek.key"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(work.path("auth/kek.key"), tokenward::crypto::random::<32>()).unwrap();
    let said = work.refused(2, &start);
    assert!(!said.is_empty());
    let check = work.run(&["check", "--config", "auth/tokenward.toml"]);
    assert_eq!(check.status.code(), Some(1), "another key-encryption key");

    fs::write(work.path("auth/kek.key"), "short").unwrap();
    let said = work.refused(2, &start);
    assert!(said.contains("exactly 32 random bytes"), "{said}");
}

#[test]
fn nothing_is_served_over_a_network_without_tls() {
    let work = Work::new();
    work.good(&["init", "--data", "auth"]);
    let path = work.path("auth/tokenward.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once("\n[tls]\n").unwrap();
    let (_, after) = after.split_once("[store]").unwrap();
    let text = format!("{before}\n[store]{after}").replace("0.0.0.0:8443", "unix:public.sock");
    fs::write(&path, text).unwrap();

    let said =
        work.refused(2, &["serve", "--config", "auth/tokenward.toml", "--listen", "127.0.0.1:0"]);
    assert!(said.starts_with("tokenward: --listen: without [tls]"), "{said}");

    let server = serve(&work, "unix");
    assert_eq!(mode(&work.path("auth/public.sock")), 0o660);
    assert_eq!(server.stop(), Some(0));
    assert!(!work.path("auth/public.sock").exists());

    let listed = work.good(&["keys", "list", "--config", "auth/tokenward.toml"]);
    assert!(listed.contains("active"), "{listed}");
}

#[test]
fn a_new_certificate_is_served_after_sighup() {
    let work = Work::new();
    work.good(&["init", "--data", "auth", "--issuer", "https://localhost:8443"]);
    certificate(&work.path("auth"), 2_000, 4_000);
    let port = listen(&work);
    let server = serve(&work, "sighup");
    let old = fs::read(work.path("auth/fullchain.pem")).unwrap();
    let url = format!("https://localhost:{port}/");
    assert_eq!(ask("GET", &url, &[], "", Some(&old)).status, 404);

    certificate(&work.path("auth"), 2_000, 4_000);
    let new = fs::read(work.path("auth/fullchain.pem")).unwrap();
    server.signal(rustix::process::Signal::HUP);

    until("the new certificate is served", || {
        std::panic::catch_unwind(|| ask("GET", &url, &[], "", Some(&new)).status == 404)
            .unwrap_or(false)
    });
}

#[test]
fn a_passphrase_opens_what_it_sealed_and_another_does_not() {
    let work = Work::new();
    work.good(&["init", "--data", "auth"]);
    let path = work.path("auth/tokenward.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("key_file        = \"kek.key\"", "passphrase = { env = \"KEK\" }");
    fs::write(&path, text).unwrap();
    fs::remove_file(work.path("auth/tokenward.db")).unwrap();
    certificate(&work.path("auth"), 2_000, 4_000);
    listen(&work);
    let keys = |order: &[&str], passphrase: &str| {
        work.command(&[&["keys", "rotate", "--data", "auth"], order].concat())
            .env("PROD_KEK", passphrase)
            .output()
            .unwrap()
    };

    let planned = keys(&["--dry-run"], "correct horse battery staple");
    let text = String::from_utf8_lossy(&planned.stderr);
    assert!(text.contains("there is no store yet"), "{text}");
    assert!(!work.path("auth/tokenward.db").exists(), "whoever only looks makes none");
    assert_eq!(keys(&[], "correct horse battery staple").status.code(), Some(0));
    let planned = keys(&["--dry-run"], "correct horse battery staple");
    let text = String::from_utf8_lossy(&planned.stdout);
    assert!(text.contains("would not rotate, because no standby key is ripe before"), "{text}");
    assert_eq!(planned.status.code(), Some(1), "as `keys rotate` itself");
    let other = keys(&[], "wrong horse battery staple");
    assert_eq!(other.status.code(), Some(2), "{}", String::from_utf8_lossy(&other.stderr));
    assert!(!String::from_utf8_lossy(&other.stderr).contains("horse"));
}

fn serve(work: &Work, test: &str) -> Process {
    let command = work.command(&["serve", "--config", "auth/tokenward.toml"]);
    Process::start(command, test, "tokenward: ready on ")
}

/// Lets the authority listen on a free port of this machine.
fn listen(work: &Work) -> u16 {
    let port = tokenward_testing::free_port();
    let path = work.path("auth/tokenward.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("0.0.0.0:8443", &format!("127.0.0.1:{port}"))).unwrap();
    port
}

fn certificate(dir: &Path, from: i32, to: i32) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    fs::write(dir.join("fullchain.pem"), certificate.pem()).unwrap();
    let path = dir.join("privkey.pem");
    fs::write(&path, key.serialize_pem()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}
