//! Where `--dev` listens: as it was told, where it was before, or at a port that is free.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokenward::ErrorChain;
use tokenward_server::http::Listener;

use super::tcp;
use crate::dev::DevFile;
use crate::failure::Failure;

/// The public port of `--dev`, unless it is told another.
const DEV_PORT: u16 = 8443;
/// Where `--dev` puts administration if it is free.
const DEV_ADMIN_PORT: u16 = 9443;
/// Where `--dev` puts the demo if it is free.
const DEV_DEMO_PORT: u16 = 8543;

/// The listeners of `--dev`: both loopback addresses, so that `localhost` works however it resolves.
pub(super) async fn public(
    told: Option<SocketAddr>,
    earlier: Option<&DevFile>,
) -> Result<Vec<Listener>, Failure> {
    if let Some(address) = told {
        if !address.ip().is_loopback() {
            return Err(Failure::cannot(format!(
                "--listen: {address} is not of this machine alone, and --dev is for it alone; choose 127.0.0.1:8443"
            )));
        }
        // A free port, but the same over restarts: the tokens name it.
        let port = if address.port() == 0 { earlier.and_then(DevFile::port) } else { None };
        let address = SocketAddr::new(address.ip(), port.unwrap_or_else(|| address.port()));
        return Ok(vec![tcp("--listen", address).await?]);
    }
    let port = earlier.and_then(DevFile::port).unwrap_or(DEV_PORT);
    let v4 = tcp("--listen", SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await?;
    let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    match Listener::bind_tcp("--listen", v6).await {
        Ok(v6) => Ok(vec![v4, v6]),
        Err(error) => {
            tracing::debug!(error = %ErrorChain::new(&error), "no IPv6");
            Ok(vec![v4])
        }
    }
}

/// The demo of `--dev`, on both loopback addresses: where it was before, at its usual port, or anywhere.
pub(super) async fn demo(earlier: Option<u16>) -> Result<Vec<Listener>, Failure> {
    for port in [earlier.unwrap_or(DEV_DEMO_PORT), 0] {
        let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let Ok(v4) = Listener::bind_tcp("demo", v4).await else { continue };
        let port = port_of(std::slice::from_ref(&v4))?;
        let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
        let v6 = Listener::bind_tcp("demo", v6).await.ok();
        return Ok([v4].into_iter().chain(v6).collect());
    }
    Err(Failure::cannot("no port of 127.0.0.1 is free for the demo"))
}

/// The administration of `--dev`: where it was before, at its usual port, or anywhere.
pub(super) async fn administration(earlier: Option<u16>) -> Result<Listener, Failure> {
    for port in [earlier.unwrap_or(DEV_ADMIN_PORT), 0] {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        if let Ok(listener) = Listener::bind_tcp("admin", address).await {
            return Ok(listener);
        }
    }
    Err(Failure::cannot("no port of 127.0.0.1 is free for administration"))
}

/// Of the first of them.
pub(super) fn port_of(listeners: &[Listener]) -> Result<u16, Failure> {
    listeners
        .first()
        .and_then(Listener::local_addr)
        .map(|address| address.port())
        .ok_or_else(|| Failure::cannot("the listener has no port"))
}
