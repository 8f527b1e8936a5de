//! Everything that is judged, gathered before anything is.

use std::path::Path;

use http::StatusCode;
use serde::de::DeserializeOwned;
use tokenward_keys::KeyInfo;
use tokenward_server::admin::api::{AdminTokenInfo, Posture, ServiceInfo, Status};

use super::modes::{self, Exposed};
use super::public::{self, Outside};
use crate::client::{AdminClient, CallError, Site};
use crate::clock;
use crate::config::{self, Config};
use crate::failure::Failure;

/// What was seen of a deployment.
pub(super) struct Seen {
    pub(super) status: Status,
    pub(super) posture: Posture,
    pub(super) keys: Vec<KeyInfo>,
    pub(super) services: Vec<ServiceInfo>,
    /// Only the admin socket tells them.
    pub(super) admin_tokens: Option<Vec<AdminTokenInfo>>,
    /// What this machine's clock said when the authority told its own.
    pub(super) now: u64,
    pub(super) outside: Option<Outside>,
    pub(super) files: Option<Files>,
}

/// What lies beside a deployment on this machine.
pub(super) struct Files {
    /// Those that others can read or write.
    pub(super) exposed: Vec<Exposed>,
    /// How many were looked at.
    pub(super) count: usize,
    /// What `listen.redirect` answers, if there is one: whether that is a redirect to https, or what else.
    pub(super) redirect: Option<Result<(), String>>,
}

impl Seen {
    /// What the authority says of itself.
    pub(super) async fn of(client: &AdminClient) -> Result<Self, Failure> {
        let status = get(client, "/admin/v1/status").await?;
        let now = clock::system().now().as_secs();
        let tokens = client.get("/admin/v1/admin-tokens").await;
        let admin_tokens = match tokens {
            Ok(tokens) => Some(tokens),
            Err(CallError::Refused { status: StatusCode::FORBIDDEN, .. }) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            status,
            now,
            posture: get(client, "/admin/v1/posture").await?,
            keys: get(client, "/admin/v1/keys").await?,
            services: get(client, "/admin/v1/services").await?,
            admin_tokens,
            outside: None,
            files: None,
        })
    }

    /// Asks the public listener as a stranger would.
    pub(super) async fn look_from_outside(&mut self, site: &Site) {
        self.outside = Some(Outside::of(site, &self.posture, self.status.now).await);
    }

    /// Looks at the data folder and at what `config` names.
    pub(super) async fn look_at_files(
        &mut self,
        data: &Path,
        config: Option<&Path>,
    ) -> Result<(), Failure> {
        let config = config.map(read).transpose()?;
        let (exposed, count) = modes::of(data, config.as_ref())?;
        let redirect = match config.as_ref().and_then(|config| config.listen.redirect) {
            Some(address) => Some(public::redirect(address).await),
            None => None,
        };
        self.files = Some(Files { exposed, count, redirect });
        Ok(())
    }
}

fn read(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|problems| config::refusal(&problems))
}

async fn get<A: DeserializeOwned>(client: &AdminClient, path: &str) -> Result<A, Failure> {
    client.get(path).await.map_err(Failure::from)
}
