//! Connections, whatever kind of deployment they lead to.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, IntoConnectionInfo as _,
    RedisConnectionInfo, RedisError, RedisResult, TlsCertificates, TlsMode,
};

use crate::address::{Kind, RedisAddress, RedisSecrets};
use crate::error::RedisFault;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);
/// How often a cluster's client asks elsewhere before it gives up: whoever asked tries again anyway.
const CLUSTER_RETRIES: u32 = 2;

/// What leads to Redis.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    address: RedisAddress,
    secrets: RedisSecrets,
}

/// A connection.
pub(crate) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    pub(crate) const fn new(address: RedisAddress, secrets: RedisSecrets) -> Self {
        Self { address, secrets }
    }

    /// A new connection, on which an answer is waited for as long as `patience`.
    pub(crate) async fn connect(&self, patience: Duration) -> Result<Wire, RedisFault> {
        self.open(patience).await.map_err(|error| self.fault(error))
    }

    /// What `error` means at this address.
    pub(crate) fn fault(&self, error: RedisError) -> RedisFault {
        RedisFault::of(&self.address, error)
    }

    async fn open(&self, patience: Duration) -> RedisResult<Wire> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(patience));
        match &self.address.kind {
            Kind::Single => {
                let client = self.single()?;
                client.get_multiplexed_async_connection_with_config(&config).await.map(Wire::One)
            }
            Kind::Sentinel { service } => {
                // Asked anew for each connection: the one before broke, perhaps because the master did.
                let mut client = self.sentinel(service)?.build()?;
                client.get_async_connection_with_config(&config).await.map(Wire::One)
            }
            Kind::Cluster => {
                self.cluster(patience)?.get_async_connection().await.map(Wire::Cluster)
            }
        }
    }

    fn single(&self) -> RedisResult<Client> {
        let mut addresses = self.addresses();
        let address = addresses.pop().unwrap_or_else(|| ConnectionAddr::Tcp(String::new(), 0));
        let info = address.into_connection_info()?.set_redis_settings(self.login());
        if self.address.tls {
            Client::build_with_tls(info, self.certificates())
        } else {
            Client::open(info)
        }
    }

    fn sentinel(&self, service: &str) -> RedisResult<SentinelClientBuilder> {
        let mut builder =
            SentinelClientBuilder::new(self.addresses(), service, SentinelServerType::Master)?;
        if self.address.tls {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_redis_certificates(self.certificates())
                .set_client_to_sentinel_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_certificates(self.certificates());
        }
        if let Some(user) = &self.address.user {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = &self.secrets.password {
            builder = builder.set_client_to_redis_password(password.as_str());
        }
        Ok(builder)
    }

    fn cluster(&self, patience: Duration) -> RedisResult<ClusterClient> {
        let mut builder = ClusterClient::builder(self.addresses())
            .connection_timeout(CONNECT)
            .response_timeout(patience)
            .retries(CLUSTER_RETRIES);
        if self.address.tls {
            builder = builder.tls(TlsMode::Secure).certs(self.certificates());
        }
        if let Some(user) = &self.address.user {
            builder = builder.username(user);
        }
        if let Some(password) = &self.secrets.password {
            builder = builder.password(password.as_str());
        }
        builder.build()
    }

    fn login(&self) -> RedisConnectionInfo {
        let mut login = RedisConnectionInfo::default().set_skip_set_lib_name();
        if let Some(user) = &self.address.user {
            login = login.set_username(user);
        }
        if let Some(password) = &self.secrets.password {
            login = login.set_password(password.as_str());
        }
        login
    }

    fn addresses(&self) -> Vec<ConnectionAddr> {
        let tls = self.address.tls;
        let address = |(host, port): &(String, u16)| {
            let (host, port) = (host.clone(), *port);
            if tls {
                ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
            } else {
                ConnectionAddr::Tcp(host, port)
            }
        };
        self.address.hosts.iter().map(address).collect()
    }

    fn certificates(&self) -> TlsCertificates {
        TlsCertificates { client_tls: None, root_cert: self.secrets.ca.clone() }
    }
}

impl Wire {
    pub(crate) async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::One(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        }
    }
}
