//! `tokenward gate` for every proxy at once.

use std::fmt::Write as _;
use std::path::PathBuf;

use tempfile::TempDir;
use tokenward_testing::free_port;

use crate::harness::{Authority, Dev, write_private};
use crate::process::{Process, tokenward};

/// What the proxies prove themselves by, where they do not come through a socket.
pub(super) const SECRET: &str = "planted-secret-of-the-edge";

pub(super) struct Gate {
    _process: Process,
    pub(super) port: u16,
    folder: TempDir,
}

impl Gate {
    /// One with `rules`, on a Unix socket.
    pub(super) async fn on_a_socket(authority: &Authority, rules: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let listen = format!("listen = \"unix:{}\"", socket(&folder).display());
        Self::start(&authority.dev, folder, 0, &listen, "unix = true", rules).await
    }

    /// One for tokens of `dev`'s audience that are bound to certificates, of which its proxies tell.
    pub(super) async fn of_certificates(dev: &Dev) -> Self {
        let folder = TempDir::new().unwrap();
        let listen = format!("listen = \"unix:{}\"", socket(&folder).display());
        let proof = "unix = true\nclient_certificates = true";
        let bound = format!("[[audience]]\nname = \"{}\"\nmtls = \"offered\"\n", dev.audience);
        Self::start(dev, folder, 0, &listen, proof, &format!("{bound}[[rule]]")).await
    }

    /// One that lets every good token through, by TLS, for proxies that know the secret.
    pub(super) async fn by_secret(authority: &Authority) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let tls = authority.data().join("tls");
        let listen = format!(
            "listen = \"127.0.0.1:{port}\"\ntls = {{ certificate = \"{0}/cert.pem\", key = \"{0}/key.pem\" }}",
            tls.display()
        );
        write_private(&folder.path().join("edge"), SECRET);
        let secret = "secret = { file = \"edge\" }";
        Self::start(&authority.dev, folder, port, &listen, secret, "[[rule]]").await
    }

    async fn start(
        dev: &Dev,
        folder: TempDir,
        port: u16,
        listen: &str,
        proof: &str,
        rules: &str,
    ) -> Self {
        let mut config = format!(
            "environment = \"dev\"\n{listen}\nissuer = \"{}\"\naudiences = [\"{}\"]\n\
             ca_file = \"{}\"\n[feed]\nclient_id = \"{}\"\nclient_secret = {{ file = \"feed\" }}\n\
             [[cookies]]\naudience = \"{}\"\norigins = [\"https://localhost\"]\n\
             login = \"https://login.example.com/\"\n",
            dev.issuer,
            dev.audience,
            dev.ca_file.display(),
            dev.client_id,
            dev.audience,
        );
        for profile in ["nginx", "caddy", "haproxy", "envoy"] {
            write!(config, "[[proxy]]\nname = \"{profile}\"\nprofile = \"{profile}\"\n{proof}\n")
                .unwrap();
        }
        config.push_str(rules);
        write_private(&folder.path().join("feed"), &dev.client_secret);
        let file = folder.path().join("gate.toml");
        write_private(&file, &config);
        let mut command = tokenward(&["gate", "--config"]);
        let mut process = Process::spawn("gate", command.arg(file).env("TOKENWARD_LOG", "debug"));
        process.ready().await;
        Self { _process: process, port, folder }
    }

    /// What a page prints for production, about this gate.
    pub(super) fn adapt(&self, printed: &str) -> String {
        printed
            .replace("/run/tokenward/gate.sock", socket(&self.folder).to_str().unwrap())
            .replace("gate.internal", "localhost")
            .replace("9090", "{gate}")
            .replace("billing-api", "demo-api")
    }
}

fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("gate.sock")
}
