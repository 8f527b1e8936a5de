//! How often an operation allocates. For a program of its own: counting costs time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::contender::Contender;

/// Enough that a rare allocation shows as less than one.
const OPERATIONS: u32 = 100;

static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// Prints one line a contender: algorithm, operation, library, variant, allocations and bytes of one
/// operation. [`Counting`] must be the program's allocator.
pub fn print(contenders: Vec<Contender>) {
    for mut one in contenders {
        // As many times before, so that what is made once for each key is made.
        one.run(u64::from(OPERATIONS));
        let before = (CALLS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
        one.run(u64::from(OPERATIONS));
        let calls = per_operation(CALLS.load(Ordering::Relaxed) - before.0);
        let bytes = per_operation(BYTES.load(Ordering::Relaxed) - before.1);
        let (algorithm, operation) = (one.algorithm.name(), one.operation.name());
        println!("{algorithm}\t{operation}\t{}\t{}\t{calls}\t{bytes}", one.library, one.variant);
    }
}

fn per_operation(all: u64) -> f64 {
    all as f64 / f64::from(OPERATIONS)
}

/// Counts what Rust code asks for; what C code allocates by itself is not seen.
#[derive(Debug)]
pub struct Counting;

impl Counting {
    fn count(size: usize) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(size as u64, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: the caller's promises, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: the caller's promises, passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size);
        // SAFETY: the caller's promises, passed on.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises, passed on.
        unsafe { System.dealloc(block, layout) }
    }
}
