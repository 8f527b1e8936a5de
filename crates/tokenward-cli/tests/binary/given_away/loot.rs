//! Everything that a service held, and what of it could be a key, a secret or a token.
#![expect(clippy::arithmetic_side_effects, reason = "places in a memory of some megabytes")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use serde_json::Value;
use tokenward::{SigningKey, b64};

use super::world::World;

pub(super) struct Loot {
    /// Each file, the environment, each piece of the process's memory that can hold what it was told.
    pieces: Vec<Vec<u8>>,
    /// Access tokens.
    pub(super) tokens: BTreeSet<String>,
    /// Secrets of services.
    pub(super) secrets: BTreeSet<String>,
    /// Refresh tokens.
    pub(super) refresh: BTreeSet<String>,
    /// Private keys.
    pub(super) keys: Vec<SigningKey>,
    candidates: BTreeSet<[u8; 32]>,
}

impl Loot {
    pub(super) fn of(world: &World) -> Self {
        let mut pieces = Vec::new();
        files(&world.analytics.folder(), &mut pieces);
        let process = Path::new("/proc").join(world.analytics.process.id().to_string());
        pieces.extend(fs::read(process.join("environ")).ok());
        pieces.extend(memory(&process));
        let pieces_read = pieces.len();
        let loot = Self::in_pieces(pieces);
        assert!(pieces_read > 10 || !is_root(), "no memory was read");
        loot
    }

    pub(super) fn in_memory(memory: Vec<u8>) -> Self {
        Self::in_pieces(vec![memory])
    }

    fn in_pieces(pieces: Vec<Vec<u8>>) -> Self {
        let mut loot = Self {
            pieces: Vec::new(),
            tokens: BTreeSet::new(),
            secrets: BTreeSet::new(),
            refresh: BTreeSet::new(),
            keys: Vec::new(),
            candidates: BTreeSet::new(),
        };
        for piece in &pieces {
            loot.sift(piece);
            loot.candidates.extend(candidates(piece));
        }
        assert!(loot.candidates.len() < 300_000, "the filter is of no use any more");
        loot.pieces = pieces;
        loot
    }

    fn sift(&mut self, piece: &[u8]) {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        for word in piece.split(|byte| !word(byte)).filter(|word| word.len() >= 40) {
            let text = std::str::from_utf8(word).unwrap();
            // What stood there before may run into it.
            for prefix in ["tws_", "twr_"] {
                for (at, _) in text.match_indices(prefix) {
                    let Some(secret) = text.get(at..at + 47) else { continue };
                    let found =
                        if prefix == "tws_" { &mut self.secrets } else { &mut self.refresh };
                    found.insert(secret.to_owned());
                }
            }
            for (at, _) in text.match_indices("eyJ") {
                let token = text.get(at..).unwrap();
                if tokenward::danger::decode_unverified(token).is_ok() {
                    self.tokens.insert(token.to_owned());
                }
            }
        }
        for start in positions(piece, b"-----BEGIN ") {
            let end = positions(&piece[start..], b"-----END ").next();
            let end = end.map_or(piece.len(), |end| (start + end + 40).min(piece.len()));
            let text = String::from_utf8_lossy(&piece[start..end]).into_owned();
            self.keys.extend(SigningKey::from_pem(&text, None).ok());
        }
        for start in positions(piece, b"{\"") {
            let text = &piece[start..(start + 600).min(piece.len())];
            let end = text.iter().position(|byte| *byte == b'}').map_or(text.len(), |end| end + 1);
            self.keys.extend(SigningKey::from_jwk(&text[..end]).ok());
        }
    }

    pub(super) fn contains(&self, text: &[u8]) -> bool {
        self.pieces.iter().any(|piece| positions(piece, text).next().is_some())
    }

    /// The private half of `public` (a JWK of P-256 or Ed25519), wherever its bytes lie, in either order.
    pub(super) fn private_half_of(&self, public: &Value) -> Option<[u8; 32]> {
        let is_it = |half: &&[u8; 32]| {
            let mut jwk = public.clone();
            jwk["d"] = b64::encode(*half).into();
            // It is read if the two halves belong together, and in no other case.
            SigningKey::from_jwk(jwk.to_string().as_bytes()).is_ok()
        };
        self.candidates.iter().find(is_it).copied()
    }
}

/// Whatever in `piece` may be the private half of a key, as it lies and turned around.
fn candidates(piece: &[u8]) -> impl Iterator<Item = [u8; 32]> {
    // What is allocated stands at multiples of eight, and so do the members of what is.
    let windows = (0..piece.len().saturating_sub(31)).step_by(8);
    let windows = windows.map(|at| <[u8; 32]>::try_from(&piece[at..at + 32]).unwrap());
    windows.filter(is_like_random).flat_map(|window| {
        let mut turned = window;
        turned.reverse();
        [window, turned]
    })
}

/// Of 32 random bytes, 30 differ on average; fewer than 25 do in one of ten thousand. Text, pointers and small
/// numbers repeat themselves.
fn is_like_random(window: &[u8; 32]) -> bool {
    let mut seen = [false; 256];
    for byte in window {
        seen[usize::from(*byte)] = true;
    }
    let different = seen.iter().filter(|seen| **seen).count();
    different >= 25 && window.iter().filter(|byte| byte.is_ascii()).count() < 28
}

fn positions<'p>(piece: &'p [u8], text: &'p [u8]) -> impl Iterator<Item = usize> + 'p {
    piece.windows(text.len()).enumerate().filter(move |(_, found)| *found == text).map(|(at, _)| at)
}

fn files(folder: &Path, pieces: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, pieces);
        } else {
            pieces.extend(fs::read(path).ok());
        }
    }
}

/// What the process can have written to, as far as we may read it: root alone may, since the program is out of
/// reach of its user's debuggers.
fn memory(process: &Path) -> Vec<Vec<u8>> {
    let Ok(memory) = File::open(process.join("mem")) else { return Vec::new() };
    let maps = fs::read_to_string(process.join("maps")).unwrap();
    let mut pieces = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [mut from, to] = [from, to].map(|number| u64::from_str_radix(number, 16).unwrap());
        let mut piece = Vec::new();
        while from < to {
            let mut page = [0; 4_096];
            // A page that nobody has touched holds nothing.
            if memory.read_exact_at(&mut page, from).is_ok() && page.iter().any(|byte| *byte != 0) {
                piece.extend_from_slice(&page);
            } else if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            from += 4_096;
        }
        pieces.push(piece);
    }
    pieces
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
