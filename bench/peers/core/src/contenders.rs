//! Everybody who takes part in this process, each in a file of their own.
//!
//! A new contender is a [`Contender`] in one of these lists. The library's part that can be done ahead
//! belongs into its `prepare`; everything that a request would pay for belongs into the operation.
//! Everybody checks the signature, the issuer, the audience and the times against the clock, and hands
//! out all claims.

mod jsonwebtoken;
mod jwt_simple;
mod ours;
pub(crate) mod primitive;

use std::path::Path;
use std::rc::Rc;

use harness::{Algorithm, Contender, Material};

/// Everybody, with the keys and tokens from `dir`.
pub fn all(dir: &Path) -> Vec<Contender> {
    let mut all = Vec::new();
    for algorithm in Algorithm::ALL {
        let material = Rc::new(Material::read(dir, algorithm));
        // The primitive is the floor, and so the first of its row.
        all.extend(primitive::contenders(&material));
        all.extend(ours::contenders(&material));
        all.extend(jsonwebtoken::contenders(&material));
        all.extend(jwt_simple::contenders(&material, "pure Rust"));
    }
    all
}
