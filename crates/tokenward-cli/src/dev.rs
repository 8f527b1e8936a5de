//! What `serve --dev` keeps in its folder: certificates, the key-encryption key, and `dev.json`.
//!
//! **Invariant:** everything in the folder is for development alone: `dev.json` holds secrets in the
//! clear, which no other mode writes anywhere.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokenward::{UnixTime, crypto};
use tokenward_sessions::{
    AdminScope, AdminToken, AdminTokenRecord, AdminTokenStore, ServiceSecret,
};
use zeroize::Zeroizing;

use crate::deployment::Opened;
use crate::failure::Failure;
use crate::files;

#[cfg(test)]
mod tests;

/// The names under which the development server is reached.
pub(crate) const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// The one audience.
pub(crate) const AUDIENCE: &str = "demo-api";
/// The one service.
pub(crate) const SERVICE: &str = "demo-backend";

/// `DIR/dev.json`: what a login back end would be given, for the tour and for tests.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct DevFile {
    pub(crate) issuer: String,
    pub(crate) base_url: String,
    pub(crate) jwks_uri: String,
    pub(crate) admin_url: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) audience: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) admin_token: String,
    /// Where the demo is; a folder of an earlier version says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) demo_url: Option<String>,
}

impl fmt::Debug for DevFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevFile").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The secrets of `dev.json`: the same over restarts.
#[derive(Debug)]
pub(crate) struct DevSecrets {
    pub(crate) service: ServiceSecret,
    pub(crate) admin: AdminToken,
}

/// The folder of a development server.
#[derive(Clone, Debug)]
pub(crate) struct DevFolder {
    dir: PathBuf,
}

impl DevFolder {
    /// Makes the folder if need be, out of git's sight.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        files::create_dir(dir)?;
        let ignore = dir.join(".gitignore");
        if !ignore.exists() {
            files::replace_public(&ignore, b"*\n")?;
        }
        // Absolute, because `ca_file` in `dev.json` is read from other folders.
        let dir = dir.canonicalize().map_err(|error| Failure::because(dir.display(), &error))?;
        Ok(Self { dir })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What an earlier run wrote; `None` if there was none, or it cannot be used.
    pub(crate) fn earlier(&self) -> Result<Option<DevFile>, Failure> {
        let path = self.path("dev.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_private(&path)?;
        let file: DevFile = serde_json::from_slice(&text).map_err(|error| {
            Failure::because(
                format!("{}: delete this file to make a new one", path.display()),
                &error,
            )
        })?;
        Ok(Some(file))
    }

    /// The secrets of an earlier run, or fresh ones.
    pub(crate) fn secrets(earlier: Option<&DevFile>) -> DevSecrets {
        let service = earlier.and_then(|file| ServiceSecret::parse(&file.client_secret).ok());
        let admin = earlier.and_then(|file| AdminToken::parse(&file.admin_token).ok());
        DevSecrets {
            service: service.unwrap_or_else(ServiceSecret::random),
            admin: admin.unwrap_or_else(AdminToken::random),
        }
    }

    /// Writes `dev.json`.
    pub(crate) fn write(&self, file: &DevFile) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(file)
            .map(Zeroizing::new)
            .map_err(|error| Failure::because("dev.json", &error))?;
        files::replace_private(&self.path("dev.json"), &text)
    }

    /// The 32 bytes that seal the signing keys; made on the first run.
    pub(crate) fn kek(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let path = self.path("kek.key");
        if !path.exists() {
            let fresh = Zeroizing::new(crypto::random::<32>());
            files::create_private(&path, fresh.as_slice())?;
        }
        files::read_private(&path)
    }
}

/// Makes the administrator's token of `dev.json` known to the store.
pub(crate) async fn add_admin_token(
    opened: &Opened,
    token: &AdminToken,
    now: UnixTime,
) -> Result<(), Failure> {
    let record = AdminTokenRecord {
        hash: token.hash(),
        label: "dev.json".to_owned(),
        scopes: BTreeSet::from(AdminScope::ALL),
        created_at: now,
        // An exception for development alone: everywhere else such a token ends.
        ends_at: UnixTime::NEVER,
    };
    opened
        .admin_tokens()
        .add_admin_token(record)
        .await
        .map_err(|error| Failure::because("the store", &error))
}

impl DevFile {
    /// The port of `base_url`.
    pub(crate) fn port(&self) -> Option<u16> {
        port_of(&self.base_url)
    }

    /// The port of `admin_url`.
    pub(crate) fn admin_port(&self) -> Option<u16> {
        port_of(&self.admin_url)
    }

    /// The port of `demo_url`.
    pub(crate) fn demo_port(&self) -> Option<u16> {
        port_of(self.demo_url.as_deref()?)
    }
}

fn port_of(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.parse().ok()
}
