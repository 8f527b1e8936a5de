//! What the benchmarked programs share: the token, the loop, the protocol.

pub mod allocations;
pub mod contender;
pub mod material;
pub mod serve;
pub mod token;

pub use contender::{Contender, Operation};
pub use material::Material;
pub use token::Algorithm;
