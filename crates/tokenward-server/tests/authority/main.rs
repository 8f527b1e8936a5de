//! The authority through its public router, on a real store and with a clock that the tests move.

#[cfg(test)]
mod assertions;
#[cfg(test)]
mod begun;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod events;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod fetched;
#[cfg(test)]
mod forward;
#[cfg(test)]
mod given_away;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod lockout;
#[cfg(test)]
mod mtls;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod receiver;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod site;
#[cfg(test)]
mod starting;
#[cfg(test)]
mod stating;
#[cfg(test)]
mod status;
#[cfg(test)]
mod upstream;
