//! The page of the custody `vault-transit`, against the stand-in for Vault.

use std::fs;
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::client::{Answer, Call, Client};
use crate::harness::{Session, free_port, write_private};
use crate::markdown::{root, tested};
use crate::process::{Process, TOKENWARD};
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn an_authority_whose_keys_are_documents_in_a_vault_signs_while_that_is_sealed() {
    let world = World::new(KV).await;
    let said = world.shell.run(&check()).await;
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
    let said = world.shell.run(&check()).await;
    assert!(said.ends_with("tokenward.toml: good\n"), "{said}");

    let _authority = world.serve().await;
    let secret = world.service_secret().await;
    let session = Session::of(&world.ask_for_a_session(&secret).await.expect(201));
    assert!(session.key_id().starts_with("prod-"), "{}", session.key_id());

    world.vault("sys/seal").await;
    let refused = world.ask_for_a_session(&secret).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    world.vault("sys/unseal").await;
    world.ask_for_a_session(&secret).await.expect(201);
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
        fs::write(world.shell.path("etc/tokenward.toml"), good.replace(old, new)).unwrap();

        let output = world.shell.try_run(&check()).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!output.status.success() && text.contains(said), "{said}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

const TRANSIT: [&str; 4] = ["tokenward.hcl", "vault-policy", "vault-setup", "vault-config"];
const KV: [&str; 4] = ["tokenward-kv.hcl", "vault-kv-policy", "vault-kv-setup", "vault-kv-config"];

/// A vault set up as the page says, and an authority that is configured for it.
struct World {
    shell: Shell,
    client: Client,
    url: String,
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
        let role_id =
            shell.run(&format!("vault() {{ \"$PYTHON\" \"$VAULT\" \"$@\"; }}\n{setup}")).await;
        let key = KeyPair::generate().unwrap();
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        shell.write("etc/fullchain.pem", &names.self_signed(&key).unwrap().pem());
        write_private(&shell.path("etc/privkey.pem"), &key.serialize_pem());
        write_private(&shell.path("etc/kek.key"), "32 bytes that are not in any way");
        let port = free_port();
        let keys = tested(config).replace("ROLE_ID", role_id.trim());
        shell.write("etc/tokenward.toml", &format!("{}{keys}", settings(port)));
        let client = Client::trusting(&shell.path("etc/fullchain.pem"));
        Self { shell, client, url: format!("https://localhost:{port}"), _vault: vault }
    }

    /// The command of the page that starts.
    async fn serve(&self) -> Process {
        let start = self.shell.adapt(tested("vault-start").lines().nth(1).unwrap());
        let mut command = self.shell.command(TOKENWARD);
        let mut process = Process::spawn("authority", command.args(start.split(' ').skip(1)));
        process.ready().await;
        process
    }

    async fn service_secret(&self) -> String {
        let made =
            self.shell.run("tokenward services rotate-secret login --data /etc/tokenward").await;
        made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap().to_owned()
    }

    async fn ask_for_a_session(&self, secret: &str) -> Answer {
        let body: Value = json!({ "subject": "ada", "audience": "api" });
        let call = Call::new(http::Method::POST, &format!("{}/v1/sessions", self.url));
        self.client.ask(call.basic("login", secret).json(&body)).await
    }

    async fn vault(&self, path: &str) {
        let post = "curl -sSf -X POST -H \"X-Vault-Token: $VAULT_TOKEN\" \"$VAULT_ADDR/v1";
        self.shell.run(&format!("{post}/{path}\"")).await;
    }
}

/// The command of the page that looks before the start.
fn check() -> String {
    tested("vault-start").lines().next().unwrap().to_owned()
}

fn settings(port: u16) -> String {
    format!(
        "environment = \"prod\"\nissuer = \"https://localhost:{port}\"\n\
         [listen]\npublic = \"127.0.0.1:{port}\"\n\
         [tls]\ncertificate = \"fullchain.pem\"\nkey = \"privkey.pem\"\n\
         [[audience]]\nname = \"api\"\n\
         [[service]]\nname = \"login\"\nmay = [\"sessions:write\"]\naudiences = [\"api\"]\n"
    )
}
