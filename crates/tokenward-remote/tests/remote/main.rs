//! Remote verifiers against real servers.

#[cfg(test)]
mod authority;
#[cfg(test)]
mod fetching;
#[cfg(test)]
mod following;
