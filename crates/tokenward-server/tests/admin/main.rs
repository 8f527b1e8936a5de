//! The administrator's door, on a real store and with a clock that the tests move.

#[cfg(test)]
mod access;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod former;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod services;
#[cfg(test)]
mod sessions;
