//! `keys.custody` and the table of the custody that it names.

use std::path::PathBuf;
use std::time::Duration;

use tokenward_vault::{Mount, VaultAddress, VaultSecret};

use crate::config::reader::Section;
use crate::config::values;
use crate::secret::SecretRef;

/// Where private keys live.
#[derive(Debug)]
pub(crate) enum Custody {
    /// In the store, under the key-encryption key.
    Sealed,
    /// In the transit engine of a vault.
    VaultTransit(VaultConfig),
    /// In a token that speaks PKCS #11.
    Pkcs11(Pkcs11),
    /// In a custody that comes with a later version, by its name.
    Later(&'static str),
}

/// `keys.key_set_signer`: which custody holds the key that signs key sets.
#[derive(Debug)]
pub(crate) enum KeySetSigner {
    /// The one that holds the keys that sign tokens.
    Same,
    /// Another: a remote one beside local keys, say.
    Other(Custody),
}

/// `[keys.vault]`.
#[derive(Debug)]
pub(crate) struct VaultConfig {
    pub(crate) address: VaultAddress,
    pub(crate) namespace: Option<Mount>,
    /// Where the engine is mounted.
    pub(crate) mount: Mount,
    /// Certificates that are trusted besides the system's.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) timeout: Duration,
    pub(crate) login: VaultLogin,
}

/// Who we are to the vault.
#[derive(Debug)]
pub(crate) enum VaultLogin {
    Token(SecretRef),
    AppRole { mount: Mount, role_id: VaultSecret, secret_id: SecretRef },
}

/// `[keys.pkcs11]`.
#[derive(Debug)]
pub(crate) struct Pkcs11 {
    /// The vendor's library.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    pub(crate) pin: SecretRef,
}

const SIGNER: &str = "key_set_signer";
const SEALED: &str = "sealed";
const VAULT: &str = "vault";
const VAULT_TRANSIT: &str = "vault-transit";
const PKCS11: &str = "pkcs11";
const CUSTODIES: [&str; 7] =
    ["memory", SEALED, VAULT_TRANSIT, "vault-kv", "aws-kms", "aws-secrets-manager", PKCS11];

/// Reads what `keys` says of the custody.
pub(super) fn read(keys: &Section<'_>) -> Option<(Custody, Option<KeySetSigner>)> {
    let known = |text: &str| {
        values::one_of(text, &CUSTODIES)?;
        Ok(CUSTODIES.into_iter().find(|known| *known == text).unwrap_or(SEALED))
    };
    let name = keys.or("custody", SEALED, known)?;
    let signer = keys.parsed(SIGNER, known);
    if signer.is_none() && keys.has(SIGNER) {
        return None;
    }
    let chosen = [name, signer.unwrap_or(name)];
    // A table is read wherever it stands, so that its own mistakes show too.
    let mut pkcs11 = table(keys, PKCS11, &[PKCS11], chosen, pkcs11);
    let mut vault = table(keys, VAULT, &[VAULT_TRANSIT], chosen, vault);
    let mut of = |name| match name {
        SEALED => Some(Custody::Sealed),
        VAULT_TRANSIT => vault.take().map(Custody::VaultTransit),
        PKCS11 => pkcs11.take().map(Custody::Pkcs11),
        later => Some(Custody::Later(later)),
    };
    let custody = of(name)?;
    let signer = match signer {
        None => None,
        Some(signer) if signer == name => Some(KeySetSigner::Same),
        Some(signer) => Some(KeySetSigner::Other(of(signer)?)),
    };
    Some((custody, signer))
}

/// The table `key` of the custodies `of`, if `chosen` is one of these or the table is there all the same.
fn table<T>(
    keys: &Section<'_>,
    key: &'static str,
    of: &[&str],
    chosen: [&str; 2],
    read: impl FnOnce(Section<'_>) -> Option<T>,
) -> Option<T> {
    let is_there = keys.has(key);
    let is_used = chosen.iter().any(|chosen| of.contains(chosen));
    if is_there && !is_used {
        // A table that changes nothing is a mistake, as an unknown setting is.
        let of = of.join("\" or \"");
        let [chosen, _] = chosen;
        keys.problem(
            key,
            format!("is for custody = \"{of}\" alone, and it is \"{chosen}\"; delete the table"),
        );
    }
    if is_there || is_used { read(keys.section(key)) } else { None }
}

fn vault(section: Section<'_>) -> Option<VaultConfig> {
    let mount = |text: &str| Mount::new(text).map_err(|error| format!("`{text}`: {error}"));
    let address = section.required("address", "\"https://vault.example.com:8200\"", |text| {
        VaultAddress::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let namespace = section.parsed("namespace", mount);
    let engine = section.parsed("mount", mount).or_else(|| default(&section, "mount", "transit"));
    let ca = section.path("ca");
    let wrong = [("namespace", namespace.is_none()), ("ca", ca.is_none())];
    let wrong = wrong.into_iter().any(|(key, missing)| missing && section.has(key));
    let [least, most] = [Duration::from_millis(100), Duration::from_secs(30)];
    let timeout = section.duration("timeout", Duration::from_secs(3), [least, most]);
    let login = vault_login(&section, mount);
    section.finish();
    if wrong {
        return None;
    }
    let (address, mount, timeout, login) = (address?, engine?, timeout?, login?);
    Some(VaultConfig { address, namespace, mount, ca, timeout, login })
}

/// Exactly one of a token and a role.
fn vault_login(
    section: &Section<'_>,
    mount: impl Fn(&str) -> Result<Mount, String>,
) -> Option<VaultLogin> {
    let token = section.has("token").then(|| values::secret(section, "token"));
    let secret_id = section.has("secret_id").then(|| values::secret(section, "secret_id"));
    let is_role = secret_id.is_some() || section.has("role_id");
    let role_id =
        section.parsed("role_id", |text| VaultSecret::new(text).map_err(|error| error.to_string()));
    let auth_mount =
        section.parsed("auth_mount", mount).or_else(|| default(section, "auth_mount", "approle"));
    match (token, secret_id) {
        (Some(token), None) if !is_role => token.map(VaultLogin::Token),
        (None, Some(secret_id)) if section.has("role_id") => Some(VaultLogin::AppRole {
            mount: auth_mount?,
            role_id: role_id?,
            secret_id: secret_id?,
        }),
        _ => {
            section.whole_problem(
                "does not say who we are; write either role_id = \"…\" and \
                 secret_id = { env = \"VAULT_SECRET_ID\" }, or token = { env = \"VAULT_TOKEN\" }",
            );
            None
        }
    }
}

/// The usual place, unless the setting names another.
fn default(section: &Section<'_>, key: &'static str, usual: &str) -> Option<Mount> {
    if section.has(key) { None } else { Mount::new(usual).ok() }
}

fn pkcs11(section: Section<'_>) -> Option<Pkcs11> {
    let module = section.required("module", "\"/usr/lib/softhsm/libsofthsm2.so\"", |text| {
        let path = PathBuf::from(text);
        // A bare name would be looked for wherever the dynamic linker is told to look.
        if path.is_absolute() {
            Ok(path)
        } else {
            Err(format!("`{text}` is no absolute path; name the file of the vendor's library"))
        }
    });
    let token = section.required("token", "\"tokenward\"", |text| {
        // PKCS #11 § 3.2 (`CK_TOKEN_INFO`): a label has 32 bytes, padded with blanks.
        if text.is_empty() || text.len() > 32 || text.trim() != text {
            return Err(format!("`{text}` is no label of a token; one has 1 to 32 bytes"));
        }
        Ok(text.to_owned())
    });
    let pin = if section.has("pin") {
        values::secret(&section, "pin")
    } else {
        section.problem("pin", "is missing; write for example pin = { env = \"HSM_PIN\" }");
        None
    };
    section.finish();
    Some(Pkcs11 { module: module?, token: token?, pin: pin? })
}
