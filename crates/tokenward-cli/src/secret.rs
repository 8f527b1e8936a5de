//! Secrets by name: found in the environment, in a file, or among systemd's credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;

#[cfg(test)]
mod tests;

/// The name of a deployment environment: the prefix of every secret and of every `kid`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Environment(String);

impl Environment {
    /// The environment in which development happens.
    pub(crate) const DEV: &'static str = "dev";

    /// Parses a short lower-case name.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty()
            || text.len() > 32
            || !text.starts_with(|c: char| c.is_ascii_lowercase())
            || !text.chars().all(plain)
        {
            return Err(format!(
                "`{text}` must be 1 to 32 lower-case letters, digits and `-`, for example \"prod\""
            ));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_dev(&self) -> bool {
        self.0 == Self::DEV
    }

    fn prefix(&self) -> String {
        let mut prefix = self.0.replace('-', "_").to_ascii_uppercase();
        prefix.push('_');
        prefix
    }
}

/// Where a secret is found; never the secret itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SecretRef {
    /// The variable `{ENVIRONMENT}_{NAME}`.
    Env(String),
    /// A file that others cannot read.
    File(PathBuf),
    /// A file of this name in `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`).
    Credential(String),
    /// A field of a document in the vault, below the environment's name there.
    Vault(InVault),
}

/// `DOCUMENT#FIELD`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct InVault {
    pub(crate) document: String,
    pub(crate) field: String,
}

/// A secret that was found. It has no way to be shown.
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The process environment, read once; and what the vault gave.
#[derive(Default)]
pub(crate) struct Variables {
    environment: BTreeMap<String, Zeroizing<String>>,
    vault: BTreeMap<InVault, Zeroizing<String>>,
}

impl Variables {
    /// The variables of this process whose names and values are text.
    pub(crate) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, Zeroizing::new(value.into_string().ok()?)))
        };
        Self { environment: std::env::vars_os().filter_map(text).collect(), ..Self::default() }
    }

    /// These, and what the vault gave.
    pub(crate) fn with_vault(&self, vault: BTreeMap<InVault, Zeroizing<String>>) -> Self {
        Self { environment: self.environment.clone(), vault }
    }

    /// The value of `name`, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The variables whose names begin with `prefix`.
    pub(crate) fn beginning_with(&self, prefix: &str) -> BTreeMap<String, Zeroizing<String>> {
        let own = self.environment.iter().filter(|(name, _)| name.starts_with(prefix));
        own.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables(..)")
    }
}

impl SecretRef {
    /// Finds the secret for `setting`; relative files count from `base`.
    pub(crate) fn find(
        &self,
        setting: &str,
        environment: &Environment,
        base: &Path,
        variables: &Variables,
    ) -> Result<Secret, Failure> {
        let text = match self {
            Self::Env(name) => from_env(setting, name, environment, variables)?,
            Self::File(path) => from_file(setting, &files::resolve(base, path))?,
            Self::Credential(name) => from_file(setting, &credential(setting, name, variables)?)?,
            Self::Vault(place) => variables.vault.get(place).cloned().ok_or_else(|| {
                Failure::cannot(format!(
                    "{setting}: there is no vault here; use env, file or credential"
                ))
            })?,
        };
        if text.is_empty() {
            return Err(Failure::cannot(format!(
                "{setting}: the secret is empty; make one with `openssl rand -base64 32`"
            )));
        }
        Ok(Secret(text))
    }
}

impl SecretRef {
    /// The secret as it is now each time it is asked for: a file may have been replaced, what the
    /// environment gave stays. Fails as [`Self::find`] does.
    pub(crate) fn follow(
        &self,
        setting: &'static str,
        environment: &Environment,
        base: &Path,
        variables: &Variables,
    ) -> Result<impl Fn() -> Result<Secret, Failure> + Send + Sync + 'static, Failure> {
        let found = self.find(setting, environment, base, variables)?;
        let file = match self {
            Self::Env(_) | Self::Vault(_) => None,
            Self::File(path) => Some(files::resolve(base, path)),
            Self::Credential(name) => {
                variables.get("CREDENTIALS_DIRECTORY").map(|dir| Path::new(dir).join(name))
            }
        };
        Ok(move || match &file {
            Some(path) => from_file(setting, path).map(Secret),
            None => Ok(Secret(found.0.clone())),
        })
    }
}

/// The file of systemd's credential `name` (`LoadCredential=`, `LoadCredentialEncrypted=`).
pub(crate) fn credential(
    setting: &str,
    name: &str,
    variables: &Variables,
) -> Result<PathBuf, Failure> {
    let dir = variables.get("CREDENTIALS_DIRECTORY").ok_or_else(|| {
        Failure::cannot(format!(
            "{setting}: CREDENTIALS_DIRECTORY is not set; add `LoadCredential={name}:…` to the unit"
        ))
    })?;
    Ok(Path::new(dir).join(name))
}

fn from_env(
    setting: &str,
    name: &str,
    environment: &Environment,
    variables: &Variables,
) -> Result<Zeroizing<String>, Failure> {
    let own = format!("{}{name}", environment.prefix());
    if let Some(value) = variables.get(&own) {
        return Ok(Zeroizing::new(value.to_owned()));
    }
    let foreign = format!("_{name}");
    let found = variables
        .environment
        .keys()
        .find(|key| **key != own && (key.ends_with(&foreign) || *key == name));
    Err(Failure::cannot(match found {
        Some(found) => format!(
            "{setting}: {found} is set, but this environment is \"{}\"; set {own} to a secret of its own",
            environment.as_str()
        ),
        None => format!("{setting}: {own} is not set; set it"),
    }))
}

fn from_file(setting: &str, path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = files::read_private(path)
        .map_err(|failure| Failure::cannot(format!("{setting}: {failure}")))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::cannot(format!("{setting}: {} is no UTF-8 text", path.display())))?;
    // An editor ends the line; nobody means the line end to be part of the secret.
    Ok(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned()))
}
