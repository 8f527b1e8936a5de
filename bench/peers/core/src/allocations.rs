//! `core-allocations DIR`: how often each contender allocates.

use std::path::Path;

use harness::allocations::{self, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let dir = std::env::args().nth(1).expect("usage: core-allocations DIR");
    allocations::print(peers_core::contenders::all(Path::new(&dir)));
}
