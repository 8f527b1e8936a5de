//! `boring DIR serve`: jwt-simple on BoringSSL, which it uses for RSA alone.

#[path = "../../core/src/contenders/jwt_simple.rs"]
mod jwt_simple;

use std::path::Path;
use std::rc::Rc;

use harness::{Algorithm, Material, serve};

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).expect("usage: boring DIR serve");
    let contenders = [Algorithm::Rs256, Algorithm::Ps256].into_iter().flat_map(|algorithm| {
        let material = Rc::new(Material::read(Path::new(&dir), algorithm));
        jwt_simple::contenders(&material, "BoringSSL")
    });
    serve::serve(contenders.collect())
}
