//! `[keys.vault]`, made into a client that is ready to log in.

use tokenward_remote::client_tls;
use tokenward_vault::{Login, LoginError, Vault, VaultOptions, VaultSecret};

use crate::config::{Config, VaultConfig, VaultLogin};
use crate::failure::Failure;
use crate::secret::{Secret, Variables};
use crate::{clock, files};

/// The client, with its credential found; nothing is sent yet.
pub(in crate::deployment) fn client(
    config: &Config,
    vault: &VaultConfig,
    variables: &Variables,
) -> Result<Vault, Failure> {
    let ca = vault.ca.as_ref().map(|path| files::read(&config.path(path))).transpose()?;
    let tls =
        client_tls(ca.as_deref()).map_err(|error| Failure::because("keys.vault.ca", &error))?;
    let mut options = VaultOptions::new(vault.address.clone(), tls);
    options.namespace.clone_from(&vault.namespace);
    options.answer_timeout = vault.timeout;
    options.connect_timeout = options.connect_timeout.min(vault.timeout);
    let login = login(config, &vault.login, variables)?;
    Ok(Vault::new(options, login, clock::system()))
}

type LoginSource = Box<dyn Fn() -> Result<Login, LoginError> + Send + Sync>;

fn login(
    config: &Config,
    login: &VaultLogin,
    variables: &Variables,
) -> Result<LoginSource, Failure> {
    let (environment, base) = (&config.environment, &config.base);
    match login {
        VaultLogin::Token(secret) => {
            let setting = "keys.vault.token";
            let token = secret.follow(setting, environment, base, variables)?;
            Ok(Box::new(move || Ok(Login::Token(parsed(setting, token())?))))
        }
        VaultLogin::AppRole { mount, role_id, secret_id } => {
            let setting = "keys.vault.secret_id";
            let secret_id = secret_id.follow(setting, environment, base, variables)?;
            let (mount, role_id) = (mount.clone(), role_id.clone());
            Ok(Box::new(move || {
                Ok(Login::AppRole {
                    mount: mount.clone(),
                    role_id: role_id.clone(),
                    secret_id: parsed(setting, secret_id())?,
                })
            }))
        }
    }
}

fn parsed(setting: &str, found: Result<Secret, Failure>) -> Result<VaultSecret, LoginError> {
    let secret = found.map_err(|failure| failure.to_string())?;
    Ok(VaultSecret::new(secret.expose()).map_err(|error| format!("{setting}: {error}"))?)
}
