//! The embedded store, through its public interface.
#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod file;
#[cfg(test)]
mod group;
#[cfg(test)]
mod load;
