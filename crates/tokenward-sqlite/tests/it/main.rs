//! The embedded store, through its public interface.

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
