//! `keys.custody` and the table of the custody that it names.

use std::path::PathBuf;
use std::time::Duration;

use tokenward_aws::{Endpoint, Region};
use tokenward_vault::{Mount, VaultAddress, VaultSecret};

use crate::config::kek::{AWS_KEY, VAULT_KEY};
use crate::config::reader::Section;
use crate::config::values;
use crate::secret::SecretRef;

#[cfg(test)]
mod tests;

/// Where private keys live.
#[derive(Debug)]
pub(crate) enum Custody {
    /// In the store, under the key-encryption key.
    Sealed,
    /// In the transit engine of a vault.
    VaultTransit(VaultConfig),
    /// Documents in the KV engine of a vault.
    VaultKv(VaultConfig),
    /// In AWS KMS.
    AwsKms(AwsConfig),
    /// Secrets in AWS Secrets Manager.
    AwsSecrets(AwsConfig),
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
    Other(Box<Custody>),
}

/// `[keys.vault]`.
#[derive(Debug)]
pub(crate) struct VaultConfig {
    pub(crate) address: VaultAddress,
    pub(crate) namespace: Option<Mount>,
    /// Where the engine is mounted.
    pub(crate) mount: Mount,
    /// Where the KV engine is mounted that secrets of the configuration come from.
    pub(crate) secrets: Option<Mount>,
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

/// `[keys.aws]`.
#[derive(Debug)]
pub(crate) struct AwsConfig {
    pub(crate) region: Region,
    /// Where the service is, if not where AWS has it.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) timeout: Duration,
    pub(crate) login: AwsLogin,
}

/// Who we are to AWS.
#[derive(Debug)]
pub(crate) enum AwsLogin {
    /// Whoever its usual chain finds.
    Chain,
    Key(AwsKey),
}

/// An access key of AWS.
#[derive(Debug)]
pub(crate) struct AwsKey {
    pub(crate) id: String,
    pub(crate) secret: SecretRef,
    pub(crate) session_token: Option<SecretRef>,
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
pub(super) const VAULT: &str = "vault";
const SECRETS: &str = "secrets";
/// Where a vault has its transit engine, unless somebody says otherwise.
pub(super) const TRANSIT: &str = "transit";
const VAULT_TRANSIT: &str = "vault-transit";
const VAULT_KV: &str = "vault-kv";
pub(super) const AWS: &str = "aws";
const AWS_KMS: &str = "aws-kms";
const AWS_SECRETS: &str = "aws-secrets-manager";
const PKCS11: &str = "pkcs11";
const CUSTODIES: [&str; 7] =
    ["memory", SEALED, VAULT_TRANSIT, VAULT_KV, AWS_KMS, AWS_SECRETS, PKCS11];

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
    unused(keys, PKCS11, &[PKCS11], chosen, |section| drop(pkcs11(section)));
    unused(keys, VAULT, &[VAULT_TRANSIT, VAULT_KV], chosen, |section| {
        drop(vault(section, TRANSIT));
    });
    unused(keys, AWS, &[AWS_KMS, AWS_SECRETS], chosen, |section| drop(aws(section)));
    let of = |name| match name {
        SEALED => Some(Custody::Sealed),
        VAULT_TRANSIT => vault(keys.section(VAULT), TRANSIT).map(Custody::VaultTransit),
        VAULT_KV => vault(keys.section(VAULT), "secret").map(Custody::VaultKv),
        AWS_KMS => aws(keys.section(AWS)).map(Custody::AwsKms),
        AWS_SECRETS => aws(keys.section(AWS)).map(Custody::AwsSecrets),
        PKCS11 => pkcs11(keys.section(PKCS11)).map(Custody::Pkcs11),
        later => Some(Custody::Later(later)),
    };
    let custody = of(name)?;
    let signer = match signer {
        None => None,
        Some(signer) if signer == name => Some(KeySetSigner::Same),
        Some(signer) => Some(KeySetSigner::Other(Box::new(of(signer)?))),
    };
    Some((custody, signer))
}

/// Complains of the table `key` of the custodies `of`, if it is there and none of these is `chosen`.
fn unused(
    keys: &Section<'_>,
    key: &'static str,
    of: &[&str],
    chosen: [&str; 2],
    read: impl FnOnce(Section<'_>),
) {
    let is_used = chosen.iter().any(|chosen| of.contains(chosen)) || is_used_besides(keys, key);
    if is_used || !keys.has(key) {
        return;
    }
    // A table that changes nothing is a mistake, as an unknown setting is.
    let of = of.join("\" or \"");
    let [chosen, _] = chosen;
    keys.problem(
        key,
        format!("is for custody = \"{of}\" alone, and it is \"{chosen}\"; delete the table"),
    );
    // It is read all the same, so that its own mistakes show too.
    read(keys.section(key));
}

/// Whether something else than the custody needs the table `key`.
fn is_used_besides(keys: &Section<'_>, key: &str) -> bool {
    match key {
        VAULT => keys.has(VAULT_KEY) || keys.section(VAULT).has(SECRETS),
        AWS => keys.has(AWS_KEY),
        _ => false,
    }
}

/// The vault that secrets come from, if `[keys.vault]` says that they may.
#[expect(
    clippy::option_option,
    reason = "the outer one says whether it is right, the inner whether there is any"
)]
pub(super) fn secrets(keys: &Section<'_>) -> Option<Option<VaultConfig>> {
    if keys.section(VAULT).has(SECRETS) {
        vault(keys.section(VAULT), TRANSIT).map(Some)
    } else {
        Some(None)
    }
}

/// `[keys.vault]`, for whoever needs a vault besides the custody.
pub(super) fn vault(section: Section<'_>, usual_mount: &str) -> Option<VaultConfig> {
    let mount = |text: &str| Mount::new(text).map_err(|error| format!("`{text}`: {error}"));
    let address = section.required("address", "\"https://vault.example.com:8200\"", |text| {
        VaultAddress::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let namespace = section.parsed("namespace", mount);
    let engine = section.parsed("mount", mount).or_else(|| default(&section, "mount", usual_mount));
    let ca = section.path("ca");
    let secrets = section.parsed(SECRETS, mount);
    let wrong =
        [("namespace", namespace.is_none()), ("ca", ca.is_none()), (SECRETS, secrets.is_none())];
    let wrong = wrong.into_iter().any(|(key, missing)| missing && section.has(key));
    let [least, most] = [Duration::from_millis(100), Duration::from_secs(30)];
    let timeout = section.duration("timeout", Duration::from_secs(3), [least, most]);
    let login = vault_login(&section, mount);
    section.finish();
    if wrong {
        return None;
    }
    let (address, mount, timeout, login) = (address?, engine?, timeout?, login?);
    Some(VaultConfig { address, namespace, mount, secrets, ca, timeout, login })
}

/// Exactly one of a token and a role.
fn vault_login(
    section: &Section<'_>,
    mount: impl Fn(&str) -> Result<Mount, String>,
) -> Option<VaultLogin> {
    let [token, secret_id] = ["token", "secret_id"].map(|key| {
        section.has(key).then(|| {
            values::secret(section, key).filter(|secret| {
                let is_inside = matches!(secret, SecretRef::Vault(_));
                if is_inside {
                    section.problem(
                        key,
                        "cannot come from the vault that it opens; use env, file or credential",
                    );
                }
                !is_inside
            })
        })
    });
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

/// `[keys.aws]`, for whoever needs AWS.
pub(super) fn aws(section: Section<'_>) -> Option<AwsConfig> {
    let region = section.required("region", "\"eu-central-1\"", |text| {
        Region::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let endpoint = section.parsed("endpoint", |text| {
        Endpoint::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let wrong_endpoint = endpoint.is_none() && section.has("endpoint");
    let [least, most] = [Duration::from_millis(100), Duration::from_secs(30)];
    let timeout = section.duration("timeout", Duration::from_secs(3), [least, most]);
    let login = aws_login(&section);
    section.finish();
    if wrong_endpoint {
        return None;
    }
    Some(AwsConfig { region: region?, endpoint, timeout: timeout?, login: login? })
}

/// An access key with its secret, or neither.
fn aws_login(section: &Section<'_>) -> Option<AwsLogin> {
    let [id, secret, token] = ["access_key_id", "secret_access_key", "session_token"];
    if !section.has(secret) && !section.has(token) && !section.has(id) {
        return Some(AwsLogin::Chain);
    }
    let id = section.required(id, "\"AKIAIOSFODNN7EXAMPLE\"", |text| {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("`{text}` is no id of an access key"));
        }
        Ok(text.to_owned())
    });
    let found = if section.has(secret) {
        values::secret(section, secret)
    } else {
        let mend = "is missing; write for example secret_access_key = { env = \"AWS_SECRET\" }, or delete \
                    access_key_id for AWS's usual chain";
        section.problem(secret, mend);
        None
    };
    let session_token =
        if section.has(token) { Some(values::secret(section, token)?) } else { None };
    Some(AwsLogin::Key(AwsKey { id: id?, secret: found?, session_token }))
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
