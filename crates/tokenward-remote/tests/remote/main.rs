//! Remote verifiers against real servers.

#[cfg(test)]
mod authority;
#[cfg(test)]
mod carried;
#[cfg(test)]
mod discovering;
#[cfg(test)]
mod fetching;
#[cfg(test)]
mod following;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod issuer;
#[cfg(test)]
mod refreshing;
#[cfg(test)]
mod tls;
