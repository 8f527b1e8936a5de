//! The embedded store, through its public interface.

#[cfg(test)]
mod contract;
