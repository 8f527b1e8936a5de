//! RSA keys whose primes were made by a faulty library, and that can be factored (CVE-2017-15361, ROCA).
//!
//! Such primes are powers of 65537 modulo the product of the first small primes, and so are their
//! products. A modulus that is such a power for every prime below comes from that library, but for one
//! in a hundred million (Nemec et al., "The Return of Coppersmith's Attack", 2017, § 2.2).

/// The odd primes up to 167: those in the product for the smallest keys, and so for all.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether `modulus`, big-endian, has the fingerprint.
pub(crate) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power_of_65537(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    // Below 167 × 256 at every step.
    let step = |rest: u32, byte: &u8| {
        (rest.wrapping_mul(256).wrapping_add(u32::from(*byte))).checked_rem(prime).unwrap_or(0)
    };
    number.iter().fold(0, step)
}

fn is_power_of_65537(rest: u32, prime: u32) -> bool {
    let times = |power: u32| power.wrapping_mul(65_537).checked_rem(prime).unwrap_or(0);
    let mut power = 1;
    loop {
        if power == rest {
            return true;
        }
        power = times(power);
        // 65537 is a prime above all of these, so its powers come back to one.
        if power <= 1 {
            return false;
        }
    }
}
