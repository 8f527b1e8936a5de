//! HMAC (RFC 2104) over one message under many keys, by the bare compression function (FIPS 180-4).

use base64::Engine as _;
use sha2::block_api::{compress256, compress512};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::token::{BASE64, algorithm_of};

/// A signing input and its signature.
#[derive(Debug)]
pub(crate) enum Target {
    Sha256 {
        tail: Vec<[u8; 64]>,
        wanted: [u32; 8],
    },
    /// SHA-384 is SHA-512 from another start, cut to six words.
    Sha512 {
        tail: Vec<[u8; 128]>,
        wanted: Vec<u64>,
        is_384: bool,
    },
}

const START_256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
const START_384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];
const START_512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

impl Target {
    /// The target of a token, if its header names HMAC and its signature has that length.
    pub(crate) fn of(token: &str) -> Option<Self> {
        let (input, signature) = token.rsplit_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        match (algorithm_of(token)?.as_str(), signature.len()) {
            ("HS256", 32) => {
                let mut wanted = [0; 8];
                for (word, bytes) in wanted.iter_mut().zip(signature.chunks_exact(4)) {
                    *word = u32::from_be_bytes(bytes.try_into().ok()?);
                }
                Some(Self::Sha256 { tail: padded(input.as_bytes(), 8), wanted })
            }
            ("HS384", 48) => Some(Self::long(input, &signature, true)?),
            ("HS512", 64) => Some(Self::long(input, &signature, false)?),
            _ => None,
        }
    }

    fn long(input: &str, signature: &[u8], is_384: bool) -> Option<Self> {
        let words = signature.chunks_exact(8).map(|bytes| bytes.try_into().map(u64::from_be_bytes));
        let wanted = words.collect::<Result<_, _>>().ok()?;
        Some(Self::Sha512 { tail: padded(input.as_bytes(), 16), wanted, is_384 })
    }

    /// Whether this secret made the signature.
    #[inline]
    pub(crate) fn is_signed_by(&self, secret: &[u8]) -> bool {
        match self {
            Self::Sha256 { tail, wanted } => is_256(tail, wanted, secret),
            Self::Sha512 { tail, wanted, is_384 } => is_512(tail, wanted, *is_384, secret),
        }
    }
}

#[inline]
fn is_256(tail: &[[u8; 64]], wanted: &[u32; 8], secret: &[u8]) -> bool {
    let key: [u8; 64] =
        if secret.len() > 64 { block(&Sha256::digest(secret)) } else { block(secret) };
    let mut inner = START_256;
    compress256(&mut inner, &[key.map(|byte| byte ^ 0x36)]);
    compress256(&mut inner, tail);
    // The digest of 32 bytes, the bit that ends it, and the length with the key's block: 768 bits.
    let mut last = [0; 64];
    for (bytes, word) in last.chunks_exact_mut(4).zip(inner) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    let [.., high, low] = &mut last;
    (*high, *low) = (0x03, 0x00);
    if let Some(end) = last.get_mut(32) {
        *end = 0x80;
    }
    let mut outer = START_256;
    compress256(&mut outer, &[key.map(|byte| byte ^ 0x5c), last]);
    &outer == wanted
}

fn is_512(tail: &[[u8; 128]], wanted: &[u64], is_384: bool, secret: &[u8]) -> bool {
    let start = if is_384 { START_384 } else { START_512 };
    let key: [u8; 128] = match (secret.len() > 128, is_384) {
        (false, _) => block(secret),
        (true, true) => block(&Sha384::digest(secret)),
        (true, false) => block(&Sha512::digest(secret)),
    };
    let mut inner = start;
    compress512(&mut inner, &[key.map(|byte| byte ^ 0x36)]);
    compress512(&mut inner, tail);
    let mut last = [0; 128];
    let digest = if is_384 { 48_usize } else { 64 };
    for (bytes, word) in last.chunks_exact_mut(8).zip(inner).take(if is_384 { 6 } else { 8 }) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    if let Some(end) = last.get_mut(digest) {
        *end = 0x80;
    }
    // 128 bytes of key and 48 or 64 of digest, in bits: 1408 or 1536.
    let [.., high, low] = &mut last;
    (*high, *low) = if is_384 { (0x05, 0x80) } else { (0x06, 0x00) };
    let mut outer = start;
    compress512(&mut outer, &[key.map(|byte| byte ^ 0x5c), last]);
    outer.iter().zip(wanted).all(|(is, wanted)| is == wanted)
}

/// A key, filled up with zeros.
fn block<const N: usize>(key: &[u8]) -> [u8; N] {
    let mut block = [0; N];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    block
}

/// The blocks of a message that follows one block of key, with the end mark and the length of both in bits.
fn padded<const N: usize>(message: &[u8], length_bytes: usize) -> Vec<[u8; N]> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    while bytes.len().saturating_add(length_bytes).checked_rem(N).unwrap_or(0) != 0 {
        bytes.push(0);
    }
    let bits = u64::try_from(message.len().saturating_add(N)).unwrap_or(0).saturating_mul(8);
    bytes.resize(bytes.len().saturating_add(length_bytes.saturating_sub(8)), 0);
    bytes.extend(bits.to_be_bytes());
    bytes.chunks_exact(N).map(block).collect()
}
