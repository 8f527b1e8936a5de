//! `openssl DIR serve`: josekit runs as it is told.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).expect("usage: openssl DIR serve");
    harness::serve::serve(peers_openssl::all(Path::new(&dir)))
}
