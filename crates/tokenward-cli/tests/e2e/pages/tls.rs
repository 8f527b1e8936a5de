//! Certificates by ACME, from a real authority, and clients that show one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, DnType, IsCa, Issuer, KeyPair,
    generate_simple_self_signed,
};
use tokenward_testing::free_port;
use tokio::time::{Instant, sleep};

use crate::harness::write_private;
use crate::markdown::tested;
use crate::process::{Process, TOKENWARD, run};
use crate::shell::Shell;

#[tokio::test]
async fn a_certificate_is_ordered_kept_and_renewed() {
    let world = Acme::new().await;
    let mut server = world.start().await;
    world.is_trusted().await;
    let first = fs::read(world.shell.path("acme/cert.pem")).unwrap();
    for file in ["account.json", "cert.pem", "key.pem"] {
        let mode = fs::metadata(world.shell.path("acme").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }

    server.kill();
    let mut server = world.start().await;
    assert!(world.ask().await, "the certificate of before serves at once");
    assert_eq!(fs::read(world.shell.path("acme/cert.pem")).unwrap(), first);

    // One that has a day left of sixty is renewed.
    server.kill();
    let (chain, key) = nearly_over();
    write_private(&world.shell.path("acme/cert.pem"), &chain);
    write_private(&world.shell.path("acme/key.pem"), &key);
    let server = world.start().await;
    world.is_trusted().await;
    drop(server);
}

#[tokio::test]
async fn an_authority_that_is_down_takes_nothing_away() {
    let mut world = Acme::new().await;
    world.pebble.kill();
    let (chain, key) = nearly_over();
    fs::create_dir(world.shell.path("acme")).unwrap();
    write_private(&world.shell.path("acme/cert.pem"), &chain);
    write_private(&world.shell.path("acme/key.pem"), &key);
    fs::write(world.shell.path("root.pem"), &chain).unwrap();

    let server = world.start().await;
    let end = Instant::now() + PATIENCE;
    while !server.log_text().contains("no new certificate yet") {
        assert!(Instant::now() < end, "{}", server.log_text());
        sleep(Duration::from_millis(50)).await;
    }
    assert!(world.ask().await, "what there is goes on");
}

#[tokio::test]
async fn clients_are_who_their_certificates_say() {
    let shell = Shell::new();
    let [public, mtls, admin] = [free_port(), free_port(), free_port()];
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(shell.path("fullchain.pem"), cert.pem()).unwrap();
    write_private(&shell.path("privkey.pem"), &signing_key.serialize_pem());
    let clients = Clients::new();
    fs::write(shell.path("clients.pem"), &clients.pem).unwrap();
    clients.certify(&shell, "edge", "edge.example.com");
    clients.certify(&shell, "other", "other.example.com");
    Clients::new().certify(&shell, "stranger", "edge.example.com");
    let config = tested("tls-clients")
        .replace("0.0.0.0:8443", &format!("127.0.0.1:{public}"))
        .replace("0.0.0.0:8444", &format!("127.0.0.1:{mtls}"))
        .replace("10.0.0.5:9443", &format!("127.0.0.1:{admin}"));
    let head = format!("environment = \"test\"\nissuer = \"https://localhost:{public}\"\n");
    write_private(&shell.path("kek.key"), "32 bytes that are not in any way");
    shell.write("tokenward.toml", &format!("{head}{config}\n{}", tested("guard-config")));
    let mut server = Process::spawn("tls", shell.command(TOKENWARD).arg("serve"));
    server.ready().await;

    let ask = async |port: u16, client: Option<&str>, path: &str| {
        let mut curl = shell.command("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", "fullchain.pem"]);
        curl.args(["-H", "x-original-method: GET", "-H", "x-original-uri: /"]);
        if let Some(client) = client {
            curl.args(["--cert", &format!("{client}.pem"), "--key", &format!("{client}.key")]);
        }
        let asked = run(curl.arg(format!("https://localhost:{port}{path}"))).await;
        String::from_utf8(asked.stdout).unwrap()
    };
    let jwks = "/audiences/billing-api/jwks.json";
    assert_eq!(ask(public, None, jwks).await, "200");
    for nobody in [None, Some("stranger")] {
        assert_eq!(ask(mtls, nobody, jwks).await, "000", "{nobody:?}");
        assert_eq!(ask(admin, nobody, "/metrics").await, "000", "{nobody:?}");
    }
    assert_eq!(ask(mtls, Some("edge"), jwks).await, "200");
    // The token is asked for all the same.
    assert_eq!(ask(admin, Some("edge"), "/admin/v1/keys").await, "401");

    let gate = "/auth/nginx/billing-api";
    assert_eq!(ask(mtls, Some("edge"), gate).await, "401", "the proxy is known, and has no token");
    assert_eq!(ask(mtls, Some("other"), gate).await, "403", "a certificate of another name");
    assert_eq!(ask(public, Some("edge"), gate).await, "403", "nobody asks for one there");
}

/// An ACME authority, and a folder for an authority of ours that is to be certified by it.
struct Acme {
    shell: Shell,
    pebble: Process,
    port: u16,
}

impl Acme {
    async fn new() -> Self {
        let shell = Shell::new();
        let [port, directory, management] = [free_port(), free_port(), free_port()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(shell.path("pebble.pem"), cert.pem()).unwrap();
        fs::write(shell.path("pebble.key"), signing_key.serialize_pem()).unwrap();
        let config = serde_json::json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{directory}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": shell.path("pebble.pem"),
            "privateKey": shell.path("pebble.key"),
            "httpPort": free_port(),
            "tlsPort": port,
        }});
        fs::write(shell.path("pebble.json"), config.to_string()).unwrap();
        let mut pebble = shell.command("pebble");
        pebble.args(["-config", "pebble.json"]).env("PEBBLE_VA_NOSLEEP", "1");
        let pebble = Process::spawn("pebble", &mut pebble);
        let acme = tested("tls-acme").replace("auth.example.com", "localhost").replace(
            "contact",
            &format!("directory = \"https://localhost:{directory}/dir\", ca_file = \"pebble.pem\", contact"),
        );
        let config = format!(
            "environment = \"test\"\nissuer = \"https://localhost:{port}\"\n\
             [listen]\npublic = \"127.0.0.1:{port}\"\n{acme}\n[[audience]]\nname = \"demo-api\"\n"
        );
        fs::write(shell.path("tokenward.toml"), config).unwrap();
        write_private(&shell.path("kek.key"), "32 bytes that are not in any way");
        let root = format!("https://localhost:{management}/roots/0");
        let fetch = format!(
            "curl -sf --retry 50 --retry-delay 1 --retry-connrefused --cacert pebble.pem {root} -o root.pem"
        );
        shell.run(&fetch).await;
        Self { shell, pebble, port }
    }

    async fn start(&self) -> Process {
        let mut command = self.shell.command(TOKENWARD);
        let mut server = Process::spawn("acme", command.arg("serve"));
        server.ready().await;
        server
    }

    /// Whether somebody who trusts the authority's root gets an answer.
    async fn ask(&self) -> bool {
        let url = format!("https://localhost:{}/audiences/demo-api/jwks.json", self.port);
        let mut curl: Command = self.shell.command("curl");
        run(curl.args(["-sf", "--cacert", "root.pem", &url])).await.status.success()
    }

    async fn is_trusted(&self) {
        let end = Instant::now() + PATIENCE;
        while !self.ask().await {
            assert!(Instant::now() < end, "no certificate came");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A certificate with a day left of sixty.
fn nearly_over() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    let now = rcgen::date_time_ymd(1970, 1, 1) + std::time::UNIX_EPOCH.elapsed().unwrap();
    (params.not_before, params.not_after) = (now - 59 * day, now + day);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// An authority for clients.
pub(super) struct Clients {
    pub(super) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Clients {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // One of the same name as its issuer would be taken for its own.
        params.distinguished_name.push(DnType::CommonName, "clients");
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Writes a certificate for `name` and its key, as `file`.pem and `file`.key.
    pub(super) fn certify(&self, shell: &Shell, file: &str, name: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let write = |kind: &str, text: &str| {
            let place = shell.path(&format!("{file}.{kind}"));
            write_private(Path::new(&place), text);
        };
        write("pem", &certificate.pem());
        write("key", &key.serialize_pem());
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
