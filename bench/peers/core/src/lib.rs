//! tokenward, the primitive below it, and its peers, in one process.

mod claims;
pub mod contenders;
pub mod keys;
