//! The page of the custody `vault-transit`, against the stand-in for Vault.

use std::fs;
use std::ops::Deref;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::remote::Site;
use crate::client::Call;
use crate::harness::{Session, eventually};
use crate::markdown::{root, tested};
use crate::process::{Process, run};
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn an_authority_whose_keys_are_documents_in_a_vault_signs_while_that_is_sealed() {
    let world = World::new(KV).await;
    let said = world.shell.run(&world.check()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");

    let mut authority = world.serve().await;
    let secret = world.service_secret().await;
    let session = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    world.vault("sys/seal").await;
    world.ask_for_a_session(&secret).await.expect(201);
    world.vault("sys/unseal").await;
    authority.terminate();
    assert!(authority.ended().await.success());

    // The keys are read again.
    let _authority = world.serve().await;
    let again = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    assert_eq!(again.key_id(), session.key_id());
}

#[tokio::test]
async fn an_authority_whose_keys_are_in_a_vault_starts_signs_and_outlives_a_sealed_one() {
    let world = World::new(TRANSIT).await;
    let said = world.shell.run(&world.check()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");

    let _authority = world.serve().await;
    let secret = world.service_secret().await;
    let session = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    assert!(session.key_id().starts_with("prod-"), "{}", session.key_id());

    world.vault("sys/seal").await;
    let refused = world.ask_for_a_session(&secret).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    let ready = || Call::get(&format!("http://127.0.0.1:{}/readyz", world.health));
    let said = world.client.ask(ready()).await.expect(503).json();
    assert_eq!(said["problems"], json!(["audience api: the custody does not sign"]));
    let listed = "tokenward sessions list --data /etc/tokenward --format json";
    let listed: serde_json::Value = serde_json::from_str(&world.shell.run(listed).await).unwrap();
    assert_eq!(
        listed.as_array().unwrap().len(),
        1,
        "of the login that failed nothing stays: {listed}"
    );
    let kek = world.shell.path("etc/kek.key");
    let good = fs::read(&kek).unwrap();
    fs::write(&kek, ::tokenward::crypto::random::<32>()).unwrap();
    let checked = world.shell.try_run(&world.check()).await;
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(text.contains("sealed under another"), "beside it, check looks for real: {text}");
    fs::write(&kek, good).unwrap();
    world.vault("sys/unseal").await;
    // By itself: whoever balances the load sends nothing by which it could notice.
    eventually(&world.client, &ready(), PATIENCE, |answer| answer.status == 200).await;
    world.ask_for_a_session(&secret).await.expect(201);

    world.vault("sys/seal").await;
    let drill = format!("tokenward keys compromise {} --data /etc/tokenward", session.key_id());
    let said = world.shell.run(&drill).await;
    let owed = "not done yet, and tried again:\n";
    assert!(
        said.contains(owed) && said.contains("  a private half is not destroyed yet\n"),
        "{said}"
    );
}

#[tokio::test]
async fn an_authority_whose_vault_only_signs_key_sets_starts_while_that_is_sealed() {
    let world = World::new(TRANSIT).await;
    let path = world.shell.path("etc/tokenward.toml");
    let transit = fs::read_to_string(&path).unwrap();
    let sealed = "custody  = \"sealed\"\n\
                  key_set_signer = \"vault-transit\"\ndelegation = \"delegation.json\"";
    fs::write(&path, transit.replace("custody  = \"vault-transit\"", sealed)).unwrap();
    let issuer = format!("{}/audiences/api", world.url);
    let ceremony = format!(
        "cd etc\ntokenward keys signer --config tokenward.toml > signer.jwk\n\
         tokenward root init --keys 1 --threshold 1 --out root\n\
         tokenward root delegate --root root/root.json --key root/root-key-1.pem \\\n\
         --signer signer.jwk --issuer {issuer} --algorithm ES256 --for 30d --out delegation.json\n"
    );
    world.shell.run(&ceremony).await;
    let mut first = world.serve().await;
    let secret = world.service_secret().await;
    first.terminate();
    assert!(first.ended().await.success());
    world.vault("sys/seal").await;

    let checked = world.shell.try_run(&world.check()).await;
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(text.starts_with("keys.key_set_signer: ") && text.contains("is sealed"), "{text}");
    let _second = world.serve().await;
    world.ask_for_a_session(&secret).await.expect(201);
}

#[tokio::test]
async fn an_authority_that_starts_while_its_vault_is_sealed_serves_and_signs_once_it_is_open() {
    let world = World::new(TRANSIT).await;
    let mut first = world.serve().await;
    let secret = world.service_secret().await;
    let session = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    first.kill();
    world.vault("sys/seal").await;

    // What looks before the start says so all the same.
    let checked = world.shell.try_run(&world.check()).await;
    let text = String::from_utf8(checked.stdout).unwrap();
    assert!(!checked.status.success() && text.contains("Vault is sealed: unseal it"), "{text}");

    let _second = world.serve().await;
    let set = Call::get(&format!("{}/audiences/api/jwks.json", world.url));
    let set = world.client.ask(set).await.expect(200).json();
    let kids: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert!(kids.contains(&&json!(session.key_id())), "{kids:?}");
    let token = [("token", session.access.as_str())];
    let ask = Call::new(http::Method::POST, &format!("{}/oauth2/introspect", world.url));
    let answer = world.client.ask(ask.basic("login", &secret).form(&token)).await.expect(200);
    assert_eq!(answer.json()["active"], json!(true));
    world.ask_for_a_session(&secret).await.expect(503);
    let ready = Call::get(&format!("http://127.0.0.1:{}/readyz", world.health));
    let ready = world.client.ask(ready).await.expect(503).json();
    let said = "audience api: the private half of the active key is out of reach";
    assert_eq!(ready["problems"], json!([said]));

    world.vault("sys/unseal").await;
    let create = world.session_call(&secret);
    eventually(&world.client, &create, PATIENCE, |answer| answer.status == 201).await;
}

#[tokio::test]
async fn a_first_start_while_the_vault_is_sealed_stops_with_a_line() {
    let world = World::new(TRANSIT).await;
    world.vault("sys/seal").await;

    let output = run(&mut world.command()).await;

    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("Vault is sealed: unseal it"), "{said}");
}

#[tokio::test]
async fn check_finds_what_is_wrong_with_a_vault_before_serve_does() {
    let world = World::new(TRANSIT).await;
    let good = fs::read_to_string(world.shell.path("etc/tokenward.toml")).unwrap();
    let address = good.split('"').find(|text| text.starts_with("http://127.0.0.1")).unwrap();
    let mount = "secret_id = { file = \"vault-secret-id\" }\nmount = ";
    let secret_id = "secret_id = { file = \"vault-secret-id\" }";
    for (old, new, said) in [
        (
            address,
            "http://127.0.0.1:1",
            "look at keys.vault.address, the network and keys.vault.ca",
        ),
        (secret_id, &format!("{mount}\"secret\""), "shows no engine at `secret`"),
        (
            "environment = \"prod\"",
            "environment = \"test\"",
            "Vault denies `read` on `transit/keys/test-api-",
        ),
        ("role_id   = \"", "role_id   = \"0", "or correct keys.vault.role_id"),
        ("vault-secret-id\"", "nowhere\"", "keys.vault.secret_id: "),
    ] {
        assert!(good.contains(old), "{old}");
        // A store belongs to one environment, an empty one to none yet.
        drop(fs::remove_file(world.shell.path("etc/tokenward.db")));
        world.refuses(&good.replace(old, new), said).await;
    }
}

#[tokio::test]
async fn a_store_moves_its_key_encryption_key_into_the_vault() {
    let world = World::new(TRANSIT).await;
    world.shell.run("tokenward keys rotate --config /etc/tokenward/tokenward.toml").await;
    world.shell.write("tokenward-store.hcl", &tested("vault-kek-policy"));
    world.shell.run(&format!("{VAULT}{}", tested("vault-kek-setup"))).await;
    let [old, new] = ["etc/tokenward.toml", "etc/new.toml"].map(|name| world.shell.path(name));
    let text = fs::read_to_string(&old).unwrap();
    let key_file = text.lines().find(|line| line.starts_with("key_file")).unwrap();
    let kek = tested("vault-kek-config");
    fs::write(&new, text.replace(key_file, kek.trim_start_matches("[keys]\n"))).unwrap();

    let said = world.shell.run(&format!("{REWRAP} /etc/tokenward/new.toml")).await;
    assert!(said.contains("and under no other"), "{said}");
    fs::rename(&new, &old).unwrap();
    fs::remove_file(world.shell.path("etc/kek.key")).unwrap();
    world.shell.run(&world.check()).await;

    world.vault("sys/seal").await;
    let refused = world.shell.try_run(&world.check()).await;
    let refused = String::from_utf8(refused.stdout).unwrap();
    assert_eq!(
        refused,
        "keys.vault_key: the key of the store could not be opened: Vault is sealed: unseal it\n"
    );
    world.vault("sys/unseal").await;
    world.vault("transit/keys/prod-store/rotate").await;
    let said = world.shell.run(&format!("{REWRAP} /etc/tokenward/tokenward.toml")).await;
    assert!(said.contains("under the key-encryption key that it had; keep that"), "{said}");
    world.shell.run(&world.check()).await;
}

#[tokio::test]
async fn the_secret_of_a_proxy_comes_from_the_vault() {
    let world = World::new(TRANSIT).await;
    world.shell.write("tokenward-secrets.hcl", &tested("vault-secrets-policy"));
    world.shell.run(&format!("{VAULT}{}", tested("vault-secrets-setup"))).await;
    let path = world.shell.path("etc/tokenward.toml");
    let text = fs::read_to_string(&path).unwrap();
    let tables = tested("vault-secrets-config");
    let (vault, proxy) = tables.split_once("\n[[proxy]]").unwrap();
    let secrets = vault.trim_start_matches("[keys.vault]");
    let good =
        format!("{}\n[[proxy]]{proxy}", text.replace("\nrole_id ", &format!("{secrets}role_id ")));
    fs::write(&path, &good).unwrap();
    world.shell.run(&world.check()).await;

    let question = async |secret: &str| {
        let call = Call::get(&format!("{}/auth/nginx/api", world.url))
            .header("x-proxy-secret", secret)
            .header("x-original-method", "GET")
            .header("x-original-uri", "/");
        world.client.ask(call).await.status
    };
    let _authority = world.serve().await;
    let secret = world.shell.run("cat /etc/tokenward/edge").await;
    assert_eq!([question(secret.trim()).await, question("another-secret-of-it").await], [401, 403]);

    fs::write(&path, good.replace("edge#password", "edge#pasword")).unwrap();
    let refused = world.shell.try_run(&world.check()).await;
    assert_eq!(
        String::from_utf8(refused.stdout).unwrap(),
        "proxy.edge.secret: `secret/data/prod/edge` has no text in the field `pasword`\n"
    );
}

/// For what comes by itself, within a second or two on a machine that is not busy.
const PATIENCE: Duration = Duration::from_secs(20);

const TRANSIT: [&str; 4] = ["tokenward.hcl", "vault-policy", "vault-setup", "vault-config"];
const KV: [&str; 4] = ["tokenward-kv.hcl", "vault-kv-policy", "vault-kv-setup", "vault-kv-config"];

/// A vault set up as the page says, and an authority that is configured for it.
struct World {
    site: Site,
    _vault: Process,
}

impl World {
    /// A file, and the blocks of the page: the policy that the file holds, the commands, the settings.
    async fn new([file, policy, setup, config]: [&str; 4]) -> Self {
        let folder = root().join("interop/vault");
        let mut command = Command::new(python_program());
        let mut vault = Process::spawn("vault", command.arg(folder.join("server.py")));
        let address = vault.ready().await;
        let shell = Shell::new();
        let etc = shell.path("etc").display().to_string();
        let shell = shell
            .replacing("/etc/tokenward", &etc)
            .replacing("https://vault.example.com:8200", &address)
            .env("PYTHON", python_program().to_str().unwrap())
            .env("VAULT", folder.join("vault").to_str().unwrap())
            .env("VAULT_ADDR", &address)
            .env("VAULT_TOKEN", "root");
        fs::create_dir(shell.path("etc")).unwrap();
        shell.write(file, &tested(policy));
        let setup = tested(setup);
        let role_id = shell.run(&format!("{VAULT}{setup}")).await;
        let keys = tested(config).replace("ROLE_ID", role_id.trim());
        Self { site: Site::new(shell, "vault-start", &keys), _vault: vault }
    }

    async fn vault(&self, path: &str) {
        let post = "curl -sSf -X POST -H \"X-Vault-Token: $VAULT_TOKEN\" \"$VAULT_ADDR/v1";
        self.shell.run(&format!("{post}/{path}\"")).await;
    }
}

impl Deref for World {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

const VAULT: &str = "vault() { \"$PYTHON\" \"$VAULT\" \"$@\"; }\n";
const REWRAP: &str = "tokenward keys rewrap --config /etc/tokenward/tokenward.toml --to-config";
