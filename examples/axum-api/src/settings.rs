//! What the example is told: by `--dev-json`, the file that `tokenward serve --dev` wrote, or setting by
//! setting.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use http::Uri;
use rustls::ServerConfig;
use serde::Deserialize;
use tokenward::{Audience, ClientId, IssuerId};
use tokenward_remote::{Credential, RemoteConfig};
use tokenward_tower::csrf::{InvalidOrigin, Origins};
use tokenward_tower::dpop::{Dpop, InvalidSite};

use crate::{Failure, tls};

/// A small API behind tokenward
#[derive(Parser)]
#[command(after_help = "Example: axum-api --dev-json .tokenward/dev.json")]
pub(crate) struct Arguments {
    /// The file that `tokenward serve --dev` wrote: issuer, credential and certificates in one
    #[arg(long, value_name = "FILE")]
    dev_json: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// The audience's issuer, for example `https://auth.example.com/audiences/billing-api`
    #[arg(
        long,
        env = "TOKENWARD_ISSUER",
        value_name = "URL",
        required_unless_present = "dev_json"
    )]
    issuer: Option<String>,
    /// The service that reads the revocation feed; its secret is `TOKENWARD_CLIENT_SECRET`
    #[arg(long, env = "TOKENWARD_CLIENT_ID", value_name = "NAME")]
    client_id: Option<String>,
    /// Certificates of the authority's CA, if the system does not trust it
    #[arg(long, env = "TOKENWARD_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// This server's certificate chain
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// This server's private key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where clients reach us, as their proofs name it; `https://localhost:PORT`, if nothing is said
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// An origin from which browsers may change things by cookie, besides our own; repeat for more
    #[arg(long = "origin", value_name = "URL")]
    origins: Vec<String>,
}

/// Everything that the example needs, checked.
pub(crate) struct Settings {
    pub(crate) dev: bool,
    pub(crate) listen: SocketAddr,
    /// The authority's base URL.
    pub(crate) authority: Uri,
    /// What it trusts besides the system's certificates, as PEM.
    pub(crate) ca: Option<Vec<u8>>,
    pub(crate) tls: Arc<ServerConfig>,
    origins: Vec<String>,
    site: Option<String>,
    pub(crate) remote: RemoteConfig,
}

/// Who the authority is and who we are to it.
#[derive(Deserialize)]
struct Place {
    /// The authority's base URL, without a trailing slash.
    #[serde(rename = "base_url")]
    authority: String,
    audience: String,
    client_id: String,
    client_secret: String,
    ca_file: Option<PathBuf>,
}

impl Settings {
    /// Reads what `arguments` name.
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let dev = arguments.dev_json.is_some();
        let place = match &arguments.dev_json {
            Some(path) => serde_json::from_slice(&read(path)?)
                .map_err(|error| format!("--dev-json {}: {error}", path.display()))?,
            None => Place::from_settings(arguments)?,
        };
        let ca = place.ca_file.as_deref().map(read).transpose()?;
        Ok(Self {
            dev,
            listen: arguments.listen,
            authority: place.authority.parse()?,
            tls: tls_config(arguments, &place)?,
            origins: arguments.origins.clone(),
            site: arguments.site.clone(),
            remote: place.remote(ca.as_deref())?,
            ca,
        })
    }
}

impl Settings {
    /// From where browsers may change things by cookie, when we listen on `port`.
    pub(crate) fn origins(&self, port: u16) -> Result<Origins, InvalidOrigin> {
        // What `curl -H Origin` in the tour says; browsers say `Sec-Fetch-Site: same-origin` anyway.
        let own = self.dev.then(|| format!("https://localhost:{port}"));
        Origins::new(self.origins.iter().cloned().chain(own))
    }
}

impl Settings {
    /// For whose requests proofs are made, when we listen on `port`.
    pub(crate) fn dpop(&self, port: u16) -> Result<Dpop, InvalidSite> {
        let own = format!("https://localhost:{port}");
        Dpop::new([self.site.as_deref().unwrap_or(&own)])
    }
}

impl Place {
    fn from_settings(arguments: &Arguments) -> Result<Self, Failure> {
        let issuer = arguments.issuer.as_deref().ok_or("--issuer is missing")?;
        let (authority, audience) = issuer
            .rsplit_once("/audiences/")
            .ok_or("--issuer must end in /audiences/NAME, the issuer of one audience")?;
        let client_id = arguments.client_id.clone().ok_or("--client-id is missing")?;
        let client_secret = std::env::var("TOKENWARD_CLIENT_SECRET").map_err(
            |_| "TOKENWARD_CLIENT_SECRET is not set; it holds the secret of --client-id",
        )?;
        let ca_file = arguments.ca_file.clone();
        let (authority, audience) = (authority.to_owned(), audience.to_owned());
        Ok(Self { authority, audience, client_id, client_secret, ca_file })
    }

    fn remote(&self, ca: Option<&[u8]>) -> Result<RemoteConfig, Failure> {
        let issuer = format!("{}/audiences/{}", self.authority, self.audience);
        let credential = Credential::new(ClientId::new(&*self.client_id)?, &self.client_secret);
        let audience = Audience::new(&*self.audience)?;
        let config = RemoteConfig::new(IssuerId::new(issuer)?, audience, credential);
        Ok(match ca {
            Some(pem) => config.extra_ca(pem),
            None => config,
        })
    }
}

/// In development the authority's own certificate, which is for every name of this machine.
fn tls_config(arguments: &Arguments, place: &Place) -> Result<Arc<ServerConfig>, Failure> {
    let beside_ca = |name| place.ca_file.as_ref().map(|ca| ca.with_file_name(name));
    let (certificate, key) = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => (Some(certificate.clone()), Some(key.clone())),
        _ if arguments.dev_json.is_some() => (beside_ca("cert.pem"), beside_ca("key.pem")),
        _ => (None, None),
    };
    let (certificate, key) = certificate
        .zip(key)
        .ok_or("--tls-cert and --tls-key are missing: session cookies travel over TLS alone")?;
    Ok(tls::server_config(&certificate, &key)?)
}

fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Failure> {
    let path = path.as_ref();
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
