//! Whether an RSA modulus was made by the library of ROCA (CVE-2017-15361).
//!
//! Its primes are `k·M + (65537^a mod M)`, with `M` the product of the first primes, so that a modulus is a power
//! of 65537 modulo each of these. Of other moduli, fewer than one in 10⁸ is. Nemec, Sys, Svenda, Klinec,
//! Matyas: "The Return of Coppersmith's Attack", CCS 2017, section 2.

/// The primes below 168 except 2: every `M` has them, also that of the shortest keys.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether a modulus, big-endian, is of that form.
pub(super) fn is_weak(modulus: &[u8]) -> bool {
    !modulus.is_empty() && PRIMES.iter().all(|prime| is_power(rest(modulus, *prime), *prime))
}

/// A small prime that divides a modulus: no library makes such a one.
pub(super) fn divisor(modulus: &[u8]) -> Option<u32> {
    [2].into_iter().chain(PRIMES).find(|prime| rest(modulus, *prime) == 0)
}

fn rest(modulus: &[u8], prime: u32) -> u32 {
    modulus.iter().fold(0, |rest, byte| {
        let next = rest.saturating_mul(256).saturating_add(u32::from(*byte));
        next.checked_rem(prime).unwrap_or_default()
    })
}

/// Whether a number is a power of 65537 modulo a prime.
fn is_power(number: u32, prime: u32) -> bool {
    let base = 65_537_u32.checked_rem(prime).unwrap_or_default();
    let mut power = 1;
    for _ in 0..prime {
        if power == number {
            return true;
        }
        power = power.saturating_mul(base).checked_rem(prime).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modulus_of_that_form_is_told_from_another() {
        // 65537 to the power of 40 is one modulo every prime list.
        let power = (0..40).fold(vec![1_u8], |number, _| times(&number, 65_537));
        assert!(is_weak(&power));
        let mut other = power;
        *other.last_mut().unwrap() ^= 2;
        assert!(!is_weak(&other));
        assert!(!is_weak(&[]));
    }

    fn times(number: &[u8], by: u32) -> Vec<u8> {
        let mut carry = 0_u64;
        let mut product: Vec<u8> = number
            .iter()
            .rev()
            .map(|byte| {
                carry = carry.wrapping_add(u64::from(*byte).wrapping_mul(u64::from(by)));
                let low = carry.to_le_bytes()[0];
                carry >>= 8;
                low
            })
            .collect();
        while carry > 0 {
            product.push(carry.to_le_bytes()[0]);
            carry >>= 8;
        }
        product.reverse();
        product
    }
}
