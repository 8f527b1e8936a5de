//! What can go wrong between us and a vault, each with its mend.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;

use crate::address::Mount;
use crate::login::LoginError;

/// A vault did not do what it was asked.
///
/// `keys.vault.…` in the texts are settings of `tokenward.toml`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// No connection, or it broke before the answer: the address, the network, or a certificate that is
    /// not trusted.
    #[error(
        "{address} cannot be reached: look at keys.vault.address, the network and keys.vault.ca"
    )]
    Unreachable {
        /// The address that was tried.
        address: String,
        /// What came instead of a connection.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection broke in the midst of the answer.
    #[error("the answer broke off")]
    BrokeOff(#[source] hyper::Error),
    /// The vault took too long.
    #[error("Vault took longer than {:.1} s (keys.vault.timeout)", wait.as_secs_f64())]
    TooSlow {
        /// How long was waited.
        wait: Duration,
    },
    /// The answer is longer than any that is expected.
    #[error("the answer is longer than {limit} bytes: is keys.vault.address that of a Vault?")]
    TooLong {
        /// The most that is read.
        limit: usize,
    },
    /// What is to be written is longer than any document of ours.
    #[error("the document for `{path}` takes more than {room} bytes")]
    TooMuch {
        /// What was asked.
        path: String,
        /// The most that is written.
        room: usize,
    },
    /// The answer is not what the documentation of the API says.
    #[error("the answer to `{path}` makes no sense: is keys.vault.address that of a Vault?")]
    Garbage {
        /// What was asked.
        path: String,
    },
    /// The node sends us elsewhere; a token must not follow.
    #[error(
        "Vault answered {status}, and no redirect is followed: set keys.vault.address to the cluster's"
    )]
    Redirected {
        /// The status.
        status: StatusCode,
    },
    /// The vault is sealed.
    #[error("Vault is sealed: unseal it")]
    Sealed,
    /// The vault was never initialized.
    #[error("Vault is not initialized: run `vault operator init`")]
    NotInitialized,
    /// The node serves nothing.
    #[error(
        "this Vault node is a standby that serves nothing ({status}): set keys.vault.address to the cluster's"
    )]
    Standby {
        /// The status.
        status: StatusCode,
    },
    /// The vault wants to be left alone for a while.
    #[error("Vault throttles (429): raise the rate limit quota of keys.vault.mount")]
    Throttled {
        /// How long it asked for.
        retry_after: Option<Duration>,
    },
    /// The vault is in trouble.
    #[error("Vault answered {status}: {said}")]
    Failing {
        /// The status.
        status: StatusCode,
        /// Its own words, cut.
        said: String,
    },
    /// The credential could not be had.
    #[error("the credential for Vault could not be read")]
    NoCredential(#[source] LoginError),
    /// Role id and secret id do not fit, or the secret id is used up.
    #[error(
        "Vault refuses the AppRole login: make a new secret id (`vault write -f auth/{mount}/role/ROLE/secret-id`) and set keys.vault.secret_id, or correct keys.vault.role_id"
    )]
    BadAppRole {
        /// Where the method is mounted.
        mount: Mount,
    },
    /// The token is unknown, revoked or expired.
    #[error(
        "Vault does not know the token, or it has expired: set keys.vault.token to a fresh one"
    )]
    BadToken,
    /// The token is good and may not do this, in a mount that it may use.
    #[error(
        "Vault denies `{capability}` on `{path}`: grant it in the policy of the token (docs/custody-vault.md)"
    )]
    Denied {
        /// The path.
        path: String,
        /// The capability that the policy must grant.
        capability: &'static str,
    },
    /// The token is good and sees no such mount: it is not there, or no policy grants anything in it.
    #[error(
        "Vault shows no engine at `{mount}`: correct keys.vault.mount (or keys.vault.namespace), or grant `{capability}` on `{path}`"
    )]
    Unseen {
        /// The mount.
        mount: Mount,
        /// The path.
        path: String,
        /// The capability that the policy must grant.
        capability: &'static str,
    },
    /// There is no engine at the path.
    #[error(
        "Vault has nothing at `{path}`: correct keys.vault.mount, or `vault secrets enable -path={mount} {engine}`"
    )]
    NoMount {
        /// The mount.
        mount: Mount,
        /// The engine that belongs there.
        engine: &'static str,
        /// The path.
        path: String,
    },
    /// The engine is another one.
    #[error("the engine at `{mount}` is `{kind}`, not `{wanted}`: correct keys.vault.mount")]
    WrongEngine {
        /// The mount.
        mount: Mount,
        /// What it is.
        kind: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The engine has no such path.
    #[error(
        "the engine has no `{path}`: it must be transit, of Vault 1.3 or later, or KV of version 2 (keys.vault.mount)"
    )]
    NoPath {
        /// The path.
        path: String,
    },
    /// It is not there, and no vault says so: an ingress or proxy that has lost its vault, say. It tells nothing of
    /// the key.
    #[error(
        "404 for `{path}`, and not in the words of a Vault: look at keys.vault.address, and at what stands before it"
    )]
    NotOfVault {
        /// The path.
        path: String,
    },
    /// There is nothing of that name, and the vault itself says so.
    #[error("Vault holds nothing at `{path}`")]
    Missing {
        /// The path.
        path: String,
    },
    /// The answer is about another version of the key than was asked for.
    #[error(
        "Vault answers with version {got} of `{name}`, and version {wanted} was asked for: look for a fault there"
    )]
    OtherVersion {
        /// The name of the key.
        name: String,
        /// The version that was asked for.
        wanted: u64,
        /// The version that the answer names.
        got: u64,
    },
    /// The document has no such field, or no text in it.
    #[error("`{path}` has no text in the field `{field}`")]
    NoField {
        /// The path of the document.
        path: String,
        /// The field.
        field: String,
    },
    /// The key must not wrap what a whole store hangs on.
    #[error("transit key `{path}` {why}")]
    UnfitToWrap {
        /// Its path.
        path: String,
        /// What is wrong with it, and the mend.
        why: String,
    },
    /// The vault does not bind a ciphertext to its context.
    #[error("Vault ignores associated_data: it takes version 1.9 or later")]
    NotBound,
    /// The vault refuses what was asked.
    #[error("Vault refuses `{path}`: {said}")]
    Refused {
        /// The path.
        path: String,
        /// Its own words, cut.
        said: String,
    },
}

impl VaultError {
    /// Whether the same request may be answered in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::BrokeOff(_)
            | Self::Throttled { .. }
            | Self::NotOfVault { .. } => true,
            // 412: a replica that has not seen our token yet.
            Self::Failing { status, .. } => {
                status.is_server_error() || *status == StatusCode::PRECONDITION_FAILED
            }
            _ => false,
        }
    }

    /// Whether the vault is away, sealed, throttled or slow: nothing that a setting of ours is to blame for.
    ///
    /// An address at which nobody listens looks the same as a vault that is down.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        self.is_passing()
            || matches!(self, Self::TooSlow { .. } | Self::Sealed | Self::Standby { .. })
    }

    /// How long the vault asked to be left alone.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => *retry_after,
            _ => None,
        }
    }
}
