//! Tries so many secrets on a token, none of them right, to be timed from outside:
//! `time cargo run --release -p tokenward-audit --example secrets -- TOKEN 20000000 1`.
//!
//! With `bare` in the place of the threads it does as many HMACs of a message of that length and nothing else, which
//! is what no search can be faster than. `cargo xtask bench secrets` times both.

use std::hint::black_box;
use std::io::Write as _;

use sha2::block_api::{compress256, compress512};
use tokenward_audit::{Secrets, Words};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let token = arguments.next().unwrap_or_default();
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let threads = arguments.next().unwrap_or_default();
    if threads == "bare" {
        let (input, signature) = token.rsplit_once('.').unwrap_or_default();
        bare(input.len(), signature.len() <= 43, count);
        return writeln!(std::io::stdout(), "{count} made");
    }
    let Some(secrets) = Secrets::of(&token) else {
        return writeln!(std::io::stderr(), "no token of HS256, HS384 or HS512");
    };
    let lines = (0..count).map(|number| format!("{number:012}").into_bytes());
    let tried = secrets.search(Words::Lines(Box::new(lines), false), threads.parse().unwrap_or(1));
    writeln!(std::io::stdout(), "{} tried", tried.count)
}

/// The compressions of HMAC (RFC 2104) under a key of one block: two for the pads, those of the message with its
/// end, and one for the inner digest.
fn bare(message: usize, is_256: bool, count: u64) {
    let (size, length) = if is_256 { (64, 8) } else { (128, 16) };
    let blocks = message.saturating_add(1).saturating_add(length).div_ceil(size);
    for number in 0..count {
        let seed = number.to_be_bytes();
        if is_256 {
            let mut block = [0_u8; 64];
            block[..8].copy_from_slice(&seed);
            let (mut inner, mut outer) = ([1_u32; 8], [2_u32; 8]);
            compress256(&mut inner, &[block]);
            for _ in 0..blocks {
                compress256(&mut inner, black_box(&[block]));
            }
            for (bytes, word) in block.chunks_exact_mut(4).zip(inner) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            compress256(&mut outer, &[block, block]);
            black_box(outer);
        } else {
            let mut block = [0_u8; 128];
            block[..8].copy_from_slice(&seed);
            let (mut inner, mut outer) = ([1_u64; 8], [2_u64; 8]);
            compress512(&mut inner, &[block]);
            for _ in 0..blocks {
                compress512(&mut inner, black_box(&[block]));
            }
            for (bytes, word) in block.chunks_exact_mut(8).zip(inner) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
            compress512(&mut outer, &[block, block]);
            black_box(outer);
        }
    }
}
