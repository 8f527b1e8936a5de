//! What is said of services.

use std::fmt;

use serde::{Deserialize, Serialize};

wire! {
    /// A service, without its secrets.
    pub struct ServiceInfo {
        /// Its name, the `client_id`.
        pub name: String,
        /// What it may do.
        pub may: Vec<String>,
        /// The audiences within which it works.
        pub audiences: Vec<String>,
        /// The scopes it may ask for in tokens of its own; `["*"]` is any.
        pub scopes: Vec<String>,
        /// Whether it refreshes with its `client_id` alone.
        pub public: bool,
        /// Whether the config file declares it.
        pub declared: bool,
        /// How many secrets of it are accepted now.
        pub secrets: usize,
        /// Those secrets, the oldest first.
        #[serde(default)]
        pub secret_times: Vec<SecretTimes>,
        /// How it proves who it is without a secret: `private_key_jwt`, `tls_client_auth` or `spiffe_jwt`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub auth_method: Option<String>,
        /// By what: the key set, its URL, the name in the certificate, or the SPIFFE ID.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub proof: Option<String>,
    }

    /// When a secret was made, ends, and was used.
    pub struct SecretTimes {
        /// When it was made.
        pub created_at: u64,
        /// When it stops being accepted, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ends_at: Option<u64>,
        /// When it was last used, to within ten minutes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_used_at: Option<u64>,
    }

    /// What a service proves itself by in the place of a secret. One of the four at most.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct Proof {
        /// Public keys: a JWK set, or a single JWK, as text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub jwks: Option<String>,
        /// Where its public keys are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub jwks_uri: Option<String>,
        /// A subject alternative name of its client certificate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub certificate: Option<String>,
        /// Its SPIFFE ID.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub spiffe: Option<String>,
    }

    /// Put something else in the place of what a service proves itself by.
    #[serde(deny_unknown_fields)]
    pub struct SetProof {
        /// That.
        pub proof: Proof,
        /// For how many seconds its secrets, if it has any, are still accepted.
        #[serde(default)]
        pub overlap_seconds: u64,
    }

    /// Add a service.
    #[serde(deny_unknown_fields)]
    pub struct AddService {
        /// Its name, the `client_id`.
        pub name: String,
        /// What it may do: names of `tokenward_sessions::May`.
        #[serde(default)]
        pub may: Vec<String>,
        /// The audiences within which it works.
        pub audiences: Vec<String>,
        /// The scopes it may ask for in tokens of its own; `["*"]` is any.
        #[serde(default)]
        pub scopes: Vec<String>,
        /// It can keep no secret.
        #[serde(default)]
        pub public: bool,
        /// What it proves itself by in the place of a secret.
        #[serde(default)]
        pub proof: Proof,
        /// For how many seconds its secret is accepted; else until it is replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lifetime_seconds: Option<u64>,
    }

    /// Replace a service's secret.
    #[serde(deny_unknown_fields)]
    pub struct RotateSecret {
        /// For how many seconds the one before is still accepted.
        #[serde(default)]
        pub overlap_seconds: u64,
        /// For how many seconds the new one is accepted; else until it is replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lifetime_seconds: Option<u64>,
    }
}

/// A service's secret, shown this once.
#[derive(Clone, Deserialize, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a wire form: both ends spell it out")]
pub struct NewSecret {
    /// The service.
    pub client_id: String,
    /// Its secret; absent for a public one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSecret").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
